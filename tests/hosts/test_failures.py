# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong on a host: each time the role says what to do, and the next run goes on from there. The tests build on each other."""

from __future__ import annotations

import hashlib
import pathlib
import typing as t

import pytest

from e2e.conftest import eventually

from .account import Account
from .bucket import Bucket
from .machines import Machine
from .packages import build_package
from .plays import Case, Controller

SUCCEEDED = {"web-1": "Succeeded"}
UNCHANGED = {"web-1": 0}


@pytest.fixture(scope="module")
def user(account: Account) -> dict[str, t.Any]:
    """The options for a host with an IAM user."""
    return account.create_user("web-1")


def installed(machine: Machine) -> str:
    return machine.run("dpkg-query -W codedeploy-agent").stdout


# One for each verb, of what it finds out in other ways: from its own options' types, from all options, and from the host.
MISTAKES = [
    Case("main", {"agent_configuration": {"max_revision": 3}}, ["max_revision"]),
    Case("preflight", {"agent_configuration": {"max_revisions": "many"}}, ["'many'"]),
    Case("install", {"ansible_become_user": "nobody"}, ["must be root on the host. Set become to true"]),
    Case(
        "configure",
        {"agent_user": "nobody-of-that-name"},
        ["agent_user: the host has no user nobody-of-that-name; create it first"],
    ),
    Case("register", {"agent_instance_name": "web 1"}, ["agent_instance_name: 'web 1' "]),
    Case("verify", {"agent_deployment_wait": -1}, ["agent_deployment_wait: '-1' "]),
    Case("unregister", {"agent_region": ""}, ["agent_region: is not set"]),
    Case("remove", {"agent_package_checksum": "none"}, ["agent_package_checksum: 'none' "]),
]


def test_a_mistake_is_found_before_anything_is_changed(
    controller: Controller, machine: Machine, user: dict[str, t.Any]
) -> None:
    before = sorted(machine.path("/etc").rglob("*"))
    controller.check_refusals(user, MISTAKES)
    assert sorted(machine.path("/etc").rglob("*")) == before


def test_a_package_that_cannot_be_had_or_trusted_leaves_the_host_as_it_was(
    controller: Controller,
    machine: Machine,
    bucket: Bucket,
    packages: dict[str, pathlib.Path],
    user: dict[str, t.Any],
    tmp_path: pathlib.Path,
) -> None:
    found = hashlib.sha256(packages["1.8.0-12"].read_bytes()).hexdigest()
    wrong = {"agent_version": "1.8.0-12", "agent_package_checksum": f"sha256:{'0' * 64}"}
    cut_off = tmp_path / "codedeploy-agent_1.8.0-12_all.deb"
    cut_off.write_bytes(packages["1.8.0-12"].read_bytes()[:-1000])
    cases = [
        Case("install", {"agent_bucket_url": f"{bucket.url}/none"}, ["Check agent_region (us-east-1)", "404"]),
        Case("install", {"agent_bucket_url": "https://127.0.0.1:1"}, ["agent_proxy", "refused"]),
        Case("install", {"agent_version": "1.8.9-99"}, ["was not installed", "404"]),
        Case("install", wrong, [f"has sha256:{found}", "Nothing was installed"]),
        Case(
            "install",
            {"agent_version": "1.8.0-12", "agent_package": str(cut_off)},
            ["The agent 1.8.0-12 was not installed"],
        ),
    ]
    controller.check_refusals(user, cases)
    assert installed(machine) == ""


KILL = "pkill -KILL -x 'apt-get|dpkg'\n"


def break_off_an_installation(machine: Machine) -> None:
    """Leave the package manager as it is when it is killed in the middle of a package that has nothing to do with the agent."""
    control = machine.path("/other/DEBIAN")
    control.mkdir(parents=True)
    (control / "control").write_text("Package: other\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n")
    (control / "postinst").write_text(f"#!/bin/sh\n[ -e /once ] || {{ touch /once; {KILL.strip()}; }}\n")
    (control / "postinst").chmod(0o755)
    machine.run("dpkg-deb --build /other /other.deb && dpkg --install /other.deb")
    assert "dpkg was interrupted" in machine.run("apt-get --yes install other").stderr


def test_what_is_left_of_an_installation_that_broke_off_is_replaced_by_the_next_run(
    controller: Controller, machine: Machine, user: dict[str, t.Any], tmp_path: pathlib.Path
) -> None:
    def case(script: str, text: str, sentence: str) -> Case:
        folder = tmp_path / f"{script}-{len(text)}"
        folder.mkdir()
        package = build_package("1.8.0-12", folder, {script: text})
        return Case("install", {**wanted, "agent_package": str(package)}, [sentence, "resumes from here"])

    wanted: dict[str, t.Any] = {"agent_version": "1.8.0-12"}
    break_off_an_installation(machine)
    cases = [
        case("postinst", "exit 7\n", "exit status 7"),
        case("preinst", KILL, "The agent 1.8.0-12 was not installed"),
        case("postinst", KILL, "The agent 1.8.0-12 was not installed"),
    ]
    controller.check_refusals(user, cases)
    assert "half-configured" in machine.run("dpkg-query -W -f '${db:Status-Status}' codedeploy-agent").stdout
    play = controller.run(**user, **wanted)
    assert play.status == 0, play.output
    again = controller.run(**user, **wanted)
    assert (again.status, again.changed) == (0, UNCHANGED), again.output


def test_the_identity_of_a_host_is_not_changed_by_mistake(controller: Controller, account: Account) -> None:
    other = account.create_user("somebody-else")
    controller.check_refusals(other, [Case("register", {}, ["web-1", "another ARN", "tasks_from unregister"])])
    instance = Case("configure", {"agent_tags": {}}, ["makes the host an on-premises instance"])
    controller.check_refusals({}, [instance])
    assert account.deploy("before") == SUCCEEDED


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
    sentences = [f"{deployment} is still running on the host", "agent_deployment_wait"]
    controller.check_refusals(user, [Case("configure", {**change, "agent_deployment_wait": 2}, sentences)])
    machine.path("/hold").unlink()
    assert account.await_deployment(deployment) == SUCCEEDED

    # Nothing is left to write: the restart is due because of the run before.
    play = controller.run("configure", **user, **change)
    assert (play.status, play.changed) == (0, {"web-1": 1}), play.output
    again = controller.run("configure", **user, **change)
    assert (again.status, again.changed) == (0, UNCHANGED), again.output
    assert account.deploy("after") == SUCCEEDED


def test_an_agent_that_aws_refuses_is_not_verified(
    controller: Controller, account: Account, user: dict[str, t.Any]
) -> None:
    account.emulator.client("codedeploy").deregister_on_premises_instance(instanceName="web-1")
    sentences = ["no poll succeeded", "check the credentials"]
    controller.check_refusals(user, [Case("verify", {"agent_verify_timeout": 5}, sentences)])
