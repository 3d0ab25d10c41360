# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host whose agent is the test: raw signed calls of the command service, one at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import urllib3
from botocore.credentials import Credentials

from .signed_requests import signed_headers

Command = dict[str, Any]


class CommandError(Exception):
    """The service refused; ``code`` is the error's name."""

    def __init__(self, status: int, answer: dict[str, str]) -> None:
        super().__init__(f"{status} {answer['__type']}: {answer['message']}")
        self.status = status
        self.code = answer["__type"]


class ScriptedHost:
    """``identifier`` is what the host calls itself; prefix and signing name may be those of the secure variant."""

    prefix = "CodeDeployCommandService_v20141006"
    signing_name = "codedeploy-commands"
    region = "us-east-1"

    def __init__(self, endpoint: str, identifier: str, credentials: Credentials) -> None:
        self.endpoint = endpoint
        self.identifier = identifier
        self.credentials = credentials

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """One operation of the command service. Raises CommandError."""
        data = json.dumps(members).encode()
        scope = {"service": self.signing_name, "region": self.region}
        target = f"{self.prefix}.{operation}"
        headers = signed_headers(self.endpoint, target, data, credentials=self.credentials, **scope)
        answer = urllib3.request("POST", self.endpoint, body=data, headers=headers)
        result: dict[str, Any] = answer.json()
        if answer.status != 200:
            raise CommandError(answer.status, result)
        return result

    def poll(self) -> Command | None:
        return self.call("PollHostCommand", HostIdentifier=self.identifier).get("HostCommand")

    def specification(self, command: Command) -> dict[str, Any]:
        execution = command["DeploymentExecutionId"]
        return self.call("GetDeploymentSpecification", DeploymentExecutionId=execution, HostIdentifier=self.identifier)

    def acknowledge(self, command: Command, noop: bool = False) -> str:
        """The status that the service answers."""
        diagnostics = {"Format": "JSON", "Payload": json.dumps({"IsCommandNoop": noop})}
        identifier = command["HostCommandIdentifier"]
        answer = self.call("PutHostCommandAcknowledgement", HostCommandIdentifier=identifier, Diagnostics=diagnostics)
        return str(answer["CommandStatus"])

    def complete(
        self, command: Command, code: int | str = 0, message: str = "", script: str = "", log: str = ""
    ) -> None:
        """Report success for code 0, else failure."""
        report = {"error_code": code, "script_name": script, "message": message, "log": log}
        self.call(
            "PutHostCommandComplete",
            HostCommandIdentifier=command["HostCommandIdentifier"],
            CommandStatus="Succeeded" if code == 0 else "Failed",
            Diagnostics={"Format": "JSON", "Payload": json.dumps(report)},
        )

    def run_next(self, failures: Mapping[str, int]) -> str | None:
        """Take the next command to its end, failing with the code that ``failures`` has for it; its name, or None."""
        command = self.poll()
        if command is None:
            return None
        name = str(command["CommandName"])
        if self.acknowledge(command) == "InProgress":
            self.complete(command, failures.get(name, 0), message=f"{name} ran", script="bin/run.sh", log="[stdout]end")
        return name
