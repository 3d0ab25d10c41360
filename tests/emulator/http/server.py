# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP on loopback: the sockets and the threads that serve the application, with TLS or without."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from ..certificates import CA_FILE, server_context
from .router import Router

HOST = "127.0.0.1"
LONGEST_SILENCE = 60.0
"""Seconds that a client may let pass between two parts of a request, or of taking its answer."""


class PortTakenError(Exception):
    """Another program listens on the port that was asked for."""


class _QuietHandler(MotoRequestHandler):
    timeout = LONGEST_SILENCE

    def log(self, *_args: Any, **_kwargs: Any) -> None:
        """Requests are recorded, not logged."""

    def connection_dropped(self, *_args: Any) -> None:
        """Read no further request: the connection may be closed on this side too, by a fault."""
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    """Threads that end with the server, though clients keep their connections open."""

    daemon_threads = False

    def __init__(self, listener: socket.socket, application: Router, tls: ssl.SSLContext | None) -> None:
        self._connections: set[socket.socket] = set()
        host, port = listener.getsockname()
        super().__init__(host, port, application, handler=_QuietHandler, fd=listener.fileno())
        self.ssl_context = tls

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.ssl_context is None:
            return connection, address
        # The handshake is the connection's own thread's affair: a client that never makes it must not keep the others waiting.
        return self.ssl_context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

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

    def __init__(self, port: int, application: Router, tls: Path | None) -> None:
        """``tls``: a folder for certificates, without which it speaks plain HTTP. No two servers have one port, so that none
        writes over the certificate of another."""
        with _bound_socket(port) as listener:
            self.port = int(listener.getsockname()[1])
            folder = tls / str(self.port) if tls else None
            self.ca_file = folder / CA_FILE if folder else None
            self._server = _Server(listener, application, server_context(folder) if folder else None)
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
