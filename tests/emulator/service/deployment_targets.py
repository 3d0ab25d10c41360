# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets of a deployment, and the deprecated operations that call them instances."""

from __future__ import annotations

from typing import Any

from ..protocol import Call, ServiceError
from ..state import Deployment, LifecycleEvent, Target
from . import lookup
from .paging import page
from .registry import operation

MOST_IN_BATCH = 25

_STATUSES = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready")


@operation("ListDeploymentTargets")
def list_deployment_targets(call: Call) -> dict[str, Any]:
    filters = call.parameters.get("targetFilters", {})
    for status in filters.get("TargetStatus", []):
        if status not in _STATUSES:
            message = f"TargetStatus is {status!r}; it must be one of {', '.join(_STATUSES)}."
            raise ServiceError("InvalidInstanceStatusException", message)
    if "ServerInstanceLabel" in filters:
        raise _no_labels("ServerInstanceLabel")
    ids, token = _page_of_targets(call, filters.get("TargetStatus"))
    return {"targetIds": ids, "nextToken": token}


@operation("GetDeploymentTarget")
def get_deployment_target(call: Call) -> dict[str, Any]:
    deployment = _started_deployment(call)
    return {"deploymentTarget": _deployment_target(deployment, _target(deployment, call.parameters["targetId"]))}


@operation("BatchGetDeploymentTargets", required=("targetIds",))
def batch_get_deployment_targets(call: Call) -> dict[str, Any]:
    ids = call.parameters["targetIds"]
    lookup.check_batch(ids, MOST_IN_BATCH, "DeploymentTargetListSizeExceededException")
    deployment = _started_deployment(call)
    targets = [_target(deployment, target_id) for target_id in ids]
    return {"deploymentTargets": [_deployment_target(deployment, target) for target in targets]}


@operation("ListDeploymentInstances")
def list_deployment_instances(call: Call) -> dict[str, Any]:
    if call.parameters.get("instanceTypeFilter"):
        raise _no_labels("instanceTypeFilter")
    ids, token = _page_of_targets(call, call.parameters.get("instanceStatusFilter"))
    return {"instancesList": ids, "nextToken": token}


@operation("GetDeploymentInstance")
def get_deployment_instance(call: Call) -> dict[str, Any]:
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    instance_id = call.parameters["instanceId"]
    if instance_id not in deployment.targets:
        message = f"The deployment {deployment.deployment_id} has no instance {instance_id}"
        raise ServiceError("InstanceDoesNotExistException", message)
    return {"instanceSummary": _instance_summary(deployment, deployment.targets[instance_id])}


@operation("BatchGetDeploymentInstances")
def batch_get_deployment_instances(call: Call) -> dict[str, Any]:
    """Missing instances are named in errorMessage: the model declares no error for them."""
    ids = call.parameters["instanceIds"]
    lookup.check_batch(ids, MOST_IN_BATCH)
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    missing = [instance_id for instance_id in ids if instance_id not in deployment.targets]
    found = [deployment.targets[instance_id] for instance_id in ids if instance_id not in missing]
    return {
        "instancesSummary": [_instance_summary(deployment, target) for target in found],
        "errorMessage": f"The deployment has no instances {', '.join(missing)}" if missing else None,
    }


def _page_of_targets(call: Call, statuses: list[str] | None) -> tuple[list[str], str | None]:
    deployment = _started_deployment(call)
    ids = [target.target_id for target in deployment.targets.values() if not statuses or target.status in statuses]
    return page(ids, call.parameters.get("nextToken"), f"targets {deployment.deployment_id} {statuses}")


def _started_deployment(call: Call) -> Deployment:
    """A deployment that failed or was stopped before its start has not started either (the strictest reading)."""
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    if deployment.start_time is None:
        message = f"The deployment {deployment.deployment_id} has not started yet"
        raise ServiceError("DeploymentNotStartedException", message)
    return deployment


def _target(deployment: Deployment, target_id: str) -> Target:
    if target_id not in deployment.targets:
        message = f"The deployment {deployment.deployment_id} has no target {target_id}"
        raise ServiceError("DeploymentTargetDoesNotExistException", message)
    return deployment.targets[target_id]


def _no_labels(name: str) -> ServiceError:
    message = f"{name} is for blue/green deployments, and this one is in place."
    return ServiceError("InvalidDeploymentInstanceTypeException", message)


def _deployment_target(deployment: Deployment, target: Target) -> dict[str, Any]:
    instance_target = {
        "deploymentId": deployment.deployment_id,
        "targetId": target.target_id,
        "targetArn": target.arn,
        "status": target.status,
        "lastUpdatedAt": target.last_updated,
        "lifecycleEvents": [_event_info(event) for event in target.events],
    }
    return {"deploymentTargetType": "InstanceTarget", "instanceTarget": instance_target}


def _instance_summary(deployment: Deployment, target: Target) -> dict[str, Any]:
    return {
        "deploymentId": deployment.deployment_id,
        "instanceId": target.target_id,
        "status": target.status,
        "lastUpdatedAt": target.last_updated,
        "lifecycleEvents": [_event_info(event) for event in target.events],
    }


def _event_info(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "lifecycleEventName": event.name,
        "diagnostics": event.diagnostics,
        "startTime": event.start_time,
        "endTime": event.end_time,
        "status": event.status,
    }
