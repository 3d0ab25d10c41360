# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to look at a deployment again: seldom while nothing can have happened, often when its end is near. Pure.

Looking every 15 seconds, as clients do, notices the end seven seconds late on average. Looking more often costs calls, of which an account has few:
their rate is not published, and has been seen to be below one in two seconds. So the end is estimated, and looked for around that time.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST = 4.4
"""Seconds between two looks when the end may come at any time: it is then noticed a little more than two seconds late on average."""
AFTER_DETAILS = 5.6
"""The same after a look that has read the targets, which takes three calls instead of one."""
LONGEST = 60.0
"""Seconds between two looks when the end is far away; nobody should wait longer to see what has happened."""
UNINFORMED_LONGEST = 15.0
"""The same where nothing tells when the end will come."""
MARGIN = 0.07
"""By which share of its length a deployment may well be shorter or longer than expected."""
DETAILS_AFTER = 180.0
"""Seconds after which the targets are looked at again though their counts are the same: their lifecycle events go on."""


def seconds_until_next_look(elapsed: float, expected: float | None) -> float:
    """How long to wait, ELAPSED seconds after the beginning of a deployment that is EXPECTED to take so many; None if nobody knows.

    The time from which on the end may come is approached in steps that get smaller; a deployment that is overdue is looked at more seldom the
    longer it is.
    """
    if expected is None:
        return _between(elapsed / 10, SHORTEST, UNINFORMED_LONGEST)
    remaining = expected * (1 - MARGIN) - elapsed
    if remaining > 0:
        return _between(remaining / 3, SHORTEST, LONGEST)
    return _between((elapsed - expected * (1 + MARGIN)) / 5, SHORTEST, UNINFORMED_LONGEST)


def _between(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


@dataclass
class Pace:
    """The pace at which one deployment is looked at. PREVIOUS is how many seconds the group's last one took, None if that is unknown.

    Times are seconds since the deployment was created.
    """

    previous: float | None = None
    overview: dict[str, int] | None = None
    _now: float = 0.0
    _changed: float = 0.0
    _detailed: float = 0.0

    def observe(self, now: float, overview: dict[str, int]) -> None:
        """Take note of what a look has shown: the targets' counts, with details if they are new."""
        self._now = now
        if overview != self.overview:
            self.overview, self._changed, self._detailed = overview, now, now

    def delay(self) -> float:
        """Seconds until the next look."""
        least = AFTER_DETAILS if self._detailed >= self._now else SHORTEST
        return max(least, seconds_until_next_look(self._now, self._expected()))

    def wants_details(self, delay: float) -> bool:
        """Whether the look after DELAY is to read the targets, though their counts may be the same; if so, they are taken for read."""
        due = self._now + delay - self._detailed >= DETAILS_AFTER
        if due:
            self._detailed = self._now + delay
        return due

    def _expected(self) -> float | None:
        """As long as last time, until targets are finished: they come in rounds of so many at once, of which each takes as long as those before."""
        overview = self.overview or {}
        finished = sum(overview.get(status, 0) for status in ("succeeded", "failed", "skipped"))
        if not finished:
            return self.previous
        at_once = max(1, overview.get("in_progress", 0))
        rounds_done, rounds_to_come = finished // at_once, overview.get("pending", 0) / at_once
        if not rounds_done:  # the rest of this round may finish any moment
            return self._changed
        return self._changed * (rounds_done + 1 + rounds_to_come) / rounds_done
