# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances: the calls that read and write them, one or many, and their canonical form.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t

from ._answers import pages
from ._batches import batches
from ._converge import settled
from ._errors import CodeDeployError, aws_call, aws_find, error_code
from ._plan import Plan, Resource
from ._propagation import write_patiently
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

# BatchGetOnPremisesInstances takes 25 names (botocore model). How many the calls that change tags take is not documented.
INSTANCES_A_CALL = 25


@aws_call("read the on-premises instances")
def _batch_get(client: t.Any, names: list[str]) -> list[dict[str, t.Any]]:
    return list(client.batch_get_on_premises_instances(instanceNames=names).get("instanceInfos", []))


@aws_call("list the on-premises instances")
def list_on_premises_instances(client: t.Any, **filters: t.Any) -> list[str]:
    """The names of the instances that FILTERS, members of ListOnPremisesInstances, let through."""
    found = pages(client, "list_on_premises_instances", **filters)
    return [name for page in found for name in page.get("instanceNames", [])]


@aws_call("register the on-premises instance")
def _register(client: t.Any, name: str, **arn: str) -> None:
    client.register_on_premises_instance(instanceName=name, **arn)


@aws_find("deregister the on-premises instance")
def deregister(client: t.Any, name: str) -> None:
    """Deregister the instance NAME, if it is registered."""
    client.deregister_on_premises_instance(instanceName=name)


@aws_call("add tags to on-premises instances")
def _add_tags(client: t.Any, names: list[str], pairs: t.Iterable[Pair]) -> None:
    client.add_tags_to_on_premises_instances(instanceNames=names, tags=_api_tags(pairs))


@aws_find("remove tags from on-premises instances", default=False)
def _remove_tags(client: t.Any, names: list[str], pairs: t.Iterable[Pair]) -> bool:
    client.remove_tags_from_on_premises_instances(instanceNames=names, tags=_api_tags(pairs))
    return True


def _api_tags(pairs: t.Iterable[Pair]) -> list[dict[str, str]]:
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


def instance_from_aws(info: dict[str, t.Any]) -> Resource:
    """An InstanceInfo in snake_case, with its tags by key."""
    pairs = ((tag["Key"], tag.get("Value", "")) for tag in info.get("tags", []))
    return {**resource_from_aws(info), "tags": tags_from_pairs(pairs)}


def find_on_premises_instances(client: t.Any, names: t.Iterable[str]) -> list[Resource]:
    """The instances NAMES as AWS describes them, in snake_case, in the order of NAMES; those that never were registered are missing."""
    wanted = list(dict.fromkeys(names))
    infos = [info for batch in batches(wanted, INSTANCES_A_CALL) for info in _batch_get(client, batch)]
    by_name = {info["instanceName"]: instance_from_aws(info) for info in infos}
    return [by_name[name] for name in wanted if name in by_name]


def find_records(client: t.Any, names: t.Iterable[str]) -> dict[str, Resource]:
    """What AWS knows of the instances NAMES, by name. It remembers registrations that have gone: they have `deregister_time`."""
    return {each["instance_name"]: each for each in find_on_premises_instances(client, names)}


def registered(records: t.Mapping[str, Resource]) -> dict[str, Resource]:
    """Those of RECORDS that are of registered instances."""
    return {name: each for name, each in records.items() if "deregister_time" not in each}


def find_registered(client: t.Any, names: t.Iterable[str]) -> dict[str, Resource]:
    """Those of the instances NAMES that are registered, by name."""
    return registered(find_records(client, names))


def register(client: t.Any, plan: Plan, wait_timeout: int) -> None:
    """Register the instance of PLAN, for WAIT_TIMEOUT seconds as long as its user is not known; if it has another ARN, instead of that.

    A new registration has no tags. One that takes the place of another gets its tags at once, to be without them for no longer than needed.
    If it cannot be made, the old one is made again. One that is there already, perhaps by a call whose answer was lost, is taken.
    """
    before, after = plan.before, plan.after or {}
    name = after["instance_name"]
    if before:
        deregister(client, name)
    try:
        write_patiently(functools.partial(_register, client, name, **api_arn(after)), wait_timeout)
    except CodeDeployError as error:
        if error_code(error) != "InstanceNameAlreadyRegisteredException" or not has_arn(client, name, after):
            if before:
                _register(client, name, **api_arn(before))
                apply_tags(client, {name: ({}, before["tags"])})
            raise
    if before:
        apply_tags(client, {name: ({}, after["tags"])})


def has_arn(client: t.Any, name: str, wanted: Resource) -> bool:
    """Whether the instance NAME is registered with the ARN of WANTED, once AWS shows it."""

    def difference(found: Resource | None) -> Plan:
        return Plan(api_arn((found or {}).get(name, {})), api_arn(wanted))

    return not settled(functools.partial(find_registered, client, [name]), difference)[0].changed


def api_arn(instance: Resource) -> dict[str, str]:
    """Who INSTANCE is for IAM, as the API names it."""
    members = {"iam_user_arn": "iamUserArn", "iam_session_arn": "iamSessionArn"}
    return {member: instance[name] for name, member in members.items() if instance.get(name)}


def apply_tags(client: t.Any, changes: t.Mapping[str, tuple[InstanceTags, InstanceTags]]) -> None:
    """Write the CHANGES of tags, by instance its tags before and after. Instances with the same change share calls.

    A pair that goes makes room before another comes.
    """
    pairs = {name: (pairs_from_tags(before), pairs_from_tags(after)) for name, (before, after) in changes.items()}
    for removed, names in _by_pairs({name: old - new for name, (old, new) in pairs.items()}):
        if not _remove_tags(client, names, removed):
            for name in names:  # one that is not registered any more has kept the call from the others
                _remove_tags(client, [name], removed)
    for added, names in _by_pairs({name: new - old for name, (old, new) in pairs.items()}):
        _add_tags(client, names, added)


def _by_pairs(changes: dict[str, set[Pair]]) -> t.Iterator[tuple[frozenset[Pair], list[str]]]:
    """The CHANGES by what changes, with the names of the instances, as many as go into a call."""
    names: dict[frozenset[Pair], list[str]] = {}
    for name, pairs in changes.items():
        names.setdefault(frozenset(pairs), []).append(name)
    return (
        (pairs, batch) for pairs, all_names in names.items() if pairs for batch in batches(all_names, INSTANCES_A_CALL)
    )
