# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup of the hosts that the inventory's options select in a region, as records of _hosts.py.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._batches import batches
from ..module_utils._deployment_groups.api import require_deployment_group
from ..module_utils._deployment_groups.forms import tag_filters, tag_set
from ..module_utils._deployment_groups.hosts import (
    describe_instances,
    filter_lists,
    on_premises_names,
    selected,
    selections,
)
from ..module_utils._deployment_groups.selection_rules import check_filters, check_tag_set
from ..module_utils._deployments.api import find_deployment, find_targets, list_deployments
from ..module_utils._errors import CodeDeployError
from ..module_utils._on_premises_instances.api import find_on_premises_instances, list_on_premises_instances
from ..module_utils._validation import InvalidOption, check_deployment_id, check_name
from ._hosts import Record, check_hostnames, record_from_ec2, record_from_on_premises, record_from_target

Options = t.Mapping[str, t.Any]

# The values for a deployment group's last deployments, which need no ID.
LAST = ("last", "last_failed", "last_successful")
GROUP = ("application_name", "deployment_group_name")
ON_PREMISES = ("registration_status", "tag_filters", "tag_set")
# The most values of a filter of DescribeInstances (Amazon EC2 user guide, "Filter and search").
IDS_A_CALL = 200


def check_options(options: Options) -> None:
    """Raise InvalidOption if OPTIONS are invalid, alone or together."""
    deployment = options["deployment"]
    by_id = deployment and deployment not in LAST
    group, on_premises = ([name for name in names if options[name]] for names in (GROUP, ON_PREMISES))
    rules = (
        (len(group) == 1, f"{' and '.join(GROUP)}: only one is set; set both"),
        (
            by_id and group,
            f"deployment: {deployment!r} cannot be combined with {' and '.join(group)}; use one of {', '.join(LAST)}",
        ),
        (deployment in LAST and not group, f"deployment: {deployment!r} requires {' and '.join(GROUP)}; set them"),
        (
            options["target_statuses"] and not deployment,
            "target_statuses: requires deployment, which is not set; set it, or remove target_statuses",
        ),
        (
            on_premises and (group or deployment),
            f"{' and '.join(on_premises)}: cannot be combined with {', '.join([*group, *(['deployment'] if deployment else [])])}",
        ),
        (
            options["tag_filters"] and options["tag_set"],
            "tag_filters: cannot be combined with tag_set; set one of them",
        ),
        ("{{" in str(options["tag_filters"]), "tag_filters: cannot contain templates; use plain values"),
        ("{{" in str(options["tag_set"]), "tag_set: cannot contain templates; use plain values"),
    )
    for is_broken, message in rules:
        if is_broken:
            raise InvalidOption(message)
    if by_id:
        check_deployment_id("deployment", deployment)
    for name in group:
        check_name(name, options[name])
    check_filters("tag_filters", options["tag_filters"] or [])
    check_tag_set("tag_set", options["tag_set"] or [])
    check_hostnames(options["hostnames"])


def find_records(connect: Connect, options: Options) -> list[Record]:
    """Return the records of the hosts that OPTIONS select, sorted by their names in CodeDeploy, without those that no longer exist."""
    client = connect("codedeploy")
    status = options["registration_status"] or "Registered"
    if options["deployment"]:
        found = _targets(client, options)
    elif options["application_name"]:
        found = {host: {} for host in _group_hosts(connect, options)}
    else:
        found = {host: {} for host in _on_premises_names(client, options, status)}
    known = {**_ec2_records(connect, found), **_on_premises_records(client, found, status)}
    region = client.meta.region_name
    return [{**known[host], **found[host], "region": region} for host in sorted(found) if host in known]


def _on_premises_names(client: t.Any, options: Options, status: str) -> set[str]:
    """Return the on-premises instances with the registration STATUS that the options select."""
    given = {"tag_filters": tag_filters(options["tag_filters"] or []), "tag_set": tag_set(options["tag_set"] or [])}
    lists = filter_lists(given, "tag_filters", "tag_set")
    if not lists:
        return set(list_on_premises_instances(client, registrationStatus=status))
    return selected(lists, lambda each: on_premises_names(client, each, status))


def _group_hosts(connect: Connect, options: Options) -> set[str]:
    """Return the hosts of the deployment group that the options name."""
    group = require_deployment_group(connect("codedeploy"), *(options[name] for name in GROUP))
    _require_hosts("deployment_group_name", group["deployment_group_name"], group)
    return set[str]().union(*selections(connect, group))


def _targets(client: t.Any, options: Options) -> dict[str, Record]:
    """Return the additions to the records of hosts from the deployment's targets that the options select, by identity."""
    deployment_id = _deployment_id(client, options)
    if deployment_id is None:
        return {}
    deployment = find_deployment(client, deployment_id)
    if deployment is None:
        raise CodeDeployError(
            f"deployment: there is no deployment {deployment_id!r} in {client.meta.region_name}; check the ID, the region and the account"
        )
    _require_hosts("deployment", deployment_id, deployment)
    targets = find_targets(client, deployment_id, options["target_statuses"] or ())
    return {target["target_id"]: record_from_target(target) for target in targets}


def _deployment_id(client: t.Any, options: Options) -> str | None:
    """Return the ID of the deployment that the options name; None if the deployment group has had no such deployment."""
    deployment = options["deployment"]
    if deployment not in LAST:
        return str(deployment)
    names = {name: options[name] for name in GROUP}
    group = require_deployment_group(client, *names.values())
    if deployment == "last_failed":
        failed = list_deployments(client, {**names, "include_only_statuses": ["Failed"]})
        return failed[0]["deployment_id"] if failed else None
    member = {"last": "last_attempted_deployment", "last_successful": "last_successful_deployment"}[deployment]
    return t.cast("str | None", group.get(member, {}).get("deployment_id"))


def _require_hosts(option: str, name: str, resource: Record) -> None:
    """Raise CodeDeployError if the deployment group or deployment NAME, from OPTION, does not deploy to hosts."""
    platform = resource.get("compute_platform", "Server")
    if platform != "Server":
        raise CodeDeployError(
            f"{option}: {name!r} is for the platform {platform}, which has no hosts; use one for Server"
        )


def _ec2_records(connect: Connect, hosts: t.Iterable[str]) -> dict[str, Record]:
    """Return the records of those of HOSTS that are EC2 instances and have not been terminated, by ID."""
    ids = sorted(host for host in hosts if host.startswith("i-"))
    instances = [
        record_from_ec2(instance)
        for batch in batches(ids, IDS_A_CALL)
        for instance in describe_instances(connect("ec2"), [{"Name": "instance-id", "Values": batch}])
    ]
    return {instance["instance_id"]: instance for instance in instances}


def _on_premises_records(client: t.Any, hosts: t.Iterable[str], status: str) -> dict[str, Record]:
    """Return the records of those of HOSTS that are on-premises instances with the registration STATUS, by name."""
    names = sorted(host for host in hosts if not host.startswith("i-"))
    records = map(record_from_on_premises, find_on_premises_instances(client, names))
    return {record["instance_name"]: record for record in records if record["registration_status"] == status}
