# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage of the scenarios of deployment_group: what there is before, and how to read back with boto3 what there is after."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import boto3

from ansible_collections.slipway.codedeploy.plugins.modules import deployment_group
from emulator.emulator import ACCESS_KEY, REGION, SECRET_KEY
from unit.scenarios import Subject

ARN = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:web/"
ROLE = "arn:aws:iam::123456789012:role/codedeploy"
OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
TOPIC = "arn:aws:sns:us-east-1:123456789012:deployments"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:failures"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/front/50dc6c495c0c9188/f2f7dc8efc522ab2"
OTHER_LISTENER = f"{LISTENER[:-1]}3"

# As AWS has them, and as the options take them.
A = {"Key": "a", "Value": "1", "Type": "KEY_AND_VALUE"}
B = {"Key": "b", "Type": "KEY_ONLY"}
IN_PLACE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}
CONTROLLED = {"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
BLUE_GREEN = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
ELB = {"elbInfoList": [{"name": "front"}]}
FAILURE = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
PAIR = {
    "targetGroups": [{"name": "blue"}, {"name": "green"}],
    "prodTrafficRoute": {"listenerArns": [LISTENER]},
}
PAIRS = {"targetGroupPairInfoList": [PAIR]}
SERVICE = {"clusterName": "main", "serviceName": "api"}
CONTINUE = {"actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0}
KEEP_ALIVE = {"action": "KEEP_ALIVE", "terminationWaitTimeInMinutes": 0}
DISCOVER = {"action": "DISCOVER_EXISTING"}
COPY = {"action": "COPY_AUTO_SCALING_GROUP"}


def stop_after(minutes: int) -> dict[str, Any]:
    return {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": minutes}


def terminate_after(minutes: int) -> dict[str, Any]:
    return {"action": "TERMINATE", "terminationWaitTimeInMinutes": minutes}


def switch(ready: Any = None, blue: Any = None, green: Any = None) -> dict[str, Any]:
    """A blue/green configuration as AWS has it."""
    parts = {
        "deploymentReadyOption": ready or CONTINUE,
        "terminateBlueInstancesOnDeploymentSuccess": blue or KEEP_ALIVE,
    }
    return parts | ({"greenFleetProvisioningOption": green} if green else {})


def trigger(name: str, *events: str, topic: str = TOPIC) -> dict[str, Any]:
    return {"triggerName": name, "triggerTargetArn": topic, "triggerEvents": list(events)}


TEST = {"application_name": "web", "deployment_group_name": "test"}
NEW = {**TEST, "service_role_arn": ROLE}
# What AWS has of a new group that was given no more than that.
FRESH = {
    "deploymentGroupName": "test",
    "computePlatform": "Server",
    "deploymentConfigName": "CodeDeployDefault.OneAtATime",
    "serviceRoleArn": ROLE,
    "deploymentStyle": IN_PLACE,
    "outdatedInstancesStrategy": "UPDATE",
}
FRESH_LAMBDA = {
    **FRESH,
    "computePlatform": "Lambda",
    "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
    "deploymentStyle": BLUE_GREEN,
}
ECS = {
    "ecsServices": [SERVICE],
    "loadBalancerInfo": PAIRS,
    "blueGreenDeploymentConfiguration": switch(blue=terminate_after(5)),
}
FRESH_ECS = {
    **FRESH,
    **ECS,
    "computePlatform": "ECS",
    "deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce",
    "deploymentStyle": BLUE_GREEN,
}

Arrange = Callable[[Any], None]


def nothing(client: Any) -> None:
    pass


def an_application(client: Any, platform: str = "Server") -> None:
    client.create_application(applicationName="web", computePlatform=platform)


def a_lambda_application(client: Any) -> None:
    an_application(client, "Lambda")


def an_ecs_application(client: Any) -> None:
    """With the service `api` that CodeDeploy deploys to, and `rolling`, which ECS does by itself."""
    an_application(client, "ECS")
    ecs = beside(client, "ecs")
    ecs.create_cluster(clusterName="main")
    for name, controller in (("api", "CODE_DEPLOY"), ("rolling", "ECS")):
        ecs.create_service(cluster="main", serviceName=name, desiredCount=0, deploymentController={"type": controller})


def auto_scaling_groups(*names: str) -> Arrange:
    """An application, and these Auto Scaling groups without instances."""

    def arrange(client: Any) -> None:
        an_application(client)
        scaling = beside(client, "autoscaling")
        scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId="ami-1", InstanceType="t2.micro")
        for name in names:
            scaling.create_auto_scaling_group(
                AutoScalingGroupName=name,
                LaunchConfigurationName="lc",
                MinSize=0,
                MaxSize=1,
                AvailabilityZones=["us-east-1a"],
            )

    return arrange


def a_group(tags: dict[str, str] | None = None, surroundings: Arrange = an_application, **members: Any) -> Arrange:
    def arrange(client: Any) -> None:
        surroundings(client)
        pairs = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        wanted = {"deploymentGroupName": "test", "serviceRoleArn": ROLE, "tags": pairs, **members}
        client.create_deployment_group(applicationName="web", **wanted)

    return arrange


def beside(client: Any, service: str) -> Any:
    """A client of another service where CLIENT's is."""
    return _client(client.meta.endpoint_url, service)


@functools.cache
def _client(endpoint: str, service: str) -> Any:
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys)


def says_nothing(value: Any) -> bool:
    """Whether AWS may as well leave a member out: it is empty, or a block that is off and empty."""
    return all(map(says_nothing, value.values())) if isinstance(value, dict) else not value


def read(client: Any) -> Any:
    """The settings and tags of the application's group, without those that say nothing; None if there is none.

    Of Auto Scaling groups only the names: each must have in it the hooks that CodeDeploy tells of.
    """
    if "web" not in client.list_applications()["applications"]:
        return None
    names = client.list_deployment_groups(applicationName="web")["deploymentGroups"]
    if not names:
        return None
    (name,) = names
    info = client.get_deployment_group(applicationName="web", deploymentGroupName=name)["deploymentGroupInfo"]
    info["tags"] = {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=ARN + name)["Tags"]}
    info["autoScalingGroups"] = [group["name"] for group in info["autoScalingGroups"]]
    del info["deploymentGroupId"], info["applicationName"]
    return {member: value for member, value in info.items() if not says_nothing(value)}


SUBJECT = Subject(
    deployment_group,
    "deployment_group",
    read,
    {"auto_scaling_hooks", "compute_platform", "deployment_group_id"},
)
