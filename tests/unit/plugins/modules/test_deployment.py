# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deployment` on the emulator: what it does to a deployment in each state, and what is left for the action plugin to await."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import deployment
from emulator import Emulator
from unit.deployments import LiveStage
from unit.scenarios import Connect, documented_options, module_actions

GROUP = {"application_name": "shop", "deployment_group_name": "web"}
FAILING = {"host": {"AfterInstall": 1}}
STATES = ["succeeded", "ready", "traffic_shifted", "continued", "stopped", "rolled_back", "restarted"]

Ensure = t.Callable[..., dict[str, t.Any]]


def options(**given: t.Any) -> dict[str, t.Any]:
    """The module's parameters as Ansible fills them in from its documentation."""
    return {**{name: option.get("default") for name, option in documented_options(deployment).items()}, **given}


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    stage = LiveStage(emulator)
    stage.set_up("host")
    return stage


@pytest.fixture
def ensure(connect: Connect, stage: LiveStage) -> Ensure:
    """The module's result for the options given, after check mode has predicted it and has written nothing."""

    def predicted_and_done(**given: t.Any) -> dict[str, t.Any]:
        stage.emulator.calls.clear()
        predicted = deployment.ensure(connect, options(**given), True)
        assert [
            action for action in module_actions(stage.emulator) if not re.search(r":(Get|BatchGet|List)", action)
        ] == []
        done = deployment.ensure(connect, options(**given), False)
        assert (predicted["changed"], predicted["reason"]) == (done["changed"], done["reason"])
        (done.get("awaits") or {}).pop("previous_seconds", None)  # a test of its own looks at it
        return done

    return predicted_and_done


def written(stage: LiveStage) -> list[str]:
    return [action for action in module_actions(stage.emulator) if not re.search(r":(Get|BatchGet|List)", action)]


@pytest.mark.parametrize("state", ["succeeded", "stopped", "continued", "ready", "traffic_shifted"])
def test_nothing_is_done_to_a_deployment_that_has_succeeded(stage: LiveStage, ensure: Ensure, state: str) -> None:
    deployment_id = stage.deploy()
    result = ensure(deployment_id=deployment_id, state=state)
    assert (result["changed"], result["awaits"]) == (False, None)
    assert result["reason"] == f"{deployment_id} has ended already (Succeeded)"
    assert result["deployment"]["status"] == "Succeeded"
    assert written(stage) == []


@pytest.mark.parametrize("state", ["succeeded", "ready", "traffic_shifted"])
def test_one_that_runs_is_awaited(stage: LiveStage, ensure: Ensure, state: str) -> None:
    deployment_id = stage.create_deployment()
    result = ensure(**GROUP, state=state)
    assert result["changed"] is False
    assert result["awaits"] == {"deployment_id": deployment_id, "goal": state}


def test_what_is_awaited_is_expected_to_take_as_long_as_the_last_time(stage: LiveStage, connect: Connect) -> None:
    last = stage.info(stage.deploy("one.zip"))
    running = stage.create_deployment("two.zip")
    awaits = deployment.ensure(connect, options(deployment_id=running), False)["awaits"]
    took = (last["completeTime"] - last["createTime"]).total_seconds()
    assert awaits["previous_seconds"] == pytest.approx(took, abs=0.01)


def test_one_that_failed_is_left_to_be_explained(stage: LiveStage, ensure: Ensure) -> None:
    deployment_id = stage.deploy(failures=FAILING)
    result = ensure(deployment_id=deployment_id)
    assert result["awaits"] == {"deployment_id": deployment_id, "goal": "succeeded"}


@pytest.mark.parametrize("state", ["succeeded", "ready", "traffic_shifted"])
def test_who_does_not_wait_is_told_of_one_that_failed(stage: LiveStage, connect: Connect, state: str) -> None:
    deployment_id = stage.deploy(failures=FAILING)
    given = options(deployment_id=deployment_id, state=state, wait=False)
    with pytest.raises(CodeDeployError, match=rf"{deployment_id} has failed \(HEALTH_CONSTRAINTS\)"):
        deployment.ensure(connect, given, False)
    assert deployment.ensure(connect, given, True)["changed"] is False


@pytest.mark.parametrize("roll_back", [True, False, None])
def test_one_that_runs_is_stopped_once(stage: LiveStage, ensure: Ensure, roll_back: bool | None) -> None:
    deployment_id = stage.create_deployment()
    result = ensure(**GROUP, state="stopped", roll_back=roll_back)
    assert (result["changed"], result["reason"]) == (True, f"{deployment_id} was stopped")
    assert result["awaits"] == {"deployment_id": deployment_id, "goal": "stopped", "roll_back": roll_back}
    assert written(stage) == ["codedeploy:StopDeployment"]
    (call,) = [call for call in stage.emulator.calls if call.operation == "StopDeployment"]
    assert (call.parameters or {}).get("autoRollbackEnabled") is roll_back

    stage.await_end(deployment_id)
    assert ensure(**GROUP, state="stopped")["changed"] is False


def test_a_group_that_has_had_no_deployment_is_stopped_already(ensure: Ensure) -> None:
    assert ensure(**GROUP, state="stopped", wait=False) == {
        "changed": False,
        "reason": "the deployment group has had no deployment",
        "awaits": None,
        "waiting": None,
    }


@pytest.mark.parametrize("state", [state for state in STATES if state != "stopped"])
def test_a_group_that_has_had_no_deployment_has_none_to_act_on(connect: Connect, stage: LiveStage, state: str) -> None:  # noqa: ARG001 - the group
    with pytest.raises(CodeDeployError, match="'web' has had no deployment"):
        deployment.ensure(connect, options(**GROUP, state=state), False)


def test_one_that_runs_is_stopped_and_rolled_back_by_codedeploy(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip")
    running = stage.create_deployment("two.zip")
    result = ensure(deployment_id=running, state="rolled_back")
    assert result["changed"] is True
    assert result["awaits"] == {"deployment_id": running, "goal": "stopped", "roll_back": True}


def test_one_that_has_succeeded_is_followed_by_the_revision_before_it_once(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip")
    second = stage.deploy("two.zip", deploymentConfigName="CodeDeployDefault.AllAtOnce")
    result = ensure(deployment_id=second, state="rolled_back")
    assert (result["changed"], result["reason"]) == (True, f"{second} is rolled back to s3://bundles/one.zip")
    back = result["deployment_id"]
    assert result["awaits"] == {"deployment_id": back, "goal": "succeeded"}
    info = stage.info(back)
    assert info["revision"]["s3Location"]["key"] == "one.zip"
    assert info["deploymentConfigName"] == "CodeDeployDefault.AllAtOnce"

    attached = ensure(deployment_id=second, state="rolled_back")
    assert (attached["changed"], attached["awaits"]) == (False, {"deployment_id": back, "goal": "succeeded"})
    stage.await_end(back)
    again = ensure(deployment_id=second, state="rolled_back")
    assert (again["changed"], again["awaits"]) == (False, None)
    assert again["reason"] == f"{second} is rolled back by {back} (Succeeded)"
    assert ensure(**GROUP, state="rolled_back")["reason"] == again["reason"]


def test_one_that_codedeploy_has_rolled_back_is_left_alone(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip")
    failed = stage.deploy(
        "two.zip", FAILING, autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    )
    back = stage.await_rollback(failed)
    stage.await_end(back)
    result = ensure(deployment_id=failed, state="rolled_back")
    assert (result["changed"], result["deployment_id"]) == (False, back)


def test_one_that_failed_without_a_rollback_is_rolled_back(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING)
    result = ensure(**GROUP, state="rolled_back")
    assert (result["changed"], result["reason"]) == (True, f"{failed} is rolled back to s3://bundles/one.zip")


def test_what_runs_is_restarted_and_a_restart_in_flight_awaited(stage: LiveStage, ensure: Ensure) -> None:
    good = stage.deploy("one.zip")
    stage.deploy("two.zip", FAILING)
    result = ensure(**GROUP, state="restarted")
    restart = result["deployment_id"]
    assert (result["changed"], result["reason"]) == (True, "s3://bundles/one.zip is restarted")
    assert restart != good
    assert stage.info(restart)["deploymentMode"] == "RESTART"
    attached = ensure(**GROUP, state="restarted")
    assert (attached["changed"], attached["awaits"]) == (False, {"deployment_id": restart, "goal": "succeeded"})


@pytest.mark.parametrize(
    ("deploy", "state", "message"),
    [
        (lambda stage: stage.deploy("one.zip"), "rolled_back", "has no earlier revision than that of"),
        (lambda stage: stage.deploy("one.zip", FAILING), "continued", "cannot be continued: it has failed"),
        (lambda stage: stage.create_deployment("one.zip"), "continued", "only blue/green deployments wait"),
        (
            lambda stage: stage.create_deployment("one.zip"),
            "restarted",
            "wait for it or stop it before restarting the application",
        ),
        (lambda stage: stage.deploy("one.zip", FAILING), "restarted", "has had no successful deployment"),
    ],
)
def test_what_cannot_be_done_is_said(
    stage: LiveStage, connect: Connect, deploy: t.Callable[[LiveStage], str], state: str, message: str
) -> None:
    deployment_id = deploy(stage)
    with pytest.raises(CodeDeployError, match=message):
        deployment.ensure(connect, options(deployment_id=deployment_id, state=state), False)


def test_nothing_that_came_later_is_undone_unasked(stage: LiveStage, connect: Connect) -> None:
    first, second = stage.deploy("one.zip"), stage.deploy("two.zip")
    with pytest.raises(CodeDeployError, match=f"{first} has been superseded by {second}"):
        deployment.ensure(connect, options(deployment_id=first, state="rolled_back"), False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"deployment_id": "web"}, "deployment_id: 'web' is not a deployment ID"),
        ({"deployment_id": "d-ABCDEFGHI", "wait_delay": 0}, "wait_delay: 0 is too small"),
        (
            {"deployment_id": "d-ABCDEFGHI", "roll_back": True},
            "roll_back: cannot be combined with state=succeeded; it needs state=stopped",
        ),
        ({**GROUP, "application_name": "a b"}, "application_name: 'a b' is not a valid name"),
    ],
)
def test_what_makes_no_sense_is_refused_without_asking(
    connect: Connect, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        deployment.ensure(connect, options(**given), False)
    assert module_actions(emulator) == []


def test_a_missing_deployment_is_an_error(connect: Connect, emulator: Emulator) -> None:  # noqa: ARG001 - empty
    with pytest.raises(CodeDeployError, match="there is no deployment 'd-ABCDEFGHI'"):
        deployment.ensure(connect, options(deployment_id="d-ABCDEFGHI"), False)
