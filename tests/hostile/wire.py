# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire between botocore and the emulator, for the calls of one access key: what is answered is recorded, and may be replaced before botocore reads it."""

from __future__ import annotations

import contextlib
import threading
import typing as t
from dataclasses import dataclass
from unittest import mock

import botocore.awsrequest
import botocore.endpoint
import botocore.httpsession


class TooManyCalls(BaseException):
    """More calls were made than the limit allows; no `except Exception` may hide that."""


@dataclass(frozen=True)
class Answer:
    """An answer to OPERATION (of the botocore model) by the HTTP METHOD: what is on the wire."""

    operation: t.Any
    method: str
    status: int
    headers: dict[str, str]
    body: bytes


Replace = t.Callable[[Answer], Answer]


class Wire:
    """Records the answers to the calls of ACCESS_KEY, each as REPLACE makes it; raises TooManyCalls after LIMIT calls."""

    def __init__(self, access_key: str, replace: Replace, limit: int) -> None:
        self.answers: list[Answer] = []
        self._key = access_key.encode()
        self._replace = replace
        self._limit = limit
        self._calls = 0
        self._thread = threading.local()
        self._last: dict[str, t.Any] = {}

    @contextlib.contextmanager
    def tapped(self) -> t.Iterator[None]:
        """Sit on the wire for as long as the context is open."""
        make_request, send = botocore.endpoint.Endpoint.make_request, botocore.httpsession.URLLib3Session.send
        wire = self

        def make(endpoint: t.Any, operation: t.Any, request: t.Any) -> t.Any:
            wire._thread.operation = operation
            return make_request(endpoint, operation, request)

        def sent(session: t.Any, request: t.Any) -> t.Any:
            if not wire._is_ours(request):
                return send(session, request)
            again = wire._again(request)
            return wire._answered(request, again or send(session, request))

        with (
            mock.patch.object(botocore.endpoint.Endpoint, "make_request", make),
            mock.patch.object(botocore.httpsession.URLLib3Session, "send", sent),
        ):
            yield

    def _is_ours(self, request: t.Any) -> bool:
        authorization = request.headers.get("Authorization", b"")
        return self._key in (authorization.encode() if isinstance(authorization, str) else authorization)

    def _again(self, request: t.Any) -> t.Any:
        """The last answer to the operation, for a request of the next page of a list that has none."""
        body = request.body if isinstance(request.body, (bytes, str)) else b""
        asked = f"{request.url}{body.decode(errors='replace') if isinstance(body, bytes) else body}"
        return self._last.get(self._thread.operation.name) if "endless-" in asked else None

    def _answered(self, request: t.Any, response: t.Any) -> t.Any:
        self._calls += 1
        if self._calls > self._limit:
            raise TooManyCalls
        answer = Answer(
            self._thread.operation,
            request.method,
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
        )
        self.answers.append(answer)
        self._last[answer.operation.name] = response
        replaced = self._replace(answer)
        if replaced is answer:
            return response
        changed = botocore.awsrequest.AWSResponse(response.url, replaced.status, replaced.headers, None)
        changed._content = b"" if answer.method == "HEAD" else replaced.body
        return changed
