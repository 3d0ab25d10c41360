# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances: the calls that read and write them, one or many, and their canonical form.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import functools
import typing as t

from .._aws.answers import pages
from .._aws.calls import aws_call, aws_find, error_code, refused
from .._aws.converge import settled
from .._aws.propagation import write_patiently
from .._aws.shapes import resource_from_aws
from .._batches import batches
from .._errors import CodeDeployError
from .._plan import Plan, Resource
from .forms import InstanceTags, Pair, api_arn, pairs_from_tags, registered, tags_from_pairs

# AWS's errors for registering a name or an ARN that another registration has, or that it still holds for a deregistered one.
NAME_TAKEN = "InstanceNameAlreadyRegisteredException"
ARN_TAKEN = ("IamUserArnAlreadyRegisteredException", "IamSessionArnAlreadyRegisteredException")
# Until AWS has deleted the record of a deregistered instance, neither its name nor its ARN can be registered, "typically about
# 24 hours" (AWS user guide, "Manually deregister an on-premises instance").
HELD_FOR = datetime.timedelta(hours=24)

# BatchGetOnPremisesInstances takes 25 names (botocore model). The limit of the calls that change tags is not documented.
INSTANCES_A_CALL = 25


@aws_call("read the on-premises instances")
def _batch_get(client: t.Any, names: list[str]) -> list[dict[str, t.Any]]:
    return list(client.batch_get_on_premises_instances(instanceNames=names).get("instanceInfos", []))


@aws_call("list the on-premises instances")
def list_on_premises_instances(client: t.Any, **filters: t.Any) -> list[str]:
    """Return the names of the instances that match FILTERS, members of ListOnPremisesInstances."""
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


def instance_from_aws(info: dict[str, t.Any]) -> Resource:
    """Return an InstanceInfo in snake_case, with its tags by key."""
    pairs = ((tag["Key"], tag.get("Value", "")) for tag in info.get("tags", []))
    return {**resource_from_aws(info), "tags": tags_from_pairs(pairs)}


def find_on_premises_instances(client: t.Any, names: t.Iterable[str]) -> list[Resource]:
    """Return the instances NAMES as AWS describes them, in snake_case, in the order of NAMES, without those that were never registered."""
    wanted = list(dict.fromkeys(names))
    infos = [info for batch in batches(wanted, INSTANCES_A_CALL) for info in _batch_get(client, batch)]
    by_name = {info["instanceName"]: instance_from_aws(info) for info in infos}
    return [by_name[name] for name in wanted if name in by_name]


def find_records(client: t.Any, names: t.Iterable[str]) -> dict[str, Resource]:
    """Return AWS's records of the instances NAMES, by name, including deregistered ones, which have `deregister_time`."""
    return {each["instance_name"]: each for each in find_on_premises_instances(client, names)}


def find_registered(client: t.Any, names: t.Iterable[str]) -> dict[str, Resource]:
    """Return those of the instances NAMES that are registered, by name."""
    return registered(find_records(client, names))


def register(client: t.Any, plan: Plan, wait_timeout: int) -> None:
    """Register the instance of PLAN, without tags, and wait up to WAIT_TIMEOUT seconds for its user to be visible. Replace a registration with another ARN."""
    after = plan.after or {}
    if plan.before:
        _replace(client, plan.before, after, wait_timeout)
    else:
        _register_once(client, after, wait_timeout)


def _replace(client: t.Any, before: Resource, after: Resource, wait_timeout: int) -> None:
    """Deregister BEFORE and register AFTER, or else BEFORE again.

    Try the registration first while BEFORE exists, so that nothing is lost if AWS refuses it for any other reason than the name.
    """
    name = after["instance_name"]
    try:
        write_patiently(functools.partial(_register, client, name, **api_arn(after)), wait_timeout)
    except CodeDeployError as error:
        if error_code(error) != NAME_TAKEN:
            raise
        deregister(client, name)
        _register_instead(client, before, after, wait_timeout)


def _register_instead(client: t.Any, before: Resource, after: Resource, wait_timeout: int) -> None:
    """Register AFTER in place of BEFORE, which has been deregistered, and register BEFORE again if that fails.

    Raise CodeDeployErrors with `changed` set.
    """
    name = after["instance_name"]
    try:
        _register_once(client, after, wait_timeout)
    except CodeDeployError as error:
        try:
            _register_once(client, before, wait_timeout)
        except CodeDeployError:
            lost = f"{name} was deregistered to change its ARN, but could not be registered again: {error.message}"
            raise CodeDeployError(lost, error.exception, changed=True) from error
        apply_tags(client, {name: ({}, before["tags"])})
        kept = f"{name} is registered with its old ARN again: {error.message}"
        raise CodeDeployError(kept, error.exception, changed=True) from error


def _register_once(client: t.Any, instance: Resource, wait_timeout: int) -> None:
    """Register INSTANCE with its ARN. Accept a registration that exists already, perhaps because a response was lost."""
    name = instance["instance_name"]
    try:
        write_patiently(functools.partial(_register, client, name, **api_arn(instance)), wait_timeout)
    except CodeDeployError as error:
        if refused(error) and error_code(error) not in (NAME_TAKEN, *ARN_TAKEN):
            raise
        record = _record_after(client, name, error)
        if "deregister_time" in record or api_arn(record) != api_arn(instance):
            raise explained_refusal(error, instance, record) from error


def _record_after(client: t.Any, name: str, error: CodeDeployError) -> Resource:
    """Return AWS's record of the instance NAME after a registration that ended with ERROR. Unless it is about the ARN, wait a moment for a record."""

    def missing(records: Resource | None) -> Plan:
        return Plan(None, None if records or error_code(error) in ARN_TAKEN else {})

    return t.cast(
        "Resource", (settled(functools.partial(find_records, client, [name]), missing)[1] or {}).get(name, {})
    )


def explained_refusal(error: CodeDeployError, instance: Resource, record: Resource) -> CodeDeployError:
    """Return ERROR, for a registration of INSTANCE that AWS refused, with the cause, if RECORD of its name shows it, and the remedy."""
    if "deregister_time" in record and (error_code(error) == NAME_TAKEN or api_arn(record) == api_arn(instance)):
        advice = "run this task again after that, or use another name with another ARN now"
        return CodeDeployError(f"instance_name: {held(record)}; {advice}", error.exception)
    if error_code(error) in ARN_TAKEN:
        advice = "another instance has this ARN, or was deregistered with it less than 24 hours ago: use another ARN"
        return CodeDeployError(f"{error.message} ({advice})", error.exception)
    return error


def held(record: Resource) -> str:
    """Return until when AWS holds the name of RECORD, a deregistered instance, as a message."""
    until = datetime.datetime.fromisoformat(record["deregister_time"]) + HELD_FOR
    return (
        f"AWS still holds the name {record['instance_name']} and its ARN after the deregistration, typically for 24 hours, "
        f"until about {until.astimezone(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC"
    )


def find_holders(client: t.Any, arns: set[str]) -> dict[str, str]:
    """Return the names of the instances that have ARNS, by ARN: registered ones, and deregistered ones that AWS still holds. Reads all instances."""
    records = find_on_premises_instances(client, list_on_premises_instances(client))
    return {arn: each["instance_name"] for each in records for arn in api_arn(each).values() if arn in arns}


def apply_tags(client: t.Any, changes: t.Mapping[str, tuple[InstanceTags, InstanceTags]]) -> None:
    """Write the CHANGES of tags, which map an instance to its tags before and after. Instances with the same change share calls.

    Remove pairs before adding others, to make room for them.
    """
    pairs = {name: (pairs_from_tags(before), pairs_from_tags(after)) for name, (before, after) in changes.items()}
    for removed, names in _by_pairs({name: old - new for name, (old, new) in pairs.items()}):
        if not _remove_tags(client, names, removed):
            for name in names:  # an instance that is no longer registered has made the call fail for the others
                _remove_tags(client, [name], removed)
    for added, names in _by_pairs({name: new - old for name, (old, new) in pairs.items()}):
        _add_tags(client, names, added)


def _by_pairs(changes: dict[str, set[Pair]]) -> t.Iterator[tuple[frozenset[Pair], list[str]]]:
    """Return the CHANGES by their tag pairs, each with the names of its instances in batches."""
    names: dict[frozenset[Pair], list[str]] = {}
    for name, pairs in changes.items():
        names.setdefault(frozenset(pairs), []).append(name)
    return (
        (pairs, batch) for pairs, all_names in names.items() if pairs for batch in batches(all_names, INSTANCES_A_CALL)
    )
