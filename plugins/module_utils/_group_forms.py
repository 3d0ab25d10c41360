# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of a deployment group: one form for what a user asks for and what AWS answers, so that `==` compares them. Pure.

In it, AWS's defaults are filled in, lists without an order are sorted and have no duplicates, and what is empty is there and empty.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import typing as t

from ._plan import Resource

Item = t.TypeVar("Item")
Filter = dict[str, str]

# The members that each type of tag filter speaks of (botocore model: EC2TagFilter, TagFilter).
FILTER_MEMBERS = {"KEY_ONLY": ("key",), "VALUE_ONLY": ("value",), "KEY_AND_VALUE": ("key", "value")}

# Two ways to say which hosts a group has, a list of filters and a tag set; a group has one or the other (botocore model: DeploymentGroupInfo).
PAIRS = (("ec2_tag_filters", "ec2_tag_set"), ("on_premises_instance_tag_filters", "on_premises_tag_set"))
TARGETING = tuple(name for pair in PAIRS for name in pair)


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


def rollback(given: dict[str, t.Any]) -> Resource:
    """When AWS rolls back by itself. Enabled, unless it says otherwise or there is nothing to enable."""
    events = unordered(given.get("events") or [])
    return {"enabled": bool(events) if given.get("enabled") is None else given["enabled"], "events": events}


FORMS: dict[str, t.Callable[[t.Any], t.Any]] = {
    **{filters: tag_filters for filters, _tag_set in PAIRS},
    **{name: tag_set for _filters, name in PAIRS},
    "auto_rollback_configuration": rollback,
}
# What stands for "there is none". AWS answers a rollback that was cleared as disabled and empty, or not at all (observed by Terraform's tests).
EMPTY: Resource = {**{name: [] for name in TARGETING}, "auto_rollback_configuration": {"enabled": False, "events": []}}


def defaults(platform: str) -> Resource:
    """What CreateDeploymentGroup fills in for an application of the compute PLATFORM (observed by Terraform's tests, for Server only)."""
    if platform != "Server":
        return EMPTY
    return {
        **EMPTY,
        "deployment_config_name": "CodeDeployDefault.OneAtATime",
        "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
    }


def form_from_options(params: dict[str, t.Any]) -> Resource:
    """The members of FORMS as the options PARAMS want them; None where an option is left out.

    Filters clear the tag set beside them, and a tag set the filters, because a group cannot have both.
    """
    form = {name: None if params[name] is None else shape(params[name]) for name, shape in FORMS.items()}
    for pair in PAIRS:
        for given, other in (pair, pair[::-1]):
            if form[given]:
                form[other] = []
    return form


def form_from_service(group: Resource) -> Resource:
    """The members of FORMS as AWS has them, from its answer GROUP in snake_case, which wraps a tag set once more."""
    given = {**group, **{name: (group.get(name) or {}).get(f"{name}_list") for _filters, name in PAIRS}}
    return {name: shape(given[name]) if given.get(name) else EMPTY[name] for name, shape in FORMS.items()}
