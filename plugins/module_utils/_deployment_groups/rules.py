# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for the options of a deployment group, checked before anything is written. Pure.

All functions raise InvalidOption, which names the option, what was given and what is allowed.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

from .._plan import Plan, Resource
from .._validation import InvalidOption, check_arn, check_name, check_positive, check_tags, check_text
from .forms import BLUE_GREEN, triggers
from .selection_rules import check_targeting
from .traffic_rules import (
    check_blue_green,
    check_ecs,
    check_load_balancers,
    check_only_style,
    check_server,
    check_style,
)

# AWS user guide, "CodeDeploy limits". How many alarms there may be depends on the account's quota: that is for the service to say.
TRIGGERS = 10
ALARM_NAME = 255

TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")

# What groups of each compute platform do not have. That the service refuses it is known of the Auto Scaling groups and load balancers of ECS
# groups (hashicorp/terraform-provider-aws, issue 7128); for the rest it is the strictest reading.
_HOSTS = (
    "ec2_tag_filters",
    "ec2_tag_set",
    "on_premises_instance_tag_filters",
    "on_premises_tag_set",
    "auto_scaling_groups",
    "termination_hook_enabled",
    "ec2_deployment_options",
)
NEVER = {
    "Server": ("ecs_services",),
    "Lambda": (*_HOSTS, "load_balancer_info", BLUE_GREEN, "ecs_services"),
    "ECS": _HOSTS,
}
NEVER_BALANCERS = {
    "Server": ("target_group_pair_info_list",),
    "ECS": ("elb_info_list", "target_group_info_list"),
}
PLATFORM_RULES = {"Server": check_server, "Lambda": check_only_style, "ECS": check_ecs}


def check_rollback(given: dict[str, t.Any]) -> None:
    """Check auto_rollback_configuration (botocore model: InvalidAutoRollbackConfigException)."""
    if given.get("enabled") and not given.get("events"):
        raise InvalidOption(
            "auto_rollback_configuration: enabled is true, but no events are given; name at least one event"
        )


def check_alarms(given: dict[str, t.Any], option: str = "alarm_configuration") -> None:
    """Check alarm_configuration, or an OPTION like it (botocore model: InvalidAlarmConfigException)."""
    for number, each in enumerate(given.get("alarms") or []):
        check_text(f"{option}.alarms[{number}].name", each["name"], 1, ALARM_NAME)
    if given.get("enabled") and not given.get("alarms"):
        raise InvalidOption(f"{option}: enabled is true, but no alarms are given; name at least one alarm")


def check_triggers(given: list[dict[str, t.Any]]) -> None:
    """Check trigger_configurations: a name of its own, a topic and events for each."""
    for number, each in enumerate(given):
        where = f"trigger_configurations[{number}]"
        if not each["trigger_name"]:
            raise InvalidOption(f"{where}.trigger_name: it is empty; give the trigger a name")
        if not TOPIC_ARN.fullmatch(each["trigger_target_arn"]):
            raise InvalidOption(
                f"{where}.trigger_target_arn: {each['trigger_target_arn']!r} is not the ARN of an SNS topic: "
                "it looks like arn:aws:sns:us-east-1:123456789012:NAME"
            )
        if not each["trigger_events"]:
            raise InvalidOption(f"{where}.trigger_events: it is empty; name at least one event")
    names = [each["trigger_name"] for each in triggers(given)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidOption(
            f"trigger_configurations: {', '.join(repeated)} is given more than once; each needs a name of its own"
        )
    if len(names) > TRIGGERS:
        raise InvalidOption(f"trigger_configurations: {len(names)} triggers are given, {TRIGGERS} are allowed")


def check_names(params: dict[str, t.Any]) -> None:
    """Check the options that name things."""
    for option in ("application_name", "deployment_group_name", "new_deployment_group_name", "deployment_config_name"):
        if params[option] is not None:
            check_name(option, params[option])
    if params["new_deployment_group_name"] is not None and params["state"] == "absent":
        raise InvalidOption("new_deployment_group_name: it does not go with state absent; name the group that is to go")
    if params["service_role_arn"] is not None:
        check_arn("service_role_arn", params["service_role_arn"], "role")


def check_options(params: dict[str, t.Any]) -> None:
    """Check all that can be known to be wrong without asking AWS."""
    check_names(params)
    check_targeting(params)
    if params["reinstall_missing_hooks"] and params["auto_scaling_groups"] is None:
        raise InvalidOption("reinstall_missing_hooks: it needs auto_scaling_groups, the names of the groups to attach")
    check_triggers(params["trigger_configurations"] or [])
    check_alarms(params["alarm_configuration"] or {})
    check_rollback(params["auto_rollback_configuration"] or {})
    check_style(params["deployment_style"] or {})
    check_load_balancers(params["load_balancer_info"] or {})
    check_blue_green(params[BLUE_GREEN] or {})
    check_tags("tags", params["tags"] or {})
    check_positive("wait_timeout", params["wait_timeout"])


def says_something(given: t.Any) -> bool:
    """Whether an option is neither left out nor empty."""
    return any(given.values()) if isinstance(given, dict) else bool(given)


def check_platform(params: dict[str, t.Any], platform: str) -> None:
    """Check that PARAMS give nothing that groups of the compute PLATFORM do not have."""
    balancers = params["load_balancer_info"] or {}
    wrong = [name for name in NEVER[platform] if says_something(params[name])]
    wrong += [f"load_balancer_info.{name}" for name in NEVER_BALANCERS.get(platform, ()) if balancers.get(name)]
    for name in wrong:
        raise InvalidOption(
            f"{name}: the application {params['application_name']!r} is for {platform}, whose deployment groups have none; leave it out"
        )


def check_plan(params: dict[str, t.Any], plan: Plan, platform: str) -> None:
    """Check what PARAMS make of the group by PLAN. PLATFORM is its application's."""
    if plan.before is None and params["service_role_arn"] is None:
        raise InvalidOption(
            f"service_role_arn: the deployment group {params['deployment_group_name']!r} does not exist, and to create it the ARN of a service role is needed"
        )
    check_platform(params, platform)
    check_kept(params, plan.before or {})
    PLATFORM_RULES[platform](plan, platform)


def check_kept(params: dict[str, t.Any], current: Resource) -> None:
    """Check that nothing is to be removed from the CURRENT group that no call can remove (observed by Terraform's tests)."""
    if params[BLUE_GREEN] is not None and not says_something(params[BLUE_GREEN]) and current.get(BLUE_GREEN):
        raise InvalidOption(
            f"{BLUE_GREEN}: AWS cannot remove it, but does not use it with deployment_type IN_PLACE; leave the option out"
        )
