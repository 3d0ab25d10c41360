# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments that CodeDeploy makes by itself to hosts that Auto Scaling launches are no releases: tasks decide as if there were none."""

from __future__ import annotations

import typing as t

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from emulator.stages.ec2 import Ec2Stage
from unit.controller import Controller
from unit.releases import SHOP, s3_options, scaling_servers

ONE, TWO = s3_options("one.zip"), s3_options("two.zip")


def launch(stage: Ec2Stage, seconds: float) -> str:
    """Let the group launch another host; what is deployed to it SECONDS later, and by whom."""
    stage.scale("servers", 2)
    stage.emulator.clock.advance(seconds)
    group = stage.codedeploy.get_deployment_group(applicationName="shop", deploymentGroupName="web")
    last = group["deploymentGroupInfo"]["lastAttemptedDeployment"]
    return f"{stage.codedeploy.get_deployment(deploymentId=last['deploymentId'])['deploymentInfo']['creator']} {last['status']}"


def brought(result: dict[str, t.Any]) -> tuple[bool, str]:
    """Whether a task with RESULT changed something, and the key of its revision."""
    return result["changed"], result["revision"]["s3_location"]["key"]


@pytest.mark.parametrize("if_in_progress", ["attach", "fail", "wait", "stop"])
def test_nothing_is_deployed_again_while_and_after_hosts_are_launched(
    emulator: Emulator, controller: Controller, if_in_progress: str
) -> None:
    stage = scaling_servers(emulator)
    first = controller.run("deploy", **ONE).result["deployment_id"]
    for seconds, ended in ((5, "InProgress"), (900, "Succeeded")):
        assert launch(stage, seconds) == f"autoscaling {ended}"
        result = controller.run("deploy", **ONE, if_in_progress=if_in_progress).result
        assert (result["changed"], result["deployment_id"]) == (False, first)


def test_a_launch_that_fails_is_no_reason_to_deploy_again(emulator: Emulator, controller: Controller) -> None:
    stage = scaling_servers(emulator)
    controller.run("deploy", **ONE)
    emulator.simulate("i-*", {"ValidateService": fail()})
    assert launch(stage, 5) == "autoscaling InProgress"
    for hook in stage.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="servers")["LifecycleHooks"]:
        names = {"AutoScalingGroupName": "servers", "LifecycleHookName": hook["LifecycleHookName"]}
        stage.autoscaling.delete_lifecycle_hook(
            **names
        )  # else what is launched in the place of the failed host would fail, too
    assert launch(stage, 900) == "autoscaling Failed"
    assert controller.run("deploy", **ONE).result["changed"] is False


def test_a_release_that_failed_before_a_launch_is_still_mended(emulator: Emulator, controller: Controller) -> None:
    stage = scaling_servers(emulator)
    controller.run("deploy", **ONE)
    emulator.simulate(stage.members("servers")[0], {"ValidateService": fail()})
    assert controller.run("deploy", **TWO).result["failed"] is True
    assert launch(stage, 900) == "autoscaling Succeeded"
    again = controller.run("deploy", **ONE).result
    assert (brought(again), again["reason"].split(", ", 2)[2]) == (
        (True, "one.zip"),
        "failed after this revision was deployed",
    )


def test_another_release_waits_for_a_launch(emulator: Emulator, controller: Controller) -> None:
    stage = scaling_servers(emulator)
    controller.run("deploy", **ONE)
    assert launch(stage, 5) == "autoscaling InProgress"
    refused = controller.run("deploy", **TWO).result["msg"]
    assert (
        "(InProgress, by autoscaling) of s3://bundles/one.zip, so s3://bundles/two.zip cannot be deployed now"
        in refused
    )
    assert brought(controller.run("deploy", **TWO, if_in_progress="wait").result) == (True, "two.zip")


def test_who_went_back_does_not_swing_back_after_a_launch(emulator: Emulator, controller: Controller) -> None:
    stage = scaling_servers(emulator)
    for options in (ONE, TWO):
        controller.run("deploy", **options)
    assert launch(stage, 900) == "autoscaling Succeeded"
    assert brought(controller.run("deploy", **SHOP, revision="previous").result) == (True, "one.zip")
    stage.scale("servers", 1)
    assert launch(stage, 900) == "autoscaling Succeeded"
    assert brought(controller.run("deploy", **SHOP, revision="previous").result) == (False, "one.zip")
    assert controller.run("deployment", **SHOP, state="rolled_back").result["changed"] is False


def test_a_release_is_rolled_back_after_a_launch_but_not_the_launch(emulator: Emulator, controller: Controller) -> None:
    stage = scaling_servers(emulator)
    controller.run("deploy", **ONE)
    second = controller.run("deploy", **TWO).result["deployment_id"]
    assert launch(stage, 900) == "autoscaling Succeeded"
    by_itself = controller.run("deployment", **SHOP, state="succeeded").result["deployment_id"]
    refused = controller.run("deployment", deployment_id=by_itself, state="rolled_back").result["msg"]
    assert refused.startswith(f"{by_itself} cannot be rolled back: AWS created it automatically (autoscaling)")
    done = controller.run("deployment", deployment_id=second, state="rolled_back").result
    assert (done["changed"], done["reason"]) == (True, f"{second} is rolled back to s3://bundles/one.zip")


def test_what_catches_up_after_a_release_counts_as_the_release(emulator: Emulator, controller: Controller) -> None:
    """A host that is launched during a release gets the old one, and then the new one from CodeDeploy by itself."""
    stage = scaling_servers(emulator)
    controller.run("deploy", **ONE, sequence=6)
    emulator.clock.call_later(8, lambda: stage.scale("servers", 2))
    controller.run("deploy", **TWO, sequence=7)
    assert launch(stage, 900) == "CodeDeployAutoUpdate Succeeded"
    assert "is older than 7, which" in controller.run("deploy", **ONE, sequence=5).result["msg"]
    restart = controller.run("deploy", **SHOP, deployment_mode="RESTART").result["deployment_id"]
    told = stage.codedeploy.get_deployment(deploymentId=restart)["deploymentInfo"]["description"]
    assert told == "[sequence 7]"
