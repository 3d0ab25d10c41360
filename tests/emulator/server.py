# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP on loopback: who answers a request, and the threads that serve it.

CodeDeploy and the command service are ours, told by X-Amz-Target; /_emulator/ is control; the rest is moto's.
"""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Request, Response

from .control import PREFIX
from .moto_backends import account_of
from .protocol import CONTENT_TYPE, LARGEST_REQUEST, Caller, JsonService
from .recorder import Calls, RecordedCall, iam_action
from .s3_actions import s3_request
from .state import State

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
HOST = "127.0.0.1"
_CREDENTIAL = re.compile(r"^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request\b")


class PortTakenError(Exception):
    """Another program listens on the port that was asked for."""


class Router:
    """The WSGI application."""

    def __init__(
        self,
        state: State,
        calls: Calls,
        services: Mapping[str, JsonService],
        control: Callable[[Request], Response],
    ) -> None:
        """``services`` by the prefix of their X-Amz-Target."""
        self._state = state
        self._calls = calls
        self._services = services
        self._control = control
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control(Request(environ))(environ, start_response)
        caller = _caller(environ.get("HTTP_AUTHORIZATION", ""))
        prefix, _dot, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        if prefix in self._services:
            return self._serve(self._services[prefix], operation, caller, environ)(environ, start_response)
        if caller and caller.signing_name.startswith("codedeploy"):
            return _unknown_operation()(environ, start_response)  # moto has a CodeDeploy of its own, never to be seen
        return self._serve_moto(caller, environ, start_response)

    def _serve(self, service: JsonService, operation: str, caller: Caller | None, environ: Environ) -> Response:
        body = Request(environ).stream.read(LARGEST_REQUEST + 1)  # one byte more shows that it is too long
        answer = service.answer(operation, caller, self._state, body)
        if caller is not None:
            action = iam_action(caller.signing_name, operation)
            call = (caller.signing_name, operation, action, caller.access_key, answer.parameters or {}, answer.status)
            self._calls.add(RecordedCall(*call))
        return Response(answer.body, answer.status, answer.headers)

    def _serve_moto(self, caller: Caller | None, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        operation, action, parameters = _moto_request(caller, environ)

        def record(status: str, *rest: Any) -> Any:
            if caller is not None:
                number = int(status.split()[0])
                call = (caller.signing_name, operation, action, caller.access_key, parameters, number)
                self._calls.add(RecordedCall(*call))
            return start_response(status, *rest)

        answer: Iterable[bytes] = self._moto(environ, record)
        return answer


def _caller(authorization: str) -> Caller | None:
    found = _CREDENTIAL.match(authorization)
    if found is None:
        return None
    access_key, region, signing_name = found.groups()
    return Caller(access_key, account_of(access_key), region, signing_name)


def _moto_request(caller: Caller | None, environ: Environ) -> tuple[str, str, dict[str, Any]]:
    service = caller.signing_name if caller else ""
    if service == "s3":
        return s3_request(environ["REQUEST_METHOD"], Request(environ).path, environ.get("QUERY_STRING", ""))
    operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2] or _form_action(environ)
    operation = operation or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return operation, iam_action(service, operation), {}


def _form_action(environ: Environ) -> str:
    """The Action of a request of the query protocol, whose body is put back for moto to read."""
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return ""
    body = Request(environ).get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


def _unknown_operation() -> Response:
    body = json.dumps({"__type": "UnknownOperationException", "message": "No X-Amz-Target of a known service."})
    return Response(body, 400, content_type=CONTENT_TYPE)


class _QuietHandler(MotoRequestHandler):
    def log(self, *_args: Any, **_kwargs: Any) -> None:
        """Requests are recorded, not logged."""


class _Server(ThreadedWSGIServer):
    """Threads that end with the server, though clients keep their connections open."""

    daemon_threads = False

    def __init__(self, listener: socket.socket, application: Router) -> None:
        self._connections: set[socket.socket] = set()
        host, port = listener.getsockname()
        super().__init__(host, port, application, handler=_QuietHandler, fd=listener.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was faster
                continue


class HttpServer:
    """The application on a port of loopback, from construction until ``stop``. Raises PortTakenError."""

    def __init__(self, port: int, application: Router) -> None:
        with _bound_socket(port) as listener:
            self._server = _Server(listener, application)
        self.port = int(self._server.port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="emulator-server", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every connection and wait for every thread."""
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()


def _bound_socket(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortTakenError(f"port {port} of {HOST} cannot be used: {error.strerror}") from error
    return listener
