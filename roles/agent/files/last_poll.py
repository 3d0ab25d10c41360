# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`last_poll.py SERVICE LOG TIMEOUT QUIET`: watch the log of SERVICE's agent until it shows the state of its polls, and print that as JSON.

Agent 1.8.x logs each poll. Agent 2.x logs the start of polling and each failed poll, so QUIET seconds without a failure count as success (the agent's own
logs, as shown in the issues of aws/aws-codedeploy-agent; source of host agent 2.0.1).
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time

_POLLED = re.compile(r"Client 200 .*poll_host_command\(")
_FAILED = re.compile(
    r"Client [345]\d\d .*poll_host_command\(|Error polling for host commands|Cannot reach InstanceService"
)
_OF_EACH_POLL = re.compile(r"Client \d\d\d .*poll_host_command\(")
_BEGUN = "Starting host command poll loop"
_HOST = re.compile(r'host_identifier[:=]\s*"?(arn:[^\s",)]+)')


def last_poll(lines: list[str], seen: int) -> dict[str, str]:
    """The state of the polls in LINES: state is polled, failed, begun or silent; host is the ARN that polls; line is the line that shows it.

    The first SEEN lines are older: they show who polls and that polling has started, but not whether it works now. An agent that has logged one poll logs
    every poll, so the start of polling does not count for it.
    """
    found = {"state": "silent", "host": "", "line": ""}
    for number, line in enumerate(lines):
        host = _HOST.search(line)
        if host:
            found["host"] = host[1]
        if _BEGUN in line:
            found.update(state="begun", line=line)
        elif number < seen and _OF_EACH_POLL.search(line):
            found.update(state="silent", line=line)
        elif number >= seen and _FAILED.search(line):
            found.update(state="failed", line=line)
        elif number >= seen and _POLLED.search(line):
            found.update(state="polled", line=line)
    return found


def read_lines(path: str) -> list[str]:
    """The lines of the log; none if there is no log yet, or if the agent's user has replaced it with a link or a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as log:
        return log.read().splitlines() if stat.S_ISREG(os.fstat(descriptor).st_mode) else []


def active_state(service: str) -> str:
    """The state of SERVICE in systemd: active, failed, inactive or activating."""
    command = ["systemctl", "is-active", f"{service}.service"]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE).stdout.decode().strip()


def watch(path: str, timeout: float, quiet: float) -> dict[str, str]:
    """Watch the log at PATH until a poll has succeeded, no poll has failed for QUIET seconds, or TIMEOUT seconds have passed."""
    began, seen = time.monotonic(), len(read_lines(path))
    while True:
        lines = read_lines(path)
        found = last_poll(lines, seen if seen <= len(lines) else 0)
        passed = time.monotonic() - began
        if found["state"] == "polled" or (found["state"] == "begun" and passed > quiet) or passed > timeout:
            return found
        time.sleep(0.2)


def main(service: str, path: str, timeout: str, quiet: str) -> None:
    """Run the command line. Does not wait for the log of a service that is not running."""
    found = watch(path, float(timeout) if active_state(service) == "active" else 0.0, float(quiet))
    print(json.dumps({**found, "service": active_state(service)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
