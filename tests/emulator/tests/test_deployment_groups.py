# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.servers import ROLE, TAG_FILTER, Stage

from .conftest import Refused


@pytest.fixture
def groups(codedeploy: Any) -> Any:
    """A client that has the application ``shop``."""
    codedeploy.create_application(applicationName="shop")
    return codedeploy


def create(client: Any, **members: Any) -> str:
    wanted = {"applicationName": "shop", "deploymentGroupName": "web", "serviceRoleArn": ROLE, **members}
    return str(client.create_deployment_group(**wanted)["deploymentGroupId"])


def update(client: Any, **members: Any) -> None:
    wanted = {"applicationName": "shop", "currentDeploymentGroupName": "web", **members}
    client.update_deployment_group(**wanted)


def read(client: Any, name: str = "web") -> dict[str, Any]:
    answer = client.get_deployment_group(applicationName="shop", deploymentGroupName=name)
    info: dict[str, Any] = answer["deploymentGroupInfo"]
    return info


def test_defaults_read_back(groups: Any) -> None:
    group_id = create(groups)
    assert read(groups) == {
        "applicationName": "shop",
        "deploymentGroupId": group_id,
        "deploymentGroupName": "web",
        "deploymentConfigName": "CodeDeployDefault.OneAtATime",
        "serviceRoleArn": ROLE,
        "ec2TagFilters": [],
        "onPremisesInstanceTagFilters": [],
        "autoScalingGroups": [],
        "triggerConfigurations": [],
        "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
        "outdatedInstancesStrategy": "UPDATE",
        "terminationHookEnabled": False,
        "computePlatform": "Server",
    }


@pytest.mark.parametrize(
    ("flat", "tag_set", "code"),
    [
        ("ec2TagFilters", "ec2TagSet", "InvalidEC2TagCombinationException"),
        ("onPremisesInstanceTagFilters", "onPremisesTagSet", "InvalidOnPremisesTagCombinationException"),
    ],
)
def test_flat_filters_and_tag_set_exclude_each_other(
    groups: Any, refused: Refused, flat: str, tag_set: str, code: str
) -> None:
    both = {flat: [TAG_FILTER], tag_set: {f"{tag_set}List": [[TAG_FILTER]]}}
    with refused(code):
        create(groups, **both)
    create(groups, **{flat: [TAG_FILTER]})
    with refused(code):
        update(groups, **{tag_set: both[tag_set]})
    update(groups, **{flat: [], tag_set: both[tag_set]})
    assert (read(groups)[flat], read(groups)[tag_set]) == ([], both[tag_set])
    update(groups, **{tag_set: {f"{tag_set}List": []}})
    assert tag_set not in read(groups)


def test_role_must_exist_once_the_account_has_roles(groups: Any, emulator: Emulator, refused: Refused) -> None:
    iam = emulator.client("iam")
    role = iam.create_role(RoleName="codedeploy", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    with refused("InvalidRoleException"):
        create(groups, serviceRoleArn="arn:aws:iam::123456789012:role/other")
    create(groups, serviceRoleArn=role)


def test_update_keeps_what_is_omitted_and_replaces_what_is_given(groups: Any) -> None:
    other = {"Key": "env", "Value": "beta", "Type": "KEY_AND_VALUE"}
    group_id = create(groups, ec2TagFilters=[TAG_FILTER], deploymentConfigName="CodeDeployDefault.HalfAtATime")
    update(groups, ec2TagFilters=[other])
    info = read(groups)
    assert info["ec2TagFilters"] == [other]
    assert (info["deploymentConfigName"], info["serviceRoleArn"]) == ("CodeDeployDefault.HalfAtATime", ROLE)
    update(groups, ec2TagFilters=[], newDeploymentGroupName="www")
    assert read(groups, "www")["ec2TagFilters"] == []
    assert read(groups, "www")["deploymentGroupId"] == group_id
    assert groups.list_deployment_groups(applicationName="shop")["deploymentGroups"] == ["www"]


def test_disabled_rollback_keeps_its_events(groups: Any) -> None:
    create(groups)
    update(groups, autoRollbackConfiguration={"enabled": False, "events": ["DEPLOYMENT_FAILURE"]})
    assert read(groups)["autoRollbackConfiguration"] == {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}


def test_update_refuses_and_changes_nothing(groups: Any, refused: Refused) -> None:
    create(groups)
    create(groups, deploymentGroupName="other")
    before = read(groups)
    with refused("DeploymentGroupAlreadyExistsException"):
        update(groups, newDeploymentGroupName="other")
    with refused("DeploymentGroupDoesNotExistException"):
        update(groups, currentDeploymentGroupName="nope")
    with refused("DeploymentConfigDoesNotExistException"):
        update(groups, newDeploymentGroupName="www", deploymentConfigName="nope")
    assert read(groups) == before


def test_create_is_not_idempotent(groups: Any, refused: Refused) -> None:
    create(groups)
    with refused("DeploymentGroupAlreadyExistsException"):
        create(groups)


def test_delete_and_make_again_gives_a_new_id(groups: Any, refused: Refused) -> None:
    first = create(groups)
    names = {"applicationName": "shop", "deploymentGroupName": "web"}
    assert groups.delete_deployment_group(**names)["hooksNotCleanedUp"] == []
    with refused("DeploymentGroupDoesNotExistException"):
        read(groups)
    groups.delete_deployment_group(**names)
    groups.delete_deployment_group(applicationName="nope", deploymentGroupName="web")
    assert create(groups) != first


def test_batch_names_what_is_missing(groups: Any, refused: Refused) -> None:
    create(groups)
    answer = groups.batch_get_deployment_groups(applicationName="shop", deploymentGroupNames=["web", "nope"])
    assert [info["deploymentGroupName"] for info in answer["deploymentGroupsInfo"]] == ["web"]
    assert "nope" in answer["errorMessage"]
    with refused("BatchLimitExceededException"):
        groups.batch_get_deployment_groups(applicationName="shop", deploymentGroupNames=["web"] * 101)


def test_last_deployments_and_target_revision(stage: Stage) -> None:
    stage.set_up("h1")
    good = stage.deploy("one.zip")
    bad = stage.deploy("two.zip", {"h1": {"Install": 5}})
    info = stage.group_info()
    assert info["lastSuccessfulDeployment"]["deploymentId"] == good
    assert info["lastAttemptedDeployment"]["deploymentId"] == bad
    assert info["lastAttemptedDeployment"]["status"] == "Failed"
    assert info["targetRevision"]["s3Location"]["key"] == "one.zip"
    running = stage.start("three.zip")
    attempted = stage.group_info()["lastAttemptedDeployment"]
    assert (attempted["deploymentId"], attempted["status"]) == (running, "InProgress")
    assert "endTime" not in attempted
