# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resolution of tag filters and Auto Scaling groups to hosts, as CodeDeploy does when a deployment starts.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._aws.answers import pages
from .._aws.calls import Connect, aws_call
from .._on_premises_instances.api import list_on_premises_instances

Resource = dict[str, t.Any]
Filter = dict[str, str]
Query = t.Callable[[Filter], set[str]]

# Stopped instances are targets, too, and fail (AWS user guide, instances-health).
_INSTANCE_STATES = ["pending", "running", "stopping", "stopped"]


@aws_call("find the EC2 instances")
def describe_instances(ec2: t.Any, filters: list[Resource]) -> list[Resource]:
    """Return the instances that match FILTERS of DescribeInstances, as AWS describes them, without terminated ones."""
    states = {"Name": "instance-state-name", "Values": _INSTANCE_STATES}
    reservations = (
        reservation
        for page in pages(ec2, "describe_instances", Filters=[*filters, states])
        for reservation in page.get("Reservations", [])
    )
    return [instance for reservation in reservations for instance in reservation.get("Instances", [])]


@aws_call("find the instances of the deployment group's Auto Scaling groups")
def _describe_auto_scaling_groups(autoscaling: t.Any, names: list[str]) -> list[Resource]:
    return list(autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=names).get("AutoScalingGroups", []))


def selections(connect: Connect, group: Resource) -> t.Iterator[set[str]]:
    """Return the hosts of GROUP (canonical) by each of its three kinds of selection, which CodeDeploy combines: the names of on-premises instances, and
    twice the IDs of EC2 instances. Each is only resolved when it is read."""
    on_premises = filter_lists(group, "on_premises_instance_tag_filters", "on_premises_tag_set")
    yield selected(on_premises, lambda each: on_premises_names(connect("codedeploy"), each, "Registered"))
    yield selected(
        filter_lists(group, "ec2_tag_filters", "ec2_tag_set"), lambda each: _instance_ids(connect("ec2"), each)
    )
    names = group.get("auto_scaling_groups") or []
    scaling = _describe_auto_scaling_groups(connect("autoscaling"), names) if names else []
    yield {instance["InstanceId"] for each in scaling for instance in each.get("Instances", [])}


def filter_lists(given: Resource, flat: str, tag_set: str) -> list[list[Filter]]:
    """Return the lists of filters, one of each of which must match, from GIVEN's member FLAT (a list of filters) or TAG_SET."""
    filters = given.get(flat) or []
    return [filters] if filters else given.get(tag_set) or []


def selected(lists: list[list[Filter]], query: Query) -> set[str]:
    """Return what matches one filter of each of LISTS; nothing if there are none."""
    remaining: set[str] | None = None
    for filters in lists:
        found = set[str]().union(*(query(each) for each in filters))
        remaining = found if remaining is None else remaining & found
        if not remaining:
            break
    return remaining or set()


def on_premises_names(codedeploy: t.Any, tag_filter: Filter, status: str) -> set[str]:
    """Return the matching on-premises instances with the STATUS. Each call has one filter: whether several must all match is not documented."""
    member = {name.capitalize(): value for name, value in tag_filter.items()}
    return set(list_on_premises_instances(codedeploy, registrationStatus=status, tagFilters=[member]))


def _instance_ids(ec2: t.Any, tag_filter: Filter) -> set[str]:
    """Return the IDs of matching EC2 instances. EC2 can filter by a key, or by the value of a key, but not by a value with any key."""
    key, value = tag_filter.get("key", ""), tag_filter.get("value", "")
    filters = {
        "KEY_ONLY": [{"Name": "tag-key", "Values": [key]}],
        "KEY_AND_VALUE": [{"Name": f"tag:{key}", "Values": [value]}],
        "VALUE_ONLY": [],
    }[tag_filter["type"]]
    return {
        instance["InstanceId"]
        for instance in describe_instances(ec2, filters)
        if any(_carries(tag, tag_filter) for tag in instance.get("Tags", []))
    }


def _carries(tag: Resource, tag_filter: Filter) -> bool:
    """Return whether TAG matches TAG_FILTER. EC2 treats * and ? as wildcards, CodeDeploy as plain characters."""
    key, value = tag.get("Key", ""), tag.get("Value", "")
    return bool(key == tag_filter.get("key", key) and value == tag_filter.get("value", value))
