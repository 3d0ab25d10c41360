# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real hosts to manage, an emulator to deploy from, and a bucket with packages of the agent."""

from __future__ import annotations

import io
import pathlib
import typing as t
import zipfile
from dataclasses import dataclass

import pytest

from benchmarks.certificate import write_certificate
from e2e.conftest import eventually
from emulator import Emulator

from .bucket import Bucket, serving_bucket
from .machines import Machine, booted_machine, why_no_hosts
from .packages import build_package
from .plays import Controller

VERSIONS = ("1.8.0-12", "1.8.1-45", "2.1.0-97459")
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
        """An application whose production is every on-premises host tagged with its name."""
        codedeploy, iam = self.emulator.client("codedeploy"), self.emulator.client("iam")
        role = iam.create_role(RoleName="CodeDeployServiceRole", AssumeRolePolicyDocument="{}")["Role"]
        codedeploy.create_application(applicationName=APPLICATION)
        codedeploy.create_deployment_group(
            **GROUP,
            serviceRoleArn=role["Arn"],
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

    def start_deployment(self, version: str) -> str:
        """Begin to deploy VERSION; returns the deployment's id."""
        self.emulator.client("s3").put_object(Bucket="bundles", Key=f"{version}.zip", Body=bundle(version))
        location = {"bucket": "bundles", "key": f"{version}.zip", "bundleType": "zip"}
        revision = {"revisionType": "S3", "s3Location": location}
        # After a purge an agent no longer knows which files are its own.
        deployment = {**GROUP, "revision": revision, "fileExistsBehavior": "OVERWRITE"}
        return str(self.emulator.client("codedeploy").create_deployment(**deployment)["deploymentId"])

    def await_deployment(self, deployment: str) -> str:
        """How DEPLOYMENT ends."""
        codedeploy = self.emulator.client("codedeploy")

        def ended() -> str:
            status = str(codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]["status"])
            return status if status in ("Succeeded", "Failed", "Stopped") else ""

        return str(eventually(f"the deployment {deployment} ends", ended))

    def deploy(self, version: str) -> str:
        """Deploy VERSION; how that ends. A failure prints what each event of each host says of itself."""
        deployment = self.start_deployment(version)
        status = self.await_deployment(deployment)
        if status != "Succeeded":
            codedeploy = self.emulator.client("codedeploy")
            info = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
            print(info.get("errorInformation"), info.get("deploymentOverview"))
            targets = codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
            found = codedeploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=targets)
            print(*(target["instanceTarget"]["lifecycleEvents"] for target in found["deploymentTargets"]), sep="\n")
        return status


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the tests of this folder out where the machine cannot boot hosts."""
    if reason := why_no_hosts():
        for item in items:
            if pathlib.Path(__file__).parent in item.path.parents and "machine" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=f"no host can be booted: {reason}"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    path = tmp_path_factory.mktemp("certificate") / "certificate.pem"
    write_certificate(path)
    return path


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """The agent's packages, by version."""
    folder = tmp_path_factory.mktemp("packages")
    return {version: build_package(version, folder) for version in VERSIONS}


@pytest.fixture(scope="session")
def bucket(
    packages: dict[str, pathlib.Path], certificate: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[Bucket]:
    with serving_bucket(tmp_path_factory.mktemp("bucket"), certificate) as serving:
        for version, package in packages.items():
            serving.publish(package, version)
        yield serving


@pytest.fixture(scope="module")
def account() -> t.Iterator[Account]:
    with Emulator() as emulator:
        place = Account(emulator)
        place.create_application()
        yield place


@pytest.fixture(scope="module")
def suite() -> str:
    """The base system of the module's host."""
    return "bookworm"


@pytest.fixture(scope="module")
def machine(suite: str, certificate: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Machine]:
    with booted_machine("web-1", suite, tmp_path_factory.mktemp("machines") / "web-1", certificate) as booted:
        yield booted


@pytest.fixture(scope="module")
def controller(
    machine: Machine, account: Account, bucket: Bucket, tmp_path_factory: pytest.TempPathFactory
) -> Controller:
    emulator = account.emulator
    options = {
        "agent_region": emulator.environment["AWS_REGION"],
        "agent_bucket_url": bucket.url,
        "agent_configuration": {
            "deploy_control_endpoint": emulator.endpoint,
            "s3_endpoint_override": emulator.endpoint,
            "wait_between_runs": 1,
        },
        "agent_tags": {"app": APPLICATION},
        "agent_verify_timeout": 20,
        "agent_deployment_wait": 60,
    }
    return Controller(tmp_path_factory.mktemp("controller"), emulator.environment, [machine], options)
