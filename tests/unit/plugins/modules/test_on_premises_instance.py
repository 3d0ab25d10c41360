# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
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

USER = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/host"
SESSION = "arn:aws-cn:sts::123456789012:assumed-role/hosts/host"


def read(client: Any) -> Any:
    """The instance's ARN of either kind and its tags; None if it is not registered."""
    if "host" not in client.list_on_premises_instances(registrationStatus="Registered")["instanceNames"]:
        return None
    info = client.get_on_premises_instance(instanceName="host")["instanceInfo"]
    return info.get("iamUserArn"), info.get("iamSessionArn"), sorted((tag["Key"], tag["Value"]) for tag in info["tags"])


SUBJECT = Subject(on_premises_instance, "on_premises_instance", read, {"instance_arn", "register_time"})


def nothing(client: Any) -> None:
    pass


def an_instance(*pairs: tuple[str, str], **arn: str) -> Any:
    def arrange(client: Any) -> None:
        client.register_on_premises_instance(instanceName="host", **(arn or {"iamUserArn": USER}))
        if pairs:
            tags = [{"Key": key, "Value": value} for key, value in pairs]
            client.add_tags_to_on_premises_instances(instanceNames=["host"], tags=tags)

    return arrange


def a_deregistered_one(client: Any) -> None:
    an_instance(("stage", "test"))(client)
    client.deregister_on_premises_instance(instanceName="host")


HOST = {"instance_name": "host"}
NEW = {**HOST, "iam_user_arn": USER}
SCENARIOS = [
    Scenario("register a user", nothing, NEW, True, (USER, None, [])),
    Scenario("register a session", nothing, {**HOST, "iam_session_arn": SESSION}, True, (None, SESSION, [])),
    Scenario(
        "register with tags",
        nothing,
        {**NEW, "tags": {"stage": "test", "rack": 7}},
        True,
        (USER, None, [("rack", "7"), ("stage", "test")]),
    ),
    Scenario("register again", a_deregistered_one, NEW, True, (USER, None, [])),
    Scenario(
        "register again with tags", a_deregistered_one, {**NEW, "tags": {"a": "1"}}, True, (USER, None, [("a", "1")])
    ),
    Scenario("there already", an_instance(("a", "1")), NEW, False, (USER, None, [("a", "1")])),
    Scenario("there already, by name", an_instance(iamSessionArn=SESSION), HOST, False, (None, SESSION, [])),
    Scenario(
        "tags there already",
        an_instance(("b", "2"), ("a", "1")),
        {**HOST, "tags": {"a": 1, "b": "2"}},
        False,
        (USER, None, [("a", "1"), ("b", "2")]),
    ),
    Scenario(
        "tags of a run that was killed before them",
        an_instance(),
        {**NEW, "tags": {"stage": "test"}},
        True,
        (USER, None, [("stage", "test")]),
    ),
    Scenario(
        "a tag changes, one comes, one goes",
        an_instance(("stage", "test"), ("old", "1")),
        {**HOST, "tags": {"stage": "production", "new": "2"}},
        True,
        (USER, None, [("new", "2"), ("stage", "production")]),
    ),
    Scenario(
        "tags are added",
        an_instance(("stage", "test"), ("rack", "7")),
        {**HOST, "tags": {"rack": "8", "new": "2"}, "purge_tags": False},
        True,
        (USER, None, [("new", "2"), ("rack", "8"), ("stage", "test")]),
    ),
    Scenario("tags are cleared", an_instance(("a", "1")), {**HOST, "tags": {}}, True, (USER, None, [])),
    Scenario(
        "a key with several values gets one",
        an_instance(("name", "beta"), ("name", "west")),
        {**HOST, "tags": {"name": "west"}},
        True,
        (USER, None, [("name", "west")]),
    ),
    Scenario(
        "a key with several values is left alone",
        an_instance(("name", "beta"), ("name", "west")),
        {**HOST, "tags": {"a": "1"}, "purge_tags": False},
        True,
        (USER, None, [("a", "1"), ("name", "beta"), ("name", "west")]),
    ),
    Scenario("deregister", an_instance(("a", "1"), ("b", "2")), {**HOST, "state": "absent"}, True, None),
    Scenario("never there", nothing, {**HOST, "state": "absent"}, False, None),
    Scenario("deregistered already", a_deregistered_one, {**HOST, "state": "absent"}, False, None),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


OTHER = "arn:aws:iam::123456789012:user/other"


@pytest.mark.parametrize(
    ("arrange", "params", "message"),
    [
        (
            nothing,
            HOST,
            "iam_user_arn, iam_session_arn: the instance 'host' is not registered, and one of them is needed",
        ),
        (a_deregistered_one, HOST, "the instance 'host' is not registered"),
        (
            an_instance(),
            {**HOST, "iam_user_arn": OTHER},
            rf"'host' is registered with {USER}, and cannot be changed to {OTHER}\. Deregister it first \(state: absent\)",
        ),
        (
            an_instance(),
            {**HOST, "iam_session_arn": SESSION},
            f"registered with {USER}, and cannot be changed to {SESSION}",
        ),
        (an_instance(iamSessionArn=SESSION), NEW, f"registered with {SESSION}, and cannot be changed to {USER}"),
        (nothing, {**NEW, "instance_name": "i-0abc"}, "instance_name: 'i-0abc' begins with i-"),
        (nothing, {**NEW, "instance_name": "00:1b"}, "instance_name: '00:1b' is not a valid name"),
        (nothing, {**HOST, "iam_user_arn": SESSION}, "iam_user_arn: .* is not the ARN of an IAM user"),
        (nothing, {**HOST, "iam_session_arn": USER}, "iam_session_arn: .* is not the ARN of an IAM session"),
        (nothing, {**NEW, "tags": {"a": ""}}, "tags, the value of 'a': '' has 0 characters, 1 to 256 are allowed"),
        (
            nothing,
            {**NEW, "tags": {f"key-{number}": "x" for number in range(11)}},
            "tags: the instance would have 11 tags, 10 are allowed",
        ),
        (
            an_instance(*[(f"key-{number}", "x") for number in range(10)]),
            {**HOST, "tags": {"one": "more"}, "purge_tags": False},
            "tags: the instance would have 11 tags, 10 are allowed",
        ),
    ],
)
def test_refused(
    arrange: Any, params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    arrange(codedeploy)
    check_refused(SUBJECT, params, message, connect, emulator)


@pytest.mark.parametrize(
    ("arrange", "params", "actions"),
    [
        (an_instance(("a", "1")), {**NEW, "tags": {"a": "1"}}, ["GetOnPremisesInstance"]),
        (
            an_instance(("a", "1")),
            {**HOST, "tags": {"a": "2"}},
            [
                "GetOnPremisesInstance",
                "RemoveTagsFromOnPremisesInstances",
                "AddTagsToOnPremisesInstances",
                "GetOnPremisesInstance",
            ],
        ),
        (
            an_instance(("a", "1")),
            {**HOST, "state": "absent"},
            [
                "GetOnPremisesInstance",
                "RemoveTagsFromOnPremisesInstances",
                "DeregisterOnPremisesInstance",
                "GetOnPremisesInstance",
            ],
        ),
    ],
    ids=["unchanged", "a tag makes room for another", "tags go before the registration"],
)
def test_calls(
    arrange: Any, params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    arrange(codedeploy)
    on_premises_instance.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == [f"codedeploy:{action}" for action in actions]


class Remembering:
    """A service that keeps tags over a deregistration, as one page of its user guide says: a client that brings old ones back."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def register_on_premises_instance(self, **arguments: Any) -> None:
        self._client.register_on_premises_instance(**arguments)
        old = [{"Key": "stage", "Value": "test"}, {"Key": "old", "Value": "1"}]
        self._client.add_tags_to_on_premises_instances(instanceNames=["host"], tags=old)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@pytest.mark.parametrize(
    ("tags", "after"),
    [(None, []), ({"stage": "test", "a": "1"}, [("a", "1"), ("stage", "test")])],
)
def test_old_tags_do_not_outlive_a_registration(tags: Any, after: Any, connect: Connect, emulator: Emulator) -> None:
    client = Remembering(connect("codedeploy"))
    result = on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**NEW, tags=tags), False)
    assert result["on_premises_instance"]["tags"] == dict(after)
    assert read(emulator.client("codedeploy")) == (USER, None, after)
