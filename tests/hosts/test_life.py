# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of a host: installed, registered, deployed to, upgraded, rebooted, downgraded, removed."""

from __future__ import annotations

import typing as t

import pytest

from .bases import SUITES
from .conftest import Account
from .machines import Machine
from .plays import Controller


@pytest.fixture(scope="module", params=SUITES)
def suite(request: pytest.FixtureRequest) -> str:
    """Every base system in turn."""
    return str(request.param)


def test_the_life_of_a_host(machine: Machine, controller: Controller, account: Account) -> None:
    user: dict[str, t.Any] = {
        "agent_identity": "iam_user",
        "agent_iam_user": {"buckets": ["bundles"]},
        "agent_key_directory": str(controller.folder / "keys"),
    }
    old: dict[str, t.Any] = {**user, "agent_version": "1.8.0-12"}

    foretold = controller.run(arguments=["--check", "--diff"], **old)
    assert foretold.status == 0, foretold.output
    assert foretold.changed > 0
    assert not machine.path("/opt/codedeploy-agent").exists()

    play = controller.run(arguments=["--diff"], **old)
    assert play.status == 0, play.output
    assert machine.run("systemctl is-active codedeploy-agent").stdout == "active\n"
    again = controller.run(arguments=["--diff"], **old)
    assert (again.status, again.changed) == (0, 0), again.output
    assert account.deploy("first") == "Succeeded"

    new = {**user, "agent_version": "latest", "agent_channel": "1.8"}
    play = controller.run(**new)
    assert play.status == 0, play.output
    assert "1.8.1-45" in machine.run("dpkg-query -W codedeploy-agent").stdout
    again = controller.run(**new)
    assert (again.status, again.changed) == (0, 0), again.output
    assert account.deploy("second") == "Succeeded"

    machine.reboot()
    assert account.deploy("third") == "Succeeded"
    again = controller.run(**new)
    assert again.changed == 0, again.output

    play = controller.run(**user, agent_channel="2")
    assert play.status == 0, play.output
    assert "2.1.0-97459" in machine.run("dpkg-query -W codedeploy-agent").stdout
    assert account.deploy("fourth") == "Succeeded"
    play = controller.run(**old)
    assert play.status == 0, play.output
    assert "1.8.0-12" in machine.run("dpkg-query -W codedeploy-agent").stdout
    assert account.deploy("fifth") == "Succeeded"
    assert machine.path("/opt/shop/version").read_text() == "fifth"

    assert not list((controller.folder / "keys").iterdir())
    for verb in ("unregister", "remove"):
        foretold = controller.run(verb, ["--check", "--diff"], **user, agent_purge=True)
        play = controller.run(verb, **user, agent_purge=True)
        assert (foretold.status, play.status) == (0, 0), foretold.output + play.output
        assert foretold.changed == play.changed > 0
        again = controller.run(verb, **user, agent_purge=True)
        assert (again.status, again.changed) == (0, 0), again.output
    assert account.emulator.client("iam").list_users()["Users"] == []
    for path in ("/opt/codedeploy-agent", "/etc/codedeploy-agent", "/var/log/aws/codedeploy-agent"):
        assert not machine.path(path).exists()
    assert machine.path("/opt/shop/version").exists()
