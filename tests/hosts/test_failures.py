# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong on a host: each time the role says what to do, and the next run goes on from there. The tests build on each other."""

from __future__ import annotations

import hashlib
import os
import pathlib
import signal
import subprocess
import typing as t

import pytest

from e2e.conftest import eventually

from .bucket import Bucket
from .conftest import Account
from .machines import Machine
from .packages import build_package
from .plays import Controller


@pytest.fixture(scope="module")
def user(account: Account) -> dict[str, t.Any]:
    """The options for a host with an IAM user."""
    return account.create_user("web-1")


def refused(controller: Controller, verb: str, *sentences: str, **options: t.Any) -> None:
    """The role refuses OPTIONS and says SENTENCES."""
    play = controller.run(verb, **options)
    assert play.status != 0
    for sentence in sentences:
        assert sentence in play.said, play.output


def installed(machine: Machine) -> str:
    return machine.run("dpkg-query -W codedeploy-agent").stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"agent_configuration": {"max_revision": 3}}, "max_revision"),
        ({"agent_configuration": {"max_revisions": "many"}}, "'many'"),
        ({"agent_configuration": {"enable_command_port": True}}, "agent 1.8.x does not know enable_command_port"),
        ({"agent_version": "1.8"}, "agent_version is 1.8. It must be present, latest, or a version"),
        ({"agent_version": "latest", "agent_package": "agent.deb"}, "agent_package names one package"),
        ({"agent_region": ""}, "agent_region is not given"),
        ({"agent_user": "nobody-of-that-name"}, "the host has no such user"),
        ({"agent_identity": "iam_session"}, "agent_iam_session_arn and agent_credentials_command must be given too"),
        ({"agent_bucket_url": "http://127.0.0.1:1"}, "must begin with https://"),
    ],
)
def test_a_mistake_is_found_before_anything_is_changed(
    options: dict[str, t.Any], sentence: str, controller: Controller, user: dict[str, t.Any]
) -> None:
    refused(controller, "preflight", sentence, **{**user, **options})


def test_a_bucket_that_cannot_be_had_leaves_the_host_as_it_was(
    machine: Machine, controller: Controller, bucket: Bucket, user: dict[str, t.Any]
) -> None:
    refused(
        controller, "install", "Check agent_region (us-east-1)", "404", **user, agent_bucket_url=f"{bucket.url}/none"
    )
    refused(controller, "install", "agent_proxy", "refused", **user, agent_bucket_url="https://127.0.0.1:1")
    refused(controller, "install", "was not installed", "404", **user, agent_version="1.8.9-99")
    assert installed(machine) == ""


def test_a_package_with_another_checksum_is_not_installed(
    machine: Machine, controller: Controller, packages: dict[str, pathlib.Path], user: dict[str, t.Any]
) -> None:
    wrong = {**user, "agent_version": "1.8.0-12", "agent_package_checksum": f"sha256:{'0' * 64}"}
    found = hashlib.sha256(packages["1.8.0-12"].read_bytes()).hexdigest()
    refused(controller, "install", f"has sha256:{found}", "Nothing was installed", **wrong)
    assert installed(machine) == ""


def test_a_broken_package_is_replaced_by_the_next_run(
    controller: Controller, user: dict[str, t.Any], tmp_path: pathlib.Path
) -> None:
    rubbish = tmp_path / "codedeploy-agent_1.8.0-12_all.deb"
    rubbish.write_text("not a package")
    refused(
        controller,
        "install",
        "The agent 1.8.0-12 was not installed",
        **user,
        agent_version="1.8.0-12",
        agent_package=str(rubbish),
    )
    broken = build_package("1.8.0-12", tmp_path, {"postinst": "exit 7\n"})
    refused(controller, "install", "takes up from here", **user, agent_version="1.8.0-12", agent_package=str(broken))

    play = controller.run(**user, agent_version="1.8.0-12")
    assert play.status == 0, play.output
    again = controller.run(**user, agent_version="1.8.0-12")
    assert again.changed == 0, again.output


def test_a_host_that_is_registered_under_another_arn_stays_so(controller: Controller, account: Account) -> None:
    other = account.create_user("somebody-else")
    refused(controller, "register", "is registered with", "tasks_from unregister", **other)
    assert account.deploy("before") == "Succeeded"


def test_an_identity_is_not_dropped_by_mistake(controller: Controller) -> None:
    refused(controller, "preflight", "makes the host an on-premises instance", agent_identity="ec2")


def test_a_deployment_is_not_cut_off(
    controller: Controller, account: Account, machine: Machine, user: dict[str, t.Any]
) -> None:
    machine.path("/hold").touch()
    deployment = account.start_deployment("held")
    validating = "systemctl status codedeploy-agent | grep validate.sh"
    eventually("the hook runs", lambda: machine.run(validating).returncode == 0)
    change: dict[str, t.Any] = {
        "agent_configuration": {**controller.options["agent_configuration"], "max_revisions": 3}
    }
    refused(
        controller,
        "configure",
        f"in the middle of {deployment}",
        "agent_deployment_wait",
        **user,
        **change,
        agent_deployment_wait=2,
    )
    machine.path("/hold").unlink()
    assert account.await_deployment(deployment) == "Succeeded"

    # Nothing is left to write: the restart is due because of the run before.
    play = controller.run("configure", **user, **change)
    assert (play.status, play.changed) == (0, 1), play.output
    again = controller.run("configure", **user, **change)
    assert again.changed == 0, again.output
    assert account.deploy("after") == "Succeeded"


@pytest.mark.parametrize("task", ["Install the package of the agent", "Tell systemd about the environment"])
def test_a_killed_run_is_finished_by_the_next(
    task: str, controller: Controller, account: Account, machine: Machine, user: dict[str, t.Any]
) -> None:
    assert controller.run("remove", **user, agent_purge=True).status == 0
    wanted = {**user, "agent_version": "1.8.1-45", "agent_environment": {"MOOD": "good"}}
    process = subprocess.Popen(
        controller.command("main", wanted),
        env=controller.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if task in line:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    play = controller.run(**wanted)
    assert play.status == 0, play.output
    again = controller.run(**wanted)
    assert again.changed == 0, again.output
    pid = machine.path("/opt/codedeploy-agent/state/.pid/codedeploy-agent.pid").read_text().strip()
    assert "MOOD=good" in machine.run(f"tr '\\0' '\\n' < /proc/{pid}/environ").stdout.splitlines()
    assert account.deploy(f"killed at {task.split()[0]}") == "Succeeded"


def test_an_agent_that_aws_refuses_is_not_verified(
    controller: Controller, account: Account, user: dict[str, t.Any]
) -> None:
    account.emulator.client("codedeploy").deregister_on_premises_instance(instanceName="web-1")
    refused(controller, "verify", "no poll has succeeded", "look at the credentials", **user, agent_verify_timeout=5)
