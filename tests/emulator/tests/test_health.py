# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of healthy hosts as tables."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.health import Host, hosts_to_start, minimum_healthy, verdict

ONE_AT_A_TIME = {"type": "MOST_CONCURRENCY", "value": 1}
TURNS: dict[str, Literal["waiting", "in_flight", "succeeded", "failed"]] = {
    "w": "waiting",
    "u": "waiting",
    "f": "in_flight",
    "+": "succeeded",
    "-": "failed",
}


def fleet(turns: str) -> list[Host]:
    """Hosts by letters: w waiting, u waiting and known unhealthy, f in flight, + succeeded, - failed."""
    return [Host(str(i), TURNS[turn], was_healthy=turn != "u") for i, turn in enumerate(turns)]


@pytest.mark.parametrize(
    ("rule", "total", "minimum"),
    [
        (ONE_AT_A_TIME, 1, 0),
        (ONE_AT_A_TIME, 5, 4),
        ({"type": "HOST_COUNT", "value": 0}, 3, 0),
        ({"type": "HOST_COUNT", "value": 2}, 3, 2),
        ({"type": "FLEET_PERCENT", "value": 0}, 3, 0),
        ({"type": "FLEET_PERCENT", "value": 50}, 4, 2),
        ({"type": "FLEET_PERCENT", "value": 50}, 5, 3),
        ({"type": "FLEET_PERCENT", "value": 95}, 10, 10),
        ({"type": "FLEET_PERCENT", "value": 99}, 100, 99),
    ],
)
def test_minimum(rule: dict[str, Any], total: int, minimum: int) -> None:
    assert minimum_healthy(rule, total) == minimum


@pytest.mark.parametrize(
    ("turns", "minimum", "chosen"),
    [
        ("www", 2, "0"),  # one at a time
        ("fww", 2, ""),  # its turn is not over
        ("+ww", 2, "1"),
        ("-ww", 2, ""),  # another failure would leave too few
        ("w", 0, "0"),
        ("wwww", 2, "01"),  # half at a time
        ("wwwww", 3, "01"),
        ("f+ww", 2, "2"),  # the next of half a fleet, as soon as one is done
        ("www", 0, "012"),  # all at once
        ("-f", 0, ""),
        ("uww", 2, "0"),  # an unhealthy host goes first and costs nothing
        ("wuu", 1, "12"),  # both of the sick, and the healthy one stays
        ("uuu", 2, "0"),  # but never more than the limit
        ("uw", 2, "0"),  # the limit is at least one
        ("", 0, ""),
    ],
)
def test_hosts_to_start(turns: str, minimum: int, chosen: str) -> None:
    assert "".join(hosts_to_start(fleet(turns), minimum)) == chosen


def test_order_of_hosts() -> None:
    hosts = [
        Host("current", "waiting", revision="current"),
        Host("old", "waiting", revision="old"),
        Host("unknown", "waiting", revision="unknown"),
        Host("unhealthy", "waiting", was_healthy=False, revision="current"),
    ]
    assert hosts_to_start(hosts, 0) == ["unhealthy", "unknown", "old", "current"]


@pytest.mark.parametrize(
    ("turns", "minimum", "expected"),
    [
        ("ww", 1, "running"),
        ("f-", 1, "running"),
        ("+-", 1, "succeeded"),  # the last one may fail
        ("-", 0, "failed"),  # but one must succeed
        ("---", 0, "failed"),
        ("--+", 0, "succeeded"),
        ("-ww", 2, "failed"),
        ("-+-+", 2, "succeeded"),
        ("--+-", 2, "failed"),
        ("+++", 2, "succeeded"),
        ("+ww", 3, "failed"),  # nobody may start, and some are left
    ],
)
def test_verdict(turns: str, minimum: int, expected: str) -> None:
    assert verdict(fleet(turns), minimum) == expected


@given(st.text("wuf+-", min_size=1, max_size=12), st.integers(0, 12))
def test_never_too_few_healthy_and_never_stuck(turns: str, minimum: int) -> None:
    hosts = fleet(turns)
    chosen = set(hosts_to_start(hosts, minimum))
    healthy_chosen = sum(host.healthy for host in hosts if host.host_id in chosen)
    if healthy_chosen:
        assert sum(host.healthy for host in hosts) - healthy_chosen >= minimum
    in_flight = sum(host.turn == "in_flight" for host in hosts)
    assert not chosen or len(chosen) + in_flight <= max(1, len(hosts) - minimum)
    assert (verdict(hosts, minimum) == "running") == bool(in_flight or chosen)
