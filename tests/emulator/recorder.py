# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that the emulator has seen, so that tests can count them and hold them against documented permissions."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

MOST_CALLS = 100_000
"""Older calls are forgotten; a long-running emulator must not grow without end."""

IAM_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "codedeploy-commands": "codedeploy-commands-secure"}
"""Where a service's IAM prefix is not its signing name (AWS service authorization reference)."""


@dataclass(frozen=True)
class RecordedCall:
    """One request. ``parameters`` only for CodeDeploy and S3 (bucket and key), whose requests hold no secrets."""

    service: str
    operation: str
    action: str
    access_key: str
    parameters: dict[str, Any]
    status: int


class Calls:
    """A list of RecordedCall that threads may share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[RecordedCall] = deque(maxlen=MOST_CALLS)

    def add(self, call: RecordedCall) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def __iter__(self) -> Iterator[RecordedCall]:
        with self._lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> RecordedCall:
        with self._lock:
            return self._calls[index]

    def of(self, service: str) -> list[RecordedCall]:
        """The calls of one service, by its signing name."""
        return [call for call in self if call.service == service]

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(call) for call in self]


def iam_action(service: str, operation: str) -> str:
    """The IAM action that permits an operation of any service but S3."""
    return f"{IAM_PREFIXES.get(service, service)}:{operation}"


# Sub-resources of S3 whose presence in the query decides what a request does, each with its part of the operation's name.
_BUCKET_PARTS = {
    "versioning": "BucketVersioning",
    "tagging": "BucketTagging",
    "policy": "BucketPolicy",
    "encryption": "EncryptionConfiguration",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "lifecycle": "LifecycleConfiguration",
    "acl": "BucketAcl",
    "location": "BucketLocation",
}
_OBJECT_PARTS = {"tagging": "ObjectTagging", "acl": "ObjectAcl", "attributes": "ObjectAttributes"}
_VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}


def s3_request(method: str, path: str, query: str) -> tuple[str, str, dict[str, Any]]:
    """The operation, the IAM action and the parameters (bucket, key) of a path-style S3 request.

    Actions as in the AWS service authorization reference, "Actions defined by Amazon S3".
    """
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    names = parse_qs(query, keep_blank_values=True).keys()
    if not bucket:
        return "ListBuckets", "s3:ListAllMyBuckets", {}
    if not key:
        operation, action = _bucket_request(method, names)
        return operation, f"s3:{action}", {"Bucket": bucket}
    operation, action = _object_request(method, names)
    return operation, f"s3:{action}", {"Bucket": bucket, "Key": key}


def _bucket_request(method: str, names: Any) -> tuple[str, str]:
    for name, part in _BUCKET_PARTS.items():
        if name in names:
            return f"{_VERBS.get(method, method)}{part}", f"{_VERBS.get(method, method)}{part}"
    if method == "GET" and "versions" in names:
        return "ListObjectVersions", "ListBucketVersions"
    if method == "GET" and "uploads" in names:
        return "ListMultipartUploads", "ListBucketMultipartUploads"
    return {
        "GET": ("ListObjects", "ListBucket"),
        "HEAD": ("HeadBucket", "ListBucket"),
        "PUT": ("CreateBucket", "CreateBucket"),
        "POST": ("DeleteObjects", "DeleteObject"),
        "DELETE": ("DeleteBucket", "DeleteBucket"),
    }.get(method, (method, method))


def _object_request(method: str, names: Any) -> tuple[str, str]:
    for name, part in _OBJECT_PARTS.items():
        if name in names:
            return f"{_VERBS.get(method, method)}{part}", f"{_VERBS.get(method, method)}{part}"
    if "uploads" in names or "uploadId" in names:
        return {
            "POST": ("CreateMultipartUpload", "PutObject")
            if "uploads" in names
            else ("CompleteMultipartUpload", "PutObject"),
            "PUT": ("UploadPart", "PutObject"),
            "GET": ("ListParts", "ListMultipartUploadParts"),
            "DELETE": ("AbortMultipartUpload", "AbortMultipartUpload"),
        }.get(method, (method, method))
    version = "Version" if "versionId" in names else ""
    return {
        "GET": ("GetObject", f"GetObject{version}"),
        "HEAD": ("HeadObject", f"GetObject{version}"),
        "PUT": ("PutObject", "PutObject"),
        "DELETE": ("DeleteObject", f"DeleteObject{version}"),
    }.get(method, (method, method))
