# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host agents' command service, as a botocore service model.

Members, requirements and limits as in the API model that host agent 1.8.1 carries and as observed on its wire; only the
operations and members that an agent uses or reads.
"""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]


def _structure(*required: str, **members: str) -> Shape:
    shape: Shape = {"type": "structure", "members": {name: {"shape": shape} for name, shape in members.items()}}
    return shape | {"required": list(required)} if required else shape


def _operation(name: str) -> Shape:
    return {
        "name": name,
        "http": {"method": "POST", "requestUri": "/"},
        "input": {"shape": f"{name}Input"},
        "output": {"shape": f"{name}Output"},
        "errors": [{"shape": "ClientException"}, {"shape": "ServerException"}],
    }


_OPERATIONS = (
    "PollHostCommand",
    "GetDeploymentSpecification",
    "PutHostCommandAcknowledgement",
    "PutHostCommandComplete",
    "PostHostCommandUpdate",
)

_SHAPES: dict[str, Shape] = {
    "PollHostCommandInput": _structure("HostIdentifier", HostIdentifier="Text"),
    "PollHostCommandOutput": _structure(HostCommand="HostCommandInstance"),
    "HostCommandInstance": _structure(
        HostCommandIdentifier="Text",
        HostIdentifier="Text",
        DeploymentExecutionId="ExecutionId",
        CommandName="Text",
        Nonce="Long",
    ),
    "GetDeploymentSpecificationInput": _structure(
        "DeploymentExecutionId", "HostIdentifier", DeploymentExecutionId="ExecutionId", HostIdentifier="Text"
    ),
    "GetDeploymentSpecificationOutput": _structure(
        DeploymentSystem="Text", DeploymentSpecification="DeploymentSpecification"
    ),
    "DeploymentSpecification": _structure(GenericEnvelope="Envelope"),
    "Envelope": _structure("Format", "Payload", Format="Format", Payload="Text"),
    "PutHostCommandAcknowledgementInput": _structure(
        "HostCommandIdentifier", HostCommandIdentifier="Text", Diagnostics="Diagnostics"
    ),
    "PutHostCommandAcknowledgementOutput": _structure(CommandStatus="CommandStatus"),
    "PutHostCommandCompleteInput": _structure(
        "HostCommandIdentifier",
        "CommandStatus",
        HostCommandIdentifier="Text",
        CommandStatus="CommandStatus",
        Diagnostics="Diagnostics",
    ),
    "PutHostCommandCompleteOutput": _structure(),
    "PostHostCommandUpdateInput": _structure(
        "HostCommandIdentifier",
        HostCommandIdentifier="Text",
        EstimatedCompletionTime="Timestamp",
        Diagnostics="Diagnostics",
    ),
    "PostHostCommandUpdateOutput": _structure(CommandStatus="CommandStatus"),
    "Diagnostics": _structure("Format", "Payload", Format="Format", Payload="DiagnosticsPayload"),
    "ClientException": {"type": "structure", "members": {"message": {"shape": "Text"}}, "exception": True},
    "ServerException": {"type": "structure", "members": {"message": {"shape": "Text"}}, "exception": True},
    "CommandStatus": {"type": "string", "enum": ["Pending", "InProgress", "Succeeded", "Failed"]},
    "DiagnosticsPayload": {"type": "string", "min": 0, "max": 8192},
    "ExecutionId": {"type": "string", "min": 1, "max": 129, "pattern": "[^/]+/[^/]+/[^/]+/.+"},
    "Format": {"type": "string", "min": 1, "max": 64},
    "Long": {"type": "long"},
    "Text": {"type": "string"},
    "Timestamp": {"type": "timestamp"},
}

COMMAND_MODEL: dict[str, Any] = {
    "version": "2.0",
    "metadata": {
        "apiVersion": "2014-10-06",
        "endpointPrefix": "codedeploy-commands",
        "jsonVersion": "1.1",
        "protocol": "json",
        "serviceFullName": "CodeDeploy command service",
        "serviceId": "CodeDeployCommandService",
        "signatureVersion": "v4",
        "targetPrefix": "CodeDeployCommandService_v20141006",
    },
    "operations": {name: _operation(name) for name in _OPERATIONS},
    "shapes": _SHAPES,
}
