# shellcheck shell=sh disable=SC2034 # the hooks use these variables
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by the hooks: paths on the host, and the host's own settings.
# HOST_ROOT is empty on a real host; the emulator's stand-in agent sets it to the root directory of a simulated host.

ROOT=${HOST_ROOT:-}
APP=$ROOT/opt/web-app
LOG=$ROOT/var/log/web-app.log
PID_FILE=$ROOT/run/web-app.pid

# PORT, BIND and HOST_NAME belong to the host, not to the release. By default, only the host itself can connect.
PORT=8080
BIND=127.0.0.1
HOST_NAME=
if [ -f "$ROOT/etc/web-app.env" ]; then
    # shellcheck source=/dev/null
    . "$ROOT/etc/web-app.env"
fi

# Prints the process ID of the running server, or nothing. A PID file may outlive its process, and another process may have
# the same ID by now, so this checks that the process is the server.
server_pid() {
    pid=$(cat "$PID_FILE" 2>/dev/null) || return 0
    if is_server "$pid"; then echo "$pid"; fi
}

is_server() {
    grep -qsF "$APP/server.py" "/proc/$1/cmdline"
}
