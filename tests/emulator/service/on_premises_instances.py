# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances: registered by name with one IAM identity, found by their tags."""

from __future__ import annotations

import random
import re
import string
from typing import Any

from ..engine.targets import matches_any
from ..errors import ServiceError
from ..operations import Call
from ..state import OnPremisesInstance, Region
from . import lookup
from .paging import page
from .registry import operation
from .tag_filters import check_tag_filters

MOST_TAGS = 10
MOST_IN_BATCH = 25
MOST_IN_TAG_CALL = 100
"""Instances in one call that adds or removes tags; the model names the error but not the number, so this is assumed."""
HELD_FOR = 24 * 60 * 60.0
"""Seconds from a deregistration until its record is deleted, and with it what keeps the name and the ARN from being registered
again: "typically about 24 hours" (AWS user guide, "Manually deregister an on-premises instance")."""

# The AWS CLI's rule for names (``aws deploy register``), the strictest known: no colon, and not what an EC2 id looks like.
_NAME = re.compile(r"(?!i-)[A-Za-z0-9+=,.@_-]{1,100}")
_USER_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:user/[\x21-\x7e]+")
_SESSION_ARN = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/[^/\s]+/[^/\s]+")


@operation("RegisterOnPremisesInstance")
def register_on_premises_instance(call: Call) -> None:
    parameters = call.parameters
    register(call.region, parameters["instanceName"], parameters.get("iamUserArn"), parameters.get("iamSessionArn"))


def register(region: Region, name: str, user_arn: str | None, session_arn: str | None) -> OnPremisesInstance:
    """Make the instance known, without tags. Raises ServiceError as the operation does."""
    _check_name(name)
    _check_arns(user_arn, session_arn)
    _check_no_conflict(region, name, user_arn, session_arn)
    suffix = "".join(random.choices(string.ascii_letters + string.digits, k=10))
    # The instance's ARN ends in letters of the service's choice (AWS user guide, register examples): not for composing.
    arn = region.arn(f"instance/{name}_{suffix}")
    instance = OnPremisesInstance(name, arn, region.clock.now(), user_arn, session_arn)
    region.on_premises_instances[name] = region.registered_hosts[instance.host_identifier] = instance
    return instance


@operation("DeregisterOnPremisesInstance")
def deregister_on_premises_instance(call: Call) -> None:
    """Soft: the name stays listed, and the name and the ARN stay held, for HELD_FOR. An unknown name is no error (model).

    The user guide says both that the tags go and that they stay; here they go, so that nobody counts on them.
    """
    _check_name(call.parameters["instanceName"])
    instance = find(call.region, call.parameters["instanceName"])
    if instance is not None and instance.registered:
        instance.deregister_time = call.region.clock.now()
        del call.region.registered_hosts[instance.host_identifier]
        call.region.deregistered_hosts[instance.host_identifier] = instance
        instance.tags = []


@operation("GetOnPremisesInstance")
def get_on_premises_instance(call: Call) -> dict[str, Any]:
    name = call.parameters["instanceName"]
    _check_name(name)
    instance = find(call.region, name)
    if instance is None:
        raise _not_registered(name)
    return {"instanceInfo": _instance_info(instance)}


@operation("BatchGetOnPremisesInstances")
def batch_get_on_premises_instances(call: Call) -> dict[str, Any]:
    """Unknown names are left out: the model declares no error for them."""
    names = call.parameters["instanceNames"]
    lookup.check_batch(names, MOST_IN_BATCH)
    for name in names:
        _check_name(name)
    found = [find(call.region, name) for name in names]
    return {"instanceInfos": [_instance_info(instance) for instance in found if instance is not None]}


@operation("ListOnPremisesInstances")
def list_on_premises_instances(call: Call) -> dict[str, Any]:
    """Several tag filters: any of them, as everywhere else in CodeDeploy (for this operation it is not documented)."""
    status, filters = call.parameters.get("registrationStatus"), call.parameters.get("tagFilters", [])
    check_tag_filters(filters, "InvalidTagFilterException")
    names = [
        instance.name
        for instance in call.region.on_premises_instances.values()
        if not _is_deleted(call.region, instance)
        and status in (None, "Registered" if instance.registered else "Deregistered")
        and (not filters or matches_any(filters, instance.tags))
    ]
    found, token = page(names, call.parameters.get("nextToken"), f"instances {status} {filters}")
    return {"instanceNames": found, "nextToken": token}


@operation("AddTagsToOnPremisesInstances")
def add_tags_to_on_premises_instances(call: Call) -> None:
    tags = _tag_pairs(call.parameters["tags"])
    instances = _registered_instances(call)
    merged = [list(dict.fromkeys([*instance.tags, *tags])) for instance in instances]
    if any(len(pairs) > MOST_TAGS for pairs in merged):
        raise ServiceError("TagLimitExceededException", f"An instance has at most {MOST_TAGS} tags.")
    for instance, pairs in zip(instances, merged, strict=True):
        instance.tags = pairs


@operation("RemoveTagsFromOnPremisesInstances")
def remove_tags_from_on_premises_instances(call: Call) -> None:
    """A tag goes only if key and value are both as given."""
    tags = _tag_pairs(call.parameters["tags"])
    for instance in _registered_instances(call):
        instance.tags = [tag for tag in instance.tags if tag not in tags]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = f"{name!r} is not a valid instance name: 1 to 100 of A-Z a-z 0-9 + = , . @ _ -, not starting with i-."
        raise ServiceError("InvalidInstanceNameException", message)


def _check_arns(user_arn: str | None, session_arn: str | None) -> None:
    if user_arn and session_arn:
        message = "Give either iamUserArn or iamSessionArn, not both."
        raise ServiceError("MultipleIamArnsProvidedException", message)
    if not user_arn and not session_arn:
        raise ServiceError("IamArnRequiredException", "Either iamUserArn or iamSessionArn must be specified.")
    if user_arn and not _USER_ARN.fullmatch(user_arn):
        raise ServiceError("InvalidIamUserArnException", f"Iam User ARN {user_arn} is not in a valid format")
    if session_arn and not _SESSION_ARN.fullmatch(session_arn):
        raise ServiceError("InvalidIamSessionArnException", f"Iam Session ARN {session_arn} is not in a valid format")


def _check_no_conflict(region: Region, name: str, user_arn: str | None, session_arn: str | None) -> None:
    """A name or an ARN that is registered, or whose record is not deleted yet, cannot be registered.

    That AWS refuses those of a record is documented; with which errors is not, so these are the nearest in the model.
    """
    if (instance := find(region, name)) is not None:
        message = f"The instance name {name} is already registered{_still(instance)}."
        raise ServiceError("InstanceNameAlreadyRegisteredException", message)
    if user_arn is not None and (instance := _find_holder(region, user_arn)) is not None:
        message = f"The IAM user ARN {user_arn} is already registered with another instance{_still(instance)}."
        raise ServiceError("IamUserArnAlreadyRegisteredException", message)
    if session_arn is not None and (instance := _find_holder(region, session_arn)) is not None:
        message = f"The IAM session ARN {session_arn} is already registered with another instance{_still(instance)}."
        raise ServiceError("IamSessionArnAlreadyRegisteredException", message)


def _still(instance: OnPremisesInstance) -> str:
    return "" if instance.registered else ": the record of a deregistered one is not deleted yet"


def _find_holder(region: Region, arn: str) -> OnPremisesInstance | None:
    """The instance with ARN that is registered, or whose record is not deleted yet."""
    instance = region.registered_hosts.get(arn) or region.deregistered_hosts.get(arn)
    return None if instance is None or _is_deleted(region, instance) else instance


def _tag_pairs(tags: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Key and value are both needed: a tag of a value alone is refused (AWS user guide, instances-tagging)."""
    for tag in tags:
        key, value = tag.get("Key", ""), tag.get("Value")
        if not 1 <= len(key) <= 128 or value is None or len(value) > 256:
            message = f"Tag {key!r}: a key of 1 to 128 characters and a value of up to 256 are needed."
            raise ServiceError("InvalidTagException", message)
    return [(tag["Key"], tag["Value"]) for tag in tags]


def _registered_instances(call: Call) -> list[OnPremisesInstance]:
    names = call.parameters["instanceNames"]
    if len(names) > MOST_IN_TAG_CALL:
        message = f"{len(names)} instances were named; at most {MOST_IN_TAG_CALL} are allowed in one call."
        raise ServiceError("InstanceLimitExceededException", message)
    for name in names:
        _check_name(name)
        if not _is_registered(call.region, name):
            raise _not_registered(name)
    return [call.region.on_premises_instances[name] for name in dict.fromkeys(names)]


def _is_registered(region: Region, name: str) -> bool:
    instance = find(region, name)
    return instance is not None and instance.registered


def find(region: Region, name: str) -> OnPremisesInstance | None:
    """The instance of that name, registered or not, until its record is deleted."""
    instance = region.on_premises_instances.get(name)
    return None if instance is None or _is_deleted(region, instance) else instance


def _is_deleted(region: Region, instance: OnPremisesInstance) -> bool:
    """Whether AWS has deleted the record of a deregistered instance."""
    return instance.deregister_time is not None and region.clock.now() >= instance.deregister_time + HELD_FOR


def _not_registered(name: str) -> ServiceError:
    return ServiceError("InstanceNotRegisteredException", f"The instance {name} is not registered.")


def _instance_info(instance: OnPremisesInstance) -> dict[str, Any]:
    return {
        "instanceName": instance.name,
        "iamSessionArn": instance.iam_session_arn,
        "iamUserArn": instance.iam_user_arn,
        "instanceArn": instance.arn,
        "registerTime": instance.register_time,
        "deregisterTime": instance.deregister_time,
        "tags": [{"Key": key, "Value": value} for key, value in instance.tags],
    }
