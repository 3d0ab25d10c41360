# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of a deployment group: one form for options and for AWS's responses, so that `==` compares them. Pure.

In it, AWS's defaults are filled in, lists without an order are sorted and have no duplicates, and empty members are present and empty.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import re
import typing as t

from .._plan import Resource

Item = t.TypeVar("Item")
Filter = dict[str, str]

# The members that each type of tag filter compares (botocore model: EC2TagFilter, TagFilter).
FILTER_MEMBERS = {"KEY_ONLY": ("key",), "VALUE_ONLY": ("value",), "KEY_AND_VALUE": ("key", "value")}

# The two ways to select the hosts of a group, a list of filters and a tag set; a group has one or the other (botocore model: DeploymentGroupInfo).
PAIRS = (("ec2_tag_filters", "ec2_tag_set"), ("on_premises_instance_tag_filters", "on_premises_tag_set"))
TARGETING = (*(name for pair in PAIRS for name in pair), "auto_scaling_groups")

# The parts of a blue/green configuration: the action of each, and the wait of those actions that wait (botocore model: BlueGreenDeploymentConfiguration).
BLUE_GREEN = "blue_green_deployment_configuration"
READY = ("deployment_ready_option", "action_on_timeout", "wait_time_in_minutes", "STOP_DEPLOYMENT")
TERMINATION = (
    "terminate_blue_instances_on_deployment_success",
    "action",
    "termination_wait_time_in_minutes",
    "TERMINATE",
)
PROVISIONING = "green_fleet_provisioning_option"

# The name of the copy that a blue/green deployment makes of an Auto Scaling group (AWS user guide, integrations-aws-auto-scaling).
COPIED_GROUP = re.compile(r"CodeDeploy_.+_d-[A-Z0-9]+")


def unordered(items: t.Iterable[Item]) -> list[Item]:
    """Return ITEMS sorted, without duplicates."""
    by_text = {json.dumps(item, sort_keys=True): item for item in items}
    return [by_text[text] for text in sorted(by_text)]


def type_of_filter(given: dict[str, t.Any]) -> str:
    """Return the type of a tag filter: the one that is GIVEN, else the one that matches its members."""
    if given.get("type"):
        return str(given["type"])
    if given.get("value") is None:
        return "KEY_ONLY"
    return "VALUE_ONLY" if given.get("key") is None else "KEY_AND_VALUE"


def tag_filter(given: dict[str, t.Any]) -> Filter:
    """Return a tag filter with its type, and only the members that its type compares."""
    kind = type_of_filter(given)
    members = {name: "" if given.get(name) is None else str(given[name]) for name in FILTER_MEMBERS[kind]}
    return {**members, "type": kind}


def tag_filters(given: t.Iterable[dict[str, t.Any]]) -> list[Filter]:
    """Return a list of filters, any of which may match."""
    return unordered(tag_filter(each) for each in given)


def tag_set(given: t.Iterable[t.Iterable[dict[str, t.Any]]]) -> list[list[Filter]]:
    """Return a list of lists of filters, one of each of which must match."""
    return unordered(tag_filters(each) for each in given)


def events_block(given: dict[str, t.Any], content: str) -> Resource:
    """Return a block that can be disabled: CONTENT is its list. It is enabled, unless it says otherwise or the list is empty."""
    items = unordered(given.get(content) or [])
    return {"enabled": bool(items) if given.get("enabled") is None else given["enabled"], content: items}


def rollback(given: dict[str, t.Any]) -> Resource:
    """Return the canonical configuration of automatic rollbacks."""
    return events_block(given, "events")


def alarms(given: dict[str, t.Any]) -> Resource:
    """Return the canonical alarms that stop a deployment, and whether it continues if they cannot be read."""
    return {**events_block(given, "alarms"), "ignore_poll_alarm_failure": bool(given.get("ignore_poll_alarm_failure"))}


def triggers(given: t.Iterable[dict[str, t.Any]]) -> list[Resource]:
    """Return the canonical triggers, which notify topics of events."""
    return unordered({**each, "trigger_events": unordered(each.get("trigger_events") or [])} for each in given)


def switched(given: dict[str, t.Any] | None, content: str, current: Resource) -> dict[str, t.Any] | None:
    """Return GIVEN, a block that can be disabled. If it only sets whether it is enabled, its CONTENT is that of CURRENT."""
    if given is None or given.get("enabled") is None or given.get(content) is not None:
        return given
    return {**given, content: current.get(content)}


def suspended(given: dict[str, t.Any]) -> Resource:
    """Return the Auto Scaling processes that are suspended during a deployment."""
    name = "auto_scaling_group_processes_to_suspend"
    return {name: unordered(given.get(name) or [])}


def target_group_pair(given: dict[str, t.Any]) -> Resource:
    """Return a canonical pair of target groups, and the listeners of their traffic. The one for tests is optional."""
    routes = {name: given[name] for name in ("prod_traffic_route", "test_traffic_route") if given.get(name)}
    return {"target_groups": unordered(given.get("target_groups") or []), **routes}


def load_balancers(given: dict[str, t.Any]) -> Resource:
    """Return the canonical load balancers of each kind."""
    pairs = [target_group_pair(each) for each in given.get("target_group_pair_info_list") or []]
    kinds = {name: given.get(name) or [] for name in ("elb_info_list", "target_group_info_list")}
    return {name: unordered(items) for name, items in {**kinds, "target_group_pair_info_list": pairs}.items() if items}


def blue_green(given: dict[str, t.Any], current: Resource) -> Resource:
    """Return the canonical blue/green configuration. A part that is not given is that of CURRENT, also a wait if its action waits; else it is 0."""
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
# The blocks that can be disabled, and the content of each.
SWITCHED = {"alarm_configuration": "alarms", "auto_rollback_configuration": "events"}
# The forms of "none", or of AWS's defaults. AWS returns a block that was cleared as disabled and empty, or omits it
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
# The defaults of a new group. For Server they are those of CreateDeploymentGroup (observed by Terraform's tests). For the others
# the defaults are not documented, so these are always written.
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
MISSING_HOOKS = "auto_scaling_groups_without_hooks"
MANAGED = ("application_name", "deployment_group_name", *CHANGEABLE, MISSING_HOOKS, "tags")


def defaults(platform: str) -> Resource:
    """Return the defaults of a new group of an application for the compute PLATFORM."""
    return {**EMPTY, **DEFAULTS[platform]}


def copies_auto_scaling_group(group: Resource) -> bool:
    """Return whether a deployment of GROUP, in canonical form, creates its hosts by copying the Auto Scaling group."""
    part = group.get(BLUE_GREEN, {}).get(PROVISIONING) or {}
    return bool(part.get("action") == "COPY_AUTO_SCALING_GROUP")


def form_from_options(params: dict[str, t.Any], current: Resource) -> Resource:
    """Return the members of FORMS and the blue/green configuration as the options PARAMS want them for the group CURRENT; None for an omitted option.

    Filters clear the tag set, and a tag set clears the filters, because a group cannot have both.
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
    """Return whether a deployment has replaced GROUP's Auto Scaling group with a copy; options must not bring the original back."""
    names = group.get("auto_scaling_groups", [])
    return len(names) == 1 and bool(COPIED_GROUP.fullmatch(names[0]))


def form_from_service(group: Resource) -> Resource:
    """Return the members of FORMS and the blue/green configuration from AWS's response GROUP in snake_case, which wraps a tag set once
    more and includes the lifecycle hooks of Auto Scaling groups."""
    wrapped = {name: (group.get(name) or {}).get(f"{name}_list") for _filters, name in PAIRS}
    scaling = [each["name"] for each in group.get("auto_scaling_groups") or [] if each.get("name")]
    given = {**group, **wrapped, "auto_scaling_groups": scaling}
    form = {name: shape(given[name]) if given.get(name) else EMPTY[name] for name, shape in FORMS.items()}
    return {**form, BLUE_GREEN: blue_green(group.get(BLUE_GREEN) or {}, {})}
