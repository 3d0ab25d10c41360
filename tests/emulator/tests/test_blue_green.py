# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blue/green deployments to EC2 instances, with who gets traffic and which instances there are read back from moto."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.ec2 import ALL_AT_ONCE, BALANCERS, BLUE_GREEN, Ec2Stage
from emulator.stages.servers import s3_revision

from .conftest import Refused
from .test_load_balancers import EVENTS

BLOCK, INSTALL, ALLOW = EVENTS[:3], EVENTS[3:10], EVENTS[10:]
GREEN = {"Key": "fleet", "Value": "green"}
TO_GREEN = {"tagFilters": [{**GREEN, "Type": "KEY_AND_VALUE"}]}


@pytest.fixture
def stage(emulator: Emulator) -> Ec2Stage:
    return Ec2Stage(emulator)


def configuration(
    provisioning: str = "DISCOVER_EXISTING", wait: int | None = None, termination: int | None = None
) -> dict[str, Any]:
    """Minutes of the waits; without them the deployment goes on, and the original instances are kept."""
    ready: dict[str, Any] = {"actionOnTimeout": "CONTINUE_DEPLOYMENT"}
    terminate: dict[str, Any] = {"action": "KEEP_ALIVE"}
    if wait is not None:
        ready = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": wait}
    if termination is not None:
        terminate = {"action": "TERMINATE", "terminationWaitTimeInMinutes": termination}
    return {
        "greenFleetProvisioningOption": {"action": provisioning},
        "deploymentReadyOption": ready,
        "terminateBlueInstancesOnDeploymentSuccess": terminate,
    }


def set_up(stage: Ec2Stage, wait: int | None = None, termination: int | None = None) -> tuple[str, str]:
    """An original instance with traffic, and a new one without."""
    stage.create_balancers()
    (blue,) = stage.set_up_ec2(
        1,
        deploymentStyle=BLUE_GREEN,
        loadBalancerInfo=BALANCERS,
        blueGreenDeploymentConfiguration=configuration(wait=wait, termination=termination),
        deploymentConfigName=ALL_AT_ONCE,
    )
    stage.register(blue)
    return blue, stage.run_instance(tag=GREEN)


def continue_deployment(stage: Ec2Stage, deployment_id: str, wait_type: str) -> None:
    stage.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType=wait_type)


def test_green_is_installed_and_takes_over(stage: Ec2Stage) -> None:
    blue, green = set_up(stage)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    assert stage.target_ids(deployment_id, ServerInstanceLabel=["Blue"]) == [blue]
    assert stage.target_ids(deployment_id, ServerInstanceLabel=["Green"]) == [green]
    assert stage.play() == [(green, event) for event in (*INSTALL, "BeforeAllowTraffic")]
    assert stage.registered() == [{blue}] * 3
    stage.pass_time(1)
    assert stage.registered() == [{blue, green}] * 3
    done = stage.run()
    assert done == [(green, "AfterAllowTraffic"), (blue, "BeforeBlockTraffic"), (blue, "AfterBlockTraffic")]
    assert stage.registered() == [{green}] * 3
    info = stage.info(deployment_id)
    assert (info["status"], info["instanceTerminationWaitTimeStarted"]) == ("Succeeded", False)
    assert info["targetInstances"] == TO_GREEN
    assert info["blueGreenDeploymentConfiguration"]["deploymentReadyOption"]["waitTimeInMinutes"] == 0
    assert info["deploymentOverview"]["Succeeded"] == 2
    assert stage.event_names(deployment_id, green) == [*INSTALL, *ALLOW]
    assert stage.event_names(deployment_id, blue) == BLOCK
    assert [stage.target(deployment_id, host)["instanceLabel"] for host in (blue, green)] == ["Blue", "Green"]
    assert stage.state_of(blue) == "running"


def test_the_old_name_of_labels(stage: Ec2Stage) -> None:
    blue, green = set_up(stage)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    answer = stage.codedeploy.list_deployment_instances(deploymentId=deployment_id, instanceTypeFilter=["Green"])
    assert answer["instancesList"] == [green]
    summary = stage.codedeploy.get_deployment_instance(deploymentId=deployment_id, instanceId=blue)["instanceSummary"]
    assert summary["instanceType"] == "Blue"


def test_an_unknown_label(stage: Ec2Stage, refused: Refused) -> None:
    set_up(stage)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    with refused("InvalidInstanceTypeException"):
        stage.target_ids(deployment_id, ServerInstanceLabel=["Red"])


def test_ready_until_it_is_continued(stage: Ec2Stage, refused: Refused) -> None:
    _blue, green = set_up(stage, wait=30)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    with refused("DeploymentIsNotInReadyStateException"):
        continue_deployment(stage, deployment_id, "READY_WAIT")
    assert stage.run() == [(green, event) for event in INSTALL]
    info = stage.info(deployment_id)
    assert (info["status"], info["deploymentOverview"]["Ready"]) == ("Ready", 1)
    assert stage.target(deployment_id, green)["status"] == "Ready"
    stage.pass_time(60 * 29)
    with refused("InvalidDeploymentStatusException"):
        continue_deployment(stage, deployment_id, "TERMINATION_WAIT")
    continue_deployment(stage, deployment_id, "READY_WAIT")
    assert stage.status(deployment_id) == "InProgress"
    stage.run()
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.registered() == [{green}] * 3
    with refused("DeploymentAlreadyCompletedException"):
        continue_deployment(stage, deployment_id, "READY_WAIT")


def test_ready_for_too_long(stage: Ec2Stage) -> None:
    blue, _green = set_up(stage, wait=30)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    stage.run()
    stage.pass_time(60 * 30)
    assert (stage.status(deployment_id), stage.error_code(deployment_id)) == ("Stopped", "TIMEOUT")
    assert stage.registered() == [{blue}] * 3


@pytest.mark.parametrize("cut_short_by", ["nobody", "ContinueDeployment", "SkipWaitTimeForInstanceTermination"])
def test_the_original_instances_are_terminated_after_a_while(
    stage: Ec2Stage, cut_short_by: str, refused: Refused
) -> None:
    blue, green = set_up(stage, termination=60)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    with refused("DeploymentNotStartedException"):
        stage.codedeploy.skip_wait_time_for_instance_termination(deploymentId=deployment_id)
    stage.run()
    info = stage.info(deployment_id)
    assert (info["status"], info["instanceTerminationWaitTimeStarted"]) == ("InProgress", True)
    assert stage.target_statuses(deployment_id) == {blue: "Succeeded", green: "Succeeded"}
    with refused("DeploymentIsNotInReadyStateException"):
        continue_deployment(stage, deployment_id, "READY_WAIT")
    stage.pass_time(60 * 59)
    assert stage.state_of(blue) == "running"
    if cut_short_by == "ContinueDeployment":
        continue_deployment(stage, deployment_id, "TERMINATION_WAIT")
    elif cut_short_by == "SkipWaitTimeForInstanceTermination":
        stage.codedeploy.skip_wait_time_for_instance_termination(deploymentId=deployment_id)
    else:
        stage.pass_time(60)
    assert stage.status(deployment_id) == "Succeeded"
    assert (stage.state_of(blue), stage.state_of(green)) == ("terminated", "running")


def test_a_stop_before_the_termination_leaves_the_original_instances(stage: Ec2Stage) -> None:
    blue, green = set_up(stage, termination=60)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    stage.run()
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.pass_time(60 * 60)
    assert stage.error_code(deployment_id) == "MANUAL_STOP"
    assert (stage.state_of(blue), stage.registered()) == ("running", [{green}] * 3)


def test_an_instance_that_is_protected_is_not_terminated(stage: Ec2Stage) -> None:
    blue, _green = set_up(stage, termination=0)
    stage.ec2.modify_instance_attribute(InstanceId=blue, DisableApiTermination={"Value": True})
    deployment_id = stage.start(targetInstances=TO_GREEN)
    stage.run()
    assert stage.status(deployment_id) == "Succeeded"
    assert blue in stage.info(deployment_id)["additionalDeploymentStatusInfo"]
    assert stage.state_of(blue) == "running"


def test_without_target_instances_the_groups_own_are_new(stage: Ec2Stage) -> None:
    blue, _green = set_up(stage)
    deployment_id = stage.start()
    stage.run()
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.target_ids(deployment_id) == [blue]
    assert stage.target(deployment_id, blue)["instanceLabel"] == "Green"


def test_what_fails_to_install_gets_no_traffic(stage: Ec2Stage) -> None:
    blue, good = set_up(stage)
    bad = stage.run_instance(tag=GREEN)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    stage.run({bad: {"Install": 5}})
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.target_statuses(deployment_id) == {blue: "Succeeded", good: "Succeeded", bad: "Failed"}
    assert stage.registered() == [{good}] * 3


def test_one_original_instance_that_fails_is_too_many(stage: Ec2Stage) -> None:
    blue, _green = set_up(stage)
    other = stage.run_instance()
    stage.register(other)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    stage.run({other: {"BeforeBlockTraffic": 4}})
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.target(deployment_id, other)["status"] == "Failed"
    assert stage.state_of(blue) == "running"


def test_a_rollback_gives_the_traffic_back(stage: Ec2Stage) -> None:
    blue, green = set_up(stage)
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    stage.start("one.zip")
    stage.run()
    failed = stage.start("two.zip", targetInstances=TO_GREEN, autoRollbackConfiguration=rollback)
    stage.run({blue: {"AfterBlockTraffic": 4}})
    assert stage.error_code(failed) == "HEALTH_CONSTRAINTS"
    back = stage.info(failed)["rollbackInfo"]["rollbackDeploymentId"]
    info = stage.info(back)
    assert (info["creator"], info["revision"]) == ("codeDeployRollback", s3_revision("one.zip"))
    assert "targetInstances" not in info
    stage.run()
    assert stage.status(back) == "Succeeded"
    assert (stage.event_names(back, blue), stage.event_names(back, green)) == (ALLOW, BLOCK)
    assert stage.registered() == [{blue}] * 3


def test_a_stop_while_ready_can_be_rolled_back(stage: Ec2Stage) -> None:
    blue, green = set_up(stage, wait=30)
    first = stage.start()
    stage.run()
    continue_deployment(stage, first, "READY_WAIT")
    stage.run()
    second = stage.start("two.zip", targetInstances=TO_GREEN)
    stage.run()
    stage.codedeploy.stop_deployment(deploymentId=second, autoRollbackEnabled=True)
    stage.pass_time(3)
    assert stage.status(second) == "Stopped"
    assert stage.target(second, green)["status"] == "Skipped"
    back = stage.info(second)["rollbackInfo"]["rollbackDeploymentId"]
    stage.run()
    assert stage.status(back) == "Succeeded"
    assert stage.registered() == [{blue}] * 3


def set_up_copied(stage: Ec2Stage, termination: int | None) -> str:
    """An instance with traffic in an Auto Scaling group that is to be copied."""
    stage.create_balancers()
    (blue,) = stage.create_auto_scaling_group("fleet", 1)
    stage.autoscaling.attach_load_balancers(AutoScalingGroupName="fleet", LoadBalancerNames=["classic"])
    stage.register(blue)
    stage.set_up_ec2(
        ec2TagFilters=[],
        autoScalingGroups=["fleet"],
        deploymentStyle=BLUE_GREEN,
        loadBalancerInfo=BALANCERS,
        blueGreenDeploymentConfiguration=configuration("COPY_AUTO_SCALING_GROUP", termination=termination),
    )
    return blue


def test_a_copied_group_keeps_its_name_when_the_deployment_group_is_renamed(stage: Ec2Stage) -> None:
    set_up_copied(stage, None)
    deployment_id = stage.start()
    stage.enter_members(f"CodeDeploy_web_{deployment_id}")
    names = {"applicationName": "shop", "deploymentGroupName": "www"}
    stage.codedeploy.update_deployment_group(
        applicationName="shop", currentDeploymentGroupName="web", newDeploymentGroupName="www"
    )
    stage.run()
    assert stage.status(deployment_id) == "Succeeded"
    (group,) = stage.codedeploy.get_deployment_group(**names)["deploymentGroupInfo"]["autoScalingGroups"]
    assert group["name"] == f"CodeDeploy_web_{deployment_id}"


@pytest.mark.parametrize("termination", [None, 5])
def test_a_copied_auto_scaling_group_takes_the_place_of_its_original(stage: Ec2Stage, termination: int | None) -> None:
    blue = set_up_copied(stage, termination)
    deployment_id = stage.start()
    copy = f"CodeDeploy_web_{deployment_id}"
    (green,) = stage.enter_members(copy)
    assert stage.target_ids(deployment_id) == [green, blue]
    stage.run()
    assert [group["name"] for group in stage.group_info()["autoScalingGroups"]] == ["fleet" if termination else copy]
    del stage.hosts[blue]
    stage.pass_time(60 * 5)
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.registered() == [{green}] * 3
    (group,) = stage.group_info()["autoScalingGroups"]
    assert group["name"] == copy
    hooks = stage.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=copy)["LifecycleHooks"]
    assert [hook["LifecycleHookName"] for hook in hooks] == [group["hook"]]
    assert stage.state_of(blue) == ("terminated" if termination else "running")
    assert stage.members("fleet") == ([] if termination else [blue])
    (launched,) = stage.scale(copy, 2)
    stage.pass_time(1)
    stage.run()
    assert stage.target_ids(stage.deployments()[-1]) == [launched]
    assert stage.registered() == [{green, launched}] * 3


@pytest.mark.parametrize("action", ["continue_deployment", "skip_wait_time_for_instance_termination"])
def test_waits_are_for_blue_green_only(stage: Ec2Stage, refused: Refused, action: str) -> None:
    stage.set_up_ec2(1)
    deployment_id = stage.start()
    with refused("UnsupportedActionForDeploymentTypeException"):
        getattr(stage.codedeploy, action)(deploymentId=deployment_id)
    stage.play()
    with refused("DeploymentAlreadyCompletedException"):
        getattr(stage.codedeploy, action)(deploymentId=deployment_id)
    with refused("DeploymentDoesNotExistException"):
        getattr(stage.codedeploy, action)(deploymentId="d-ABCDEFGHI")


def test_an_unknown_wait(stage: Ec2Stage, refused: Refused) -> None:
    set_up(stage)
    deployment_id = stage.start(targetInstances=TO_GREEN)
    with refused("InvalidDeploymentWaitTypeException"):
        continue_deployment(stage, deployment_id, "LUNCH")


@pytest.mark.parametrize(
    "wanted",
    [
        {"tagFilters": [{"Key": "fleet", "Value": "none", "Type": "KEY_AND_VALUE"}]},
        {"tagFilters": [{"Key": "fleet"}]},
        {"autoScalingGroups": ["none"]},
        {**TO_GREEN, "ec2TagSet": {"ec2TagSetList": [TO_GREEN["tagFilters"]]}},
    ],
)
def test_target_instances_that_are_none(stage: Ec2Stage, refused: Refused, wanted: Any) -> None:
    set_up(stage)
    with refused("InvalidTargetInstancesException"):
        stage.create_deployment(targetInstances=wanted)


def test_target_instances_by_tag_set_and_auto_scaling_group(stage: Ec2Stage) -> None:
    _blue, green = set_up(stage)
    members = stage.create_auto_scaling_group("fleet", 1)
    wanted = {"ec2TagSet": {"ec2TagSetList": [TO_GREEN["tagFilters"]]}, "autoScalingGroups": ["fleet"]}
    deployment_id = stage.start(targetInstances=wanted)
    assert set(stage.target_ids(deployment_id, ServerInstanceLabel=["Green"])) == {green, *members}
