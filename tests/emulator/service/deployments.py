# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments: created, read, listed, stopped; how one runs is the engine's business."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..engine import execution_of
from ..engine.execution import active_deployment
from ..protocol import Call, ServiceError
from ..state import Deployment, DeploymentGroup, Members
from . import lookup
from .group_settings import check_auto_rollback, check_config, is_empty, not_supported
from .paging import page
from .registry import operation
from .revisions import check_description, check_location, find_or_register, revision_key, shown_location

MOST_IN_BATCH = 25

_DEFAULT_OPTIONS = {
    "fileExistsBehavior": "DISALLOW",
    "ignoreApplicationStopFailures": False,
    "updateOutdatedInstancesOnly": False,
}
_OVERRIDES = ("autoRollbackConfiguration",)
_KEPT = ("description", *_DEFAULT_OPTIONS)


@operation("CreateDeployment", required=("deploymentGroupName",))
def create_deployment(call: Call) -> dict[str, Any]:
    """Neither the S3 object nor the commit is looked at here: the host fetches it (whether the real service does is unknown)."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    if application.compute_platform != "Server":
        raise not_supported(f"a deployment on the compute platform {application.compute_platform}")
    group = lookup.deployment_group(call.region, application.name, call.parameters["deploymentGroupName"])
    config_name = call.parameters.get("deploymentConfigName") or group.settings["deploymentConfigName"]
    check_config(call.region, application, config_name)
    _check_request(group, call.parameters)
    location = call.parameters["revision"]
    check_location(application, location)
    active = active_deployment(call.region, group)
    if active is not None:
        message = f"The Deployment Group '{group.name}' already has an active Deployment '{active.deployment_id}'"
        raise ServiceError("DeploymentLimitExceededException", message)
    find_or_register(application, location, call.region.clock.now())
    deployment = _deployment_from_request(call, group, config_name)
    execution_of(call.region, deployment).launch()
    return {"deploymentId": deployment.deployment_id}


def _deployment_from_request(call: Call, group: DeploymentGroup, config_name: str) -> Deployment:
    location = call.parameters["revision"]
    return Deployment(
        group=group,
        revision=location,
        revision_key=revision_key(location),
        creator="user",
        config=call.region.configs[config_name],
        settings=group.settings | {name: call.parameters[name] for name in _OVERRIDES if name in call.parameters},
        create_time=call.region.clock.now(),
        options=_DEFAULT_OPTIONS | {name: call.parameters[name] for name in _KEPT if name in call.parameters},
        previous_revision=group.target_revision,
    )


def _check_request(group: DeploymentGroup, parameters: Members) -> None:
    if group.settings["deploymentStyle"]["deploymentType"] != "IN_PLACE":
        raise not_supported("a blue/green deployment")
    if not is_empty(parameters.get("targetInstances")):
        message = "targetInstances is for blue/green deployments, and this one is in place."
        raise ServiceError("InvalidTargetInstancesException", message)
    for name in ("overrideAlarmConfiguration", "ec2DeploymentOptions"):
        if not is_empty(parameters.get(name)):
            raise not_supported(name)
    if parameters.get("deploymentMode", "STANDARD") != "STANDARD":
        raise not_supported(f"deploymentMode {parameters['deploymentMode']}")
    if "revision" not in parameters:
        raise ServiceError("RevisionRequiredException", "RevisionLocation must be specified")
    check_description(parameters.get("description"))
    check_auto_rollback(parameters.get("autoRollbackConfiguration", {}))


@operation("GetDeployment")
def get_deployment(call: Call) -> dict[str, Any]:
    return {"deploymentInfo": _deployment_info(lookup.deployment(call.region, call.parameters["deploymentId"]))}


@operation("BatchGetDeployments")
def batch_get_deployments(call: Call) -> dict[str, Any]:
    """Unknown ids are left out: the model declares no error for them."""
    ids = call.parameters["deploymentIds"]
    lookup.check_batch(ids, MOST_IN_BATCH)
    for deployment_id in ids:
        lookup.check_deployment_id(deployment_id)
    found = [call.region.deployments[known] for known in ids if known in call.region.deployments]
    return {"deploymentsInfo": [_deployment_info(deployment) for deployment in found]}


@operation("ListDeployments")
def list_deployments(call: Call) -> dict[str, Any]:
    """The newest first (the real order is not documented). No deployment here has an external id."""
    group = _named_group(call)
    window = call.parameters.get("createTimeRange", {})
    start, end = window.get("start", 0.0), window.get("end", float("inf"))
    if start > end:
        raise ServiceError("InvalidTimeRangeException", "createTimeRange ends before it starts.")
    statuses = call.parameters.get("includeOnlyStatuses")
    ids = [
        deployment.deployment_id
        for deployment in reversed(call.region.deployments.values())
        if (group is None or deployment.group is group)
        and start <= deployment.create_time <= end
        and (not statuses or deployment.status in statuses)
        and "externalId" not in call.parameters
    ]
    filters = {name: value for name, value in call.parameters.items() if name != "nextToken"}
    found, token = page(ids, call.parameters.get("nextToken"), f"deployments {filters}")
    return {"deployments": found, "nextToken": token}


def _named_group(call: Call) -> DeploymentGroup | None:
    """Application and group come together or not at all."""
    application, group = call.parameters.get("applicationName"), call.parameters.get("deploymentGroupName")
    if application is None and group is None:
        return None
    if application is None:
        raise ServiceError("ApplicationNameRequiredException", "deploymentGroupName needs applicationName.")
    if group is None:
        raise ServiceError("DeploymentGroupNameRequiredException", "applicationName needs deploymentGroupName.")
    return lookup.deployment_group(call.region, application, group)


@operation("StopDeployment")
def stop_deployment(call: Call) -> dict[str, Any]:
    """Always Pending: a stop takes a moment, and once it is done this raises DeploymentAlreadyCompletedException."""
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    if deployment.finished:
        message = f"The deployment {deployment.deployment_id} is already completed: {deployment.status}"
        raise ServiceError("DeploymentAlreadyCompletedException", message)
    execution_of(call.region, deployment).stop(call.parameters.get("autoRollbackEnabled"))
    message = "No more lifecycle events are started; the deployment stops when the running ones have finished."
    return {"status": "Pending", "statusMessage": message}


def _deployment_info(deployment: Deployment) -> dict[str, Any]:
    group = deployment.group
    return {
        "applicationName": group.application.name,
        "deploymentGroupName": group.name,
        "deploymentConfigName": deployment.config.name,
        "deploymentId": deployment.deployment_id,
        "previousRevision": shown_location(deployment.previous_revision),
        "revision": shown_location(deployment.revision),
        "status": deployment.status,
        "errorInformation": deployment.error,
        "createTime": deployment.create_time,
        "startTime": deployment.start_time,
        "completeTime": deployment.complete_time,
        "deploymentOverview": _overview(deployment),
        "creator": deployment.creator,
        "autoRollbackConfiguration": deployment.auto_rollback,
        "rollbackInfo": deployment.rollback_info,
        "deploymentStyle": deployment.style,
        "instanceTerminationWaitTimeStarted": False,
        "deploymentStatusMessages": [],
        "computePlatform": group.application.compute_platform,
        **deployment.options,
    }


def _overview(deployment: Deployment) -> dict[str, int] | None:
    """None until the targets are known."""
    if deployment.start_time is None:
        return None
    counts: Counter[str] = Counter(target.status for target in deployment.targets.values())
    return {**dict.fromkeys(("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready"), 0), **counts}
