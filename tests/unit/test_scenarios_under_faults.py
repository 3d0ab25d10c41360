# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every scenario of every resource module ends right where AWS is busy, fails now and then, loses answers, and shows writes late."""

from __future__ import annotations

import contextlib
import types
import zlib
from collections.abc import Iterator
from typing import Any

import botocore.endpoint
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import converge
from emulator import Emulator, Fault
from unit import application_scenarios, config_scenarios, group_scenarios, group_stage, instance_scenarios
from unit.scenarios import Connect, Scenario, Subject

TABLES: list[tuple[Subject, list[Scenario]]] = [
    (application_scenarios.SUBJECT, application_scenarios.SCENARIOS),
    (config_scenarios.SUBJECT, config_scenarios.SCENARIOS),
    (instance_scenarios.SUBJECT, instance_scenarios.SCENARIOS),
    (group_stage.SUBJECT, group_scenarios.SCENARIOS),
]
CASES = [
    pytest.param(subject, scenario, id=f"{subject.result}: {scenario}")
    for subject, scenarios in TABLES
    for scenario in scenarios
]
# Kind, calls, and of how many of them it strikes one.
TROUBLE = (
    ("throttling", "codedeploy:*", 0.1),
    ("internal_error", "codedeploy:*", 0.04),
    ("reset_before", "codedeploy:*", 0.03),
    ("reset_after", "codedeploy:*", 0.06),
    ("stale_reads", "codedeploy:*", 0.2),
    ("throttling", "iam:*", 0.1),
    ("reset_after", "iam:*", 0.1),
)


@contextlib.contextmanager
def trouble(emulator: Emulator, seed: int) -> Iterator[None]:
    """AWS at its worst, the same way for the same SEED."""
    for number, (kind, action, rate) in enumerate(TROUBLE):
        emulator.faults.add(Fault(kind, action, rate=rate, seed=seed + number, reads=2))
    try:
        yield
    finally:
        emulator.faults.clear()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two attempts: how often is what counts here, not how long."""
    for module in (botocore.endpoint, cloud):
        monkeypatch.setattr(module, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(converge, "sleep", lambda _seconds: None)


@pytest.mark.parametrize(("subject", "scenario"), CASES)
def test_scenario_under_faults(
    subject: Subject, scenario: Scenario, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    params, seed = subject.params(**scenario.params), zlib.crc32(str(scenario).encode())
    scenario.arrange(codedeploy)
    with trouble(emulator, seed):
        done = subject.module.ensure(connect, params, False)
    assert subject.read(codedeploy) == scenario.after
    assert done["changed"] is scenario.changed

    with trouble(emulator, seed + 1000):
        again = subject.module.ensure(connect, params, False)
    assert again["changed"] is False
    assert again[subject.result] == done[subject.result]
    assert subject.read(codedeploy) == scenario.after
