# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.modules import application
from emulator import Emulator
from unit.scenarios import (
    Connect,
    Scenario,
    Subject,
    check_permissions,
    check_refused,
    check_scenario,
    module_actions,
)

ARN = "arn:aws:codedeploy:us-east-1:123456789012:application:web"


def read(client: Any) -> Any:
    """The application's platform and tags; None if there is none."""
    if "web" not in client.list_applications()["applications"]:
        return None
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=ARN)["Tags"]}
    return client.get_application(applicationName="web")["application"]["computePlatform"], tags


SUBJECT = Subject(application, "application", read, {"application_id", "create_time", "linked_to_git_hub"})


def nothing(client: Any) -> None:
    pass


def an_application(platform: str = "Server", **tags: str) -> Any:
    def arrange(client: Any) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        client.create_application(applicationName="web", computePlatform=platform, tags=pairs)

    return arrange


WEB = {"application_name": "web"}
SCENARIOS = [
    Scenario("create", nothing, WEB, True, ("Server", {})),
    Scenario("create for Lambda", nothing, {**WEB, "compute_platform": "Lambda"}, True, ("Lambda", {})),
    Scenario("create with tags", nothing, {**WEB, "tags": {"team": "shop"}}, True, ("Server", {"team": "shop"})),
    Scenario("create with no tags", nothing, {**WEB, "tags": {}}, True, ("Server", {})),
    Scenario("there already", an_application(team="shop"), WEB, False, ("Server", {"team": "shop"})),
    Scenario("platform left out", an_application("ECS"), WEB, False, ("ECS", {})),
    Scenario(
        "tags there already",
        an_application(team="shop"),
        {**WEB, "tags": {"team": "shop"}},
        False,
        ("Server", {"team": "shop"}),
    ),
    Scenario(
        "a tag changes, one comes, one goes",
        an_application(team="shop", old="1"),
        {**WEB, "tags": {"team": "store", "new": 2}},
        True,
        ("Server", {"team": "store", "new": "2"}),
    ),
    Scenario(
        "tags are added",
        an_application(team="shop"),
        {**WEB, "tags": {"stage": "test"}, "purge_tags": False},
        True,
        ("Server", {"team": "shop", "stage": "test"}),
    ),
    Scenario("tags are cleared", an_application(team="shop"), {**WEB, "tags": {}}, True, ("Server", {})),
    Scenario("delete", an_application(team="shop"), {**WEB, "state": "absent"}, True, None),
    Scenario("delete with tags given", an_application(), {**WEB, "state": "absent", "tags": {"a": "b"}}, True, None),
    Scenario("gone already", nothing, {**WEB, "state": "absent"}, False, None),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"application_name": "a b"}, r"application_name: 'a b' is not a valid name: 1 to 100 letters, digits and"),
        ({"application_name": ""}, "application_name: '' is not a valid name"),
        ({"application_name": "x" * 101}, "is not a valid name"),
        ({**WEB, "tags": {"": "x"}}, "tags, a key: '' has 0 characters, 1 to 128 are allowed"),
        ({**WEB, "tags": {"a": ["b"]}}, r"tags, the value of 'a': \['b'\] is not a text"),
        ({**WEB, "tags": {"a": None}}, "tags, the value of 'a': None is not a text"),
        ({**WEB, "tags": {"a": "b" * 257}}, "tags, the value of 'a': 'b+' has 257 characters, 0 to 256 are allowed"),
        ({**WEB, "tags": {"aws:team": "x"}}, "tags: 'aws:team' cannot be set to 'x', because only AWS sets tags"),
        (
            {**WEB, "compute_platform": "ECS"},
            "compute_platform: .* is of platform Server and cannot become ECS.*state: absent",
        ),
    ],
)
def test_refused(params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    an_application()(codedeploy)
    check_refused(SUBJECT, params, message, connect, emulator)


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (WEB, ["codedeploy:GetApplication"]),
        (
            {**WEB, "tags": {"team": "shop"}},
            ["codedeploy:GetApplication", "sts:GetCallerIdentity", "codedeploy:ListTagsForResource"],
        ),
    ],
)
def test_calls_of_an_unchanged_application(
    params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_application(team="shop")(codedeploy)
    application.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == actions


@pytest.mark.usefixtures("emulator")
def test_the_result_can_be_given_back(connect: Connect) -> None:
    params = SUBJECT.params(**WEB, compute_platform="ECS", tags={"team": "shop"})
    returned = application.ensure(connect, params, False)["application"]
    given = {name: value for name, value in returned.items() if name in params}
    assert given.keys() == {"application_name", "compute_platform", "tags"}
    assert application.ensure(connect, SUBJECT.params(**given), False)["changed"] is False
