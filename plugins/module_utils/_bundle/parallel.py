# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bounded work in threads, in order. It pays off if the work releases the interpreter's lock, as digests, deflate and the network do."""

from __future__ import annotations

import collections
import os
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

from .checksums import Chunk

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")

# Handing a small item to a thread costs more than its work, so small items are grouped.
_BATCH_BYTES = 1 << 20
_BATCH_ITEMS = 256


def processors() -> int:
    """Return how many threads can work at once; more than eight would only cost memory."""
    return min(os.cpu_count() or 1, 8)


def ordered_map(
    function: t.Callable[[Item], Result], items: t.Iterable[Item], workers: int, ahead: int
) -> t.Generator[Result, None, None]:
    """Yield FUNCTION of each of ITEMS, in their order, from WORKERS threads that are at most AHEAD items ahead of the consumer.

    The first error ends it: wait for the work that has begun, and drop the rest.
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
    """Yield ITEMS in lists that are large enough for a thread; WEIGHT returns the bytes of one."""
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
    """Yield CHUNKS in lists of at least SIZE bytes, except for the last one."""
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
