# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that restarts what hosts run, from its options to its end."""

from __future__ import annotations

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from unit.controller import Controller
from unit.releases import SHOP, Options, s3_options, servers

RESTART = {"deployment_mode": "RESTART"}


@pytest.mark.parametrize("where", [SHOP, {"application_name": "shop", "deployment_group_names": ["web"]}])
def test_it_is_followed_to_its_end(emulator: Emulator, controller: Controller, where: Options) -> None:
    servers(emulator)
    run = controller.run("deploy", **where, **RESTART)
    assert run.result["changed"] is True
    assert "Succeeded, 2 of 2 succeeded" in run.lines[-1]
    last = emulator.client("codedeploy").get_deployment_group(applicationName="shop", deploymentGroupName="web")
    deployment_id = last["deploymentGroupInfo"]["lastSuccessfulDeployment"]["deploymentId"]
    assert f" {deployment_id} " in run.lines[-1]
    info = emulator.client("codedeploy").get_deployment(deploymentId=deployment_id)["deploymentInfo"]
    assert info["deploymentMode"] == "RESTART"


def test_one_that_fails_is_explained(emulator: Emulator, controller: Controller) -> None:
    servers(emulator, {"ApplicationStart": fail()})
    run = controller.run("deploy", **SHOP, **RESTART, auto_rollback_configuration={"enabled": False})
    assert run.result["failed"] is True
    assert "web-1 failed at ApplicationStart in scripts/hook.sh" in run.output


@pytest.mark.parametrize(("module", "options"), [("deploy", RESTART), ("deployment", {"state": "restarted"})])
def test_it_is_neither_a_release_nor_a_way_back(
    emulator: Emulator, controller: Controller, module: str, options: Options
) -> None:
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"), sequence=7)
    controller.run(module, **SHOP, **options)
    late = controller.run("deploy", **s3_options("one.zip"), sequence=6).result
    assert "is older than 7, which" in late["msg"]
    assert controller.run("deploy", **SHOP, revision="previous").result["revision"]["s3_location"]["key"] == "one.zip"
    controller.run(module, **SHOP, **options)
    again = controller.run("deploy", **SHOP, revision="previous").result
    assert (again["changed"], again["revision"]["s3_location"]["key"]) == (False, "one.zip")


def test_without_it_a_task_needs_something_to_ship(emulator: Emulator, controller: Controller) -> None:
    result = controller.run("deploy", **SHOP).result
    assert result["msg"] == "one of the following is required: source, revision, deployment_mode"
    assert list(emulator.calls) == []
