# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signed envelope and the specification in it."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.hosts.agent.pkcs7 import InvalidMessage, content_from_signed
from emulator.hosts.agent.specification import (
    GitHubRevision,
    LocalRevision,
    S3Revision,
    SpecificationError,
    specification_from_envelope,
)
from emulator.tests.agent.host import GROUP, specification
from emulator.tests.agent.scripted_service import signed_envelope

S3: dict[str, Any] = {"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "k", "BundleType": "zip"}}


@pytest.mark.parametrize("key_type", ["EC", "RSA"])
@pytest.mark.parametrize("text", ["{}", "x" * 70_000, "snow \N{SNOWMAN}"])
def test_any_signers_message_is_opened(key_type: str, text: str) -> None:
    assert content_from_signed(signed_envelope(text, key_type)["Payload"]).decode() == text


def der(payload: str) -> bytearray:
    armour = re.search("-----BEGIN PKCS7-----(.*)-----END PKCS7-----", payload, re.DOTALL)
    assert armour
    return bytearray(base64.b64decode(armour[1]))


def pem(data: bytearray) -> str:
    return f"-----BEGIN PKCS7-----\n{base64.encodebytes(data).decode()}-----END PKCS7-----\n"


def test_a_changed_content_is_refused() -> None:
    data = der(signed_envelope('{"a": "innocent"}')["Payload"])
    data[data.index(b"innocent")] ^= 1
    with pytest.raises(InvalidMessage, match="not the one that was signed"):
        content_from_signed(pem(data))


def test_a_changed_signature_is_refused() -> None:
    data = der(signed_envelope("{}", "RSA")["Payload"])
    data[-1] ^= 1
    with pytest.raises(InvalidMessage, match="signature does not fit"):
        content_from_signed(pem(data))


@cache
def signed_once() -> bytearray:
    return der(signed_envelope('{"a": 1}')["Payload"])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_passes_or_escapes_as_another_error(data: st.DataObject) -> None:
    whole = signed_once()
    damaged = bytearray(whole)
    for _flip in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(whole)))]
    try:
        assert content_from_signed(pem(damaged)) == b'{"a": 1}'
    except InvalidMessage:
        assert damaged != whole


def envelope(fields: dict[str, Any]) -> dict[str, str]:
    return signed_envelope(json.dumps(fields))


def test_the_fields_and_their_defaults() -> None:
    read = specification_from_envelope(envelope(specification("d-ABCDEF123", S3)))
    assert (read.deployment_id, read.deployment_group_id) == ("d-ABCDEF123", GROUP)
    assert (read.application_name, read.deployment_group_name) == ("shop", "production")
    assert (read.appspec_filename, read.file_exists_behavior) == ("appspec.yml", "DISALLOW")
    assert read.revision == S3Revision("b", "k", "zip", None, None)


def test_a_deployment_id_may_be_an_arn_and_the_behavior_is_upper_cased() -> None:
    overrides = {"AgentOverrides": {"FileExistsBehavior": "overwrite"}}
    arn = "arn:aws:codedeploy:us-east-1:123456789012:deployment/d-ABCDEF123"
    read = specification_from_envelope(envelope(specification(arn, S3, AgentActionOverrides=overrides)))
    assert (read.deployment_id, read.file_exists_behavior) == ("d-ABCDEF123", "OVERWRITE")


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        (
            {"RevisionType": "S3", "S3Revision": {**S3["S3Revision"], "Version": "v", "ETag": "e"}},
            S3Revision("b", "k", "zip", "v", "e"),
        ),
        (
            {"RevisionType": "GitHub", "GitHubRevision": {"Account": "a", "Repository": "r", "CommitId": "c"}},
            GitHubRevision("a", "r", "c"),
        ),
        (
            {"RevisionType": "Local Directory", "LocalRevision": {"Location": "/x", "BundleType": "directory"}},
            LocalRevision("/x", "directory"),
        ),
    ],
)
def test_the_kinds_of_revision(revision: dict[str, Any], expected: object) -> None:
    assert specification_from_envelope(envelope(specification("d-1", revision))).revision == expected


@pytest.mark.parametrize("field", ["DeploymentId", "DeploymentGroupId", "DeploymentGroupName", "ApplicationName"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_field_is_named(field: str, value: object) -> None:
    with pytest.raises(SpecificationError, match=f"Deployment Spec has no {field}"):
        specification_from_envelope(envelope(specification("d-1", S3, **{field: value})))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"DeploymentGroupId": "../../etc"}, "DeploymentGroupId"),
        ({"DeploymentGroupId": ".."}, "DeploymentGroupId"),
        ({"DeploymentId": "a/b"}, "DeploymentId"),
        ({"Revision": {"RevisionType": "FTP"}}, "RevisionType"),
        ({"Revision": None}, "RevisionType"),
        ({"Revision": {"RevisionType": "S3", "S3Revision": {"Bucket": "b"}}}, "Bucket, Key, BundleType"),
        ({"Revision": {"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "k", "BundleType": "rar"}}}, "rar"),
    ],
)
def test_wrong_members_are_named(members: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecificationError, match=message):
        specification_from_envelope(envelope(specification("d-1", S3, **members)))


@pytest.mark.parametrize(
    "given_envelope",
    [
        {"Format": "TEXT/JSON", "Payload": json.dumps(specification("d-1", S3))},
        {"Format": "PKCS7/JSON", "Payload": "not a message"},
        signed_envelope("not JSON"),
        signed_envelope("[]"),
    ],
    ids=["text", "unsigned", "no JSON", "no object"],
)
def test_other_envelopes_are_refused(given_envelope: dict[str, str]) -> None:
    with pytest.raises(SpecificationError):
        specification_from_envelope(given_envelope)
