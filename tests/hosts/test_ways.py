# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other ways for an agent to come and to be: through a proxy, as a user of its own, from an image or a file, on an EC2 instance.

The tests are steps with one host, and build on each other.
"""

from __future__ import annotations

import hashlib
import pathlib
import typing as t
import urllib.parse

import pytest

from .account import Account
from .bucket import Bucket
from .machines import Machine, world_readable_with
from .plays import Controller
from .proxy import Proxy, serving_proxy

NO_BUCKET: dict[str, t.Any] = {"agent_bucket_url": "https://127.0.0.1:1"}
PASSWORD = "Planted-in-the-proxy"


@pytest.fixture(scope="module")
def proxy() -> t.Iterator[Proxy]:
    with serving_proxy("fleet", PASSWORD) as serving:
        yield serving


@pytest.fixture(scope="module")
def options(account: Account, machine: Machine, proxy: Proxy) -> dict[str, t.Any]:
    """The role's options for an agent that is the user `deploy`, behind the proxy."""
    assert machine.run("useradd deploy && install --directory --owner=deploy /opt/shop").returncode == 0
    return {
        **account.create_user("web-1"),
        "agent_user": "deploy",
        "agent_proxy": proxy.url,
        "agent_log_rotation": {"size": "1"},
    }


def test_an_agent_behind_a_proxy_is_a_user_of_its_own(
    machine: Machine,
    controller: Controller,
    account: Account,
    bucket: Bucket,
    proxy: Proxy,
    options: dict[str, t.Any],
) -> None:
    play = controller.run(arguments=["-vvv", "--diff"], agent_version="1.8.0-12", **options)
    assert play.status == 0, play.output
    assert PASSWORD not in play.output
    assert f"CONNECT {urllib.parse.urlsplit(bucket.url).netloc}" in proxy.asked
    proxy.asked.clear()
    assert account.deploy("first") == {"web-1": "Succeeded"}
    assert any(line.startswith(f"POST {account.emulator.endpoint}") for line in proxy.asked)
    assert any(line.startswith(f"GET {account.emulator.endpoint}/bundles/first.zip") for line in proxy.asked)
    assert machine.run("cat /tmp/validated").stdout == "validated first as deploy\n"
    assert world_readable_with(PASSWORD, machine) == []
    assert machine.run("logrotate /etc/logrotate.d/codedeploy-agent").stderr == ""
    assert list(machine.path("/var/log/aws/codedeploy-agent").glob("codedeploy-agent.log.1*"))


def test_an_agent_of_the_image_is_left_as_it_is(
    machine: Machine, controller: Controller, options: dict[str, t.Any]
) -> None:
    """And so is what its user has planted links to."""
    machine.run("su deploy -c 'cd /var/log/aws/codedeploy-agent && ln -s /etc/shadow a && ln -s /etc b'")
    play = controller.run(**options, **NO_BUCKET)
    assert (play.status, play.changed) == (0, {"web-1": 0}), play.output
    assert machine.run("stat --format=%U /etc/shadow /etc").stdout.split() == ["root", "root"]


def test_a_package_comes_from_the_controller(
    machine: Machine,
    controller: Controller,
    account: Account,
    packages: dict[str, pathlib.Path],
    options: dict[str, t.Any],
) -> None:
    package = packages["2.1.0-97459"]
    file: dict[str, t.Any] = {
        "agent_version": "2.1.0-97459",
        "agent_package": str(package),
        "agent_package_checksum": hashlib.sha256(package.read_bytes()).hexdigest(),
    }
    play = controller.run("install", **options, **file, **NO_BUCKET)
    assert play.status == 0, play.output
    assert "2.1.0-97459" in machine.run("dpkg-query -W codedeploy-agent").stdout
    assert not machine.path("/var/cache/codedeploy-agent").exists()
    assert account.deploy("second") == {"web-1": "Succeeded"}


def test_an_on_premises_host_becomes_an_ec2_instance(
    controller: Controller, account: Account, machine: Machine, options: dict[str, t.Any]
) -> None:
    """And its agent belongs to root again."""
    name, environment = account.run_instance()
    assert controller.run("unregister", **options).status == 0
    kept = {name: options[name] for name in ("agent_proxy", "agent_log_rotation")}
    instance_options = {**kept, "agent_tags": {}, "agent_environment": environment}
    play = controller.run(**instance_options)
    assert play.status == 0, play.output
    assert account.deploy("third") == {name: "Succeeded"}
    folders = "/opt/codedeploy-agent/deployment-root /opt/codedeploy-agent/state/.pid /var/log/aws/codedeploy-agent"
    assert machine.run(f"find {folders} ! -type l ! -user root").stdout == ""
    again = controller.run(**instance_options)
    assert (again.status, again.changed) == (0, {"web-1": 0}), again.output
