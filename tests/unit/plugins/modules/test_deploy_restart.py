# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deploy` in the mode RESTART, which ships nothing."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.options import ARGUMENTS
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.modules import deploy
from emulator import Emulator
from emulator.stages.traffic import LambdaStage
from unit.deployments import LiveStage
from unit.releases import SHOP
from unit.scenarios import Connect, module_actions

FAILING = {"host": {"AfterInstall": 1}}
RESTART = {"deployment_mode": "RESTART", "preflight": True}

Ensure = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    stage = LiveStage(emulator)
    stage.set_up("host")
    return stage


@pytest.fixture
def ensure(connect: Connect, stage: LiveStage) -> Ensure:
    """The module's result for the options given, of which the record of calls is."""
    defaults = {name: rules.get("default") for name, rules in ARGUMENTS.items()}

    def run(check_mode: bool = False, **given: t.Any) -> dict[str, t.Any]:
        stage.emulator.calls.clear()
        return deploy.ensure(connect, {**defaults, **SHOP, **RESTART, **given}, check_mode)

    return run


def written(stage: LiveStage) -> list[str]:
    return [action for action in module_actions(stage.emulator) if not re.search(r":(Get|List|Describe)", action)]


def test_what_runs_is_restarted_though_its_bundle_is_gone(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip")
    stage.deploy("two.zip", FAILING)
    given = {"description": "new certificates", "deployment_config_name": "CodeDeployDefault.AllAtOnce"}
    predicted = ensure(**given, check_mode=True)
    assert written(stage) == []
    result = ensure(**given)
    only_then = dict.fromkeys(("deployment_id", "awaits", "waiting"))
    assert {**predicted, **only_then} == {**result, **only_then}
    assert (result["changed"], result["reason"]) == (True, "s3://bundles/one.zip is restarted")
    assert result["revision"]["s3_location"]["key"] == "one.zip"
    assert written(stage) == ["codedeploy:CreateDeployment"]
    info = stage.info(result["deployment_id"])
    assert (info["deploymentMode"], info["description"]) == ("RESTART", "new certificates")
    assert info["deploymentConfigName"] == "CodeDeployDefault.AllAtOnce"


def test_a_restart_in_flight_is_followed_and_one_that_has_ended_repeated(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy()
    first = ensure()["deployment_id"]
    result = ensure()
    assert (result["deployment_id"], result["awaits"]["goal"]) == (first, "succeeded")
    assert written(stage) == []
    stage.await_end(first)
    assert ensure()["deployment_id"] != first


@pytest.mark.parametrize(("mode", "expected"), [("wait", []), ("stop", ["codedeploy:StopDeployment"])])
def test_another_deployment_is_awaited_or_stopped_first_if_that_is_wanted(
    stage: LiveStage, ensure: Ensure, mode: str, expected: list[str]
) -> None:
    stage.deploy("one.zip")
    in_flight = stage.create_deployment("one.zip")
    with pytest.raises(CodeDeployError, match=f"{in_flight} .* so nothing can be restarted now"):
        ensure()
    awaits = ensure(if_in_progress=mode)["awaits"]
    assert {"again": True, "goal": "stopped"}.items() <= awaits.items()
    assert written(stage) == expected


def test_a_group_without_a_success_has_nothing_to_restart(stage: LiveStage, ensure: Ensure) -> None:
    stage.deploy("one.zip", FAILING)
    with pytest.raises(CodeDeployError, match="has had no successful deployment, so there is nothing to restart"):
        ensure()


def test_a_function_cannot_be_restarted(emulator: Emulator, ensure: Ensure) -> None:
    emulator.reset()
    stage = LambdaStage(emulator)
    stage.set_up()
    stage.deploy()
    with pytest.raises(CodeDeployError, match=r"'web' cannot be restarted: .* it is Lambda and BLUE_GREEN"):
        ensure()
