# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Triggers: what is published to SNS when something happens to a deployment or to one of its instances.

The messages are those of the AWS user guide, monitoring-sns-event-notifications-json-format: every number and time in them
is a string.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import partial

from ..aws.sns import publish
from ..state import Deployment, LifecycleEvent, Members, Region, Target

_COUNTED = ("Failed", "InProgress", "Pending", "Skipped", "Succeeded")


def publish_deployment_event(region: Region, deployment: Deployment, event: str) -> None:
    """``event`` is DeploymentStart, DeploymentSuccess and so on (botocore model: TriggerEventType)."""
    _publish(region, deployment, event, partial(_deployment_message, deployment))


def publish_instance_event(region: Region, deployment: Deployment, target: Target, event: str) -> None:
    """``event`` is InstanceStart, InstanceSuccess, InstanceFailure or InstanceReady."""
    _publish(region, deployment, event, partial(_instance_message, deployment, target))


def _publish(region: Region, deployment: Deployment, event: str, message: Callable[[], Members]) -> None:
    """The subject is the emulator's own: the user guide does not show any."""
    for trigger in deployment.settings.get("triggerConfigurations", []):
        if event in trigger["triggerEvents"]:
            name = trigger["triggerName"]
            place = {"region": region.name, "accountId": region.account, "eventTriggerName": name}
            subject = f"{event}: {deployment.deployment_id}"
            publish(region.account, region.name, trigger["triggerTargetArn"], subject, json.dumps(place | message()))


def _deployment_message(deployment: Deployment) -> Members:
    counts: Counter[str] = Counter(target.status for target in deployment.targets.values())
    message = {
        "applicationName": deployment.group.application.name,
        "deploymentId": deployment.deployment_id,
        "deploymentGroupName": deployment.group.name,
        "createTime": _time(deployment.create_time),
        "completeTime": _time(deployment.complete_time),
        "deploymentOverview": {status: str(counts[status]) for status in _COUNTED},
        "status": deployment.status,
    }
    if deployment.error is not None:
        error = {"ErrorCode": deployment.error["code"], "ErrorMessage": deployment.error["message"]}
        message["errorInformation"] = error
    return _present(message)


def _instance_message(deployment: Deployment, target: Target) -> Members:
    return {
        "deploymentId": deployment.deployment_id,
        "instanceId": target.arn,
        "lastUpdatedAt": _time(target.last_updated),
        "instanceStatus": target.status,
        "lifecycleEvents": [_event(event) for event in target.events],
    }


def _event(event: LifecycleEvent) -> Members:
    members = {
        "LifecycleEvent": event.name,
        "LifecycleEventStatus": event.status,
        "StartTime": _time(event.start_time),
        "EndTime": _time(event.end_time),
    }
    return _present(members)


def _present(members: Members) -> Members:
    return {name: value for name, value in members.items() if value is not None}


def _time(seconds: float | None) -> str | None:
    """Seconds since the epoch, with milliseconds."""
    return None if seconds is None else f"{seconds:.3f}"
