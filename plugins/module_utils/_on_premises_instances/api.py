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
from .._aws.calls import CodeDeployError, aws_call, aws_find, error_code, refused
from .._aws.converge import settled
from .._aws.propagation import write_patiently
from .._aws.shapes import resource_from_aws
from .._batches import batches
from .._plan import Plan, Resource
from .forms import InstanceTags, Pair, api_arn, pairs_from_tags, registered, tags_from_pairs

# How AWS refuses to register a name or an ARN that it has for another registration, or still holds for one that has gone.
NAME_TAKEN = "InstanceNameAlreadyRegisteredException"
ARN_TAKEN = ("IamUserArnAlreadyRegisteredException", "IamSessionArnAlreadyRegisteredException")
# Until AWS has deleted the record of a registration that has gone, neither its name nor its ARN can be registered, "typically about
# 24 hours" (AWS user guide, "Manually deregister an on-premises instance").
HELD_FOR = datetime.timedelta(hours=24)

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


def find_registered(client: t.Any, names: t.Iterable[str]) -> dict[str, Resource]:
    """Those of the instances NAMES that are registered, by name."""
    return registered(find_records(client, names))


def register(client: t.Any, plan: Plan, wait_timeout: int) -> None:
    """Register the instance of PLAN, without tags, for WAIT_TIMEOUT seconds as long as its user is not known; if it has another ARN, instead of that."""
    after = plan.after or {}
    if plan.before:
        _replace(client, plan.before, after, wait_timeout)
    else:
        _register_once(client, after, wait_timeout)


def _replace(client: t.Any, before: Resource, after: Resource, wait_timeout: int) -> None:
    """Deregister BEFORE and register AFTER, or else BEFORE again.

    The registration is tried first while BEFORE is there, so nothing is lost if AWS refuses it for any other reason than the name.
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
    """Register AFTER in the place of BEFORE, which has been deregistered and is registered again if AFTER cannot be.

    Raises CodeDeployErrors that say that they have `changed` something.
    """
    name = after["instance_name"]
    try:
        _register_once(client, after, wait_timeout)
    except CodeDeployError as error:
        try:
            _register_once(client, before, wait_timeout)
        except CodeDeployError:
            lost = f"{name} was deregistered to change its ARN, and could not be registered again: {error.message}"
            raise CodeDeployError(lost, error.exception, changed=True) from error
        apply_tags(client, {name: ({}, before["tags"])})
        kept = f"{name} is registered with its old ARN again: {error.message}"
        raise CodeDeployError(kept, error.exception, changed=True) from error


def _register_once(client: t.Any, instance: Resource, wait_timeout: int) -> None:
    """Register INSTANCE with its ARN. A registration that is there already, perhaps by a call whose answer was lost, is taken."""
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
    """What AWS knows of the instance NAME after a registration that ended with ERROR. Unless it is about the ARN, a record may show only after a moment."""

    def missing(records: Resource | None) -> Plan:
        return Plan(None, None if records or error_code(error) in ARN_TAKEN else {})

    return t.cast(
        "Resource", (settled(functools.partial(find_records, client, [name]), missing)[1] or {}).get(name, {})
    )


def explained_refusal(error: CodeDeployError, instance: Resource, record: Resource) -> CodeDeployError:
    """ERROR, by which AWS refused to register INSTANCE, with the cause if RECORD of its name tells it, and the remedy."""
    if "deregister_time" in record and (error_code(error) == NAME_TAKEN or api_arn(record) == api_arn(instance)):
        advice = "run this task again then, or use another name with another ARN now"
        return CodeDeployError(f"instance_name: {held(record)}; {advice}", error.exception)
    if error_code(error) in ARN_TAKEN:
        advice = "another instance has this ARN, or was deregistered with it less than 24 hours ago: use another one"
        return CodeDeployError(f"{error.message} ({advice})", error.exception)
    return error


def held(record: Resource) -> str:
    """How long AWS holds the name of RECORD, which is that of a registration that has gone."""
    until = datetime.datetime.fromisoformat(record["deregister_time"]) + HELD_FOR
    return (
        f"AWS still holds the name {record['instance_name']} and its ARN after the deregistration, typically for 24 hours, "
        f"until about {until.astimezone(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC"
    )


def find_holders(client: t.Any, arns: set[str]) -> dict[str, str]:
    """The names of the instances that have ARNS, by ARN: registered, or gone and not yet forgotten by AWS. Reads all instances."""
    records = find_on_premises_instances(client, list_on_premises_instances(client))
    return {arn: each["instance_name"] for each in records for arn in api_arn(each).values() if arn in arns}


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
