# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a deployment is looked at: what the pace says, and what that means for whole deployments, of which the time is made up here."""

from __future__ import annotations

import random
import statistics
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployments.polling import (
    AFTER_DETAILS,
    DETAILS_AFTER,
    LONGEST,
    LONGEST_SHARE,
    MARGIN,
    ROUNDS_MARGIN,
    SHORTEST,
    SOON,
    Pace,
    Window,
    seconds_until_next_look,
)

Overview = dict[str, int]
LOOK = 0.5
"""About what a look itself takes, in seconds."""
BEFORE = 7
"""The calls that a task makes before it waits."""


@pytest.mark.parametrize(
    ("elapsed", "window", "delay"),
    [
        (0, (0, 0), SHORTEST),
        (70, (0, 0), 10),
        (0, (900, 1100), SHORTEST),
        (30, (900, 1100), 15),
        (450, (900, 1100), 1100 * LONGEST_SHARE),
        (450, (9000, 11000), LONGEST),
        (30, (50, 60), SHORTEST),
        (870, (900, 1100), 10),
        (899, (900, 1100), SHORTEST),
        (1000, (900, 1100), SHORTEST),
        (1170, (900, 1100), 10),
        (9999, (900, 1100), LONGEST),
    ],
)
def test_the_next_look(elapsed: float, window: Window, delay: float) -> None:
    assert seconds_until_next_look(elapsed, window) == pytest.approx(delay)


def overview(pending: int, in_progress: int, succeeded: int, failed: int = 0) -> Overview:
    counts = {"pending": pending, "in_progress": in_progress, "succeeded": succeeded}
    return {**counts, "failed": failed, "skipped": 0}


def around(expected: float) -> Window:
    return expected * (1 - MARGIN), expected * (1 + MARGIN)


def rounds(seen: Window, done: int, to_come: float) -> Window:
    early, late = (1 + share * to_come / done for share in (1 - ROUNDS_MARGIN, 1 + ROUNDS_MARGIN))
    return seen[0] * early, seen[1] * late


TWO_OF_TEN = [(100.0, overview(8, 1, 1)), (200.0, overview(7, 1, 2))]


@pytest.mark.parametrize(
    ("previous", "seen", "expected"),
    [
        (None, [(5, {})], (0, SOON)),
        (None, [(5, overview(0, 1, 0))], (0, SOON)),
        (None, [(5, overview(9, 1, 0))], (0, 0)),
        (600.0, [(5, {})], around(600)),
        (600.0, [(5, overview(9, 1, 0))], around(600)),
        (600.0, [(5, overview(9, 1, 0)), (30, overview(8, 1, 1))], rounds((5, 30), 1, 9)),
        (None, [(110, overview(1, 1, 8)), (120, overview(0, 1, 9))], rounds((110, 120), 9, 1)),
        (None, [(60, overview(12, 12, 0)), (120, overview(0, 12, 12))], rounds((60, 120), 1, 1)),
        (None, [(60, overview(0, 9, 1))], around(60)),
        (None, [(60, overview(2, 0, 1))], rounds((0, 60), 1, 3)),
        (600.0, TWO_OF_TEN, (around(600)[0], rounds((100, 200), 2, 8)[1])),
        (600.0, [*TWO_OF_TEN, (250, overview(6, 1, 3))], rounds((200, 250), 3, 7)),
    ],
    ids=[
        "nothing",
        "one round",
        "rounds to come",
        "last time",
        "none done",
        "one of ten",
        "nine of ten",
        "second half",
        "all at once",
        "between two rounds",
        "not before last time",
        "rounds that tell enough",
    ],
)
def test_the_end_is_expected(previous: float | None, seen: list[tuple[float, Overview]], expected: Window) -> None:
    pace = Pace(previous)
    for now, counts in seen:
        pace.observe(now, counts)
    assert pace.delay() == pytest.approx(max(AFTER_DETAILS, seconds_until_next_look(seen[-1][0], expected)))


def test_details_are_wanted_after_a_while_without_news() -> None:
    pace, counts = Pace(), overview(1, 1, 0)
    pace.observe(10, counts)
    assert pace.known_counts(DETAILS_AFTER - 1) == counts
    assert pace.known_counts(DETAILS_AFTER) is None
    assert pace.known_counts(DETAILS_AFTER + 1) == counts


@pytest.mark.parametrize(("pending", "known"), [(24, overview(24, 1, 0)), (25, {"failed": 0})])
def test_many_targets_are_more_than_one_call_reads(pending: int, known: Overview) -> None:
    pace = Pace()
    pace.observe(10, overview(pending, 1, 0))
    assert pace.known_counts(SHORTEST) == known


def test_of_many_targets_only_failures_are_worth_details() -> None:
    pace = Pace()
    pace.observe(10, overview(90, 10, 0))
    pace.observe(100, overview(80, 10, 10))
    assert pace.known_counts(SHORTEST) == {"failed": 0}
    assert pace.known_counts(DETAILS_AFTER - 90) is None
    pace.observe(300, overview(80, 8, 10, failed=2))
    assert pace.known_counts(SHORTEST) == {"failed": 2}


def test_a_look_that_cost_more_is_followed_by_a_longer_pause() -> None:
    pace = Pace()
    pace.observe(10, overview(1, 1, 0))
    assert pace.delay() == AFTER_DETAILS
    pace.observe(16, overview(1, 1, 0))
    assert pace.delay() == SHORTEST


def watched(duration: float, previous: float | None, counts_at: t.Callable[[float], Overview]) -> tuple[float, int]:
    """How late the end of a deployment is noticed that takes DURATION, and how many calls that costs."""
    pace, now, calls = Pace(previous), LOOK, BEFORE + 1
    known: Overview | None = None
    while True:
        counts = counts_at(min(now, duration))
        calls += 1 if known and known.items() <= counts.items() else 2
        if now >= duration:
            return now - duration, calls
        pace.observe(now, counts)
        delay = pace.delay()
        known = pace.known_counts(delay)
        now += delay + LOOK


def in_ten_rounds(hosts: int, duration: float) -> t.Callable[[float], Overview]:
    """The counts by the time, of hosts that go one after the other; more than ten of them so many at once that there are ten rounds."""
    at_once = max(1, hosts // 10)

    def counts_at(now: float) -> Overview:
        done = int(hosts // at_once * now / duration) * at_once
        running = min(at_once, hosts - done)
        return overview(hosts - done - running, running, done)

    return counts_at


@pytest.mark.parametrize("hosts", [1, 2, 3, 4, 6, 10, 100, 1000])
def test_the_end_of_twenty_minutes_is_noticed_soon_with_few_calls(hosts: int) -> None:
    """A deployment takes about as long as the last one: within a tenth."""
    chance = random.Random(hosts)
    ends = [1200 * chance.uniform(0.9, 1.1) for _each in range(500)]
    outcomes = [watched(end, 1200.0, in_ten_rounds(hosts, end)) for end in ends]
    assert statistics.mean(late for late, _calls in outcomes) <= 3
    assert statistics.mean(calls for _late, calls in outcomes) <= 70


@pytest.mark.parametrize(("duration", "mean_delay"), [(60, 3), (120, 4), (180, 8), (1200, 30)])
@pytest.mark.parametrize("hosts", [1, 10, 1000])
def test_the_end_of_a_first_deployment_is_noticed_the_sooner_the_shorter_it_is(
    hosts: int, duration: float, mean_delay: float
) -> None:
    """Nothing tells when it will end, unless hosts that go one after the other do."""
    chance = random.Random(hosts)
    ends = [duration * chance.uniform(0.9, 1.1) for _each in range(500)]
    outcomes = [watched(end, None, in_ten_rounds(hosts, end)) for end in ends]
    assert statistics.mean(late for late, _calls in outcomes) <= (mean_delay if hosts == 1 else 3)
    assert statistics.mean(calls for _late, calls in outcomes) <= 70


@pytest.mark.parametrize(("duration", "mean_delay"), [(60, 4), (180, 6), (600, 15)])
@pytest.mark.parametrize("hosts", [1, 10, 1000])
def test_an_unforeseen_failure_is_noticed_the_sooner_the_shorter_deployments_are(
    hosts: int, duration: float, mean_delay: float
) -> None:
    chance = random.Random(hosts)
    ends = [duration * chance.uniform(0.01, 1) for _each in range(500)]
    outcomes = [watched(end, duration, in_ten_rounds(hosts, duration)) for end in ends]
    assert statistics.mean(late for late, _calls in outcomes) <= mean_delay


@pytest.mark.parametrize("hosts", [1, 10, 1000])
def test_a_failure_on_the_way_is_noticed_within_the_longest_pause_with_few_calls(hosts: int) -> None:
    chance = random.Random(hosts)
    ends = [1200 * chance.uniform(0.01, 1) for _each in range(500)]
    outcomes = [watched(end, 1200.0, in_ten_rounds(hosts, 1200)) for end in ends]
    assert max(late for late, _calls in outcomes) <= LONGEST + LOOK
    assert statistics.mean(late for late, _calls in outcomes) <= LONGEST / 2
    assert statistics.mean(calls for _late, calls in outcomes) <= 40


@pytest.mark.parametrize("duration", [10, 60, 300, 1200, 7200])
def test_an_account_is_never_asked_more_often_than_it_can_bear(duration: float) -> None:
    """Below one call in two seconds, of which what comes before the wait and the first look of three calls are a part."""
    for previous in (None, duration / 2, duration * 2):
        for hosts in (1, 10, 1000):
            _late, calls = watched(duration, previous, in_ten_rounds(hosts, duration))
            assert calls - BEFORE - 6 < duration / 2
