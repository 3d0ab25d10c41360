# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in agent against the emulator's own command service: one host of each kind of identity, deployed to and rolled back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from emulator import Emulator
from emulator.hosts.agent import Agent, load_config
from emulator.tests.agent.bundles import appspec_with_hooks, script, zip_bundle
from emulator.tests.agent.observation import eventually

ROLE = "arn:aws:iam::123456789012:role/hosts"
TAG = {"Key": "role", "Value": "web"}
FILTERS = [{**TAG, "Type": "KEY_AND_VALUE"}]


class Host:
    """A host's directory with its configuration file; `root` stands for its `/`."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self.root, self._directory = directory / "root", directory
        self._endpoint = emulator.endpoint
        directory.mkdir()

    def register(self, **settings: str) -> None:
        """Writes codedeploy.onpremises.yml."""
        text = "".join(f"{key}: {value}\n" for key, value in {"region": "us-east-1", **settings}.items())
        (self._directory / "onpremises.yml").write_text(text, encoding="utf-8")

    @contextmanager
    def running(self, environment: Mapping[str, str]) -> Iterator[None]:
        """The host's agent at work."""
        config_file = self._directory / "codedeployagent.yml"
        config_file.write_text(
            f":root_dir: {self._directory}/deployment-root\n:log_dir: {self._directory}\n:pid_dir: {self._directory}\n"
            f":deploy_control_endpoint: {self._endpoint}\n:s3_endpoint_override: {self._endpoint}\n"
            f":on_premises_config_file: {self._directory}/onpremises.yml\n:wait_between_runs: 0.05\n",
            encoding="utf-8",
        )
        agent, stopping = Agent(load_config(config_file, self.root), environment), threading.Event()
        thread = threading.Thread(target=agent.run, args=(stopping,))
        thread.start()
        yield
        stopping.set()
        thread.join(60)
        assert not thread.is_alive()

    def version(self) -> str:
        return (self.root / "srv/version").read_text(encoding="utf-8")


def user_host(emulator: Emulator, directory: Path) -> Host:
    iam, host = emulator.client("iam"), Host(emulator, directory)
    arn = iam.create_user(UserName="user")["User"]["Arn"]
    key = iam.create_access_key(UserName="user")["AccessKey"]
    emulator.client("codedeploy").register_on_premises_instance(instanceName="user", iamUserArn=arn)
    host.register(iam_user_arn=arn, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    return host


def session_host(emulator: Emulator, directory: Path) -> Host:
    host, credentials_file = Host(emulator, directory), directory / "credentials"
    session = emulator.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")
    arn, credentials = session["AssumedRoleUser"]["Arn"], session["Credentials"]
    emulator.client("codedeploy").register_on_premises_instance(instanceName="session", iamSessionArn=arn)
    credentials_file.write_text(
        f"[default]\naws_access_key_id = {credentials['AccessKeyId']}\n"
        f"aws_secret_access_key = {credentials['SecretAccessKey']}\naws_session_token = {credentials['SessionToken']}\n",
        encoding="utf-8",
    )
    host.register(iam_session_arn=arn, aws_credentials_file=str(credentials_file))
    return host


def run_instance(emulator: Emulator) -> dict[str, str]:
    """Starts an EC2 instance with the tag; returns the environment that makes an agent its own."""
    ec2 = emulator.client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [TAG]}]
    (instance,) = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, TagSpecifications=tags)["Instances"]
    return {
        "AWS_HOST_IDENTIFIER": f"arn:aws:ec2:us-east-1:123456789012:instance/{instance['InstanceId']}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY": emulator.environment["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_KEY": emulator.environment["AWS_SECRET_ACCESS_KEY"],
    }


def deploy(emulator: Emulator, version: str, hook: str) -> dict[str, Any]:
    """Deploys a revision whose ValidateService runs `hook`; returns the deployment once it has ended."""
    appspec = appspec_with_hooks(ValidateService="run.sh") + "files: [{source: version, destination: /srv}]\n"
    bundle = zip_bundle({"appspec.yml": appspec, "version": version, "run.sh": script(hook)})
    emulator.client("s3").put_object(Bucket="releases", Key=version, Body=bundle)
    location = {"bucket": "releases", "key": version, "bundleType": "zip"}
    deployment = emulator.client("codedeploy").create_deployment(
        applicationName="shop",
        deploymentGroupName="web",
        revision={"revisionType": "S3", "s3Location": location},
        deploymentConfigName="CodeDeployDefault.AllAtOnce",
    )
    return ended(emulator, deployment["deploymentId"])


def ended(emulator: Emulator, deployment_id: str) -> dict[str, Any]:
    codedeploy = emulator.client("codedeploy")

    def look() -> dict[str, Any]:
        info: dict[str, Any] = codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return info

    eventually(lambda: look()["status"] in ("Succeeded", "Failed", "Stopped"))
    return look()


def test_hosts_of_all_three_identities_are_deployed_to_and_rolled_back(tmp_path: Path) -> None:
    bare = {"PATH": "/usr/bin:/bin"}
    with Emulator() as emulator, ExitStack() as agents:
        codedeploy = emulator.client("codedeploy")
        emulator.client("s3").create_bucket(Bucket="releases")
        instance_environment = bare | run_instance(emulator)
        emulator.client("iam").create_role(RoleName="hosts", AssumeRolePolicyDocument="{}")
        hosts = [user_host(emulator, tmp_path / "user"), session_host(emulator, tmp_path / "session")]
        codedeploy.add_tags_to_on_premises_instances(instanceNames=["user", "session"], tags=[TAG])
        instance = Host(emulator, tmp_path / "instance")
        codedeploy.create_application(applicationName="shop")
        codedeploy.create_deployment_group(
            applicationName="shop",
            deploymentGroupName="web",
            serviceRoleArn=ROLE,
            onPremisesInstanceTagFilters=FILTERS,
            ec2TagFilters=FILTERS,
            autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
        )
        for host in hosts:
            agents.enter_context(host.running(bare))
        agents.enter_context(instance.running(instance_environment))
        hosts.append(instance)

        good = deploy(emulator, "1", "true")
        assert (good["status"], good["deploymentOverview"]["Succeeded"]) == ("Succeeded", 3)
        assert [host.version() for host in hosts] == ["1", "1", "1"]

        bad = deploy(emulator, "2", "echo not well >&2; exit 3")
        assert (bad["status"], bad["deploymentOverview"]["Failed"]) == ("Failed", 3)
        target = codedeploy.get_deployment_target(deploymentId=bad["deploymentId"], targetId="session")
        diagnostics = target["deploymentTarget"]["instanceTarget"]["lifecycleEvents"][-1]["diagnostics"]
        assert (diagnostics["errorCode"], diagnostics["scriptName"]) == ("ScriptFailed", "run.sh")
        assert diagnostics["logTail"].endswith("[stderr]not well\n")

        eventually(lambda: "rollbackDeploymentId" in ended(emulator, bad["deploymentId"]).get("rollbackInfo", {}))
        rollback = ended(emulator, bad["deploymentId"])["rollbackInfo"]["rollbackDeploymentId"]
        assert ended(emulator, rollback)["status"] == "Succeeded"
        assert [host.version() for host in hosts] == ["1", "1", "1"]
