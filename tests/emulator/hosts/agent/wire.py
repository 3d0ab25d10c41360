# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command service's protocol: AWS JSON 1.1, signed, five operations of which a host uses four (the agent's API model CodeDeployCommand)."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import time
from dataclasses import dataclass
from typing import Any, cast

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from .config import AgentConfig, agent_version
from .identity import Identity

_LOG = logging.getLogger("codedeploy-agent.wire")
_RETRY_PAUSES = (0.3, 0.6, 1.2)
_THROTTLING = re.compile("throttl|ratee?xceeded|toomanyrequests", re.IGNORECASE)


class WireError(Exception):
    """The command service could not be reached, or its answer is an error or makes no sense."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


@dataclass(frozen=True)
class Command:
    """One command offered to this host; `identifier` means nothing to the host but must be sent back as it came."""

    identifier: str
    host_identifier: str
    execution_id: str
    name: str


class CommandService:
    """The command service as one host sees it. Each method raises WireError, or CredentialsError for want of credentials."""

    def __init__(self, config: AgentConfig, identity: Identity) -> None:
        self._endpoint = config.deploy_control_endpoint
        self._identity = identity
        self._service = "codedeploy-commands-secure" if config.enable_auth_policy else "codedeploy-commands"
        self._target = "CodeDeployCommandService" + ("" if config.enable_auth_policy else "_v20141006")
        self._version = agent_version(config)
        self._session = URLLib3Session(
            verify=cast(bool, trusted_certificates()),
            timeout=config.http_read_timeout,
            proxies=proxies(config),
            # Without it the body waits for the acknowledgement of the head, 40 ms a call.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    def poll(self) -> Command | None:
        """The next command for this host, or None."""
        began, host = time.monotonic(), self._identity.host_identifier
        command = self._call("PollHostCommand", HostIdentifier=host).get("HostCommand")
        # In the words of host agent 1.8.1, for those who read the log to know how the agent is.
        seconds = time.monotonic() - began
        _LOG.info(
            '[Aws::CodeDeployCommand::Client 200 %.6f 0 retries] poll_host_command(host_identifier:"%s")', seconds, host
        )
        if command is None:
            return None
        members = ("HostCommandIdentifier", "HostIdentifier", "DeploymentExecutionId", "CommandName")
        missing = [member for member in members if not command.get(member)]
        if missing:
            raise WireError(f"PollHostCommand: the command has no {', '.join(missing)}")
        if command["HostIdentifier"] not in self._identity.host_identifier:
            raise WireError(
                f"Host Identifier mismatch: {self._identity.host_identifier} != {command['HostIdentifier']}"
            )
        return Command(*(command[member] for member in members))

    def fetch_specification(self, command: Command) -> dict[str, Any]:
        """The generic envelope {Format, Payload} of the command's deployment."""
        answer = self._call(
            "GetDeploymentSpecification",
            DeploymentExecutionId=command.execution_id,
            HostIdentifier=self._identity.host_identifier,
        )
        if answer.get("DeploymentSystem") != "CodeDeploy":
            raise WireError(f"Deployment System mismatch: CodeDeploy != {answer.get('DeploymentSystem')}")
        envelope = (answer.get("DeploymentSpecification") or {}).get("GenericEnvelope")
        if not isinstance(envelope, dict):
            raise WireError("Deployment Specification missing")
        return envelope

    def acknowledge(self, command: Command, *, is_noop: bool) -> str | None:
        """The command's status as the service sees it: it is run unless this is Succeeded or Failed."""
        status: str | None = self._call(
            "PutHostCommandAcknowledgement",
            HostCommandIdentifier=command.identifier,
            Diagnostics={"Format": "JSON", "Payload": json.dumps({"IsCommandNoop": is_noop})},
        ).get("CommandStatus")
        return status

    def complete(self, command_identifier: str, status: str, payload: str) -> None:
        """Reports the end of a command; `status` is Succeeded or Failed, `payload` as diagnostics makes it."""
        self._call(
            "PutHostCommandComplete",
            HostCommandIdentifier=command_identifier,
            CommandStatus=status,
            Diagnostics={"Format": "JSON", "Payload": payload},
        )

    def _call(self, operation: str, **members: Any) -> dict[str, Any]:
        for pause in _RETRY_PAUSES:
            try:
                return self._call_once(operation, members)
            except WireError as error:
                if not error.transient:
                    raise
            time.sleep(pause)
        return self._call_once(operation, members)

    def _call_once(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        request = AWSRequest(
            method="POST",
            url=f"{self._endpoint}/",
            data=json.dumps(members).encode(),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"{self._target}.{operation}",
                "x-amz-codedeploy-agent-version": self._version,
                "User-Agent": "codedeploy-stand-in-agent",
            },
        )
        SigV4Auth(self._identity.credentials(), self._service, self._identity.region).add_auth(request)
        try:
            response = self._session.send(request.prepare())
        except BotoCoreError as error:  # a proxy that refuses is no HTTPClientError
            raise WireError(f"{operation}: {error}", transient=True) from error
        return _members_from_answer(operation, response.status_code, response.content)


def _members_from_answer(operation: str, status: int, body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body or b"{}")
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    fields = answer if isinstance(answer, dict) else {}
    code = str(fields.get("__type", "")).rpartition("#")[2]
    message = fields.get("message") or fields.get("Message") or ""
    transient = status >= 500 or status == 429 or bool(_THROTTLING.search(f"{code} {message}"))
    raise WireError(f"{operation}: HTTP {status} {code} {message}".rstrip(), transient=transient)


def trusted_certificates() -> str | bool:
    """The file of certificate authorities that the environment names, AWS_CA_BUNDLE first; True for the system's own."""
    return os.environ.get("AWS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True


def proxies(config: AgentConfig) -> dict[str, str] | None:
    """The configured proxy in the form that botocore wants."""
    return {"http": config.proxy_uri, "https": config.proxy_uri} if config.proxy_uri else None
