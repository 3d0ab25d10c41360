# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`revision_info` on the emulator, with deployments that have happened."""

from __future__ import annotations

import hashlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import revision_info
from emulator import Emulator
from emulator.stages.servers import s3_revision
from unit.deployments import LiveStage
from unit.scenarios import Connect, module_actions

GITHUB = {
    "revisionType": "GitHub",
    "gitHubLocation": {"repository": "shop/web", "commitId": "3f786850e387550fdab836ed7e6dc881de23001b"},
}
Read = t.Callable[..., list[dict[str, t.Any]]]

FAILING = {"host": {"AfterInstall": 1}}


def options(**given: t.Any) -> dict[str, t.Any]:
    """The module's parameters as Ansible fills them in from its documentation."""
    documented = yaml.safe_load(revision_info.DOCUMENTATION)["options"]
    return {**dict.fromkeys(documented), "application_name": "shop", **given}


def location(key: str, **members: str) -> dict[str, t.Any]:
    """The location of an S3 revision of the stage, as the module returns it."""
    return {"revision_type": "S3", "s3_location": {"bucket": "bundles", "key": key, "bundle_type": "zip", **members}}


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    """An application with a group and a host."""
    stage = LiveStage(emulator)
    stage.set_up("host")
    return stage


@pytest.fixture
def read(connect: Connect, stage: LiveStage) -> Read:  # noqa: ARG001 - what is read
    """The revisions that the module returns for the options given."""

    def revisions(**given: t.Any) -> list[dict[str, t.Any]]:
        result = revision_info.read(connect, options(**given))
        assert result["changed"] is False
        return t.cast("list[dict[str, t.Any]]", result["revisions"])

    return revisions


def register(stage: LiveStage, revision: dict[str, t.Any], **members: str) -> None:
    stage.codedeploy.register_application_revision(applicationName="shop", revision=revision, **members)
    stage.pass_time(1)


def keys(revisions: list[dict[str, t.Any]]) -> list[str]:
    return [revision["revision"]["s3_location"]["key"] for revision in revisions]


def test_an_application_without_revisions_has_an_empty_list(read: Read) -> None:
    assert read() == []


def test_a_revision_tells_its_description_its_times_and_that_nobody_has_it(stage: LiveStage, read: Read) -> None:
    register(stage, s3_revision("one.zip", eTag="abc"), description="first")
    (revision,) = read()
    assert revision.pop("register_time").startswith("20")
    assert revision == {
        "revision": location("one.zip", e_tag="abc"),
        "description": "first",
        "deployment_groups": {"target": [], "last_successful": [], "last_attempted": []},
    }


def test_target_last_successful_and_last_attempted_are_told_apart(stage: LiveStage, read: Read) -> None:
    stage.create_group("canary")
    stage.deploy("one.zip")
    stage.deploy("one.zip", group="canary")
    stage.deploy("two.zip", FAILING)
    one, two = read()
    assert keys([one, two]) == ["one.zip", "two.zip"]
    assert one["deployment_groups"] == {
        "target": ["canary", "web"],
        "last_successful": ["canary", "web"],
        "last_attempted": ["canary"],
    }
    assert two["deployment_groups"] == {"target": [], "last_successful": [], "last_attempted": ["web"]}
    assert one["first_used_time"] < one["last_used_time"]


def test_a_deployment_in_flight_counts_as_attempted(stage: LiveStage, read: Read) -> None:
    stage.create_deployment("one.zip")
    (revision,) = read()
    assert revision["deployment_groups"] == {"target": [], "last_successful": [], "last_attempted": ["web"]}


def test_the_same_key_with_another_etag_is_another_revision(stage: LiveStage, read: Read) -> None:
    register(stage, s3_revision("one.zip", eTag="abc"))
    stage.deploy("one.zip")
    assert {str(each["revision"]): each["deployment_groups"]["target"] for each in read()} == {
        str(location("one.zip", e_tag="abc")): [],
        str(location("one.zip")): ["web"],
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"s3_bucket": "bundles"}, ["b.zip", "a.zip", "c.zip"]),
        ({"s3_bucket": "bundles", "s3_key_prefix": "a"}, ["a.zip"]),
        ({"s3_bucket": "elsewhere"}, []),
        ({"s3_bucket": "bundles", "sort_by": "registerTime", "sort_order": "descending"}, ["c.zip", "a.zip", "b.zip"]),
        ({"s3_bucket": "bundles", "sort_by": "lastUsedTime", "sort_order": "descending"}, ["a.zip", "b.zip", "c.zip"]),
        ({"s3_bucket": "bundles", "sort_by": "firstUsedTime", "sort_order": "descending"}, ["a.zip", "b.zip", "c.zip"]),
        ({"deployed": "include"}, ["a.zip"]),
        ({"s3_bucket": "bundles", "deployed": "exclude"}, ["b.zip", "c.zip"]),
        ({"s3_bucket": "bundles", "deployed": "ignore"}, ["b.zip", "a.zip", "c.zip"]),
    ],
)
def test_filters_and_order_are_the_services(
    stage: LiveStage, read: Read, filters: dict[str, str], expected: list[str]
) -> None:
    for key in ("b.zip", "a.zip", "c.zip"):
        register(stage, s3_revision(key))
    register(stage, GITHUB)
    stage.deploy("a.zip")
    assert keys(read(**filters)) == expected


def test_all_pages_are_read_in_bounded_calls_and_in_order(stage: LiveStage, read: Read, emulator: Emulator) -> None:
    names = [f"{number:03}.zip" for number in range(101)]
    for name in names:
        register(stage, s3_revision(name))
    for number in range(101):
        stage.create_group(f"group-{number:03}")
    stage.deploy(names[-1], group="group-100")
    emulator.calls.clear()
    revisions = read(sort_by="registerTime")
    assert keys(revisions) == names
    assert revisions[-1]["deployment_groups"]["target"] == ["group-100"]
    actions = [action.partition(":")[2] for action in module_actions(emulator)]
    assert {action: actions.count(action) for action in actions} == {
        "GetApplication": 1,
        "ListApplicationRevisions": 2,
        "BatchGetApplicationRevisions": 5,
        "ListDeploymentGroups": 2,
        "BatchGetDeploymentGroups": 2,
        "BatchGetDeployments": 1,
    }


def test_given_revisions_are_read_in_their_order_and_unknown_ones_are_missing(stage: LiveStage, read: Read) -> None:
    for number in range(30):
        register(stage, s3_revision(f"{number}.zip"))
    register(stage, GITHUB)
    wanted = [
        {"git_hub_location": {"repository": "shop/web", "commit_id": GITHUB["gitHubLocation"]["commitId"]}},  # type: ignore[index]
        {"s3_location": {"bucket": "bundles", "key": "unknown.zip"}},
        *({"s3_location": {"bucket": "bundles", "key": f"{number}.zip"}} for number in reversed(range(30))),
        {"s3_location": {"bucket": "bundles", "key": "29.zip"}},
    ]
    commit, *bundles = read(revisions=wanted)
    assert commit["revision"]["git_hub_location"]["repository"] == "shop/web"
    assert keys(bundles) == [f"{number}.zip" for number in reversed(range(30))]


def test_what_is_returned_can_be_given_back(stage: LiveStage, read: Read) -> None:
    register(stage, s3_revision("one.zip", version="3", eTag="abc"))
    register(stage, GITHUB)
    found = read()
    assert read(revisions=[each["revision"] for each in found]) == found


def test_no_given_revision_is_no_revision(stage: LiveStage, read: Read) -> None:
    register(stage, s3_revision())
    assert read(revisions=[]) == []


def test_an_appspec_is_returned_with_its_content_and_its_digest(emulator: Emulator, connect: Connect) -> None:
    codedeploy = emulator.client("codedeploy")
    codedeploy.create_application(applicationName="thumbnails", computePlatform="Lambda")
    appspec = {"content": "version: 0.0\n", "sha256": hashlib.sha256(b"version: 0.0\n").hexdigest()}
    for revision in (
        {"revisionType": "AppSpecContent", "appSpecContent": {"content": appspec["content"]}},
        {"revisionType": "String", "string": appspec},
    ):
        codedeploy.register_application_revision(applicationName="thumbnails", revision=revision)
    params = options(application_name="thumbnails")
    found = revision_info.read(connect, params)["revisions"]
    assert [each["revision"] for each in found] == [
        {"revision_type": "AppSpecContent", "app_spec_content": appspec},
        {"revision_type": "String", "string": appspec},
    ]
    given_back = {**params, "revisions": [each["revision"] for each in found]}
    assert revision_info.read(connect, given_back)["revisions"] == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "missing"}, "application_name: there is no application 'missing' in us-east-1"),
        ({"application_name": "a b"}, "application_name: 'a b' is not a valid name"),
        ({"revisions": [{}]}, r"revisions\[0\]: one of the following is required: s3_location"),
        (
            {"revisions": [{"s3_location": {"bucket": "b", "key": "k"}}, {"s3_location": {"bucket": "b"}}]},
            r"revisions\[1\]: missing required arguments: key found in s3_location",
        ),
        (
            {"revisions": [{"s3_location": {"bucket": "b", "key": "k", "bundle_type": "rar"}}]},
            r"revisions\[0\]: value of bundle_type must be one of: zip, tar, tgz",
        ),
        ({"revisions": [{"s3": {}, "s3_location": {"bucket": "b", "key": "k"}}]}, r"revisions\[0\]: s3\. Supported"),
        ({"revisions": [{"app_spec_content": {}}]}, r"revisions\[0\]: one of the following is required: content"),
    ],
)
@pytest.mark.usefixtures("stage")
def test_what_is_wrong_is_named(connect: Connect, given: dict[str, t.Any], message: str) -> None:
    with pytest.raises((InvalidOption, CodeDeployError), match=message):
        revision_info.read(connect, options(**given))


def test_the_documented_permissions_are_those_that_are_used(stage: LiveStage, read: Read, emulator: Emulator) -> None:
    stage.deploy("one.zip")
    emulator.calls.clear()
    read()
    notes = yaml.safe_load(revision_info.DOCUMENTATION)["notes"]
    (permissions,) = [note for note in notes if note.startswith("Required IAM permissions")]
    assert set(module_actions(emulator)) == set(re.findall(r"C\((\w+:\w+)\)", permissions))
