# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A web proxy on loopback that wants a password: it relays requests and opens tunnels, and remembers for what it was asked."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import socket
import threading
import typing as t
import urllib.parse
from dataclasses import dataclass

OF_ONE_CONNECTION = {"connection", "proxy-authorization", "proxy-connection", "transfer-encoding"}


@dataclass(frozen=True)
class Proxy:
    """The proxy at URL, which holds USER and PASSWORD; ASKED grows by a line like `CONNECT host:port` or `GET http://...` for each request."""

    url: str
    asked: list[str]


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry what SOURCE sends to SINK until it ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


class _Relay(http.server.BaseHTTPRequestHandler):
    asked: t.ClassVar[list[str]]
    authorization: t.ClassVar[str]

    def log_message(self, *_arguments: t.Any) -> None:
        """Nobody reads it."""

    def _is_let_in(self) -> bool:
        if self.headers["Proxy-Authorization"] == self.authorization:
            self.asked.append(f"{self.command} {self.path}")
            return True
        self.send_error(407)
        return False

    def do_CONNECT(self) -> None:
        if not self._is_let_in():
            return
        host, _colon, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as far:
            self.send_response(200)
            self.end_headers()
            backwards = threading.Thread(target=pump, args=(far, self.connection))
            backwards.start()
            pump(self.connection, far)
            backwards.join()

    def _relay(self) -> None:
        if not self._is_let_in():
            return
        where = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_CONNECTION}
        far = http.client.HTTPConnection(where.netloc)
        far.request(self.command, where._replace(scheme="", netloc="").geturl() or "/", body, headers)
        answer = far.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {*OF_ONE_CONNECTION, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        far.close()

    def do_GET(self) -> None:
        self._relay()

    def do_POST(self) -> None:
        self._relay()


@contextlib.contextmanager
def serving_proxy(user: str, password: str) -> t.Iterator[Proxy]:
    """A proxy for those who know USER and PASSWORD."""
    asked: list[str] = []
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    own = type("Relay", (_Relay,), {"asked": asked, "authorization": f"Basic {token}"})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), own)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://{user}:{password}@127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
