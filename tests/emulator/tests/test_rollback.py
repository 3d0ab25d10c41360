# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Automatic rollback: when, to what, and how both deployments say so."""

from __future__ import annotations

import pytest

from emulator.stages.servers import Stage, s3_revision

FAILING = {"h1": {"Install": 5}}


def rollback(*events: str, enabled: bool = True) -> dict[str, object]:
    return {"enabled": enabled, "events": list(events)}


def test_a_failure_is_rolled_back_by_a_new_deployment(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    stage.deploy("one.zip", fileExistsBehavior="OVERWRITE")
    failed = stage.deploy("two.zip", FAILING, description="the second")
    assert "rollbackInfo" not in stage.info(failed)
    stage.pass_time(2)
    back = stage.info(failed)["rollbackInfo"]["rollbackDeploymentId"]
    info = stage.info(back)
    assert info["creator"] == "codeDeployRollback"
    assert info["rollbackInfo"] == {"rollbackTriggeringDeploymentId": failed}
    assert info["revision"] == s3_revision("one.zip")
    assert (info["fileExistsBehavior"], info["updateOutdatedInstancesOnly"]) == ("OVERWRITE", False)
    assert "description" not in info
    assert stage.group_info()["lastAttemptedDeployment"]["deploymentId"] == back
    stage.play()
    assert stage.status(back) == "Succeeded"
    assert stage.status(failed) == "Failed"
    assert stage.group_info()["lastSuccessfulDeployment"]["deploymentId"] == back


def test_a_rollback_is_not_rolled_back(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING)
    stage.pass_time(2)
    back = stage.info(failed)["rollbackInfo"]["rollbackDeploymentId"]
    stage.play(FAILING)
    stage.pass_time(60)
    assert stage.status(back) == "Failed"
    assert "rollbackDeploymentId" not in stage.info(back)["rollbackInfo"]
    assert len(stage.codedeploy.list_deployments()["deployments"]) == 3


def test_nothing_to_roll_back_to(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    failed = stage.deploy("one.zip", FAILING)
    stage.pass_time(2)
    assert list(stage.info(failed)["rollbackInfo"]) == ["rollbackMessage"]
    assert stage.codedeploy.list_deployments()["deployments"] == [failed]


def test_another_deployment_goes_before_the_rollback(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING)
    stage.create_deployment("three.zip")
    stage.pass_time(2)
    assert list(stage.info(failed)["rollbackInfo"]) == ["rollbackMessage"]


@pytest.mark.parametrize(
    "configuration",
    [
        rollback("DEPLOYMENT_FAILURE", enabled=False),
        rollback("DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"),
        rollback(enabled=False),
    ],
)
def test_a_failure_is_left_alone(stage: Stage, configuration: dict[str, object]) -> None:
    stage.set_up("h1", autoRollbackConfiguration=configuration)
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING)
    stage.pass_time(60)
    assert "rollbackInfo" not in stage.info(failed)


def test_a_deployments_own_settings_count(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING, autoRollbackConfiguration=rollback(enabled=False))
    stage.pass_time(60)
    assert "rollbackInfo" not in stage.info(failed)


@pytest.mark.parametrize(
    ("configuration", "asked", "expected"),
    [
        (rollback("DEPLOYMENT_STOP_ON_REQUEST"), None, True),
        (rollback("DEPLOYMENT_STOP_ON_REQUEST"), False, False),
        (rollback("DEPLOYMENT_FAILURE"), None, False),
        (rollback("DEPLOYMENT_FAILURE"), True, True),
        (rollback(enabled=False), True, True),
    ],
)
def test_a_stop(stage: Stage, configuration: dict[str, object], asked: bool | None, expected: bool) -> None:
    stage.set_up("h1", autoRollbackConfiguration=configuration)
    stage.deploy("one.zip")
    stopped = stage.start("two.zip")
    members = {} if asked is None else {"autoRollbackEnabled": asked}
    stage.codedeploy.stop_deployment(deploymentId=stopped, **members)
    stage.pass_time(1)
    assert stage.status(stopped) == "Stopped"
    stage.pass_time(2)
    assert ("rollbackInfo" in stage.info(stopped)) is expected


def test_no_rollback_of_a_deleted_group(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration=rollback("DEPLOYMENT_FAILURE"))
    stage.deploy("one.zip")
    failed = stage.create_deployment("two.zip")
    stage.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    stage.pass_time(60)
    assert stage.error_code(failed) == "DEPLOYMENT_GROUP_MISSING"
    assert stage.codedeploy.list_deployments()["deployments"] == [failed]
