# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.shapes import resource_for_aws, resource_from_aws
from ansible_collections.slipway.codedeploy.plugins.module_utils._revisions.api import location_from_aws
from ansible_collections.slipway.codedeploy.plugins.module_utils._revisions.locations import (
    content_of,
    identity_of,
    is_same_release,
    location_from_options,
    place_of,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption


def s3(**members: str) -> dict[str, t.Any]:
    return {"revision_type": "S3", "s3_location": {"bucket": "b", "key": "k.zip", "bundle_type": "zip", **members}}


GITHUB: dict[str, t.Any] = {"revision_type": "GitHub", "git_hub_location": {"repository": "a/b", "commit_id": "1f"}}


@pytest.mark.parametrize(
    ("wanted", "deployed", "same"),
    [
        (s3(), s3(), True),
        (s3(), s3(e_tag="1", version="2"), True),
        (s3(e_tag="1"), s3(e_tag="1", version="2"), True),
        (s3(e_tag="1"), s3(e_tag="2"), False),
        (s3(e_tag="1"), s3(), False),
        (s3(key="other"), s3(), False),
        (s3(), GITHUB, False),
        (GITHUB, GITHUB, True),
        (s3(), None, False),
        (s3(), {}, False),
    ],
)
def test_is_same_release(wanted: dict[str, t.Any], deployed: dict[str, t.Any] | None, same: bool) -> None:
    assert is_same_release(wanted, deployed) is same


def test_an_option_with_a_returned_location_gives_that_location_back() -> None:
    option = {**s3(e_tag="1"), "git_hub_location": None}
    option["s3_location"]["version"] = None
    assert location_from_options(option) == s3(e_tag="1")
    assert (
        location_from_options(
            {"revision_type": None, "s3_location": None, "git_hub_location": GITHUB["git_hub_location"]}
        )
        == GITHUB
    )


@pytest.mark.parametrize("location", [s3(e_tag="1", version="v"), GITHUB])
def test_a_location_survives_the_way_to_aws_and_back(location: dict[str, t.Any]) -> None:
    assert resource_from_aws(resource_for_aws(location)) == location


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (s3(), "s3://b/k.zip"),
        (GITHUB, "github.com/a/b@1f"),
        (None, "no revision"),
        ({"revision_type": "String"}, "String"),
        ({"revision_type": "AppSpecContent", "app_spec_content": {"sha256": "5e88"}}, "AppSpecContent 5e88"),
        ({}, "no revision"),
    ],
)
def test_place_of(location: dict[str, t.Any] | None, text: str) -> None:
    assert place_of(location) == text


def test_a_type_that_contradicts_the_location_is_refused() -> None:
    with pytest.raises(
        InvalidOption, match="revision_type: 'GitHub' contradicts s3_location, which requires S3; omit it"
    ):
        location_from_options({**s3(), "revision_type": "GitHub"})


def test_an_etag_may_be_given_in_the_quotes_of_s3() -> None:
    assert location_from_options(s3(e_tag='"1"')) == s3(e_tag="1")


APPSPEC = "version: 0.0\n"


@pytest.mark.parametrize(
    ("kind", "place"), [("AppSpecContent", "app_spec_content"), ("String", "string")], ids=["content", "string"]
)
def test_a_content_is_known_by_its_digest(kind: str, place: str) -> None:
    digest = hashlib.sha256(APPSPEC.encode()).hexdigest()
    location = {"revision_type": kind, place: {"content": APPSPEC, "sha256": digest}}
    assert location_from_options({place: {"content": APPSPEC}}) == location
    assert location_from_aws(resource_for_aws({**location, place: {"content": APPSPEC}})) == location
    assert content_of(location) == APPSPEC

    identity = {"revision_type": kind, place: {"sha256": digest}}
    assert identity_of(location) == identity
    assert location_from_options({place: {"sha256": digest}}) == identity
    assert location_from_aws(resource_for_aws(identity)) == identity
    assert content_of(identity) is None


@pytest.mark.parametrize("location", [s3(), GITHUB])
def test_what_has_no_content_is_its_own_identity(location: dict[str, t.Any]) -> None:
    assert identity_of(location) == location
    assert content_of(location) is None
