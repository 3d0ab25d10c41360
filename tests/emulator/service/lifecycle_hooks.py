# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback of the Lambda functions that are hooks."""

from __future__ import annotations

from typing import Any

from ..engine import execution_of
from ..engine.traffic_deployment import TrafficDeployment
from ..errors import ServiceError
from ..operations import Call
from ..state import FINISHED, Deployment, LifecycleEvent
from . import lookup
from .registry import operation


@operation("PutLifecycleEventHookExecutionStatus", required=("deploymentId", "lifecycleEventHookExecutionId", "status"))
def put_lifecycle_event_hook_execution_status(call: Call) -> dict[str, Any]:
    """Only a hook that runs can be reported on, and only once."""
    deployment = lookup.deployment(call.region, call.parameters["deploymentId"])
    execution = execution_of(call.region, deployment)
    if not isinstance(execution, TrafficDeployment):
        message = f"The deployment {deployment.deployment_id} is to hosts, and has no functions as hooks."
        raise ServiceError("UnsupportedActionForDeploymentTypeException", message)
    status = call.parameters["status"]
    if status not in ("Succeeded", "Failed"):
        message = f"status is {status}; it must be Succeeded or Failed."
        raise ServiceError("InvalidLifecycleEventHookExecutionStatusException", message)
    execution_id = call.parameters["lifecycleEventHookExecutionId"]
    event = _hook_event(deployment, execution_id)
    if event.status in FINISHED:
        message = f"The lifecycle event {event.name} is already completed: {event.status}"
        raise ServiceError("LifecycleEventAlreadyCompletedException", message)
    execution.report_hook(event, status)
    return {"lifecycleEventHookExecutionId": execution_id}


def _hook_event(deployment: Deployment, execution_id: str) -> LifecycleEvent:
    for target in deployment.targets.values():
        for event in target.events:
            if event.hook_execution_id == execution_id:
                return event
    message = f"No hook of the deployment {deployment.deployment_id} has the execution id {execution_id}"
    raise ServiceError("InvalidLifecycleEventHookExecutionIdException", message)
