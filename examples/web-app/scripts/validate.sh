#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ValidateService: requests the health of the running server, and accepts only the version that was just installed.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

# 0.0.0.0 means all addresses, so connect to the loopback address instead.
if [ "$BIND" = 0.0.0.0 ]; then BIND=127.0.0.1; fi

if ! python3 - "http://$BIND:$PORT/health" "$(cat "$APP/VERSION")" <<'PYTHON'
import json, sys, time, urllib.request

url, version = sys.argv[1:]
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def find_problem():
    """Return the problem with the server's response, or None."""
    try:
        health = json.load(ask(url, timeout=5))
    except (OSError, ValueError) as error:
        return f"no valid response: {error}"
    if (health.get("status"), health.get("version")) == ("ok", version):
        return None
    return f"expected status ok and version {version}, but got {health}"


for attempt in range(1, 4):
    time.sleep(0 if attempt == 1 else 1)
    problem = find_problem()
    print(f"attempt {attempt}, {url}: {problem or f'version {version} is healthy'}", flush=True)
    if not problem:
        break
else:
    sys.exit(1)
PYTHON
then
    echo "the end of $LOG:" >&2
    tail -n 12 "$LOG" >&2
    exit 1
fi
