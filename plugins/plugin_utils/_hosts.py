# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory's hosts: their names and variables, from AWS's records. Pure.

A record describes one host, in snake_case: `instance_name` of an on-premises instance or `instance_id` of an EC2 instance, its `tags` by key,
its `region`, and other members. A variable is a member with a prefix, so that hosts can also have variables of other inventories.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ..module_utils._aws.shapes import resource_from_aws
from ..module_utils._deployments.progress import failed_event
from ..module_utils._validation import InvalidOption
from ._host_names import problem_with_name

Record = dict[str, t.Any]

PREFIX = "codedeploy_"
TAG = "tag:"

# The addresses of an EC2 instance (botocore model of EC2: Instance).
ADDRESSES = ("private_ip_address", "public_ip_address", "private_dns_name", "public_dns_name")
# The members that can name a host, besides its tags.
NAMES = ("instance_name", "instance_id", *ADDRESSES)
_EC2_MEMBERS = ("instance_id", *ADDRESSES, "instance_type", "platform")
# The number of characters of a refused name that a warning shows.
_SHOWN = 60


class Named(t.NamedTuple):
    """The variables of the hosts by their names, and `warnings` about names and hosts that were skipped."""

    hosts: dict[str, dict[str, t.Any]]
    warnings: list[str]


def record_from_ec2(instance: dict[str, t.Any]) -> Record:
    """Return the record of an EC2 instance from the response of DescribeInstances, without addresses that AWS leaves empty."""
    members = resource_from_aws({name: value for name, value in instance.items() if name != "Tags"})
    return {
        **{name: members[name] for name in _EC2_MEMBERS if members.get(name)},
        "instance_state": members.get("state", {}).get("name", ""),
        "availability_zone": members.get("placement", {}).get("availability_zone", ""),
        "tags": {tag["Key"]: tag.get("Value", "") for tag in instance.get("Tags", [])},
    }


def record_from_on_premises(instance: Record) -> Record:
    """Return the record of an on-premises instance from its canonical form."""
    return {**instance, "registration_status": "Deregistered" if "deregister_time" in instance else "Registered"}


def record_from_target(target: Record) -> Record:
    """Return the additions to the record of a host from a deployment's TARGET in canonical form."""
    record = {"deployment_id": target.get("deployment_id"), "target_status": target["status"]}
    record |= {name: target[name] for name in ("instance_label", "last_updated_at") if name in target}
    failed = failed_event(target)
    if failed:
        record |= {
            "failed_lifecycle_event": failed["lifecycle_event_name"],
            "diagnostics": failed.get("diagnostics", {}),
        }
    return record


def check_hostnames(preferences: list[str]) -> None:
    """Raise InvalidOption if one of PREFERENCES, the option `hostnames`, is invalid."""
    for each in preferences:
        if each not in NAMES and not (each.startswith(TAG) and each != TAG):
            raise InvalidOption(f"hostnames: {each!r} is not valid; use {TAG}KEY or one of {', '.join(NAMES)}")


def identity(record: Record) -> str:
    """Return the host's name in CodeDeploy: the name of the on-premises instance, or the ID of the EC2 instance."""
    return str(record.get("instance_name") or record["instance_id"])


def _names(record: Record, preferences: list[str]) -> t.Iterator[tuple[str, t.Any]]:
    """Yield the possible names of the host, best first, each with its source: those of PREFERENCES that it has, then its identity. Of several
    values of a tag, the first is used."""
    for each in preferences:
        value = record["tags"].get(each.removeprefix(TAG)) if each.startswith(TAG) else record.get(each)
        if value:
            yield each, value[0] if isinstance(value, list) else value
    yield "its name in CodeDeploy", identity(record)


def host_name(record: Record, preferences: list[str], groups: t.Container[str]) -> tuple[str | None, list[str]]:
    """Return the name of the host, the first that a host beside GROUPS can have, or None, and a warning for each that was skipped."""
    where = f"{identity(record)[:_SHOWN]!r} in {record['region']}"
    warnings: list[str] = []
    for source, name in _names(record, preferences):
        problem = problem_with_name(name, groups)
        if problem is None:
            return name, warnings
        warnings.append(f"hostnames: {source} of {where} cannot name a host: {name[:_SHOWN]!r} {problem}")
    return None, [
        *warnings,
        f"hostnames: {where} is skipped, since none of its names can be used; give it a tag with a valid name",
    ]


def hosts_from_records(records: list[Record], preferences: list[str], groups: t.Container[str]) -> Named:
    """Return the hosts by name, none of which is that of one of GROUPS. Raise InvalidOption if two would have the same name: one would be lost."""
    named: dict[str, Record] = {}
    warnings: list[str] = []
    for record in records:
        name, passed_over = host_name(record, preferences, groups)
        warnings += passed_over
        if name is None:
            continue
        other = named.setdefault(name, record)
        if other is not record:
            both = " and ".join(f"{identity(each)!r} in {each['region']}" for each in (other, record))
            raise InvalidOption(f"hostnames: {both} would both be named {name!r}; choose hostnames that are unique")
    hosts = {name: {f"{PREFIX}{key}": value for key, value in record.items()} for name, record in named.items()}
    return Named(hosts, warnings)


def are_records(value: t.Any) -> bool:
    """Return whether VALUE, from a cache, was stored there by this version of the collection."""
    return isinstance(value, list) and all(
        isinstance(record, dict)
        and isinstance(record.get("region"), str)
        and isinstance(record.get("instance_name") or record.get("instance_id"), str)
        and all(isinstance(record.get(name, ""), str) for name in NAMES)
        and isinstance(record.get("tags"), dict)
        and all(_is_tag(each) for each in record["tags"].values())
        for record in value
    )


def _is_tag(value: t.Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))
