# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work in threads, in order and in bounds; it pays where the work releases the interpreter's lock, as digests, deflate and the network do."""

from __future__ import annotations

import collections
import os
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

from .checksums import Chunk

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")

# A thread costs more than a small item takes, so such items travel together.
_BATCH_BYTES = 1 << 20
_BATCH_ITEMS = 256


def processors() -> int:
    """How many threads can work at once; more than eight would only take memory."""
    return min(os.cpu_count() or 1, 8)


def ordered_map(
    function: t.Callable[[Item], Result], items: t.Iterable[Item], workers: int, ahead: int
) -> t.Generator[Result, None, None]:
    """FUNCTION of each of ITEMS, in their order, by WORKERS threads that are at most AHEAD items before the one that is asked for.

    The first error ends it: what has begun is waited for, what has not is dropped.
    """
    pending: collections.deque[Future[Result]] = collections.deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                pending.append(pool.submit(function, item))
                if len(pending) > ahead:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


def workloads(items: t.Iterable[Item], weight: t.Callable[[Item], int]) -> t.Iterator[list[Item]]:
    """ITEMS in lists that are worth a thread's while; WEIGHT is how many bytes one is."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += weight(item)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_ITEMS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def blocks(chunks: t.Iterable[Chunk], size: int) -> t.Iterator[list[Chunk]]:
    """CHUNKS in lists of at least SIZE bytes, of which the last may have fewer."""
    held: list[Chunk] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += len(chunk.data)
        if length >= size:
            yield held
            held, length = [], 0
    if held:
        yield held
