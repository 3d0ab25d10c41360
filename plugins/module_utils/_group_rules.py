# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for the options of a deployment group, checked before anything is written. Pure.

All functions raise InvalidOption, which names the option, what was given and what is allowed.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ._group_forms import FILTER_MEMBERS, PAIRS, tag_filters, tag_set, type_of_filter
from ._plan import Plan, Resource
from ._validation import KEY_LENGTH, VALUE_LENGTH, InvalidOption, check_arn, check_name, check_tags, check_text

# AWS user guide, "CodeDeploy limits" and "Tagging instances": filters in a list of them, and lists in a tag set.
FILTERS = 10
FILTER_LISTS = 3


def check_filter(where: str, given: t.Any) -> None:
    """Check one tag filter: its members, its type, and that they do not contradict each other."""
    if not isinstance(given, dict) or not set(given) <= {"key", "value", "type"}:
        raise InvalidOption(
            f"{where}: {given!r} is not a tag filter, which has a key, a value or both, and possibly a type"
        )
    if not given.get("key") and not given.get("value") and not given.get("type"):
        raise InvalidOption(f"{where}: the filter is empty; give a key, a value or both")
    kind = type_of_filter(given)
    if kind not in FILTER_MEMBERS:
        raise InvalidOption(f"{where}: type {kind!r} is not one of {', '.join(FILTER_MEMBERS)}")
    for member, shortest, longest in (("key", 1, KEY_LENGTH), ("value", 0, VALUE_LENGTH)):
        text = given.get(member)
        if member not in FILTER_MEMBERS[kind]:
            if text not in (None, ""):
                raise InvalidOption(f"{where}: {member} {text!r} contradicts type {kind}; leave one of them out")
        elif text is None:
            raise InvalidOption(f"{where}: {member} is missing; a filter of type {kind} needs it")
        else:
            check_text(f"{where}, {member}", text, shortest, longest)


def check_filters(where: str, given: list[t.Any]) -> None:
    """Check a list of tag filters."""
    for number, each in enumerate(given):
        check_filter(f"{where}[{number}]", each)
    if len(tag_filters(given)) > FILTERS:
        raise InvalidOption(f"{where}: {len(tag_filters(given))} different filters are given, {FILTERS} are allowed")


def check_tag_set(where: str, given: list[t.Any]) -> None:
    """Check a tag set. An empty list in it is refused: to drop it would let more hosts match than somebody meant."""
    for number, each in enumerate(given):
        if not isinstance(each, list) or not each:
            raise InvalidOption(
                f"{where}[{number}]: {each!r} is not a list of tag filters with at least one filter in it"
            )
        check_filters(f"{where}[{number}]", each)
    if len(tag_set(given)) > FILTER_LISTS:
        raise InvalidOption(
            f"{where}: {len(tag_set(given))} different lists of filters are given, {FILTER_LISTS} are allowed"
        )


def check_targeting(params: dict[str, t.Any]) -> None:
    """Check all options that say which hosts a group has."""
    for filters, grouped in PAIRS:
        check_filters(filters, params[filters] or [])
        check_tag_set(grouped, params[grouped] or [])
        if params[filters] and params[grouped]:
            raise InvalidOption(
                f"{filters}, {grouped}: a deployment group has one or the other, but both are given; an empty list clears one"
            )


def check_rollback(given: dict[str, t.Any]) -> None:
    """Check auto_rollback_configuration (botocore model: InvalidAutoRollbackConfigException)."""
    if given.get("enabled") and not given.get("events"):
        raise InvalidOption(
            "auto_rollback_configuration: enabled is true, but no events are given; name at least one event"
        )


def check_style(given: dict[str, t.Any]) -> None:
    """Check deployment_style. No public source shows BLUE_GREEN without traffic control accepted: the strictest reading."""
    if given.get("deployment_type") == "BLUE_GREEN" and given.get("deployment_option") != "WITH_TRAFFIC_CONTROL":
        raise InvalidOption(
            f"deployment_style: deployment_type BLUE_GREEN does not go with deployment_option {given.get('deployment_option')}; "
            "it needs WITH_TRAFFIC_CONTROL"
        )


def check_options(params: dict[str, t.Any]) -> None:
    """Check all that can be known to be wrong without asking AWS."""
    check_name("application_name", params["application_name"])
    check_name("deployment_group_name", params["deployment_group_name"])
    if params["deployment_config_name"] is not None:
        check_name("deployment_config_name", params["deployment_config_name"])
    if params["service_role_arn"] is not None:
        check_arn("service_role_arn", params["service_role_arn"], "role")
    check_targeting(params)
    check_rollback(params["auto_rollback_configuration"] or {})
    check_style(params["deployment_style"] or {})
    check_tags("tags", params["tags"] or {})


def check_creation(params: dict[str, t.Any], platform: str) -> None:
    """Check what only a new group needs; PLATFORM is its application's."""
    if platform == "ECS":
        raise InvalidOption(
            f"application_name: {params['application_name']!r} is an ECS application. Its deployment groups need a load balancer and "
            "an ECS service, which this module cannot give them: it changes such a group, but cannot create it."
        )
    if params["service_role_arn"] is None:
        raise InvalidOption(
            f"service_role_arn: the deployment group {params['deployment_group_name']!r} does not exist, and to create it the ARN of a service role is needed"
        )


def check_load_balancer(plan: Plan, found: Resource | None, platform: str) -> None:
    """Check that a group that is to control traffic has a load balancer to do it with (InvalidLoadBalancerInfoException of a live service)."""
    style = plan.updates.get("deployment_style", {})
    balancers = (found or {}).get("load_balancer_info") or {}
    if (
        platform == "Server"
        and style.get("deployment_option") == "WITH_TRAFFIC_CONTROL"
        and not any(balancers.values())
    ):
        raise InvalidOption(
            "deployment_style: deployment_option WITH_TRAFFIC_CONTROL needs a load balancer, and the deployment group has none. "
            "This module cannot attach one; use WITHOUT_TRAFFIC_CONTROL, or attach one first."
        )
