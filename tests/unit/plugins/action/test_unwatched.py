# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A deployment that has ended while nobody watched: the task that finds it tells the same as the one that would have watched it."""

from __future__ import annotations

import typing as t

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from unit.controller import Controller, TaskRun
from unit.releases import LONG, SHOP, Options, s3_options, servers

SICK = {"ValidateService": fail()}
TOLD = ("status", "error_code", "message", "targets", "more_failures", "unfinished", "skipped", "rollback")


def partly_failing(emulator: Emulator) -> Options:
    """A release that fails on the first of two hosts, which is allowed."""
    return servers(emulator, SICK, deploymentConfigName="CodeDeployDefault.AllAtOnce")


def end_unwatched(emulator: Emulator, controller: Controller, options: Options) -> str:
    """Ship without waiting, and let all end. The deployment's id."""
    begun = controller.run("deploy", **options, wait=False).result["deployment_id"]
    emulator.clock.advance(LONG)
    return str(begun)


def without_ids(run: TaskRun, deployment_id: str) -> list[str]:
    """What the task said of the deployment at its end."""
    warnings = [text.replace(deployment_id, "ID") for text in run.result["warnings"]]
    return warnings + [line.replace(deployment_id, "ID") for line in run.lines if "failed at" in line]


def test_failed_targets_of_a_success_are_told_afterwards(emulator: Emulator, controller: Controller) -> None:
    watched = controller.run("deploy", **partly_failing(emulator))
    emulator.reset()
    unwatched = end_unwatched(emulator, controller, partly_failing(emulator))
    for name, options in (
        ("deploy", s3_options("two.zip")),
        ("deployment", SHOP),
        ("deployment", {"deployment_id": unwatched}),
    ):
        found = controller.run(name, **options)
        assert (found.result["changed"], found.result["deployment_id"]) == (False, unwatched)
        assert without_ids(found, unwatched) == without_ids(watched, watched.result["deployment_id"])
        assert any("succeeded, but failed on 1 of its targets: web-1" in text for text in found.result["warnings"])
        for member in TOLD:
            assert found.result["diagnosis"][member] == watched.result["diagnosis"][member]


def test_the_way_to_reach_the_failed_targets_is_named(emulator: Emulator, controller: Controller) -> None:
    options = partly_failing(emulator)
    emulator.simulate("web-1", SICK, {})
    unwatched = end_unwatched(emulator, controller, options)
    found = controller.run("deploy", **options).result
    assert found["reason"].startswith(f"already deployed by {unwatched} at ")
    assert found["reason"].endswith(
        ", but not to 1 of its targets: force=true with update_outdated_instances_only=true deploys to those"
    )
    mended = controller.run("deploy", **options, force=True, update_outdated_instances_only=True)
    assert mended.result["changed"] is True
    assert mended.result["warnings"] == []
    assert "diagnosis" not in controller.run("deploy", **options).result


@pytest.mark.parametrize("options", [{"wait": False}, {"check_mode": True}], ids=["without waiting", "check mode"])
def test_who_does_not_wait_looks_no_further(
    options: dict[str, t.Any], emulator: Emulator, controller: Controller
) -> None:
    release = partly_failing(emulator)
    end_unwatched(emulator, controller, release)
    emulator.calls.clear()
    result = controller.run("deploy", **release, **options).result
    assert (result["changed"], "diagnosis" in result) == (False, False)
    assert [call.operation for call in emulator.calls] == ["GetDeploymentGroup", "GetApplicationRevision"]


@pytest.mark.parametrize("running", [True, False])
def test_a_failure_is_named_when_the_release_is_deployed_again(
    running: bool, emulator: Emulator, controller: Controller
) -> None:
    release = servers(emulator, SICK, {}, running=running)
    failed = end_unwatched(emulator, controller, {**release, "auto_rollback_configuration": {"enabled": False}})
    run = controller.run("deploy", **release)
    before = "s3://bundles/one.zip" if running else "no revision"
    assert run.result["reason"] == (
        f"the deployment group has {before}, since {failed} of this revision failed (HEALTH_CONSTRAINTS)"
    )
    assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded")
