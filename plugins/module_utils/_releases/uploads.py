# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads of bundles to S3: streamed, in parallel parts, without leftovers if they are interrupted.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import signal
import threading
import typing as t
import urllib.parse
from dataclasses import dataclass, field

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._aws.answers import pages
from .._aws.calls import aws_call, error_code
from .._bundle.bundle import Bundle
from .._bundle.checksums import Chunk, joined
from .._bundle.portions import blocks
from .._errors import CodeDeployError
from .._parallel import ordered_map
from .buckets import DIGEST, StoredObject, stored_object

# The least size of a part, and the most parts (Amazon S3 user guide, "Amazon S3 multipart upload limits": 5 MiB and 10,000).
PART = 8 << 20
MOST_PARTS = 10_000

# The checksum by which S3 verifies uploads, unless another algorithm is set.
DEFAULT_CHECKSUM = "CRC32"

# The parts uploaded in parallel. Each is held in memory; more would be no faster on a line of a few Gbit/s.
_WORKERS = 4

Request = dict[str, t.Any]

# The condition for a new object. A later upload must not replace the object that another run has stored and pinned by its ETag meanwhile.
ABSENT: Request = {"IfNoneMatch": "*"}

# S3's errors for the later upload (Amazon S3 user guide, "How to prevent object overwrites with conditional writes").
_OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict")

# The options that are members of PutObject and CreateMultipartUpload, with their names there.
_MEMBERS = {
    "server_side_encryption": "ServerSideEncryption",
    "kms_key_id": "SSEKMSKeyId",
    "bucket_key_enabled": "BucketKeyEnabled",
    "acl": "ACL",
    "metadata": "Metadata",
    "storage_class": "StorageClass",
    "checksum_algorithm": "ChecksumAlgorithm",
}


@dataclass(frozen=True)
class UploadSettings:
    """The settings of an upload: OBJECT has members of PutObject, PLACE those of every call, CONDITION those of the call that makes the object
    appear; and whether leftovers are aborted before."""

    object: Request = field(default_factory=dict)
    place: Request = field(default_factory=dict)
    condition: Request = field(default_factory=dict)
    abort_incomplete: bool = False


def upload_settings(options: t.Mapping[str, t.Any]) -> UploadSettings:
    """Return the settings from a module's OPTIONS."""
    members = {name: options[option] for option, name in _MEMBERS.items() if options.get(option) is not None}
    if "Metadata" in members:
        members["Metadata"] = {str(name): str(value) for name, value in members["Metadata"].items()}
    if options.get("object_tags"):
        members["Tagging"] = urllib.parse.urlencode(options["object_tags"])
    owner = options.get("expected_bucket_owner")
    return UploadSettings(
        members,
        {"ExpectedBucketOwner": owner} if owner else {},
        abort_incomplete=bool(options.get("abort_incomplete")),
    )


def _body(chunks: list[Chunk], algorithm: str) -> Request:
    """Return CHUNKS as the body of a request, with the CRC32 if that is ALGORITHM. botocore would compute it while sending, and copy the body several times."""
    data, checksum = joined(chunks)
    if algorithm != DEFAULT_CHECKSUM:
        return {"Body": data, "ChecksumAlgorithm": algorithm}
    return {
        "Body": data,
        "ChecksumAlgorithm": algorithm,
        "ChecksumCRC32": base64.b64encode(checksum.to_bytes(4, "big")).decode(),
    }


def _leave_signing_to_tls(s3: t.Any) -> None:
    """Do not sign content that TLS protects and a checksum verifies, unless the user wants it: hashing it again takes longer than encrypting it.

    botocore does the same if it computes the checksum itself.
    """
    if s3.meta.endpoint_url.startswith("https:"):
        s3.meta.config.s3 = {"payload_signing_enabled": False, **(s3.meta.config.s3 or {})}


@aws_call("upload the bundle")
def _put_object(s3: t.Any, **request: t.Any) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", s3.put_object(**request))


@aws_call("begin the upload of the bundle")
def _create_upload(s3: t.Any, **request: t.Any) -> str:
    return str(s3.create_multipart_upload(**request)["UploadId"])


@aws_call("upload a part of the bundle")
def _upload_part(s3: t.Any, **request: t.Any) -> dict[str, t.Any]:
    answer = s3.upload_part(**request)
    checksums = {
        name: value for name, value in answer.items() if name.startswith("Checksum") and name != "ChecksumType"
    }
    return {"PartNumber": request["PartNumber"], "ETag": answer["ETag"], **checksums}


@aws_call("complete the upload of the bundle")
def _complete_upload(s3: t.Any, **request: t.Any) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", s3.complete_multipart_upload(**request))


@aws_call("abort the multipart upload of the bundle")
def _abort_upload(s3: t.Any, **request: t.Any) -> None:
    try:
        s3.abort_multipart_upload(**request)
    except is_boto3_error_code("NoSuchUpload"):
        return  # it has ended already


@aws_call("list incomplete uploads of the bundle")
def _list_uploads(s3: t.Any, **request: t.Any) -> list[dict[str, t.Any]]:
    return [upload for page in pages(s3, "list_multipart_uploads", **request) for upload in page.get("Uploads", [])]


def upload_bundle(s3: t.Any, bundle: Bundle, bucket: str, key: str, settings: UploadSettings) -> StoredObject:
    """Upload BUNDLE to KEY. Raise CodeDeployError, or BundleError if its source has changed, and leave nothing in S3."""
    place = {"Bucket": bucket, "Key": key, **settings.place}
    if settings.abort_incomplete:
        abort_leftovers(s3, bucket, key, settings)
    metadata = {**settings.object.get("Metadata", {}), DIGEST: bundle.digest}
    members = {"ChecksumAlgorithm": DEFAULT_CHECKSUM, **settings.object, "Metadata": metadata}
    _leave_signing_to_tls(s3)
    with contextlib.closing(t.cast("t.Generator[Chunk, None, None]", bundle.chunks())) as chunks:
        size = part_size(bundle.longest)
        first, following = next(blocks(chunks, size), []), next(chunks, None)
        if following is None:
            body = _body(first, members["ChecksumAlgorithm"])
            answer = _put_object(s3, **{**place, **members, **settings.condition, **body})
        else:
            rest = blocks(itertools.chain((following,), chunks), size)
            answer = _upload_parts(s3, itertools.chain((first,), rest), place, members, settings.condition)
    return stored_object({**answer, "Metadata": metadata})


def is_overtaken(error: CodeDeployError) -> bool:
    """Return whether an upload failed because another one has stored an object there meanwhile."""
    return error_code(error) in _OVERTAKEN


def abort_leftovers(s3: t.Any, bucket: str, key: str, settings: UploadSettings) -> None:
    """Abort every incomplete upload to KEY itself."""
    for upload in _list_uploads(s3, Bucket=bucket, Prefix=key, **settings.place):
        if upload["Key"] == key:
            _abort_upload(s3, Bucket=bucket, Key=key, UploadId=upload["UploadId"], **settings.place)


def part_size(longest: int) -> int:
    """Return the size of the parts of an archive with at most LONGEST bytes."""
    return max(PART, -(-longest // MOST_PARTS))


def _upload_parts(
    s3: t.Any, parts: t.Iterator[list[Chunk]], place: Request, members: Request, condition: Request
) -> dict[str, t.Any]:
    def upload(numbered: tuple[int, list[Chunk]]) -> dict[str, t.Any]:
        number, chunks = numbered
        return _upload_part(s3, **upload_place, PartNumber=number, **_body(chunks, members["ChecksumAlgorithm"]))

    with _termination_as_exit():
        upload_place = {**place, "UploadId": _create_upload(s3, **place, **members)}
        try:
            with contextlib.closing(ordered_map(upload, enumerate(parts, 1), _WORKERS, _WORKERS)) as uploaded:
                done = list(uploaded)
            return _complete_upload(s3, **upload_place, **condition, MultipartUpload={"Parts": done})
        except BaseException as failure:
            _clean_up(s3, upload_place, failure)
            raise


def _clean_up(s3: t.Any, upload_place: Request, failure: BaseException) -> None:
    """Abort an upload that ended with FAILURE; if that fails too, report it without hiding FAILURE."""
    try:
        _abort_upload(s3, **upload_place)
    except CodeDeployError as error:
        raise CodeDeployError(
            f"{failure}. The partial upload could not be aborted: {error}", error.exception
        ) from failure


@contextlib.contextmanager
def _termination_as_exit() -> t.Iterator[None]:
    """Turn SIGTERM, which cancels a job, into SystemExit, so that the program can clean up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: t.Any) -> t.NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
