# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who calls: AWS Signature Version 4, verified with botocore's own arithmetic.

What is refused, and with which texts, is that of AWS's JSON services as their users have quoted it; the status 403 is that
of the AWS API reference's "Common Errors".
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from ..aws.backends import Principal
from ..errors import ServiceError
from ..operations import Caller

Headers = Mapping[str, str]
"""By lower-case names."""

MOST_SKEW = datetime.timedelta(minutes=15)
"""How far a signature's time may be from the server's (AWS IAM user guide, signing requests)."""

_TIME_FORM = "%Y%m%dT%H%M%SZ"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=(?P<key>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request"
    r"(?:, *SignedHeaders=(?P<headers>[a-z0-9;-]+))?(?:, *Signature=(?P<signature>[0-9a-f]+))?\s*"
)
# Strict: the SigV4 documentation wants every x-amz-* header signed; these are the ones that tell one request from another.
_MUST_BE_SIGNED = ("host", "x-amz-date", "x-amz-target")


@dataclass(frozen=True)
class Claim:
    """What an Authorization header says, not verified."""

    access_key: str
    date: str
    region_name: str
    signing_name: str
    signed_headers: tuple[str, ...]
    signature: str


FindPrincipal = Callable[[str, str], "Principal | None"]
"""By region and access key."""


def claim_from_header(authorization: str) -> Claim | None:
    """The claim of an Authorization header, signature and all or not; None if it is not one of Signature Version 4."""
    found = _AUTHORIZATION.fullmatch(authorization)
    if found is None:
        return None
    key, date, region, service, names, signature = found.groups()
    return Claim(key, date, region, service, tuple((names or "").split(";")), signature or "")


def authenticate(
    headers: Headers,
    body: bytes,
    signing_names: frozenset[str],
    find_principal: FindPrincipal,
    now: datetime.datetime,
) -> Caller:
    """The caller of a ``POST /``, which is what every request of the JSON protocol is. Raises ServiceError."""
    claim = _find_claim(headers)
    _check_scope(claim, signing_names)
    _check_time(claim, headers["x-amz-date"], now)
    principal = find_principal(claim.region_name, claim.access_key)
    if principal is None or headers.get("x-amz-security-token") != principal.token:
        raise ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.", 403)
    _check_signature(claim, principal, headers, body)
    if principal.expiration is not None and principal.expiration <= now:
        raise ServiceError("ExpiredTokenException", "The security token included in the request is expired", 403)
    return Caller(claim.access_key, principal.account, claim.region_name, claim.signing_name, principal.arn)


def _find_claim(headers: Headers) -> Claim:
    if not headers.get("authorization"):
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
    claim = claim_from_header(headers["authorization"])
    if claim is None or not claim.signature:
        message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters."
        raise ServiceError("IncompleteSignatureException", message, 403)
    for name in _MUST_BE_SIGNED:
        if name not in claim.signed_headers or name not in headers:
            raise _invalid_signature(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
    return claim


def _check_scope(claim: Claim, signing_names: frozenset[str]) -> None:
    if claim.signing_name not in signing_names:
        expected = " or ".join(sorted(signing_names))
        raise _invalid_signature(
            f"Credential should be scoped to correct service: '{expected}', not '{claim.signing_name}'."
        )


def _check_time(claim: Claim, text: str, now: datetime.datetime) -> None:
    try:
        signed = datetime.datetime.strptime(text, _TIME_FORM).replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        message = f"Date must be in ISO-8601 'basic format'. Got '{text}'."
        raise ServiceError("IncompleteSignatureException", message, 403) from None
    if claim.date != text[:8]:
        raise _invalid_signature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
        )
    if signed < now - MOST_SKEW:
        earliest = (now - MOST_SKEW).strftime(_TIME_FORM)
        raise _invalid_signature(
            f"Signature expired: {text} is now earlier than {earliest} ({now:{_TIME_FORM}} - 15 min.)"
        )
    if signed > now + MOST_SKEW:
        latest = (now + MOST_SKEW).strftime(_TIME_FORM)
        raise _invalid_signature(
            f"Signature not yet current: {text} is still later than {latest} ({now:{_TIME_FORM}} + 15 min.)"
        )


def _check_signature(claim: Claim, principal: Principal, headers: Headers, body: bytes) -> None:
    stated = headers.get("x-amz-content-sha256")
    honest = stated is None or hmac.compare_digest(stated.encode(), hashlib.sha256(body).hexdigest().encode())
    if not honest or not hmac.compare_digest(_signature(claim, principal, headers, body), claim.signature):
        raise _invalid_signature(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            "Key and signing method. Consult the service documentation for details."
        )


class _ClaimedHeadersAuth(SigV4Auth):
    """Signs the headers that the request holds, neither more nor less."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return HTTPHeaders.from_pairs(request.headers.items())


def _signature(claim: Claim, principal: Principal, headers: Headers, body: bytes) -> str:
    """The signature as it should be."""
    credentials = Credentials(claim.access_key, principal.secret_key)
    auth = _ClaimedHeadersAuth(credentials, claim.signing_name, claim.region_name)
    signed = {name: headers[name] for name in claim.signed_headers if name in headers}
    request = AWSRequest("POST", "http://localhost/", signed, body)
    request.context["timestamp"] = headers["x-amz-date"]
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


def _invalid_signature(message: str) -> ServiceError:
    return ServiceError("InvalidSignatureException", message, 403)
