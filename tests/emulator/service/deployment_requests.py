# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What CreateDeployment may be asked for, and the deployment that comes of it."""

from __future__ import annotations

from ..engine.obstacle import Obstacle
from ..engine.targets import selected_instances
from ..errors import ServiceError
from ..operations import Call
from ..state import DeploymentGroup, Members, Region
from .group_settings import is_empty
from .groups.notifications import check_alarms, check_auto_rollback
from .revisions import check_description, check_location
from .tag_filters import check_tag_filters

_TARGETS = "InvalidTargetInstancesException"
_RESTART = "InvalidInputException"
"""The model names no error for a deploymentMode that the rest of the request does not go with."""


def check_request(region: Region, group: DeploymentGroup, parameters: Members) -> None:
    """Raise the modeled error for the first member that is wrong for the group."""
    check_description(parameters.get("description"))
    check_auto_rollback(parameters.get("autoRollbackConfiguration", {}))
    if "overrideAlarmConfiguration" in parameters:
        check_alarms(parameters["overrideAlarmConfiguration"])
    if not is_empty(parameters.get("targetInstances")):
        _check_target_instances(region, group, parameters["targetInstances"])
    if group.application.compute_platform != "Server":
        _check_server_only(parameters)
    if not is_empty(parameters.get("ec2DeploymentOptions")) and not _is_in_place(group):
        message = "ec2DeploymentOptions is for in-place deployments to EC2 instances."
        raise ServiceError("InvalidAutoScalingGroupProcessToSuspendException", message)
    if parameters.get("deploymentMode") == "RESTART":
        _check_restart(group, parameters)
    elif "revision" not in parameters:
        raise ServiceError("RevisionRequiredException", "RevisionLocation must be specified")
    else:
        check_location(group.application, parameters["revision"])


def wanted_revision(call: Call, group: DeploymentGroup) -> Members:
    """The location to deploy: a restart is of the last good revision (botocore model: CreateDeployment)."""
    if call.parameters.get("deploymentMode") == "RESTART":
        return group.target_revision or {}
    location: Members = call.parameters["revision"]
    return location


def _is_in_place(group: DeploymentGroup) -> bool:
    return bool(group.settings["deploymentStyle"]["deploymentType"] == "IN_PLACE")


def _check_server_only(parameters: Members) -> None:
    """Lambda and ECS. The text for fileExistsBehavior is as users of AWS's Azure DevOps tools quote it (azure-devops, issue 288)."""
    if "fileExistsBehavior" in parameters:
        message = "For Lambda and ECS deployment, fileExistsBehavior can not be specified"
        raise ServiceError("InvalidFileExistsBehaviorException", message)
    for name in ("ignoreApplicationStopFailures", "updateOutdatedInstancesOnly"):
        if parameters.get(name):
            code = f"Invalid{name[0].upper()}{name[1:]}ValueException"
            raise ServiceError(code, f"For Lambda and ECS deployment, {name} must be false")


def _check_restart(group: DeploymentGroup, parameters: Members) -> None:
    """A restart is of what is there, in place on hosts (botocore model: CreateDeployment). Where it names no error, and for
    the lack of an earlier success, the choice is ours."""
    if group.application.compute_platform != "Server":
        raise ServiceError("InvalidComputePlatformException", "deploymentMode RESTART is for EC2/On-premises only.")
    if not _is_in_place(group):
        raise ServiceError(_RESTART, "deploymentMode RESTART is for in-place deployments only.")
    if "revision" in parameters:
        raise ServiceError("InvalidRevisionException", "With deploymentMode RESTART no revision can be specified.")
    if parameters.get("updateOutdatedInstancesOnly"):
        message = "With deploymentMode RESTART updateOutdatedInstancesOnly must be false."
        raise ServiceError("InvalidUpdateOutdatedInstancesOnlyValueException", message)
    if group.last_successful is None:
        raise ServiceError(_RESTART, f"No deployment of the group {group.name} has succeeded that could be restarted.")


def _check_target_instances(region: Region, group: DeploymentGroup, wanted: Members) -> None:
    """For a blue/green deployment to instances that exist; some must be found (botocore model: the exception's text)."""
    if group.application.compute_platform != "Server" or _is_in_place(group):
        message = "targetInstances is for blue/green deployments to EC2 instances, and this one is none."
        raise ServiceError(_TARGETS, message)
    blue_green = group.settings.get("blueGreenDeploymentConfiguration", {})
    if blue_green.get("greenFleetProvisioningOption", {}).get("action") == "COPY_AUTO_SCALING_GROUP":
        raise ServiceError(_TARGETS, "targetInstances does not go with COPY_AUTO_SCALING_GROUP.")
    groups = wanted.get("ec2TagSet", {}).get("ec2TagSetList", [])
    if wanted.get("tagFilters") and groups:
        raise ServiceError(_TARGETS, "tagFilters and ec2TagSet of targetInstances cannot be used together.")
    for filters in (wanted.get("tagFilters", []), *groups):
        check_tag_filters(filters, _TARGETS)
    try:
        found = selected_instances(region, wanted)
    except Obstacle as obstacle:
        raise ServiceError(_TARGETS, str(obstacle)) from None
    if not found:
        raise ServiceError(_TARGETS, "No instance matches targetInstances.")
