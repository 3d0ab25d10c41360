# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for how a deployment group moves traffic: its style, load balancers, blue/green configuration and ECS service. Pure.

All functions raise InvalidOption.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Plan, Resource
from .._validation import InvalidOption
from .forms import BLUE_GREEN, ONLY_STYLE, READY, TERMINATION, copies_auto_scaling_group

# The limits of classic load balancers and of target groups (botocore model: LoadBalancerInfo).
BALANCERS = 10
# The most minutes until traffic is rerouted (AWS user guide, "CodeDeploy limits"), and until the original hosts are terminated (botocore model:
# BlueInstanceTerminationOption).
READY_WAIT = {"Server": 2880, "ECS": 7200}
TERMINATION_WAIT = 2880


def check_style(given: dict[str, t.Any]) -> None:
    """Check deployment_style. No public source shows BLUE_GREEN without traffic control accepted: the strictest reading."""
    if given.get("deployment_type") == "BLUE_GREEN" and given.get("deployment_option") != "WITH_TRAFFIC_CONTROL":
        raise InvalidOption(
            f"deployment_style: deployment_type BLUE_GREEN cannot be combined with deployment_option {given.get('deployment_option')}; "
            "set WITH_TRAFFIC_CONTROL"
        )


def check_load_balancers(given: dict[str, t.Any]) -> None:
    """Check load_balancer_info."""
    for kind in ("elb_info_list", "target_group_info_list"):
        items = given.get(kind) or []
        if len(items) > BALANCERS:
            raise InvalidOption(f"load_balancer_info.{kind}: there are {len(items)}; at most {BALANCERS} are allowed")
        check_names(f"load_balancer_info.{kind}", items)
    pairs = given.get("target_group_pair_info_list") or []
    if len(pairs) > 1:
        raise InvalidOption(
            f"load_balancer_info.target_group_pair_info_list: there are {len(pairs)} pairs; only 1 is allowed"
        )
    for pair in pairs:
        check_pair("load_balancer_info.target_group_pair_info_list[0]", pair)


def check_names(where: str, items: list[dict[str, t.Any]]) -> None:
    """Check that each of ITEMS has a name."""
    for number, each in enumerate(items):
        if not each["name"]:
            raise InvalidOption(
                f"{where}[{number}].name: must not be empty; set the name of a load balancer or target group"
            )


def check_pair(where: str, pair: dict[str, t.Any]) -> None:
    """Check a pair of target groups: two different ones, and one listener for each route (botocore model: TargetGroupPairInfo, TrafficRoute)."""
    check_names(f"{where}.target_groups", pair["target_groups"])
    names = [each["name"] for each in pair["target_groups"]]
    if len(names) != 2 or len(set(names)) != 2:
        raise InvalidOption(f"{where}.target_groups: {names} is not a pair; list two different target groups")
    for route in ("prod_traffic_route", "test_traffic_route"):
        listeners = (pair.get(route) or {}).get("listener_arns")
        if listeners is not None and len(listeners) != 1:
            raise InvalidOption(f"{where}.{route}.listener_arns: there are {len(listeners)}; set exactly one")


def check_blue_green(given: dict[str, t.Any]) -> None:
    """Check blue_green_deployment_configuration: only actions that wait have a wait.

    The service requires this for the first part (hashicorp/terraform-provider-aws, issue 9653); in the second, a wait would have no effect.
    """
    for name, action, wait, waiting in (READY, TERMINATION):
        part = given.get(name) or {}
        if part.get(wait) and part[action] != waiting:
            raise InvalidOption(
                f"{BLUE_GREEN}.{name}.{wait}: {part[wait]} has no effect with {action} {part[action]}; "
                f"omit it, or use {waiting}"
            )


def check_waits(given: dict[str, t.Any], platform: str) -> None:
    """Check the waits of blue_green_deployment_configuration, whose limits depend on the compute PLATFORM."""
    for (name, _action, wait, _waiting), most in ((READY, READY_WAIT[platform]), (TERMINATION, TERMINATION_WAIT)):
        minutes = (given.get(name) or {}).get(wait) or 0
        if not 0 <= minutes <= most:
            raise InvalidOption(
                f"{BLUE_GREEN}.{name}.{wait}: {minutes} is out of range; set 0 to {most} for {platform}"
            )


def check_server(plan: Plan, platform: str) -> None:
    """Check the resulting Server group, if PLAN changes it: with traffic control it has a load balancer (InvalidLoadBalancerInfoException of
    a live service), and if it copies an Auto Scaling group, it has exactly one (hashicorp/terraform-provider-aws, issue 2233)."""
    after, touched = plan.after or {}, set(plan.updates)
    check_waits(after[BLUE_GREEN], platform)
    controlled = after["deployment_style"]["deployment_option"] == "WITH_TRAFFIC_CONTROL"
    if controlled and touched & {"deployment_style", "load_balancer_info"} and not after["load_balancer_info"]:
        raise InvalidOption(
            "deployment_style: deployment_option WITH_TRAFFIC_CONTROL requires a load balancer, but the deployment group would have none; "
            "set load_balancer_info, or use WITHOUT_TRAFFIC_CONTROL"
        )
    copying = touched & {BLUE_GREEN, "auto_scaling_groups", "deployment_style"} and copies_auto_scaling_group(after)
    relevant = BLUE_GREEN in touched or after["deployment_style"]["deployment_type"] == "BLUE_GREEN"
    if copying and relevant and len(after["auto_scaling_groups"]) != 1:
        raise InvalidOption(
            f"auto_scaling_groups: the deployment group would have {len(after['auto_scaling_groups'])}; with "
            "green_fleet_provisioning_option COPY_AUTO_SCALING_GROUP it must have exactly one"
        )


def check_only_style(plan: Plan, platform: str) -> None:
    """Check that a group of a Lambda or ECS application has the required style."""
    style = plan.updates.get("deployment_style", ONLY_STYLE)
    if style != ONLY_STYLE:
        raise InvalidOption(
            f"deployment_style: {style['deployment_type']}, {style['deployment_option']} is not supported for {platform}; "
            f"{ONLY_STYLE['deployment_type']}, {ONLY_STYLE['deployment_option']} is required"
        )


def check_ecs(plan: Plan, platform: str) -> None:
    """Check that an ECS group will have what it needs, if PLAN changes it (messages of a live service say that each "must be specified")."""
    check_only_style(plan, platform)
    after: Resource = plan.after or {}
    check_waits(after[BLUE_GREEN], platform)
    pairs = after["load_balancer_info"].get("target_group_pair_info_list", [])
    has = {
        "ecs_services": len(after["ecs_services"]) == 1,
        "load_balancer_info": bool(pairs and pairs[0].get("prod_traffic_route")),
        BLUE_GREEN: bool(after[BLUE_GREEN]),
    }
    needs = {
        "ecs_services": "exactly one ECS service",
        "load_balancer_info": "a pair of target groups with a prod_traffic_route",
        BLUE_GREEN: "a blue/green configuration",
    }
    for name, need in needs.items():
        if not has[name] and (plan.before is None or name in plan.updates):
            raise InvalidOption(f"{name}: a deployment group of an ECS application must have {need}")
