# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time as a dependency: everything that the emulator does later, it asks a clock to do.

Its speed says how time passes. 1 is the machine's pace and 60 sixty times that; at 0 time stands still but for ``advance``;
at infinity it jumps from one call to the next, so that an hour of waiting is over at once. Whoever acts from outside, a
host agent or a client that must answer within a deadline, has no time to do so at infinity: it is for what the emulator
plays alone, such as simulated hosts and shifts of traffic.

At every speed calls are made one after the other in the order of their time, and time stands still during each: what a
call sees and what it asks for later do not depend on how busy the machine is.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
import threading
import time
from collections.abc import Callable

LOGGER = logging.getLogger(__name__)
END_OF_TIME = 253_370_764_800.0
"""The year 9999, the last that clients can read; whatever is due later is due then."""
LONGEST_WAIT = 366 * 24 * 3600
"""Seconds that anybody may ask for at once: a year."""


def _nothing() -> None:
    """What a withdrawn call does."""


class Timer:
    """A call that waits for its time; ``cancel`` makes it never happen."""

    def __init__(self, due: float, function: Callable[[], None]) -> None:
        self.due = due
        self.function = function
        self.cancelled = False

    def cancel(self) -> None:
        """Withdraw the call; without effect once it was made."""
        self.cancelled = True
        self.function = _nothing  # what it would have needed can go at once, hours before its time


class Clock:
    """Seconds since the epoch, and calls at a later time. Safe to share by threads."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        """``start`` defaults to the machine's time. Raises ValueError for a speed that is negative or no number."""
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()  # guards every other member
        self._making = threading.Lock()  # held by the thread that makes calls
        self._in_call = False
        self._reached = time.time() if start is None else start
        self._anchor = (time.monotonic(), self._reached)
        self._speed = 0.0
        self._closed = False
        self._thread: threading.Thread | None = None
        self.set_speed(speed)

    def now(self) -> float:
        """The time in seconds since the epoch. It never passes a call that is still to be made."""
        with self._changed:
            return self._now()

    def call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Call ``function`` once, ``seconds`` from now, from a thread that is not the caller's to choose."""
        with self._changed:
            timer = Timer(_later(self._now(), seconds), function)
            heapq.heappush(self._heap, (timer.due, next(self._order), timer))
            if self._heap[0][2] is timer:
                self._changed.notify()
        return timer

    def set_speed(self, speed: float) -> None:
        """Let time pass at another speed from now on. Raises ValueError as the constructor does."""
        if not speed >= 0:
            raise ValueError(f"speed: {speed} is not valid; use 0 or more")
        with self._changed:
            self._anchor = (time.monotonic(), self._now())
            self._speed = speed
            self._changed.notify()
            if speed > 0 and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="emulator-clock", daemon=True)
                self._thread.start()

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass at once; an error of a call made on the way is raised here.

        Raises ValueError for a number of seconds that is negative or infinite.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"time cannot go back, nor to its end: advance({seconds})")
        end = _later(self.now(), seconds)
        while self._call_next(end):
            pass
        with self._changed:
            self._reached = max(self._reached, end)
            self._anchor = (time.monotonic(), self._reached)
            self._changed.notify()

    def cancel_all(self) -> None:
        """Withdraw every waiting call."""
        with self._changed:
            self._heap.clear()

    def close(self) -> None:
        """Withdraw every waiting call and end; nothing is called after this returns."""
        with self._changed:
            self._closed = True
            self._heap.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _now(self) -> float:
        if not self._in_call:
            self._reached = max(self._reached, min(self._paced(), self._next_due()))
        return self._reached

    def _paced(self) -> float:
        """The time by the speed alone."""
        since, then = self._anchor
        if self._speed == math.inf:
            return self._reached
        return _later(then, (time.monotonic() - since) * self._speed)

    def _next_due(self) -> float:
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def _limit(self) -> float:
        """Up to when calls are made now."""
        with self._changed:
            return math.inf if self._speed == math.inf else self._paced()

    def _call_next(self, limit: float) -> bool:
        """Make the earliest call that is due by ``limit``, at its time; false if there is none."""
        with self._making:
            with self._changed:
                due = self._next_due()
                if due > limit or due == math.inf:
                    return False
                timer = heapq.heappop(self._heap)[2]
                self._reached = max(self._reached, due)
                self._in_call = True
            try:
                timer.function()
            finally:
                with self._changed:
                    self._in_call = False
        return True

    def _run(self) -> None:
        while not self._closed:
            try:
                if not self._call_next(self._limit()):
                    self._wait()
            except Exception:  # this thread must outlive a defect in one call; the log shows it
                LOGGER.exception("a timed call failed")

    def _wait(self) -> None:
        """Until a call falls due or something changes."""
        with self._changed:
            due = self._next_due()
            if self._closed or (due <= self._limit() and due < math.inf):
                return
            seconds = (due - self._paced()) / self._speed if self._speed > 0 and due < math.inf else math.inf
            self._changed.wait(seconds if seconds < threading.TIMEOUT_MAX else None)


def _later(then: float, seconds: float) -> float:
    return min(then + min(seconds, END_OF_TIME), END_OF_TIME)


class ManualClock(Clock):
    """A clock that stands still until it is advanced, and starts with the year 2026."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        super().__init__(0, start)
