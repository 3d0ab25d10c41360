# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets of a deployment, and the deprecated operations that call them instances."""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..state import Deployment, LifecycleEvent, Target
from . import lookup
from .paging import page
from .registry import operation
from .target_kinds import kind_of, label_of

MOST_IN_BATCH = 25

_LABELS = ("Blue", "Green")
_STATUSES = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready")


@operation("ListDeploymentTargets")
def list_deployment_targets(call: Call) -> dict[str, Any]:
    filters = call.parameters.get("targetFilters", {})
    statuses, labels = filters.get("TargetStatus", []), filters.get("ServerInstanceLabel", [])
    _check_filter("TargetStatus", statuses, _STATUSES, "InvalidInstanceStatusException")
    _check_filter("ServerInstanceLabel", labels, _LABELS, "InvalidInstanceTypeException")
    ids, token = _page_of_targets(call, statuses, labels)
    return {"targetIds": ids, "nextToken": token}


@operation("GetDeploymentTarget")
def get_deployment_target(call: Call) -> dict[str, Any]:
    deployment = _started_deployment(call)
    return {"deploymentTarget": _deployment_target(deployment, _target(deployment, call.parameters["targetId"]))}


@operation("BatchGetDeploymentTargets", required=("targetIds",))
def batch_get_deployment_targets(call: Call) -> dict[str, Any]:
    """A deployment to Lambda or ECS has one target, and no more may be asked for (botocore model)."""
    ids = call.parameters["targetIds"]
    deployment = _started_deployment(call)
    most = MOST_IN_BATCH if deployment.group.application.compute_platform == "Server" else 1
    lookup.check_batch(ids, most, "DeploymentTargetListSizeExceededException")
    targets = [_target(deployment, target_id) for target_id in ids]
    return {"deploymentTargets": [_deployment_target(deployment, target) for target in targets]}


@operation("ListDeploymentInstances")
def list_deployment_instances(call: Call) -> dict[str, Any]:
    statuses, labels = call.parameters.get("instanceStatusFilter", []), call.parameters.get("instanceTypeFilter", [])
    _deployment_with_instances(call)
    ids, token = _page_of_targets(call, statuses, labels)
    return {"instancesList": ids, "nextToken": token}


@operation("GetDeploymentInstance")
def get_deployment_instance(call: Call) -> dict[str, Any]:
    deployment = _deployment_with_instances(call)
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
    deployment = _deployment_with_instances(call)
    missing = [instance_id for instance_id in ids if instance_id not in deployment.targets]
    found = [deployment.targets[instance_id] for instance_id in ids if instance_id not in missing]
    return {
        "instancesSummary": [_instance_summary(deployment, target) for target in found],
        "errorMessage": f"The deployment has no instances {', '.join(missing)}" if missing else None,
    }


def _deployment_with_instances(call: Call) -> Deployment:
    """The deprecated operations know Lambda, but not ECS (botocore model: ListDeploymentInstances)."""
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    if deployment.group.application.compute_platform == "ECS":
        raise ServiceError("InvalidComputePlatformException", "A deployment to ECS has no instances.")
    return deployment


def _check_filter(name: str, values: list[str], allowed: tuple[str, ...], code: str) -> None:
    for value in values:
        if value not in allowed:
            raise ServiceError(code, f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")


def _page_of_targets(call: Call, statuses: list[str], labels: list[str]) -> tuple[list[str], str | None]:
    deployment = _started_deployment(call)
    if labels and deployment.style["deploymentType"] == "IN_PLACE":
        message = "Blue and Green are for blue/green deployments, and this one is in place."
        raise ServiceError("InvalidDeploymentInstanceTypeException", message)
    ids = [
        target.target_id
        for target in deployment.targets.values()
        if (not statuses or target.status in statuses) and (not labels or label_of(target) in labels)
    ]
    return page(ids, call.parameters.get("nextToken"), f"targets {deployment.deployment_id} {statuses} {labels}")


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


def _deployment_target(deployment: Deployment, target: Target) -> dict[str, Any]:
    kind, member, own = kind_of(target)
    members = {
        "deploymentId": deployment.deployment_id,
        "targetId": target.target_id,
        "targetArn": target.arn,
        "status": target.status,
        "lastUpdatedAt": target.last_updated,
        "lifecycleEvents": [_event_info(event) for event in target.events],
        **own,
    }
    return {"deploymentTargetType": kind, member: members}


def _instance_summary(deployment: Deployment, target: Target) -> dict[str, Any]:
    return {
        "deploymentId": deployment.deployment_id,
        "instanceId": target.target_id,
        "status": target.status,
        "lastUpdatedAt": target.last_updated,
        "lifecycleEvents": [_event_info(event) for event in target.events],
        "instanceType": label_of(target),
    }


def _event_info(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "lifecycleEventName": event.name,
        "diagnostics": event.diagnostics,
        "startTime": event.start_time,
        "endTime": event.end_time,
        "status": event.status,
    }
