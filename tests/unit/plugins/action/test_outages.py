# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that waits for a deployment while the network is gone: it survives a minute, and ends in time."""

from __future__ import annotations

import typing as t

import pytest

import unit.controller
from ansible_collections.slipway.codedeploy.plugins.plugin_utils._following import OUTAGE
from emulator import Emulator, Fault
from emulator.faults import Kind
from emulator.hosts.outcomes import hang
from unit.controller import Controller, module_result
from unit.incidents import after
from unit.releases import servers

SILENT = "codedeploy:GetDeployment"


def gone(emulator: Emulator, kind: Kind, since: float, until: float) -> None:
    """The deployment cannot be read for a time, counted in seconds since it was created."""
    after(emulator, since, lambda _id: emulator.faults.add(Fault(kind, SILENT)))
    after(emulator, until, lambda _id: emulator.faults.clear())


@pytest.mark.parametrize("kind", ["reset_before", "unavailable"])
def test_an_outage_of_a_minute_is_survived(kind: Kind, emulator: Emulator, controller: Controller) -> None:
    options = servers(emulator)
    gone(emulator, kind, 5, 65)
    run = controller.run("deploy", **options)
    assert not run.result.get("failed"), run.result
    assert run.result["deployment"]["status"] == "Succeeded"
    assert "cannot read" in run.output


def test_an_outage_without_end_is_given_up(emulator: Emulator, controller: Controller) -> None:
    options = servers(emulator, {"Install": hang()})
    gone(emulator, "reset_before", 5, 10_000)
    began = emulator.clock.now()
    run = controller.run("deploy", **options, wait_timeout=3600)
    assert "Could not read deployment" in run.result["msg"]
    assert "It is still running; run this task again to resume following it." in run.result["msg"]
    assert OUTAGE <= emulator.clock.now() - began <= OUTAGE + 60


@pytest.mark.parametrize("kind", ["reset_before", "unavailable", "access_denied"])
def test_the_time_to_wait_holds_without_a_network(kind: Kind, emulator: Emulator, controller: Controller) -> None:
    options = servers(emulator, {"Install": hang()})
    gone(emulator, kind, 15, 10_000)
    began = emulator.clock.now()
    run = controller.run("deploy", **options, wait_timeout=30)
    assert run.result["failed"]
    one_look = 200 if kind == "unavailable" else 10  # a busy AWS is asked again for a while
    assert emulator.clock.now() - began <= 30 + one_look


def test_a_warning_of_each_look_is_one_of_the_task(
    emulator: Emulator, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def warned(name: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        looks.append(name)
        return {**module_result(name, arguments), "warnings": ["others can read it"]}

    monkeypatch.setattr(unit.controller, "module_result", warned)
    run = controller.run("deploy", **servers(emulator), wait_delay=5)
    assert run.result["warnings"] == ["others can read it"]
    assert looks.count("slipway.codedeploy.deployment_info") > 2
