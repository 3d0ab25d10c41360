# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups are read in batches, and in the form that deployment_group returns and takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_group, deployment_group_info
from emulator import Emulator
from unit.group_scenarios import EVERYTHING, WORKERS
from unit.group_stage import ECS, ROLE, a_group, a_lambda_application, an_application, an_ecs_application
from unit.group_stage import SUBJECT as GROUP
from unit.scenarios import Connect, Subject, module_actions

SUBJECT = Subject(deployment_group_info, "deployment_groups", print, set())


def read(connect: Connect, **given: Any) -> list[dict[str, Any]]:
    """What the module returns of the application `web`."""
    result = deployment_group_info.read(connect, SUBJECT.params(application_name="web", **given))
    assert result["changed"] is False
    groups: list[dict[str, Any]] = result["deployment_groups"]
    return groups


def test_all_groups_are_read_in_batches(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    an_application(codedeploy)
    names = [f"group-{number:03}" for number in range(130)]
    for name in reversed(names):
        codedeploy.create_deployment_group(applicationName="web", deploymentGroupName=name, serviceRoleArn=ROLE)
    found = read(connect, include_tags=False)
    assert [each["deployment_group_name"] for each in found] == names
    assert [action.removeprefix("codedeploy:") for action in module_actions(emulator)] == [
        *["ListDeploymentGroups"] * 2,
        *["BatchGetDeploymentGroups"] * 2,
    ]


def test_groups_by_name(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    a_group(tags={"team": "shop"})(codedeploy)
    (found,) = read(connect, deployment_group_names=["test", "gone", "test"])
    assert (found["deployment_group_name"], found["tags"]) == ("test", {"team": "shop"})
    assert module_actions(emulator)[0] == "codedeploy:BatchGetDeploymentGroups"
    assert read(connect, deployment_group_names=["gone"]) == []
    assert read(connect, deployment_group_names=[]) == []


@pytest.mark.usefixtures("emulator")
def test_no_application_has_no_groups(connect: Connect) -> None:
    assert read(connect) == []
    assert read(connect, deployment_group_names=["test"]) == []


@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(a_group(tags={"team": "shop"}, surroundings=WORKERS, **EVERYTHING), id="Server"),
        pytest.param(a_group(surroundings=a_lambda_application), id="Lambda"),
        pytest.param(a_group(surroundings=an_ecs_application, **ECS), id="ECS"),
    ],
)
def test_what_is_read_is_what_deployment_group_returns_and_takes(
    arrange: Any, connect: Connect, codedeploy: Any
) -> None:
    arrange(codedeploy)
    (found,) = read(connect)
    options = {name: value for name, value in found.items() if name in GROUP.params()}
    result = deployment_group.ensure(connect, GROUP.params(**options), False)
    assert result["changed"] is False
    assert result["deployment_group"] == found


def test_documented_permissions(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    a_group()(codedeploy)
    read(connect)
    assert set(module_actions(emulator)) == SUBJECT.permissions()


@pytest.mark.parametrize("given", [{"application_name": "a b"}, {"deployment_group_names": ["a b"]}])
def test_refused(given: dict[str, Any], connect: Connect) -> None:
    with pytest.raises(InvalidOption, match=f"{next(iter(given))}: 'a b' is not a valid name"):
        deployment_group_info.read(connect, SUBJECT.params(**{"application_name": "web", **given}))
