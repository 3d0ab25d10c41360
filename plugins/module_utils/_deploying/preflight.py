# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preflight checks: find what would make a deployment fail at its start, before anything is written. No host to deploy to, no function or service, an
alarm in ALARM state, a bundle that is gone.

A check that the credentials are not allowed to make becomes a warning.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from functools import partial

from .._aws.answers import pages
from .._aws.calls import Connect, aws_call, not_checked
from .._batches import batches
from .._deployment_groups.forms import BLUE_GREEN, PROVISIONING, tag_filters, tag_set
from .._deployment_groups.hosts import selections
from .._errors import CodeDeployError
from .._releases.releases import Release, check_object
from .._revisions.locations import place_of
from .preflight_traffic import check_function, check_service

Resource = dict[str, t.Any]

# What DescribeAlarms takes (botocore model). An account's quota may let a deployment group have more.
ALARMS_A_CALL = 100


@aws_call("read the deployment group's alarms")
def _alarms_going_off(cloudwatch: t.Any, names: list[str]) -> list[str]:
    found = (
        page
        for batch in batches(names, ALARMS_A_CALL)
        for page in pages(cloudwatch, "describe_alarms", AlarmNames=batch, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    alarms = [alarm for page in found for kind in ("MetricAlarms", "CompositeAlarms") for alarm in page.get(kind, [])]
    return [alarm.get("AlarmName", "without a name") for alarm in alarms if alarm.get("StateValue") == "ALARM"]


def check_readiness(connect: Connect, group: Resource, release: Release) -> list[str]:
    """Raise CodeDeployError if a deployment of RELEASE to GROUP (canonical) could only fail; return warnings of what could not be checked, or may
    not be intended."""
    warnings = _fleet_warnings(group)
    checks = (
        partial(_check_targets, connect, group, release),
        partial(_check_alarms, connect, group),
        partial(_check_bundle, connect, release),
    )
    for check in checks:
        try:
            check()
        except CodeDeployError as error:
            warnings.append(not_checked(error))
    return warnings


def _fleet_warnings(group: Resource) -> list[str]:
    """Warnings of a replacement fleet that nobody names. What AWS does then is not documented."""
    provisioning = (group.get(BLUE_GREEN) or {}).get(PROVISIONING) or {}
    if provisioning.get("action") != "DISCOVER_EXISTING" or group.get("target_instances"):
        return []
    return [
        "target_instances is not set, although the deployment group expects each deployment to name its replacement fleet. "
        "The release may go to the hosts that serve traffic now."
    ]


def _check_targets(connect: Connect, group: Resource, release: Release) -> None:
    if group["compute_platform"] == "Lambda":
        check_function(connect, release.location)
    elif group["compute_platform"] == "ECS":
        check_service(connect, group)
    elif group.get("target_instances"):
        _check_new_fleet(connect, group)
    elif not any(selections(connect, group)):
        raise CodeDeployError(
            f"deployment_group_name: {group['deployment_group_name']!r} matches no instance, so there is nothing to deploy to. Compare its tag filters "
            "with the tags of the instances; deregistered on-premises instances do not count."
        )


def _check_new_fleet(connect: Connect, group: Resource) -> None:
    """Raise CodeDeployError if the given replacement fleet is empty. The group's own hosts are the old fleet, which may be empty."""
    target_instances = group["target_instances"]
    if group["deployment_style"]["deployment_type"] != "BLUE_GREEN":
        raise CodeDeployError(
            f"target_instances: need a blue/green deployment, whose replacement fleet they are, but {group['deployment_group_name']!r} deploys in place."
        )
    fleet = {
        "ec2_tag_filters": tag_filters(target_instances.get("tag_filters") or []),
        "ec2_tag_set": tag_set(target_instances.get("ec2_tag_set") or []),
        "auto_scaling_groups": target_instances.get("auto_scaling_groups"),
    }
    if not any(selections(connect, fleet)):
        raise CodeDeployError(
            "target_instances: no instance matches, so there is nothing to deploy to. Compare them with the tags of the instances."
        )


def _check_alarms(connect: Connect, group: Resource) -> None:
    alarms = group.get("alarm_configuration") or {}
    if not alarms.get("enabled"):
        return
    names = [alarm["name"] for alarm in alarms["alarms"]]
    going_off = _alarms_going_off(connect("cloudwatch"), names)
    if going_off:
        raise CodeDeployError(
            f"The deployment group's alarms {', '.join(sorted(going_off))} are in ALARM state, so CodeDeploy would stop the deployment at once. "
            "Resolve them first, or set override_alarm_configuration."
        )


def _check_bundle(connect: Connect, release: Release) -> None:
    """Raise CodeDeployError if a registered revision is gone from S3. Another one has been found already, or is uploaded, and a restart needs none."""
    if release.known is not None:
        check_object(connect, release.location, f"revision: {place_of(release.location)} is registered")
