# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are let in: none that a web page of another origin can send, and none with a body beyond all need.

Whoever uses the emulator also has web pages open, and loopback is open to them. A browser names the page in ``Origin``, or at
least says in ``Sec-Fetch-Site`` that it is another site's (Fetch Standard, section 3.2; Fetch Metadata, section 2.1). A page
that lets its own name resolve to loopback is given away by ``Host``. AWS clients send neither of the former.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from typing import IO, Any

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from ..errors import ServiceError
from .protocol import LARGEST_REQUEST, json_from_body

_HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
_OWN_SUFFIX = ".localhost"
"""Of buckets in the virtual-hosted style; no name below it resolves to anything but loopback (RFC 6761, section 6.3)."""
_OWN_SITES = ("same-origin", "none")  # none: somebody typed the address

_MEBIBYTE = 1024 * 1024
_LARGEST_OBJECT = 5120 * _MEBIBYTE
"""Or part of one (Amazon S3 user guide, uploading objects)."""
_LARGEST_BODIES = {"s3": 4 * _MEBIBYTE, "lambda": 70 * _MEBIBYTE}
"""By signing name, where it is more than LARGEST_REQUEST: a list of 10,000 parts for S3, a package of 50 MB in base 64 for Lambda
(AWS Lambda developer guide, quotas)."""


def check_origin(environ: dict[str, Any], hosts: Collection[str]) -> None:
    """Raise ServiceError for a request that a page of another origin may have sent; ``hosts``: further names of this server."""
    host = str(environ.get("HTTP_HOST", ""))
    if not _is_own(host, hosts):
        raise _forbidden(
            f"Host is {host!r}, and this emulator answers to 127.0.0.1, localhost and names below it only. "
            "Start it with --allow-host NAME to let it answer to another."
        )
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and str(origin).lower() != f"{environ['wsgi.url_scheme']}://{host}".lower():
        raise _forbidden(f"Origin is {origin!r}: pages of other origins are not served.")
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None and site not in _OWN_SITES:
        raise _forbidden(f"Sec-Fetch-Site is {site!r}: pages of other origins are not served.")


def _is_own(host: str, hosts: Collection[str]) -> bool:
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].lower()
    return name in (*_OWN_NAMES, *hosts) or name.endswith(_OWN_SUFFIX)


def _forbidden(message: str) -> ServiceError:
    return ServiceError("AccessDeniedException", message, 403)


def limit_body(environ: dict[str, Any], service: str) -> None:
    """Keep the body of a request to ``service`` within its limit. An object for S3, whose request has no signing name if it is
    presigned, ends there as it is read; all else is read now, and must be JSON where it is meant to be.

    Raises ServiceError, and ConnectionAbortedError.
    """
    if environ["REQUEST_METHOD"] == "PUT" and service in ("s3", ""):
        stream = _limited_stream(environ, _LARGEST_OBJECT)
        if environ.get("wsgi.input_terminated"):
            environ["wsgi.input"] = stream
        return
    body = whole_body(environ, _LARGEST_BODIES.get(service, LARGEST_REQUEST))
    if body and _is_meant_as_json(environ, body):
        _check_json(body)
    environ["wsgi.input"] = io.BytesIO(body)


def _is_meant_as_json(environ: dict[str, Any], body: bytes) -> bool:
    """moto reads some as JSON that do not say that they are."""
    return "HTTP_X_AMZ_TARGET" in environ or "json" in environ.get("CONTENT_TYPE", "") or body[:1] in (b"{", b"[")


def _check_json(body: bytes) -> None:
    try:
        json_from_body(body)
    except ValueError as error:
        raise ServiceError("SerializationException", str(error)) from None


def whole_body(environ: dict[str, Any], largest: int = LARGEST_REQUEST) -> bytes:
    """Raises ServiceError for a body that is larger, and ConnectionAbortedError if the client hung up before its end."""
    stream, parts = _limited_stream(environ, largest), []
    try:
        while part := stream.read(65536):
            parts.append(part)
    except RequestEntityTooLarge:
        raise _too_large(largest) from None
    except ClientDisconnected:
        raise ConnectionAbortedError("the request ended too early") from None
    return b"".join(parts)


def _limited_stream(environ: dict[str, Any], largest: int) -> IO[bytes]:
    try:
        return get_input_stream(environ, max_content_length=largest)
    except RequestEntityTooLarge:
        raise _too_large(largest) from None


def _too_large(largest: int) -> ServiceError:
    return ServiceError("RequestEntityTooLargeException", f"The body has more than {largest} bytes.", 413)
