# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`service_state.py SERVICE FILE...`: print as JSON the state of the systemd SERVICE, and which of the FILES it has not read yet.

loaded: systemd knows the service; reload: its units have changed since systemd loaded them; active: it is running; present: the FILES that exist; changed:
those of them that have changed since the service was started.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
import typing as t


def ask_systemd(service: str) -> dict[str, str]:
    """The properties of SERVICE that determine its state."""
    properties = "LoadState,ActiveState,NeedDaemonReload,ActiveEnterTimestampMonotonic"
    command = ["systemctl", "show", f"--property={properties}", f"{service}.service"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()
    return dict(line.split("=", 1) for line in answer.splitlines())


def changed_files(paths: list[str], since: float) -> list[str]:
    """Those of PATHS whose content, owner or mode has changed after SINCE (a package's files keep an older modification time)."""
    return [path for path in paths if pathlib.Path(path).stat().st_ctime > since]


def state(properties: dict[str, str], paths: list[str]) -> dict[str, t.Any]:
    """The state of the service from its PROPERTIES in systemd and the files at PATHS."""
    booted = time.time() - time.clock_gettime(time.CLOCK_MONOTONIC)
    started = booted + int(properties["ActiveEnterTimestampMonotonic"] or 0) / 1e6
    present = [path for path in paths if pathlib.Path(path).exists()]
    stopped = properties["ActiveState"] in ("inactive", "failed")
    return {
        "loaded": properties["LoadState"] == "loaded",
        "reload": properties["NeedDaemonReload"] == "yes",
        "active": properties["ActiveState"] == "active",
        "present": present,
        "changed": [] if stopped else changed_files(present, started),
    }


if __name__ == "__main__":
    print(json.dumps(state(ask_systemd(sys.argv[1]), sys.argv[2:])))
