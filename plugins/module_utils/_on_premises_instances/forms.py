# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of on-premises instances and of their tags.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Resource

# A tag as the API has it, and an instance's tags as the collection has them: a key that has several values has them as a sorted list.
Pair = tuple[str, str]


InstanceTags = dict[str, t.Any]


# The members that name who the instance is for IAM; it has one of them.
ARNS = ("iam_user_arn", "iam_session_arn")


# What a plan compares.
MANAGED = ("instance_name", *ARNS, "tags")


# A new registration begins without tags.
DEFAULTS: Resource = {"tags": {}}


def tags_from_pairs(pairs: t.Iterable[Pair]) -> InstanceTags:
    """Tags by key. The service may keep several values of one key; they must not hide each other from a plan."""
    values: dict[str, list[str]] = {}
    for key, value in sorted(set(pairs)):
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def pairs_from_tags(tags: InstanceTags) -> set[Pair]:
    """The opposite of `tags_from_pairs`."""
    return {(key, value) for key, values in tags.items() for value in ([values] if isinstance(values, str) else values)}


def registered(records: t.Mapping[str, Resource]) -> dict[str, Resource]:
    """Those of RECORDS that are of registered instances."""
    return {name: each for name, each in records.items() if "deregister_time" not in each}


def api_arn(instance: Resource) -> dict[str, str]:
    """Who INSTANCE is for IAM, as the API names it."""
    members = {"iam_user_arn": "iamUserArn", "iam_session_arn": "iamSessionArn"}
    return {member: instance[name] for name, member in members.items() if instance.get(name)}
