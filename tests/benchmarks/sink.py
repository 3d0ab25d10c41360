# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m benchmarks.sink CERTIFICATE`: an S3 on loopback that knows which objects it was given, and discards their content.

Writes its certificate to the file CERTIFICATE and prints its port; ends when its input does, and then prints the objects' sizes as JSON. It is
there to cost as little as possible, not to be S3: it checks nothing. It speaks HTTPS, because real S3 does, and because clients sign and
check payloads differently without it.
"""

from __future__ import annotations

import itertools
import json
import pathlib
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from emulator.certificates import write_certificate

XML = '<?xml version="1.0" encoding="UTF-8"?>'
_numbers = itertools.count(1)


class Sink(ThreadingHTTPServer):
    """The objects by path and the uploads in flight by id: metadata headers and, as it grows, the size."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, certificate: pathlib.Path) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.objects: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # As servers do; else many an answer would wait 40 ms for the client to acknowledge what was sent before it.
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.tls.wrap_socket(request, server_side=True, suppress_ragged_eofs=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed or aborts its upload is no error of the sink's."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Request(BaseHTTPRequestHandler):
    """One connection: the few S3 requests that a push makes."""

    protocol_version = "HTTP/1.1"
    server: Sink

    def setup(self) -> None:
        super().setup()
        self._discarded = memoryview(bytearray(1 << 20))

    def do_HEAD(self) -> None:
        path = urlsplit(self.path).path
        if path.count("/") == 1:
            self._answer(200)
        elif found := self.server.objects.get(path):
            self._answer(200, headers={**found["headers"], "Content-Length": str(found["size"])})
        else:
            self._answer(404)

    def do_PUT(self) -> None:
        place = urlsplit(self.path)
        received = self._receive()
        tag = f'"{next(_numbers):032x}"'
        if upload := parse_qs(place.query).get("uploadId"):
            parts = self.server.uploads[upload[0]]["parts"]
            parts[place.query] = received
        else:
            self._store(place.path, received, tag, self._metadata())
        self._answer(200, headers={"ETag": tag})

    def do_POST(self) -> None:
        place = urlsplit(self.path)
        self._receive()
        if upload := parse_qs(place.query).get("uploadId"):
            ended = self.server.uploads.pop(upload[0])
            tag = f'"{next(_numbers):032x}-{len(ended["parts"])}"'
            self._store(place.path, sum(ended["parts"].values()), tag, ended["headers"])
            element = "CompleteMultipartUploadResult"
            self._answer(200, f"{XML}<{element}><ETag>{tag}</ETag></{element}>")
        else:
            identifier = f"upload-{next(_numbers)}"
            self.server.uploads[identifier] = {"parts": {}, "headers": self._metadata()}
            element = "InitiateMultipartUploadResult"
            self._answer(200, f"{XML}<{element}><UploadId>{identifier}</UploadId></{element}>")

    def do_GET(self) -> None:
        """The only question is which uploads are in flight; those of a race are its own."""
        self._answer(200, f"{XML}<ListMultipartUploadsResult/>")

    def do_DELETE(self) -> None:
        self.server.uploads.pop(parse_qs(urlsplit(self.path).query)["uploadId"][0], None)
        self._answer(204)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Quiet."""

    def _metadata(self) -> dict[str, str]:
        return {name: value for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")}

    def _store(self, path: str, size: int, tag: str, headers: dict[str, str]) -> None:
        self.server.objects[path] = {"size": size, "headers": {**headers, "ETag": tag}}

    def _answer(self, status: int, body: str = "", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def _receive(self) -> int:
        """Discard the request's body and return its bytes, without what frames them."""
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            length = int(self.headers.get("Content-Length", 0))
            self._discard(length)
            return int(self.headers.get("X-Amz-Decoded-Content-Length", length))
        total = 0
        while length := int(self.rfile.readline().split(b";")[0], 16):
            self._discard(length + 2)
            total += length
        while self.rfile.readline().strip():
            continue
        return int(self.headers.get("X-Amz-Decoded-Content-Length", total))

    def _discard(self, length: int) -> None:
        while length:
            received = self.rfile.readinto(self._discarded[: min(length, len(self._discarded))])
            if not received:
                raise ConnectionError("the client went away in the middle of its request")
            length -= received


def main() -> None:
    """Serve until the input ends."""
    certificate = pathlib.Path(sys.argv[1])
    write_certificate(certificate)
    sink = Sink(certificate)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    print(sink.server_port, flush=True)
    sys.stdin.read()
    print(json.dumps({path: found["size"] for path, found in sink.objects.items()}), flush=True)


if __name__ == "__main__":
    main()
