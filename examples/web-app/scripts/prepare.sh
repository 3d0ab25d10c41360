#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# BeforeInstall: checks that the host has what the application needs, and makes room for it.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

python3 -c 'import sys; sys.exit(sys.version_info < (3, 8) and "web-app needs Python 3.8 or newer, this host has " + sys.version)'
mkdir -p "$(dirname "$LOG")" "$(dirname "$PID_FILE")"
# An agent that has forgotten the last release (installed anew, say) runs no ApplicationStop.
sh "$(dirname "$0")/stop.sh"
