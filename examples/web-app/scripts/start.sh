#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ApplicationStart: starts the server and waits until it accepts connections.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

pid=$(server_pid)
if [ -n "$pid" ]; then
    echo "web-app runs already as process $pid"
    exit 0
fi
rm -f "$PID_FILE"

# A session of its own and redirected streams, or the agent would wait for it and end it with this script.
# An environment of its own, because the agent's may hold the host's AWS keys.
env -i PATH="$PATH" LC_ALL=C.UTF-8 PORT="$PORT" BIND="$BIND" HOST_NAME="$HOST_NAME" PID_FILE="$PID_FILE" \
    setsid python3 -B "$APP/server.py" </dev/null >"$LOG" 2>&1 &
server=$!

# The server writes its pid file once it listens. No limit of our own: the AppSpec's timeout ends the wait.
until [ -s "$PID_FILE" ]; do
    if ! kill -0 "$server" 2>/dev/null; then
        echo "web-app ended at once; $LOG says:" >&2
        tail -n 20 "$LOG" >&2
        exit 1
    fi
    sleep 0.1
done
echo "web-app runs as process $server"
