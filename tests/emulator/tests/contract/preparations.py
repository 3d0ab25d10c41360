# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What there is before a request: by the name of its base, which is a compute platform or a situation."""

from __future__ import annotations

from typing import Any

from emulator.stages.servers import ROLE, TAG_FILTER, Stage, s3_revision

from ..test_group_settings import LEAST

Members = dict[str, Any]
SESSION_ARN = "arn:aws:sts::123456789012:assumed-role/hosts/h2"
FAILED_DEPLOYMENT = "the one that failed"
GROUP = {"applicationName": "shop"}
BLUE_GREEN: Members = {
    "ec2TagFilters": [TAG_FILTER],
    "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
    "loadBalancerInfo": {"targetGroupInfoList": [{"name": "front"}]},
    "blueGreenDeploymentConfiguration": {"greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"}},
}


def prepare_nothing(_stage: Stage, _base: str) -> None:
    pass


def prepare_application(stage: Stage, base: str) -> None:
    stage.codedeploy.create_application(applicationName="shop", computePlatform=base)


def prepare_group_update(stage: Stage, base: str) -> None:
    prepare_application(stage, base)
    stage.codedeploy.create_deployment_group(**GROUP, deploymentGroupName="web", serviceRoleArn=ROLE, **LEAST[base])


def prepare_deployment(stage: Stage, base: str) -> None:
    """A group of the platform; for ``restart`` one that was deployed to, for ``blue_green`` one with an instance to select."""
    if base == "Lambda":
        prepare_application(stage, base)
        stage.codedeploy.create_deployment_group(**GROUP, deploymentGroupName="web", serviceRoleArn=ROLE)
    elif base == "blue_green":
        stage.set_up(onPremisesInstanceTagFilters=[], **BLUE_GREEN)
    else:
        stage.set_up("h1")
        if base == "restart":
            stage.deploy()


def prepare_hosts(stage: Stage, _base: str) -> None:
    stage.add_host("h1")
    stage.add_host("h2")


def prepare_lists(stage: Stage, _base: str) -> None:
    """Two applications, two groups, three instances, and deployments that succeeded, failed and have not started."""
    stage.set_up("h1")
    stage.codedeploy.create_application(applicationName="other")
    stage.create_group("empty", onPremisesInstanceTagFilters=[])
    stage.pass_time(10)
    stage.deploy("one.zip")
    stage.deploy("two.zip", {"h1": {"Install": 5}})
    stage.pass_time(10)
    stage.create_deployment("one.zip")
    for key, bucket in (("dir/three.zip", "bundles"), ("four.zip", "others")):
        stage.pass_time(1)
        stage.codedeploy.register_application_revision(applicationName="shop", revision=s3_revision(key, bucket=bucket))
    stage.add_host("h2")
    stage.codedeploy.register_on_premises_instance(instanceName="h3", iamSessionArn=SESSION_ARN)
    stage.codedeploy.deregister_on_premises_instance(instanceName="h2")


def with_deployment_id(stage: Stage, request: Members) -> Members:
    """The request with the id of the deployment that failed, which is known by then only."""
    if request.get("deploymentId") != FAILED_DEPLOYMENT:
        return request
    (failed,) = stage.codedeploy.list_deployments(includeOnlyStatuses=["Failed"])["deployments"]
    return {**request, "deploymentId": failed}
