#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ApplicationStop: ends the running server, if there is one, and waits until it is gone.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

pid=$(server_pid)
if [ -z "$pid" ]; then
    echo "web-app is not running"
    exit 0
fi
kill "$pid" || true # it may just have ended by itself
# No limit of our own: the AppSpec's timeout ends the wait.
while is_server "$pid"; do sleep 0.1; done
rm -f "$PID_FILE"
echo "web-app stopped (it was process $pid)"
