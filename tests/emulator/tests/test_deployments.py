# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments, as boto3 sees them; how they run is in test_execution."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from emulator.hosts.agent.pkcs7 import content_from_signed
from emulator.stages.servers import ROLE, Stage, s3_revision

from .conftest import Refused

PROCESS = "InvalidAutoScalingGroupProcessToSuspendException"


def test_read_back_before_the_start(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment(description="the first")
    info = stage.info(deployment_id)
    assert info.pop("createTime").timestamp() == stage.emulator.clock.now()
    assert info == {
        "applicationName": "shop",
        "deploymentGroupName": "web",
        "deploymentConfigName": "CodeDeployDefault.OneAtATime",
        "deploymentId": deployment_id,
        "revision": s3_revision(),
        "status": "Created",
        "description": "the first",
        "creator": "user",
        "ignoreApplicationStopFailures": False,
        "updateOutdatedInstancesOnly": False,
        "fileExistsBehavior": "DISALLOW",
        "instanceTerminationWaitTimeStarted": False,
        "deploymentStatusMessages": [],
        "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
        "computePlatform": "Server",
    }


def test_own_settings_go_before_the_groups(stage: Stage) -> None:
    stage.set_up("h1", autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]})
    own = {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_REQUEST"]}
    first = stage.deploy()
    second = stage.create_deployment(
        "two.zip",
        autoRollbackConfiguration=own,
        deploymentConfigName="CodeDeployDefault.AllAtOnce",
        fileExistsBehavior="RETAIN",
    )
    assert stage.info(first)["autoRollbackConfiguration"]["events"] == ["DEPLOYMENT_FAILURE"]
    info = stage.info(second)
    assert info["autoRollbackConfiguration"] == own
    assert info["deploymentConfigName"] == "CodeDeployDefault.AllAtOnce"
    assert info["fileExistsBehavior"] == "RETAIN"
    assert info["previousRevision"] == s3_revision("one.zip")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"applicationName": "nope"}, "ApplicationDoesNotExistException"),
        ({"deploymentGroupName": "nope"}, "DeploymentGroupDoesNotExistException"),
        ({"deploymentGroupName": None}, "DeploymentGroupNameRequiredException"),
        ({"revision": None}, "RevisionRequiredException"),
        ({"revision": s3_revision(bundleType="JSON")}, "InvalidRevisionException"),
        ({"deploymentConfigName": "nope"}, "DeploymentConfigDoesNotExistException"),
        ({"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"}, "InvalidDeploymentConfigNameException"),
        ({"description": "x" * 257}, "DescriptionTooLongException"),
        ({"fileExistsBehavior": "MERGE"}, "InvalidFileExistsBehaviorException"),
        ({"autoRollbackConfiguration": {"enabled": True}}, "InvalidAutoRollbackConfigException"),
        ({"targetInstances": {"autoScalingGroups": ["a"]}}, "InvalidTargetInstancesException"),
        ({"overrideAlarmConfiguration": {"enabled": True}}, "InvalidAlarmConfigException"),
        ({"deploymentMode": "NOW"}, "InvalidInputException"),
        ({"deploymentMode": "RESTART"}, "InvalidRevisionException"),
        ({"deploymentMode": "RESTART", "revision": None}, "InvalidInputException"),
        ({"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Sleep"]}}, PROCESS),
    ],
)
def test_create_refuses(stage: Stage, refused: Refused, members: dict[str, Any], code: str) -> None:
    stage.set_up("h1")
    wanted = {"applicationName": "shop", "deploymentGroupName": "web", "revision": s3_revision(), **members}
    with refused(code):
        stage.codedeploy.create_deployment(**{name: value for name, value in wanted.items() if value is not None})
    assert stage.codedeploy.list_deployments()["deployments"] == []
    assert stage.codedeploy.list_application_revisions(applicationName="shop")["revisions"] == []


PLATFORM_MEMBERS = [
    ({"fileExistsBehavior": "RETAIN"}, "InvalidFileExistsBehaviorException"),
    ({"ignoreApplicationStopFailures": True}, "InvalidIgnoreApplicationStopFailuresValueException"),
    ({"updateOutdatedInstancesOnly": True}, "InvalidUpdateOutdatedInstancesOnlyValueException"),
    ({"deploymentMode": "RESTART"}, "InvalidComputePlatformException"),
    ({"targetInstances": {"autoScalingGroups": ["a"]}}, "InvalidTargetInstancesException"),
    ({"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Terminate"]}}, PROCESS),
]


@pytest.mark.parametrize(("members", "code"), PLATFORM_MEMBERS)
def test_what_is_for_hosts_only(stage: Stage, refused: Refused, members: dict[str, Any], code: str) -> None:
    stage.codedeploy.create_application(applicationName="shop", computePlatform="Lambda")
    stage.codedeploy.create_deployment_group(applicationName="shop", deploymentGroupName="web", serviceRoleArn=ROLE)
    with refused(code):
        stage.create_deployment(**members)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"deploymentMode": "RESTART"}, "InvalidInputException"),
        ({"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Terminate"]}}, PROCESS),
    ],
)
def test_what_is_for_in_place_only(stage: Stage, refused: Refused, members: dict[str, Any], code: str) -> None:
    style = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
    stage.set_up(deploymentStyle=style, loadBalancerInfo={"elbInfoList": [{"name": "front"}]})
    with refused(code):
        stage.create_deployment(**members)


def test_a_restart_is_of_the_last_good_revision(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    good = stage.deploy("one.zip")
    stage.deploy("two.zip", {"h1": {"Install": 5}})
    request = {"applicationName": "shop", "deploymentGroupName": "web", "deploymentMode": "RESTART"}
    with refused("InvalidUpdateOutdatedInstancesOnlyValueException"):
        stage.codedeploy.create_deployment(**request, updateOutdatedInstancesOnly=True)
    restarted = stage.codedeploy.create_deployment(**request)["deploymentId"]
    stage.pass_time(1)
    command = stage.hosts["h1"].poll()
    assert command is not None
    envelope = stage.hosts["h1"].specification(command)["DeploymentSpecification"]["GenericEnvelope"]
    assert json.loads(content_from_signed(envelope["Payload"]))["ReuseArchiveFromDeploymentId"] == good
    info = stage.info(restarted)
    assert (info["status"], info["deploymentMode"], info["revision"]) == ("InProgress", "RESTART", s3_revision())
    assert "deploymentMode" not in stage.info(good)


def test_one_at_a_time_in_a_group(stage: Stage) -> None:
    stage.set_up("h1")
    stage.create_group("other")
    active = stage.create_deployment()
    with pytest.raises(stage.codedeploy.exceptions.DeploymentLimitExceededException) as caught:
        stage.create_deployment("two.zip")
    expected = f"The Deployment Group 'web' already has an active Deployment '{active}'"
    assert caught.value.response["Error"]["Message"] == expected
    stage.create_deployment("two.zip", group="other")
    stage.pass_time(1)
    stage.play()
    stage.create_deployment("two.zip")


@pytest.mark.parametrize("deployment_id", ["d-1", "x", "d-abcdefghi"])
def test_ids_of_another_form(codedeploy: Any, refused: Refused, deployment_id: str) -> None:
    with refused("InvalidDeploymentIdException"):
        codedeploy.get_deployment(deploymentId=deployment_id)
    with refused("InvalidDeploymentIdException"):
        codedeploy.batch_get_deployments(deploymentIds=[deployment_id])


def test_missing(codedeploy: Any, refused: Refused) -> None:
    with refused("DeploymentDoesNotExistException"):
        codedeploy.get_deployment(deploymentId="d-ABCDEFGHI")
    with refused("DeploymentDoesNotExistException"):
        codedeploy.stop_deployment(deploymentId="d-ABCDEFGHI")


def test_batch_leaves_out_unknown_ids(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    known = stage.deploy()
    answer = stage.codedeploy.batch_get_deployments(deploymentIds=["d-ABCDEFGHI", known])
    assert [info["deploymentId"] for info in answer["deploymentsInfo"]] == [known]
    with refused("BatchLimitExceededException"):
        stage.codedeploy.batch_get_deployments(deploymentIds=[known] * 26)


def test_list_filters(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    stage.create_group("other")
    good = stage.deploy()
    bad = stage.deploy(failures={"h1": {"Install": 5}})
    elsewhere = stage.create_deployment(group="other")
    client = stage.codedeploy

    def listed(**members: Any) -> list[str]:
        found: list[str] = client.list_deployments(**members)["deployments"]
        return found

    assert listed() == [elsewhere, bad, good]
    web = {"applicationName": "shop", "deploymentGroupName": "web"}
    assert listed(**web) == [bad, good]
    assert listed(includeOnlyStatuses=["Succeeded", "Created"]) == [elsewhere, good]
    assert listed(**web, includeOnlyStatuses=["Stopped"]) == []
    created = stage.info(bad)["createTime"]
    assert listed(createTimeRange={"start": created, "end": created}) == [bad]
    assert listed(createTimeRange={"end": created - datetime.timedelta(milliseconds=1)}) == [good]
    assert listed(externalId="x") == []
    with refused("InvalidTimeRangeException"):
        listed(createTimeRange={"start": created, "end": created - datetime.timedelta(1)})
    with refused("DeploymentGroupNameRequiredException"):
        listed(applicationName="shop")
    with refused("ApplicationNameRequiredException"):
        listed(deploymentGroupName="web")
    with refused("DeploymentGroupDoesNotExistException"):
        listed(applicationName="shop", deploymentGroupName="nope")
    with refused("InvalidDeploymentStatusException"):
        listed(includeOnlyStatuses=["Done"])


def test_github_revisions_are_deployed_by_the_agent(stage: Stage) -> None:
    stage.set_up("h1")
    location = {"repository": "acme/shop", "commitId": "0" * 40}
    stage.codedeploy.create_deployment(
        applicationName="shop",
        deploymentGroupName="web",
        revision={"revisionType": "GitHub", "gitHubLocation": location},
    )
    stage.pass_time(1)
    assert stage.hosts["h1"].run_next({}) == "ApplicationStop"
