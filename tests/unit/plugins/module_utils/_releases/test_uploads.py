# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads, on the emulator's S3, whole and cut off."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import typing as t
import zlib
from dataclasses import dataclass

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.checksums import Chunk
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.uploads import (
    MOST_PARTS,
    PART,
    UploadSettings,
    part_size,
    upload_bundle,
    upload_settings,
)
from emulator import Emulator

KEY = "web/bundle.zip"


@dataclass(frozen=True)
class Content:
    """A bundle of known bytes. ENDING, if given, is raised in place of the last ones."""

    content: bytes
    ending: BaseException | None = None
    bundle_type = "zip"
    facts: t.ClassVar[dict[str, t.Any]] = {}

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def longest(self) -> int:
        return len(self.content)

    def chunks(self) -> t.Iterator[Chunk]:
        for place in range(0, len(self.content), 700_000):
            yield Chunk(self.content[place : place + 700_000])
        if self.ending:
            raise self.ending


SMALL = Content(b"small")
LARGE = Content(os.urandom(3 * PART - 5))


@pytest.fixture
def s3(emulator: Emulator) -> t.Any:
    """A client that tries each call once, of an account with a bucket."""
    client = boto3.client(
        "s3",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="uploader",
        aws_secret_access_key="uploader",
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.create_bucket(Bucket="releases")
    emulator.calls.clear()
    return client


def upload(s3: t.Any, content: Content, **options: t.Any) -> t.Any:
    return upload_bundle(s3, content, "releases", KEY, upload_settings(options))


def operations(emulator: Emulator) -> list[str]:
    return [call.operation for call in emulator.calls]


def leftovers(s3: t.Any) -> list[t.Any]:
    return t.cast("list[t.Any]", s3.list_multipart_uploads(Bucket="releases").get("Uploads", []))


def nothing_is_left(s3: t.Any) -> bool:
    return not leftovers(s3) and "Contents" not in s3.list_objects_v2(Bucket="releases")


@pytest.mark.parametrize("content", [Content(b""), SMALL, Content(b"x" * PART)], ids=["empty", "small", "one part"])
def test_what_fits_into_one_part_is_put_at_once(s3: t.Any, emulator: Emulator, content: Content) -> None:
    stored = upload(s3, content)
    assert operations(emulator) == ["PutObject"]
    check_stored(s3, content, stored)


def check_stored(s3: t.Any, content: Content, stored: t.Any) -> None:
    found = s3.get_object(Bucket="releases", Key=KEY)
    assert found["Body"].read() == content.content
    assert found["ETag"] == f'"{stored.e_tag}"'
    assert found["Metadata"]["slipway-digest"] == stored.digest == content.digest


def test_what_is_larger_goes_in_parts(s3: t.Any, emulator: Emulator) -> None:
    stored = upload(s3, LARGE)
    assert operations(emulator) == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    check_stored(s3, LARGE, stored)
    assert leftovers(s3) == []


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["at once", "in parts"])
def test_the_options_reach_the_object(s3: t.Any, content: Content) -> None:
    s3.put_bucket_versioning(Bucket="releases", VersioningConfiguration={"Status": "Enabled"})
    options = {
        "server_side_encryption": "aws:kms",
        "kms_key_id": "alias/releases",
        "bucket_key_enabled": True,
        "acl": "public-read",
        "object_tags": {"team": "shop + store=1", "build": 7},
        "metadata": {"commit": "3f78", "build": 7},
        "storage_class": "STANDARD_IA",
        "checksum_algorithm": "SHA256",
        "expected_bucket_owner": "123456789012",
    }
    headers: dict[str, str] = {}
    s3.meta.events.register("before-call.s3", lambda params, **_rest: headers.update(params["headers"]))
    stored = upload(s3, content, **options)
    assert headers["x-amz-server-side-encryption-bucket-key-enabled"] == "true"  # moto forgets it of what came in parts
    found = s3.head_object(Bucket="releases", Key=KEY, ChecksumMode="ENABLED")
    assert (found["ServerSideEncryption"], found["SSEKMSKeyId"]) == ("aws:kms", "alias/releases")
    assert found["StorageClass"] == "STANDARD_IA"
    assert found["Metadata"] == {"commit": "3f78", "build": "7", "slipway-digest": content.digest}
    assert found["VersionId"] == stored.version
    assert found["ChecksumSHA256"]
    tags = s3.get_object_tagging(Bucket="releases", Key=KEY)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "shop + store=1", "build": "7"}
    grants = s3.get_object_acl(Bucket="releases", Key=KEY)["Grants"]
    assert "READ" in {grant["Permission"] for grant in grants if grant["Grantee"]["Type"] == "Group"}


def test_every_call_names_the_owner_that_is_expected(s3: t.Any) -> None:
    owners = []
    s3.meta.events.register(
        "before-call.s3", lambda params, **_rest: owners.append(params["headers"].get("x-amz-expected-bucket-owner"))
    )
    upload(s3, LARGE, expected_bucket_owner="123456789012", abort_incomplete=True)
    assert len(owners) >= 6
    assert set(owners) == {"123456789012"}


@pytest.mark.parametrize(
    ("endpoint", "settings", "content_hash"),
    [
        ("https://s3.invalid", {}, "UNSIGNED-PAYLOAD"),
        ("https://s3.invalid", {"payload_signing_enabled": True}, SMALL.digest),
        ("http://s3.invalid", {}, SMALL.digest),
    ],
    ids=["TLS", "as asked for", "no TLS"],
)
def test_content_is_signed_unless_tls_protects_it(endpoint: str, settings: dict[str, bool], content_hash: str) -> None:
    sent = []

    def answer(request: t.Any, **_rest: t.Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {"ETag": '"tag"'}, Raw(b""))

    keys = {"aws_access_key_id": "uploader", "aws_secret_access_key": "uploader"}
    client = boto3.client("s3", "us-east-1", endpoint_url=endpoint, config=Config(s3=settings), **keys)
    client.meta.events.register("before-send.s3", answer)
    assert upload(client, SMALL).e_tag == "tag"
    (request,) = sent
    assert request.body.getvalue() == SMALL.content
    assert as_text(request.headers["x-amz-content-sha256"]) == content_hash
    checksum = base64.b64encode(zlib.crc32(SMALL.content).to_bytes(4, "big")).decode()
    assert as_text(request.headers["x-amz-checksum-crc32"]) == checksum


def as_text(header: str | bytes) -> str:
    """HEADER, which botocore keeps in either form."""
    return header.decode() if isinstance(header, bytes) else header


@pytest.mark.parametrize("algorithm", [None, "CRC32", "SHA1", "SHA256"])
@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["at once", "in parts"])
def test_s3_gets_the_checksum_that_was_asked_for(s3: t.Any, content: Content, algorithm: str | None) -> None:
    checksums: list[set[str]] = []

    def note(request: t.Any, **_rest: t.Any) -> None:
        checksums.append({name.lower() for name in request.headers if name.lower().startswith("x-amz-checksum-")})

    for operation in ("PutObject", "UploadPart"):
        s3.meta.events.register(f"before-sign.s3.{operation}", note)
    upload(s3, content, **({"checksum_algorithm": algorithm} if algorithm else {}))
    assert checksums == [{f"x-amz-checksum-{(algorithm or 'CRC32').lower()}"}] * (1 if content is SMALL else 3)


def refuse(request: t.Any, **_rest: t.Any) -> AWSResponse:
    body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    return AWSResponse(request.url, 403, {}, Raw(body))


class Raw:
    """A body as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_options: t.Any) -> t.Iterator[bytes]:
        yield self._body


def disconnect(request: t.Any, **_rest: t.Any) -> None:
    raise EndpointConnectionError(endpoint_url=request.url)


@pytest.mark.parametrize(
    ("fail", "message"), [(refuse, "Access Denied"), (disconnect, "Could not connect to the endpoint")]
)
@pytest.mark.parametrize("operation", ["UploadPart", "CompleteMultipartUpload"])
def test_an_upload_that_fails_leaves_nothing(
    s3: t.Any, emulator: Emulator, operation: str, fail: t.Callable[..., t.Any], message: str
) -> None:
    s3.meta.events.register(f"before-send.s3.{operation}", fail)
    with pytest.raises(CodeDeployError, match="of the bundle") as caught:
        upload(s3, LARGE)
    assert message in str(caught.value.exception)
    assert "AbortMultipartUpload" in operations(emulator)
    assert nothing_is_left(s3)


def test_a_part_that_fails_for_a_moment_is_sent_again(s3: t.Any, emulator: Emulator) -> None:
    troubles = iter([True])

    def stumble(request: t.Any, **_rest: t.Any) -> AWSResponse | None:
        body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        return AWSResponse(request.url, 503, {}, Raw(body)) if next(troubles, False) else None

    s3.meta.events.register("before-send.s3.UploadPart", stumble)
    check_stored(s3, LARGE, upload(s3, LARGE))
    assert operations(emulator).count("CreateMultipartUpload") == 1


def test_why_nothing_could_be_removed_is_told_beside_why_it_was_needed(s3: t.Any) -> None:
    s3.meta.events.register("before-send.s3.UploadPart", refuse)
    s3.meta.events.register("before-send.s3.AbortMultipartUpload", refuse)
    with pytest.raises(
        CodeDeployError,
        match=r"upload a part of the bundle.* The partial upload could not be aborted: Failed to abort the multipart upload",
    ):
        upload(s3, LARGE)


@pytest.mark.parametrize(
    "ending", [BundleError("'a' changed"), KeyboardInterrupt(), SystemExit(1)], ids=["changed", "Ctrl-C", "exit"]
)
def test_a_bundle_that_breaks_off_leaves_nothing(s3: t.Any, ending: BaseException) -> None:
    for content in (SMALL, LARGE):
        with pytest.raises(type(ending)):
            upload(s3, Content(content.content, ending))
        assert nothing_is_left(s3)


def test_a_job_that_is_cancelled_leaves_nothing(s3: t.Any) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def cancel(params: t.Any, **_rest: t.Any) -> None:
        if params["query_string"]["partNumber"] == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    s3.meta.events.register("before-call.s3.UploadPart", cancel)
    with pytest.raises(SystemExit) as caught:
        upload(s3, LARGE)
    assert caught.value.code == 128 + signal.SIGTERM
    assert nothing_is_left(s3)
    assert signal.getsignal(signal.SIGTERM) is before


def test_only_leftovers_of_the_same_bundle_are_removed_and_only_when_asked(s3: t.Any) -> None:
    for key in (KEY, KEY, f"{KEY}.other", "web/another.zip"):
        s3.create_multipart_upload(Bucket="releases", Key=key)
    upload(s3, SMALL)
    assert len(leftovers(s3)) == 4
    upload(s3, SMALL, abort_incomplete=True)
    assert sorted(each["Key"] for each in leftovers(s3)) == ["web/another.zip", f"{KEY}.other"]


@pytest.mark.parametrize(
    ("longest", "size"), [(0, PART), (PART * MOST_PARTS, PART), (PART * MOST_PARTS + 1, PART + 1), (5 << 40, 549755814)]
)
def test_the_parts_of_a_very_long_archive_are_larger(longest: int, size: int) -> None:
    assert part_size(longest) == size
    assert size * MOST_PARTS >= longest


def test_options_that_are_left_out_are_not_sent() -> None:
    assert (
        upload_settings({"acl": None, "object_tags": None, "metadata": None, "abort_incomplete": False})
        == UploadSettings()
    )
