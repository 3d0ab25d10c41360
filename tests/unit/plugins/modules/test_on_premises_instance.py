# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib
import stat
import types
from typing import Any

import botocore.endpoint
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud
from botocore.exceptions import ClientError

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
from emulator import Emulator, Fault
from unit.instance_scenarios import (
    HOST,
    IAM_USER,
    NEW,
    SCENARIOS,
    SESSION,
    SUBJECT,
    USER,
    a_deregistered_one,
    an_instance,
    iam_beside,
    nothing,
    our_user,
    read,
    replaceable,
)
from unit.scenarios import Connect, Scenario, check_permissions, check_refused, check_scenario, module_actions


def instance(name: str, **given: Any) -> dict[str, Any]:
    """A member of the option `instances`, as Ansible fills it in."""
    return {"instance_name": name, "iam_user_arn": None, "iam_session_arn": None, "tags": None, **given}


def many(count: int, **tags: str) -> list[dict[str, Any]]:
    return [instance(f"h{i}", iam_user_arn=f"arn:aws:iam::123456789012:user/h{i}", tags=tags) for i in range(count)]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


@pytest.mark.parametrize(
    ("arrange", "params", "message"),
    [
        (
            nothing,
            HOST,
            "iam_user_arn, iam_session_arn: one of them is required to register the instance 'host'",
        ),
        (a_deregistered_one, HOST, "one of them is required to register the instance 'host'"),
        (nothing, {**NEW, "concurrency": 0}, "concurrency: 0 is out of range; set 1 to 32"),
        (nothing, {**NEW, "wait_timeout": 0}, "wait_timeout: 0 is too small; set a number greater than 0"),
        (
            nothing,
            {**HOST, "iam_user": {**IAM_USER, "path": "x"}},
            "iam_user.path: 'x' is not a valid path; it must begin and end with /",
        ),
        (
            nothing,
            {**HOST, "iam_user": {**IAM_USER, "buckets": ["A*"]}},
            r"iam_user.buckets: 'A\*' is not a bucket name",
        ),
        (
            nothing,
            {"instance_name": "x" * 65, "iam_user": IAM_USER},
            "has 65 characters, but an IAM user's name may have at most 64; use a shorter name",
        ),
        (
            nothing,
            {**HOST, "iam_user": {**IAM_USER, "config_directory": "/nowhere"}},
            "iam_user.config_directory: '/nowhere' is not a directory; create it first",
        ),
        (
            lambda client: iam_beside(client).create_user(UserName="host"),
            {**HOST, "iam_user": IAM_USER},
            "iam_user: an IAM user named 'host' already exists, and this module did not create it",
        ),
        (
            our_user,
            {**HOST, "iam_user": {**IAM_USER, "path": "/"}},
            "iam_user.path: the IAM user already exists under a different path",
        ),
        (
            nothing,
            {"instances": [instance("a"), instance("b"), instance("a", iam_session_arn=SESSION)]},
            r"instances\[2\].instance_name: 'a' is a duplicate; list each instance once",
        ),
        (
            nothing,
            {"instances": [instance("a", iam_user_arn=USER), instance("b", iam_user_arn=USER)]},
            r"instances\[1\].iam_user_arn: .* is also set for 'a'",
        ),
        (
            nothing,
            {"instances": [instance("a", iam_user_arn=USER, tags={"a": ""})]},
            r"instances\[0\].tags, the value of 'a'",
        ),
        (
            nothing,
            {"instances": [instance("a")]},
            r"instances\[0\].iam_user_arn, iam_session_arn: one of them is required to register the instance 'a'",
        ),
        (nothing, {**NEW, "instance_name": "i-0abc"}, "instance_name: 'i-0abc' must not start with"),
        (nothing, {**NEW, "instance_name": "00:1b"}, "instance_name: '00:1b' is not a valid name"),
        (nothing, {**HOST, "iam_user_arn": SESSION}, "iam_user_arn: .* is not the ARN of an IAM user"),
        (nothing, {**HOST, "iam_session_arn": USER}, "iam_session_arn: .* is not the ARN of an IAM session"),
        (nothing, {**NEW, "tags": {"a": ""}}, "tags, the value of 'a': '' has 0 characters; 1 to 256 are allowed"),
        (
            nothing,
            {**NEW, "tags": {f"key-{number}": "x" for number in range(11)}},
            "tags: the instance would have 11 tags; at most 10 are allowed",
        ),
        (
            an_instance(*[(f"key-{number}", "x") for number in range(10)]),
            {**HOST, "tags": {"one": "more"}, "purge_tags": False},
            "tags: the instance would have 11 tags; at most 10 are allowed",
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
        (an_instance(("a", "1")), {**NEW, "tags": {"a": "1"}}, ["BatchGetOnPremisesInstances"]),
        (
            an_instance(("a", "1")),
            {**HOST, "tags": {"a": "2"}},
            [
                "BatchGetOnPremisesInstances",
                "RemoveTagsFromOnPremisesInstances",
                "AddTagsToOnPremisesInstances",
                "BatchGetOnPremisesInstances",
            ],
        ),
        (
            an_instance(("a", "1")),
            {**HOST, "state": "absent"},
            [
                "BatchGetOnPremisesInstances",
                "RemoveTagsFromOnPremisesInstances",
                "DeregisterOnPremisesInstance",
                "BatchGetOnPremisesInstances",
            ],
        ),
        (
            replaceable(("a", "1"), iamSessionArn=SESSION),
            {**NEW, "replace": True, "tags": {"a": "1"}},
            [
                "BatchGetOnPremisesInstances",
                "ListOnPremisesInstances",
                "BatchGetOnPremisesInstances",
                "RegisterOnPremisesInstance",
                "DeregisterOnPremisesInstance",
                "RegisterOnPremisesInstance",
                "BatchGetOnPremisesInstances",
                "AddTagsToOnPremisesInstances",
                "BatchGetOnPremisesInstances",
            ],
        ),
    ],
    ids=[
        "unchanged",
        "a tag makes room for another",
        "tags go before the registration",
        "another ARN is tried before the old one goes",
    ],
)
def test_calls(
    arrange: Any, params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    arrange(codedeploy)
    on_premises_instance.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == [f"codedeploy:{action}" for action in actions]


def registered(client: Any) -> list[str]:
    pages = client.get_paginator("list_on_premises_instances").paginate(registrationStatus="Registered")
    return sorted(name for page in pages for name in page["instanceNames"])


def test_many(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    params = SUBJECT.params(instances=[*many(60, stage="test"), instance("session", iam_session_arn=SESSION)])
    predicted = on_premises_instance.ensure(connect, params, True)
    assert registered(codedeploy) == []
    done = on_premises_instance.ensure(connect, params, False)
    assert (predicted["changed"], predicted["diff"]) == (done["changed"], done["diff"]) == (True, done["diff"])
    assert done["diff"]["after"]["h0"]["tags"] == {"stage": "test"}
    assert registered(codedeploy) == sorted(each["instance_name"] for each in params["instances"])
    assert [each["instance_name"] for each in done["on_premises_instances"]][:2] == ["h0", "h1"]
    assert module_actions(emulator).count("codedeploy:AddTagsToOnPremisesInstances") == 3

    emulator.calls.clear()
    again = on_premises_instance.ensure(connect, params, False)
    assert again["changed"] is False
    assert again["on_premises_instances"] == done["on_premises_instances"]
    assert module_actions(emulator) == ["codedeploy:BatchGetOnPremisesInstances"] * 3

    gone = on_premises_instance.ensure(connect, {**params, "state": "absent"}, False)
    assert (gone["changed"], gone["on_premises_instances"], registered(codedeploy)) == (True, [], [])
    assert on_premises_instance.ensure(connect, {**params, "state": "absent"}, False)["changed"] is False


def test_what_a_killed_run_left_is_finished(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    some = SUBJECT.params(instances=many(30, stage="test"))
    on_premises_instance.ensure(connect, {**some, "instances": some["instances"][:12]}, False)
    emulator.calls.clear()
    assert on_premises_instance.ensure(connect, some, False)["changed"] is True
    assert module_actions(emulator).count("codedeploy:RegisterOnPremisesInstance") == 18
    assert len(registered(codedeploy)) == 30


def test_a_thousand_survive_throttling(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (botocore.endpoint, cloud):
        monkeypatch.setattr(module, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    params = SUBJECT.params(instances=many(1000, stage="test"))
    emulator.faults.add(Fault("throttling", "codedeploy:*", rate=0.1))
    done = on_premises_instance.ensure(connect, params, False)
    emulator.faults.clear()
    assert done["changed"] is True
    assert len(registered(codedeploy)) == 1000
    emulator.calls.clear()
    assert on_premises_instance.ensure(connect, params, False)["changed"] is False
    assert len(module_actions(emulator)) == 40


def test_some_that_fail_do_not_keep_the_others(connect: Connect, codedeploy: Any) -> None:
    taken = "arn:aws:iam::123456789012:user/h1"
    codedeploy.register_on_premises_instance(instanceName="other", iamUserArn=taken)
    with pytest.raises(CodeDeployError) as caught:
        on_premises_instance.ensure(connect, SUBJECT.params(instances=many(3, stage="test")), False)
    assert "1 of 3 instances failed. h1: " in str(caught.value)
    assert "IamUserArnAlreadyRegisteredException" in str(caught.value)
    assert list(caught.value.kwargs["failures"]) == ["h1"]
    assert registered(codedeploy) == ["h0", "h2", "other"]
    assert codedeploy.get_on_premises_instance(instanceName="h2")["instanceInfo"]["tags"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_name_is_not_taken_from_another(check_mode: bool, connect: Connect, codedeploy: Any) -> None:
    other = "arn:aws:iam::123456789012:user/other"
    codedeploy.register_on_premises_instance(instanceName="h1", iamUserArn=other)
    with pytest.raises(CodeDeployError) as caught:
        on_premises_instance.ensure(connect, SUBJECT.params(instances=many(2)), check_mode)
    assert caught.value.kwargs["changed"] is not check_mode
    assert list(caught.value.kwargs["failures"]) == ["h1"]
    told = f"replace: h1 is registered with {other}, not with arn:aws:iam::123456789012:user/h1, and AWS cannot change"
    assert told in str(caught.value)
    assert "could not be registered again for about 24 hours" in str(caught.value)
    assert codedeploy.get_on_premises_instance(instanceName="h1")["instanceInfo"]["iamUserArn"] == other
    assert registered(codedeploy) == (["h1"] if check_mode else ["h0", "h1"])


def test_a_user_of_its_own_has_one_key_and_the_least_permissions(
    connect: Connect, codedeploy: Any, tmp_path: pathlib.Path
) -> None:
    iam = iam_beside(codedeploy)
    our_user(codedeploy)
    user = {**IAM_USER, "buckets": ["releases", "more/web/"], "config_directory": str(tmp_path)}
    done = on_premises_instance.ensure(connect, SUBJECT.params(**HOST, iam_user=user), False)
    (key,) = iam.list_access_keys(UserName="host")["AccessKeyMetadata"]
    file = tmp_path / "host.codedeploy.onpremises.yml"
    expected = {
        "instance_name": "host",
        "iam_user_arn": USER,
        "access_key_id": key["AccessKeyId"],
        "config_file": str(file),
    }
    assert done["iam_credentials"] == [expected]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = file.read_text().splitlines()
    assert lines[:3] == ["---", "region: us-east-1", f"iam_user_arn: {USER}"]
    assert lines[3] == f"aws_access_key_id: {key['AccessKeyId']}"
    secret = lines[4].removeprefix("aws_secret_access_key: ")
    assert len(secret) >= 30
    assert secret not in json.dumps(done)
    assert iam.list_user_policies(UserName="host")["PolicyNames"] == ["codedeploy-agent"]
    (statement,) = iam.get_user_policy(UserName="host", PolicyName="codedeploy-agent")["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    assert statement["Resource"] == ["arn:aws:s3:::releases/*", "arn:aws:s3:::more/web/*"]


@pytest.mark.parametrize("blocked", ["put_user_policy", "create_access_key", "register_on_premises_instance"])
def test_a_user_goes_when_the_registration_fails(
    blocked: str, connect: Connect, codedeploy: Any, tmp_path: pathlib.Path
) -> None:
    replaceable(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    clients = {service: Blocking(connect(service), blocked) for service in ("iam", "codedeploy")}
    user = {**IAM_USER, "config_directory": str(tmp_path)}
    params = SUBJECT.params(**HOST, iam_user=user, replace=True, tags={"a": "1"})
    with pytest.raises(CodeDeployError, match="AccessDenied"):
        on_premises_instance.ensure(lambda service: clients.get(service) or connect(service), params, False)
    assert iam_beside(codedeploy).list_users()["Users"] == []
    assert read(codedeploy) == (None, SESSION, [("a", "1")])
    assert list(tmp_path.iterdir()) == []


class Blocking:
    """A client whose first call of METHOD is not allowed."""

    def __init__(self, client: Any, method: str) -> None:
        self._client, self._method = client, method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            self._method = ""
            answer = {"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
            raise_it = ClientError(answer, name)

            def refuse(**_arguments: Any) -> None:
                raise raise_it

            return refuse
        return getattr(self._client, name)


def test_a_user_that_others_made_stays(connect: Connect, codedeploy: Any) -> None:
    iam_beside(codedeploy).create_user(UserName="host", Path="/AWS/CodeDeploy/")
    an_instance()(codedeploy)
    params = SUBJECT.params(**HOST, iam_user=IAM_USER, state="absent")
    assert on_premises_instance.ensure(connect, params, False)["changed"] is True
    assert [user["UserName"] for user in iam_beside(codedeploy).list_users()["Users"]] == ["host"]


@pytest.mark.parametrize(
    ("given", "no_log", "allowed"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"config_directory": "hosts"}, False, True),
    ],
)
def test_secrets_are_not_for_all_to_see(given: dict[str, Any], no_log: bool, allowed: bool) -> None:
    params = SUBJECT.params(**HOST, iam_user={**IAM_USER, **given})
    if allowed:
        on_premises_instance.check_secrecy(params, no_log)
    else:
        with pytest.raises(InvalidOption, match=r"iam_user: .* set no_log: true on the task"):
            on_premises_instance.check_secrecy(params, no_log)
