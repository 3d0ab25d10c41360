# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What deployment_group does: a table of scenarios besides those that Terraform's tests have."""

from __future__ import annotations

from typing import Any

from unit.group_acceptance import ACCEPTANCE
from unit.group_stage import (
    BLUE_GREEN,
    CONTINUE,
    CONTROLLED,
    COPY,
    ECS,
    ELB,
    FAILURE,
    FRESH,
    FRESH_ECS,
    FRESH_LAMBDA,
    IN_PLACE,
    KEEP_ALIVE,
    NEW,
    OTHER_ROLE,
    PAIR,
    TEST,
    A,
    B,
    a_group,
    a_lambda_application,
    an_application,
    an_ecs_application,
    auto_scaling_groups,
    beside,
    nothing,
    stop_after,
    switch,
    terminate_after,
    trigger,
)
from unit.scenarios import Scenario

WORKERS = auto_scaling_groups("workers", "more")
COPYING = {
    "deploymentStyle": BLUE_GREEN,
    "loadBalancerInfo": ELB,
    "blueGreenDeploymentConfiguration": switch(stop_after(60), terminate_after(120), COPY),
}
COPY_NAME = "CodeDeploy_test_d-7XKQ2M9PB"
A_COPY = auto_scaling_groups("workers", COPY_NAME)


def without_hooks(client: Any) -> None:
    """A group with two Auto Scaling groups, one of which has lost its hook."""
    a_group(surroundings=WORKERS, autoScalingGroups=["workers", "more"])(client)
    scaling = beside(client, "autoscaling")
    (hook,) = scaling.describe_lifecycle_hooks(AutoScalingGroupName="workers")["LifecycleHooks"]
    scaling.delete_lifecycle_hook(AutoScalingGroupName="workers", LifecycleHookName=hook["LifecycleHookName"])


SELECTION = [
    Scenario("create", an_application, NEW, True, FRESH),
    Scenario(
        "create with everything",
        an_application,
        {
            **NEW,
            "deployment_config_name": "CodeDeployDefault.HalfAtATime",
            "ec2_tag_set": [[{"key": "b"}], [{"key": "b"}, {"key": "a", "value": 1}]],
            "on_premises_instance_tag_filters": [{"value": "c"}, {"key": "a", "value": "1"}],
            "auto_rollback_configuration": {"events": ["DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_FAILURE"]},
            "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
            "outdated_instances_strategy": "IGNORE",
            "termination_hook_enabled": True,
            "ec2_deployment_options": {"auto_scaling_group_processes_to_suspend": ["Terminate", "AZRebalance"]},
            "tags": {"team": "shop"},
        },
        True,
        {
            **FRESH,
            "deploymentConfigName": "CodeDeployDefault.HalfAtATime",
            "ec2TagSet": {"ec2TagSetList": [[A, B], [B]]},
            "onPremisesInstanceTagFilters": [A, {"Value": "c", "Type": "VALUE_ONLY"}],
            "autoRollbackConfiguration": {
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            "outdatedInstancesStrategy": "IGNORE",
            "terminationHookEnabled": True,
            "ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["AZRebalance", "Terminate"]},
            "tags": {"team": "shop"},
        },
    ),
    Scenario(
        "there already, whatever its options",
        a_group(ec2TagFilters=[B, A], autoRollbackConfiguration=FAILURE),
        TEST,
        False,
        {**FRESH, "ec2TagFilters": [B, A], "autoRollbackConfiguration": FAILURE},
    ),
    Scenario(
        "the same filters in another order",
        a_group(ec2TagFilters=[B, A], onPremisesTagSet={"onPremisesTagSetList": [[B], [B, A]]}),
        {
            **NEW,
            "ec2_tag_filters": [{"key": "a", "value": "1"}, {"key": "b"}, {"key": "a", "value": "1"}],
            "on_premises_tag_set": [[{"key": "a", "value": "1"}, {"key": "b"}], [{"key": "b"}]],
        },
        False,
        {**FRESH, "ec2TagFilters": [B, A], "onPremisesTagSet": {"onPremisesTagSetList": [[B], [B, A]]}},
    ),
    Scenario(
        "another deployment config and role",
        a_group(ec2TagFilters=[A]),
        {**TEST, "deployment_config_name": "CodeDeployDefault.AllAtOnce", "service_role_arn": OTHER_ROLE},
        True,
        {
            **FRESH,
            "ec2TagFilters": [A],
            "deploymentConfigName": "CodeDeployDefault.AllAtOnce",
            "serviceRoleArn": OTHER_ROLE,
        },
    ),
    Scenario(
        "filters replace filters, the others stay",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[A]),
        {**TEST, "ec2_tag_filters": [{"key": "b"}]},
        True,
        {**FRESH, "ec2TagFilters": [B], "onPremisesInstanceTagFilters": [A]},
    ),
    Scenario(
        "filters are cleared",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[A]),
        {**TEST, "ec2_tag_filters": [], "on_premises_instance_tag_filters": []},
        True,
        FRESH,
    ),
    Scenario(
        "a tag set is cleared",
        a_group(ec2TagSet={"ec2TagSetList": [[A], [B]]}),
        {**TEST, "ec2_tag_set": []},
        True,
        FRESH,
    ),
    Scenario(
        "a tag set replaces filters",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[B]),
        {**TEST, "ec2_tag_set": [[{"key": "b"}]]},
        True,
        {**FRESH, "ec2TagSet": {"ec2TagSetList": [[B]]}, "onPremisesInstanceTagFilters": [B]},
    ),
    Scenario(
        "filters replace a tag set",
        a_group(onPremisesTagSet={"onPremisesTagSetList": [[A], [B]]}),
        {**TEST, "on_premises_instance_tag_filters": [{"key": "b"}]},
        True,
        {**FRESH, "onPremisesInstanceTagFilters": [B]},
    ),
    Scenario(
        "Auto Scaling groups come in any order, and go",
        a_group(surroundings=WORKERS, autoScalingGroups=["workers"], ec2TagFilters=[A]),
        {**TEST, "auto_scaling_groups": ["workers", "more"], "termination_hook_enabled": True},
        True,
        {**FRESH, "autoScalingGroups": ["more", "workers"], "ec2TagFilters": [A], "terminationHookEnabled": True},
    ),
    Scenario(
        "Auto Scaling groups are cleared, filters stay",
        a_group(surroundings=WORKERS, autoScalingGroups=["workers"], ec2TagFilters=[A]),
        {**TEST, "auto_scaling_groups": []},
        True,
        {**FRESH, "ec2TagFilters": [A]},
    ),
    Scenario(
        "a lifecycle hook that was removed is put back",
        without_hooks,
        {**TEST, "auto_scaling_groups": ["more", "workers"], "reinstall_missing_hooks": True},
        True,
        {**FRESH, "autoScalingGroups": ["more", "workers"]},
    ),
    Scenario(
        "no lifecycle hook is missing",
        a_group(surroundings=WORKERS, autoScalingGroups=["workers"], terminationHookEnabled=True),
        {**TEST, "auto_scaling_groups": ["workers"], "reinstall_missing_hooks": True},
        False,
        {**FRESH, "autoScalingGroups": ["workers"], "terminationHookEnabled": True},
    ),
    Scenario(
        "create with hooks that cannot be missing yet",
        WORKERS,
        {**NEW, "auto_scaling_groups": ["workers"], "reinstall_missing_hooks": True},
        True,
        {**FRESH, "autoScalingGroups": ["workers"]},
    ),
]

EVERYTHING: dict[str, Any] = {
    "autoScalingGroups": ["workers"],
    "terminationHookEnabled": True,
    "ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Terminate"]},
    "triggerConfigurations": [trigger("all", "DeploymentFailure")],
    "alarmConfiguration": {"enabled": True, "ignorePollAlarmFailure": True, "alarms": [{"name": "errors"}]},
    "autoRollbackConfiguration": FAILURE,
    "loadBalancerInfo": {**ELB, "targetGroupInfoList": [{"name": "targets"}]},
    "ec2TagFilters": [A],
    "onPremisesInstanceTagFilters": [B],
}
EMPTYING: dict[str, Any] = {
    "auto_scaling_groups": [],
    "ec2_tag_filters": [],
    "ec2_tag_set": [],
    "on_premises_instance_tag_filters": [],
    "on_premises_tag_set": [],
    "ec2_deployment_options": {},
    "trigger_configurations": [],
    "alarm_configuration": {},
    "auto_rollback_configuration": {},
    "load_balancer_info": {},
    "blue_green_deployment_configuration": {},
    "ecs_services": [],
}
SETTINGS = [
    Scenario("empty is what it has", a_group(), {**TEST, **EMPTYING, "tags": {}}, False, FRESH),
    Scenario(
        "disabled and empty is what it has",
        a_group(
            alarmConfiguration={"enabled": False, "ignorePollAlarmFailure": False, "alarms": []},
            autoRollbackConfiguration={"enabled": False, "events": []},
        ),
        {**TEST, "alarm_configuration": {}, "auto_rollback_configuration": {"enabled": False}},
        False,
        FRESH,
    ),
    Scenario(
        "everything is left alone when one thing changes",
        a_group(surroundings=WORKERS, **EVERYTHING),
        {**TEST, "deployment_config_name": "CodeDeployDefault.AllAtOnce"},
        True,
        {**FRESH, **EVERYTHING, "deploymentConfigName": "CodeDeployDefault.AllAtOnce"},
    ),
    Scenario(
        "everything is cleared at once",
        a_group(surroundings=WORKERS, **EVERYTHING),
        {**TEST, **EMPTYING, "termination_hook_enabled": False},
        True,
        FRESH,
    ),
    Scenario(
        "style and load balancer are cleared together",
        a_group(deploymentStyle=CONTROLLED, loadBalancerInfo=ELB),
        {
            **TEST,
            "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
            "load_balancer_info": {},
        },
        True,
        FRESH,
    ),
    Scenario(
        "lists in another order are no difference",
        a_group(
            loadBalancerInfo={"targetGroupInfoList": [{"name": "b"}, {"name": "a"}]},
            alarmConfiguration={"enabled": True, "alarms": [{"name": "y"}, {"name": "x"}]},
            triggerConfigurations=[trigger("two", "InstanceStart", "DeploymentStop"), trigger("one", "InstanceReady")],
        ),
        {
            **TEST,
            "load_balancer_info": {"target_group_info_list": [{"name": "a"}, {"name": "b"}]},
            "alarm_configuration": {"alarms": [{"name": "x"}, {"name": "y"}]},
            "trigger_configurations": [
                {
                    "trigger_name": "one",
                    "trigger_target_arn": "arn:aws:sns:us-east-1:123456789012:deployments",
                    "trigger_events": ["InstanceReady"],
                },
                {
                    "trigger_name": "two",
                    "trigger_target_arn": "arn:aws:sns:us-east-1:123456789012:deployments",
                    "trigger_events": ["DeploymentStop", "InstanceStart"],
                },
            ],
        },
        False,
        {
            **FRESH,
            "loadBalancerInfo": {"targetGroupInfoList": [{"name": "b"}, {"name": "a"}]},
            "alarmConfiguration": {"enabled": True, "alarms": [{"name": "y"}, {"name": "x"}]},
            "triggerConfigurations": [
                trigger("two", "InstanceStart", "DeploymentStop"),
                trigger("one", "InstanceReady"),
            ],
        },
    ),
]

BLUE_GREENS = [
    Scenario(
        "a part of the blue/green configuration leaves the others alone",
        a_group(
            deploymentStyle=BLUE_GREEN,
            loadBalancerInfo=ELB,
            blueGreenDeploymentConfiguration=switch(stop_after(60), terminate_after(120)),
        ),
        {
            **TEST,
            "blue_green_deployment_configuration": {
                "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT"},
                "terminate_blue_instances_on_deployment_success": {"action": "TERMINATE"},
            },
        },
        True,
        {
            **FRESH,
            "deploymentStyle": BLUE_GREEN,
            "loadBalancerInfo": ELB,
            "blueGreenDeploymentConfiguration": switch(CONTINUE, terminate_after(120)),
        },
    ),
    Scenario(
        "the copy of an Auto Scaling group is no difference",
        a_group(surroundings=A_COPY, autoScalingGroups=[COPY_NAME], **COPYING),
        {**TEST, "auto_scaling_groups": ["workers"]},
        False,
        {**FRESH, **COPYING, "autoScalingGroups": [COPY_NAME]},
    ),
    Scenario(
        "the copy of an Auto Scaling group is named when the configuration changes",
        a_group(surroundings=A_COPY, autoScalingGroups=[COPY_NAME], **COPYING),
        {
            **TEST,
            "auto_scaling_groups": ["workers"],
            "blue_green_deployment_configuration": {
                "terminate_blue_instances_on_deployment_success": {"action": "KEEP_ALIVE"}
            },
        },
        True,
        {
            **FRESH,
            **COPYING,
            "autoScalingGroups": [COPY_NAME],
            "blueGreenDeploymentConfiguration": switch(stop_after(60), KEEP_ALIVE, COPY),
        },
    ),
    Scenario(
        "another Auto Scaling group where none is copied",
        a_group(surroundings=A_COPY, autoScalingGroups=[COPY_NAME]),
        {**TEST, "auto_scaling_groups": ["workers"]},
        True,
        {**FRESH, "autoScalingGroups": ["workers"]},
    ),
    Scenario(
        "back to in place without Auto Scaling group or load balancer",
        a_group(surroundings=WORKERS, autoScalingGroups=["workers"], **COPYING),
        {
            **TEST,
            "auto_scaling_groups": [],
            "load_balancer_info": {},
            "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
        },
        True,
        {
            **FRESH,
            "deploymentStyle": IN_PLACE,
            "blueGreenDeploymentConfiguration": COPYING["blueGreenDeploymentConfiguration"],
        },
    ),
]

OTHER_PLATFORMS = [
    Scenario("a Lambda group", a_lambda_application, NEW, True, FRESH_LAMBDA),
    Scenario(
        "a Lambda group shifts traffic, tells, watches and rolls back",
        a_group(surroundings=a_lambda_application),
        {
            **TEST,
            "deployment_config_name": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
            "alarm_configuration": {"alarms": [{"name": "errors"}]},
            "auto_rollback_configuration": {"events": ["DEPLOYMENT_STOP_ON_ALARM"]},
            "deployment_style": {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"},
            "ec2_tag_filters": [],
            "load_balancer_info": {},
            "blue_green_deployment_configuration": {},
        },
        True,
        {
            **FRESH_LAMBDA,
            "deploymentConfigName": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
            "alarmConfiguration": {"enabled": True, "ignorePollAlarmFailure": False, "alarms": [{"name": "errors"}]},
            "autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_ALARM"]},
        },
    ),
    Scenario(
        "target groups of an ECS pair in another order, no Auto Scaling groups",
        a_group(surroundings=an_ecs_application, **ECS),
        {
            **TEST,
            "auto_scaling_groups": [],
            "load_balancer_info": {
                "target_group_pair_info_list": [
                    {
                        "target_groups": [{"name": "green"}, {"name": "blue"}],
                        "prod_traffic_route": {"listener_arns": PAIR["prodTrafficRoute"]["listenerArns"]},  # type: ignore[call-overload]
                        "test_traffic_route": None,
                    }
                ]
            },
        },
        False,
        FRESH_ECS,
    ),
    Scenario(
        "an ECS group never names Auto Scaling groups or filters",
        a_group(surroundings=an_ecs_application, **ECS),
        {
            **TEST,
            **{name: value for name, value in EMPTYING.items() if value == [] and name != "ecs_services"},
            "new_deployment_group_name": "production",
            "auto_rollback_configuration": {"events": ["DEPLOYMENT_FAILURE"]},
        },
        True,
        {**FRESH_ECS, "deploymentGroupName": "production", "autoRollbackConfiguration": FAILURE},
    ),
]

NAMES_AND_TAGS = [
    Scenario(
        "a new name, and tags at the ARN that follows it",
        a_group(tags={"team": "shop", "old": "1"}, ec2TagFilters=[A]),
        {**TEST, "new_deployment_group_name": "production", "ec2_tag_set": [[{"key": "b"}]], "tags": {"team": "store"}},
        True,
        {
            **FRESH,
            "deploymentGroupName": "production",
            "ec2TagSet": {"ec2TagSetList": [[B]]},
            "tags": {"team": "store"},
        },
    ),
    Scenario(
        "renamed before",
        a_group(deploymentGroupName="production"),
        {**TEST, "new_deployment_group_name": "production"},
        False,
        {**FRESH, "deploymentGroupName": "production"},
    ),
    Scenario(
        "created with the new name",
        an_application,
        {**NEW, "new_deployment_group_name": "production"},
        True,
        {**FRESH, "deploymentGroupName": "production"},
    ),
    Scenario("the new name is the old one", a_group(), {**TEST, "new_deployment_group_name": "test"}, False, FRESH),
    Scenario(
        "tags are added",
        a_group(tags={"team": "shop"}),
        {**TEST, "tags": {"stage": "test"}, "purge_tags": False},
        True,
        {**FRESH, "tags": {"team": "shop", "stage": "test"}},
    ),
    Scenario("tags are left alone", a_group(tags={"team": "shop"}), NEW, False, {**FRESH, "tags": {"team": "shop"}}),
    Scenario("delete", a_group(tags={"team": "shop"}), {**TEST, "state": "absent"}, True, None),
    Scenario(
        "delete with its hooks",
        a_group(surroundings=WORKERS, autoScalingGroups=["workers"]),
        {**TEST, "state": "absent"},
        True,
        None,
    ),
    Scenario("gone already", an_application, {**TEST, "state": "absent"}, False, None),
    Scenario("gone with its application", nothing, {**TEST, "state": "absent", "tags": {}}, False, None),
]

SCENARIOS = [*ACCEPTANCE, *SELECTION, *SETTINGS, *BLUE_GREENS, *OTHER_PLATFORMS, *NAMES_AND_TAGS]
