# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for the options that select the hosts of a deployment group. Pure.

All functions raise InvalidOption.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._validation import KEY_LENGTH, VALUE_LENGTH, InvalidOption, check_text
from .forms import FILTER_MEMBERS, PAIRS, tag_filters, tag_set, type_of_filter

# AWS user guide, "CodeDeploy limits" and "Tagging instances": filters in a list of them, lists in a tag set, and Auto Scaling groups.
FILTERS = 10
FILTER_LISTS = 3
AUTO_SCALING_GROUPS = 10
# Characters in the name of an Auto Scaling group (Amazon EC2 Auto Scaling API reference, CreateAutoScalingGroup).
AUTO_SCALING_NAME = 255


def check_filter(where: str, given: t.Any) -> None:
    """Check one tag filter: its members, its type, and that they do not contradict each other."""
    if not isinstance(given, dict) or not set(given) <= {"key", "value", "type"}:
        raise InvalidOption(
            f"{where}: {given!r} is not a tag filter; set a key, a value or both, and optionally a type"
        )
    if not given.get("key") and not given.get("value") and not given.get("type"):
        raise InvalidOption(f"{where}: the filter is empty; set a key, a value or both")
    kind = type_of_filter(given)
    if kind not in FILTER_MEMBERS:
        raise InvalidOption(f"{where}: type {kind!r} is not one of {', '.join(FILTER_MEMBERS)}")
    for member, shortest, longest in (("key", 1, KEY_LENGTH), ("value", 0, VALUE_LENGTH)):
        text = given.get(member)
        if member not in FILTER_MEMBERS[kind]:
            if text not in (None, ""):
                raise InvalidOption(f"{where}: {member} {text!r} contradicts type {kind}; omit one of them")
        elif text is None:
            raise InvalidOption(f"{where}: {member} is required for type {kind}")
        else:
            check_text(f"{where}, {member}", text, shortest, longest)


def check_filters(where: str, given: list[t.Any]) -> None:
    """Check a list of tag filters."""
    for number, each in enumerate(given):
        check_filter(f"{where}[{number}]", each)
    if len(tag_filters(given)) > FILTERS:
        raise InvalidOption(
            f"{where}: there are {len(tag_filters(given))} different filters; at most {FILTERS} are allowed"
        )


def check_tag_set(where: str, given: list[t.Any]) -> None:
    """Check a tag set. An empty list in it is refused: dropping it could let more hosts match than intended."""
    for number, each in enumerate(given):
        if not isinstance(each, list) or not each:
            raise InvalidOption(f"{where}[{number}]: {each!r} is not a list with at least one tag filter")
        check_filters(f"{where}[{number}]", each)
    if len(tag_set(given)) > FILTER_LISTS:
        raise InvalidOption(
            f"{where}: there are {len(tag_set(given))} different lists of filters; at most {FILTER_LISTS} are allowed"
        )


def check_auto_scaling_groups(names: list[str]) -> None:
    """Check auto_scaling_groups."""
    for number, name in enumerate(names):
        check_text(f"auto_scaling_groups[{number}]", name, 1, AUTO_SCALING_NAME)
    if len(set(names)) > AUTO_SCALING_GROUPS:
        raise InvalidOption(
            f"auto_scaling_groups: there are {len(set(names))} groups; at most {AUTO_SCALING_GROUPS} are allowed"
        )


def check_targeting(params: dict[str, t.Any]) -> None:
    """Check all options that select the hosts of a group."""
    for filters, grouped in PAIRS:
        check_filters(filters, params[filters] or [])
        check_tag_set(grouped, params[grouped] or [])
        if params[filters] and params[grouped]:
            raise InvalidOption(
                f"{filters}: cannot be combined with {grouped}; set one of them, and clear the other with an empty list if necessary"
            )
    check_auto_scaling_groups(params["auto_scaling_groups"] or [])


def check_target_instances(given: dict[str, t.Any]) -> None:
    """Check target_instances, which selects the hosts of a blue/green deployment (botocore model: TargetInstances)."""
    check_filters("target_instances.tag_filters", given.get("tag_filters") or [])
    check_tag_set("target_instances.ec2_tag_set", given.get("ec2_tag_set") or [])
    if given.get("tag_filters") and given.get("ec2_tag_set"):
        raise InvalidOption("target_instances: tag_filters cannot be combined with ec2_tag_set; set one of them")
    check_auto_scaling_groups(given.get("auto_scaling_groups") or [])
