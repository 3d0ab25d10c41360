# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of a deployment group: one form for what a user asks for and what AWS answers, so that `==` compares them. Pure.

In it, AWS's defaults are filled in, lists without an order are sorted and have no duplicates, and what is empty is there and empty.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import re
import typing as t

from .._plan import Resource

Item = t.TypeVar("Item")
Filter = dict[str, str]

# The members that each type of tag filter speaks of (botocore model: EC2TagFilter, TagFilter).
FILTER_MEMBERS = {"KEY_ONLY": ("key",), "VALUE_ONLY": ("value",), "KEY_AND_VALUE": ("key", "value")}

# Two ways to say which hosts a group has, a list of filters and a tag set; a group has one or the other (botocore model: DeploymentGroupInfo).
PAIRS = (("ec2_tag_filters", "ec2_tag_set"), ("on_premises_instance_tag_filters", "on_premises_tag_set"))
TARGETING = (*(name for pair in PAIRS for name in pair), "auto_scaling_groups")

# The parts of a blue/green configuration: what each does, and for which of its actions it waits how long (botocore model: BlueGreenDeploymentConfiguration).
BLUE_GREEN = "blue_green_deployment_configuration"
READY = ("deployment_ready_option", "action_on_timeout", "wait_time_in_minutes", "STOP_DEPLOYMENT")
TERMINATION = (
    "terminate_blue_instances_on_deployment_success",
    "action",
    "termination_wait_time_in_minutes",
    "TERMINATE",
)
PROVISIONING = "green_fleet_provisioning_option"

# What AWS calls the copy that a blue/green deployment makes of an Auto Scaling group (AWS user guide, integrations-aws-auto-scaling).
COPIED_GROUP = re.compile(r"CodeDeploy_.+_d-[A-Z0-9]+")


def unordered(items: t.Iterable[Item]) -> list[Item]:
    """ITEMS in one order, whatever theirs was, and without duplicates."""
    by_text = {json.dumps(item, sort_keys=True): item for item in items}
    return [by_text[text] for text in sorted(by_text)]


def type_of_filter(given: dict[str, t.Any]) -> str:
    """The type of a tag filter: the one that is GIVEN, else the one that fits its members."""
    if given.get("type"):
        return str(given["type"])
    if given.get("value") is None:
        return "KEY_ONLY"
    return "VALUE_ONLY" if given.get("key") is None else "KEY_AND_VALUE"


def tag_filter(given: dict[str, t.Any]) -> Filter:
    """A tag filter with its type, and no members but those that its type speaks of."""
    kind = type_of_filter(given)
    members = {name: "" if given.get(name) is None else str(given[name]) for name in FILTER_MEMBERS[kind]}
    return {**members, "type": kind}


def tag_filters(given: t.Iterable[dict[str, t.Any]]) -> list[Filter]:
    """A list of filters, any of which may match."""
    return unordered(tag_filter(each) for each in given)


def tag_set(given: t.Iterable[t.Iterable[dict[str, t.Any]]]) -> list[list[Filter]]:
    """A list of lists of filters: of each list, one has to match."""
    return unordered(tag_filters(each) for each in given)


def events_block(given: dict[str, t.Any], content: str) -> Resource:
    """A block that can be switched off: CONTENT is its list. Enabled, unless it says otherwise or there is nothing to enable."""
    items = unordered(given.get(content) or [])
    return {"enabled": bool(items) if given.get("enabled") is None else given["enabled"], content: items}


def rollback(given: dict[str, t.Any]) -> Resource:
    """When AWS rolls back by itself."""
    return events_block(given, "events")


def alarms(given: dict[str, t.Any]) -> Resource:
    """Which alarms stop a deployment, and whether it goes on when they cannot be read."""
    return {**events_block(given, "alarms"), "ignore_poll_alarm_failure": bool(given.get("ignore_poll_alarm_failure"))}


def triggers(given: t.Iterable[dict[str, t.Any]]) -> list[Resource]:
    """Which events are told to which topics."""
    return unordered({**each, "trigger_events": unordered(each.get("trigger_events") or [])} for each in given)


def switched(given: dict[str, t.Any] | None, content: str, current: Resource) -> dict[str, t.Any] | None:
    """GIVEN, a block that can be switched off. Where it says no more than whether it is on, its CONTENT is what it is in CURRENT."""
    if given is None or given.get("enabled") is None or given.get(content) is not None:
        return given
    return {**given, content: current.get(content)}


def suspended(given: dict[str, t.Any]) -> Resource:
    """Which processes of Auto Scaling rest while a deployment runs."""
    name = "auto_scaling_group_processes_to_suspend"
    return {name: unordered(given.get(name) or [])}


def target_group_pair(given: dict[str, t.Any]) -> Resource:
    """Two target groups, in no order, and the listeners of their traffic. There need not be one for tests."""
    routes = {name: given[name] for name in ("prod_traffic_route", "test_traffic_route") if given.get(name)}
    return {"target_groups": unordered(given.get("target_groups") or []), **routes}


def load_balancers(given: dict[str, t.Any]) -> Resource:
    """The load balancers of each kind that there are."""
    pairs = [target_group_pair(each) for each in given.get("target_group_pair_info_list") or []]
    kinds = {name: given.get(name) or [] for name in ("elb_info_list", "target_group_info_list")}
    return {name: unordered(items) for name, items in {**kinds, "target_group_pair_info_list": pairs}.items() if items}


def blue_green(given: dict[str, t.Any], current: Resource) -> Resource:
    """How a replacement takes over. A part that is not given is what it is in CURRENT, a wait too if its action waits; else it is 0."""
    parts = {name: part for name, part in given.items() if part}
    for name, action, wait, waiting in (READY, TERMINATION):
        if name in parts:
            minutes = parts[name].get(wait)
            kept = current.get(name, {}).get(wait, 0) if minutes is None else minutes
            parts[name] = {action: parts[name].get(action), wait: kept if parts[name].get(action) == waiting else 0}
    return {**current, **parts}


FORMS: dict[str, t.Callable[[t.Any], t.Any]] = {
    **{filters: tag_filters for filters, _tag_set in PAIRS},
    **{name: tag_set for _filters, name in PAIRS},
    "auto_scaling_groups": unordered,
    "termination_hook_enabled": bool,
    "ec2_deployment_options": suspended,
    "outdated_instances_strategy": str,
    "trigger_configurations": triggers,
    "alarm_configuration": alarms,
    "auto_rollback_configuration": rollback,
    "load_balancer_info": load_balancers,
    "ecs_services": unordered,
}
# The blocks that can be switched off, and what each consists of.
SWITCHED = {"alarm_configuration": "alarms", "auto_rollback_configuration": "events"}
# What stands for "there is none", or for what AWS fills in by itself. AWS answers a block that was cleared as disabled and empty, or not at all
# (observed by Terraform's tests).
EMPTY: Resource = {
    **{name: [] for name in TARGETING},
    "termination_hook_enabled": False,
    "ec2_deployment_options": suspended({}),
    "outdated_instances_strategy": "UPDATE",
    "trigger_configurations": [],
    "alarm_configuration": alarms({}),
    "auto_rollback_configuration": rollback({}),
    "load_balancer_info": {},
    BLUE_GREEN: {},
    "ecs_services": [],
}

# The style that groups of ECS applications must have (InvalidDeploymentStyleException of a live service); for Lambda it is assumed.
ONLY_STYLE = {"deployment_type": "BLUE_GREEN", "deployment_option": "WITH_TRAFFIC_CONTROL"}
# What a new group has that names nothing. For Server it is what CreateDeploymentGroup fills in (observed by Terraform's tests). For the others
# that is not documented, so these are written, not left to AWS.
DEFAULTS: dict[str, Resource] = {
    "Server": {
        "deployment_config_name": "CodeDeployDefault.OneAtATime",
        "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
    },
    "Lambda": {"deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce", "deployment_style": ONLY_STYLE},
    "ECS": {"deployment_config_name": "CodeDeployDefault.ECSAllAtOnce", "deployment_style": ONLY_STYLE},
}

# What an update can change, and a plan compares besides the names, tags and lifecycle hooks that are missing.
CHANGEABLE = ("deployment_config_name", "service_role_arn", "deployment_style", BLUE_GREEN, *FORMS)
HOOKLESS = "auto_scaling_groups_without_hooks"
MANAGED = ("application_name", "deployment_group_name", *CHANGEABLE, HOOKLESS, "tags")


def defaults(platform: str) -> Resource:
    """What a new group of an application for the compute PLATFORM has if nothing is said."""
    return {**EMPTY, **DEFAULTS[platform]}


def copies_auto_scaling_group(group: Resource) -> bool:
    """Whether a deployment of GROUP, in canonical form, makes its hosts as a copy of the Auto Scaling group."""
    part = group.get(BLUE_GREEN, {}).get(PROVISIONING) or {}
    return bool(part.get("action") == "COPY_AUTO_SCALING_GROUP")


def form_from_options(params: dict[str, t.Any], current: Resource) -> Resource:
    """The members of FORMS and the blue/green configuration as the options PARAMS want them for the group CURRENT; None where an option is left out.

    Filters clear the tag set beside them, and a tag set the filters, because a group cannot have both.
    """
    kept = {name: switched(params[name], content, current.get(name, {})) for name, content in SWITCHED.items()}
    given = {**params, **kept}
    form = {name: None if given[name] is None else shape(given[name]) for name, shape in FORMS.items()}
    for pair in PAIRS:
        for name, other in (pair, pair[::-1]):
            if form[name]:
                form[other] = []
    if params[BLUE_GREEN] is not None:
        form[BLUE_GREEN] = blue_green(params[BLUE_GREEN], current.get(BLUE_GREEN, {}))
    copies = copies_auto_scaling_group({BLUE_GREEN: form.get(BLUE_GREEN) or current.get(BLUE_GREEN, {})})
    if copies and has_copy(current) and len(form["auto_scaling_groups"] or []) == 1:
        form["auto_scaling_groups"] = None
    return form


def has_copy(group: Resource) -> bool:
    """Whether a deployment has put a copy in the place of GROUP's Auto Scaling group: it is not for an option to bring the original back."""
    names = group.get("auto_scaling_groups", [])
    return len(names) == 1 and bool(COPIED_GROUP.fullmatch(names[0]))


def form_from_service(group: Resource) -> Resource:
    """The members of FORMS and the blue/green configuration as AWS has them, from its answer GROUP in snake_case, which wraps a tag set once
    more and tells the lifecycle hooks of Auto Scaling groups."""
    wrapped = {name: (group.get(name) or {}).get(f"{name}_list") for _filters, name in PAIRS}
    scaling = [each["name"] for each in group.get("auto_scaling_groups") or [] if each.get("name")]
    given = {**group, **wrapped, "auto_scaling_groups": scaling}
    form = {name: shape(given[name]) if given.get(name) else EMPTY[name] for name, shape in FORMS.items()}
    return {**form, BLUE_GREEN: blue_green(group.get(BLUE_GREEN) or {}, {})}
