# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the target needs of AWS beside its modules, by boto3: `ask_aws.py ENDPOINT REGION ACCESS_KEY SECRET_KEY VERB [NAME...]`.

The verbs: `prepare` makes what groups name, `remove` removes that, `read APPLICATION` prints the application's only group as JSON, and
`delete application|group` deletes behind the modules' back.
"""

from __future__ import annotations

import json
import sys

import boto3

ENDPOINT, REGION, ACCESS_KEY, SECRET_KEY, VERB, *NAMES = sys.argv[1:]


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )


def prepare():
    scaling, ecs = client("autoscaling"), client("ecs")
    scaling.create_launch_configuration(
        LaunchConfigurationName="integration", ImageId="ami-12345678", InstanceType="t2.micro"
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="integration-workers",
        LaunchConfigurationName="integration",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=[f"{REGION}a"],
    )
    ecs.create_cluster(clusterName="integration")
    ecs.create_service(
        cluster="integration", serviceName="api", desiredCount=0, deploymentController={"type": "CODE_DEPLOY"}
    )


def remove():
    scaling, ecs = client("autoscaling"), client("ecs")
    scaling.delete_auto_scaling_group(AutoScalingGroupName="integration-workers", ForceDelete=True)
    scaling.delete_launch_configuration(LaunchConfigurationName="integration")
    ecs.delete_service(cluster="integration", service="api", force=True)
    ecs.delete_cluster(cluster="integration")


def read(application):
    codedeploy = client("codedeploy")
    (name,) = codedeploy.list_deployment_groups(applicationName=application)["deploymentGroups"]
    info = codedeploy.get_deployment_group(applicationName=application, deploymentGroupName=name)["deploymentGroupInfo"]
    account = client("sts").get_caller_identity()["Account"]
    arn = f"arn:aws:codedeploy:{REGION}:{account}:deploymentgroup:{application}/{name}"
    tags = codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"]
    info["tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    info["autoScalingGroups"] = [group["name"] for group in info["autoScalingGroups"]]
    print(json.dumps(info, default=str))


def delete(what):
    codedeploy = client("codedeploy")
    if what == "group":
        codedeploy.delete_deployment_group(applicationName="integration-group", deploymentGroupName="test")
    else:
        codedeploy.delete_application(applicationName="integration-group")
        codedeploy.create_application(applicationName="integration-group")


VERBS = {"prepare": prepare, "remove": remove, "read": read, "delete": delete}
VERBS[VERB](*NAMES)
