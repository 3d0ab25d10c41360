# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of AWS, which are untrusted: each is compared with the service's model before anything is read from it.

botocore compares nothing: it takes a web page for an answer without members, reads a string as a list of letters, and fails with an AttributeError where
it finds a list in the place of a mapping.

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
except ImportError:  # amazon.aws says what is missing
    ResponseParserError = ValueError

# Without these members, by the shape of the model, nothing can be told of what an answer is about. The models require hardly any; all others may be
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
# What decides how a thing is read, so that another value cannot be.
_KNOWN = {
    "ComputePlatform": ("Server", "Lambda", "ECS"),
    "EC2TagFilterType": ("KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"),
    "RevisionLocationType": ("S3", "GitHub", "String", "AppSpecContent"),
    "TagFilterType": ("KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"),
}

# What botocore's parsers, and functions that read an answer, raise when it is not what they take for granted.
UNREADABLE = (AttributeError, LookupError, OverflowError, RecursionError, ResponseParserError, TypeError, ValueError)

# The members by which listings go on; an answer has the token of the next page, its request those of this one.
TOKENS = ("nextToken", "NextToken", "NextContinuationToken", "NextKeyMarker", "NextUploadIdMarker", "Marker")
# More than any account has. An empty page is legal, but not an endless row of them.
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

# The call that this thread makes: its operation, and whether the body of its answer has been compared.
_call = threading.local()


class UnreadableAnswer(Exception):
    """An answer is not what the service's model says, or lacks what is NEEDED. The text is the PROBLEM, in the words of the answer's members."""


def operation() -> str:
    """The operation that this thread has called last."""
    return getattr(_call, "operation", "unknown operation")


def watch(client: t.Any = None) -> None:
    """Have all answers to CLIENT, if it is one, compared with the service's model from now on."""
    events = getattr(getattr(client, "meta", None), "events", None)
    if events is None:
        return
    for event, handler in (("before-call", _begin), ("before-parse", _before_parse), ("after-call", _after_call)):
        events.register(event, handler, unique_id=f"slipway.codedeploy {event}")


def named(infos: list[dict[str, t.Any]], member: str) -> list[dict[str, t.Any]]:
    """INFOS, of several things at once, each of which MEMBER has to name. Raises UnreadableAnswer if it does not."""
    if any(member not in info for info in infos):
        raise UnreadableAnswer(f"the answer has no {member} of one of the things asked for")
    return infos


def pages(client: t.Any, method: str, **members: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """The pages of the listing that METHOD of CLIENT makes with MEMBERS. Raises UnreadableAnswer if it has no end."""
    seen: set[t.Any] = set()
    for page in client.get_paginator(method).paginate(**members):
        yield page
        token = tuple(page.get(name) for name in TOKENS)
        if not any(token):
            if page.get("IsTruncated"):
                raise UnreadableAnswer("the list is cut off, and the answer has no token for the rest")
            return
        check_token(token, seen)


def check_token(token: t.Hashable, seen: set[t.Any]) -> None:
    """Note in SEEN that a page came with TOKEN. Raises UnreadableAnswer if a list goes round in circles, or on and on."""
    if token in seen:
        raise UnreadableAnswer("the list has no end: the token of the next page came twice")
    if len(seen) >= MOST_PAGES:
        raise UnreadableAnswer(f"the list has no end: there was another page after {MOST_PAGES}")
    seen.add(token)


def _begin(model: t.Any, **_others: t.Any) -> None:
    _call.operation, _call.compared = model.name, False


def _before_parse(operation_model: t.Any, response_dict: dict[str, t.Any], **_others: t.Any) -> None:
    """botocore 1.35.2 does not say yet when it is about to parse an answer; then `_after_call` compares what it has made of it, if it has."""
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
            raise UnreadableAnswer(f"the answer is a web page (HTTP status {status}); check endpoint_url and the proxy")
    elif model.output_shape is not None:
        _require(_mismatches(model.output_shape, parsed, "", wire=False))
        _require(_missing(model.output_shape, parsed, ""))


def _compare_body(model: t.Any, status: int, headers: dict[str, str], body: t.Any) -> None:
    """Raise UnreadableAnswer for what is not an answer of AWS at all, and for JSON that is not as MODEL says. S3 redirects on purpose, and botocore
    knows what to do then; so it does for errors, some of which it tries again."""
    if status in _REDIRECTS and model.service_model.service_name != "s3":
        place = headers.get("location", "nowhere")
        raise UnreadableAnswer(f"the endpoint redirects to {place!r}; check endpoint_url, the region and the proxy")
    if status >= 300 or not isinstance(body, bytes):
        return
    if _is_page(body):
        raise UnreadableAnswer("the answer is a web page; check endpoint_url, the proxy and the network")
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
        raise UnreadableAnswer("the answer is not valid JSON" if body else "the answer is empty") from error
    if not isinstance(answer, dict):
        raise UnreadableAnswer(f"the answer is {_kind(answer)}, a mapping is expected")
    if shape is not None:
        _require(_mismatches(shape, answer, "", wire=True))


def _require(problems: t.Iterator[str]) -> None:
    for problem in problems:
        raise UnreadableAnswer(f"the answer{problem}")


def _mismatches(shape: t.Any, value: t.Any, path: str, wire: bool) -> t.Iterator[str]:
    """What in VALUE, which is at PATH of an answer, is not as SHAPE has it. On the WIRE members have their names of there."""
    expected, types = _KINDS[shape.type_name]
    if not _is_of(types, value) or not _is_time(shape, value):
        yield f"'s {path} is {_kind(value)}, {expected} is expected"
    elif value not in _KNOWN.get(shape.name, (value,)):
        yield f"'s {path} is none of {', '.join(_KNOWN[shape.name])}"
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
    """Whether VALUE is of one of TYPES; a boolean is no number here."""
    return type(value) in types or (isinstance(value, types) and not isinstance(value, bool))


def _is_time(shape: t.Any, value: t.Any) -> bool:
    """Whether VALUE is a time, if SHAPE is that of one."""
    if shape.type_name != "timestamp" or isinstance(value, datetime.datetime):
        return True
    try:
        parse_timestamp(value)
    except (ArithmeticError, OSError, RuntimeError, TypeError, ValueError):
        return False
    return True


def _kind(value: t.Any) -> str:
    """VALUE in words: its kind, never its content, which may be anything."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a string"


def _missing(shape: t.Any, value: t.Any, path: str) -> t.Iterator[str]:
    """What is NEEDED of VALUE, which is at PATH of an answer and as SHAPE has it, and not there."""
    if shape.type_name == "structure":
        yield from (f" has no {path}{name}" for name in NEEDED.get(shape.name, ()) if value.get(name) is None)
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _missing(member, value[name], f"{path}{name}.")
    elif shape.type_name == "list":
        for number, found in enumerate(value):
            yield from _missing(shape.member, found, f"{path.removesuffix('.')}[{number}].")
