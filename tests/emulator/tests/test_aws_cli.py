# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS CLI as a judge: every subcommand of ``aws deploy``, by its own list, unmodified but run in this process, for speed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

from emulator import Emulator
from emulator.stages.ec2 import Ec2Stage
from emulator.stages.servers import ROLE, Stage
from emulator.stages.traffic import LambdaStage

from .test_blue_green import TO_GREEN, set_up
from .test_lambda_deployments import hooked

EXCLUDED = {
    "help": "shows a manual page",
    "install": "replaces this machine's host agent and its configuration; of the emulator it only wants an object from S3",
    "uninstall": "removes this machine's host agent, and calls nothing",
}
SHOP = ("--application-name", "shop")
WEB = (*SHOP, "--deployment-group-name", "web")
ARN = "arn:aws:codedeploy:us-east-1:123456789012:application:shop"
REVISION = "bucket=bundles,key=one.zip,bundleType=zip"


class Cli:
    """``aws deploy``, and which of its subcommands were run."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._driver = create_clidriver()
        self._capsys = capsys
        self.used: set[str] = set()

    def subcommands(self) -> set[str]:
        return set(self._driver._get_command_table()["deploy"]._get_command_table())

    def run(self, command: str, *arguments: str) -> tuple[int, str, str]:
        """The exit status and what was printed to stdout and stderr."""
        self.used.add(command)
        self._capsys.readouterr()
        status = self._driver.main(["deploy", command, *arguments]) or 0
        return status, *self._capsys.readouterr()

    def __call__(self, command: str, *arguments: str) -> Any:
        """What a command that must succeed prints: what is in its JSON, or the text as it is."""
        status, output, errors = self.run(command, *arguments)
        assert (status, errors) == (0, ""), errors
        return json.loads(output) if output.startswith("{") else output


@pytest.fixture
def cli(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """With nothing of the developer's own configuration."""
    none = str(tmp_path / "none")
    own = {"HOME": str(tmp_path), "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PAGER": ""}
    for name, value in {**emulator.environment, **own, "AWS_DEFAULT_OUTPUT": "json"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return Cli(capsys)


def drive_applications(cli: Cli, _emulator: Emulator) -> None:
    assert cli("create-application", *SHOP, "--tags", "Key=team,Value=web")["applicationId"]
    assert cli("get-application", *SHOP)["application"]["computePlatform"] == "Server"
    assert cli("list-applications") == {"applications": ["shop"]}
    assert (
        cli("batch-get-applications", "--application-names", "shop")["applicationsInfo"][0]["applicationName"] == "shop"
    )
    cli("tag-resource", "--resource-arn", ARN, "--tags", "Key=tier,Value=front")
    cli("untag-resource", "--resource-arn", ARN, "--tag-keys", "team")
    assert cli("list-tags-for-resource", "--resource-arn", ARN) == {"Tags": [{"Key": "tier", "Value": "front"}]}
    assert cli("update-application", *SHOP, "--new-application-name", "store") == ""
    assert cli("delete-application", "--application-name", "store") == ""
    status, _output, errors = cli.run("get-application", *SHOP)
    assert (status, "(ApplicationDoesNotExistException)" in errors) == (255, True)


def drive_groups_and_configs(cli: Cli, _emulator: Emulator) -> None:
    slow = ("--deployment-config-name", "slow")
    assert cli("create-deployment-config", *slow, "--minimum-healthy-hosts", "type=HOST_COUNT,value=3")
    assert cli("get-deployment-config", *slow)["deploymentConfigInfo"]["minimumHealthyHosts"]["value"] == 3
    assert len(cli("list-deployment-configs")["deploymentConfigsList"]) == 18
    assert cli("delete-deployment-config", *slow) == ""
    cli("create-application", *SHOP)
    assert cli("create-deployment-group", *WEB, "--service-role-arn", ROLE)["deploymentGroupId"]
    renamed = ("--current-deployment-group-name", "web", "--new-deployment-group-name", "site")
    assert cli("update-deployment-group", *SHOP, *renamed) == {"hooksNotCleanedUp": []}
    site = (*SHOP, "--deployment-group-name", "site")
    assert cli("get-deployment-group", *site)["deploymentGroupInfo"]["serviceRoleArn"] == ROLE
    assert cli("list-deployment-groups", *SHOP) == {"deploymentGroups": ["site"]}
    (info,) = cli("batch-get-deployment-groups", *SHOP, "--deployment-group-names", "site")["deploymentGroupsInfo"]
    assert info["deploymentGroupName"] == "site"
    assert cli("delete-deployment-group", *site) == {"hooksNotCleanedUp": []}


def push(cli: Cli, emulator: Emulator) -> str:
    """The location of a pushed revision, as ``push`` tells the user to give it to create-deployment."""
    emulator.client("s3").create_bucket(Bucket="bundles")
    source = Path("source")
    source.mkdir()
    (source / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    told = cli("push", *SHOP, "--s3-location", "s3://bundles/shop.zip", "--source", str(source))
    found = re.search(r"aws deploy create-deployment --application-name shop --s3-location (\S+)", told)
    assert found is not None, told
    return found[1]


def drive_revisions(cli: Cli, emulator: Emulator) -> None:
    cli("create-application", *SHOP)
    push(cli, emulator)
    assert cli("register-application-revision", *SHOP, "--s3-location", REVISION) == ""
    found = cli("list-application-revisions", *SHOP)["revisions"]
    assert [revision["s3Location"]["key"] for revision in found] == ["shop.zip", "one.zip"]
    read = cli("batch-get-application-revisions", *SHOP, "--revisions", json.dumps(found[1:]))
    assert read["revisions"][0]["revisionLocation"] == found[1]
    assert cli("get-application-revision", *SHOP, "--s3-location", REVISION)["revision"] == found[1]


def drive_on_premises_instances(cli: Cli, emulator: Emulator) -> None:
    named, all_named = ("--instance-name", "h1"), ("--instance-names", "h1")
    assert "Registering the on-premises instance... DONE" in cli("register", *named, "--tags", "Key=a,Value=b")
    assert "aws_access_key_id" in Path("codedeploy.onpremises.yml").read_text()
    cli("add-tags-to-on-premises-instances", *all_named, "--tags", "Key=fleet,Value=web")
    cli("remove-tags-from-on-premises-instances", *all_named, "--tags", "Key=a,Value=b")
    info = cli("get-on-premises-instance", *named)["instanceInfo"]
    assert info["tags"] == [{"Key": "fleet", "Value": "web"}]
    assert cli("list-on-premises-instances", "--tag-filters", "Key=fleet,Type=KEY_ONLY") == {"instanceNames": ["h1"]}
    assert cli("batch-get-on-premises-instances", *all_named)["instanceInfos"] == [info]
    assert "Deleting the IAM user (h1)... DONE" in cli("deregister", *named)
    assert emulator.client("iam").list_users()["Users"] == []
    other = ("--instance-name", "h2")  # the name and the ARN of h1 are held for a day
    assert cli("register-on-premises-instance", *other, "--iam-user-arn", f"{info['iamUserArn']}2") == ""
    assert cli("deregister-on-premises-instance", *other) == ""


def drive_deployments(cli: Cli, emulator: Emulator) -> None:
    stage = Stage(emulator)
    stage.set_up("h1")
    deployment = cli("create-deployment", *WEB, "--s3-location", REVISION)["deploymentId"]
    stage.pass_time(1)
    stage.play()
    by_id, target, instance = ("--deployment-id", deployment), ("--target-id", "h1"), ("--instance-id", "h1")
    assert cli("wait", "deployment-successful", *by_id) == ""
    assert cli("get-deployment", *by_id)["deploymentInfo"]["status"] == "Succeeded"
    assert cli("list-deployments", *WEB) == {"deployments": [deployment]}
    (info,) = cli("batch-get-deployments", "--deployment-ids", deployment)["deploymentsInfo"]
    assert info["deploymentOverview"]["Succeeded"] == 1
    assert cli("list-deployment-targets", *by_id) == {"targetIds": ["h1"]}
    shown = cli("get-deployment-target", *by_id, *target)["deploymentTarget"]
    assert cli("batch-get-deployment-targets", *by_id, "--target-ids", "h1") == {"deploymentTargets": [shown]}
    assert cli("list-deployment-instances", *by_id) == {"instancesList": ["h1"]}
    summary = cli("get-deployment-instance", *by_id, *instance)["instanceSummary"]
    assert cli("batch-get-deployment-instances", *by_id, "--instance-ids", "h1")["instancesSummary"] == [summary]
    running = cli("create-deployment", *WEB, "--s3-location", REVISION)["deploymentId"]
    assert cli("stop-deployment", "--deployment-id", running)["status"] == "Pending"


def drive_blue_green(cli: Cli, emulator: Emulator) -> None:
    stage = Ec2Stage(emulator)
    blue, green = set_up(stage, wait=30, termination=600)
    targets = ("--target-instances", json.dumps(TO_GREEN))
    deployment = cli("create-deployment", *WEB, "--s3-location", REVISION, *targets)["deploymentId"]
    by_id = ("--deployment-id", deployment)
    stage.pass_time(1)
    stage.run()
    assert stage.status(deployment) == "Ready"
    assert cli("continue-deployment", *by_id, "--deployment-wait-type", "READY_WAIT") == ""
    stage.run()
    assert cli("skip-wait-time-for-instance-termination", *by_id) == ""
    stage.pass_time(60)
    assert (stage.status(deployment), stage.state_of(blue)) == ("Succeeded", "terminated")
    assert stage.state_of(green) == "running"


def drive_hooks(cli: Cli, emulator: Emulator) -> None:
    shop = LambdaStage(emulator)
    shop.set_up()
    executions: list[str] = []
    emulator.hook_functions["check"] = lambda event: executions.append(event["LifecycleEventHookExecutionId"])
    deployment = shop.start(hooked(shop, BeforeAllowTraffic="check"))
    answer = ("--lifecycle-event-hook-execution-id", executions[0], "--status", "Succeeded")
    told = cli("put-lifecycle-event-hook-execution-status", "--deployment-id", deployment, *answer)
    assert told == {"lifecycleEventHookExecutionId": executions[0]}
    shop.pass_time(1)
    assert shop.status(deployment) == "Succeeded"


def drive_connections(cli: Cli, emulator: Emulator) -> None:
    emulator.store_github_account_token("octocat")
    assert cli("list-git-hub-account-token-names") == {"tokenNameList": ["octocat"]}
    assert cli("delete-git-hub-account-token", "--token-name", "octocat") == {"tokenName": "octocat"}
    assert cli("delete-resources-by-external-id", "--external-id", "stack") == ""


DRIVES: list[Callable[[Cli, Emulator], None]] = [
    drive_applications,
    drive_groups_and_configs,
    drive_revisions,
    drive_on_premises_instances,
    drive_deployments,
    drive_blue_green,
    drive_hooks,
    drive_connections,
]


def test_every_subcommand(cli: Cli, emulator: Emulator) -> None:
    for drive in DRIVES:
        emulator.reset()
        drive(cli, emulator)
    assert cli.used == cli.subcommands() - EXCLUDED.keys()


def test_a_release(cli: Cli, emulator: Emulator) -> None:
    stage = Stage(emulator)
    stage.set_up("h1")
    location = push(cli, emulator)
    deployment = cli("create-deployment", *WEB, "--s3-location", location)["deploymentId"]
    stage.pass_time(1)
    assert [event for _host, event in stage.play()][-1] == "ValidateService"
    info = cli("get-deployment", "--deployment-id", deployment)["deploymentInfo"]
    assert (info["status"], info["deploymentOverview"]["Succeeded"]) == ("Succeeded", 1)
    etag = emulator.client("s3").head_object(Bucket="bundles", Key="shop.zip")["ETag"]
    assert info["revision"]["s3Location"]["eTag"] == etag.strip('"')


def test_errors_reach_the_user(cli: Cli, emulator: Emulator) -> None:
    stage = Stage(emulator)
    stage.set_up("h1")
    failed = stage.deploy(failures={"h1": {"Install": 5}})
    status, _output, errors = cli.run("wait", "deployment-successful", "--deployment-id", failed)
    assert (status, "Failed" in errors) == (255, True)
    status, _output, errors = cli.run("get-application", "--application-name", "nope")
    assert status == 255
    assert "(ApplicationDoesNotExistException)" in errors
    assert "No application found for name: nope" in errors
