# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The polling schedule of a deployment: seldom while nothing can have happened, often when its end is near. Pure.

Polling every 15 seconds, as clients do, notices the end seven seconds late on average. Polling more often costs calls, of which an account has few:
their limit is not published, and has been observed below one in two seconds. So the end is estimated, and polled around that time.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST = 4.0
"""Seconds between two polls when the end may come at any time: it is noticed a little more than two seconds late on average."""
AFTER_DETAILS = 5.6
"""The same after a poll that has read the targets, which takes more than one call."""
LONGEST = 55.0
"""Seconds between two polls when the end is far away; nobody should wait longer for news."""
LONGEST_SHARE = 1 / 22
"""The same as a fraction of the expected duration: a failure on the way cannot be predicted, and a short deployment has calls to
spare for it."""
SOON = 75.0
"""Seconds within which a deployment without a history is expected to end. Most end within minutes; one that does not is polled more
seldom the longer it takes, so that twenty minutes are within the budget of seventy calls."""
MARGIN = 0.07
"""The fraction by which a deployment may well be shorter or longer than the last one."""
ROUNDS_MARGIN = 0.13
"""The fraction by which the remaining rounds may well be shorter or longer than those before."""
DETAILS_AFTER = 240.0
"""Seconds after which the targets are read again even if their counts are the same: their lifecycle events continue."""
FEW_ROUNDS = 3
"""The number of rounds below which the last duration is the better estimate: the end need not be expected before it came last time."""
MANY = 25
"""How many targets one call reads (botocore model). If there are more, only failures are worth the calls; the others change too often."""

Window = tuple[float, float]


def seconds_until_next_look(elapsed: float, window: Window) -> float:
    """Return how long to wait, ELAPSED seconds after the start of a deployment that is expected to end within WINDOW.

    Polls get more frequent towards the time from which the end may come; a deployment that is overdue is polled more seldom the
    longer it is. One that has just started is polled often too, since many failures happen at once.
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
    """Return the counts of OVERVIEW whose change is a reason to read the targets."""
    return {"failed": overview.get("failed", 0)} if sum(overview.values()) > MANY else overview


@dataclass
class Pace:
    """The pace of polling one deployment. PREVIOUS is the duration of the group's last one in seconds, None if unknown.

    Times are seconds since the deployment was created.
    """

    previous: float | None = None
    overview: dict[str, int] | None = None
    _now: float = 0.0
    _changed: Window = (0.0, 0.0)  # the polls between which the counts changed last
    _detailed: float = 0.0

    def observe(self, now: float, overview: dict[str, int]) -> None:
        """Record the result of a poll: the targets' counts, with details if they are new."""
        if self.overview is None or _telling_counts(overview) != _telling_counts(self.overview):
            self._detailed = now
        if overview != self.overview:
            self.overview, self._changed = overview, (self._now, now)
        self._now = now

    def delay(self) -> float:
        """Return the seconds until the next poll."""
        least = AFTER_DETAILS if self._detailed >= self._now else SHORTEST
        return max(least, seconds_until_next_look(self._now, self._expected_end()))

    def known_counts(self, delay: float) -> dict[str, int] | None:
        """Return the counts for which the poll after DELAY need not read the targets, if it finds them unchanged; None if the targets are due,
        which counts as reading them."""
        if self._now + delay - self._detailed >= DETAILS_AFTER:
            self._detailed = self._now + delay
            return None
        return _telling_counts(self.overview or {})

    def _expected_end(self) -> Window:
        """Return the expected end: as last time, until targets finish, which come in rounds that each take as long as those before."""
        overview = self.overview or {}
        finished, pending = _finished(overview), overview.get("pending", 0)
        if not finished and self.previous is not None:
            return _around(self.previous)
        if not finished:  # the targets that wait for their round will show how long one takes
            return 0.0, 0.0 if pending else SOON
        at_once = max(1, overview.get("in_progress", 0))
        done, to_come = finished // at_once, 1 + pending / at_once
        earliest, latest = self._changed
        if not done:  # the rest of this round may finish at any moment
            return _around(latest)
        rounds = to_come / done
        early, late = earliest * (1 + rounds * (1 - ROUNDS_MARGIN)), latest * (1 + rounds * (1 + ROUNDS_MARGIN))
        if self.previous is not None and done < FEW_ROUNDS:
            usual, _late = _around(self.previous)
            early = max(early, usual) if usual < late else early
        return early, late
