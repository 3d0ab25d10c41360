# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions, as boto3 sees them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from emulator.stages.servers import Stage, s3_revision

from .conftest import Refused

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GITHUB = {"revisionType": "GitHub", "gitHubLocation": {"repository": "acme/shop", "commitId": COMMIT}}
CONTENT = "version: 0.0\n"
SHA256 = hashlib.sha256(CONTENT.encode()).hexdigest()


def app_spec(**content: str) -> dict[str, Any]:
    return {"revisionType": "AppSpecContent", "appSpecContent": content}


@pytest.fixture
def revisions(codedeploy: Any) -> Any:
    """A client that has ``shop`` for servers and ``jobs`` for Lambda."""
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_application(applicationName="jobs", computePlatform="Lambda")
    return codedeploy


def register(client: Any, revision: dict[str, Any], application: str = "shop", **members: str) -> None:
    client.register_application_revision(applicationName=application, revision=revision, **members)


def read(client: Any, revision: dict[str, Any], application: str = "shop") -> dict[str, Any]:
    answer: dict[str, Any] = client.get_application_revision(applicationName=application, revision=revision)
    return answer


def test_registering_again_updates(revisions: Any) -> None:
    register(revisions, s3_revision(), description="first")
    register(revisions, s3_revision(), description="second")
    register(revisions, GITHUB)
    answer = read(revisions, s3_revision())
    assert answer["revision"] == s3_revision()
    assert answer["revisionInfo"]["description"] == "second"
    assert answer["revisionInfo"]["deploymentGroups"] == []
    assert "firstUsedTime" not in answer["revisionInfo"]
    assert revisions.list_application_revisions(applicationName="shop")["revisions"] == [s3_revision(), GITHUB]


def test_the_whole_location_is_the_identity(revisions: Any, refused: Refused) -> None:
    register(revisions, s3_revision(eTag="abc"))
    with refused("RevisionDoesNotExistException"):
        read(revisions, s3_revision())
    assert read(revisions, s3_revision(eTag="abc"))["revision"]["s3Location"]["eTag"] == "abc"


def test_content_goes_by_its_digest(revisions: Any, refused: Refused) -> None:
    register(revisions, app_spec(content=CONTENT), "jobs")
    read_back = read(revisions, app_spec(sha256=SHA256), "jobs")
    assert read_back["revision"]["appSpecContent"]["content"] == CONTENT
    listed = revisions.list_application_revisions(applicationName="jobs")["revisions"]
    assert listed == [app_spec(sha256=SHA256)]
    with refused("InvalidRevisionException"):
        register(revisions, app_spec(content=CONTENT, sha256="0" * 64), "jobs")


@pytest.mark.parametrize(
    ("application", "revision"),
    [
        ("shop", {}),
        ("shop", {"revisionType": "S3"}),
        ("shop", {**s3_revision(), "gitHubLocation": GITHUB["gitHubLocation"]}),
        ("shop", s3_revision(bundleType="YAML")),
        ("shop", s3_revision(bundleType="rar")),
        ("shop", s3_revision(key="")),
        ("shop", {"revisionType": "GitHub", "gitHubLocation": {"repository": "shop", "commitId": COMMIT}}),
        ("shop", {"revisionType": "GitHub", "gitHubLocation": {"repository": "acme/shop", "commitId": "main"}}),
        ("shop", app_spec(content=CONTENT)),
        ("jobs", app_spec()),
        ("jobs", GITHUB),
        ("jobs", s3_revision()),
    ],
)
def test_register_refuses(revisions: Any, refused: Refused, application: str, revision: dict[str, Any]) -> None:
    with refused("InvalidRevisionException"):
        register(revisions, revision, application)


def test_long_description(revisions: Any, refused: Refused) -> None:
    with refused("DescriptionTooLongException"):
        register(revisions, s3_revision(), description="x" * 257)


def test_batch(revisions: Any, refused: Refused) -> None:
    register(revisions, s3_revision())
    answer = revisions.batch_get_application_revisions(applicationName="shop", revisions=[GITHUB, s3_revision()])
    assert [found["revisionLocation"] for found in answer["revisions"]] == [s3_revision()]
    assert answer["errorMessage"].startswith("1 of")
    with refused("BatchLimitExceededException"):
        revisions.batch_get_application_revisions(applicationName="shop", revisions=[GITHUB] * 26)


def keys(client: Any, **members: str) -> list[str]:
    found = client.list_application_revisions(applicationName="shop", **members)["revisions"]
    return [revision["s3Location"]["key"] for revision in found]


def test_list_filters_and_order(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    client = stage.codedeploy
    for key in ("a/1.zip", "b/2.zip", "a/3.zip"):
        register(client, s3_revision(key))
        stage.pass_time(1)
    stage.deploy("b/2.zip")
    assert keys(client) == ["a/1.zip", "b/2.zip", "a/3.zip"]
    assert keys(client, sortBy="registerTime", sortOrder="descending") == ["a/3.zip", "b/2.zip", "a/1.zip"]
    assert keys(client, sortBy="lastUsedTime", sortOrder="descending")[0] == "b/2.zip"
    assert keys(client, s3Bucket="bundles", s3KeyPrefix="a/") == ["a/1.zip", "a/3.zip"]
    assert keys(client, s3Bucket="other") == []
    assert keys(client, deployed="include") == ["b/2.zip"]
    assert keys(client, deployed="exclude") == ["a/1.zip", "a/3.zip"]
    with refused("BucketNameFilterRequiredException"):
        keys(client, s3KeyPrefix="a/")
    with refused("InvalidSortByException"):
        keys(client, sortBy="size")
    with refused("InvalidDeployedStateFilterException"):
        keys(client, deployed="maybe")


def test_use_shows_in_the_revision(stage: Stage) -> None:
    stage.set_up("h1")
    stage.deploy()
    info = read(stage.codedeploy, s3_revision())["revisionInfo"]
    assert info["deploymentGroups"] == ["web"]
    assert info["firstUsedTime"] == info["lastUsedTime"] > info["registerTime"]
    stage.deploy()
    used_again = read(stage.codedeploy, s3_revision())["revisionInfo"]
    assert used_again["lastUsedTime"] > used_again["firstUsedTime"] == info["firstUsedTime"]
