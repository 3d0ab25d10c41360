# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Auto Scaling groups: whom they add to a deployment, and the deployments that launches set off."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.ec2 import ALL_AT_ONCE, BALANCERS, TRAFFIC_CONTROL, Ec2Stage
from emulator.stages.servers import TAG_FILTER, s3_revision


@pytest.fixture
def stage(emulator: Emulator) -> Ec2Stage:
    return Ec2Stage(emulator)


def set_up(stage: Ec2Stage, size: int = 1, **settings: Any) -> list[str]:
    """A deployment group with the Auto Scaling group ``fleet`` and nothing else; the ids of its instances."""
    ids = stage.create_auto_scaling_group("fleet", size)
    stage.set_up_ec2(**{"ec2TagFilters": [], "autoScalingGroups": ["fleet"], **settings})
    return ids


def test_members_are_united_with_tagged_instances(stage: Ec2Stage) -> None:
    tagged = stage.run_instance()
    members = stage.create_auto_scaling_group("fleet", 2)
    stage.set_up("h1", ec2TagFilters=[TAG_FILTER], autoScalingGroups=["fleet"], deploymentConfigName=ALL_AT_ONCE)
    deployment_id = stage.deploy()
    assert stage.status(deployment_id) == "Succeeded"
    assert set(stage.target_ids(deployment_id)) == {tagged, *members, "h1"}


def test_a_group_that_is_gone(stage: Ec2Stage) -> None:
    set_up(stage)
    stage.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="fleet", ForceDelete=True)
    assert stage.error_code(stage.start()) == "AUTO_SCALING_CONFIGURATION"


def test_a_launched_instance_gets_the_target_revision(stage: Ec2Stage) -> None:
    set_up(stage)
    first = stage.deploy()
    (new,) = stage.scale("fleet", 2)
    stage.pass_time(1)
    (_first, launched) = stage.deployments()
    info = stage.info(launched)
    assert (info["creator"], info["status"]) == ("autoscaling", "InProgress")
    assert info["revision"] == s3_revision()
    assert stage.target_ids(launched) == [new]
    stage.play()
    assert stage.status(launched) == "Succeeded"
    assert stage.group_info()["lastSuccessfulDeployment"]["deploymentId"] == first
    assert stage.state_of(new) == "running"


def test_nothing_is_deployed_before_anything_has_succeeded(stage: Ec2Stage) -> None:
    set_up(stage)
    stage.scale("fleet", 3)
    stage.pass_time(1)
    assert stage.deployments() == []


def test_nothing_is_deployed_without_the_lifecycle_hook(stage: Ec2Stage) -> None:
    set_up(stage)
    first = stage.deploy()
    (hook,) = stage.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="fleet")["LifecycleHooks"]
    name = {"AutoScalingGroupName": "fleet", "LifecycleHookName": hook["LifecycleHookName"]}
    stage.autoscaling.delete_lifecycle_hook(**name)
    stage.scale("fleet", 2)
    stage.pass_time(1)
    assert stage.deployments() == [first]


def test_a_launched_instance_gets_traffic_at_the_end(stage: Ec2Stage) -> None:
    stage.create_balancers()
    set_up(stage, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCERS)
    stage.start()
    stage.run()
    (new,) = stage.scale("fleet", 2)
    stage.pass_time(1)
    stage.run()
    launched = stage.deployments()[-1]
    assert stage.status(launched) == "Succeeded"
    assert stage.event_names(launched, new)[-3:] == ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"]
    assert len(stage.event_names(launched, new)) == 10
    assert stage.registered() == [set(stage.members("fleet"))] * 3


def test_an_instance_that_cannot_be_deployed_to_is_replaced(stage: Ec2Stage) -> None:
    set_up(stage)
    stage.deploy()
    (bad,) = stage.scale("fleet", 2)
    stage.pass_time(1)
    failed = stage.deployments()[-1]
    host = stage.hosts.pop(bad)
    while stage.status(failed) == "InProgress":
        host.run_next({"Install": 5})
    assert stage.error_code(failed) == "HEALTH_CONSTRAINTS"
    assert stage.state_of(bad) == "terminated"
    (replacement,) = stage.enter_members("fleet")
    stage.pass_time(1)
    stage.play()
    assert stage.target_ids(stage.deployments()[-1]) == [replacement]
    assert stage.status(stage.deployments()[-1]) == "Succeeded"


@pytest.mark.parametrize("strategy", ["UPDATE", "IGNORE"])
def test_what_is_launched_during_a_deployment_is_updated_after_it(stage: Ec2Stage, strategy: str) -> None:
    set_up(stage, outdatedInstancesStrategy=strategy)
    stage.deploy()
    second = stage.start("two.zip")
    (new,) = stage.scale("fleet", 2)
    stage.pass_time(1)
    launched = stage.deployments()[-1]
    assert stage.info(launched)["revision"] == s3_revision("one.zip")
    stage.play()
    assert (stage.status(second), stage.status(launched)) == ("Succeeded", "Succeeded")
    stage.pass_time(1)
    if strategy == "IGNORE":
        assert stage.deployments()[-1] == launched
        return
    update = stage.deployments()[-1]
    info = stage.info(update)
    assert (info["creator"], info["revision"]) == ("CodeDeployAutoUpdate", s3_revision("two.zip"))
    assert stage.target_ids(update) == [new]
    assert info["relatedDeployments"] == {"autoUpdateOutdatedInstancesRootDeploymentId": second}
    related = stage.info(second)["relatedDeployments"]
    assert related == {"autoUpdateOutdatedInstancesDeploymentIds": [update]}
    stage.play()
    assert stage.status(update) == "Succeeded"
    stage.pass_time(1)
    assert stage.deployments()[-1] == update


def test_processes_are_suspended_meanwhile(stage: Ec2Stage) -> None:
    set_up(stage, ec2DeploymentOptions={"autoScalingGroupProcessesToSuspend": ["Terminate"]})

    def suspended() -> set[str]:
        (group,) = stage.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
        return {process["ProcessName"] for process in group["SuspendedProcesses"]}

    stage.start()
    assert suspended() == {"Terminate"}
    stage.play()
    assert suspended() == set()
    own = {"autoScalingGroupProcessesToSuspend": ["AZRebalance", "ScheduledActions"]}
    stopped = stage.start(ec2DeploymentOptions=own)
    assert suspended() == {"AZRebalance", "ScheduledActions"}
    assert stage.info(stopped)["ec2DeploymentOptions"] == own
    stage.codedeploy.stop_deployment(deploymentId=stopped)
    stage.pass_time(1)
    assert suspended() == set()
