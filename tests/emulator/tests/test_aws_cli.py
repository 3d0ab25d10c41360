# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS CLI as a judge: a release from nothing to a deployment, with an unmodified client."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator

from .scripted_host import ScriptedHost
from .stage import ROLE, Stage

AWS = Path(sys.executable).with_name("aws")


class Cli:
    """``aws deploy`` against an emulator; nothing of the developer's own configuration is read."""

    def __init__(self, emulator: Emulator, home: Path) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **emulator.environment,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
            "HOME": str(home),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(AWS), "deploy", *arguments, "--output", "json"]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=50, check=False)

    def text(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.text(*arguments))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    (source / "index.html").write_text("hello\n")
    return source


@pytest.fixture
def cli(emulator: Emulator, tmp_path: Path) -> Cli:
    return Cli(emulator, tmp_path)


def set_up(cli: Cli, stage: Stage) -> None:
    """What Stage.set_up does, by the CLI."""
    cli.json("create-application", "--application-name", "shop", "--tags", "Key=team,Value=web")
    group = ("--application-name", "shop", "--deployment-group-name", "web", "--service-role-arn", ROLE)
    filters = "Key=fleet,Value=web,Type=KEY_AND_VALUE"
    cli.json("create-deployment-group", *group, "--on-premises-instance-tag-filters", filters)
    arn = stage.create_user("h1")
    cli.text("register-on-premises-instance", "--instance-name", "h1", "--iam-user-arn", arn)
    cli.text("add-tags-to-on-premises-instances", "--instance-names", "h1", "--tags", "Key=fleet,Value=web")
    stage.hosts["h1"] = ScriptedHost(stage.emulator.endpoint, arn, stage.credentials("h1"))


def push(cli: Cli, tree: Path) -> str:
    """The location of the pushed revision, as ``push`` tells the user to give it to create-deployment."""
    told = cli.text(
        "push", "--application-name", "shop", "--s3-location", "s3://bundles/shop.zip", "--source", str(tree)
    )
    found = re.search(r"--s3-location (\S+)", told)
    assert found is not None
    return found.group(1)


def test_a_release(stage: Stage, cli: Cli, tree: Path) -> None:
    stage.emulator.client("s3").create_bucket(Bucket="bundles")
    set_up(cli, stage)
    location = push(cli, tree)
    group = ("--application-name", "shop", "--deployment-group-name", "web")
    deployment_id = cli.json("create-deployment", *group, "--s3-location", location)["deploymentId"]
    stage.pass_time(1)
    assert [event for _host, event in stage.play()][-1] == "ValidateService"
    assert cli.text("wait", "deployment-successful", "--deployment-id", deployment_id) == ""
    info = cli.json("get-deployment", "--deployment-id", deployment_id)["deploymentInfo"]
    assert (info["status"], info["deploymentOverview"]["Succeeded"]) == ("Succeeded", 1)
    etag = stage.emulator.client("s3").head_object(Bucket="bundles", Key="shop.zip")["ETag"]
    assert info["revision"]["s3Location"]["eTag"] == etag.strip('"')


def test_errors_reach_the_user(stage: Stage, cli: Cli) -> None:
    stage.set_up("h1")
    failed = stage.deploy(failures={"h1": {"Install": 5}})
    done = cli.run("wait", "deployment-successful", "--deployment-id", failed)
    assert done.returncode == 255
    assert "Failed" in done.stderr
    missing = cli.run("get-application", "--application-name", "nope")
    assert missing.returncode != 0
    assert "(ApplicationDoesNotExistException)" in missing.stderr
    assert "No application found for name: nope" in missing.stderr
