# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concurrent tasks in one process.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import collections
import time
import typing as t

Result = dict[str, t.Any]
Steps = t.Generator[float, None, Result]


def run_side_by_side(tasks: t.Mapping[str, Steps], at_once: int, stop_at_failure: bool) -> dict[str, Result]:
    """Return the results of TASKS by their names, in the order in which they ended. Each task yields the seconds until its next step.

    AT_ONCE of them run in parallel, and start in their order. With STOP_AT_FAILURE, none starts after one has `failed`; running ones continue to
    their end. A task that did not start has no result.
    """
    waiting = collections.deque(tasks.items())
    running: list[tuple[float, str, Steps]] = []
    results: dict[str, Result] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            name, steps = waiting.popleft()
            running.append((time.monotonic(), name, steps))
        running.sort(key=lambda task: task[0])
        due, name, steps = running.pop(0)
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            delay = next(steps)
        except StopIteration as end:
            results[name] = end.value
            if stop_at_failure and end.value.get("failed"):
                waiting.clear()
        else:
            running.append((time.monotonic() + delay, name, steps))
    return results
