# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenarios that Terraform's acceptance tests run against AWS for its deployment groups, for deployment_group in our own words.

Each begins with Terraform's name, with a dot for each step that one has. A step's stage is what the step before it has left.
"""

from __future__ import annotations

from typing import Any

from unit.group_stage import (
    BLUE_GREEN,
    CONTROLLED,
    COPY,
    DISCOVER,
    ECS,
    ELB,
    FAILURE,
    FRESH,
    FRESH_ECS,
    IN_PLACE,
    KEEP_ALIVE,
    LISTENER,
    NEW,
    OTHER_ROLE,
    OTHER_TOPIC,
    TEST,
    TOPIC,
    Arrange,
    a_group,
    an_application,
    an_ecs_application,
    auto_scaling_groups,
    nothing,
    stop_after,
    switch,
    terminate_after,
    trigger,
)
from unit.scenarios import Scenario

KEY = {"Key": "filterkey", "Type": "KEY_AND_VALUE"}
FILTER, OTHER_FILTER = {**KEY, "Value": "filtervalue"}, {**KEY, "Value": "anothervalue"}
WANT_FILTER, WANT_OTHER = ({"key": "filterkey", "value": value} for value in ("filtervalue", "anothervalue"))
WORKERS = auto_scaling_groups("workers")

WANT_IN_PLACE = {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
WANT_CONTROLLED = {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}
WANT_BLUE_GREEN = {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"}
WANT_ELB = {"elb_info_list": [{"name": "front"}]}


def want_trigger(name: str, *events: str, topic: str = TOPIC) -> dict[str, Any]:
    return {"trigger_name": name, "trigger_target_arn": topic, "trigger_events": list(events)}


def want_alarms(*names: str, **members: bool) -> dict[str, Any]:
    return {"alarms": [{"name": name} for name in names], **members}


def has_alarms(*names: str, enabled: bool = True, ignore: bool = False) -> dict[str, Any]:
    return {"enabled": enabled, "ignorePollAlarmFailure": ignore, "alarms": [{"name": name} for name in names]}


def want_switch(ready: int | None, blue: int | None, green: str | None = None) -> dict[str, Any]:
    """A blue/green configuration: minutes until it stops and until the original is terminated; None goes on and keeps it."""
    stop = {"action_on_timeout": "STOP_DEPLOYMENT", "wait_time_in_minutes": ready}
    terminate = {"action": "TERMINATE", "termination_wait_time_in_minutes": blue}
    return {
        "deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT"} if ready is None else stop,
        "terminate_blue_instances_on_deployment_success": {"action": "KEEP_ALIVE"} if blue is None else terminate,
        "green_fleet_provisioning_option": green and {"action": green},
    }


def created(
    name: str, params: dict[str, Any], after: dict[str, Any], surroundings: Arrange = an_application
) -> Scenario:
    return Scenario(name, surroundings, {**NEW, **params}, True, {**FRESH, **after})


def updated(
    name: str,
    before: dict[str, Any],
    params: dict[str, Any],
    after: dict[str, Any],
    surroundings: Arrange = an_application,
) -> Scenario:
    return Scenario(name, a_group(surroundings=surroundings, **before), {**TEST, **params}, True, {**FRESH, **after})


BASIC = [
    created("basic: one tag filter", {"ec2_tag_filters": [WANT_FILTER]}, {"ec2TagFilters": [FILTER]}),
    updated(
        "basic: another name, role and filter value",
        {"ec2TagFilters": [FILTER]},
        {
            "new_deployment_group_name": "updated",
            "service_role_arn": OTHER_ROLE,
            "ec2_tag_filters": [WANT_OTHER],
        },
        {"deploymentGroupName": "updated", "serviceRoleArn": OTHER_ROLE, "ec2TagFilters": [OTHER_FILTER]},
    ),
    created(
        "basic_tagSet: one group of one filter",
        {"ec2_tag_set": [[WANT_FILTER]]},
        {"ec2TagSet": {"ec2TagSetList": [[FILTER]]}},
    ),
    updated(
        "basic_tagSet: another name, role and filter value",
        {"ec2TagSet": {"ec2TagSetList": [[FILTER]]}},
        {
            "new_deployment_group_name": "updated",
            "service_role_arn": OTHER_ROLE,
            "ec2_tag_set": [[WANT_OTHER]],
        },
        {
            "deploymentGroupName": "updated",
            "serviceRoleArn": OTHER_ROLE,
            "ec2TagSet": {"ec2TagSetList": [[OTHER_FILTER]]},
        },
    ),
    created(
        "onPremiseTag: a filter for on-premises instances",
        {"on_premises_instance_tag_filters": [WANT_FILTER]},
        {"onPremisesInstanceTagFilters": [FILTER]},
    ),
    created("disappears: the group was deleted by somebody else", {}, {}),
    Scenario(
        "disappears_app: the application was deleted under the group", nothing, {**TEST, "state": "absent"}, False, None
    ),
    created(
        "tags: two", {"tags": {"key1": "value1", "key2": "value2"}}, {"tags": {"key1": "value1", "key2": "value2"}}
    ),
    Scenario(
        "tags: one changes, one goes, one comes",
        a_group(tags={"key1": "value1", "key2": "value2"}),
        {**TEST, "tags": {"key2": "updated", "key3": "value3"}},
        True,
        {**FRESH, "tags": {"key2": "updated", "key3": "value3"}},
    ),
]

STOP = {"enabled": True, "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]}
NOTIFICATIONS = [
    created(
        "triggerConfiguration_basic: one event",
        {"trigger_configurations": [want_trigger("test", "DeploymentFailure")]},
        {"triggerConfigurations": [trigger("test", "DeploymentFailure")]},
    ),
    updated(
        "triggerConfiguration_basic: two events",
        {"triggerConfigurations": [trigger("test", "DeploymentFailure")]},
        {"trigger_configurations": [want_trigger("test", "DeploymentSuccess", "DeploymentFailure")]},
        {"triggerConfigurations": [trigger("test", "DeploymentFailure", "DeploymentSuccess")]},
    ),
    created(
        "triggerConfiguration_multiple: two triggers",
        {
            "trigger_configurations": [
                want_trigger("one", "DeploymentFailure"),
                want_trigger("two", "InstanceFailure", topic=OTHER_TOPIC),
            ]
        },
        {
            "triggerConfigurations": [
                trigger("one", "DeploymentFailure"),
                trigger("two", "InstanceFailure", topic=OTHER_TOPIC),
            ]
        },
    ),
    updated(
        "triggerConfiguration_multiple: other events for both, another topic for one",
        {
            "triggerConfigurations": [
                trigger("one", "DeploymentFailure"),
                trigger("two", "InstanceFailure", topic=OTHER_TOPIC),
            ]
        },
        {
            "trigger_configurations": [
                want_trigger("one", "DeploymentStart", "DeploymentSuccess", "DeploymentStop"),
                want_trigger("two", "InstanceStart"),
            ]
        },
        {
            "triggerConfigurations": [
                trigger("one", "DeploymentStart", "DeploymentStop", "DeploymentSuccess"),
                trigger("two", "InstanceStart"),
            ]
        },
    ),
    created(
        "autoRollbackConfiguration_create",
        {"auto_rollback_configuration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}},
        {"autoRollbackConfiguration": FAILURE},
    ),
    updated(
        "autoRollbackConfiguration_update: another event",
        {"autoRollbackConfiguration": FAILURE},
        {
            "auto_rollback_configuration": {
                "enabled": True,
                "events": ["DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE"],
            }
        },
        {"autoRollbackConfiguration": STOP},
    ),
    updated(
        "autoRollbackConfiguration_delete",
        {"autoRollbackConfiguration": STOP},
        {"auto_rollback_configuration": {}},
        {},
    ),
    updated(
        "autoRollbackConfiguration_disable: the events are kept",
        {"autoRollbackConfiguration": FAILURE},
        {"auto_rollback_configuration": {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}},
        {"autoRollbackConfiguration": {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}},
    ),
    created(
        "alarmConfiguration_create: the alarm need not exist",
        {"alarm_configuration": want_alarms("test-alarm", enabled=True)},
        {"alarmConfiguration": has_alarms("test-alarm")},
    ),
    updated(
        "alarmConfiguration_update: two alarms, whether they can be read or not",
        {"alarmConfiguration": has_alarms("test-alarm")},
        {"alarm_configuration": want_alarms("test-alarm-2", "test-alarm", ignore_poll_alarm_failure=True)},
        {"alarmConfiguration": has_alarms("test-alarm", "test-alarm-2", ignore=True)},
    ),
    updated(
        "alarmConfiguration_delete",
        {"alarmConfiguration": has_alarms("test-alarm", ignore=True)},
        {"alarm_configuration": {}},
        {},
    ),
    updated(
        "alarmConfiguration_disable: the alarms are kept",
        {"alarmConfiguration": has_alarms("test-alarm")},
        {"alarm_configuration": want_alarms("test-alarm", enabled=False)},
        {"alarmConfiguration": has_alarms("test-alarm", enabled=False)},
    ),
    created(
        "alarmConfiguration: more than ten alarms",
        {"alarm_configuration": want_alarms(*(f"alarm-{number}" for number in range(10, 22)))},
        {"alarmConfiguration": has_alarms(*(f"alarm-{number}" for number in range(10, 22)))},
    ),
]

TRAFFIC = [
    created("deploymentStyle_default: in place, without traffic control", {}, {"deploymentStyle": IN_PLACE}),
    created(
        "deploymentStyle_create: blue/green, behind a load balancer",
        {"deployment_style": WANT_BLUE_GREEN, "load_balancer_info": WANT_ELB},
        {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB},
    ),
    updated(
        "deploymentStyle_update: in place",
        {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB},
        {"deployment_style": WANT_IN_PLACE, "load_balancer_info": WANT_ELB},
        {"loadBalancerInfo": ELB},
    ),
    updated(
        "deploymentStyle_delete: the default, written out",
        {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB},
        {"deployment_style": WANT_IN_PLACE, "load_balancer_info": {}},
        {},
    ),
    created(
        "loadBalancerInfo_create: it need not exist, nor be used",
        {"load_balancer_info": {"elb_info_list": [{"name": "acc-test-codedeploy-dep-group"}]}},
        {"loadBalancerInfo": {"elbInfoList": [{"name": "acc-test-codedeploy-dep-group"}]}},
    ),
    updated(
        "loadBalancerInfo_update: another load balancer",
        {"loadBalancerInfo": ELB},
        {"load_balancer_info": {"elb_info_list": [{"name": "back"}]}},
        {"loadBalancerInfo": {"elbInfoList": [{"name": "back"}]}},
    ),
    updated("loadBalancerInfo_delete", {"loadBalancerInfo": ELB}, {"load_balancer_info": {}}, {}),
    created(
        "loadBalancerInfo_targetGroupInfo_create",
        {"load_balancer_info": {"target_group_info_list": [{"name": "foo-tg"}]}},
        {"loadBalancerInfo": {"targetGroupInfoList": [{"name": "foo-tg"}]}},
    ),
    updated(
        "loadBalancerInfo_targetGroupInfo_update: several target groups",
        {"loadBalancerInfo": {"targetGroupInfoList": [{"name": "foo-tg"}]}},
        {"load_balancer_info": {"target_group_info_list": [{"name": "foo-tg"}, {"name": "bar-tg"}]}},
        {"loadBalancerInfo": {"targetGroupInfoList": [{"name": "bar-tg"}, {"name": "foo-tg"}]}},
    ),
    updated(
        "loadBalancerInfo_targetGroupInfo_delete",
        {"loadBalancerInfo": {"targetGroupInfoList": [{"name": "foo-tg"}]}},
        {"load_balancer_info": {}},
        {},
    ),
    created(
        "inPlaceDeploymentWithTrafficControl_create",
        {"deployment_style": WANT_CONTROLLED, "load_balancer_info": WANT_ELB},
        {"deploymentStyle": CONTROLLED, "loadBalancerInfo": ELB},
    ),
    updated(
        "inPlaceDeploymentWithTrafficControl_update: blue/green with all that it needs",
        {"deploymentStyle": CONTROLLED, "loadBalancerInfo": ELB},
        {
            "deployment_style": WANT_BLUE_GREEN,
            "load_balancer_info": WANT_ELB,
            "blue_green_deployment_configuration": want_switch(None, None, "DISCOVER_EXISTING"),
        },
        {
            "deploymentStyle": BLUE_GREEN,
            "loadBalancerInfo": ELB,
            "blueGreenDeploymentConfiguration": switch(green=DISCOVER),
        },
    ),
]

SWITCHING = {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB}
WANT_SWITCHING = {"deployment_style": WANT_BLUE_GREEN, "load_balancer_info": WANT_ELB}
COPYING = {
    **SWITCHING,
    "autoScalingGroups": ["workers"],
    "blueGreenDeploymentConfiguration": switch(stop_after(60), terminate_after(120), COPY),
}
DISCOVERING = {
    **SWITCHING,
    "blueGreenDeploymentConfiguration": switch(stop_after(60), terminate_after(120), DISCOVER),
}
BLUE_GREENS = [
    created(
        "blueGreenDeploymentConfiguration_create: a copy of the Auto Scaling group",
        {
            **WANT_SWITCHING,
            "auto_scaling_groups": ["workers"],
            "blue_green_deployment_configuration": want_switch(60, 120, "COPY_AUTO_SCALING_GROUP"),
        },
        COPYING,
        WORKERS,
    ),
    updated(
        "blueGreenDeploymentConfiguration_update_with_asg: kept alive, the Auto Scaling group is sent again",
        COPYING,
        {
            **WANT_SWITCHING,
            "auto_scaling_groups": ["workers"],
            "blue_green_deployment_configuration": want_switch(60, None, "COPY_AUTO_SCALING_GROUP"),
        },
        {**COPYING, "blueGreenDeploymentConfiguration": switch(stop_after(60), KEEP_ALIVE, COPY)},
        WORKERS,
    ),
    updated(
        "blueGreenDeploymentConfiguration_update: no Auto Scaling group",
        DISCOVERING,
        {**WANT_SWITCHING, "blue_green_deployment_configuration": want_switch(None, None, "DISCOVER_EXISTING")},
        {**SWITCHING, "blueGreenDeploymentConfiguration": switch(green=DISCOVER)},
    ),
    updated(
        "blueGreenDeploymentConfiguration_delete: in place again, the configuration stays",
        DISCOVERING,
        {"deployment_style": WANT_IN_PLACE},
        {**DISCOVERING, "deploymentStyle": IN_PLACE},
    ),
    created(
        "blueGreenDeployment_complete: everything at once",
        {**WANT_SWITCHING, "blue_green_deployment_configuration": want_switch(60, None, "DISCOVER_EXISTING")},
        {**SWITCHING, "blueGreenDeploymentConfiguration": switch(stop_after(60), KEEP_ALIVE, DISCOVER)},
    ),
    updated(
        "blueGreenDeployment_complete: updated, the termination wait reads 0 when kept alive",
        DISCOVERING,
        {**WANT_SWITCHING, "blue_green_deployment_configuration": want_switch(60, None, "DISCOVER_EXISTING")},
        {**SWITCHING, "blueGreenDeploymentConfiguration": switch(stop_after(60), KEEP_ALIVE, DISCOVER)},
    ),
    Scenario(
        "ECS_BlueGreen: a pair of target groups and a listener",
        an_ecs_application,
        {
            **NEW,
            "deployment_config_name": "CodeDeployDefault.ECSAllAtOnce",
            "deployment_style": WANT_BLUE_GREEN,
            "ecs_services": [{"cluster_name": "main", "service_name": "api"}],
            "load_balancer_info": {
                "target_group_pair_info_list": [
                    {
                        "target_groups": [{"name": "blue"}, {"name": "green"}],
                        "prod_traffic_route": {"listener_arns": [LISTENER]},
                    }
                ]
            },
            "blue_green_deployment_configuration": want_switch(None, 5),
        },
        True,
        FRESH_ECS,
    ),
    Scenario(
        "ECS_BlueGreen: stop after 30 minutes, terminate after 60",
        a_group(surroundings=an_ecs_application, **ECS),
        {**TEST, "blue_green_deployment_configuration": want_switch(30, 60)},
        True,
        {**FRESH_ECS, "blueGreenDeploymentConfiguration": switch(stop_after(30), terminate_after(60))},
    ),
]

LATER = [
    created("OutdatedInstancesStrategy_default: update", {}, {"outdatedInstancesStrategy": "UPDATE"}),
    created(
        "OutdatedInstancesStrategy_ignore",
        {"outdated_instances_strategy": "IGNORE"},
        {"outdatedInstancesStrategy": "IGNORE"},
    ),
    updated(
        "OutdatedInstancesStrategy: update again",
        {"outdatedInstancesStrategy": "IGNORE"},
        {"outdated_instances_strategy": "UPDATE"},
        {},
    ),
    created(
        "terminationHookEnabled: a hook for hosts that go",
        {"auto_scaling_groups": ["workers"], "termination_hook_enabled": True},
        {"autoScalingGroups": ["workers"], "terminationHookEnabled": True},
        WORKERS,
    ),
    updated(
        "terminationHookEnabled: none any more",
        {"autoScalingGroups": ["workers"], "terminationHookEnabled": True},
        {"termination_hook_enabled": False},
        {"autoScalingGroups": ["workers"]},
        WORKERS,
    ),
]

ACCEPTANCE = [*BASIC, *NOTIFICATIONS, *TRAFFIC, *BLUE_GREENS, *LATER]
