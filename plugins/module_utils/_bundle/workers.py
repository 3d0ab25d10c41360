# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workers in separate processes, for work that is limited by Python itself, so that threads do not help."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import threading
import typing as t
import weakref
from multiprocessing.connection import Connection

Item = t.TypeVar("Item")

# A forked process has all of this one's memory, so nothing has to be copied to it. The work must not need a lock that another thread may hold.
_FORK = multiprocessing.get_context("fork")

_ITEM, _FAILURE, _END = "item", "failure", "end"


class Worker(t.Generic[Item]):
    """An iterator over ITEMS, which a separate process produces, at most AHEAD items ahead of the consumer.

    Its exceptions are raised here; RuntimeError if the process was killed. The process ends with this object at the latest.
    """

    def __init__(self, items: t.Iterable[Item], ahead: int) -> None:
        self._pipe, far_end = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_send, args=(items, ahead, far_end, self._pipe), daemon=True)
        process.start()
        far_end.close()
        self.close = weakref.finalize(self, _stop, process, self._pipe)

    def __iter__(self) -> Worker[Item]:
        return self

    def __next__(self) -> Item:
        try:
            kind, value = self._pipe.recv()
        except EOFError:
            raise RuntimeError("a process that reads the source was killed; the machine may be out of memory") from None
        if kind == _ITEM:
            return t.cast("Item", value)
        self.close()
        raise value if kind == _FAILURE else StopIteration


def _send(items: t.Iterable[t.Any], ahead: int, pipe: Connection, near_end: Connection) -> None:
    """Produce ITEMS, while a thread sends them."""
    gc.disable()  # it would scan all memory that this process was forked with, which would be copied for that
    near_end.close()  # if it stays open, this process never notices that nobody listens
    made: queue.Queue[tuple[str, t.Any]] = queue.Queue(ahead)
    sender = threading.Thread(target=_transmit, args=(made, pipe), daemon=True)
    sender.start()
    # The process that started it reports a cancelled job.
    with contextlib.suppress(KeyboardInterrupt):
        try:
            for item in items:
                made.put((_ITEM, item))
            made.put((_END, None))
        except Exception as failure:
            made.put((_FAILURE, failure))
        sender.join()


def _transmit(made: queue.Queue[tuple[str, t.Any]], pipe: Connection) -> None:
    kind = _ITEM
    while kind == _ITEM:
        kind, value = made.get()
        try:
            pipe.send((kind, value))
        except BrokenPipeError:  # nobody needs more
            os._exit(0)


def _stop(process: t.Any, pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.join()
