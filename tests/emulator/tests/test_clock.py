# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every speed keeps the same promises; only how time passes differs."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock import END_OF_TIME, Clock, ManualClock

MakeClock = Callable[[float], Clock]
DEADLINE = 60


@pytest.fixture
def clock_at() -> Iterator[MakeClock]:
    """Clocks of a speed, closed after the test."""
    made: list[Clock] = []

    def make(speed: float) -> Clock:
        made.append(Clock(speed, start=100))
        return made[-1]

    yield make
    for clock in made:
        clock.close()


def test_calls_in_order_each_at_its_time() -> None:
    clock = ManualClock(start=100)
    seen: list[tuple[str, float]] = []
    clock.call_later(5, lambda: seen.append(("b", clock.now())))
    clock.call_later(2, lambda: seen.append(("a", clock.now())))
    clock.call_later(5, lambda: seen.append(("c", clock.now())))
    clock.advance(4.5)
    assert seen == [("a", 102)]
    clock.advance(0.5)
    assert seen == [("a", 102), ("b", 105), ("c", 105)]
    assert clock.now() == 105


def test_calls_made_on_the_way_are_called_if_due() -> None:
    clock = ManualClock(start=0)
    seen: list[float] = []

    def call_again() -> None:
        clock.call_later(1, lambda: seen.append(clock.now()))

    clock.call_later(1, call_again)
    clock.advance(10)
    assert seen == [2]


def test_cancelled_calls_are_not_made() -> None:
    clock = ManualClock()
    timer = clock.call_later(1, lambda: pytest.fail("it was cancelled"))
    clock.call_later(1, lambda: pytest.fail("all were cancelled"))
    timer.cancel()
    clock.cancel_all()
    clock.advance(2)


@pytest.mark.parametrize("seconds", [-1, math.inf, math.nan])
def test_time_does_not_go_back_nor_to_its_end(seconds: float) -> None:
    with pytest.raises(ValueError, match="time cannot go"):
        ManualClock().advance(seconds)


@pytest.mark.parametrize("speed", [-1, math.nan])
def test_speeds_that_are_none(speed: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Clock(speed)


def tick_and_record(clock: Clock, seen: list[tuple[str, float]], done: threading.Event) -> None:
    """Three chains of calls whose order only their times decide, with a deadline that is cancelled on the way."""
    deadline = clock.call_later(3000, lambda: seen.append(("deadline", clock.now())))

    def tick(name: str, step: float, left: int) -> None:
        seen.append((name, clock.now()))
        if left:
            clock.call_later(step, lambda: tick(name, step, left - 1))

    clock.call_later(0, lambda: tick("slow", 700, 5))
    clock.call_later(0, lambda: tick("fast", 300, 12))
    clock.call_later(2000, deadline.cancel)
    clock.call_later(3601, done.set)


@pytest.mark.parametrize("speed", [36_000.0, 1_000_000.0, math.inf])
def test_an_hour_passes_in_the_same_order_at_every_speed(clock_at: MakeClock, speed: float) -> None:
    expected: list[tuple[str, float]] = []
    by_hand = ManualClock(start=100)
    tick_and_record(by_hand, expected, threading.Event())
    by_hand.advance(3601)

    seen: list[tuple[str, float]] = []
    done = threading.Event()
    clock = clock_at(0)
    tick_and_record(clock, seen, done)
    clock.set_speed(speed)
    assert done.wait(DEADLINE)
    assert seen == expected
    assert clock.now() >= 3700


@given(
    st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(0, 20), max_size=3)), max_size=6), st.integers(0, 50)
)
def test_time_by_hand_and_time_that_jumps_agree(plan: list[tuple[int, list[int]]], stop: int) -> None:
    def run(clock: Clock, pass_time: Callable[[Clock], None]) -> list[tuple[int, float]]:
        seen: list[tuple[int, float]] = []

        def follow(number: int, steps: list[int]) -> None:
            seen.append((number, clock.now()))
            if steps:
                clock.call_later(steps[0], partial(follow, number, steps[1:]))

        for number, (first, steps) in enumerate(plan):
            clock.call_later(first, partial(follow, number, steps))
        pass_time(clock)
        return seen

    def jump(clock: Clock) -> None:
        ended = threading.Event()
        clock.call_later(200, ended.set)
        clock.set_speed(math.inf)
        assert ended.wait(DEADLINE)
        clock.close()

    def by_hand(clock: Clock) -> None:
        clock.advance(stop)
        clock.advance(200)

    assert run(Clock(0, start=0), jump) == run(Clock(0, start=0), by_hand)


def test_time_that_jumps_stands_still_when_nothing_waits(clock_at: MakeClock) -> None:
    clock = clock_at(math.inf)
    assert (clock.now(), clock.now()) == (100, 100)
    done = threading.Event()
    clock.call_later(86_400, done.set)
    assert done.wait(DEADLINE)
    assert clock.now() == 86_500


def test_time_that_jumps_keeps_no_processor_busy_when_nothing_waits() -> None:
    class CountingClock(Clock):
        looks = 0

        def _call_next(self, limit: float) -> bool:
            self.looks += 1
            return super()._call_next(limit)

    clock, called = CountingClock(math.inf), threading.Event()
    try:
        clock.call_later(1, called.set)
        assert called.wait(DEADLINE)
        for _moment in range(1000):  # a thread that does not wait looks meanwhile, too
            clock.now()
    finally:
        clock.close()
    assert clock.looks <= 4


def test_time_never_passes_a_call_that_is_being_made(clock_at: MakeClock) -> None:
    clock = clock_at(0)
    entered, leave = threading.Event(), threading.Event()
    seen: list[float] = []

    def dawdle() -> None:
        entered.set()
        leave.wait(DEADLINE)
        clock.call_later(5, lambda: seen.append(clock.now()))

    done = threading.Event()
    clock.call_later(1, dawdle)
    clock.call_later(10, done.set)
    clock.set_speed(1_000_000)
    assert entered.wait(DEADLINE)
    assert clock.now() == 101
    leave.set()
    assert done.wait(DEADLINE)
    assert seen == [106]


def test_real_time_passes_and_can_be_hurried(clock_at: MakeClock) -> None:
    clock = clock_at(1)
    before = clock.now()
    called = threading.Event()
    clock.call_later(3600, called.set)
    clock.advance(3600)
    assert called.is_set()
    assert before + 3600 <= clock.now()


def test_a_new_speed_counts_from_now_on(clock_at: MakeClock) -> None:
    clock = clock_at(0)
    clock.advance(50)
    clock.set_speed(1_000_000)
    clock.set_speed(0)
    stopped = clock.now()
    assert stopped >= 150
    assert clock.now() == stopped


def test_calls_survive_a_failing_one(clock_at: MakeClock) -> None:
    clock = clock_at(1)
    seen: list[str] = []
    done = threading.Event()

    def fail() -> None:
        seen.append("failing")
        raise RuntimeError

    cancelled = clock.call_later(0.01, lambda: seen.append("cancelled"))
    cancelled.cancel()
    clock.call_later(0.02, done.set)
    clock.call_later(0.01, fail)
    assert done.wait(DEADLINE)
    assert seen == ["failing"]


@pytest.mark.parametrize("speed", [0, 1, 60])
def test_it_ends_at_once_though_calls_wait(speed: float) -> None:
    clock = Clock(speed)
    clock.call_later(86_400, lambda: None)
    clock.close()
    assert "emulator-clock" not in [thread.name for thread in threading.enumerate()]


def test_time_ends_while_clients_can_read_it() -> None:
    with closing(ManualClock()) as clock:
        clock.call_later(10**400, clock.cancel_all)
        clock.advance(1e300)
        assert clock.now() == END_OF_TIME
        clock.set_speed(1e300)
        clock.advance(1)
        assert clock.now() == END_OF_TIME
