# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes below a folder: those whose command line names a path in it, whoever started them."""

from __future__ import annotations

import os
import pathlib
import signal
import time
import typing as t

PROC = pathlib.Path("/proc")


def _command_line(process: pathlib.Path) -> bytes:
    """The command line of PROCESS, a folder of /proc; empty once it has ended."""
    try:
        return (process / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def processes_below(folder: pathlib.Path) -> set[int]:
    """The ids of the processes whose command line names a path below FOLDER; the caller's own is not among them."""
    wanted = f"{folder}/".encode()
    processes = (entry for entry in PROC.iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid())
    return {int(process.name) for process in processes if wanted in _command_line(process)}


def _signal(pids: t.Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue  # it ended by itself


def _await_end(folder: pathlib.Path, seconds: float) -> bool:
    """Wait up to SECONDS until no process is left below FOLDER; say whether that is so."""
    deadline = time.monotonic() + seconds
    while processes_below(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_processes_below(folder: pathlib.Path) -> None:
    """End every process below FOLDER: asked first, by force after five seconds. Raises TimeoutError if one survives that."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(processes_below(folder), number)
        if _await_end(folder, 5):
            return
    raise TimeoutError(f"these processes below {folder} do not end: {sorted(processes_below(folder))}")
