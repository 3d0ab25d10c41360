# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in a process of its own, where it is Python itself that takes the time: no thread helps there."""

from __future__ import annotations

import contextlib
import multiprocessing
import typing as t
import weakref
from multiprocessing.connection import Connection

Item = t.TypeVar("Item")

# A forked process has all that this one knows, so nothing has to be handed over. The work must not need what another thread may have locked.
_FORK = multiprocessing.get_context("fork")

_ITEM, _FAILURE, _END = "item", "failure", "end"


class Worker(t.Generic[Item]):
    """An iterator over ITEMS, which a process makes that is ahead by as much as a pipe takes.

    What goes wrong there is raised here; RuntimeError if the process was killed. It ends with this object at the latest.
    """

    def __init__(self, items: t.Iterable[Item]) -> None:
        self._pipe, far_end = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_send, args=(items, far_end), daemon=True)
        process.start()
        far_end.close()
        self.close = weakref.finalize(self, _stop, process, self._pipe)

    def __iter__(self) -> Worker[Item]:
        return self

    def __next__(self) -> Item:
        try:
            kind, value = self._pipe.recv()
        except EOFError:
            raise RuntimeError("a process that reads the source was killed: is there too little memory?") from None
        if kind == _ITEM:
            return t.cast("Item", value)
        self.close()
        raise value if kind == _FAILURE else StopIteration


def _send(items: t.Iterable[t.Any], pipe: Connection) -> None:
    # Who no longer listens needs nothing more, and a cancelled job is told of where it was started.
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        try:
            for item in items:
                pipe.send((_ITEM, item))
            pipe.send((_END, None))
        except Exception as failure:
            pipe.send((_FAILURE, failure))


def _stop(process: t.Any, pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.join()
