# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is deployed to: tag filters and Auto Scaling groups against the instances there are.

AWS user guide, instances-tagging: filters of one list are alternatives, the groups of a tag set must all match, and the
EC2 and the on-premises selections and the members of the Auto Scaling groups are united.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..aws.auto_scaling import list_members
from ..aws.backends import Ec2Instance, list_ec2_instances
from ..state import Members, Region
from .obstacle import Obstacle

Tags = Iterable[tuple[str, str]]
TagFilters = Sequence[Members]

# Stopped instances are targets, and count as failed (AWS user guide, instances-health); which other states are is not
# documented. What is on its way out is none.
_TARGET_STATES = ("pending", "running", "stopping", "stopped")


@dataclass(frozen=True)
class Instance:
    """An instance that is selected; one that is not ``running`` cannot take part and fails. On premises there is no zone."""

    target_id: str
    arn: str
    host_identifier: str
    running: bool
    zone: str | None = None


def matches_any(filters: TagFilters, tags: Tags) -> bool:
    """Whether one of the tags fits one of the filters."""
    pairs = list(tags)
    return any(_fits(tag_filter, key, value) for tag_filter in filters for key, value in pairs)


def matches_all(groups: Sequence[TagFilters], tags: Tags) -> bool:
    """Whether every group of filters has one that fits; no groups select nothing."""
    pairs = list(tags)
    return bool(groups) and all(matches_any(filters, pairs) for filters in groups)


def _fits(tag_filter: Members, key: str, value: str) -> bool:
    key_fits, value_fits = key == tag_filter.get("Key"), value == tag_filter.get("Value")
    fits = {"KEY_ONLY": key_fits, "VALUE_ONLY": value_fits, "KEY_AND_VALUE": key_fits and value_fits}
    return fits[tag_filter["Type"]]


def selected_instances(region: Region, selection: Members) -> list[Instance]:
    """The instances that ``selection`` means now, EC2 before on-premises: a group's settings, or a TargetInstances.

    Raises Obstacle for an Auto Scaling group that does not exist.
    """
    return [*_ec2_instances(region, selection), *_on_premises_instances(region, selection)]


def _ec2_instances(region: Region, selection: Members) -> list[Instance]:
    filters = selection.get("ec2TagFilters") or selection.get("tagFilters", [])
    groups = selection.get("ec2TagSet", {}).get("ec2TagSetList", [])
    names = selection.get("autoScalingGroups", [])
    if not filters and not groups and not names:
        return []
    members = _auto_scaling_members(region, names)
    return [
        _ec2_instance(region, found)
        for found in list_ec2_instances(region.account, region.name)
        if found.state in _TARGET_STATES
        and (found.instance_id in members or matches_any(filters, found.tags) or matches_all(groups, found.tags))
    ]


def named_ec2_instances(region: Region, instance_ids: Collection[str]) -> list[Instance]:
    """Those of the instances that still exist."""
    everyone = list_ec2_instances(region.account, region.name)
    wanted = [found for found in everyone if found.instance_id in instance_ids and found.state in _TARGET_STATES]
    return [_ec2_instance(region, found) for found in wanted]


def _auto_scaling_members(region: Region, names: list[str]) -> set[str]:
    groups = list_members(region.account, region.name)
    missing = [name for name in names if name not in groups]
    if missing:
        raise Obstacle("AUTO_SCALING_CONFIGURATION", f"The Auto Scaling group {missing[0]} does not exist.")
    return {member for name in names for member in groups[name]}


def _ec2_instance(region: Region, found: Ec2Instance) -> Instance:
    arn = ec2_instance_arn(region, found.instance_id)
    return Instance(found.instance_id, arn, arn, found.state in ("pending", "running"), found.zone)


def ec2_instance_arn(region: Region, instance_id: str) -> str:
    """What the agent of an EC2 instance calls its host, as its metadata makes it."""
    return f"arn:{region.partition}:ec2:{region.name}:{region.account}:instance/{instance_id}"


def _on_premises_instances(region: Region, selection: Members) -> list[Instance]:
    """Never a deregistered one: its tags are gone."""
    filters = selection.get("onPremisesInstanceTagFilters", [])
    groups = selection.get("onPremisesTagSet", {}).get("onPremisesTagSetList", [])
    return [
        Instance(instance.name, instance.arn, instance.host_identifier, running=True)
        for instance in region.on_premises_instances.values()
        if matches_any(filters, instance.tags) or matches_all(groups, instance.tags)
    ]
