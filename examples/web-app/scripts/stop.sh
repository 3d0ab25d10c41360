#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ApplicationStop: stops the server if it is running, and waits until it has exited.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

pid=$(server_pid)
if [ -z "$pid" ]; then
    echo "web-app is not running"
    exit 0
fi
kill "$pid" || true # it may just have exited on its own
# The AppSpec's timeout limits the wait.
while is_server "$pid"; do sleep 0.1; done
rm -f "$PID_FILE"
echo "web-app stopped (process $pid)"
