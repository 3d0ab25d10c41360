# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import typing as t

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.buckets import StoredObject, find_object
from emulator import Emulator
from unit.scenarios import Connect


class Answer(io.BytesIO):
    """The body of an answer, as urllib3 hands it over."""

    def stream(self, **_settings: t.Any) -> t.Iterator[bytes]:
        yield self.read()


@pytest.fixture
def s3() -> t.Any:
    """An S3 client of eu-central-1."""
    return boto3.client("s3", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")


def answer_with(s3: t.Any, status: int, **headers: str) -> list[t.Any]:
    """Let S3 answer each request with STATUS and HEADERS, and no body; the list of the requests to come."""
    requests = []

    def answer(request: t.Any, **_others: t.Any) -> AWSResponse:
        requests.append(request)
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), Answer())

    s3.meta.events.register("before-send.s3", answer)
    return requests


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("403", "not allowed to use bucket 'releases'. The credentials need s3:ListBucket"),
        ("301", "bucket 'releases' is not in region eu-central-1"),
        ("418", "cannot use bucket 'releases'"),
    ],
)
def test_why_a_bucket_cannot_be_read_is_told_apart(s3: t.Any, status: str, message: str) -> None:
    answer_with(s3, int(status), **{"x-amz-bucket-region": "us-west-2"})
    with pytest.raises(CodeDeployError) as caught:
        find_object(s3, "releases", "web.zip")
    assert message in str(caught.value)


def test_a_missing_bucket_is_told_apart_from_a_missing_object(connect: Connect, emulator: Emulator) -> None:
    with pytest.raises(CodeDeployError, match="there is no bucket 'releases'"):
        find_object(connect("s3"), "releases", "web.zip")
    emulator.client("s3").create_bucket(Bucket="releases")
    assert find_object(connect("s3"), "releases", "web.zip") is None


def test_the_owner_that_was_expected_is_named_where_it_may_be_the_reason(s3: t.Any) -> None:
    requests = answer_with(s3, 403)
    owner = "111122223333"
    with pytest.raises(
        CodeDeployError, match=f"not allowed to use bucket 'releases', or account {owner} does not own it"
    ):
        find_object(s3, "releases", "web.zip", owner=owner)
    assert requests[0].headers["x-amz-expected-bucket-owner"] == owner.encode()


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, StoredObject("1")),
        ({"x-amz-version-id": "v", "x-amz-meta-slipway-digest": "d"}, StoredObject("1", "v", "d")),
        ({"x-amz-version-id": "null", "x-amz-meta-other": "d"}, StoredObject("1")),
    ],
)
def test_what_is_known_of_an_object(s3: t.Any, headers: dict[str, str], found: StoredObject) -> None:
    answer_with(s3, 200, ETag='"1"', **headers)
    assert find_object(s3, "releases", "web.zip") == found
