# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bundle's way into S3: streamed, in parallel parts, leaving nothing behind if it is cut off.

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
from .._aws.calls import CodeDeployError, aws_call, error_code
from .._bundle.bundle import Bundle
from .._bundle.checksums import Chunk, joined
from .._bundle.parallel import blocks, ordered_map
from .buckets import DIGEST, StoredObject, stored_object

# What a part has at least, and how many there may be (Amazon S3 user guide, "Amazon S3 multipart upload limits": 5 MiB and 10,000).
PART = 8 << 20
MOST_PARTS = 10_000

# By what S3 verifies what it receives, unless another algorithm is asked for.
DEFAULT_CHECKSUM = "CRC32"

# Parts under way at once. Each is held in memory; more would be no faster on a line of a few Gbit/s.
_WORKERS = 4

Request = dict[str, t.Any]

# For a place where there was nothing. Who comes later must not replace what another run has put there meanwhile, and pinned by its ETag.
ABSENT: Request = {"IfNoneMatch": "*"}

# How S3 answers who comes later (Amazon S3 user guide, "How to prevent object overwrites with conditional writes").
_OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict")

# Options that are members of PutObject and CreateMultipartUpload, by their names there.
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
    """How an object is stored: OBJECT has members of PutObject, PLACE those that every call takes, CONDITION those of the call that makes it
    appear; whether leftovers are aborted before."""

    object: Request = field(default_factory=dict)
    place: Request = field(default_factory=dict)
    condition: Request = field(default_factory=dict)
    abort_incomplete: bool = False


def upload_settings(options: t.Mapping[str, t.Any]) -> UploadSettings:
    """The settings that a module's OPTIONS ask for."""
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
    """CHUNKS as the body of a request, with the CRC32 if that is ALGORITHM. botocore would compute it while it sends, and copy the body several times."""
    data, checksum = joined(chunks)
    if algorithm != DEFAULT_CHECKSUM:
        return {"Body": data, "ChecksumAlgorithm": algorithm}
    return {
        "Body": data,
        "ChecksumAlgorithm": algorithm,
        "ChecksumCRC32": base64.b64encode(checksum.to_bytes(4, "big")).decode(),
    }


def _leave_signing_to_tls(s3: t.Any) -> None:
    """Sign no content that TLS protects and a checksum verifies, unless the user wants it: to hash it once more takes longer than to encrypt it.

    botocore does the same where it computes the checksum by itself.
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


@aws_call("remove what was uploaded of the bundle")
def _abort_upload(s3: t.Any, **request: t.Any) -> None:
    try:
        s3.abort_multipart_upload(**request)
    except is_boto3_error_code("NoSuchUpload"):
        return  # it is gone already


@aws_call("look for incomplete uploads of the bundle")
def _list_uploads(s3: t.Any, **request: t.Any) -> list[dict[str, t.Any]]:
    return [upload for page in pages(s3, "list_multipart_uploads", **request) for upload in page.get("Uploads", [])]


def upload_bundle(s3: t.Any, bundle: Bundle, bucket: str, key: str, settings: UploadSettings) -> StoredObject:
    """Put BUNDLE at KEY. Raises CodeDeployError, or BundleError if what it is made of has changed; then nothing is left in S3."""
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
    """Whether an upload failed because something has come to the place meanwhile."""
    return error_code(error) in _OVERTAKEN


def abort_leftovers(s3: t.Any, bucket: str, key: str, settings: UploadSettings) -> None:
    """Abort every incomplete upload to KEY itself."""
    for upload in _list_uploads(s3, Bucket=bucket, Prefix=key, **settings.place):
        if upload["Key"] == key:
            _abort_upload(s3, Bucket=bucket, Key=key, UploadId=upload["UploadId"], **settings.place)


def part_size(longest: int) -> int:
    """How large the parts of an archive must be that has at most LONGEST bytes."""
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
    """Abort an upload that ended by FAILURE; if that fails too, say so without hiding why it was needed."""
    try:
        _abort_upload(s3, **upload_place)
    except CodeDeployError as error:
        raise CodeDeployError(
            f"{failure}. What was uploaded could not be removed: {error}", error.exception
        ) from failure


@contextlib.contextmanager
def _termination_as_exit() -> t.Iterator[None]:
    """Let SIGTERM, by which a job is cancelled, end the program as SystemExit, so that it can clean up."""
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
