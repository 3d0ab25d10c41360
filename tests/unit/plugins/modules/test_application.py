# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import converge
from ansible_collections.slipway.codedeploy.plugins.modules import application
from emulator import Emulator
from unit.application_scenarios import (
    RENAME,
    SCENARIOS,
    SUBJECT,
    WEB,
    an_application,
    nothing,
    read,
)
from unit.scenarios import Connect, Scenario, check_permissions, check_refused, check_scenario, module_actions


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"application_name": "a b"}, r"application_name: 'a b' is not a valid name; use 1 to 100 letters, digits and"),
        ({**WEB, "new_application_name": "a b"}, "new_application_name: 'a b' is not a valid name"),
        ({**RENAME, "state": "absent"}, "new_application_name: cannot be combined with state=absent"),
        (
            {**WEB, "new_application_name": "taken"},
            "new_application_name: 'web' cannot be renamed.* 'taken' already exists",
        ),
        ({"application_name": ""}, "application_name: '' is not a valid name"),
        ({"application_name": "x" * 101}, "is not a valid name"),
        ({**WEB, "tags": {"": "x"}}, "tags, a key: '' has 0 characters; 1 to 128 are allowed"),
        ({**WEB, "tags": {"a": ["b"]}}, r"tags, the value of 'a': \['b'\] is not a string"),
        ({**WEB, "tags": {"a": None}}, "tags, the value of 'a': None is not a string"),
        ({**WEB, "tags": {"a": "b" * 257}}, "tags, the value of 'a': 'b+' has 257 characters; 0 to 256 are allowed"),
        (
            {**WEB, "tags": {"aws:team": "x"}},
            "tags: 'aws:team' cannot be set to 'x', because the prefix aws: is reserved",
        ),
        (
            {**WEB, "compute_platform": "ECS"},
            "compute_platform: .* is for Server and cannot be changed to ECS.*state=absent",
        ),
    ],
)
def test_refused(params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    an_application()(codedeploy)
    codedeploy.create_application(applicationName="taken")
    check_refused(SUBJECT, params, message, connect, emulator)


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (WEB, ["codedeploy:GetApplication"]),
        (
            {**WEB, "tags": {"team": "shop"}},
            ["sts:GetCallerIdentity", "codedeploy:GetApplication", "codedeploy:ListTagsForResource"],
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


class Meddling:
    """A client before whose first call of METHOD somebody else does something."""

    def __init__(self, client: Any, method: str, meddle: Any) -> None:
        self._client, self._method, self._meddle = client, method, meddle

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self._meddle:
            meddle, self._meddle = self._meddle, None
            meddle()
        return getattr(self._client, name)


@pytest.mark.parametrize(
    ("method", "before", "meddle", "params", "after"),
    [
        ("create_application", nothing, an_application(), WEB, ("Server", {})),
        ("create_application", nothing, an_application(a="1"), {**WEB, "tags": {"b": "2"}}, ("Server", {"b": "2"})),
        ("tag_resource", an_application(), None, {**WEB, "tags": {"b": "2"}}, ("Server", {"b": "2"})),
        ("update_application", an_application(), None, RENAME, ("Server", {}, "shop")),
        ("delete_application", an_application(), None, {**WEB, "state": "absent"}, None),
    ],
    ids=["created meanwhile", "created with other tags", "deleted before tags", "deleted before renaming", "deleted"],
)
def test_others_write_too(
    method: str,
    before: Any,
    meddle: Any,
    params: dict[str, Any],
    after: Any,
    connect: Connect,
    codedeploy: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without MEDDLE, somebody deletes the application between the module's reading and its writing."""
    monkeypatch.setattr(converge, "sleep", lambda _seconds: None)
    before(codedeploy)
    delete = functools.partial(codedeploy.delete_application, applicationName="web")
    client = Meddling(connect("codedeploy"), method, functools.partial(meddle, codedeploy) if meddle else delete)
    result = application.ensure(
        lambda service: client if service == "codedeploy" else connect(service), SUBJECT.params(**params), False
    )
    assert result["changed"] is True
    assert read(codedeploy) == after
