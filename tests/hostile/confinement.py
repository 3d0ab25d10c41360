# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hostile tests share: a process of its own, with little memory and an end, in which the work is done."""

from __future__ import annotations

import multiprocessing
import pathlib
import resource
import typing as t
from collections.abc import Callable
from multiprocessing.connection import Connection

# Generous: time is there to find what hangs, not what is slow.
_SECONDS = 300


def confined(work: Callable[[], t.Any], mebibytes: int = 1024) -> t.Any:
    """What WORK returns, or the text of its exception, in a process that gets MEBIBYTES more memory than this one has; fails if it hangs or dies."""
    near, far = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_run, args=(work, mebibytes << 20, far))
    process.start()
    far.close()
    try:
        assert near.poll(_SECONDS), "it hangs"
        return near.recv()
    except EOFError:
        raise AssertionError("its process died: it takes too much memory") from None
    finally:
        process.kill()
        process.join()


def _run(work: Callable[[], t.Any], memory: int, answer: Connection) -> None:
    in_use = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + memory, in_use + memory))
    try:
        found = work()
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
    answer.send(found)
