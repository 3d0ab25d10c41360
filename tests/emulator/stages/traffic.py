# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications on Lambda and ECS with all that they are deployed to, in moto, on an emulator whose time stands still."""

from __future__ import annotations

import io
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends

from ..emulator import REGION, Emulator
from .servers import ROLE
from .watched_emulator import WatchedEmulator

ACCOUNT = "123456789012"
ROLLBACK = {
    "enabled": True,
    "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
}


def content_revision(content: str) -> dict[str, Any]:
    return {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}


class TrafficStage(WatchedEmulator, ABC):
    """Application ``shop`` with the group ``web``."""

    platform: str

    @abstractmethod
    def app_spec(self, **properties: Any) -> str:
        """An AppSpec that goes from the first version to the second; ``properties`` are put in place of its own."""

    def create_group(self, **settings: Any) -> None:
        self.codedeploy.create_application(applicationName="shop", computePlatform=self.platform)
        self.codedeploy.create_deployment_group(
            applicationName="shop", deploymentGroupName="web", serviceRoleArn=ROLE, **settings
        )

    def create_deployment(self, revision: Mapping[str, Any] | None = None, **members: Any) -> str:
        answer = self.codedeploy.create_deployment(
            applicationName="shop",
            deploymentGroupName="web",
            revision=revision or content_revision(self.app_spec()),
            **members,
        )
        return str(answer["deploymentId"])

    def start(self, revision: Mapping[str, Any] | None = None, **members: Any) -> str:
        """Create a deployment and let the moment pass until it starts."""
        deployment_id = self.create_deployment(revision, **members)
        self.pass_time(0.5)
        return deployment_id

    def deploy(self, revision: Mapping[str, Any] | None = None, **members: Any) -> str:
        """Create a deployment and let ten days pass."""
        deployment_id = self.create_deployment(revision, **members)
        self.pass_time(10 * 86400)
        return deployment_id

    def target(self, deployment_id: str) -> dict[str, Any]:
        """The members of the deployment's one target, of whichever type it is."""
        (target_id,) = self.codedeploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
        answer = self.codedeploy.get_deployment_target(deploymentId=deployment_id, targetId=target_id)
        _type, target = sorted(answer["deploymentTarget"].items())
        return dict(target[1])

    def events(self, deployment_id: str) -> dict[str, str]:
        """The status of each lifecycle event, in order."""
        events = self.target(deployment_id)["lifecycleEvents"]
        return {event["lifecycleEventName"]: event["status"] for event in events}


class LambdaStage(TrafficStage):
    """Function ``greet`` with versions 1 to 3, whose alias ``live`` points at version 1."""

    platform = "Lambda"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self.functions = emulator.client("lambda")

    def set_up(self, config: str = "LambdaAllAtOnce", **settings: Any) -> None:
        self.create_function("greet")
        for number in (2, 3):
            self.functions.update_function_code(FunctionName="greet", ZipFile=_archive(str(number)), Publish=True)
        self.functions.create_alias(FunctionName="greet", Name="live", FunctionVersion="1")
        self.create_group(deploymentConfigName=f"CodeDeployDefault.{config}", **settings)

    def create_function(self, name: str) -> None:
        """With the function's role, which moto wants, comes CodeDeploy's own: where there are roles, it must be one."""
        iam = self.emulator.client("iam")
        if not iam.list_roles()["Roles"]:
            iam.create_role(RoleName="codedeploy", AssumeRolePolicyDocument="{}")
        code = {"ZipFile": _archive("1")}
        self.functions.create_function(
            FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="index.run", Code=code, Publish=True
        )

    def app_spec(self, hooks: Mapping[str, str] | None = None, **properties: Any) -> str:
        own = {"Name": "greet", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2", **properties}
        resource = {"greet": {"Type": "AWS::Lambda::Function", "Properties": own}}
        listed = [{event: function} for event, function in (hooks or {}).items()]
        return json.dumps({"version": 0.0, "Resources": [resource], "Hooks": listed})

    def alias(self) -> dict[str, float]:
        """What the alias sends where: shares by version, as Lambda has it."""
        found = self.functions.get_alias(FunctionName="greet", Name="live")
        others = found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return {found["FunctionVersion"]: 1 - sum(others.values()), **others}


class EcsStage(TrafficStage):
    """Service ``api`` of cluster ``main`` behind the production listener; the target groups are ``one`` and ``two``."""

    platform = "ECS"

    def __init__(self, emulator: Emulator) -> None:
        """Forgets what an earlier stage left on the same emulator."""
        super().__init__(emulator)
        emulator.state.reset()
        for backends in (ecs_backends, elbv2_backends):
            backends[ACCOUNT][REGION].reset()
        self.ecs, self.elb = emulator.client("ecs"), emulator.client("elbv2")

    def set_up(
        self,
        config: str = "ECSAllAtOnce",
        ready: int | None = None,
        termination: int = 5,
        balancer: str = "application",
    ) -> None:
        """``ready`` and ``termination`` are waits in minutes; None does not wait for anybody."""
        self._create_balancer(balancer)
        self.task_definitions = [self.register_task_definition() for _number in range(2)]
        self.ecs.create_cluster(clusterName="main")
        self.ecs.create_service(
            cluster="main",
            serviceName="api",
            taskDefinition=self.task_definitions[0],
            desiredCount=2,
            deploymentController={"type": "CODE_DEPLOY"},
            loadBalancers=[{"targetGroupArn": self.groups["one"], "containerName": "app", "containerPort": 80}],
        )
        ask: dict[str, Any] = {"actionOnTimeout": "CONTINUE_DEPLOYMENT"}
        if ready is not None:
            ask = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": ready}
        pair = {
            "targetGroups": [{"name": name} for name in self.groups],
            "prodTrafficRoute": {"listenerArns": [self.listener]},
            "testTrafficRoute": {"listenerArns": [self.test_listener]},
        }
        self.create_group(
            deploymentConfigName=f"CodeDeployDefault.{config}",
            ecsServices=[{"clusterName": "main", "serviceName": "api"}],
            loadBalancerInfo={"targetGroupPairInfoList": [pair]},
            blueGreenDeploymentConfiguration={
                "deploymentReadyOption": ask,
                "terminateBlueInstancesOnDeploymentSuccess": {
                    "action": "TERMINATE",
                    "terminationWaitTimeInMinutes": termination,
                },
            },
        )

    def _create_balancer(self, kind: str) -> None:
        ec2 = self.emulator.client("ec2")
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        protocol = "HTTP" if kind == "application" else "TCP"
        created = self.elb.create_load_balancer(Name="front", Subnets=subnets, Type=kind)["LoadBalancers"][0]
        self.groups = {
            name: self.elb.create_target_group(Name=name, Protocol=protocol, Port=80, VpcId=vpc, TargetType="ip")[
                "TargetGroups"
            ][0]["TargetGroupArn"]
            for name in ("one", "two")
        }
        self.listener, self.test_listener = (
            self.elb.create_listener(
                LoadBalancerArn=created["LoadBalancerArn"],
                Protocol=protocol,
                Port=port,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": self.groups["one"]}],
            )["Listeners"][0]["ListenerArn"]
            for port in (80, 8080)
        )

    def register_task_definition(self) -> str:
        container = {"name": "app", "image": "app", "memory": 64}
        made = self.ecs.register_task_definition(family="api", containerDefinitions=[container])["taskDefinition"]
        return str(made["taskDefinitionArn"])

    def app_spec(self, hooks: Mapping[str, str] | None = None, **properties: Any) -> str:
        own = {
            "TaskDefinition": self.task_definitions[1],
            "LoadBalancerInfo": {"ContainerName": "app", "ContainerPort": 80},
            **properties,
        }
        resource = {"TargetService": {"Type": "AWS::ECS::Service", "Properties": own}}
        listed = [{event: function} for event, function in (hooks or {}).items()]
        return json.dumps({"version": 0.0, "Resources": [resource], "Hooks": listed})

    def weights(self, listener: str | None = None) -> dict[str, int]:
        """What the production listener, or another, sends where: shares by the target groups' names."""
        names = {arn: name for name, arn in self.groups.items()}
        (action,) = self.elb.describe_listeners(ListenerArns=[listener or self.listener])["Listeners"][0][
            "DefaultActions"
        ]
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [{"TargetGroupArn": action.get("TargetGroupArn")}])
        return {names[group["TargetGroupArn"]]: group.get("Weight", 100) for group in groups}

    def task_sets(self) -> dict[str, str]:
        """The status of each task set of the service, by the last part of its task definition's ARN."""
        found = self.ecs.describe_task_sets(cluster="main", service="api")["taskSets"]
        return {one["taskDefinition"].rpartition("/")[2]: one["status"] for one in found}


def _archive(text: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.py", text)
    return archive.getvalue()
