# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account that deploys to the hosts: an application, its production, and what is deployed there."""

from __future__ import annotations

import io
import typing as t
import zipfile
from dataclasses import dataclass

from e2e.conftest import eventually
from emulator import Emulator

APPLICATION = "shop"
GROUP = {"applicationName": APPLICATION, "deploymentGroupName": "production"}

APPSPEC = """\
version: 0.0
os: linux
files:
  - source: version
    destination: /opt/shop
hooks:
  ValidateService:
    - location: validate.sh
      timeout: 60
"""
VALIDATE = """\
#!/bin/sh
while [ -e /hold ]; do sleep 0.1; done
echo "validated $(cat /opt/shop/version) as $(id -un)" >> /tmp/validated
"""


def bundle(version: str) -> bytes:
    """A revision of the application: a file that names its VERSION."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {"appspec.yml": APPSPEC, "version": version, "validate.sh": VALIDATE}.items():
            archive.writestr(name, text)
    return content.getvalue()


@dataclass
class Account:
    """The account that deploys to the hosts."""

    emulator: Emulator

    def create_application(self) -> None:
        """An application whose production is every on-premises host tagged with its name, all deployed to at once."""
        codedeploy, iam = self.emulator.client("codedeploy"), self.emulator.client("iam")
        role = iam.create_role(RoleName="CodeDeployServiceRole", AssumeRolePolicyDocument="{}")["Role"]
        codedeploy.create_application(applicationName=APPLICATION)
        codedeploy.create_deployment_group(
            **GROUP,
            serviceRoleArn=role["Arn"],
            deploymentConfigName="CodeDeployDefault.AllAtOnce",
            onPremisesInstanceTagFilters=[{"Key": "app", "Value": APPLICATION, "Type": "KEY_AND_VALUE"}],
        )
        self.emulator.client("s3").create_bucket(Bucket="bundles")

    def create_user(self, name: str) -> dict[str, t.Any]:
        """The role's options for a host with an IAM user NAME."""
        iam = self.emulator.client("iam")
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "agent_identity": "iam_user",
            "agent_iam_user_arn": arn,
            "agent_access_key_id": key["AccessKeyId"],
            "agent_secret_access_key": key["SecretAccessKey"],
        }

    def run_instance(self) -> tuple[str, dict[str, str]]:
        """Start an EC2 instance, and let production be the instances with the application's tag. The instance's id, and what its agent is told.

        On a real one the instance metadata service tells it; the stand-in agent reads the variables that stand in for the service.
        """
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "app", "Value": APPLICATION}]}]
        image = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1}
        (instance,) = self.emulator.client("ec2").run_instances(**image, TagSpecifications=tags)["Instances"]
        name, settings = str(instance["InstanceId"]), self.emulator.environment
        self.emulator.client("codedeploy").update_deployment_group(
            applicationName=APPLICATION,
            currentDeploymentGroupName=GROUP["deploymentGroupName"],
            onPremisesInstanceTagFilters=[],
            ec2TagFilters=[{"Key": "app", "Value": APPLICATION, "Type": "KEY_AND_VALUE"}],
        )
        return name, {
            "AWS_HOST_IDENTIFIER": f"arn:aws:ec2:us-east-1:123456789012:instance/{name}",
            "AWS_REGION": settings["AWS_REGION"],
            "AWS_ACCESS_KEY": settings["AWS_ACCESS_KEY_ID"],
            "AWS_SECRET_KEY": settings["AWS_SECRET_ACCESS_KEY"],
        }

    def start_deployment(self, version: str) -> str:
        """Begin to deploy VERSION; returns the deployment's id."""
        self.emulator.client("s3").put_object(Bucket="bundles", Key=f"{version}.zip", Body=bundle(version))
        location = {"bucket": "bundles", "key": f"{version}.zip", "bundleType": "zip"}
        revision = {"revisionType": "S3", "s3Location": location}
        # After a purge an agent no longer knows which files are its own.
        deployment = {**GROUP, "revision": revision, "fileExistsBehavior": "OVERWRITE"}
        return str(self.emulator.client("codedeploy").create_deployment(**deployment)["deploymentId"])

    def await_deployment(self, deployment: str) -> dict[str, str]:
        """How DEPLOYMENT ends: the status of each host, by its name. What a failed host says of itself is printed."""
        codedeploy = self.emulator.client("codedeploy")

        def ended() -> bool:
            info = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
            return info["status"] in ("Succeeded", "Failed", "Stopped")

        eventually(f"the deployment {deployment} ends", ended)
        ids = codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
        found = codedeploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=ids)["deploymentTargets"]
        targets = [target["instanceTarget"] for target in found]
        print(*(target["lifecycleEvents"] for target in targets if target["status"] != "Succeeded"), sep="\n")
        return {target["targetId"].rpartition("/")[2]: target["status"] for target in targets}

    def deploy(self, version: str) -> dict[str, str]:
        """Deploy VERSION; the status of each host at the end, by its name."""
        return self.await_deployment(self.start_deployment(version))
