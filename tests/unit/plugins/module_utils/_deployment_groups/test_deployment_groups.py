# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent to AWS when a group changes, seen by a client that only notes it down."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.calls import error_code
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.api import (
    find_deployment_group,
    reinstall_hooks,
    request_members,
    update_deployment_group,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.forms import (
    BLUE_GREEN,
    EMPTY,
    defaults,
    suspended,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError

NAMES = {"application_name": "web", "deployment_group_name": "test"}
A = {"key": "a", "value": "1", "type": "KEY_AND_VALUE"}
B = {"key": "b", "type": "KEY_ONLY"}
SENT_A = {"Key": "a", "Value": "1", "Type": "KEY_AND_VALUE"}
SENT_B = {"Key": "b", "Type": "KEY_ONLY"}


class Notes:
    """A client that notes its updates down. It answers the FIRST one with an error, if one is named."""

    def __init__(self, first: str = "", answer: dict[str, Any] | None = None) -> None:
        self.updates: list[dict[str, Any]] = []
        self._first = first
        self._answer = answer

    def update_deployment_group(self, *, applicationName: str, currentDeploymentGroupName: str, **members: Any) -> Any:  # noqa: N803
        assert (applicationName, currentDeploymentGroupName) == ("web", "test")
        self.updates.append(members)
        if self._first and len(self.updates) == 1:
            raise ClientError({"Error": {"Code": self._first, "Message": "no"}}, "UpdateDeploymentGroup")
        return {}

    def get_deployment_group(self, *, applicationName: str, deploymentGroupName: str) -> Any:  # noqa: N803
        assert (applicationName, deploymentGroupName) == ("web", "test")
        return {"deploymentGroupInfo": self._answer}


def test_request_members() -> None:
    assert request_members(
        {
            "application_name": "web",
            "ec2_tag_filters": [A],
            "on_premises_tag_set": [[A, B], [B]],
            "auto_rollback_configuration": {"enabled": False, "events": []},
            "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"},
            "auto_scaling_groups": ["workers"],
        }
    ) == {
        "applicationName": "web",
        "ec2TagFilters": [SENT_A],
        "onPremisesTagSet": {"onPremisesTagSetList": [[SENT_A, SENT_B], [SENT_B]]},
        "autoRollbackConfiguration": {"enabled": False, "events": []},
        "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        "autoScalingGroups": ["workers"],
    }


COPY = {"green_fleet_provisioning_option": {"action": "COPY_AUTO_SCALING_GROUP"}}
KEEP = {"terminate_blue_instances_on_deployment_success": {"action": "KEEP_ALIVE"}}


@pytest.mark.parametrize(
    ("before", "change", "sent"),
    [
        pytest.param(
            {"ec2_tag_filters": [A], "auto_scaling_groups": ["workers"]},
            {"deployment_config_name": "Slow"},
            {"deploymentConfigName": "Slow"},
            id="targeting is not sent when it does not change",
        ),
        pytest.param(
            {"ec2_tag_filters": [A], "on_premises_tag_set": [[B]], "auto_scaling_groups": ["workers", "more"]},
            {"ec2_tag_filters": [B]},
            {
                "ec2TagFilters": [SENT_B],
                "onPremisesTagSet": {"onPremisesTagSetList": [[SENT_B]]},
                "autoScalingGroups": ["workers", "more"],
            },
            id="all targeting is sent when some of it changes",
        ),
        pytest.param(
            {"ec2_tag_filters": [A], "auto_scaling_groups": ["workers"]},
            {"auto_scaling_groups": []},
            {"ec2TagFilters": [SENT_A], "autoScalingGroups": []},
            id="filters are sent when Auto Scaling groups go",
        ),
        pytest.param(
            {}, {"ec2_tag_filters": [A]}, {"ec2TagFilters": [SENT_A]}, id="and no list of groups if there is none"
        ),
        pytest.param(
            {"ec2_tag_filters": [A]}, {"ec2_tag_filters": []}, {"ec2TagFilters": []}, id="filters are cleared"
        ),
        pytest.param(
            {"ec2_tag_set": [[A]]}, {"ec2_tag_set": []}, {"ec2TagSet": {"ec2TagSetList": []}}, id="a tag set is cleared"
        ),
        pytest.param(
            {"ec2_tag_filters": [A]},
            {"ec2_tag_filters": [], "ec2_tag_set": [[B]], "service_role_arn": "R"},
            {"ec2TagFilters": [], "ec2TagSet": {"ec2TagSetList": [[SENT_B]]}, "serviceRoleArn": "R"},
            id="from filters to a tag set in one call",
        ),
        pytest.param(
            {"ec2_tag_filters": [A], "auto_scaling_groups": ["workers"], BLUE_GREEN: COPY},
            {BLUE_GREEN: {**COPY, **KEEP}},
            {
                "blueGreenDeploymentConfiguration": {
                    "greenFleetProvisioningOption": {"action": "COPY_AUTO_SCALING_GROUP"},
                    "terminateBlueInstancesOnDeploymentSuccess": {"action": "KEEP_ALIVE"},
                },
                "ec2TagFilters": [SENT_A],
                "autoScalingGroups": ["workers"],
            },
            id="a copied Auto Scaling group is sent with the blue/green configuration",
        ),
        pytest.param(
            {},
            {BLUE_GREEN: KEEP, "deployment_group_name": "other"},
            {
                "blueGreenDeploymentConfiguration": {
                    "terminateBlueInstancesOnDeploymentSuccess": {"action": "KEEP_ALIVE"}
                },
                "newDeploymentGroupName": "other",
            },
            id="an ECS group never sends Auto Scaling groups, not even with another name",
        ),
        pytest.param(
            {"load_balancer_info": {"elb_info_list": [{"name": "front"}]}},
            {"load_balancer_info": {}, "ec2_deployment_options": suspended({})},
            {"loadBalancerInfo": {}, "ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": []}},
            id="empty blocks clear",
        ),
    ],
)
def test_update(before: dict[str, Any], change: dict[str, Any], sent: dict[str, Any]) -> None:
    client = Notes()
    before = {**NAMES, **EMPTY, **before}
    update_deployment_group(client, before, {**before, **change}, set(change))
    assert client.updates == [sent]


@pytest.mark.parametrize(
    ("before", "change", "first", "second"),
    [
        (
            {"ec2_tag_filters": [A], "on_premises_tag_set": [[A]]},
            {"ec2_tag_filters": [], "ec2_tag_set": [[B]]},
            {"ec2TagFilters": [], "onPremisesTagSet": {"onPremisesTagSetList": [[SENT_A]]}},
            {
                "ec2TagSet": {"ec2TagSetList": [[SENT_B]]},
                "onPremisesTagSet": {"onPremisesTagSetList": [[SENT_A]]},
            },
        ),
        (
            {"on_premises_tag_set": [[A]]},
            {"on_premises_tag_set": [], "on_premises_instance_tag_filters": [B]},
            {"onPremisesTagSet": {"onPremisesTagSetList": []}},
            {"onPremisesInstanceTagFilters": [SENT_B]},
        ),
    ],
)
@pytest.mark.parametrize("refusal", ["InvalidEC2TagCombinationException", "InvalidOnPremisesTagCombinationException"])
def test_exchange_in_two_calls_where_one_is_refused(
    before: dict[str, Any], change: dict[str, Any], first: dict[str, Any], second: dict[str, Any], refusal: str
) -> None:
    client = Notes(first=refusal)
    before = {**NAMES, **EMPTY, **before, "auto_scaling_groups": ["workers"]}
    update_deployment_group(client, before, {**before, **change}, set(change))
    workers = {"autoScalingGroups": ["workers"]}
    assert client.updates == [{**first, **second, **workers}, {**first, **workers}, {**second, **workers}]


def test_other_refusals_are_errors() -> None:
    client = Notes(first="InvalidEC2TagException")
    before = {**NAMES, **EMPTY}
    with pytest.raises(CodeDeployError, match="Failed to update the deployment group") as caught:
        update_deployment_group(client, before, {**before, "ec2_tag_filters": [A]}, {"ec2_tag_filters"})
    assert error_code(caught.value) == "InvalidEC2TagException"
    assert len(client.updates) == 1


def test_hooks_are_put_back_by_detaching_and_attaching() -> None:
    client = Notes()
    reinstall_hooks(client, {**NAMES, **EMPTY, "ec2_tag_filters": [A], "auto_scaling_groups": ["workers"]})
    assert client.updates == [
        {"ec2TagFilters": [SENT_A], "autoScalingGroups": []},
        {"ec2TagFilters": [SENT_A], "autoScalingGroups": ["workers"]},
    ]


def test_what_the_service_answers_takes_the_form_of_the_options() -> None:
    client = Notes(
        answer={
            "applicationName": "web",
            "deploymentGroupName": "test",
            "computePlatform": "ECS",
            "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
            "autoScalingGroups": [{"name": "workers", "hook": "a-hook"}],
            "ecsServices": [{"serviceName": "api", "clusterName": "main"}],
            "loadBalancerInfo": {
                "elbInfoList": [],
                "targetGroupPairInfoList": [
                    {"targetGroups": [{"name": "b"}, {"name": "a"}], "prodTrafficRoute": {"listenerArns": ["arn"]}}
                ],
            },
        }
    )
    pair = {"target_groups": [{"name": "a"}, {"name": "b"}], "prod_traffic_route": {"listener_arns": ["arn"]}}
    assert find_deployment_group(client, "web", "test") == {
        **NAMES,
        **defaults("ECS"),
        "compute_platform": "ECS",
        "auto_scaling_groups": ["workers"],
        "auto_scaling_hooks": [{"name": "workers", "hook": "a-hook"}],
        "ecs_services": [{"service_name": "api", "cluster_name": "main"}],
        "load_balancer_info": {"target_group_pair_info_list": [pair]},
    }
