# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When how much of the production traffic is shifted to what is new: a pure schedule.

AWS user guide, deployment-configurations. When the first linear shift happens is not documented: here, as with a canary, it
happens at once, so that nobody can count on an interval without any new traffic.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..state import Members

ALL = 100.0
"""Per cent: weights are percentages, as LambdaFunctionInfo and ECSTaskSet have them."""


@dataclass(frozen=True)
class Shift:
    """So many ``seconds`` after the first shift, ``weight`` per cent of the traffic are to go to what is new."""

    seconds: float
    weight: float


def shifts_from_routing(routing: Members) -> list[Shift]:
    """The shifts, in order, that a TrafficRoutingConfig means; the last one is of everything."""
    if routing["type"] == "TimeBasedCanary":
        canary = routing["timeBasedCanary"]
        return [Shift(0, float(canary["canaryPercentage"])), Shift(60.0 * canary["canaryInterval"], ALL)]
    if routing["type"] == "TimeBasedLinear":
        linear = routing["timeBasedLinear"]
        step, interval = linear["linearPercentage"], 60.0 * linear["linearInterval"]
        weights = [*range(step, 100, step), 100]
        return [Shift(number * interval, float(weight)) for number, weight in enumerate(weights)]
    return [Shift(0, ALL)]


def next_shift(shifts: list[Shift], weight: float) -> tuple[Shift, float | None]:
    """The shift that is due when ``weight`` is reached, and the seconds from it to the one after it, None after the last."""
    due, *later = [shift for shift in shifts if shift.weight > weight]
    return due, later[0].seconds - due.seconds if later else None
