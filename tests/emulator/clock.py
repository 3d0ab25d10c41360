# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as a dependency: everything that the emulator does later, it asks a clock to do."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

LOGGER = logging.getLogger(__name__)


class Timer:
    """A call that waits for its time; ``cancel`` makes it never happen."""

    def __init__(self, due: float, function: Callable[[], None]) -> None:
        self.due = due
        self.function = function
        self.cancelled = False

    def cancel(self) -> None:
        """Withdraw the call; without effect once it was made."""
        self.cancelled = True


class Clock(Protocol):
    """Seconds since the epoch, and calls at a later time."""

    def now(self) -> float:
        """The time in seconds since the epoch."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Call ``function`` once, ``seconds`` from now, from a thread that is not the caller's to choose."""

    def cancel_all(self) -> None:
        """Withdraw every waiting call."""

    def close(self) -> None:
        """Withdraw every waiting call and end; nothing is called after this returns."""


class _Schedule:
    """Timers in the order of their time; those of one time in the order they were added. Safe to share by threads."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self.changed = threading.Condition()

    def add(self, timer: Timer) -> Timer:
        with self.changed:
            heapq.heappush(self._heap, (timer.due, next(self._order), timer))
            self.changed.notify()
        return timer

    def pop_due(self, now: float) -> Timer | None:
        """Take out the earliest timer that is due, or None."""
        with self.changed:
            while self._heap and self._heap[0][0] <= now:
                timer = heapq.heappop(self._heap)[2]
                if not timer.cancelled:
                    return timer
        return None

    def next_due(self) -> float | None:
        with self.changed:
            return self._heap[0][0] if self._heap else None

    def clear(self) -> None:
        with self.changed:
            self._heap.clear()
            self.changed.notify()


class RealClock:
    """The machine's time; one thread makes the calls, one after the other."""

    def __init__(self) -> None:
        self._schedule = _Schedule()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="emulator-clock", daemon=True)
        self._thread.start()

    def now(self) -> float:
        return time.time()

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        return self._schedule.add(Timer(self.now() + seconds, function))

    def cancel_all(self) -> None:
        self._schedule.clear()

    def close(self) -> None:
        with self._schedule.changed:
            self._closed = True
            self._schedule.clear()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._schedule.changed:
                if self._closed:
                    return
                due = self._schedule.next_due()
                wait = None if due is None else due - self.now()
                if wait is None or wait > 0:
                    self._schedule.changed.wait(wait)
                    continue
            timer = self._schedule.pop_due(self.now())
            if timer is not None:
                _call_and_log(timer)


class ManualClock:
    """Time that stands still until ``advance``, which makes the calls that fall due, in order, each at its time."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start
        self._schedule = _Schedule()
        self._advancing = threading.RLock()

    def now(self) -> float:
        return self._now

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        return self._schedule.add(Timer(self._now + seconds, function))

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass; an error of a call made on the way is raised here.

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError(f"time cannot go back: advance({seconds})")
        with self._advancing:
            end = self._now + seconds
            while (timer := self._schedule.pop_due(end)) is not None:
                self._now = max(self._now, timer.due)
                timer.function()
            self._now = end

    def cancel_all(self) -> None:
        self._schedule.clear()

    def close(self) -> None:
        self.cancel_all()


def _call_and_log(timer: Timer) -> None:
    try:
        timer.function()
    except Exception:  # the clock's thread must outlive a defect in one call; the log shows it
        LOGGER.exception("a timed call failed")
