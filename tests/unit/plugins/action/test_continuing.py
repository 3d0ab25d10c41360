# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deployment` with the state `continued`, at every moment of a blue/green deployment: before, in, between and after its two waits."""

from __future__ import annotations

import typing as t

import pytest

from emulator import Emulator
from unit.controller import Controller, TaskRun
from unit.releases import SHOP, fleets, s3_options, service, stop_after

CANARY = "ECSCanary10Percent5Minutes"
WAIT = 600
"""Minutes that each wait would take."""


def begin(emulator: Emulator, controller: Controller, options: dict[str, t.Any]) -> str:
    """The id of a deployment that is under way."""
    emulator.calls.clear()
    return str(controller.run("deploy", **options, wait=False).result["deployment_id"])


def proceed(controller: Controller, **options: t.Any) -> TaskRun:
    return controller.run("deployment", **{**SHOP, "state": "continued", **options})


def continued(emulator: Emulator) -> list[str]:
    """The waits that were asked to end."""
    calls = [call.parameters or {} for call in emulator.calls if call.operation == "ContinueDeployment"]
    return [call["deploymentWaitType"] for call in calls]


def pass_minutes(emulator: Emulator, minutes: float) -> None:
    emulator.clock.advance(60 * minutes)


def test_the_first_wait_is_awaited_and_ended_and_then_the_end(emulator: Emulator, controller: Controller) -> None:
    release = begin(emulator, controller, fleets(emulator, ready=WAIT, termination=10))
    run = proceed(controller)
    assert (run.result["changed"], run.result["reason"]) == (True, f"{release} was continued")
    assert continued(emulator) == ["READY_WAIT"]
    assert f"{release} Ready" in run.output
    assert run.lines[-1].endswith(f"{release} Succeeded, 2 of 2 succeeded")


def test_what_is_but_awaited_is_left_to_whoever_it_waits_for(emulator: Emulator, controller: Controller) -> None:
    options = fleets(emulator, ready=1)
    begin(emulator, controller, options)
    own = controller.run(
        "deploy", **{**options, **s3_options("two.zip")}, if_in_progress="wait", continue_when_ready=True
    )
    assert "failed" not in own.result, own.output
    calls = [call.parameters or {} for call in emulator.calls if call.operation == "ContinueDeployment"]
    assert [call["deploymentId"] for call in calls] == [own.result["deployment_id"]]


@pytest.mark.parametrize("which", [{}, {"deployment_wait_type": "TERMINATION_WAIT"}])
def test_between_the_waits_it_is_the_second_one(
    which: dict[str, str], emulator: Emulator, controller: Controller
) -> None:
    release = begin(emulator, controller, service(emulator, CANARY, ready=WAIT, termination=WAIT))
    pass_minutes(emulator, 5)
    proceed(controller, wait=False)
    begun = emulator.clock.now()
    run = proceed(controller, **which)
    assert "10% of the traffic shifted" in run.output
    assert (run.result["changed"], run.result["reason"]) == (True, f"{release} was continued")
    assert continued(emulator) == ["READY_WAIT", "TERMINATION_WAIT"]
    assert run.lines[-1].endswith("Succeeded, 1 of 1 succeeded")
    assert emulator.clock.now() - begun < 60 * WAIT


def test_a_fleet_whose_wait_for_the_traffic_is_over_keeps_its_time_before_the_end(
    emulator: Emulator, controller: Controller
) -> None:
    release = begin(emulator, controller, fleets(emulator, ready=WAIT, termination=60))
    pass_minutes(emulator, 5)
    proceed(controller, wait=False)
    for minutes in (0.1, 5):
        pass_minutes(emulator, minutes)
        run = proceed(controller, deployment_wait_type="READY_WAIT", wait=False)
        assert run.result["changed"] is False
    assert run.result["reason"] == f"{release} has been continued already"
    assert continued(emulator) == ["READY_WAIT"]
    second = proceed(controller)
    assert (second.result["changed"], continued(emulator)) == (True, ["READY_WAIT", "TERMINATION_WAIT"])
    assert second.lines[-1].endswith(f"{release} Succeeded, 2 of 2 succeeded")
    assert proceed(controller).result["reason"] == f"{release} has ended already (Succeeded)"


def test_the_wait_for_the_termination_is_not_begun_by_this_task(emulator: Emulator, controller: Controller) -> None:
    begin(emulator, controller, service(emulator, ready=WAIT, termination=WAIT))
    pass_minutes(emulator, 5)
    run = proceed(controller, deployment_wait_type="TERMINATION_WAIT", wait_timeout=600)
    assert run.result["failed"] is True
    assert "Ready, 0 of 1 succeeded, 1 ready: waiting to be continued" in run.result["msg"]
    assert continued(emulator) == []


def test_a_deployment_that_never_waits_is_followed_to_its_end(emulator: Emulator, controller: Controller) -> None:
    release = begin(emulator, controller, fleets(emulator))
    run = proceed(controller)
    assert (run.result["changed"], run.result.get("failed")) == (False, None)
    assert run.lines[-1].endswith(f"{release} Succeeded, 2 of 2 succeeded")
    assert continued(emulator) == []


def test_one_that_is_stopped_meanwhile_is_explained(emulator: Emulator, controller: Controller) -> None:
    release = begin(emulator, controller, service(emulator, ready=WAIT))
    stop_after(emulator, 1)
    run = proceed(controller)
    assert run.result["msg"].startswith(f"Deployment {release} stopped (MANUAL_STOP).")
    assert f"[localhost] Deployment {release} stopped (MANUAL_STOP)" in run.lines


def test_a_task_that_continues_by_itself_takes_up_one_that_was_continued(
    emulator: Emulator, controller: Controller
) -> None:
    options = service(emulator, CANARY, ready=WAIT, termination=WAIT)
    release = begin(emulator, controller, options)
    pass_minutes(emulator, 5)
    proceed(controller, wait=False)
    run = controller.run("deploy", **options, continue_when_ready=True, wait_for="traffic_shifted")
    assert run.result["deployment_id"] == release
    assert run.lines[-1].endswith(f"{release} InProgress, 1 of 1 succeeded: waiting to terminate the old version")
    assert continued(emulator) == ["READY_WAIT"]


def test_the_details_are_told_once_on_either_side_of_the_wait(emulator: Emulator, controller: Controller) -> None:
    options = fleets(emulator, ready=WAIT)
    run = controller.run("deploy", verbosity=1, **options, continue_when_ready=True)
    details = [line.partition("] ")[2].partition(" ")[2] for line in run.lines if line.endswith("Install Succeeded")]
    assert len(details) == len(set(details)) > 0
