#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ApplicationStart: starts the server and waits until it accepts connections.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

pid=$(server_pid)
if [ -n "$pid" ]; then
    echo "web-app is already running as process $pid"
    exit 0
fi
rm -f "$PID_FILE"

# Without its own session and redirected streams, the agent would wait for the server and kill it together with this script.
# It gets a clean environment, because the agent's may contain the host's AWS keys.
env -i PATH="$PATH" LC_ALL=C.UTF-8 PORT="$PORT" BIND="$BIND" HOST_NAME="$HOST_NAME" PID_FILE="$PID_FILE" \
    setsid python3 -B "$APP/server.py" </dev/null >"$LOG" 2>&1 &
server=$!

# The server writes its PID file once it listens. The AppSpec's timeout limits the wait.
until [ -s "$PID_FILE" ]; do
    if ! kill -0 "$server" 2>/dev/null; then
        echo "web-app exited immediately; the end of $LOG:" >&2
        tail -n 20 "$LOG" >&2
        exit 1
    fi
    sleep 0.1
done
echo "web-app is running as process $server"
