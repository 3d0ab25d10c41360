# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of healthy hosts as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.health import Host, Turns, minimum_healthy

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
    assert "".join(Turns(fleet(turns), minimum).begin()) == chosen


def test_order_of_hosts() -> None:
    hosts = [
        Host("current", "waiting", revision="current"),
        Host("old", "waiting", revision="old"),
        Host("unknown", "waiting", revision="unknown"),
        Host("unhealthy", "waiting", was_healthy=False, revision="current"),
    ]
    assert Turns(hosts, 0).begin() == ["unhealthy", "unknown", "old", "current"]


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
    assert Turns(fleet(turns), minimum).verdict == expected


def rank(host: Host) -> tuple[bool, int]:
    return host.was_healthy, ["unknown", "old", "current"].index(host.revision)


def hosts_to_start(hosts: Sequence[Host], minimum: int) -> list[str]:
    """The rule as it reads, for hosts as they are now."""
    room = max(1, len(hosts) - minimum) - sum(host.turn == "in_flight" for host in hosts)
    healthy = sum(host.healthy for host in hosts)
    chosen: list[str] = []
    for host in sorted((host for host in hosts if host.turn == "waiting"), key=rank):
        if len(chosen) >= room or (host.was_healthy and healthy <= minimum):
            break
        healthy -= host.was_healthy
        chosen.append(host.host_id)
    return chosen


def verdict(hosts: Sequence[Host], minimum: int) -> str:
    """The same, of how it ends."""
    if any(host.turn == "in_flight" for host in hosts) or hosts_to_start(hosts, minimum):
        return "running"
    everyone_had_a_turn = all(host.turn != "waiting" for host in hosts)
    some_success = any(host.turn == "succeeded" for host in hosts)
    enough_healthy = sum(host.healthy for host in hosts) >= minimum
    return "succeeded" if everyone_had_a_turn and some_success and enough_healthy else "failed"


REVISIONS: tuple[Literal["unknown", "old", "current"], ...] = ("unknown", "old", "current")
WAITING = st.builds(
    Host, host_id=st.just(""), turn=st.just("waiting"), was_healthy=st.booleans(), revision=st.sampled_from(REVISIONS)
)


@given(st.lists(WAITING, min_size=1, max_size=12), st.integers(0, 12), st.data())
def test_turn_by_turn_is_as_counted_anew(waiting: list[Host], minimum: int, data: st.DataObject) -> None:
    hosts = {str(number): replace(host, host_id=str(number)) for number, host in enumerate(waiting)}
    turns = Turns(list(hosts.values()), minimum)
    while True:
        expected = hosts_to_start(list(hosts.values()), minimum)
        assert turns.verdict == verdict(list(hosts.values()), minimum)
        assert turns.begin() == expected
        hosts |= {host_id: replace(hosts[host_id], turn="in_flight") for host_id in expected}
        in_flight = [host.host_id for host in hosts.values() if host.turn == "in_flight"]
        assert set(turns.in_flight) == set(in_flight)
        assert (turns.verdict == "running") == bool(in_flight)
        if not in_flight:
            return
        ended, succeeded = data.draw(st.sampled_from(in_flight)), data.draw(st.booleans())
        turns.end(ended, succeeded)
        hosts[ended] = replace(hosts[ended], turn="succeeded" if succeeded else "failed")


@given(st.text("wuf+-", min_size=1, max_size=12), st.integers(0, 12))
def test_never_too_few_healthy_and_never_stuck(letters: str, minimum: int) -> None:
    hosts = fleet(letters)
    turns = Turns(hosts, minimum)
    assert (turns.verdict == "running") == bool(turns.in_flight or turns.begin())
    chosen = {host.host_id for host in hosts if host.turn == "waiting" and host.host_id in turns.in_flight}
    healthy_chosen = sum(host.healthy for host in hosts if host.host_id in chosen)
    if healthy_chosen:
        assert sum(host.healthy for host in hosts) - healthy_chosen >= minimum
    assert not chosen or len(turns.in_flight) <= max(1, len(hosts) - minimum)
