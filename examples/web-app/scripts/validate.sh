#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ValidateService: asks the running server how it is, and believes only the version that was just installed.
set -eu
# shellcheck source=/dev/null
. "$(dirname "$0")/settings.sh"

# An address that means "all of them" is not one to ask.
if [ "$BIND" = 0.0.0.0 ]; then BIND=127.0.0.1; fi

if ! python3 - "http://$BIND:$PORT/health" "$(cat "$APP/VERSION")" <<'PYTHON'
import json, sys, time, urllib.request

url, version = sys.argv[1:]
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def complaint():
    """What is wrong with the server's answer, or nothing."""
    try:
        health = json.load(ask(url, timeout=5))
    except (OSError, ValueError) as error:
        return f"no good answer: {error}"
    if (health.get("status"), health.get("version")) == ("ok", version):
        return None
    return f"status ok of version {version} is wanted, the answer is {health}"


for attempt in range(1, 4):
    time.sleep(0 if attempt == 1 else 1)
    problem = complaint()
    print(f"attempt {attempt}, {url}: {problem or f'version {version} is healthy'}", flush=True)
    if not problem:
        break
else:
    sys.exit(1)
PYTHON
then
    echo "$LOG ends with:" >&2
    tail -n 12 "$LOG" >&2
    exit 1
fi
