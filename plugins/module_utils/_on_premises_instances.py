# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances: the calls that read and write them, and their canonical form.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ._errors import after_iam, aws_call, aws_find
from ._plan import Plan, Resource
from ._shapes import resource_from_aws

# A tag as the API has it, and an instance's tags as the collection has them: a key that has several values has them as a sorted list.
Pair = tuple[str, str]
InstanceTags = dict[str, t.Any]

# The members that name who the instance is for IAM; it has one of them.
ARNS = ("iam_user_arn", "iam_session_arn")
# What a plan compares.
MANAGED = ("instance_name", *ARNS, "tags")
# A new registration begins without tags.
DEFAULTS: Resource = {"tags": {}}


@aws_find("read the on-premises instance")
def _get_instance(client: t.Any, name: str) -> dict[str, t.Any] | None:
    return t.cast("dict[str, t.Any]", client.get_on_premises_instance(instanceName=name)["instanceInfo"])


@aws_call("register the on-premises instance")
@after_iam
def _register(client: t.Any, instance: Resource) -> None:
    if "iam_user_arn" in instance:
        client.register_on_premises_instance(
            instanceName=instance["instance_name"], iamUserArn=instance["iam_user_arn"]
        )
    else:
        client.register_on_premises_instance(
            instanceName=instance["instance_name"], iamSessionArn=instance["iam_session_arn"]
        )


@aws_find("deregister the on-premises instance")
def _deregister(client: t.Any, name: str) -> None:
    client.deregister_on_premises_instance(instanceName=name)


@aws_call("add tags to the on-premises instance")
def _add_tags(client: t.Any, name: str, pairs: set[Pair]) -> None:
    client.add_tags_to_on_premises_instances(instanceNames=[name], tags=_api_tags(pairs))


@aws_find("remove tags from the on-premises instance")
def _remove_tags(client: t.Any, name: str, pairs: set[Pair]) -> None:
    client.remove_tags_from_on_premises_instances(instanceNames=[name], tags=_api_tags(pairs))


def _api_tags(pairs: set[Pair]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(pairs)]


def tags_from_pairs(pairs: t.Iterable[Pair]) -> InstanceTags:
    """Tags by key. The service may keep several values of one key; they must not hide each other from a plan."""
    values: dict[str, list[str]] = {}
    for key, value in sorted(set(pairs)):
        values.setdefault(key, []).append(value)
    return {key: found[0] if len(found) == 1 else found for key, found in values.items()}


def pairs_from_tags(tags: InstanceTags) -> set[Pair]:
    """The opposite of `tags_from_pairs`."""
    return {(key, value) for key, values in tags.items() for value in ([values] if isinstance(values, str) else values)}


def find_on_premises_instance(client: t.Any, name: str) -> Resource | None:
    """The registered instance NAME as AWS describes it, in snake_case; None if it was never registered, or was deregistered."""
    found = _get_instance(client, name)
    if found is None or "deregisterTime" in found:
        return None
    pairs = ((tag["Key"], tag.get("Value", "")) for tag in found.get("tags", []))
    return {**resource_from_aws(found), "tags": tags_from_pairs(pairs)}


def apply_tags(client: t.Any, name: str, before: InstanceTags, after: InstanceTags) -> None:
    """Write the difference between two states of an instance's tags. A pair that goes makes room before another comes."""
    old, new = pairs_from_tags(before), pairs_from_tags(after)
    if old - new:
        _remove_tags(client, name, old - new)
    if new - old:
        _add_tags(client, name, new - old)


def apply_on_premises_instance(client: t.Any, plan: Plan) -> None:
    """Write PLAN.

    The AWS user guide says both that tags outlive a registration and that they do not. So they are removed before
    deregistering, and what a new registration finds under its name is brought to what the plan says.
    """
    if plan.before is None and plan.after is not None:
        name = plan.after["instance_name"]
        _register(client, plan.after)
        registered = find_on_premises_instance(client, name) or DEFAULTS
        apply_tags(client, name, registered["tags"], plan.after["tags"])
    elif plan.before is not None and plan.after is None:
        name = plan.before["instance_name"]
        apply_tags(client, name, plan.before["tags"], {})
        _deregister(client, name)
    elif plan.before is not None and plan.after is not None:
        apply_tags(client, plan.before["instance_name"], plan.before["tags"], plan.after["tags"])
