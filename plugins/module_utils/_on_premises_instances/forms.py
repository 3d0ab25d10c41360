# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of on-premises instances and of their tags.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Resource

# A tag in the API's form, and an instance's tags in the collection's form: several values of one key are a sorted list.
Pair = tuple[str, str]


InstanceTags = dict[str, t.Any]


# The members for the IAM identity of an instance; it has one of them.
ARNS = ("iam_user_arn", "iam_session_arn")


# The members that a plan compares.
MANAGED = ("instance_name", *ARNS, "tags")


# A new registration has no tags.
DEFAULTS: Resource = {"tags": {}}


def tags_from_pairs(pairs: t.Iterable[Pair]) -> InstanceTags:
    """Return tags by key. The service may keep several values of one key; a plan must see them all."""
    values: dict[str, list[str]] = {}
    for key, value in sorted(set(pairs)):
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def pairs_from_tags(tags: InstanceTags) -> set[Pair]:
    """Return the inverse of `tags_from_pairs`."""
    return {(key, value) for key, values in tags.items() for value in ([values] if isinstance(values, str) else values)}


def registered(records: t.Mapping[str, Resource]) -> dict[str, Resource]:
    """Return those of RECORDS that are of registered instances."""
    return {name: each for name, each in records.items() if "deregister_time" not in each}


def api_arn(instance: Resource) -> dict[str, str]:
    """Return the IAM identity of INSTANCE in the API's form."""
    members = {"iam_user_arn": "iamUserArn", "iam_session_arn": "iamSessionArn"}
    return {member: instance[name] for name, member in members.items() if instance.get(name)}
