#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# AfterInstall: checks the installed files and records the deployment.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

python3 - "$APP" <<'PYTHON'
import json, os, pathlib, sys

app = pathlib.Path(sys.argv[1])
server = app / "server.py"
compile(server.read_text(), str(server), "exec")
release = {
    "application": os.environ["APPLICATION_NAME"],
    "group": os.environ["DEPLOYMENT_GROUP_NAME"],
    "deployment": os.environ["DEPLOYMENT_ID"],
}
(app / "release.json").write_text(json.dumps(release) + "\n")
print("installed web-app", (app / "VERSION").read_text().strip())
PYTHON
