# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many hosts may be deployed to at once, which, and when a deployment has failed: pure rules.

AWS user guide, instances-health and deployment-configurations. Where they leave room this is the strictest reading: a host
that is being deployed to is not healthy, and a healthy host is not touched if that leaves fewer than the minimum.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..state import Members

Verdict = Literal["running", "succeeded", "failed"]


@dataclass(frozen=True)
class Host:
    """One host of a deployment. ``was_healthy`` and ``revision`` are what was known before the deployment."""

    host_id: str
    turn: Literal["waiting", "in_flight", "succeeded", "failed"]
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


def hosts_to_start(hosts: Sequence[Host], minimum: int) -> list[str]:
    """The hosts whose turn comes now: unhealthy ones first, then unknown, old and current revisions."""
    room = max(1, len(hosts) - minimum) - sum(host.turn == "in_flight" for host in hosts)
    healthy = sum(host.healthy for host in hosts)
    chosen: list[str] = []
    for host in sorted((host for host in hosts if host.turn == "waiting"), key=_rank):
        if len(chosen) >= room or (host.was_healthy and healthy <= minimum):
            break
        healthy -= host.was_healthy
        chosen.append(host.host_id)
    return chosen


def _rank(host: Host) -> tuple[bool, int]:
    return host.was_healthy, ("unknown", "old", "current").index(host.revision)


def verdict(hosts: Sequence[Host], minimum: int) -> Verdict:
    """Whether the deployment goes on. With its last host it may fail and still leave enough healthy ones."""
    if any(host.turn == "in_flight" for host in hosts) or hosts_to_start(hosts, minimum):
        return "running"
    everyone_had_a_turn = all(host.turn != "waiting" for host in hosts)
    some_success = any(host.turn == "succeeded" for host in hosts)
    enough_healthy = sum(host.healthy for host in hosts) >= minimum
    return "succeeded" if everyone_had_a_turn and some_success and enough_healthy else "failed"
