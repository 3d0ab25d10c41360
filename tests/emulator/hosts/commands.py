# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command service that host agents poll: which command is next for a host, and what became of it.

As observed with host agent 1.8.1. One command a host and deployment at a time; several deployments on one host go on side
by side. A poll is answered at once, never held open.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from ..aws.backends import find_instance_session_arns, list_ec2_instances
from ..engine import host_execution_of
from ..engine.host_execution import HostExecution
from ..engine.lifecycle import current_event
from ..engine.targets import ec2_instance_arn
from ..errors import ServiceError
from ..operations import Call, Operations
from ..state import Deployment, InstanceTarget, LifecycleEvent, Members, Region
from .diagnostics import diagnostics_from_report, is_noop
from .envelope import Signer
from .specification import specification_from_deployment

operations = Operations()

REOFFER_AFTER = 60.0
"""Seconds until a command that was handed out, but neither acknowledged nor completed, is handed out again: its answer may
have been lost. Not at once, since an agent polls on while it prepares a command and would run it twice."""

_SIGNER = Signer()
_IDENTIFIER_CLASS = "com.amazon.apollo.deploycontrol.domain.HostCommandIdentifier"


@operations("PollHostCommand")
def poll_host_command(call: Call) -> dict[str, Any]:
    host = call.parameters["HostIdentifier"]
    _authorize(call, host)
    now = call.region.clock.now()
    for deployment in call.region.deployments.values():
        target = None if deployment.finished else deployment.hosts.get(host)
        event = current_event(target) if target and target.in_flight else None
        if event is not None and _is_on_offer(event, now):
            event.offered_time = now
            return {"HostCommand": _command(call.region, deployment, host, event)}
    return {}


@operations("GetDeploymentSpecification")
def get_deployment_specification(call: Call) -> dict[str, Any]:
    host = call.parameters["HostIdentifier"]
    _authorize(call, host)
    deployment, _target = _find_target(call.region, call.parameters["DeploymentExecutionId"], host)
    envelope = _SIGNER.envelope(specification_from_deployment(deployment))
    return {"DeploymentSystem": "CodeDeploy", "DeploymentSpecification": {"GenericEnvelope": envelope}}


@operations("PutHostCommandAcknowledgement")
def put_host_command_acknowledgement(call: Call) -> dict[str, Any]:
    """Succeeded closes the event of a no-op, Failed is for a command that was withdrawn."""
    execution, target, event = _find_command(call)
    return {"CommandStatus": execution.acknowledge(target, event, is_noop(call.parameters.get("Diagnostics")))}


@operations("PutHostCommandComplete")
def put_host_command_complete(call: Call) -> dict[str, Any]:
    """Without an acknowledgement before it, too: that is how a broken AppSpec shows."""
    execution, target, event = _find_command(call)
    status = call.parameters["CommandStatus"]
    if status not in ("Succeeded", "Failed"):
        raise _client_error(f"CommandStatus is {status}; it must be Succeeded or Failed.")
    diagnostics = diagnostics_from_report(status, call.parameters.get("Diagnostics"))
    execution.report(target, event, status == "Succeeded", diagnostics)
    return {}


@operations("PostHostCommandUpdate")
def post_host_command_update(call: Call) -> dict[str, Any]:
    _deployment, _target, event = _find_command(call)
    return {"CommandStatus": "Failed" if event.status == "Skipped" else event.status}


def _client_error(message: str) -> ServiceError:
    return ServiceError("ClientException", message)


def _authorize(call: Call, host: str) -> None:
    """The host must be known, and call with an access key of its own.

    An on-premises host's own is the identity it was registered with; an EC2 host's the session of its instance profile. Where
    an instance has no profile the emulator's own keys may speak for it, so that an agent can play one: the strictest rule that
    leaves it a way, since how the real service holds keys against hosts is not documented.
    """
    region = call.region
    if host in region.registered_hosts:
        own = [host]
    elif (instance_id := _find_instance_id(region, host)) is not None:
        root = f"arn:{region.partition}:iam::{region.account}:root"
        own = find_instance_session_arns(region.account, region.name, instance_id) or [root]
    else:
        raise _client_error(f"HostNotFoundException: no host {host} is known.")
    if call.caller.arn not in own:
        message = f"The access key {call.caller.access_key} is not one of {host}."
        raise ServiceError("AccessDeniedException", message)


def _find_instance_id(region: Region, host: str) -> str | None:
    alive = (found for found in list_ec2_instances(region.account, region.name) if found.state != "terminated")
    return next((it.instance_id for it in alive if ec2_instance_arn(region, it.instance_id) == host), None)


def _is_on_offer(event: LifecycleEvent, now: float) -> bool:
    return event.status == "Pending" and (event.offered_time is None or now - event.offered_time >= REOFFER_AFTER)


def _execution_id(region: Region, deployment: Deployment) -> str:
    """In the form of the real service's."""
    arn = f"arn:{region.partition}:sds:{region.name}:{region.account}:deployment/{deployment.deployment_id}"
    return f"CodeDeploy/{region.name}/Prod/{arn}"


def _command(region: Region, deployment: Deployment, host: str, event: LifecycleEvent) -> Members:
    execution_id = _execution_id(region, deployment)
    identifier = {
        "deploymentId": execution_id,
        "hostId": host,
        "commandName": event.name,
        "commandPosition": 1,
        "commandAttempt": 1,
    }
    return {
        "HostCommandIdentifier": base64.b64encode(json.dumps([_IDENTIFIER_CLASS, identifier]).encode()).decode(),
        "HostIdentifier": host,
        "DeploymentExecutionId": execution_id,
        "CommandName": event.name,
    }


def _find_target(region: Region, execution_id: str, host: str) -> tuple[Deployment, InstanceTarget]:
    deployment = region.deployments.get(execution_id.rpartition("/")[2])
    if deployment is None or _execution_id(region, deployment) != execution_id:
        raise _client_error(f"DeploymentNotFoundException: no deployment {execution_id} is known.")
    target = deployment.hosts.get(host)
    if target is None:
        raise _client_error(f"DeploymentNotFoundException: {execution_id} is not for {host}.")
    return deployment, target


def _find_command(call: Call) -> tuple[HostExecution, InstanceTarget, LifecycleEvent]:
    """The command that an identifier stands for; only one that was handed out to the calling host."""
    host, execution_id, name = _parts_of_identifier(call.parameters["HostCommandIdentifier"])
    _authorize(call, host)
    deployment, target = _find_target(call.region, execution_id, host)
    event = next((event for event in target.events if event.name == name), None)
    if event is None or event.offered_time is None:
        raise _client_error(f"The command {name} of {execution_id} was not offered to {host}.")
    return host_execution_of(call.region, deployment), target, event


def _parts_of_identifier(identifier: str) -> tuple[str, str, str]:
    try:
        _kind, parts = json.loads(base64.b64decode(identifier, validate=True))
        return str(parts["hostId"]), str(parts["deploymentId"]), str(parts["commandName"])
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        raise _client_error("HostCommandIdentifier is not one of this service's.") from None
