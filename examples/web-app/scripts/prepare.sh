#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# BeforeInstall: checks the requirements of the application and creates its directories.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

python3 -c 'import sys; sys.exit(sys.version_info < (3, 8) and "web-app needs Python 3.8 or newer, but this host has " + sys.version)'
mkdir -p "$(dirname "$LOG")" "$(dirname "$PID_FILE")"
# An agent that does not know the previous release (for example, after a reinstallation) skips ApplicationStop.
sh "$(dirname "$0")/stop.sh"
