# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.connections import client_options
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.options import source_options
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.rules import (
    check_platform,
    check_source_options,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

KMS = {"server_side_encryption": "aws:kms"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"compression": 9},
        {"symlinks": "preserve", "bundle_type": "tgz"},
        {**KMS, "kms_key_id": "alias/a", "bucket_key_enabled": True},
        {"server_side_encryption": "aws:kms:dsse", "kms_key_id": "alias/a"},
        {"object_tags": {"team": "shop", "a/b c": "ä: 1+1=2 @x._-"}, "metadata": {"commit": "3f78", "n": 1}},
        {"expected_bucket_owner": "012345678901"},
        {"s3_prefix": "x" * 854},
        {"keep": 1, "source": ".", "keep_younger_than": 3_153_600_000},
        {"s3_bucket": "b", "revision": {"git_hub_location": {"repository": "slipway/shop"}}},
        {"s3_bucket": "arn:aws:s3:us-east-1:123456789012:accesspoint/a"},
        {"object_tags": {str(n): "" for n in range(10)}},
    ],
)
def test_what_is_allowed(given: dict[str, t.Any]) -> None:
    check_source_options(source_options(given))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"compression": 10}, "compression: 10 is out of range; set 0 to 9"),
        ({"compression": -1}, "compression: -1 is out of range"),
        ({"keep": 0, "source": "."}, "keep: 0 is too small; set a number greater than 0"),
        ({"keep": 1, "source": None}, "keep: requires source"),
        ({"keep_younger_than": -1}, "keep_younger_than: -1 is out of range; set 0 to 3153600000 seconds"),
        ({"keep_younger_than": 3_153_600_001}, "keep_younger_than: 3153600001 is out of range"),
        ({"s3_bucket": "a/b"}, "s3_bucket: 'a/b' is not a bucket name"),
        ({"s3_bucket": "b" * 256}, "s3_bucket: 'b+' is not a bucket name"),
        ({"revision": {"s3_location": {"bucket": ""}}}, "revision.s3_location.bucket: '' is not a bucket name"),
        ({"revision": {"git_hub_location": {"repository": "shop"}}}, "repository: 'shop' is not a repository"),
        ({"revision": {"git_hub_location": {"repository": "a/b/c"}}}, "repository: 'a/b/c' is not a repository"),
        ({"symlinks": "preserve"}, "symlinks: preserve requires bundle_type tar or tgz"),
        ({"symlinks": "preserve", "bundle_type": "zip"}, "symlinks: preserve requires bundle_type tar or tgz"),
        ({"s3_prefix": "ä" * 428}, "s3_prefix: 856 bytes are too many; use at most 854"),
        ({"kms_key_id": "k"}, "kms_key_id: requires server_side_encryption aws:kms or aws:kms:dsse, not None"),
        ({"kms_key_id": "k", "server_side_encryption": "AES256"}, "kms_key_id: requires .*, not AES256"),
        ({"bucket_key_enabled": False}, "bucket_key_enabled: requires server_side_encryption aws:kms"),
        ({"expected_bucket_owner": "1234"}, "expected_bucket_owner: '1234' is not an account ID"),
        ({"object_tags": {str(n): "" for n in range(11)}}, "object_tags: there are 11 tags; at most 10 are allowed"),
        ({"object_tags": {"a": ["b"]}}, "object_tags, the value of 'a': .* is not a string"),
        ({"object_tags": {"a": "b&c"}}, "object_tags: 'b&c' has invalid characters"),
        (
            {"metadata": {"Slipway-Digest": "1"}},
            "metadata: slipway-digest is reserved for the collection; use another name",
        ),
        ({"metadata": {"a": "ü"}}, "metadata: 'a': 'ü' is not plain ASCII"),
        ({"metadata": {"a b": "c"}}, "metadata: 'a b': 'c' is not plain ASCII"),
    ],
)
def test_what_could_not_work_is_named(given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_source_options(source_options(given))


def revision(place: str, **members: str) -> dict[str, t.Any]:
    return {"revision": {"s3_location": None, "git_hub_location": None, place: members}}


@pytest.mark.parametrize(
    ("platform", "given"),
    [
        ("Server", {"source": "."}),
        ("Server", revision("s3_location", bundle_type="tgz")),
        ("Server", revision("git_hub_location")),
        ("Lambda", revision("s3_location", bundle_type="YAML")),
        ("Lambda", revision("string")),
        ("Lambda", revision("app_spec_content")),
        ("ECS", revision("app_spec_content")),
    ],
)
def test_what_a_platform_takes(platform: str, given: dict[str, t.Any]) -> None:
    check_platform(platform, source_options(given))


@pytest.mark.parametrize(
    ("platform", "given", "message"),
    [
        (
            "Lambda",
            {"source": "."},
            "source: the application is of platform Lambda, which has no bundles; use revision.s3_location or",
        ),
        ("ECS", revision("git_hub_location"), "revision.git_hub_location: not supported for ECS applications; use"),
        ("ECS", revision("string"), "revision.string: not supported for ECS applications"),
        ("Server", revision("app_spec_content"), "revision.app_spec_content: not supported for Server applications"),
        (
            "Server",
            revision("s3_location", bundle_type="YAML"),
            "revision.s3_location.bundle_type: 'YAML' .* use zip, tar, tgz",
        ),
        (
            "ECS",
            revision("s3_location", bundle_type="zip"),
            "revision.s3_location.bundle_type: 'zip' .* use YAML, JSON",
        ),
    ],
)
def test_what_a_platform_does_not_take_is_named(platform: str, given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_platform(platform, source_options(given))


@pytest.mark.parametrize(
    ("connection", "options"),
    [
        ({}, {}),
        (
            {"region": "eu-west-1", "endpoint_url": "http://localhost:1", "profile": None, "access_key": None},
            {"region": "eu-west-1", "endpoint": "http://localhost:1"},
        ),
        (
            {"profile": "storage"},
            {
                "profile_name": "storage",
                "aws_access_key_id": None,
                "aws_secret_access_key": None,
                "aws_session_token": None,
            },
        ),
        (
            {"access_key": "a", "secret_key": "b", "session_token": None},
            {"profile_name": None, "aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_session_token": None},
        ),
    ],
)
def test_credentials_for_s3_replace_all_of_the_modules_own(
    connection: dict[str, str | None], options: dict[str, str | None]
) -> None:
    assert client_options(connection) == options
