# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups that do not tell their last deployments or their platform, as AWS may answer (botocore model: DeploymentGroupInfo requires nothing).
What is done is the same."""

from __future__ import annotations

import contextlib
import typing as t
from unittest import mock

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from emulator.service import deployment_groups
from unit.controller import Controller, module_result
from unit.releases import GROUP, SHOP, function, s3_options, servers

ATTEMPTED, SUCCESSFUL, TARGET = "lastAttemptedDeployment", "lastSuccessfulDeployment", "targetRevision"
UNTOLD = [[ATTEMPTED], [SUCCESSFUL], [ATTEMPTED, SUCCESSFUL], [TARGET], [ATTEMPTED, SUCCESSFUL, TARGET]]
FEW = [UNTOLD[0], UNTOLD[1], UNTOLD[-1]]
SICK = {"ValidateService": fail()}


@contextlib.contextmanager
def untold(*names: str, of_last: str = "") -> t.Iterator[None]:
    """Let groups not tell the members NAMES, and OF_LAST not of their last deployments."""
    info = deployment_groups._group_info

    def told(group: t.Any) -> dict[str, t.Any]:
        members = {name: value for name, value in info(group).items() if name not in names}
        for last in {ATTEMPTED, SUCCESSFUL} & set(members):
            members[last] = members[last] and {name: value for name, value in members[last].items() if name != of_last}
        return members

    with mock.patch.object(deployment_groups, "_group_info", told):
        yield


def created(emulator: Emulator) -> int:
    return [call.operation for call in emulator.calls].count("CreateDeployment")


@pytest.mark.parametrize("names", UNTOLD, ids=" ".join)
def test_a_revision_that_is_deployed_already_is_not_deployed_again(
    names: list[str], emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    done = controller.run("deploy", **s3_options("two.zip"), sequence=7).result
    emulator.calls.clear()
    with untold(*names):
        again = controller.run("deploy", **s3_options("two.zip")).result
        earlier = controller.run("deploy", **s3_options("one.zip"), sequence=6).result
    assert (again["changed"], again["deployment_id"]) == (False, done["deployment_id"])
    assert earlier["msg"].startswith(f"sequence: 6 is older than 7, which {done['deployment_id']} has already deployed")
    assert created(emulator) == 0


@pytest.mark.parametrize("member", ["status", "endTime", "createTime", "deploymentId"])
def test_nor_is_it_where_less_is_told_of_the_last_deployments(
    member: str, emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    done = controller.run("deploy", **s3_options("two.zip")).result
    with untold(of_last=member):
        again = controller.run("deploy", **s3_options("two.zip")).result
    assert (again["changed"], again["deployment_id"]) == (False, done["deployment_id"])


@pytest.mark.parametrize("names", FEW, ids=" ".join)
def test_a_deployment_in_flight_is_found(names: list[str], emulator: Emulator, controller: Controller) -> None:
    servers(emulator, running=False)
    begun = controller.run("deploy", **s3_options("two.zip"), wait=False).result["deployment_id"]
    emulator.calls.clear()
    with untold(*names):
        run = controller.run("deploy", **s3_options("two.zip"))
    assert (run.result["changed"], run.result["deployment_id"], created(emulator)) == (True, begun, 0)


@pytest.mark.parametrize("names", FEW, ids=" ".join)
def test_a_failure_since_is_found(names: list[str], emulator: Emulator, controller: Controller) -> None:
    """The hosts may be in the midst of it, so the revision that the group has is deployed again."""
    servers(emulator, SICK, {})
    never = {"auto_rollback_configuration": {"enabled": False}}
    failed = controller.run("deploy", **s3_options("two.zip"), **never).result["diagnosis"]["deployment_id"]
    with untold(*names):
        run = controller.run("deploy", **s3_options("one.zip"))
    assert run.result["reason"] == f"a later deployment, {failed}, failed after this revision was deployed"
    assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded")


@pytest.mark.parametrize("names", FEW, ids=" ".join)
@pytest.mark.parametrize(("state", "key"), [("rolled_back", "one.zip"), ("restarted", "two.zip")])
def test_a_group_is_rolled_back_and_restarted(
    state: str, key: str, names: list[str], emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"))
    with untold(*names):
        run = controller.run("deployment", **SHOP, state=state)
        assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded"), run.result
        if state == "rolled_back":
            assert controller.run("deployment", **SHOP, state=state).result["changed"] is False
    group = emulator.client("codedeploy").get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert group["targetRevision"]["s3Location"]["key"] == key


def test_a_bundle_that_is_used_is_kept(emulator: Emulator, controller: Controller, tmp_path: t.Any) -> None:
    servers(emulator)
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    release = {**SHOP, "source": str(tmp_path), "s3_bucket": "bundles"}
    first = controller.run("deploy", **release).result
    (tmp_path / "more").touch()
    with untold(SUCCESSFUL, TARGET):
        second = controller.run("deploy", **release, keep=1, keep_younger_than=0, wait=False).result
    assert second["removed_bundles"] == []
    assert emulator.client("s3").head_object(Bucket="bundles", Key=first["revision"]["s3_location"]["key"])


def test_the_platform_is_that_of_the_application(emulator: Emulator, controller: Controller) -> None:
    options = function(emulator)
    with untold("computePlatform"):
        run = controller.run("deploy", **options)
        refused = controller.run("deploy", **s3_options("one.zip")).result
    assert run.lines[-1].endswith("Succeeded, 1 of 1 succeeded")
    assert "is not supported for Lambda applications" in refused["msg"]


def test_so_it_is_where_groups_are_read_together(emulator: Emulator) -> None:
    function(emulator)
    arguments = {**Controller(emulator)._connection, "application_name": "shop", "include_tags": False}
    with untold("computePlatform"):
        result = module_result("slipway.codedeploy.deployment_group_info", arguments)
    assert [group["compute_platform"] for group in result["deployment_groups"]] == ["Lambda"]
