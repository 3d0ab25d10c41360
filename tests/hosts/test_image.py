# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of the agent in an image that is not booted, and, where hosts can boot, in the host that is made of it.

The tests are steps with one image, and build on each other.
"""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from .account import Account
from .bases import SUITES, why_no_hosts, why_no_images
from .images import Image
from .machines import Machine, booted_machines
from .packages import build_package
from .plays import Case, Controller, Play

BUILD = ("install", "configure")
UNCHANGED = {"web-1": 0}
ENABLED = "/etc/systemd/system/multi-user.target.wants/codedeploy-agent.service"


@pytest.fixture(scope="module", params=SUITES if why_no_hosts() else ["trixie"])
def suites(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where no host boots, all systems are tested here, and one otherwise."""
    return {"web-1": request.param}


@pytest.fixture(scope="module")
def machines(
    suites: dict[str, str], certificate: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[list[Machine]]:
    if reason := why_no_images():
        pytest.skip(f"no system can be entered by chroot: {reason}")
    with booted_machines(suites, tmp_path_factory.mktemp("machines"), certificate, Image) as images:
        yield images


@pytest.fixture(scope="module")
def instance(account: Account) -> tuple[str, dict[str, str]]:
    """The id of an EC2 instance, and what its agent is told."""
    return account.run_instance()


@pytest.fixture(scope="module")
def options(instance: tuple[str, dict[str, str]]) -> dict[str, t.Any]:
    """The role's options for an image of EC2 instances."""
    _name, environment = instance
    return {"agent_tags": {}, "agent_environment": environment, "agent_version": "1.8.0-12"}


def installed(machine: Machine) -> str:
    """The version of the agent that is installed."""
    return machine.run("dpkg-query --show --showformat='${Version}' codedeploy-agent").stdout


def changed(play: Play) -> dict[str, int]:
    """How many tasks of PLAY, which must have succeeded, changed something."""
    assert play.status == 0, play.output
    return play.changed


def test_check_mode_tells_what_would_be_done(
    controller: Controller, machine: Machine, options: dict[str, t.Any]
) -> None:
    assert changed(controller.run(*BUILD, arguments=["--check", "--diff"], **options)) != UNCHANGED
    assert installed(machine) == ""


def test_what_cannot_be_done_leaves_the_image_as_it_was(
    controller: Controller, machine: Machine, options: dict[str, t.Any]
) -> None:
    unknown = {"agent_version": "1.8.9-99"}
    cases = [
        Case("main", {}, ["so the role treats it as an image", "Only tasks_from install, configure and remove work"]),
        Case("install", unknown, ["404", "Check agent_region (us-east-1), agent_version (1.8.9-99)"]),
        Case("install", {"agent_package_checksum": f"sha256:{'0' * 64}"}, ["Nothing was installed"]),
        Case(
            "install", {"agent_package": "/none.deb"}, ["agent_package: there is no file /none.deb on the controller"]
        ),
        Case("configure", {"agent_configuration": {"max_revision": 3}}, ["max_revision"]),
        Case("configure", {}, ["No agent is installed", "tasks_from install"]),
    ]
    controller.check_refusals(options, cases)
    assert installed(machine) == ""


def test_an_image_gets_the_agent_after_runs_that_broke_off(
    controller: Controller, machine: Machine, options: dict[str, t.Any], tmp_path: pathlib.Path
) -> None:
    package = build_package("1.8.0-12", tmp_path, {"postinst": "exit 7\n"})
    broken = Case("install", {"agent_package": str(package)}, ["exit status 7", "resumes from here"])
    controller.check_refusals(options, [broken])
    controller.kill_at("Write the agent's environment", *BUILD, **options)
    assert changed(controller.run(*BUILD, arguments=["--diff"], **options)) != UNCHANGED
    assert changed(controller.run(*BUILD, **options)) == UNCHANGED
    assert installed(machine) == "1.8.0-12"
    assert machine.path(ENABLED).is_symlink()
    assert not machine.path("/opt/codedeploy-agent/state/.pid/codedeploy-agent.pid").exists()


def test_the_agent_of_an_image_is_upgraded_to_the_other_line(
    controller: Controller, machine: Machine, options: dict[str, t.Any]
) -> None:
    changed(controller.run("install", **{**options, "agent_version": "latest"}, agent_channel="2"))
    assert installed(machine) == "2.1.0-97459"


def test_a_host_that_is_made_of_the_image_is_deployed_to_at_once(
    machine: Machine, account: Account, instance: tuple[str, dict[str, str]]
) -> None:
    if reason := why_no_hosts():
        pytest.skip(f"no host can be booted, and a chroot does not do for this: {reason}")
    name, _environment = instance
    host = Machine(machine.name, machine.suite, machine.folder, machine.key, machine.port)
    machine.shut_down()
    try:
        host.boot()
        assert account.deploy("first") == {name: "Succeeded"}
    finally:
        host.shut_down()
        machine.boot()


def test_the_agent_leaves_the_image(controller: Controller, machine: Machine, options: dict[str, t.Any]) -> None:
    """Though its folder of logs has become a link to what is not the agent's."""
    logs = "/var/log/aws/codedeploy-agent"
    machine.run(f"rm -rf {logs} && mkdir -p /srv/precious && touch /srv/precious/file && ln -s /srv/precious {logs}")
    controller.check_refusals(
        options, [Case("configure", {}, [f"{logs}/ cannot be used: it is a link to /srv/precious"])]
    )
    for purge, after in ((False, "config-files"), (True, "")):
        assert changed(controller.run("remove", **options, agent_purge=purge)) != UNCHANGED
        assert changed(controller.run("remove", **options, agent_purge=purge)) == UNCHANGED
        assert machine.run("dpkg-query --show --showformat='${db:Status-Status}' codedeploy-agent").stdout == after
    for path in (ENABLED, "/opt/codedeploy-agent", "/etc/codedeploy-agent", logs):
        assert not machine.path(path).exists()
        assert not machine.path(path).is_symlink()
    assert machine.path("/srv/precious/file").exists()
