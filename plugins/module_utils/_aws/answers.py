# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses of AWS, which are untrusted: each is validated against the service's model before anything is read from it.

botocore validates nothing: it reads a web page as an empty response and a string as a list of letters, and fails with an AttributeError if
there is a list in the place of a mapping.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import json
import threading
import typing as t

try:
    from botocore.parsers import ResponseParserError
    from botocore.utils import parse_timestamp
except ImportError:  # amazon.aws reports what is missing
    ResponseParserError = ValueError

# The members, by the shape of the model, without which a response cannot be used. The models themselves require hardly any; all others may be
# missing.
NEEDED = {
    "AccessKey": ("AccessKeyId", "SecretAccessKey"),
    "AccessKeyMetadata": ("AccessKeyId",),
    "AliasConfiguration": ("FunctionVersion",),
    "ApplicationInfo": ("applicationName",),
    "AttachedPolicy": ("PolicyArn",),
    "CompleteMultipartUploadOutput": ("ETag",),
    "CreateAccessKeyResponse": ("AccessKey",),
    "CreateDeploymentOutput": ("deploymentId",),
    "CreateMultipartUploadOutput": ("UploadId",),
    "DeploymentConfigInfo": ("deploymentConfigName",),
    "DeploymentInfo": ("status",),
    "GetApplicationOutput": ("application",),
    "GetApplicationRevisionOutput": ("revisionInfo",),
    "GetCallerIdentityResponse": ("Account", "Arn"),
    "GetDeploymentConfigOutput": ("deploymentConfigInfo",),
    "GetDeploymentGroupOutput": ("deploymentGroupInfo",),
    "GetDeploymentOutput": ("deploymentInfo",),
    "GetUserResponse": ("User",),
    "GitHubLocation": ("repository", "commitId"),
    "Group": ("GroupName",),
    "HeadObjectOutput": ("ETag",),
    "Instance": ("InstanceId",),
    "InstanceInfo": ("instanceName",),
    "LifecycleHook": ("LifecycleHookName",),
    "MultipartUpload": ("Key", "UploadId"),
    "Object": ("Key", "LastModified"),
    "PutObjectOutput": ("ETag",),
    "RevisionInfo": ("revisionLocation",),
    "RevisionLocation": ("revisionType",),
    "S3Location": ("bucket", "key"),
    "Tag": ("Key",),
    "UploadPartOutput": ("ETag",),
    "User": ("Arn",),
    **{f"{kind}Target": ("targetId",) for kind in ("CloudFormation", "ECS", "Instance", "Lambda")},
}
# Enumerations that decide how a resource is read, so that an unknown value cannot be used.
_KNOWN = {
    "ComputePlatform": ("Server", "Lambda", "ECS"),
    "EC2TagFilterType": ("KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"),
    "RevisionLocationType": ("S3", "GitHub", "String", "AppSpecContent"),
    "TagFilterType": ("KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"),
}

# The exceptions of botocore's parsers, and of functions that read a response, if it does not have the expected form.
UNREADABLE = (AttributeError, LookupError, OverflowError, RecursionError, ResponseParserError, TypeError, ValueError)

# The pagination tokens; a response has the token of the next page, its request the one of this page.
TOKENS = ("nextToken", "NextToken", "NextContinuationToken", "NextKeyMarker", "NextUploadIdMarker", "Marker")
# More than any account has. An empty page is legal, but an endless series of them is not.
MOST_PAGES = 10_000

_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "structure": ("a mapping", (dict,)),
    "map": ("a mapping", (dict,)),
    "list": ("a list", (list,)),
    "string": ("a string", (str,)),
    "character": ("a string", (str,)),
    "blob": ("a string", (str, bytes)),
    "boolean": ("a boolean", (bool,)),
    "integer": ("an integer", (int,)),
    "long": ("an integer", (int,)),
    "float": ("a number", (int, float)),
    "double": ("a number", (int, float)),
    "timestamp": ("a time", (int, float, str, datetime.datetime)),
}
_REDIRECTS = (301, 302, 303, 307, 308)

# The current call of this thread: its operation, and whether the body of its response has been validated.
_call = threading.local()


class UnreadableAnswer(Exception):
    """A response does not match the service's model, or lacks a NEEDED member. The message is the problem, in terms of the response's members."""


def operation() -> str:
    """Return the operation that this thread called last."""
    return getattr(_call, "operation", "unknown operation")


def watch(client: t.Any = None) -> None:
    """Validate all responses to CLIENT, if it is a botocore client, against the service's model from now on."""
    events = getattr(getattr(client, "meta", None), "events", None)
    if events is None:
        return
    for event, handler in (("before-call", _begin), ("before-parse", _before_parse), ("after-call", _after_call)):
        events.register(event, handler, unique_id=f"slipway.codedeploy {event}")


def named(infos: list[dict[str, t.Any]], member: str) -> list[dict[str, t.Any]]:
    """Return INFOS, descriptions of several resources, each of which must have MEMBER. Raise UnreadableAnswer if one does not."""
    if any(member not in info for info in infos):
        raise UnreadableAnswer(f"the response lacks the {member} of a requested resource")
    return infos


def pages(client: t.Any, method: str, **members: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Yield the pages of the list that METHOD of CLIENT returns for MEMBERS. Raise UnreadableAnswer if it does not end."""
    seen: set[t.Any] = set()
    for page in client.get_paginator(method).paginate(**members):
        yield page
        token = tuple(page.get(name) for name in TOKENS)
        if not any(token):
            if page.get("IsTruncated"):
                raise UnreadableAnswer("the list is truncated, but the response has no token for the next page")
            return
        check_token(token, seen)


def check_token(token: t.Hashable, seen: set[t.Any]) -> None:
    """Add the TOKEN of a page to SEEN. Raise UnreadableAnswer if the list repeats itself, or has too many pages."""
    if token in seen:
        raise UnreadableAnswer("the list does not end: the token of the next page is a repetition")
    if len(seen) >= MOST_PAGES:
        raise UnreadableAnswer(f"the list does not end: it has more than {MOST_PAGES} pages")
    seen.add(token)


def _begin(model: t.Any, **_others: t.Any) -> None:
    _call.operation, _call.compared = model.name, False


def _before_parse(operation_model: t.Any, response_dict: dict[str, t.Any], **_others: t.Any) -> None:
    """Validate a response before it is parsed. botocore 1.35.2 does not have this event yet; then `_after_call` validates the parsed response."""
    headers = {name.lower(): value for name, value in response_dict["headers"].items()}
    _compare_body(operation_model, response_dict["status_code"], headers, response_dict["body"])
    _call.compared = True


def _after_call(http_response: t.Any, parsed: t.Any, model: t.Any, **_others: t.Any) -> None:
    status = http_response.status_code
    if model.has_streaming_output:
        return
    if not _call.compared:
        headers = {name.lower(): value for name, value in http_response.headers.items()}
        _compare_body(model, status, headers, http_response.content)
    if status >= 300:
        if _is_page(http_response.content):
            raise UnreadableAnswer(
                f"the response is a web page (HTTP status {status}); check endpoint_url and the proxy"
            )
    elif model.output_shape is not None:
        _require(_mismatches(model.output_shape, parsed, "", wire=False))
        _require(_missing(model.output_shape, parsed, ""))


def _compare_body(model: t.Any, status: int, headers: dict[str, str], body: t.Any) -> None:
    """Raise UnreadableAnswer for a response that is not from AWS at all, and for JSON that does not match MODEL. S3 redirects on purpose, and botocore
    handles that, as it handles errors, some of which it retries."""
    if status in _REDIRECTS and model.service_model.service_name != "s3":
        place = headers.get("location", "nowhere")
        raise UnreadableAnswer(f"the endpoint redirects to {place!r}; check endpoint_url, the region and the proxy")
    if status >= 300 or not isinstance(body, bytes):
        return
    if _is_page(body):
        raise UnreadableAnswer("the response is a web page; check endpoint_url, the proxy and the network")
    if "json" in _protocol(model.service_model) and (body or (model.output_shape and model.output_shape.members)):
        _compare_json(model.output_shape, body)


def _is_page(body: bytes) -> bool:
    return body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _protocol(service: t.Any) -> str:
    return str(getattr(service, "resolved_protocol", None) or service.metadata["protocol"])


def _compare_json(shape: t.Any, body: bytes) -> None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswer("the response is not valid JSON" if body else "the response is empty") from error
    if not isinstance(answer, dict):
        raise UnreadableAnswer(f"the response is {_kind(answer)}, expected a mapping")
    if shape is not None:
        _require(_mismatches(shape, answer, "", wire=True))


def _require(problems: t.Iterator[str]) -> None:
    for problem in problems:
        raise UnreadableAnswer(f"the response{problem}")


def _mismatches(shape: t.Any, value: t.Any, path: str, wire: bool) -> t.Iterator[str]:
    """Yield the differences of VALUE, at PATH of a response, from SHAPE. On the WIRE, members have their serialized names."""
    expected, types = _KINDS[shape.type_name]
    if not _is_of(types, value) or not _is_time(shape, value):
        yield f"'s {path} is {_kind(value)}, expected {expected}"
    elif value not in _KNOWN.get(shape.name, (value,)):
        yield f"'s {path} is not one of {', '.join(_KNOWN[shape.name])}"
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            name = member.serialization.get("name", name) if wire else name
            found = value.get(name)
            if found is not None and not (wire and "location" in member.serialization):
                yield from _mismatches(member, found, f"{path}.{name}".lstrip("."), wire)
    elif shape.type_name == "map":
        for name, found in value.items():
            yield from _mismatches(shape.value, found, f"{path}.{name}", wire)
    elif shape.type_name == "list":
        for number, found in enumerate(value):
            yield from _mismatches(shape.member, found, f"{path}[{number}]", wire)


def _is_of(types: tuple[type, ...], value: t.Any) -> bool:
    """Return whether VALUE has one of TYPES; a boolean does not count as a number."""
    return type(value) in types or (isinstance(value, types) and not isinstance(value, bool))


def _is_time(shape: t.Any, value: t.Any) -> bool:
    """Return whether VALUE is a time, if SHAPE is a timestamp."""
    if shape.type_name != "timestamp" or isinstance(value, datetime.datetime):
        return True
    try:
        parse_timestamp(value)
    except (ArithmeticError, OSError, RuntimeError, TypeError, ValueError):
        return False
    return True


def _kind(value: t.Any) -> str:
    """Return the kind of VALUE in words, never its content, which may be anything."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a string"


def _missing(shape: t.Any, value: t.Any, path: str) -> t.Iterator[str]:
    """Yield the NEEDED members that VALUE, at PATH of a response and of SHAPE, lacks."""
    if shape.type_name == "structure":
        yield from (f" has no {path}{name}" for name in NEEDED.get(shape.name, ()) if value.get(name) is None)
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _missing(member, value[name], f"{path}{name}.")
    elif shape.type_name == "list":
        for number, found in enumerate(value):
            yield from _missing(shape.member, found, f"{path.removesuffix('.')}[{number}].")
