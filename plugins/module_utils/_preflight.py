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
from ._group_hosts import selections
from ._preflight_traffic import check_function, check_service
from ._releases import Release, check_object
from ._revisions import place_of

Resource = dict[str, t.Any]

# S3 answers a HEAD without a body, so its code is the bare HTTP status.
DENIED = ("403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")

# What DescribeAlarms takes (botocore model). An account's quota may let a deployment group have more.
ALARMS_A_CALL = 100


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
    elif not any(selections(connect, group)):
        raise CodeDeployError(
            f"deployment_group_name: {group['deployment_group_name']!r} matches no instance, so there is nothing to deploy to. Compare its tag filters "
            "with the tags of the instances; deregistered on-premises instances do not count."
        )


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
