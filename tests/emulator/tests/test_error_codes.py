# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One failing path for each errorInformation code that a deployment to hosts can end with; those of alarms, stops, load
balancers and Auto Scaling groups are with their subjects, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.ec2 import ALL_AT_ONCE, BLUE_GREEN, TRAFFIC_CONTROL, Ec2Stage
from emulator.stages.servers import ROLE, TAG
from emulator.state import OnPremisesInstance

HOUR = 3600
BALANCER = {"elbInfoList": [{"name": "classic"}]}


@pytest.fixture
def stage(emulator: Emulator) -> Ec2Stage:
    return Ec2Stage(emulator)


def region(stage: Ec2Stage) -> Any:
    return stage.emulator.state.region("123456789012", "us-east-1")


def application_missing(stage: Ec2Stage) -> str:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    stage.codedeploy.delete_application(applicationName="shop")
    return deployment_id


def group_missing(stage: Ec2Stage) -> str:
    stage.set_up("h1")
    deployment_id = stage.start()
    stage.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    stage.play()
    return deployment_id


def revision_missing(stage: Ec2Stage) -> str:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    region(stage).applications["shop"].revisions.clear()  # no operation removes one
    return deployment_id


def role_missing(stage: Ec2Stage) -> str:
    iam = stage.emulator.client("iam")
    for name in ("codedeploy", "other"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    stage.set_up("h1", serviceRoleArn=ROLE)
    iam.delete_role(RoleName="codedeploy")
    return stage.create_deployment()


def no_instances(stage: Ec2Stage) -> str:
    stage.set_up()
    return stage.create_deployment()


def too_many_instances(stage: Ec2Stage) -> str:
    stage.set_up(deploymentConfigName=ALL_AT_ONCE)
    tags = [(TAG["Key"], TAG["Value"])]
    for name in (f"host-{number}" for number in range(2001)):  # in place of as many requests
        region(stage).on_premises_instances[name] = OnPremisesInstance(name, "arn", 0.0, name, None, tags=tags)
    return stage.create_deployment()


def impossible_minimum(stage: Ec2Stage) -> str:
    minimum = {"type": "HOST_COUNT", "value": 1}
    stage.codedeploy.create_deployment_config(deploymentConfigName="one", minimumHealthyHosts=minimum)
    stage.set_up("h1", deploymentConfigName="one")
    return stage.create_deployment()


def too_few_healthy(stage: Ec2Stage) -> str:
    stage.set_up("h1")
    return stage.deploy(failures={"h1": {"Install": 5}})


def too_long(stage: Ec2Stage) -> str:
    """Two hosts, one after the other, with three quarters of an hour for each event."""
    stage.set_up("h1", "h2")
    deployment_id = stage.start()
    for _event in range(14):
        for host in stage.hosts.values():
            command = host.poll()
            if command is not None and host.acknowledge(command) == "InProgress":
                stage.pass_time(0.9 * HOUR)
                host.complete(command)
    return deployment_id


def stopped(stage: Ec2Stage) -> str:
    stage.set_up("h1")
    deployment_id = stage.start()
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    return deployment_id


def alarmed(stage: Ec2Stage) -> str:
    stage.set_up("h1", alarmConfiguration={"enabled": True, "alarms": [{"name": "nobody knows it"}]})
    return stage.create_deployment()


def auto_scaling_group_missing(stage: Ec2Stage) -> str:
    stage.create_auto_scaling_group("fleet", 1)
    stage.set_up("h1", autoScalingGroups=["fleet"])
    stage.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="fleet", ForceDelete=True)
    return stage.create_deployment()


def load_balancer_missing(stage: Ec2Stage) -> str:
    stage.set_up_ec2(1, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCER)
    return stage.create_deployment()


def instance_cannot_be_registered(stage: Ec2Stage) -> str:
    stage.create_balancers()
    (host,) = stage.set_up_ec2(1, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCER)
    deployment_id = stage.start()
    stage.play()
    stage.pass_time(1)
    stage.play()
    stage.ec2.stop_instances(InstanceIds=[host])
    return deployment_id


def no_blue_green_configuration(stage: Ec2Stage) -> str:
    stage.set_up_ec2(1, deploymentStyle=BLUE_GREEN, loadBalancerInfo=BALANCER)
    return stage.create_deployment()


def no_load_balancer(stage: Ec2Stage) -> str:
    option = {"greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"}}
    members = {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": BALANCER}
    stage.set_up_ec2(1, **members, blueGreenDeploymentConfiguration=option)
    region(stage).applications["shop"].groups["web"].settings.pop("loadBalancerInfo")  # the service refuses to
    return stage.create_deployment()


PATHS: dict[str, Callable[[Ec2Stage], str]] = {
    "ALARM_ACTIVE": alarmed,
    "APPLICATION_MISSING": application_missing,
    "AUTO_SCALING_CONFIGURATION": auto_scaling_group_missing,
    "DEPLOYMENT_GROUP_MISSING": group_missing,
    "ELASTIC_LOAD_BALANCING_INVALID": load_balancer_missing,
    "ELB_INVALID_INSTANCE": instance_cannot_be_registered,
    "HEALTH_CONSTRAINTS": too_few_healthy,
    "HEALTH_CONSTRAINTS_INVALID": impossible_minimum,
    "IAM_ROLE_MISSING": role_missing,
    "MANUAL_STOP": stopped,
    "MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION": no_blue_green_configuration,
    "MISSING_ELB_INFORMATION": no_load_balancer,
    "NO_INSTANCES": no_instances,
    "OVER_MAX_INSTANCES": too_many_instances,
    "REVISION_MISSING": revision_missing,
    "TIMEOUT": too_long,
}


@pytest.mark.parametrize("code", PATHS)
def test_a_deployment_that_ends_with(stage: Ec2Stage, code: str) -> None:
    deployment_id = PATHS[code](stage)
    stage.pass_time(2)
    info = stage.info(deployment_id)
    assert (info["errorInformation"]["code"], bool(info["errorInformation"]["message"])) == (code, True)
    assert info["status"] == ("Stopped" if code in ("ALARM_ACTIVE", "MANUAL_STOP") else "Failed")
    assert info["completeTime"] >= info["createTime"]
