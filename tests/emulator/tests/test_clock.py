# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both clocks keep the same promises; only how time passes differs."""

from __future__ import annotations

import threading

import pytest

from emulator.clock import ManualClock, RealClock


def test_manual_calls_in_order_each_at_its_time() -> None:
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


def test_manual_calls_made_on_the_way_are_called_if_due() -> None:
    clock = ManualClock(start=0)
    seen: list[float] = []

    def call_again() -> None:
        clock.call_later(1, lambda: seen.append(clock.now()))

    clock.call_later(1, call_again)
    clock.advance(10)
    assert seen == [2]


def test_manual_cancelled_calls_are_not_made() -> None:
    clock = ManualClock()
    timer = clock.call_later(1, lambda: pytest.fail("it was cancelled"))
    clock.call_later(1, lambda: pytest.fail("all were cancelled"))
    timer.cancel()
    clock.cancel_all()
    clock.advance(2)


def test_manual_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        ManualClock().advance(-1)


def test_real_calls_in_order_and_survives_a_failing_call() -> None:
    clock = RealClock()
    seen: list[str] = []
    done = threading.Event()

    def fail() -> None:
        seen.append("failing")
        raise RuntimeError

    cancelled = clock.call_later(0.01, lambda: seen.append("cancelled"))
    cancelled.cancel()
    clock.call_later(0.02, done.set)
    clock.call_later(0.01, fail)
    assert done.wait(10)
    clock.close()
    assert seen == ["failing"]


def test_real_ends_at_once_though_calls_wait() -> None:
    clock = RealClock()
    clock.call_later(3600, lambda: None)
    clock.close()
    assert "emulator-clock" not in [thread.name for thread in threading.enumerate()]
