# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments: created, read, listed, stopped; how one runs is the engine's business."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..engine import execution_of
from ..engine.execution import active_deployment
from ..errors import ServiceError
from ..operations import Call
from ..state import Deployment, DeploymentGroup, Members
from . import lookup
from .deployment_requests import check_request, wanted_revision
from .group_settings import check_config, is_empty
from .paging import page
from .registry import operation
from .revisions import find_or_register, revision_key, shown_location

MOST_IN_BATCH = 25

_HOST_OPTIONS = {"fileExistsBehavior": "DISALLOW"}
_DEFAULT_OPTIONS = {"ignoreApplicationStopFailures": False, "updateOutdatedInstancesOnly": False}
_KEPT = (
    "description",
    "ec2DeploymentOptions",
    "overrideAlarmConfiguration",
    "targetInstances",
    *_HOST_OPTIONS,
    *_DEFAULT_OPTIONS,
)


@operation("CreateDeployment", required=("deploymentGroupName",))
def create_deployment(call: Call) -> dict[str, Any]:
    """Neither the S3 object nor the commit is looked at here: that is done when the deployment runs (whether the real service
    looks before is unknown)."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    group = lookup.deployment_group(call.region, application.name, call.parameters["deploymentGroupName"])
    config_name = call.parameters.get("deploymentConfigName") or group.settings["deploymentConfigName"]
    check_config(call.region, application, config_name)
    check_request(call.region, group, call.parameters)
    active = active_deployment(call.region, group)
    if active is not None:
        message = f"The Deployment Group '{group.name}' already has an active Deployment '{active.deployment_id}'"
        raise ServiceError("DeploymentLimitExceededException", message)
    deployment = _deployment_from_request(call, group, config_name)
    find_or_register(application, deployment.revision, call.region.clock.now())
    execution_of(call.region, deployment).launch()
    return {"deploymentId": deployment.deployment_id}


def _deployment_from_request(call: Call, group: DeploymentGroup, config_name: str) -> Deployment:
    """deploymentMode is kept for a restart only: for others GetDeployment does not show it (botocore model)."""
    given, location = call.parameters, wanted_revision(call, group)
    options = _DEFAULT_OPTIONS | (_HOST_OPTIONS if group.application.compute_platform == "Server" else {})
    options |= {name: given[name] for name in _KEPT if name in given}
    restarted = group.last_successful if given.get("deploymentMode") == "RESTART" else None
    if restarted is not None:
        options["deploymentMode"] = "RESTART"
    own = (
        {"autoRollbackConfiguration": given["autoRollbackConfiguration"]}
        if "autoRollbackConfiguration" in given
        else {}
    )
    return Deployment(
        group=group,
        revision=location,
        revision_key=revision_key(location),
        creator="user",
        config=call.region.configs[config_name],
        settings=group.settings | own,
        create_time=call.region.clock.now(),
        options=options,
        previous_revision=group.target_revision,
        archive_of=restarted.deployment_id if restarted else None,
    )


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
    deployment = _unfinished_deployment(call)
    execution_of(call.region, deployment).stop(call.parameters.get("autoRollbackEnabled"))
    message = "No more lifecycle events are started; the deployment stops when the running ones have finished."
    return {"status": "Pending", "statusMessage": message}


@operation("ContinueDeployment", required=("deploymentId",))
def continue_deployment(call: Call) -> None:
    """End a wait: by default the one for traffic to be rerouted (assumed: it is the older one)."""
    deployment = _unfinished_deployment(call)
    _check_blue_green(deployment, "ContinueDeployment")
    wait_type = call.parameters.get("deploymentWaitType", "READY_WAIT")
    if wait_type != deployment.waiting_for:
        ready = wait_type == "READY_WAIT"
        code = "DeploymentIsNotInReadyStateException" if ready else "InvalidDeploymentStatusException"
        raise ServiceError(code, f"The deployment {deployment.deployment_id} is not in {wait_type}.")
    execution_of(call.region, deployment).continue_now()


@operation("SkipWaitTimeForInstanceTermination", required=("deploymentId",))
def skip_wait_time_for_instance_termination(call: Call) -> None:
    """Deprecated; a wait that has not begun counts as not started (the strictest reading)."""
    deployment = _unfinished_deployment(call)
    _check_blue_green(deployment, "SkipWaitTimeForInstanceTermination")
    if deployment.waiting_for != "TERMINATION_WAIT":
        message = f"The termination wait time of {deployment.deployment_id} has not started."
        raise ServiceError("DeploymentNotStartedException", message)
    execution_of(call.region, deployment).continue_now()


def _unfinished_deployment(call: Call) -> Deployment:
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    if deployment.finished:
        message = f"The deployment {deployment.deployment_id} is already completed: {deployment.status}"
        raise ServiceError("DeploymentAlreadyCompletedException", message)
    return deployment


def _check_blue_green(deployment: Deployment, action: str) -> None:
    if deployment.style["deploymentType"] != "BLUE_GREEN":
        message = f"{action} is for blue/green deployments, and {deployment.deployment_id} is in place."
        raise ServiceError("UnsupportedActionForDeploymentTypeException", message)


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
        "blueGreenDeploymentConfiguration": _blue_green(deployment),
        "loadBalancerInfo": _given(deployment, "loadBalancerInfo"),
        "instanceTerminationWaitTimeStarted": deployment.termination_wait_started,
        "additionalDeploymentStatusInfo": deployment.additional_status_info,
        "deploymentStatusMessages": [],
        "relatedDeployments": _related(deployment),
        "computePlatform": group.application.compute_platform,
        **deployment.options,
    }


def _given(deployment: Deployment, setting: str) -> Members | None:
    value: Members = deployment.settings.get(setting, {})
    return None if is_empty(value) else value


def _blue_green(deployment: Deployment) -> Members | None:
    """A group keeps its configuration when it turns to in place, but it does not count there."""
    if deployment.style["deploymentType"] == "IN_PLACE":
        return None
    return _given(deployment, "blueGreenDeploymentConfiguration")


def _related(deployment: Deployment) -> Members | None:
    if deployment.root_deployment_id is not None:
        return {"autoUpdateOutdatedInstancesRootDeploymentId": deployment.root_deployment_id}
    updates = deployment.auto_updates
    return {"autoUpdateOutdatedInstancesDeploymentIds": updates} if updates else None


def _overview(deployment: Deployment) -> dict[str, int] | None:
    """None until the targets are known."""
    if deployment.start_time is None:
        return None
    counts: Counter[str] = Counter(target.status for target in deployment.targets.values())
    return {**dict.fromkeys(("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready"), 0), **counts}
