# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`codedeploy-agent start|stop|status`: the agent's command, as both lines have it, over the stand-in agent. Goes into the packages of the tests.

Line 1.8 forks and returns once its process has begun, line 2 stays in the foreground. Both refuse to stop in the middle of a deployment only as
far as the agent itself does: 1.8.1 does (observed).
"""

from __future__ import annotations

import logging
import os
import pathlib
import runpy
import signal
import subprocess
import sys
import time

HOME = pathlib.Path("/opt/codedeploy-agent")
PID_FILE = HOME / "state/.pid/codedeploy-agent.pid"
TRACKING = HOME / "deployment-root/ongoing-deployment"
IS_SECOND_LINE = "OFFICIAL" not in (HOME / ".version").read_text()


def run() -> int:
    """Be the agent, until it ends."""
    sys.path.insert(0, str(HOME / "lib"))
    from stand_in_agent import identity  # type: ignore[import-not-found]  # there is one on the host

    # A host agent looks after half an hour whether its session's credentials are new; the tests have no half an hour.
    identity._REREAD_AFTER = float(os.environ.get("STAND_IN_REREAD_AFTER", identity._REREAD_AFTER))
    if IS_SECOND_LINE:
        logging.getLogger("codedeploy-agent.wire").setLevel(
            logging.WARNING
        )  # it writes no line for a poll that succeeds
    sys.argv[1:] = []
    runpy.run_module("stand_in_agent", run_name="__main__", alter_sys=True)
    return 0


def running_pid() -> int | None:
    """The process of the running agent."""
    try:
        pid = int(PID_FILE.read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def start() -> int:
    """Start the agent; in line 1.8 in the background, with 1 if it ends at once."""
    if IS_SECOND_LINE:
        return run()
    process = subprocess.Popen([sys.executable, __file__, "run"], start_new_session=True)
    while process.poll() is None:
        if running_pid() == process.pid:
            return 0
        time.sleep(0.05)
    return 1


def stop() -> int:
    """Stop the agent, unless it is of line 1.8 and has a deployment in hand."""
    pid = running_pid()
    if not IS_SECOND_LINE and TRACKING.is_dir() and any(TRACKING.iterdir()):
        print("A deployment is in progress", file=sys.stderr)
        return 1
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
    while pid is not None and running_pid() == pid:
        time.sleep(0.05)
    return 0


def status() -> int:
    """0 if the agent runs, 3 if not."""
    return 0 if running_pid() else 3


def main() -> int:
    """The command line."""
    return {"start": start, "stop": stop, "run": run, "status": status}[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
