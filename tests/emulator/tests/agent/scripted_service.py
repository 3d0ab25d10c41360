# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command service that offers what a test tells it to and writes down what it hears, with a small S3 on the same port.

It is no emulator: it knows no deployments, and accepts calls in any order, so that a test can say which order it saw.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Call:
    """One call of the command service as it arrived."""

    operation: str
    members: dict[str, Any]
    headers: Mapping[str, str]


@dataclass
class ScriptedService:
    """`answers` replaces the answer to an operation, once for each entry: (HTTP status, body); `commands` are those not yet polled."""

    endpoint: str = ""
    calls: list[Call] = field(default_factory=list)
    objects: dict[str, dict[str | None, bytes]] = field(default_factory=dict)
    acknowledge_with: dict[str, Any] = field(default_factory=lambda: {"CommandStatus": "InProgress"})
    answers: dict[str, deque[tuple[int, str]]] = field(default_factory=dict)
    commands: deque[dict[str, str]] = field(default_factory=deque)
    _envelopes: dict[str, dict[str, str]] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def put_object(self, bucket: str, key: str, content: bytes, version: str | None = None) -> str:
        """Stores an object and returns its ETag; without a `version` it is the current one."""
        self.objects.setdefault(f"{bucket}/{key}", {})[version] = content
        return _etag(content)

    def offer(
        self, host: str, name: str, specification: Mapping[str, Any], envelope: dict[str, str] | None = None
    ) -> str:
        """Offers a command to `host` at its next poll; returns the command's identifier."""
        identifier = f"command-{len(self._envelopes)}"
        execution = f"CodeDeploy/us-east-1/Prod/arn:aws:sds:us-east-1:123456789012:deployment/{identifier}"
        self._envelopes[execution] = envelope or signed_envelope(json.dumps(specification))
        self.commands.append(
            {
                "HostCommandIdentifier": identifier,
                "HostIdentifier": host,
                "DeploymentExecutionId": execution,
                "CommandName": name,
            }
        )
        return identifier

    def heard(self, operation: str) -> list[dict[str, Any]]:
        """The members of every call of this operation."""
        return [call.members for call in self.calls if call.operation == operation]

    def completion(self, identifier: str, timeout: float = 30) -> tuple[str, dict[str, Any]]:
        """Status and payload that were reported for a command; waits for the report."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._completions(identifier), timeout)
            (report,) = self._completions(identifier)
        return report["CommandStatus"], json.loads(report["Diagnostics"]["Payload"])

    def _completions(self, identifier: str) -> list[dict[str, Any]]:
        return [call for call in self.heard("PutHostCommandComplete") if call["HostCommandIdentifier"] == identifier]

    def answer(self, call: Call) -> tuple[int, str]:
        """The HTTP status and the body for one call."""
        with self._arrived:
            self.calls.append(call)
            self._arrived.notify_all()
        if self.answers.get(call.operation):
            return self.answers[call.operation].popleft()
        if call.operation == "PollHostCommand":
            return 200, json.dumps({"HostCommand": self.commands.popleft()} if self.commands else {})
        if call.operation == "GetDeploymentSpecification":
            envelope = self._envelopes[call.members["DeploymentExecutionId"]]
            specification = {"DeploymentSystem": "CodeDeploy", "DeploymentSpecification": {"GenericEnvelope": envelope}}
            return 200, json.dumps(specification)
        if call.operation == "PutHostCommandAcknowledgement":
            return 200, json.dumps(self.acknowledge_with)
        return 200, "{}"


def serve(service: ScriptedService) -> ThreadingHTTPServer:
    """Starts answering for `service` on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = (
            -1
        )  # head and body leave together; apart, each answer would wait 40 ms for the peer's acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = service.answer(Call(operation, json.loads(body), dict(self.headers)))
            self._send(status, answer.encode(), {"Content-Type": "application/x-amz-json-1.1"})

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            version = parse_qs(parts.query).get("versionId", [None])[0]
            content = service.objects.get(unquote(parts.path).lstrip("/"), {}).get(version)
            if content is None:
                self._send(404, b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>", {})
            else:
                self._send(200, content, {"ETag": f'"{_etag(content)}"'})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Says nothing: pytest shows what a failing test needs."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """An agent that is killed in the middle of a call is part of a test."""
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    service.endpoint = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def _etag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def signed_envelope(text: str, key_type: str = "EC") -> dict[str, str]:
    """`text` in an envelope as the real service makes it, signed with a key that nobody vouches for."""
    key, certificate = _signer(key_type)
    builder = PKCS7SignatureBuilder().set_data(text.encode()).add_signer(certificate, key, SHA256())
    return {"Format": "PKCS7/JSON", "Payload": builder.sign(Encoding.PEM, [PKCS7Options.Binary]).decode()}


@cache
def _signer(key_type: str) -> tuple[ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1()) if key_type == "EC" else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"a test's {key_type} signer")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now)
    return key, builder.not_valid_after(now + timedelta(days=1)).sign(key, SHA256())
