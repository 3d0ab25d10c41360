# shellcheck shell=sh disable=SC2034 # the hooks use what is set here
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by the hooks: where things are on the host, and its own settings.
# HOST_ROOT is empty on a real host; the emulator's stand-in agent sets it to the folder that plays the host's root.

ROOT=${HOST_ROOT:-}
APP=$ROOT/opt/web-app
LOG=$ROOT/var/log/web-app.log
PID_FILE=$ROOT/run/web-app.pid

# PORT, BIND and HOST_NAME belong to the host, not to the release. Nothing outside the host gets in unless it says so.
PORT=8080
BIND=127.0.0.1
HOST_NAME=
if [ -f "$ROOT/etc/web-app.env" ]; then
    # shellcheck source=/dev/null
    . "$ROOT/etc/web-app.env"
fi

# The process id of the running server, or nothing. A pid file may outlive its process and the number be another's by now,
# so the process has to be this very server.
server_pid() {
    pid=$(cat "$PID_FILE" 2>/dev/null) || return 0
    if is_server "$pid"; then echo "$pid"; fi
}

is_server() {
    grep -qsF "$APP/server.py" "/proc/$1/cmdline"
}
