# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`changed_since_start.py SERVICE FILE...`: print the files that were changed since the systemd service was last started."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time


def started_at(service: str) -> float:
    """When SERVICE became active, in seconds since the epoch; 0 if it is not."""
    command = ["systemctl", "show", "--property=ActiveEnterTimestampMonotonic", f"{service}.service"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    monotonic = int(answer.partition("=")[2]) / 1e6
    return time.time() - time.clock_gettime(time.CLOCK_MONOTONIC) + monotonic if monotonic else 0.0


def changed_files(paths: list[str], since: float) -> list[str]:
    """Those of PATHS whose content, owner or mode was changed after SINCE; a package's files keep an older time of their content."""
    return [str(path) for path in map(pathlib.Path, paths) if path.exists() and path.stat().st_ctime > since]


if __name__ == "__main__":
    print("\n".join(changed_files(sys.argv[2:], started_at(sys.argv[1]))), end="")
