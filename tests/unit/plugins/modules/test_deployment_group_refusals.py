# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What deployment_group refuses before it writes, and what only AWS can refuse."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import propagation
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_group
from emulator import Emulator
from unit.group_scenarios import COPYING, WORKERS
from unit.group_stage import (
    ELB,
    FRESH,
    NEW,
    SUBJECT,
    TEST,
    TOPIC,
    a_group,
    a_lambda_application,
    an_application,
    an_ecs_application,
    beside,
    nothing,
    read,
)
from unit.scenarios import (
    Connect,
    check_refused,
    module_actions,
)

PAIR = {
    "target_groups": [{"name": "blue"}, {"name": "green"}],
    "prod_traffic_route": {"listener_arns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/b/c"]},
}
NEW_ECS = {
    **NEW,
    "ecs_services": [{"cluster_name": "main", "service_name": "api"}],
    "load_balancer_info": {"target_group_pair_info_list": [PAIR]},
    "blue_green_deployment_configuration": {
        "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT", "wait_time_in_minutes": None}
    },
}
IN_PLACE = {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
CONTROLLED = {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}
COPY = {"green_fleet_provisioning_option": {"action": "COPY_AUTO_SCALING_GROUP"}}
COPIES = a_group(surroundings=WORKERS, autoScalingGroups=["workers"], **COPYING)


@pytest.mark.parametrize(
    ("arrange", "params", "message"),
    [
        (
            an_application,
            TEST,
            "service_role_arn: required to create the deployment group 'test', which does not exist",
        ),
        (a_group(), {**TEST, "deployment_style": CONTROLLED}, "WITH_TRAFFIC_CONTROL requires a load balancer"),
        (an_application, {**NEW, "deployment_style": CONTROLLED}, "WITH_TRAFFIC_CONTROL requires a load balancer"),
        (
            a_group(loadBalancerInfo=ELB),
            {**TEST, "deployment_style": CONTROLLED, "load_balancer_info": {}},
            "WITH_TRAFFIC_CONTROL requires a load balancer",
        ),
        (COPIES, {**TEST, "load_balancer_info": {}}, "WITH_TRAFFIC_CONTROL requires a load balancer"),
        (
            a_group(),
            {**TEST, "deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce"},
            "'CodeDeployDefault.LambdaAllAtOnce' is for Lambda, but the application is for Server",
        ),
        (
            a_group(),
            {**TEST, "tags": {f"tag-{number}": "" for number in range(51)}},
            "tags: the resource would have 51 tags; at most 50 are allowed",
        ),
        (a_group(), {**TEST, "ec2_tag_filters": [{}]}, r"ec2_tag_filters\[0\]: the filter is empty; set a key"),
        (COPIES, {**TEST, "auto_scaling_groups": []}, "auto_scaling_groups: the deployment group would have 0; with"),
        (COPIES, {**TEST, "auto_scaling_groups": ["more", "workers"]}, "the deployment group would have 2; with"),
        (a_group(), {**TEST, "blue_green_deployment_configuration": COPY}, "the deployment group would have 0; with"),
        (
            COPIES,
            {**TEST, "blue_green_deployment_configuration": {}},
            "blue_green_deployment_configuration: AWS cannot remove this block. It is ignored",
        ),
        (
            a_group(),
            {
                **TEST,
                "blue_green_deployment_configuration": {
                    "deployment_ready_option": {"action_on_timeout": "STOP_DEPLOYMENT", "wait_time_in_minutes": 2881}
                },
            },
            "deployment_ready_option.wait_time_in_minutes: 2881 is out of range; set 0 to 2880 for Server",
        ),
        (
            a_group(),
            {**TEST, "ecs_services": NEW_ECS["ecs_services"]},
            "ecs_services: not supported for Server deployment groups; remove it",
        ),
        (
            a_group(),
            {**TEST, "load_balancer_info": {"target_group_pair_info_list": [PAIR]}},
            "load_balancer_info.target_group_pair_info_list: not supported for Server deployment groups",
        ),
        *(
            (a_lambda_application, {**NEW, name: value}, f"{name}: not supported for Lambda deployment groups")
            for name, value in (
                ("ec2_tag_filters", [{"key": "a"}]),
                ("auto_scaling_groups", ["workers"]),
                ("termination_hook_enabled", True),
                ("load_balancer_info", {"elb_info_list": [{"name": "front"}]}),
                ("blue_green_deployment_configuration", COPY),
            )
        ),
        (
            a_lambda_application,
            {**NEW, "deployment_style": IN_PLACE},
            "for Lambda; BLUE_GREEN, WITH_TRAFFIC_CONTROL",
        ),
        (
            an_ecs_application,
            {**NEW_ECS, "deployment_style": CONTROLLED},
            "for ECS; BLUE_GREEN, WITH_TRAFFIC_CONTROL",
        ),
        (an_ecs_application, {**NEW_ECS, "ecs_services": []}, "ecs_services: .* must have exactly one ECS service"),
        (an_ecs_application, {**NEW_ECS, "load_balancer_info": None}, "load_balancer_info: .* a pair of target groups"),
        (
            an_ecs_application,
            {**NEW_ECS, "blue_green_deployment_configuration": None},
            "blue_green_deployment_configuration: .* must have a blue/green configuration",
        ),
        (
            an_ecs_application,
            {**NEW_ECS, "load_balancer_info": {"elb_info_list": [{"name": "front"}]}},
            "load_balancer_info.elb_info_list: not supported for ECS deployment groups",
        ),
        (
            an_ecs_application,
            {**NEW_ECS, "auto_scaling_groups": ["a"]},
            "auto_scaling_groups: not supported for ECS deployment groups",
        ),
        (
            lambda client: [a_group()(client), a_group(surroundings=nothing, deploymentGroupName="old")(client)],
            {**TEST, "new_deployment_group_name": "old"},
            "new_deployment_group_name: 'test' cannot become 'old', because the application 'web' has a deployment group",
        ),
    ],
)
def test_refused(
    arrange: Any, params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    arrange(codedeploy)
    check_refused(SUBJECT, params, message, connect, emulator)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"auto_scaling_groups": ["gone"]}, "InvalidAutoScalingGroupException", "gone does not exist"),
        (
            {"alarm_configuration": {"enabled": True, "alarms": [{"name": f"alarm-{number}"} for number in range(51)]}},
            "AlarmsLimitExceededException",
            "51 alarms; at most 50 are allowed",
        ),
        (
            {
                "trigger_configurations": [
                    {"trigger_name": "t", "trigger_target_arn": f"{TOPIC}2", "trigger_events": ["InstanceReady"]}
                ]
            },
            "InvalidTriggerConfigException",
            f"Topic ARN {TOPIC}2 is not valid",
        ),
    ],
)
def test_what_only_aws_knows_is_told_as_it_says_it(
    params: dict[str, Any],
    error: str,
    message: str,
    connect: Connect,
    codedeploy: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(propagation, "sleep", lambda _seconds: None)
    a_group()(codedeploy)
    beside(codedeploy, "sns").create_topic(Name="deployments")
    with pytest.raises(CodeDeployError, match=f"Failed to update the deployment group.*: .*{error}.*{message}"):
        deployment_group.ensure(connect, SUBJECT.params(**TEST, **params), False)
    assert read(codedeploy) == FRESH


@pytest.mark.parametrize("service", ["gone", "rolling"])
def test_an_ecs_service_that_cannot_be_deployed_to(service: str, connect: Connect, codedeploy: Any) -> None:
    an_ecs_application(codedeploy)
    params = SUBJECT.params(**{**NEW_ECS, "ecs_services": [{"cluster_name": "main", "service_name": service}]})
    with pytest.raises(CodeDeployError, match="InvalidECSServiceException"):
        deployment_group.ensure(connect, params, False)
    assert read(codedeploy) is None


def test_a_config_that_is_missing_is_refused_but_in_check_mode_a_warning(
    connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_application(codedeploy)
    params = SUBJECT.params(**NEW, deployment_config_name="Slow")
    (warning,) = SUBJECT.module.ensure(connect, params, True)["warnings"]
    assert warning.startswith("There is no deployment config 'Slow' yet.")
    with pytest.raises(CodeDeployError, match="there is no deployment config 'Slow' in us-east-1"):
        SUBJECT.module.ensure(connect, params, False)
    assert [action for action in module_actions(emulator) if "Create" in action] == []
