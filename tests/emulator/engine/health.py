# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many hosts may be deployed to at once, which, and when a deployment has failed: pure rules.

AWS user guide, instances-health and deployment-configurations. Where they leave room this is the strictest reading: a host
that is being deployed to is not healthy, and a healthy host is not touched if that leaves fewer than the minimum.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..state import Members, Turn

Verdict = Literal["running", "succeeded", "failed"]


@dataclass(frozen=True)
class Host:
    """One host of a deployment. ``was_healthy`` and ``revision`` are what was known before the deployment."""

    host_id: str
    turn: Turn
    was_healthy: bool = True
    revision: Literal["unknown", "old", "current"] = "unknown"

    @property
    def healthy(self) -> bool:
        return self.turn == "succeeded" or (self.turn == "waiting" and self.was_healthy)


def minimum_healthy(rule: Members, total: int) -> int:
    """The number of hosts that must stay healthy out of ``total``; a percentage is rounded up.

    ``rule`` is a MinimumHealthyHosts, or OneAtATime's MOST_CONCURRENCY: so many at once, whatever the total.
    """
    value = int(rule["value"])
    if rule["type"] == "MOST_CONCURRENCY":
        return total - value
    if rule["type"] == "FLEET_PERCENT":
        return math.ceil(total * value / 100)
    return value


class Turns:
    """Which hosts of a deployment have their turn when, kept up to date with each that begins and ends: counting thousands of
    hosts anew at each step would take minutes."""

    def __init__(self, hosts: Sequence[Host], minimum: int) -> None:
        """``minimum`` is the number of hosts that must stay healthy."""
        self.in_flight = {host.host_id: host for host in hosts if host.turn == "in_flight"}
        self._waiting = deque(sorted((host for host in hosts if host.turn == "waiting"), key=_rank))
        self._healthy = sum(host.healthy for host in hosts)
        self._some_success = any(host.turn == "succeeded" for host in hosts)
        self._minimum = minimum
        self._at_once = max(1, len(hosts) - minimum)

    def begin(self) -> list[str]:
        """The hosts whose turn begins now: unhealthy ones first, then unknown, old and current revisions."""
        chosen: list[str] = []
        while self._may_begin():
            host = self._waiting.popleft()
            self._healthy -= host.was_healthy
            self.in_flight[host.host_id] = host
            chosen.append(host.host_id)
        return chosen

    def end(self, host_id: str, succeeded: bool) -> None:
        """The turn of a host is over."""
        del self.in_flight[host_id]
        self._healthy += succeeded
        self._some_success = self._some_success or succeeded

    @property
    def verdict(self) -> Verdict:
        """Whether the deployment goes on. With its last host it may fail and still leave enough healthy ones."""
        if self.in_flight or self._may_begin():
            return "running"
        enough = not self._waiting and self._some_success and self._healthy >= self._minimum
        return "succeeded" if enough else "failed"

    def _may_begin(self) -> bool:
        if not self._waiting or len(self.in_flight) >= self._at_once:
            return False
        return self._healthy > self._minimum or not self._waiting[0].was_healthy


def _rank(host: Host) -> tuple[bool, int]:
    return host.was_healthy, ("unknown", "old", "current").index(host.revision)
