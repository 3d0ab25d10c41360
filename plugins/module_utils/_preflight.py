# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would make a deployment fail at its start, found before anything is written: no host that it could go to, no function or service, an alarm
that goes off already, a bundle that is not there any more.

A look that is not allowed refuses nothing: it becomes a warning.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from functools import partial

from ._batches import batches
from ._errors import CodeDeployError, Connect, aws_call, error_code
from ._on_premises_instances import list_on_premises_instances
from ._preflight_traffic import check_function, check_service
from ._releases import Release, check_object
from ._revisions import place_of

Resource = dict[str, t.Any]
Filter = dict[str, str]
Query = t.Callable[[Filter], set[str]]

# S3 answers a HEAD without a body, so its code is the bare HTTP status.
DENIED = ("403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")

# What DescribeAlarms takes (botocore model). An account's quota may let a deployment group have more.
ALARMS_A_CALL = 100

# Stopped instances are targets, too, which fail (AWS user guide, instances-health).
_INSTANCE_STATES = ["pending", "running", "stopping", "stopped"]


@aws_call("look for the deployment group's EC2 instances")
def _describe_instances(ec2: t.Any, filters: list[Resource]) -> list[Resource]:
    states = {"Name": "instance-state-name", "Values": _INSTANCE_STATES}
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[*filters, states])
    return [instance for page in pages for reservation in page["Reservations"] for instance in reservation["Instances"]]


@aws_call("look for the instances of the deployment group's Auto Scaling groups")
def _describe_auto_scaling_groups(autoscaling: t.Any, names: list[str]) -> list[Resource]:
    return list(autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"])


@aws_call("look at the deployment group's alarms")
def _alarms_going_off(cloudwatch: t.Any, names: list[str]) -> list[str]:
    paginator = cloudwatch.get_paginator("describe_alarms")
    pages = (
        page
        for batch in batches(names, ALARMS_A_CALL)
        for page in paginator.paginate(AlarmNames=batch, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    )
    alarms = [alarm for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for alarm in page.get(kind, [])]
    return [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]


def check_readiness(connect: Connect, group: Resource, release: Release) -> list[str]:
    """Raise CodeDeployError if a deployment of RELEASE to GROUP (canonical) could only fail; return what could not be looked at, as warnings."""
    warnings = []
    checks = (
        partial(_check_targets, connect, group, release),
        partial(_check_alarms, connect, group),
        partial(_check_bundle, connect, release),
    )
    for check in checks:
        try:
            check()
        except CodeDeployError as error:
            if error_code(error) not in DENIED:
                raise
            warnings.append(f"Not checked beforehand, since it is not allowed: {error.message}")
    return warnings


def _check_targets(connect: Connect, group: Resource, release: Release) -> None:
    if group["compute_platform"] == "Lambda":
        check_function(connect, release.location)
    elif group["compute_platform"] == "ECS":
        check_service(connect, group)
    elif not _has_hosts(connect, group):
        raise CodeDeployError(
            f"deployment_group_name: {group['deployment_group_name']!r} matches no instance, so there is nothing to deploy to. Compare its tag filters "
            "with the tags of the instances; deregistered on-premises instances do not count."
        )


def _has_hosts(connect: Connect, group: Resource) -> bool:
    """Whether one of the group's three kinds of selection, which CodeDeploy unites, finds an instance."""
    on_premises = _alternatives(group, "on_premises_instance_tag_filters", "on_premises_tag_set")
    ec2 = _alternatives(group, "ec2_tag_filters", "ec2_tag_set")
    names = group.get("auto_scaling_groups") or []
    return (
        _selects(on_premises, lambda tag_filter: _on_premises_names(connect("codedeploy"), tag_filter))
        or _selects(ec2, lambda tag_filter: _instance_ids(connect("ec2"), tag_filter))
        or (
            bool(names)
            and any(each["Instances"] for each in _describe_auto_scaling_groups(connect("autoscaling"), names))
        )
    )


def _alternatives(group: Resource, flat: str, tag_set: str) -> list[list[Filter]]:
    """The group's lists of filters, of each of which one has to match."""
    filters = group.get(flat) or []
    return [filters] if filters else group.get(tag_set) or []


def _selects(groups: list[list[Filter]], query: Query) -> bool:
    """Whether some instance matches one filter of each of GROUPS; none does where there are no groups."""
    remaining: set[str] | None = None
    for filters in groups:
        found = set[str]().union(*(query(each) for each in filters))
        remaining = found if remaining is None else remaining & found
        if not remaining:
            return False
    return bool(remaining)


def _on_premises_names(codedeploy: t.Any, tag_filter: Filter) -> set[str]:
    """One filter a call: whether several must all match is not documented."""
    member = {name.capitalize(): value for name, value in tag_filter.items()}
    return set(list_on_premises_instances(codedeploy, registrationStatus="Registered", tagFilters=[member]))


def _instance_ids(ec2: t.Any, tag_filter: Filter) -> set[str]:
    """EC2 can look for a key, or for the value of a key, but not for a value whatever its key."""
    key, value = tag_filter.get("key", ""), tag_filter.get("value", "")
    filters = {
        "KEY_ONLY": [{"Name": "tag-key", "Values": [key]}],
        "KEY_AND_VALUE": [{"Name": f"tag:{key}", "Values": [value]}],
        "VALUE_ONLY": [],
    }[tag_filter["type"]]
    return {
        instance["InstanceId"]
        for instance in _describe_instances(ec2, filters)
        if filters or value in (tag["Value"] for tag in instance.get("Tags", []))
    }


def _check_alarms(connect: Connect, group: Resource) -> None:
    alarms = group.get("alarm_configuration") or {}
    if not alarms.get("enabled"):
        return
    names = [alarm["name"] for alarm in alarms["alarms"]]
    going_off = _alarms_going_off(connect("cloudwatch"), names)
    if going_off:
        raise CodeDeployError(
            f"The deployment group's alarms {', '.join(sorted(going_off))} are going off, so that CodeDeploy would stop the deployment at once. See to "
            "them first, or set override_alarm_configuration."
        )


def _check_bundle(connect: Connect, release: Release) -> None:
    """A revision that was registered once may be gone from S3. A release that is made of a source has been looked for, or is uploaded, and a
    restart needs none."""
    if release.bundle is None and not release.restarts:
        check_object(connect, release.location, f"revision: {place_of(release.location)} is registered")
