# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a deployment is looked at: what the pace says, and what that means for whole deployments, of which the time is made up here."""

from __future__ import annotations

import random
import statistics
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._polling import (
    AFTER_DETAILS,
    DETAILS_AFTER,
    LONGEST,
    SHORTEST,
    UNINFORMED_LONGEST,
    Pace,
    seconds_until_next_look,
)

Overview = dict[str, int]
LOOK = 0.5
"""About what a look itself takes, in seconds."""


@pytest.mark.parametrize(
    ("elapsed", "expected", "delay"),
    [
        (0, None, SHORTEST),
        (100, None, 10),
        (10_000, None, UNINFORMED_LONGEST),
        (0, 1000, LONGEST),
        (900, 1000, 10),
        (925, 1000, SHORTEST),
        (1000, 1000, SHORTEST),
        (1120, 1000, 10),
        (9999, 1000, UNINFORMED_LONGEST),
    ],
)
def test_the_next_look(elapsed: float, expected: float | None, delay: float) -> None:
    assert seconds_until_next_look(elapsed, expected) == pytest.approx(delay)


def overview(pending: int, in_progress: int, succeeded: int) -> Overview:
    return {"pending": pending, "in_progress": in_progress, "succeeded": succeeded, "failed": 0, "skipped": 0}


@pytest.mark.parametrize(
    ("previous", "seen", "expected"),
    [
        (None, [(5, {})], None),
        (600.0, [(5, {})], 600),
        (600.0, [(5, overview(9, 1, 0))], 600),
        (600.0, [(5, overview(9, 1, 0)), (30, overview(8, 1, 1))], 300),
        (None, [(120, overview(0, 1, 9))], 120 * 10 / 9),
        (None, [(60, overview(50, 50, 0)), (90, overview(50, 49, 1)), (120, overview(0, 50, 50))], 240),
        (None, [(60, overview(0, 9, 1))], 60),
    ],
    ids=["nothing", "last time", "none done", "one of ten", "nine of ten", "second half", "all at once"],
)
def test_the_end_is_expected(previous: float | None, seen: list[tuple[float, Overview]], expected: float) -> None:
    pace = Pace(previous)
    for now, counts in seen:
        pace.observe(now, counts)
    assert pace.delay() == pytest.approx(max(AFTER_DETAILS, seconds_until_next_look(seen[-1][0], expected)))


def test_details_are_wanted_after_a_while_without_news() -> None:
    pace = Pace()
    pace.observe(10, overview(1, 1, 0))
    assert not pace.wants_details(DETAILS_AFTER - 1)
    assert pace.wants_details(DETAILS_AFTER)
    assert not pace.wants_details(DETAILS_AFTER + 1)


def test_a_look_that_cost_more_is_followed_by_a_longer_pause() -> None:
    pace = Pace()
    pace.observe(10, overview(1, 1, 0))
    assert pace.delay() == AFTER_DETAILS
    pace.observe(16, overview(1, 1, 0))
    assert pace.delay() == SHORTEST


def watched(duration: float, previous: float | None, counts_at: t.Callable[[float], Overview]) -> tuple[float, int]:
    """How late the end of a deployment is noticed that takes DURATION, and how many calls that costs."""
    pace, now, calls, known = Pace(previous), LOOK, 0, None
    while True:
        counts = counts_at(min(now, duration))
        calls += 1 if counts == known else 3
        if now >= duration:
            return now - duration, calls
        pace.observe(now, counts)
        delay = pace.delay()
        known = None if pace.wants_details(delay) else counts
        now += delay + LOOK


def one_at_a_time(hosts: int, duration: float) -> t.Callable[[float], Overview]:
    def counts_at(now: float) -> Overview:
        done = int(hosts * now / duration)
        return overview(hosts - done - (done < hosts), int(done < hosts), done)

    return counts_at


@pytest.mark.parametrize("hosts", [1, 4, 10])
def test_the_end_of_twenty_minutes_is_noticed_soon_with_few_calls(hosts: int) -> None:
    """A deployment takes about as long as the last one: within a tenth."""
    chance = random.Random(hosts)
    ends = [1200 * chance.uniform(0.9, 1.1) for _each in range(500)]
    outcomes = [watched(end, 1200.0, one_at_a_time(hosts, end)) for end in ends]
    assert statistics.mean(late for late, _calls in outcomes) <= 3
    assert statistics.mean(calls for _late, calls in outcomes) <= 70


@pytest.mark.parametrize("duration", [10, 60, 300, 1200, 7200])
def test_an_account_is_never_asked_more_often_than_it_can_bear(duration: float) -> None:
    """Below one call in two seconds, of which the first look of three calls is a part."""
    for previous in (None, duration / 2, duration * 2):
        for hosts in (1, 10, 1000):
            _late, calls = watched(duration, previous, one_at_a_time(hosts, duration))
            assert calls - 6 < duration / 2
