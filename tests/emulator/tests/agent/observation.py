# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for something to be seen, and looking at processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

_DEADLINE = 60.0


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until `holds()` is true; AssertionError if it still is not after a minute."""
    deadline = time.monotonic() + _DEADLINE
    while not holds():
        assert time.monotonic() < deadline, f"it did not happen within {_DEADLINE:.0f} s"
        time.sleep(0.02)


def written_pid(file: Path) -> int:
    """The process id that something writes into `file`, as a line, sooner or later."""
    eventually(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("\n"))
    return int(file.read_text(encoding="utf-8"))


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits for its parent to notice its end does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
