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

SHORTEST = 4.0
"""Seconds between two looks when the end may come at any time: it is then noticed a little more than two seconds late on average."""
AFTER_DETAILS = 5.6
"""The same after a look that has read the targets, which takes more than one call."""
LONGEST = 55.0
"""Seconds between two looks when the end is far away; nobody should wait longer to see what has happened."""
LONGEST_SHARE = 1 / 22
"""The same as a share of the time that the deployment is expected to take: a failure on the way comes unforeseen, and a short deployment has calls to
spare for it."""
SOON = 75.0
"""Seconds within which a deployment is expected to end of which nothing is known. Most end within minutes; one that does not is looked at more
seldom the longer it takes, so that twenty minutes are within the budget of seventy calls."""
MARGIN = 0.07
"""By which share of its length a deployment may well be shorter or longer than the last one."""
ROUNDS_MARGIN = 0.13
"""By which share rounds that are still to come may well be shorter or longer than those before."""
DETAILS_AFTER = 240.0
"""Seconds after which the targets are looked at again though their counts are the same: their lifecycle events go on."""
FEW_ROUNDS = 3
"""Rounds that tell less of the end than how long the last deployment took: it need not be looked out for before it came last time."""
MANY = 25
"""How many targets one call reads (botocore model). Of more than that, only failures are worth the calls; the others come and go too often."""

Window = tuple[float, float]


def seconds_until_next_look(elapsed: float, window: Window) -> float:
    """How long to wait, ELAPSED seconds after the beginning of a deployment that is expected to end within WINDOW.

    The time from which on the end may come is approached in steps that get smaller; a deployment that is overdue is looked at more seldom the
    longer it is. One that has just begun is looked at often too, since much that goes wrong does so at once.
    """
    early, late = window
    if elapsed < early:
        longest = _between(late * LONGEST_SHARE, SHORTEST, LONGEST)
        return _between(min((early - elapsed) / 3, elapsed / 2), SHORTEST, longest)
    return _between((elapsed - late) / 7, SHORTEST, LONGEST)


def _around(expected: float) -> Window:
    return expected * (1 - MARGIN), expected * (1 + MARGIN)


def _between(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


def _finished(overview: dict[str, int]) -> int:
    return sum(overview.get(status, 0) for status in ("succeeded", "failed", "skipped"))


def _telling_counts(overview: dict[str, int]) -> dict[str, int]:
    """Those counts of OVERVIEW of which a change is a reason to read the targets."""
    return {"failed": overview.get("failed", 0)} if sum(overview.values()) > MANY else overview


@dataclass
class Pace:
    """The pace at which one deployment is looked at. PREVIOUS is how many seconds the group's last one took, None if that is unknown.

    Times are seconds since the deployment was created.
    """

    previous: float | None = None
    overview: dict[str, int] | None = None
    _now: float = 0.0
    _changed: Window = (0.0, 0.0)  # the looks between which the counts have changed last
    _detailed: float = 0.0

    def observe(self, now: float, overview: dict[str, int]) -> None:
        """Take note of what a look has shown: the targets' counts, with details if they are news."""
        if self.overview is None or _telling_counts(overview) != _telling_counts(self.overview):
            self._detailed = now
        if overview != self.overview:
            self.overview, self._changed = overview, (self._now, now)
        self._now = now

    def delay(self) -> float:
        """Seconds until the next look."""
        least = AFTER_DETAILS if self._detailed >= self._now else SHORTEST
        return max(least, seconds_until_next_look(self._now, self._expected_end()))

    def known_counts(self, delay: float) -> dict[str, int] | None:
        """The counts that spare the targets from being read by the look after DELAY, should it find them again; None if they are due to be read,
        and are then taken for read."""
        if self._now + delay - self._detailed >= DETAILS_AFTER:
            self._detailed = self._now + delay
            return None
        return _telling_counts(self.overview or {})

    def _expected_end(self) -> Window:
        """As long as last time, until targets are finished: they come in rounds of so many at once, of which each takes as long as those before."""
        overview = self.overview or {}
        finished, pending = _finished(overview), overview.get("pending", 0)
        if not finished and self.previous is not None:
            return _around(self.previous)
        if not finished:  # those that wait for their round will show how long one takes
            return 0.0, 0.0 if pending else SOON
        at_once = max(1, overview.get("in_progress", 0))
        done, to_come = finished // at_once, 1 + pending / at_once
        earliest, latest = self._changed
        if not done:  # the rest of this round may finish any moment
            return _around(latest)
        rounds = to_come / done
        early, late = earliest * (1 + rounds * (1 - ROUNDS_MARGIN)), latest * (1 + rounds * (1 + ROUNDS_MARGIN))
        if self.previous is not None and done < FEW_ROUNDS:
            usual, _late = _around(self.previous)
            early = max(early, usual) if usual < late else early
        return early, late
