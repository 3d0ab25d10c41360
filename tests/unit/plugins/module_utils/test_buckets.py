# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import typing as t

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.slipway.codedeploy.plugins.module_utils._buckets import find_object, upload_bundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import read_manifest
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
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


def test_an_uploaded_bundle_is_found_by_its_etag_and_carries_its_digest(
    connect: Connect, emulator: Emulator, tmp_path: pathlib.Path
) -> None:
    emulator.client("s3").create_bucket(Bucket="releases")
    (tmp_path / "appspec.yml").write_text("version: 0.0\n")
    manifest = read_manifest(tmp_path)
    upload_bundle(connect("s3"), manifest, "releases", "web.zip")
    stored = emulator.client("s3").head_object(Bucket="releases", Key="web.zip")
    assert stored["Metadata"] == {"slipway-digest": manifest.digest}
    assert find_object(connect("s3"), "releases", "web.zip") == stored["ETag"].strip('"')
