# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances, and what becomes of them: the table that goes through what every resource module promises."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import Any

import boto3

from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
from emulator.emulator import ACCESS_KEY, SECRET_KEY
from emulator.service.on_premises_instances import HELD_FOR
from unit.scenarios import (
    Scenario,
    Subject,
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


def control(client: Any, path: str, **members: Any) -> None:
    """Tell the emulator that CLIENT talks to MEMBERS, at one of its own paths."""
    port = urllib.parse.urlsplit(client.meta.endpoint_url).port
    urllib.request.urlopen(f"http://127.0.0.1:{port}/_emulator/{path}", json.dumps(members).encode()).close()


def a_forgotten_one(client: Any) -> None:
    """An instance that was deregistered a day ago."""
    a_deregistered_one(client)
    control(client, "clock", advance=HELD_FOR)


def names_are_let_go(client: Any) -> None:
    """From now on AWS holds no name: each registration comes a day after what was before."""
    control(client, "faults", kind="time_passes", action="codedeploy:RegisterOnPremisesInstance", seconds=HELD_FOR)


def replaceable(*pairs: tuple[str, str], **arn: str) -> Any:
    """An instance whose name AWS does not hold."""

    def arrange(client: Any) -> None:
        an_instance(*pairs, **arn)(client)
        names_are_let_go(client)

    return arrange


def iam_beside(client: Any) -> Any:
    """IAM of the emulator that CLIENT talks to."""
    return boto3.client(
        "iam",
        endpoint_url=client.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )


def our_user(client: Any) -> Any:
    """The user that a run has left which was killed before it registered the instance, and what others gave the user."""
    iam = iam_beside(client)
    iam.create_user(UserName="host", Path="/AWS/CodeDeploy/", Tags=[{"Key": MARK, "Value": "us-east-1"}])
    iam.create_access_key(UserName="host")
    iam.put_user_policy(UserName="host", PolicyName="old", PolicyDocument=DOCUMENT)
    policy = iam.create_policy(PolicyName="more", PolicyDocument=DOCUMENT)["Policy"]
    iam.attach_user_policy(UserName="host", PolicyArn=policy["Arn"])
    iam.create_group(GroupName="hosts")
    iam.add_user_to_group(UserName="host", GroupName="hosts")


def our_instance(client: Any) -> None:
    our_user(client)
    an_instance(("a", "1"))(client)


MARK = "slipway.codedeploy/on-premises-instance"
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
IAM_USER = {"path": "/AWS/CodeDeploy/", "buckets": ["releases"], "config_directory": None}
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
    Scenario("register again", a_forgotten_one, NEW, True, (USER, None, [])),
    Scenario(
        "register again with tags", a_forgotten_one, {**NEW, "tags": {"a": "1"}}, True, (USER, None, [("a", "1")])
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
    Scenario(
        "registered with another user",
        replaceable(("a", "1"), iamUserArn="arn:aws:iam::123456789012:user/other"),
        {**NEW, "replace": True, "tags": {"a": "1"}},
        True,
        (USER, None, [("a", "1")]),
    ),
    Scenario(
        "registered with a user, to be one with a session",
        replaceable(("a", "1")),
        {**HOST, "iam_session_arn": SESSION, "replace": True, "tags": {"b": 2}},
        True,
        (None, SESSION, [("b", "2")]),
    ),
    Scenario("with a user of its own", nothing, {**HOST, "iam_user": IAM_USER}, True, (USER, None, [])),
    Scenario(
        "with a user of its own already",
        our_instance,
        {**HOST, "iam_user": IAM_USER},
        False,
        (USER, None, [("a", "1")]),
    ),
    Scenario("with the user of a killed run", our_user, {**HOST, "iam_user": IAM_USER}, True, (USER, None, [])),
    Scenario(
        "with a user of its own instead of a session",
        replaceable(("a", "1"), iamSessionArn=SESSION),
        {**HOST, "iam_user": IAM_USER, "replace": True, "tags": {"a": "1"}},
        True,
        (USER, None, [("a", "1")]),
    ),
    Scenario("deregister with its user", our_instance, {**HOST, "iam_user": IAM_USER, "state": "absent"}, True, None),
    Scenario(
        "remove the user of a killed run", our_user, {**HOST, "iam_user": IAM_USER, "state": "absent"}, True, None
    ),
    Scenario("deregister", an_instance(("a", "1"), ("b", "2")), {**HOST, "state": "absent"}, True, None),
    Scenario("never there", nothing, {**HOST, "state": "absent"}, False, None),
    Scenario("deregistered already", a_deregistered_one, {**HOST, "state": "absent"}, False, None),
]
