# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is deployed to: tag filters against the instances there are.

AWS user guide, instances-tagging: filters of one list are alternatives, the groups of a tag set must all match, and the
EC2 and the on-premises selections are united.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..moto_backends import list_ec2_instances
from ..state import DeploymentGroup, Members, Region

Tags = Iterable[tuple[str, str]]
TagFilters = Sequence[Members]

# Stopped instances are targets, and count as failed (AWS user guide, instances-health); which other states are is not
# documented. What is on its way out is none.
_TARGET_STATES = ("pending", "running", "stopping", "stopped")


@dataclass(frozen=True)
class Instance:
    """An instance that a group selects; one that is not ``running`` cannot take part and fails."""

    target_id: str
    arn: str
    host_identifier: str
    running: bool


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


def group_instances(region: Region, group: DeploymentGroup) -> list[Instance]:
    """The instances that the group's filters select now, EC2 before on-premises."""
    return [*_ec2_instances(region, group.settings), *_on_premises_instances(region, group.settings)]


def _ec2_instances(region: Region, settings: Members) -> list[Instance]:
    filters = settings.get("ec2TagFilters", [])
    groups = settings.get("ec2TagSet", {}).get("ec2TagSetList", [])
    if not filters and not groups:
        return []
    return [
        _ec2_instance(region, instance.instance_id, instance.state in ("pending", "running"))
        for instance in list_ec2_instances(region.account, region.name)
        if instance.state in _TARGET_STATES
        and (matches_any(filters, instance.tags) or matches_all(groups, instance.tags))
    ]


def _ec2_instance(region: Region, instance_id: str, running: bool) -> Instance:
    arn = ec2_instance_arn(region, instance_id)
    return Instance(instance_id, arn, arn, running)


def ec2_instance_arn(region: Region, instance_id: str) -> str:
    """What the agent of an EC2 instance calls its host, as its metadata makes it."""
    return f"arn:{region.partition}:ec2:{region.name}:{region.account}:instance/{instance_id}"


def _on_premises_instances(region: Region, settings: Members) -> list[Instance]:
    """Never a deregistered one: its tags are gone."""
    filters = settings.get("onPremisesInstanceTagFilters", [])
    groups = settings.get("onPremisesTagSet", {}).get("onPremisesTagSetList", [])
    return [
        Instance(instance.name, instance.arn, instance.host_identifier, running=True)
        for instance in region.on_premises_instances.values()
        if matches_any(filters, instance.tags) or matches_all(groups, instance.tags)
    ]
