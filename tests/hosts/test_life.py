# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of a fleet with a host of each system: installed, registered, deployed to, upgraded, rebooted, downgraded, removed.

The tests are steps of one life, and build on each other. Each asserts for every host.
"""

from __future__ import annotations

import typing as t

import pytest
import yaml

from .account import Account
from .bases import SUITES
from .machines import Machine, for_each, world_readable_with
from .plays import Controller, Play

EVERYWHERE = dict.fromkeys(SUITES, "Succeeded")
NOWHERE = dict.fromkeys(SUITES, 0)


@pytest.fixture(scope="module")
def suites() -> dict[str, str]:
    """A host of each system, called like it."""
    return {suite: suite for suite in SUITES}


@pytest.fixture(scope="module")
def user(controller: Controller) -> dict[str, t.Any]:
    """The role's options for hosts whose IAM users it makes."""
    return {
        "agent_identity": "iam_user",
        "agent_iam_user": {"buckets": ["bundles"]},
        "agent_key_directory": str(controller.folder / "keys"),
    }


@pytest.fixture(scope="module")
def old(user: dict[str, t.Any]) -> dict[str, t.Any]:
    return {**user, "agent_version": "1.8.0-12"}


@pytest.fixture(scope="module")
def new(user: dict[str, t.Any]) -> dict[str, t.Any]:
    return {**user, "agent_version": "latest", "agent_channel": "1.8", "agent_environment": {"MOOD": "good"}}


def installed(machines: list[Machine]) -> set[str]:
    """The versions of the agent that are installed on MACHINES."""
    return {machine.run("dpkg-query --show --showformat='${Version}' codedeploy-agent").stdout for machine in machines}


def changed(play: Play) -> dict[str, int]:
    """How many tasks of PLAY, which must have succeeded, changed something, by host."""
    assert play.status == 0, play.output
    return play.changed


def reads(account: Account) -> int:
    """How often AWS was asked for registrations since this was asked for last."""
    calls = [call for call in account.emulator.calls if call.operation == "BatchGetOnPremisesInstances"]
    account.emulator.calls.clear()
    return len(calls)


def secret_key(machine: Machine) -> str:
    """The secret of the host's access key."""
    identity = yaml.safe_load(machine.path("/etc/codedeploy-agent/conf/codedeploy.onpremises.yml").read_text())
    return str(identity["aws_secret_access_key"])


def test_check_mode_tells_what_would_be_done(
    machines: list[Machine], controller: Controller, account: Account, old: dict[str, t.Any]
) -> None:
    assert all(changed(controller.run(arguments=["--check", "--diff"], **old)).values())
    assert installed(machines) == {""}
    assert account.emulator.client("iam").list_users()["Users"] == []


def test_hosts_are_installed_and_registered_after_a_killed_run(
    machines: list[Machine], controller: Controller, account: Account, old: dict[str, t.Any]
) -> None:
    controller.kill_at("Configure the environment and the user in systemd", **old)
    play = controller.run(arguments=["--diff", "-vvv"], **old)
    assert all(changed(play).values())
    for machine in machines:
        assert machine.run("systemctl is-active codedeploy-agent").stdout == "active\n"
        assert secret_key(machine) not in play.output
        assert world_readable_with(secret_key(machine), machine) == []
    assert not list((controller.folder / "keys").iterdir())
    assert account.deploy("first") == EVERYWHERE


def test_a_killed_upgrade_is_finished_by_the_next_run_where_each_host_goes_its_own_way(
    machines: list[Machine], controller: Controller, account: Account, new: dict[str, t.Any]
) -> None:
    controller.kill_at(": Install the agent 1.8.1", **new)
    changed(controller.run(keywords={"strategy": "free"}, **new))
    assert installed(machines) == {"1.8.1-45"}
    for machine in machines:
        pid = machine.path("/opt/codedeploy-agent/state/.pid/codedeploy-agent.pid").read_text().strip()
        assert "MOOD=good" in machine.run(f"tr '\\0' '\\n' < /proc/{pid}/environ").stdout.splitlines()
    assert account.deploy("second") == EVERYWHERE


def test_rebooted_hosts_go_on_and_a_second_run_changes_nothing_and_asks_aws_once_for_all_of_them(
    machines: list[Machine], controller: Controller, account: Account, new: dict[str, t.Any]
) -> None:
    for_each(Machine.reboot, machines)
    assert account.deploy("third") == EVERYWHERE
    reads(account)
    assert changed(controller.run(arguments=["--diff"], **new)) == NOWHERE
    assert reads(account) == 1


def test_hosts_go_to_the_other_line_and_back_one_after_the_other(
    machines: list[Machine], controller: Controller, account: Account, user: dict[str, t.Any], old: dict[str, t.Any]
) -> None:
    changed(controller.run("install", "verify", **user, agent_channel="2"))
    assert installed(machines) == {"2.1.0-97459"}
    assert account.deploy("fourth") == EVERYWHERE
    reads(account)
    changed(controller.run(keywords={"serial": 1}, **old))
    assert reads(account) == len(machines)
    assert installed(machines) == {"1.8.0-12"}
    assert account.deploy("fifth") == EVERYWHERE
    assert [machine.path("/opt/shop/version").read_text() for machine in machines] == ["fifth"] * len(machines)


def test_hosts_leave(machines: list[Machine], controller: Controller, account: Account, user: dict[str, t.Any]) -> None:
    leaving: dict[str, t.Any] = {**user, "agent_purge": True}
    foretold = changed(controller.run("unregister", "remove", arguments=["--check", "--diff"], **leaving))
    done = changed(controller.run("unregister", "remove", **leaving))
    # Either of the two stops the agent. Told beforehand, both would; done, the second finds it stopped.
    assert foretold == {name: number + 1 for name, number in done.items()}
    assert changed(controller.run("unregister", "remove", **leaving)) == NOWHERE
    assert account.emulator.client("iam").list_users()["Users"] == []
    assert installed(machines) == {""}
    for machine in machines:
        for path in ("/opt/codedeploy-agent", "/etc/codedeploy-agent", "/var/log/aws/codedeploy-agent"):
            assert not machine.path(path).exists()
        assert machine.path("/opt/shop/version").exists()
