# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state promises to those who share it."""

from __future__ import annotations

from emulator.clock import ManualClock, Timer
from emulator.state import State


def test_a_timer_cancelled_while_it_waits_for_the_lock_does_nothing() -> None:
    clock = ManualClock()
    taken: list[Timer] = []
    region = State(clock).region("123456789012", "us-east-1")
    timer = region.call_later(1, lambda: taken.append(timer))
    timer.cancel()
    timer.function()  # as the clock's thread does, which took the timer out just before
    assert taken == []


def test_regions_are_kept_until_reset() -> None:
    state = State(ManualClock())
    region = state.region("123456789012", "us-east-1")
    assert state.region("123456789012", "us-east-1") is region
    assert state.region("123456789012", "eu-west-1") is not region
    state.reset()
    assert state.region("123456789012", "us-east-1") is not region
