# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which tasks take their steps."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.plugin_utils._side_by_side import Steps, run_side_by_side


@pytest.fixture
def log() -> list[str]:
    return []


def task(log: list[str], name: str, steps: int, **result: t.Any) -> Steps:
    """A task that logs each of its STEPS, and ends with RESULT."""
    for number in range(steps):
        log.append(f"{name}{number}")
        yield 0.01
    log.append(f"{name} ends")
    return {"name": name, **result}


@pytest.mark.parametrize(
    ("at_once", "order"),
    [
        (1, ["a0", "a1", "a ends", "b0", "b ends", "c ends"]),
        (2, ["a0", "b0", "a1", "b ends", "c ends", "a ends"]),
        (9, ["a0", "b0", "c ends", "a1", "b ends", "a ends"]),
    ],
)
def test_so_many_run_at_a_time(log: list[str], at_once: int, order: list[str]) -> None:
    tasks = {name: task(log, name, steps) for name, steps in (("a", 2), ("b", 1), ("c", 0))}
    results = run_side_by_side(tasks, at_once, stop_at_failure=True)
    assert log == order
    assert {name: result["name"] for name, result in results.items()} == {"a": "a", "b": "b", "c": "c"}


@pytest.mark.parametrize(("stop", "begun"), [(True, {"a", "b"}), (False, {"a", "b", "c"})])
def test_after_a_failure_none_begins_unless_that_is_wanted(log: list[str], stop: bool, begun: set[str]) -> None:
    tasks = {"a": task(log, "a", 1, failed=True), "b": task(log, "b", 3), "c": task(log, "c", 1)}
    assert set(run_side_by_side(tasks, 2, stop)) == begun
    assert "b ends" in log
