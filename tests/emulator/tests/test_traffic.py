# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schedule of a traffic shift."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.traffic import next_shift, shifts_from_routing
from emulator.state import Members


def canary(percentage: int, minutes: int) -> Members:
    shift = {"canaryPercentage": percentage, "canaryInterval": minutes}
    return {"type": "TimeBasedCanary", "timeBasedCanary": shift}


def linear(percentage: int, minutes: int) -> Members:
    shift = {"linearPercentage": percentage, "linearInterval": minutes}
    return {"type": "TimeBasedLinear", "timeBasedLinear": shift}


@pytest.mark.parametrize(
    ("routing", "expected"),
    [
        ({"type": "AllAtOnce"}, [(0, 100)]),
        (canary(10, 5), [(0, 10), (300, 100)]),
        (linear(25, 2), [(0, 25), (120, 50), (240, 75), (360, 100)]),
        (linear(40, 1), [(0, 40), (60, 80), (120, 100)]),
        (linear(99, 1), [(0, 99), (60, 100)]),
    ],
)
def test_shifts(routing: Members, expected: list[tuple[float, float]]) -> None:
    assert [(shift.seconds, shift.weight) for shift in shifts_from_routing(routing)] == expected


@given(st.integers(1, 99), st.integers(1, 2880))
def test_every_schedule_ends_with_everything(percentage: int, minutes: int) -> None:
    for routing in (canary(percentage, minutes), linear(percentage, minutes)):
        weight, seconds = 0.0, 0.0
        pause: float | None = 0.0
        shifts = shifts_from_routing(routing)
        while pause is not None:
            seconds += pause
            shift, pause = next_shift(shifts, weight)
            assert (shift.seconds, shift.weight > weight) == (seconds, True)
            weight = shift.weight
        assert weight == 100
