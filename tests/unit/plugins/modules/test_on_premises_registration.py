# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registrations where the service remembers one that has gone, or does not know an IAM user yet. The emulator forgets and knows at once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils import _propagation
from ansible_collections.slipway.codedeploy.plugins.modules import on_premises_instance
from emulator import Emulator, Fault
from unit.instance_scenarios import HOST, NEW, SESSION, SUBJECT, USER, an_instance, read
from unit.scenarios import Connect


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


def test_tags_of_a_run_that_ended_before_it_registered_again(
    connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    an_instance(("a", "1"), iamSessionArn=SESSION)(codedeploy)
    client, params = Keeping(connect("codedeploy")), SUBJECT.params(**NEW)
    emulator.faults.add(Fault("access_denied", "codedeploy:RegisterOnPremisesInstance"))
    with pytest.raises(on_premises_instance.CodeDeployError, match="AccessDenied"):
        on_premises_instance.ensure(lambda _service: client, params, False)
    assert read(codedeploy) is None
    emulator.faults.clear()

    predicted = on_premises_instance.ensure(lambda _service: client, params, True)
    done = on_premises_instance.ensure(lambda _service: client, params, False)
    assert predicted["diff"] == done["diff"]
    assert read(codedeploy) == (USER, None, [("a", "1")])
    on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**HOST, state="absent"), False)
    assert on_premises_instance.ensure(lambda _service: client, params, False)["on_premises_instance"]["tags"] == {}


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
    monkeypatch.setattr(_propagation, "sleep", slept.append)
    client = Unaware(connect("codedeploy"))
    with pytest.raises(on_premises_instance.CodeDeployError, match="InvalidIamUserArnException") as caught:
        on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**NEW, wait_timeout=5), False)
    assert (slept, read(codedeploy), caught.value.kwargs["changed"]) == ([5], None, False)
    on_premises_instance.ensure(lambda _service: client, SUBJECT.params(**NEW), False)
    assert (slept, read(codedeploy)) == ([5, 5], (USER, None, []))
