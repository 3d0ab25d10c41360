# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task whose action plugin does not understand a module's result fails, and says so; it never ends as success."""

from __future__ import annotations

import pathlib
import typing as t
from unittest import mock

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from unit import controller as controllers
from unit.controller import Controller
from unit.releases import SHOP, Options, servers

Result = dict[str, t.Any]
Change = t.Callable[[Result], Result]


def without(*members: str) -> Change:
    return lambda result: {name: value for name, value in result.items() if name not in members}


def with_members(**members: t.Any) -> Change:
    return lambda result: {**result, **members}


def with_inner(outer: str, **members: t.Any) -> Change:
    return lambda result: {**result, outer: {**result[outer], **members}}


# What becomes of the result of the module named on its way to the controller.
CHANGES: dict[str, tuple[str, Change]] = {
    "an empty result": ("deploy", lambda _result: {}),
    "skipped": ("deploy", lambda _result: {"skipped": True, "changed": False}),
    "what waits is left out": ("deploy", without("awaits")),
    "how to wait is left out": ("deploy", without("waiting")),
    "changed is left out": ("deploy", without("changed")),
    "another type": ("deploy", with_members(awaits=["d-1"])),
    "a string": ("deploy", with_members(waiting='{"wait_timeout": 5, "diagnose": 5}')),
    "no deployment": ("deploy", with_inner("awaits", deployment_id=None)),
    "an unknown goal": ("deploy", with_inner("awaits", goal="ended")),
    "an option of another type": ("deploy", with_inner("waiting", wait_delay="5")),
    "an option left out": ("deploy", lambda result: {**result, "waiting": without("wait_timeout")(result["waiting"])}),
    "a look without the deployment": ("deployment_info", without("deployment")),
    "a look at nothing": ("deployment_info", with_members(deployment=None)),
    "a look without its status": (
        "deployment_info",
        lambda result: {**result, "deployment": without("status")(result["deployment"])},
    ),
    "no groups": ("deployment_group_info", without("deployment_groups")),
}


@pytest.fixture
def options(emulator: Emulator, tmp_path: pathlib.Path) -> Options:
    """Those of a task that deploys to hosts which fail."""
    servers(emulator, {"Install": fail(script="", message="no space left")}, running=False)
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return {**SHOP, "source": str(tmp_path), "s3_bucket": "bundles"}


@pytest.mark.parametrize(("module", "change"), CHANGES.values(), ids=CHANGES)
def test_a_result_that_is_not_understood_is_a_failure(
    module: str, change: Change, options: Options, controller: Controller
) -> None:
    real = controllers.module_result

    def changed_result(name: str, arguments: Result) -> Result:
        result = real(name, arguments)
        return change(result) if name.rpartition(".")[2] == module and not result.get("failed") else result

    if module == "deployment_group_info":
        options["deployment_group_names"] = [options.pop("deployment_group_name")]
    with mock.patch.object(controllers, "module_result", changed_result):
        result = controller.run("deploy", **options).result
    assert result["failed"] is True
    assert f"The result of slipway.codedeploy.{module} is not what its action plugin expects: " in result["msg"]
    assert "awaits" not in result and "waiting" not in result


def test_a_result_without_the_invocation_is_followed(options: Options, controller: Controller) -> None:
    """As ansible-core 2.21 and newer have it."""
    real = controllers.module_result
    with mock.patch.object(controllers, "module_result", lambda *given: without("invocation")(real(*given))):
        run = controller.run("deploy", **options)
    assert run.result["failed"] is True
    assert run.result["diagnosis"]["status"] == "Failed"
