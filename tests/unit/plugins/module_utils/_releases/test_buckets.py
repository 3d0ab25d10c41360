# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.calls import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.buckets import StoredObject, find_object
from emulator import Emulator
from unit.scenarios import Connect


@pytest.fixture
def refusing() -> t.Iterator[tuple[t.Any, Stubber]]:
    """An S3 client of eu-central-1 whose answers a test dictates."""
    client = boto3.client("s3", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubber:
        yield client, stubber


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("403", "not allowed to use bucket 'releases'. It needs s3:ListBucket"),
        ("301", "bucket 'releases' is not in region eu-central-1"),
        ("418", "cannot use bucket 'releases'"),
    ],
)
def test_why_a_bucket_cannot_be_read_is_told_apart(refusing: tuple[t.Any, Stubber], status: str, message: str) -> None:
    client, stubber = refusing
    stubber.add_client_error("head_object", status, http_status_code=int(status))
    with pytest.raises(CodeDeployError) as caught:
        find_object(client, "releases", "web.zip")
    assert message in str(caught.value)


def test_a_missing_bucket_is_told_apart_from_a_missing_object(connect: Connect, emulator: Emulator) -> None:
    with pytest.raises(CodeDeployError, match="there is no bucket 'releases'"):
        find_object(connect("s3"), "releases", "web.zip")
    emulator.client("s3").create_bucket(Bucket="releases")
    assert find_object(connect("s3"), "releases", "web.zip") is None


def test_the_owner_that_was_expected_is_named_where_it_may_be_the_reason(refusing: tuple[t.Any, Stubber]) -> None:
    client, stubber = refusing
    stubber.add_client_error(
        "head_object",
        "403",
        http_status_code=403,
        expected_params={"Bucket": "releases", "Key": "web.zip", "ExpectedBucketOwner": "111122223333"},
    )
    with pytest.raises(
        CodeDeployError, match="not allowed to use bucket 'releases', or it is not of account 111122223333"
    ):
        find_object(client, "releases", "web.zip", owner="111122223333")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"ETag": '"1"'}, StoredObject("1")),
        ({"ETag": '"1"', "VersionId": "v", "Metadata": {"slipway-digest": "d"}}, StoredObject("1", "v", "d")),
        ({"ETag": '"1"', "VersionId": "null", "Metadata": {"other": "d"}}, StoredObject("1")),
    ],
)
def test_what_is_known_of_an_object(
    refusing: tuple[t.Any, Stubber], answer: dict[str, t.Any], found: StoredObject
) -> None:
    client, stubber = refusing
    stubber.add_response("head_object", answer)
    assert find_object(client, "releases", "web.zip") == found
