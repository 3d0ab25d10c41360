# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stage with EC2 instances, load balancers and Auto Scaling groups, all of them moto's and read back through boto3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.credentials import Credentials

from ..emulator import ACCESS_KEY, SECRET_KEY
from .scripted_host import ScriptedHost
from .servers import TAG, TAG_FILTER, Stage

ZONE = "us-east-1a"
TRAFFIC_CONTROL = {"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
BLUE_GREEN = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
BALANCERS = {"elbInfoList": [{"name": "classic"}], "targetGroupInfoList": [{"name": "one"}, {"name": "two"}]}
ALL_AT_ONCE = "CodeDeployDefault.AllAtOnce"


class Ec2Stage(Stage):
    """The group ``web`` with ``settings``, and EC2 instances that ScriptedHosts play by their ids."""

    def __init__(self, emulator: Any) -> None:
        super().__init__(emulator)
        self.ec2 = emulator.client("ec2")
        self.elb = emulator.client("elb")
        self.elbv2 = emulator.client("elbv2")
        self.autoscaling = emulator.client("autoscaling")
        self._target_groups: list[str] = []

    def set_up_ec2(self, instances: int = 0, **settings: Any) -> list[str]:
        """The application, the group and so many instances that it selects; their ids."""
        ids = [self.run_instance() for _number in range(instances)]
        self.set_up(**{"onPremisesInstanceTagFilters": [], "ec2TagFilters": [TAG_FILTER], **settings})
        return ids

    def run_instance(self, zone: str = ZONE, tag: Mapping[str, str] | None = None) -> str:
        answer = self.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            Placement={"AvailabilityZone": zone},
            TagSpecifications=[{"ResourceType": "instance", "Tags": [tag or TAG]}],
        )
        return self.enter(answer["Instances"][0]["InstanceId"])

    def enter(self, instance_id: str) -> str:
        """Let the test play the agent of an instance."""
        arn = f"arn:aws:ec2:us-east-1:123456789012:instance/{instance_id}"
        credentials = Credentials(ACCESS_KEY, SECRET_KEY)
        self.hosts[instance_id] = ScriptedHost(self.emulator.endpoint, arn, credentials)
        return instance_id

    def create_balancers(self) -> None:
        """Those of BALANCERS."""
        listener = {"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}
        self.elb.create_load_balancer(LoadBalancerName="classic", Listeners=[listener], AvailabilityZones=[ZONE])
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        for name in ("one", "two"):
            answer = self.elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)
            self._target_groups.append(answer["TargetGroups"][0]["TargetGroupArn"])

    def register(self, *instances: str) -> None:
        """Send traffic to instances, through every load balancer."""
        members = [{"InstanceId": instance} for instance in instances]
        self.elb.register_instances_with_load_balancer(LoadBalancerName="classic", Instances=members)
        for arn in self._target_groups:
            self.elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": instance} for instance in instances])

    def registered(self) -> list[set[str]]:
        """Who gets traffic from each load balancer."""
        (classic,) = self.elb.describe_load_balancers()["LoadBalancerDescriptions"]
        found = [{instance["InstanceId"] for instance in classic["Instances"]}]
        for arn in self._target_groups:
            health = self.elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
            found.append({target["Target"]["Id"] for target in health})
        return found

    def create_auto_scaling_group(self, name: str, size: int) -> list[str]:
        """The ids of its instances, played by the test."""
        if not self.autoscaling.describe_launch_configurations()["LaunchConfigurations"]:
            members = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
            self.autoscaling.create_launch_configuration(LaunchConfigurationName="hosts", **members)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="hosts",
            MinSize=0,
            MaxSize=9,
            DesiredCapacity=size,
            AvailabilityZones=[ZONE],
        )
        return self.enter_members(name)

    def members(self, name: str) -> list[str]:
        groups = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return [instance["InstanceId"] for group in groups for instance in group["Instances"]]

    def enter_members(self, name: str) -> list[str]:
        """Let the test play the agents of a group's instances, too; the ids of those it did not play yet."""
        return [self.enter(instance) for instance in self.members(name) if instance not in self.hosts]

    def scale(self, name: str, size: int) -> list[str]:
        """The ids of what is launched, played by the test."""
        self.autoscaling.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=size)
        return self.enter_members(name)

    def run(self, failures: Mapping[str, Mapping[str, int]] | None = None) -> list[tuple[str, str]]:
        """Play, and let the time pass that load balancers take, until hosts have nothing more to do. What they did."""
        done = self.play(failures)
        while True:
            self.pass_time(1)
            new = self.play(failures)
            if not new:
                return done
            done += new

    def state_of(self, instance: str) -> str:
        (reservation,) = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return str(reservation["Instances"][0]["State"]["Name"])

    def event_names(self, deployment_id: str, host: str) -> list[str]:
        return [event["lifecycleEventName"] for event in self.target(deployment_id, host)["lifecycleEvents"]]

    def target_ids(self, deployment_id: str, **filters: list[str]) -> list[str]:
        members = {"targetFilters": filters} if filters else {}
        found: list[str] = self.codedeploy.list_deployment_targets(deploymentId=deployment_id, **members)["targetIds"]
        return found

    def deployments(self) -> list[str]:
        """All of them, the oldest first."""
        return list(reversed(self.codedeploy.list_deployments()["deployments"]))
