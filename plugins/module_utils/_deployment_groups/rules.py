# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for the options of a deployment group, checked before anything is written. Pure.

All functions raise InvalidOption.

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

# AWS user guide, "CodeDeploy limits". The limit of alarms depends on the account's quota, so only the service checks it.
TRIGGERS = 10
ALARM_NAME = 255

TOPIC_ARN = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")

# The options that groups of each compute platform do not support. The service is known to refuse Auto Scaling groups and load balancers of ECS
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
            "auto_rollback_configuration: enabled is true, but events is empty; list at least one event"
        )


def check_alarms(given: dict[str, t.Any], option: str = "alarm_configuration") -> None:
    """Check alarm_configuration, or an OPTION like it (botocore model: InvalidAlarmConfigException)."""
    for number, each in enumerate(given.get("alarms") or []):
        check_text(f"{option}.alarms[{number}].name", each["name"], 1, ALARM_NAME)
    if given.get("enabled") and not given.get("alarms"):
        raise InvalidOption(f"{option}: enabled is true, but alarms is empty; list at least one alarm")


def check_triggers(given: list[dict[str, t.Any]]) -> None:
    """Check trigger_configurations: each has a unique name, a topic and events."""
    for number, each in enumerate(given):
        where = f"trigger_configurations[{number}]"
        if not each["trigger_name"]:
            raise InvalidOption(f"{where}.trigger_name: must not be empty")
        if not TOPIC_ARN.fullmatch(each["trigger_target_arn"]):
            raise InvalidOption(
                f"{where}.trigger_target_arn: {each['trigger_target_arn']!r} is not the ARN of an SNS topic; "
                "expected something like arn:aws:sns:us-east-1:123456789012:NAME"
            )
        if not each["trigger_events"]:
            raise InvalidOption(f"{where}.trigger_events: must not be empty; list at least one event")
    names = [each["trigger_name"] for each in triggers(given)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidOption(
            f"trigger_configurations: {', '.join(repeated)} is a duplicate; each trigger needs a unique name"
        )
    if len(names) > TRIGGERS:
        raise InvalidOption(f"trigger_configurations: there are {len(names)} triggers; at most {TRIGGERS} are allowed")


def check_names(params: dict[str, t.Any]) -> None:
    """Check the options that are names."""
    for option in ("application_name", "deployment_group_name", "new_deployment_group_name", "deployment_config_name"):
        if params[option] is not None:
            check_name(option, params[option])
    if params["new_deployment_group_name"] is not None and params["state"] == "absent":
        raise InvalidOption(
            "new_deployment_group_name: cannot be combined with state=absent; put the group to delete in deployment_group_name"
        )
    if params["service_role_arn"] is not None:
        check_arn("service_role_arn", params["service_role_arn"], "role")


def check_options(params: dict[str, t.Any]) -> None:
    """Check for all errors that can be found without calling AWS."""
    check_names(params)
    check_targeting(params)
    if params["reinstall_missing_hooks"] and params["auto_scaling_groups"] is None:
        raise InvalidOption("reinstall_missing_hooks: requires auto_scaling_groups, the names of the groups to attach")
    check_triggers(params["trigger_configurations"] or [])
    check_alarms(params["alarm_configuration"] or {})
    check_rollback(params["auto_rollback_configuration"] or {})
    check_style(params["deployment_style"] or {})
    check_load_balancers(params["load_balancer_info"] or {})
    check_blue_green(params[BLUE_GREEN] or {})
    check_tags("tags", params["tags"] or {})
    check_positive("wait_timeout", params["wait_timeout"])


def says_something(given: t.Any) -> bool:
    """Return whether an option is neither omitted nor empty."""
    return any(given.values()) if isinstance(given, dict) else bool(given)


def check_platform(params: dict[str, t.Any], platform: str) -> None:
    """Check that PARAMS set nothing that groups of the compute PLATFORM do not support."""
    balancers = params["load_balancer_info"] or {}
    wrong = [name for name in NEVER[platform] if says_something(params[name])]
    wrong += [f"load_balancer_info.{name}" for name in NEVER_BALANCERS.get(platform, ()) if balancers.get(name)]
    for name in wrong:
        raise InvalidOption(f"{name}: not supported for {platform} deployment groups; remove it")


def check_plan(params: dict[str, t.Any], plan: Plan, platform: str) -> None:
    """Check the group that results from PARAMS by PLAN. PLATFORM is its application's."""
    if plan.before is None and params["service_role_arn"] is None:
        raise InvalidOption(
            f"service_role_arn: required to create the deployment group {params['deployment_group_name']!r}, which does not exist"
        )
    check_platform(params, platform)
    check_kept(params, plan.before or {})
    PLATFORM_RULES[platform](plan, platform)


def check_kept(params: dict[str, t.Any], current: Resource) -> None:
    """Check that PARAMS do not remove from the CURRENT group what no call can remove (observed by Terraform's tests)."""
    if params[BLUE_GREEN] is not None and not says_something(params[BLUE_GREEN]) and current.get(BLUE_GREEN):
        raise InvalidOption(
            f"{BLUE_GREEN}: AWS cannot remove this block. It is ignored with deployment_type=IN_PLACE, so omit the option."
        )
