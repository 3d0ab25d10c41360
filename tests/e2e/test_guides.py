# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What README.md and docs/emulator.md tell their readers to type."""

from __future__ import annotations

import json
import math
import os
import pathlib
import re
import signal
import subprocess
import typing as t

import boto3

from emulator import Clock, Emulator

from .calls import actions, writes
from .conftest import eventually
from .playbooks import run_playbook
from .tools import ROOT, TOOLS


def blocks(file: str, language: str) -> list[str]:
    """The fenced blocks of LANGUAGE in FILE."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / file).read_text(), re.DOTALL)


def prepare_account(emulator: Emulator, region: str) -> None:
    """What the README takes for granted: three hosts and a bucket."""

    def client(service: str) -> t.Any:
        return boto3.client(
            service,
            region,
            endpoint_url=emulator.endpoint,
            aws_access_key_id=emulator.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=emulator.environment["AWS_SECRET_ACCESS_KEY"],
        )

    tags = [{"ResourceType": "instance", "Tags": [{"Key": "app", "Value": "web-app"}]}]
    client("ec2").run_instances(ImageId="ami-12345678", MinCount=3, MaxCount=3, TagSpecifications=tags)
    client("s3").create_bucket(Bucket="my-releases", CreateBucketConfiguration={"LocationConstraint": region})
    emulator.simulate("i-*", region=region)


def test_the_first_deployment_works_and_needs_no_more_than_it_says(tmp_path: pathlib.Path) -> None:
    (playbook,), (policy,) = blocks("README.md", "yaml"), blocks("README.md", "json")
    permitted = {
        action
        for statement in json.loads(policy)["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    (tmp_path / "ship.yml").write_text(playbook)
    (tmp_path / "web-app").symlink_to(ROOT / "examples/web-app")
    with Emulator(clock=Clock(math.inf)) as emulator:
        prepare_account(emulator, "eu-central-1")
        emulator.calls.clear()
        first = run_playbook(tmp_path / "ship.yml", {}, emulator.environment, tmp_path, lambda _line: None)
        assert first.status == 0, first.output
        assert "Succeeded, 3 of 3 succeeded" in first.output
        assert set(actions(emulator)) <= permitted
        emulator.calls.clear()
        again = run_playbook(tmp_path / "ship.yml", {}, emulator.environment, tmp_path, lambda _line: None)
        assert "changed=0" in again.output, again.output
        assert set(actions(emulator)) <= permitted
        assert writes(emulator) == []


def test_the_stand_in_agent_starts_as_described(tmp_path: pathlib.Path) -> None:
    (block,) = blocks("docs/emulator.md", "sh")
    script = block.replace("/tmp/web-1", str(tmp_path / "web-1"))  # noqa: S108
    with Emulator() as emulator:

        def asks_for_work() -> bool:
            return any((call.caller, call.status) == (user, 200) for call in emulator.calls)

        user = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1"
        own = {"PATH": f"{TOOLS}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "tests"), **emulator.environment}
        shell = subprocess.Popen(["sh", "-c", script], env=own, start_new_session=True)
        try:
            eventually("the agent asks for something to do", asks_for_work)
        finally:
            os.killpg(shell.pid, signal.SIGTERM)
            shell.wait()
        instance = emulator.client("codedeploy").get_on_premises_instance(instanceName="web-1")["instanceInfo"]
    assert instance["tags"] == [{"Key": "app", "Value": "web-app"}]
    assert (tmp_path / "web-1/var/log/aws/codedeploy-agent/codedeploy-agent.log").exists()
