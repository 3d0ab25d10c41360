# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory's hosts: their names and variables, from what AWS knows of them. Pure.

A record is what is known of one host, in snake_case: `instance_name` of an on-premises instance or `instance_id` of an EC2 instance, its `tags` by key,
its `region`, and what else there is. A variable is a member of it with a prefix, so that hosts can have those of other inventories beside them.

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

# What an EC2 instance is reached by (botocore model of EC2: Instance).
ADDRESSES = ("private_ip_address", "public_ip_address", "private_dns_name", "public_dns_name")
# What a host can be named after, besides its tags.
NAMES = ("instance_name", "instance_id", *ADDRESSES)
_EC2_MEMBERS = ("instance_id", *ADDRESSES, "instance_type", "platform")
# Characters of a refused name that a warning repeats.
_SHOWN = 60


class Named(t.NamedTuple):
    """The variables of the hosts by their names, and in `warnings` which names, and which hosts, were passed over."""

    hosts: dict[str, dict[str, t.Any]]
    warnings: list[str]


def record_from_ec2(instance: dict[str, t.Any]) -> Record:
    """What is told of an EC2 instance, from what DescribeInstances answers. It has no addresses of a kind that AWS leaves empty."""
    members = resource_from_aws({name: value for name, value in instance.items() if name != "Tags"})
    return {
        **{name: members[name] for name in _EC2_MEMBERS if members.get(name)},
        "instance_state": members.get("state", {}).get("name", ""),
        "availability_zone": members.get("placement", {}).get("availability_zone", ""),
        "tags": {tag["Key"]: tag.get("Value", "") for tag in instance.get("Tags", [])},
    }


def record_from_on_premises(instance: Record) -> Record:
    """What is told of an on-premises instance, from its canonical form."""
    return {**instance, "registration_status": "Deregistered" if "deregister_time" in instance else "Registered"}


def record_from_target(target: Record) -> Record:
    """What a deployment's TARGET, in canonical form, adds to the record of its host."""
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
    """Raise InvalidOption if hosts cannot be named after one of PREFERENCES, the option `hostnames`."""
    for each in preferences:
        if each not in NAMES and not (each.startswith(TAG) and each != TAG):
            raise InvalidOption(f"hostnames: {each!r} is neither {TAG}KEY nor one of {', '.join(NAMES)}")


def identity(record: Record) -> str:
    """What CodeDeploy calls the host: the name of the on-premises instance, or the id of the EC2 instance."""
    return str(record.get("instance_name") or record["instance_id"])


def _names(record: Record, preferences: list[str]) -> t.Iterator[tuple[str, t.Any]]:
    """What the host could be called, best first, each with where that comes from: of PREFERENCES those that it has, then its identity. Of several
    values of a tag, the first counts."""
    for each in preferences:
        value = record["tags"].get(each.removeprefix(TAG)) if each.startswith(TAG) else record.get(each)
        if value:
            yield each, value[0] if isinstance(value, list) else value
    yield "its name in CodeDeploy", identity(record)


def host_name(record: Record, preferences: list[str], groups: t.Container[str]) -> tuple[str | None, list[str]]:
    """What to call the host, the first of its names that a host beside GROUPS can have, or None, and a warning for each that was passed over."""
    where = f"{identity(record)[:_SHOWN]!r} in {record['region']}"
    warnings: list[str] = []
    for source, name in _names(record, preferences):
        problem = problem_with_name(name, groups)
        if problem is None:
            return name, warnings
        warnings.append(f"hostnames: {source} of {where} cannot name a host: {name[:_SHOWN]!r} {problem}")
    return None, [
        *warnings,
        f"hostnames: {where} is left out, since no name is left for it; give it a tag that names it",
    ]


def hosts_from_records(records: list[Record], preferences: list[str], groups: t.Container[str]) -> Named:
    """Name the hosts so that none is called like one of GROUPS. Raises InvalidOption if two would have the same name: one of them would be lost."""
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
            raise InvalidOption(f"hostnames: {both} would both be the host {name!r}; let names differ")
    hosts = {name: {f"{PREFIX}{key}": value for key, value in record.items()} for name, record in named.items()}
    return Named(hosts, warnings)


def are_records(value: t.Any) -> bool:
    """Whether VALUE, which a cache has kept, is what this version of the collection has put there."""
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
