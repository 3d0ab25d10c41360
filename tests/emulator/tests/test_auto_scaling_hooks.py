# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle hooks in Auto Scaling groups, read back from Auto Scaling itself."""

from __future__ import annotations

import re
from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.servers import ROLE

from .conftest import Refused
from .test_group_settings import create, make_surroundings, read, update

LAUNCH = r"CodeDeploy-managed-automatic-launch-deployment-hook-web-[0-9a-f-]{36}"
TERMINATION = r"CodeDeploy-managed-automatic-termination-deployment-hook-web-[0-9a-f-]{36}"


@pytest.fixture
def groups(emulator: Emulator, codedeploy: Any) -> Any:
    make_surroundings(emulator)
    codedeploy.create_application(applicationName="shop")
    return codedeploy


def hooks(emulator: Emulator, name: str) -> dict[str, str]:
    """Transitions by hook."""
    found = emulator.client("autoscaling").describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"]
    return {hook["LifecycleHookName"]: hook["LifecycleTransition"] for hook in found}


def test_hooks_come_and_go_with_their_auto_scaling_groups(groups: Any, emulator: Emulator) -> None:
    create(groups, autoScalingGroups=["workers"])
    (shown,) = read(groups)["autoScalingGroups"]
    assert re.fullmatch(LAUNCH, shown["hook"])
    assert shown == {"name": "workers", "hook": shown["hook"]}
    assert hooks(emulator, "workers") == {shown["hook"]: "autoscaling:EC2_INSTANCE_LAUNCHING"}

    update(groups, autoScalingGroups=["more", "workers"])
    more, workers = read(groups)["autoScalingGroups"]
    assert (more["name"], workers) == ("more", shown)
    assert list(hooks(emulator, "more")) == [more["hook"]]

    update(groups, autoScalingGroups=["more"])
    assert hooks(emulator, "workers") == {}
    names = {"applicationName": "shop", "deploymentGroupName": "web"}
    assert groups.delete_deployment_group(**names)["hooksNotCleanedUp"] == []
    assert hooks(emulator, "more") == {}


def test_the_termination_hook(groups: Any, emulator: Emulator) -> None:
    create(groups, autoScalingGroups=["workers"], terminationHookEnabled=True)
    (shown,) = read(groups)["autoScalingGroups"]
    assert re.fullmatch(TERMINATION, shown["terminationHook"])
    assert hooks(emulator, "workers")[shown["terminationHook"]] == "autoscaling:EC2_INSTANCE_TERMINATING"
    update(groups, terminationHookEnabled=False)
    assert read(groups)["autoScalingGroups"] == [{"name": "workers", "hook": shown["hook"]}]
    assert list(hooks(emulator, "workers")) == [shown["hook"]]


def test_hooks_go_with_the_application(groups: Any, emulator: Emulator) -> None:
    create(groups, autoScalingGroups=["workers"], terminationHookEnabled=True)
    groups.delete_application(applicationName="shop")
    assert hooks(emulator, "workers") == {}


def test_a_hook_that_was_removed_comes_back_only_when_its_group_is_attached_anew(
    groups: Any, emulator: Emulator
) -> None:
    create(groups, autoScalingGroups=["workers"])
    (shown,) = read(groups)["autoScalingGroups"]
    scaling = emulator.client("autoscaling")
    scaling.delete_lifecycle_hook(AutoScalingGroupName="workers", LifecycleHookName=shown["hook"])
    update(groups, autoScalingGroups=["workers"])
    assert hooks(emulator, "workers") == {}
    assert read(groups)["autoScalingGroups"] == [shown]
    update(groups, autoScalingGroups=[])
    update(groups, autoScalingGroups=["workers"])
    (new,) = read(groups)["autoScalingGroups"]
    assert list(hooks(emulator, "workers")) == [new["hook"]]


def test_hooks_stay_when_the_role_is_gone(groups: Any, emulator: Emulator) -> None:
    iam = emulator.client("iam")
    for name in ("codedeploy", "other"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    create(groups, serviceRoleArn=ROLE, autoScalingGroups=["workers"])
    (shown,) = read(groups)["autoScalingGroups"]
    iam.delete_role(RoleName="codedeploy")
    answer = groups.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    assert answer["hooksNotCleanedUp"] == [shown]
    assert list(hooks(emulator, "workers")) == [shown["hook"]]


def test_an_auto_scaling_group_that_was_deleted_does_not_block_changes(groups: Any, emulator: Emulator) -> None:
    create(groups, autoScalingGroups=["workers"])
    emulator.client("autoscaling").delete_auto_scaling_group(AutoScalingGroupName="workers", ForceDelete=True)
    update(groups, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    assert [each["name"] for each in read(groups)["autoScalingGroups"]] == ["workers"]
    update(groups, autoScalingGroups=[])
    assert read(groups)["autoScalingGroups"] == []


def test_an_auto_scaling_group_has_room_for_50_hooks(groups: Any, emulator: Emulator, refused: Refused) -> None:
    scaling = emulator.client("autoscaling")
    for number in range(50):
        scaling.put_lifecycle_hook(
            AutoScalingGroupName="workers",
            LifecycleHookName=f"hook-{number}",
            LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
        )
    with refused("LifecycleHookLimitExceededException"):
        create(groups, autoScalingGroups=["workers"])
    create(groups, autoScalingGroups=["more"])
