# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications, and what becomes of them: the table that goes through what every resource module promises."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.codedeploy.plugins.modules import application
from unit.scenarios import (
    Scenario,
    Subject,
)

PREFIX = "arn:aws:codedeploy:us-east-1:123456789012:application:"


def read(client: Any) -> Any:
    """The application's platform and tags, and its name if that is not `web`; None if there is none."""
    names = client.list_applications()["applications"]
    if not names:
        return None
    (name,) = names
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=PREFIX + name)["Tags"]}
    found = client.get_application(applicationName=name)["application"]["computePlatform"], tags
    return found if name == "web" else (*found, name)


SUBJECT = Subject(application, "application", read, {"application_id", "create_time", "linked_to_git_hub"})


def nothing(client: Any) -> None:
    pass


def an_application(platform: str = "Server", **tags: str) -> Any:
    def arrange(client: Any) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        client.create_application(applicationName="web", computePlatform=platform, tags=pairs)

    return arrange


def renamed(client: Any) -> None:
    client.create_application(applicationName="shop", tags=[{"Key": "team", "Value": "shop"}])


WEB = {"application_name": "web"}
RENAME = {**WEB, "new_application_name": "shop"}
SCENARIOS = [
    Scenario("basic: create", nothing, WEB, True, ("Server", {})),
    Scenario("ComputePlatform_lambda", nothing, {**WEB, "compute_platform": "Lambda"}, True, ("Lambda", {})),
    Scenario("ComputePlatform_ecs", nothing, {**WEB, "compute_platform": "ECS"}, True, ("ECS", {})),
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
        "tags: one changes, one comes, one goes",
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
    Scenario("name: rename", an_application(team="shop"), RENAME, True, ("Server", {"team": "shop"}, "shop")),
    Scenario(
        "rename, with other tags",
        an_application(team="shop"),
        {**RENAME, "tags": {"a": "b"}},
        True,
        ("Server", {"a": "b"}, "shop"),
    ),
    Scenario("renamed already", renamed, RENAME, False, ("Server", {"team": "shop"}, "shop")),
    Scenario("neither name is there", nothing, RENAME, True, ("Server", {}, "shop")),
    Scenario("the same name", an_application(), {**WEB, "new_application_name": "web"}, False, ("Server", {})),
    Scenario("delete", an_application(team="shop"), {**WEB, "state": "absent"}, True, None),
    Scenario("delete with tags given", an_application(), {**WEB, "state": "absent", "tags": {"a": "b"}}, True, None),
    Scenario("gone already", nothing, {**WEB, "state": "absent"}, False, None),
]
