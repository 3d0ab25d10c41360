# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault's error in the form of the service that is called: AWS JSON, the query protocol's XML, or S3's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from ..faults import Kind

# By kind of fault: the error's name and status (AWS API reference, "Common Errors"; Amazon S3 API reference, "Error responses").
_Codes = Mapping[Kind, tuple[str, int]]
_JSON_CODES: _Codes = {
    "throttling": ("ThrottlingException", 400),
    "internal_error": ("InternalFailure", 500),
    "unavailable": ("ServiceUnavailable", 503),
    "expired_token": ("ExpiredTokenException", 403),
    "access_denied": ("AccessDeniedException", 400),
}
_QUERY_CODES: _Codes = {
    **_JSON_CODES,
    "throttling": ("Throttling", 400),
    "expired_token": ("ExpiredToken", 403),
    "access_denied": ("AccessDenied", 403),
}
_S3_CODES: _Codes = {
    "throttling": ("SlowDown", 503),
    "internal_error": ("InternalError", 500),
    "unavailable": ("ServiceUnavailable", 503),
    "expired_token": ("ExpiredToken", 400),
    "access_denied": ("AccessDenied", 403),
}
_TEXTS: Mapping[Kind, str] = {
    "throttling": "Rate exceeded",
    "internal_error": "We encountered an internal error. Please try again.",
    "unavailable": "Service is unable to handle request.",
    "expired_token": "The security token included in the request is expired",
}
_ERROR = "<Code>{code}</Code><Message>{message}</Message>"
_QUERY_FORM = f"<ErrorResponse><Error><Type>Sender</Type>{_ERROR}</Error></ErrorResponse>"
_EC2_FORM = f"<Response><Errors><Error>{_ERROR}</Error></Errors></Response>"
_S3_FORM = f"<Error>{_ERROR}</Error>"


@dataclass(frozen=True)
class Attempt:
    """A call as a policy sees it: whose, which IAM action, on which resource's ARN (``*`` if it has none)."""

    arn: str
    action: str
    resource: str


def refusal(kind: Kind, service: str, form_encoded: bool, attempt: Attempt) -> Response:
    """The answer to a call of ``service`` that a fault of this kind refuses."""
    text = _TEXTS.get(kind) or _denial(attempt)
    if service == "s3":
        return _xml_refusal(_S3_CODES[kind], _S3_FORM, text)
    if form_encoded:
        return _xml_refusal(_QUERY_CODES[kind], _EC2_FORM if service == "ec2" else _QUERY_FORM, text)
    code, status = _JSON_CODES[kind]
    # The header is where the REST services (Lambda) say it.
    body = json.dumps({"__type": code, "message": text})
    return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/x-amz-json-1.1")


def _xml_refusal(code_and_status: tuple[str, int], form: str, text: str) -> Response:
    code, status = code_and_status
    return Response(form.format(code=code, message=escape(text)), status, content_type="application/xml")


def _denial(attempt: Attempt) -> str:
    """The text as AWS's services word it (AWS IAM user guide, access denied error messages)."""
    return (
        f"User: {attempt.arn} is not authorized to perform: {attempt.action} on resource: {attempt.resource} "
        f"because no identity-based policy allows the {attempt.action} action"
    )


def codedeploy_resource(parameters: Mapping[str, Any]) -> str:
    """What a CodeDeploy call acts on, as its ARN ends (AWS service authorization reference, CodeDeploy); ``""`` if on nothing."""
    application, group = parameters.get("applicationName"), parameters.get("deploymentGroupName")
    group = group or parameters.get("currentDeploymentGroupName")
    if application and group:
        return f"deploymentgroup:{application}/{group}"
    if application:
        return f"application:{application}"
    if parameters.get("deploymentConfigName"):
        return f"deploymentconfig:{parameters['deploymentConfigName']}"
    return f"instance:{parameters['instanceName']}" if parameters.get("instanceName") else ""
