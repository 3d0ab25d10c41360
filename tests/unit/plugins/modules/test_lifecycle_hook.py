# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`lifecycle_hook` on the emulator: a deployment to a Lambda function that waits for its gate."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import lifecycle_hook
from emulator import Emulator
from emulator.stages.traffic import LambdaStage, content_revision
from unit.scenarios import Connect, module_actions

Hook = dict[str, str]


@pytest.fixture
def shop(emulator: Emulator) -> LambdaStage:
    shop = LambdaStage(emulator)
    shop.set_up()
    return shop


@pytest.fixture
def hook(shop: LambdaStage) -> Hook:
    """What the hook function of a deployment was told, as the module takes it."""
    events: list[dict[str, str]] = []
    shop.emulator.hook_functions["gate"] = events.append
    shop.create_deployment(content_revision(shop.app_spec({"BeforeAllowTraffic": "gate"})))
    shop.pass_time(60)
    return {
        "deployment_id": events[0]["DeploymentId"],
        "lifecycle_event_hook_execution_id": events[0]["LifecycleEventHookExecutionId"],
    }


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
def test_a_hook_is_reported_once(shop: LambdaStage, hook: Hook, connect: Connect, status: str) -> None:
    params = {**hook, "status": status}
    shop.emulator.calls.clear()
    expected = {"changed": True, "reason": f"the hook was reported as {status}"}
    assert lifecycle_hook.ensure(connect, params, True) == expected
    assert module_actions(shop.emulator) == ["codedeploy:GetDeployment"]
    assert lifecycle_hook.ensure(connect, params, False) == expected
    shop.pass_time(60)
    assert shop.status(hook["deployment_id"]) == status
    assert shop.alias() == ({"2": 1.0} if status == "Succeeded" else {"1": 1.0})

    again = lifecycle_hook.ensure(connect, params, False)
    assert again == {"changed": False, "reason": f"{hook['deployment_id']} has ended already ({status})"}


def test_an_event_that_is_over_is_left_alone(shop: LambdaStage, connect: Connect) -> None:
    events: list[dict[str, str]] = []
    shop.emulator.hook_functions.update(before=events.append, after=events.append)
    hooks = {"BeforeAllowTraffic": "before", "AfterAllowTraffic": "after"}
    deployment_id = shop.create_deployment(content_revision(shop.app_spec(hooks)))
    shop.pass_time(60)
    execution_id = events[0]["LifecycleEventHookExecutionId"]
    params = {"deployment_id": deployment_id, "lifecycle_event_hook_execution_id": execution_id, "status": "Succeeded"}
    assert lifecycle_hook.ensure(connect, params, False)["changed"] is True
    shop.pass_time(60)
    assert len(events) == 2
    again = lifecycle_hook.ensure(connect, params, False)
    assert again == {"changed": False, "reason": "the hook's event is over already"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"deployment_id": "web"}, "deployment_id: 'web' is not a deployment ID"),
        ({"deployment_id": "d-ABCDEFGHI"}, "deployment_id: there is no deployment 'd-ABCDEFGHI' in us-east-1"),
        ({"lifecycle_event_hook_execution_id": " "}, "lifecycle_event_hook_execution_id: is empty; pass"),
        ({"lifecycle_event_hook_execution_id": "another"}, "Failed to report the lifecycle hook"),
    ],
)
def test_what_is_wrong_is_said(hook: Hook, connect: Connect, given: Hook, message: str) -> None:
    with pytest.raises((InvalidOption, CodeDeployError), match=re.escape(message)):
        lifecycle_hook.ensure(connect, {**hook, "status": "Succeeded", **given}, False)


def test_the_documented_permissions_are_those_that_are_used(shop: LambdaStage, hook: Hook, connect: Connect) -> None:
    shop.emulator.calls.clear()
    lifecycle_hook.ensure(connect, {**hook, "status": "Succeeded"}, False)
    (note,) = [note for note in yaml.safe_load(lifecycle_hook.DOCUMENTATION)["notes"] if note.startswith("Required")]
    assert set(module_actions(shop.emulator)) == set(re.findall(r"C\((\w+:\w+)\)", note))
