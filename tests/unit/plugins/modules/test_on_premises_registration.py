# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registrations where the service remembers one that has gone, does not know an IAM user yet, or loses answers.

The emulator forgets tags, and knows users, at once.
"""

from __future__ import annotations

import datetime
import pathlib
import types
from typing import Any

import boto3
import botocore.endpoint
import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import converge, propagation
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
from emulator import Emulator, Fault
from emulator.service.on_premises_instances import HELD_FOR
from unit.instance_scenarios import (
    HOST,
    IAM_USER,
    NEW,
    SESSION,
    SUBJECT,
    USER,
    an_instance,
    iam_beside,
    names_are_let_go,
    our_user,
    read,
    replaceable,
)
from unit.scenarios import Connect, check_refused, module_actions

OTHER = "arn:aws:iam::123456789012:user/other"


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


class Keeping:
    """A service that shows the tags of a registration that has gone, as another page of its user guide says."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._tags: list[dict[str, str]] = []

    def deregister_on_premises_instance(self, **arguments: Any) -> None:
        self._tags = self._client.get_on_premises_instance(**arguments)["instanceInfo"]["tags"]
        self._client.deregister_on_premises_instance(**arguments)

    def batch_get_on_premises_instances(self, **arguments: Any) -> dict[str, Any]:
        infos = self._client.batch_get_on_premises_instances(**arguments)["instanceInfos"]
        return {"instanceInfos": [{**info, "tags": self._tags} if "deregisterTime" in info else info for info in infos]}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_tags_that_aws_still_shows_are_kept(connect: Connect, codedeploy: Any) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    client, params = Keeping(connect("codedeploy")), SUBJECT.params(**NEW)
    client.deregister_on_premises_instance(instanceName="host")
    names_are_let_go(codedeploy)
    predicted = on_premises_instance.ensure(lambda _service: client, params, True)
    done = on_premises_instance.ensure(lambda _service: client, params, False)
    assert predicted["diff"] == done["diff"]
    assert read(codedeploy) == (USER, None, [("a", "1")])
    on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**HOST, state="absent"), False)
    assert on_premises_instance.ensure(lambda _service: client, params, False)["on_premises_instance"]["tags"] == {}


def failure(connect: Connect, check_mode: bool = False, **given: Any) -> CodeDeployError:
    """What the module fails with on the options GIVEN."""
    with pytest.raises(CodeDeployError) as caught:
        on_premises_instance.ensure(connect, SUBJECT.params(**given), check_mode)
    return caught.value


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where AWS says clearly what is the matter, nothing is waited for."""

    def refuse(_seconds: float) -> None:
        raise AssertionError("waited")

    for module in (converge, propagation):
        monkeypatch.setattr(module, "sleep", refuse)


def held_until(emulator: Emulator) -> str:
    """What is said of the instance if it is deregistered now."""
    until = datetime.datetime.fromtimestamp(emulator.clock.now() + HELD_FOR, datetime.timezone.utc)
    return (
        "AWS still holds the name host and its ARN after the deregistration, typically for 24 hours, "
        f"until about {until:%Y-%m-%d %H:%M} UTC"
    )


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    ("identity", "after"),
    [
        ({"iam_user_arn": USER}, (USER, None, [])),
        ({"iam_session_arn": SESSION}, (None, SESSION, [])),
        ({"iam_user": IAM_USER}, (USER, None, [])),
    ],
    ids=["user", "session", "a user of its own"],
)
def test_what_was_deregistered_can_be_registered_a_day_later(
    identity: dict[str, Any], after: Any, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    params, held = SUBJECT.params(**HOST, **identity), held_until(emulator)
    on_premises_instance.ensure(connect, params, False)
    on_premises_instance.ensure(connect, {**params, "state": "absent"}, False)

    predicted = on_premises_instance.ensure(connect, params, True)
    assert predicted["warnings"] == [f"AWS may refuse to register host: {held}."]
    error = failure(connect, **HOST, **identity)
    assert (
        error.message
        == f"instance_name: {held}; run this task again after that, or use another name with another ARN now"
    )
    assert "InstanceNameAlreadyRegisteredException" in str(error.exception)
    assert (error.kwargs["changed"], read(codedeploy)) == (False, None)
    assert iam_beside(codedeploy).list_users()["Users"] == []

    emulator.clock.advance(HELD_FOR)
    done = on_premises_instance.ensure(connect, params, False)
    assert (done["changed"], done["warnings"], read(codedeploy)) == (True, [], after)


@pytest.mark.usefixtures("no_waiting")
def test_an_arn_is_held_for_a_day_too(connect: Connect, codedeploy: Any) -> None:
    an_instance()(codedeploy)
    codedeploy.deregister_on_premises_instance(instanceName="host")
    error = failure(connect, instance_name="other", iam_user_arn=USER)
    assert "deregistered with it less than 24 hours ago: use another ARN" in error.message
    assert read(codedeploy) is None


@pytest.mark.usefixtures("no_waiting")
def test_one_name_that_is_held_keeps_none_of_the_others(connect: Connect, codedeploy: Any) -> None:
    an_instance()(codedeploy)
    codedeploy.deregister_on_premises_instance(instanceName="host")
    arns = {"host": USER, **{f"h{number}": f"arn:aws:iam::123456789012:user/h{number}" for number in range(30)}}
    instances = [
        {"instance_name": name, "iam_user_arn": arn, "iam_session_arn": None, "tags": {"a": "1"}}
        for name, arn in arns.items()
    ]
    error = failure(connect, instances=instances)
    assert list(error.kwargs["failures"]) == ["host"]
    assert "1 of 31 instances failed. host: instance_name: AWS still holds the name host" in error.message
    found = codedeploy.list_on_premises_instances(
        registrationStatus="Registered", tagFilters=[{"Key": "a", "Value": "1", "Type": "KEY_AND_VALUE"}]
    )
    assert len(found["instanceNames"]) == 30


REPLACING = {**NEW, "replace": True, "tags": {"a": "1"}}
OUTAGE = "Another ARN means an outage for host: AWS holds the name of a deregistered instance, typically for 24 hours."


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize(
    "identity", [{"iam_user_arn": USER}, {"iam_user": IAM_USER}], ids=["user", "a user of its own"]
)
def test_another_arn_is_an_outage_of_a_day(
    identity: dict[str, Any], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    given = {**HOST, **identity, "replace": True, "tags": {"a": "1"}}
    predicted = on_premises_instance.ensure(connect, SUBJECT.params(**given), True)
    assert predicted["changed"]
    assert predicted["warnings"][0].startswith(OUTAGE)
    assert read(codedeploy) == (None, SESSION, [("a", "1")])

    error = failure(connect, **given)
    assert (
        "host was deregistered to change its ARN, but could not be registered again: instance_name: AWS still holds"
        in str(error)
    )
    assert error.kwargs["changed"]
    assert error.warnings[0].startswith(OUTAGE)
    assert iam_beside(codedeploy).list_users()["Users"] == []
    emulator.clock.advance(HELD_FOR - 1)
    assert "AWS still holds the name" in failure(connect, **given).message
    emulator.clock.advance(1)
    on_premises_instance.ensure(connect, SUBJECT.params(**given), False)
    assert read(codedeploy) == (USER, None, [("a", "1")])


@pytest.mark.parametrize("deregistered", [False, True])
def test_a_registration_is_not_given_up_for_an_arn_of_another(
    deregistered: bool, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    codedeploy.register_on_premises_instance(instanceName="other", iamUserArn=USER)
    if deregistered:
        codedeploy.deregister_on_premises_instance(instanceName="other")
    check_refused(SUBJECT, REPLACING, f"{USER} is the ARN of the instance 'other'", connect, emulator)


def test_a_registration_is_not_given_up_with_its_tags(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    lost = 'tags: host would lose tags when it is deregistered to get another ARN; set all .*: {.*"a": "1".*}'
    check_refused(SUBJECT, {**NEW, "replace": True}, lost, connect, emulator)
    check_refused(SUBJECT, {**REPLACING, "tags": {"b": "2"}, "purge_tags": False}, lost, connect, emulator)


def test_a_registration_is_not_given_up_for_one_that_aws_refuses(
    connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    emulator.faults.add(Fault("access_denied", "codedeploy:RegisterOnPremisesInstance"))
    error = failure(connect, **REPLACING)
    assert ("AccessDenied" in str(error), error.kwargs["changed"]) == (True, False)
    assert "codedeploy:DeregisterOnPremisesInstance" not in module_actions(emulator)
    assert read(codedeploy) == (None, SESSION, [("a", "1")])


def test_who_may_not_list_instances_is_told_what_was_not_checked(
    connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    replaceable(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    emulator.faults.add(Fault("access_denied", "codedeploy:ListOnPremisesInstances"))
    done = on_premises_instance.ensure(connect, SUBJECT.params(**REPLACING), False)
    emulator.faults.clear()
    assert "Failed to list the on-premises instances" in done["warnings"][0]
    assert read(codedeploy) == (USER, None, [("a", "1")])


def test_the_old_registration_comes_back_where_aws_allows_it(
    connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    replaceable(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    emulator.faults.add(Fault("access_denied", "codedeploy:RegisterOnPremisesInstance", skip=1, count=1))
    error = failure(connect, **REPLACING)
    assert "host is registered with its old ARN again: Failed to register" in error.message
    assert ("AccessDenied" in str(error), error.kwargs["changed"]) == (True, True)
    assert read(codedeploy) == (None, SESSION, [("a", "1")])


def test_a_registration_whose_answers_are_all_lost_keeps_its_user(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (botocore.endpoint, cloud):
        monkeypatch.setattr(module, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    emulator.faults.add(Fault("reset_after", "codedeploy:RegisterOnPremisesInstance"))
    done = on_premises_instance.ensure(connect, SUBJECT.params(**HOST, iam_user=IAM_USER), False)
    assert (done["changed"], read(codedeploy)) == (True, (USER, None, []))
    assert keys_of_host(codedeploy) == [done["iam_credentials"][0]["access_key_id"]]


def keys_of_host(codedeploy: Any) -> list[str]:
    return [key["AccessKeyId"] for key in iam_beside(codedeploy).list_access_keys(UserName="host")["AccessKeyMetadata"]]


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_lost_answers_leave_no_access_key(
    lost: int, connect: Connect, emulator: Emulator, codedeploy: Any, tmp_path: pathlib.Path
) -> None:
    emulator.faults.add(Fault("reset_after", "iam:CreateAccessKey", count=lost))
    user = {**IAM_USER, "config_directory": str(tmp_path)}
    done = on_premises_instance.ensure(connect, SUBJECT.params(**HOST, iam_user=user), False)
    assert keys_of_host(codedeploy) == [done["iam_credentials"][0]["access_key_id"]]


def test_keys_of_killed_runs_go(connect: Connect, codedeploy: Any) -> None:
    our_user(codedeploy)
    iam_beside(codedeploy).create_access_key(UserName="host")
    left = keys_of_host(codedeploy)
    done = on_premises_instance.ensure(connect, SUBJECT.params(**HOST, iam_user=IAM_USER), False)
    assert len(left) == 2
    assert keys_of_host(codedeploy) == [done["iam_credentials"][0]["access_key_id"]]
    assert keys_of_host(codedeploy)[0] not in left


def test_a_key_that_may_be_in_use_stays(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    our_user(codedeploy)
    iam = iam_beside(codedeploy)
    used = iam.create_access_key(UserName="host")["AccessKey"]
    signed = {"aws_access_key_id": used["AccessKeyId"], "aws_secret_access_key": used["SecretAccessKey"]}
    boto3.client("sts", endpoint_url=emulator.endpoint, region_name="us-east-1", **signed).get_caller_identity()
    told = f"iam_user: the IAM user 'host' has the access key {used['AccessKeyId']}, which was last used at 20.*; delete the key"
    check_refused(SUBJECT, {**HOST, "iam_user": IAM_USER}, told, connect, emulator)
    assert len(keys_of_host(codedeploy)) == 2

    iam.delete_access_key(UserName="host", AccessKeyId=used["AccessKeyId"])
    on_premises_instance.ensure(connect, SUBJECT.params(**HOST, iam_user=IAM_USER), False)
    assert read(codedeploy) == (USER, None, [])


class Unaware:
    """A service that does not know an IAM user yet when it is named for the first, second and third time."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._attempts = 0

    def register_on_premises_instance(self, **arguments: Any) -> None:
        self._attempts += 1
        if self._attempts <= 3:
            arguments["iamUserArn"] = arguments["iamUserArn"].replace(":user/", ":")  # what the emulator finds invalid
        self._client.register_on_premises_instance(**arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_a_user_that_was_made_a_moment_ago(connect: Connect, codedeploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(propagation, "sleep", slept.append)
    client = Unaware(connect("codedeploy"))
    with pytest.raises(CodeDeployError, match="InvalidIamUserArnException") as caught:
        on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**NEW, wait_timeout=5), False)
    assert (slept, read(codedeploy), caught.value.kwargs["changed"]) == ([5], None, False)
    on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**NEW), False)
    assert (slept, read(codedeploy)) == ([5, 5], (USER, None, []))
