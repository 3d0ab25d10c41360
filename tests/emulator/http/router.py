# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers a request: control, CodeDeploy or the command service (told by X-Amz-Target), a fault, or else moto."""

from __future__ import annotations

import datetime
import os
import re
import socket
import struct
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from ..aws.backends import account_of
from ..engine.scale_out import deploy_to_launched
from ..errors import ServiceError
from ..faults import Fault, Faults
from ..operations import Caller
from ..recorder import Calls, RecordedCall
from ..state import Region, State
from .authentication import FindPrincipal, authenticate
from .control import PREFIX
from .gate import check_origin
from .incoming import Environ, Incoming, incoming_from_environ
from .protocol import Answer, JsonService, error_answer
from .refusals import Attempt, codedeploy_resource, refusal

StartResponse = Callable[..., Any]
_READS = ("Get", "List", "BatchGet")
_RESETS = ("reset_before", "reset_after")
_ERROR_CODE = re.compile(rb'"__type": *"(?:[^"#]*#)?(\w+)"|<Code>(\w+)</Code>')


class Router:
    """The WSGI application."""

    def __init__(
        self,
        state: State,
        calls: Calls,
        faults: Faults,
        find_principal: FindPrincipal,
        services: Mapping[str, JsonService],
        control: Callable[[Request], Response],
        hosts: Collection[str],
    ) -> None:
        """``services`` by the prefix of their X-Amz-Target; ``hosts`` are names that requests may call the server by."""
        self._state = state
        self._calls = calls
        self._faults = faults
        self._find_principal = find_principal
        self._services = services
        self._control = control
        self._hosts = hosts
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            check_origin(environ, self._hosts)
            return self._serve(environ, start_response)
        except ServiceError as error:
            return _response_from(error_answer(error))(environ, start_response)

    def _serve(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control(Request(environ))(environ, start_response)
        incoming = incoming_from_environ(environ, self._services.keys())
        fault = self._faults.meet(incoming.action)
        if fault is not None and fault.kind == "reset_before":
            self._lose(incoming, fault)
        response = self._response(incoming, fault)
        if fault is not None and fault.kind == "reset_after":
            self._lose(incoming, fault)
        self._record(incoming, response.status_code, _error_code(response))
        return response(environ, start_response)

    def _response(self, incoming: Incoming, fault: Fault | None) -> Response:
        if fault is not None and fault.kind not in ("reset_after", "stale_reads"):
            return refusal(fault.kind, incoming.service, incoming.form_encoded, self._attempt(incoming))
        if incoming.target in self._services:
            answer = self._answer(incoming, fault)
        elif incoming.service.startswith("codedeploy"):  # moto has a CodeDeploy of its own, never to be seen
            answer = error_answer(ServiceError("UnknownOperationException", "No X-Amz-Target of a known service."))
        else:
            response = Response.from_app(self._moto, incoming.environ)
            self._follow_auto_scaling(incoming)
            return _without_cors(response)
        return _response_from(answer)

    def _follow_auto_scaling(self, incoming: Incoming) -> None:
        """What a request let Auto Scaling launch may have to be deployed to."""
        if incoming.claim is not None and incoming.service in ("autoscaling", "ec2"):
            account = account_of(incoming.claim.access_key)
            with self._state.lock:
                deploy_to_launched(self._state.region(account, incoming.claim.region_name))

    def _answer(self, incoming: Incoming, fault: Fault | None) -> Answer:
        service = self._services[incoming.target]
        now = datetime.datetime.now(datetime.timezone.utc)  # clients sign with the machine's time, not the emulator's
        try:
            caller = authenticate(incoming.headers, incoming.body, service.signing_names, self._find_principal, now)
        except ServiceError as error:
            return error_answer(error)
        return service.answer(incoming.operation, caller, self._region(incoming, caller, fault), incoming.body)

    def _region(self, incoming: Incoming, caller: Caller, fault: Fault | None) -> Region:
        region = self._state.region(caller.account, caller.region_name)
        if fault is not None and fault.kind == "stale_reads":
            self._faults.visibility.hold_back(region, fault.reads)
        elif caller.signing_name == "codedeploy" and incoming.operation.startswith(_READS):
            return self._faults.visibility.region_to_read(region)
        return region

    def _attempt(self, incoming: Incoming) -> Attempt:
        resource = "*"
        if incoming.claim is not None and incoming.service == "codedeploy":
            region = self._state.region(account_of(incoming.claim.access_key), incoming.claim.region_name)
            name = codedeploy_resource(incoming.parameters)
            resource = region.arn(name) if name else "*"
        elif incoming.service == "s3" and incoming.parameters:
            resource = "arn:aws:s3:::" + "/".join(incoming.parameters.values())
        return Attempt(self._arn(incoming), incoming.action, resource)

    def _arn(self, incoming: Incoming) -> str:
        """Whom the request claims to come from."""
        claim = incoming.claim
        principal = self._find_principal(claim.region_name, claim.access_key) if claim else None
        return principal.arn if principal else ""

    def _record(self, incoming: Incoming, status: int, error: str) -> None:
        claim = incoming.claim
        if claim is None:
            return
        call = RecordedCall(
            service=claim.signing_name,
            operation=incoming.operation,
            action=incoming.action,
            access_key=claim.access_key,
            parameters=incoming.parameters,
            status=status,
            error=error,
            caller=self._arn(incoming),
            account=account_of(claim.access_key),
            region=claim.region_name,
        )
        self._calls.add(call)

    def _lose(self, incoming: Incoming, fault: Fault) -> None:
        """Reset the connection. Raises ConnectionResetError, by which the server knows that there is nobody to answer."""
        self._record(incoming, 0, fault.kind)
        connection: socket.socket = incoming.environ["werkzeug.socket"]
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
        raise ConnectionResetError(fault.kind)


def _response_from(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def _without_cors(response: Response) -> Response:
    """moto lets the pages of all origins read its answers."""
    for name in {name for name in dict(response.headers) if name.lower().startswith("access-control-")}:
        del response.headers[name]
    return response


def _error_code(response: Response) -> str:
    """The name of the error that an answer tells, its status if it tells none, ``""`` if it is no error."""
    if response.status_code < 400:
        return ""
    found = _ERROR_CODE.search(response.get_data())
    return (found[1] or found[2]).decode() if found else str(response.status_code)
