# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bounded work in threads, in order. It pays off if the work releases the interpreter's lock, as digests, deflate and the network do.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import collections
import os
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor

Item = t.TypeVar("Item")
Result = t.TypeVar("Result")


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
