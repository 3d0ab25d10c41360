# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.forms import BLUE_GREEN, defaults
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.options import ARGUMENTS
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.rules import (
    check_options,
    check_plan,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.selection_rules import (
    check_target_instances,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._plan import Plan, Resource
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

FILTER = {"key": "stage", "value": "test"}
OPTIONS = {
    **{name: argument.get("default") for name, argument in ARGUMENTS.items()},
    "application_name": "web",
    "deployment_group_name": "test",
}
PAIR = {
    "target_groups": [{"name": "blue"}, {"name": "green"}],
    "prod_traffic_route": {"listener_arns": ["arn"]},
    "test_traffic_route": None,
}


def filters(count: int) -> list[dict[str, str]]:
    return [{"key": f"key-{number}"} for number in range(count)]


def trigger(name: str, **members: Any) -> dict[str, Any]:
    topic = "arn:aws:sns:us-east-1:123456789012:deployments"
    return {"trigger_name": name, "trigger_target_arn": topic, "trigger_events": ["DeploymentStart"], **members}


def ready(action: str, minutes: int | None) -> dict[str, Any]:
    return {"deployment_ready_option": {"action_on_timeout": action, "wait_time_in_minutes": minutes}}


def termination(action: str, minutes: int | None) -> dict[str, Any]:
    part = {"action": action, "termination_wait_time_in_minutes": minutes}
    return {"terminate_blue_instances_on_deployment_success": part}


def pairs(**members: Any) -> dict[str, Any]:
    return {"load_balancer_info": {"target_group_pair_info_list": [{**PAIR, **members}]}}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"deployment_config_name": "CodeDeployDefault.AllAtOnce"},
        {"service_role_arn": "arn:aws-cn:iam::123456789012:role/codedeploy"},
        {"ec2_tag_filters": []},
        {"ec2_tag_filters": filters(10)},
        {"ec2_tag_filters": [*filters(10), *filters(10)]},
        {"ec2_tag_filters": [{"key": "aws:autoscaling:groupName", "value": "web"}]},
        {"ec2_tag_filters": [{"key": "k" * 128, "value": "v" * 256}]},
        {"ec2_tag_filters": [{"key": "a", "value": "", "type": "KEY_ONLY"}]},
        {"ec2_tag_set": [filters(10), filters(9), filters(8)]},
        {"ec2_tag_set": [[{"key": "a", "value": 7}]], "on_premises_instance_tag_filters": [FILTER]},
        {"ec2_tag_set": [], "ec2_tag_filters": [FILTER]},
        {"auto_rollback_configuration": {}},
        {"auto_rollback_configuration": {"enabled": False, "events": None}},
        {"auto_rollback_configuration": {"enabled": None, "events": ["DEPLOYMENT_FAILURE"]}},
        {"deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}},
        {"deployment_style": {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"}},
        {"tags": {"team": "shop"}},
        {"auto_scaling_groups": [f"group-{number}" for number in range(10)]},
        {"auto_scaling_groups": ["workers"], "reinstall_missing_hooks": True},
        {"trigger_configurations": [trigger(f"t{number}") for number in range(10)]},
        {"trigger_configurations": [trigger("t"), trigger("t")]},
        {"trigger_configurations": [trigger("t", trigger_target_arn="arn:aws-cn:sns:cn-north-1:123456789012:a.fifo")]},
        {"alarm_configuration": {"enabled": None, "alarms": [{"name": "a" * 255}]}},
        {"alarm_configuration": {"enabled": True, "alarms": [{"name": f"a{number}"} for number in range(60)]}},
        {"load_balancer_info": {"elb_info_list": [{"name": f"elb-{number}"} for number in range(10)]}},
        {"load_balancer_info": {"target_group_pair_info_list": [PAIR]}},
        {BLUE_GREEN: ready("STOP_DEPLOYMENT", 60)},
        {BLUE_GREEN: ready("CONTINUE_DEPLOYMENT", 0)},
        {BLUE_GREEN: termination("KEEP_ALIVE", None)},
        {"new_deployment_group_name": "production"},
    ],
)
def test_allowed(given: dict[str, Any]) -> None:
    check_options({**OPTIONS, **given})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "a b"}, "application_name: 'a b' is not a valid name"),
        ({"deployment_group_name": "a/b"}, "deployment_group_name: 'a/b' is not a valid name"),
        ({"deployment_config_name": ""}, "deployment_config_name: '' is not a valid name"),
        ({"service_role_arn": "codedeploy"}, "service_role_arn: 'codedeploy' is not the ARN of an IAM role"),
        ({"ec2_tag_filters": filters(11)}, "ec2_tag_filters: there are 11 different filters; at most 10 are allowed"),
        ({"ec2_tag_filters": [{}]}, r"ec2_tag_filters\[0\]: the filter is empty; set a key, a value or both"),
        (
            {"ec2_tag_filters": [FILTER, {"key": "a", "value": "b", "type": "KEY_ONLY"}]},
            r"ec2_tag_filters\[1\]: value 'b' contradicts type KEY_ONLY; omit one of them",
        ),
        ({"ec2_tag_filters": [{**FILTER, "type": "VALUE_ONLY"}]}, r"\[0\]: key 'stage' contradicts type VALUE_ONLY"),
        (
            {"ec2_tag_filters": [{"key": "a", "value": None, "type": "KEY_AND_VALUE"}]},
            r"\[0\]: value is required for type KEY_AND_VALUE",
        ),
        ({"ec2_tag_filters": [{"key": ""}]}, r"\[0\]: the filter is empty"),
        ({"ec2_tag_filters": [{"key": "k" * 129}]}, r"\[0\], key: 'k+' has 129 characters; 1 to 128"),
        ({"ec2_tag_filters": [{"value": "v" * 257}]}, r"\[0\], value: 'v+' has 257 characters; 0 to 256"),
        (
            {"on_premises_tag_set": [filters(1), filters(2), filters(3), filters(4)]},
            "on_premises_tag_set: there are 4 different lists of filters; at most 3 are allowed",
        ),
        (
            {"ec2_tag_set": [[FILTER], filters(11)]},
            r"ec2_tag_set\[1\]: there are 11 different filters; at most 10 are allowed",
        ),
        ({"ec2_tag_set": [[FILTER], []]}, r"ec2_tag_set\[1\]: \[\] is not a list with at least one tag filter"),
        (
            {"ec2_tag_set": [FILTER]},
            r"ec2_tag_set\[0\]: {'key': 'stage', .*} is not a list with at least one tag filter",
        ),
        ({"ec2_tag_set": [["stage"]]}, r"ec2_tag_set\[0\]\[0\]: 'stage' is not a tag filter; set a key"),
        ({"ec2_tag_set": [[{"Key": "a"}]]}, r"ec2_tag_set\[0\]\[0\]: {'Key': 'a'} is not a tag filter"),
        (
            {"ec2_tag_set": [[{"key": "a", "type": "KEY"}]]},
            r"ec2_tag_set\[0\]\[0\]: type 'KEY' is not one of KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE",
        ),
        ({"ec2_tag_set": [[{"key": ["a"]}]]}, r"ec2_tag_set\[0\]\[0\], key: \['a'\] is not a string"),
        (
            {"ec2_tag_filters": [FILTER], "ec2_tag_set": [[FILTER]]},
            "ec2_tag_filters: cannot be combined with ec2_tag_set; set one of them",
        ),
        (
            {"on_premises_instance_tag_filters": [FILTER], "on_premises_tag_set": [[FILTER]]},
            "on_premises_instance_tag_filters: cannot be combined with on_premises_tag_set",
        ),
        (
            {"auto_rollback_configuration": {"enabled": True, "events": []}},
            "auto_rollback_configuration: enabled is true, but events is empty",
        ),
        (
            {"deployment_style": {"deployment_type": "BLUE_GREEN", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}},
            "deployment_style: deployment_type BLUE_GREEN cannot be combined with deployment_option WITHOUT_TRAFFIC_CONTROL",
        ),
        ({"tags": {"a": ["b"]}}, r"tags, the value of 'a': \['b'\] is not a string"),
        ({"new_deployment_group_name": "a/b"}, "new_deployment_group_name: 'a/b' is not a valid name"),
        ({"new_deployment_group_name": "b", "state": "absent"}, "new_deployment_group_name: .* state=absent"),
        ({"wait_timeout": 0}, "wait_timeout: 0 is too small; set a number greater than 0"),
        (
            {"auto_scaling_groups": [f"group-{number}" for number in range(11)]},
            "there are 11 groups; at most 10 are allowed",
        ),
        ({"auto_scaling_groups": [""]}, r"auto_scaling_groups\[0\]: '' has 0 characters; 1 to 255 are allowed"),
        ({"reinstall_missing_hooks": True}, "reinstall_missing_hooks: requires auto_scaling_groups"),
        (
            {"trigger_configurations": [trigger(f"t{number}") for number in range(11)]},
            "trigger_configurations: there are 11 triggers; at most 10 are allowed",
        ),
        (
            {"trigger_configurations": [trigger("t"), trigger("t", trigger_events=["InstanceStart"])]},
            "trigger_configurations: t is a duplicate; each trigger needs a unique name",
        ),
        ({"trigger_configurations": [trigger("")]}, r"trigger_configurations\[0\].trigger_name: must not be empty"),
        (
            {"trigger_configurations": [trigger("t", trigger_events=[])]},
            r"\[0\].trigger_events: must not be empty; list",
        ),
        (
            {"trigger_configurations": [trigger(n, trigger_events=[e]) for n in "dcba" for e in ("One", "Two")]},
            "trigger_configurations: a, b, c, d is a duplicate",
        ),
        ({"trigger_configurations": [trigger("")]}, r"trigger_configurations\[0\].trigger_name: must not be empty"),
        (
            {"trigger_configurations": [trigger("t", trigger_events=[])]},
            r"\[0\].trigger_events: must not be empty; list",
        ),
        (
            {"trigger_configurations": [trigger("t", trigger_target_arn="deployments")]},
            r"\[0\].trigger_target_arn: 'deployments' is not the ARN of an SNS topic; expected something like arn:aws:sns:",
        ),
        (
            {"alarm_configuration": {"enabled": True, "alarms": []}},
            "alarm_configuration: enabled is true, but alarms is empty",
        ),
        ({"alarm_configuration": {"alarms": [{"name": ""}]}}, r"alarms\[0\].name: '' has 0 characters; 1 to 255"),
        ({"alarm_configuration": {"alarms": [{"name": "a" * 256}]}}, "has 256 characters; 1 to 255 are allowed"),
        (
            {"load_balancer_info": {"elb_info_list": [{"name": f"elb-{number}"} for number in range(11)]}},
            "load_balancer_info.elb_info_list: there are 11; at most 10 are allowed",
        ),
        (
            {"load_balancer_info": {"target_group_info_list": [{"name": ""}]}},
            r"load_balancer_info.target_group_info_list\[0\].name: must not be empty",
        ),
        ({"load_balancer_info": {"target_group_pair_info_list": [PAIR, PAIR]}}, "there are 2 pairs; only 1 is allowed"),
        (pairs(target_groups=[{"name": "blue"}, {"name": ""}]), r"target_groups\[1\].name: must not be empty"),
        (pairs(target_groups=[{"name": "blue"}]), r"target_groups: \['blue'\] is not a pair; list two different"),
        (
            pairs(target_groups=[{"name": "blue"}, {"name": "green"}, {"name": "blue"}]),
            r"target_groups: \['blue', 'green', 'blue'\] is not a pair; list two different",
        ),
        (pairs(target_groups=[{"name": "blue"}] * 2), r"target_groups: \['blue', 'blue'\] is not a pair; list two"),
        (
            pairs(prod_traffic_route={"listener_arns": []}),
            "prod_traffic_route.listener_arns: there are 0; set exactly one",
        ),
        (pairs(test_traffic_route={"listener_arns": ["a", "b"]}), "test_traffic_route.listener_arns: there are 2; set"),
        (
            {BLUE_GREEN: ready("CONTINUE_DEPLOYMENT", 5)},
            "wait_time_in_minutes: 5 has no effect with action_on_timeout CONTINUE_DEPLOYMENT; omit it",
        ),
        (
            {BLUE_GREEN: termination("KEEP_ALIVE", 5)},
            "termination_wait_time_in_minutes: 5 has no effect with action KEEP_ALIVE; omit it",
        ),
    ],
)
def test_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_options({**OPTIONS, **given})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"tag_filters": [FILTER], "auto_scaling_groups": ["workers"]},
        {"tag_filters": [], "ec2_tag_set": [[FILTER]]},
    ],
)
def test_target_instances(given: dict[str, Any]) -> None:
    check_target_instances(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"tag_filters": filters(11)},
            "target_instances.tag_filters: there are 11 different filters; at most 10 are allowed",
        ),
        ({"ec2_tag_set": [[]]}, r"target_instances.ec2_tag_set\[0\]: \[\] is not a list with at least one tag filter"),
        ({"tag_filters": [FILTER], "ec2_tag_set": [[FILTER]]}, "tag_filters cannot be combined with ec2_tag_set"),
        (
            {"auto_scaling_groups": [f"group-{number}" for number in range(11)]},
            "there are 11 groups; at most 10 are allowed",
        ),
    ],
)
def test_target_instances_that_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_target_instances(given)


ROLE = {"service_role_arn": "arn:aws:iam::123456789012:role/codedeploy"}
CONTROLLED = {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}
BALANCED = {"load_balancer_info": {"elb_info_list": [{"name": "front"}]}}
ECS = {
    "ecs_services": [{"cluster_name": "main", "service_name": "api"}],
    "load_balancer_info": {"target_group_pair_info_list": [PAIR]},
    BLUE_GREEN: ready("CONTINUE_DEPLOYMENT", 0),
}


SHIFTED = {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"}
COPYING = {BLUE_GREEN: {"green_fleet_provisioning_option": {"action": "COPY_AUTO_SCALING_GROUP"}}}
COPIED = {**COPYING, **BALANCED, "deployment_style": SHIFTED, "auto_scaling_groups": ["workers"]}


@pytest.mark.parametrize(
    ("platform", "before", "change"),
    [
        pytest.param("Server", None, {}, id="a new group"),
        pytest.param("Server", {"deployment_style": CONTROLLED}, {}, id="no balancer, but no change"),
        pytest.param("Server", {"deployment_style": CONTROLLED}, {"service_role_arn": "R"}, id="nor one of it"),
        pytest.param("Server", BALANCED, {"deployment_style": CONTROLLED}, id="balanced"),
        pytest.param("Server", {}, {BLUE_GREEN: ready("STOP_DEPLOYMENT", 2880)}, id="the longest wait"),
        pytest.param("Server", COPIED, {"auto_scaling_groups": ["other"]}, id="one Auto Scaling group to copy"),
        pytest.param("Server", COPYING, {"auto_scaling_groups": []}, id="in place, nothing is copied"),
        pytest.param("Lambda", None, {}, id="a new Lambda group"),
        pytest.param("ECS", None, ECS, id="a new ECS group"),
        pytest.param("ECS", {}, {"service_role_arn": "R"}, id="what AWS let pass"),
        pytest.param("ECS", ECS, {BLUE_GREEN: ready("STOP_DEPLOYMENT", 7200)}, id="the longest wait of ECS"),
    ],
)
def test_plans_that_are_allowed(platform: str, before: Resource | None, change: Resource) -> None:
    current = None if before is None else {**defaults(platform), **before}
    check_plan({**OPTIONS, **ROLE}, Plan(current, {**(current or defaults(platform)), **change}), platform)


@pytest.mark.parametrize(
    ("platform", "before", "change", "message"),
    [
        ("Server", {}, {BLUE_GREEN: ready("STOP_DEPLOYMENT", 2881)}, "2881 is out of range; set 0 to 2880 for Server"),
        ("Server", {}, {BLUE_GREEN: termination("TERMINATE", -1)}, "-1 is out of range; set 0 to 2880 for Server"),
        ("Server", {}, {"deployment_style": CONTROLLED}, "WITH_TRAFFIC_CONTROL requires a load balancer"),
        ("Server", COPIED, {"auto_scaling_groups": []}, "auto_scaling_groups: the deployment group would have 0; with"),
        ("Server", COPIED, {"auto_scaling_groups": ["a", "b"]}, "the deployment group would have 2; with"),
        ("Server", {}, COPYING, "auto_scaling_groups: the deployment group would have 0; with"),
        ("Server", {**COPYING, **BALANCED}, {"deployment_style": SHIFTED}, "the deployment group would have 0; with"),
        (
            "Lambda",
            {},
            {"deployment_style": CONTROLLED},
            "is not supported for Lambda; BLUE_GREEN, WITH_TRAFFIC_CONTROL is required",
        ),
        ("ECS", None, {**ECS, "ecs_services": []}, "ecs_services: .* must have exactly one ECS service"),
        ("ECS", None, {**ECS, BLUE_GREEN: {}}, f"{BLUE_GREEN}: .* must have a blue/green configuration"),
        ("ECS", ECS, {BLUE_GREEN: ready("STOP_DEPLOYMENT", 7201)}, "7201 is out of range; set 0 to 7200 for ECS"),
        ("ECS", ECS, {"ecs_services": []}, "ecs_services: .* must have exactly one ECS service"),
        ("ECS", ECS, {"load_balancer_info": {}}, "load_balancer_info: .* must have a pair of target groups"),
        (
            "ECS",
            ECS,
            {"load_balancer_info": {"target_group_pair_info_list": [{"target_groups": PAIR["target_groups"]}]}},
            "load_balancer_info: .* with a prod_traffic_route",
        ),
    ],
)
def test_plans_that_are_refused(platform: str, before: Resource | None, change: Resource, message: str) -> None:
    current = None if before is None else {**defaults(platform), **before}
    with pytest.raises(InvalidOption, match=message):
        check_plan({**OPTIONS, **ROLE}, Plan(current, {**(current or defaults(platform)), **change}), platform)


@pytest.mark.parametrize(
    ("platform", "given", "option"),
    [
        ("Server", {"ecs_services": ECS["ecs_services"]}, "ecs_services"),
        ("Server", pairs(), "load_balancer_info.target_group_pair_info_list"),
        ("Lambda", {"auto_scaling_groups": ["workers"]}, "auto_scaling_groups"),
        ("Lambda", BALANCED, "load_balancer_info"),
        ("ECS", BALANCED, "load_balancer_info.elb_info_list"),
        ("ECS", {"termination_hook_enabled": True}, "termination_hook_enabled"),
    ],
)
def test_what_a_platform_does_not_have(platform: str, given: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{option}: not supported for {platform} deployment groups"):
        check_plan({**OPTIONS, **ROLE, **given}, Plan(None, defaults(platform)), platform)


def test_a_blue_green_configuration_cannot_be_removed() -> None:
    before = {**defaults("Server"), BLUE_GREEN: ready("CONTINUE_DEPLOYMENT", 0)}
    with pytest.raises(InvalidOption, match=f"^{BLUE_GREEN}: AWS cannot remove this block"):
        check_plan({**OPTIONS, **ROLE, BLUE_GREEN: {}}, Plan(before, before), "Server")


@pytest.mark.parametrize("platform", ["Server", "Lambda", "ECS"])
def test_a_new_group_needs_a_role(platform: str) -> None:
    with pytest.raises(InvalidOption, match="service_role_arn: required to create the deployment group 'test'"):
        check_plan(OPTIONS, Plan(None, defaults(platform)), platform)


@pytest.mark.parametrize("platform", ["Server", "Lambda", "ECS"])
def test_empty_options_are_allowed_for_every_platform(platform: str) -> None:
    empty: dict[str, Any] = {name: [] for name, argument in ARGUMENTS.items() if argument["type"] == "list"}
    empty |= {name: {} for name, argument in ARGUMENTS.items() if argument["type"] == "dict"}
    check_plan({**OPTIONS, **ROLE, **empty}, Plan(defaults(platform), defaults(platform)), platform)
