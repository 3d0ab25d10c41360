# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets of deployments, as boto3 sees them, under their new and their old name."""

from __future__ import annotations

import pytest

from emulator.stages.servers import Stage

from .conftest import Refused


@pytest.fixture
def deployed(stage: Stage) -> str:
    """A deployment that worked on h1 and failed on h2."""
    stage.set_up("h1", "h2", deploymentConfigName="CodeDeployDefault.AllAtOnce")
    return stage.deploy(failures={"h2": {"AfterInstall": 4}})


def test_nothing_before_the_start(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    client = stage.codedeploy
    with refused("DeploymentNotStartedException"):
        client.list_deployment_targets(deploymentId=deployment_id)
    with refused("DeploymentNotStartedException"):
        client.get_deployment_target(deploymentId=deployment_id, targetId="h1")
    with refused("DeploymentNotStartedException"):
        client.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=["h1"])
    with refused("DeploymentNotStartedException"):
        client.list_deployment_instances(deploymentId=deployment_id)


def test_list(stage: Stage, deployed: str, refused: Refused) -> None:
    client = stage.codedeploy
    assert client.list_deployment_targets(deploymentId=deployed)["targetIds"] == ["h1", "h2"]
    failed = {"TargetStatus": ["Failed", "Unknown"]}
    assert client.list_deployment_targets(deploymentId=deployed, targetFilters=failed)["targetIds"] == ["h2"]
    with refused("InvalidTargetFilterNameException"):
        client.list_deployment_targets(deploymentId=deployed, targetFilters={"Status": ["Failed"]})
    with refused("InvalidInstanceStatusException"):
        client.list_deployment_targets(deploymentId=deployed, targetFilters={"TargetStatus": ["Broken"]})
    with refused("InvalidDeploymentInstanceTypeException"):
        client.list_deployment_targets(deploymentId=deployed, targetFilters={"ServerInstanceLabel": ["Blue"]})


def test_what_a_target_says(stage: Stage, deployed: str, refused: Refused) -> None:
    target = stage.target(deployed, "h2")
    on_premises = stage.codedeploy.get_on_premises_instance(instanceName="h2")["instanceInfo"]
    assert (target["targetId"], target["targetArn"]) == ("h2", on_premises["instanceArn"])
    assert "instanceLabel" not in target
    assert [event["lifecycleEventName"] for event in target["lifecycleEvents"]] == [
        "ApplicationStop",
        "DownloadBundle",
        "BeforeInstall",
        "Install",
        "AfterInstall",
        "ApplicationStart",
        "ValidateService",
    ]
    assert stage.event_statuses(deployed, "h2") == ["Succeeded"] * 4 + ["Failed"] + ["Skipped"] * 2
    assert stage.event(deployed, "h2", "AfterInstall")["diagnostics"] == {
        "errorCode": "ScriptFailed",
        "scriptName": "bin/run.sh",
        "message": "AfterInstall ran",
        "logTail": "[stdout]end",
    }
    assert "startTime" not in stage.event(deployed, "h2", "ValidateService")
    with refused("DeploymentTargetDoesNotExistException"):
        stage.target(deployed, "h3")


def test_batch(stage: Stage, deployed: str, refused: Refused) -> None:
    client = stage.codedeploy
    found = client.batch_get_deployment_targets(deploymentId=deployed, targetIds=["h2", "h1"])["deploymentTargets"]
    assert [(one["deploymentTargetType"], one["instanceTarget"]["status"]) for one in found] == [
        ("InstanceTarget", "Failed"),
        ("InstanceTarget", "Succeeded"),
    ]
    with refused("DeploymentTargetDoesNotExistException"):
        client.batch_get_deployment_targets(deploymentId=deployed, targetIds=["h1", "h3"])
    with refused("DeploymentTargetListSizeExceededException"):
        client.batch_get_deployment_targets(deploymentId=deployed, targetIds=["h1"] * 26)
    with refused("DeploymentTargetIdRequiredException"):
        client.batch_get_deployment_targets(deploymentId=deployed, targetIds=[])


def test_the_old_name(stage: Stage, deployed: str, refused: Refused) -> None:
    client = stage.codedeploy
    assert client.list_deployment_instances(deploymentId=deployed)["instancesList"] == ["h1", "h2"]
    failed = client.list_deployment_instances(deploymentId=deployed, instanceStatusFilter=["Failed"])
    assert failed["instancesList"] == ["h2"]
    summary = client.get_deployment_instance(deploymentId=deployed, instanceId="h2")["instanceSummary"]
    assert (summary["status"], len(summary["lifecycleEvents"])) == ("Failed", 7)
    batch = client.batch_get_deployment_instances(deploymentId=deployed, instanceIds=["h1", "h3"])
    assert [one["instanceId"] for one in batch["instancesSummary"]] == ["h1"]
    assert "h3" in batch["errorMessage"]
    with refused("InstanceDoesNotExistException"):
        client.get_deployment_instance(deploymentId=deployed, instanceId="h3")
    with refused("InvalidDeploymentInstanceTypeException"):
        client.list_deployment_instances(deploymentId=deployed, instanceTypeFilter=["Blue"])
