# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request asks for, before anything is checked: the claimed caller, the operation and the IAM action for it."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from werkzeug.wrappers import Request

from ..recorder import iam_action
from .authentication import Claim, Headers, claim_from_header
from .gate import limit_body, whole_body
from .protocol import json_from_body
from .s3_actions import s3_request

Environ = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """A request. ``target`` is the prefix of its X-Amz-Target, ``body`` is read only of those that go to our own services.

    ``parameters`` as the client sent them, for CodeDeploy and S3 (bucket and key) only: those hold no secrets.
    """

    environ: Environ
    claim: Claim | None
    target: str
    operation: str
    action: str
    parameters: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""

    @property
    def service(self) -> str:
        """The signing name, ``""`` for a request that is not signed."""
        return self.claim.signing_name if self.claim else ""

    @property
    def form_encoded(self) -> bool:
        """Whether it is one of the query protocol."""
        return _is_form(self.environ)

    @property
    def headers(self) -> Headers:
        return {name.lower(): value for name, value in Request(self.environ).headers.items()}


def incoming_from_environ(environ: Environ, own_targets: Collection[str]) -> Incoming:
    """``own_targets``: the prefixes of X-Amz-Target that are not moto's. Raises ServiceError, and ConnectionAbortedError."""
    claim = claim_from_header(environ.get("HTTP_AUTHORIZATION", ""))
    service = claim.signing_name if claim else ""
    target, _dot, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
    if target in own_targets:
        body = whole_body(environ)
        return Incoming(environ, claim, target, operation, iam_action(service, operation), _members(body), body)
    if service == "s3":
        limit_body(environ, service)
        path, query = Request(environ).path, environ.get("QUERY_STRING", "")
        return Incoming(environ, claim, "", *s3_request(environ["REQUEST_METHOD"], path, query))
    operation = operation or _form_action(environ) or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    limit_body(environ, service)
    return Incoming(environ, claim, target, operation, iam_action(service, operation))


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = json_from_body(body)
    except ValueError:  # the service will say so
        return {}
    return members if isinstance(members, dict) else {}


def _is_form(environ: Environ) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")


def _form_action(environ: Environ) -> str:
    """The Action of a request of the query protocol, whose body is put back for moto to read."""
    if environ["REQUEST_METHOD"] != "POST" or not _is_form(environ):
        return ""
    body = whole_body(environ)
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
