# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is killed, at whatever moment, and run again: the release is deployed once, and the second run ends as the first one would have.
The same where AWS is busy, loses answers and shows writes late."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from unittest import mock

import pytest

from emulator import Emulator, Fault
from emulator.hosts.outcomes import fail
from emulator.state import Deployment
from unit.controller import Controller, TaskRun
from unit.releases import GROUP, SHOP, Options, servers

LIMIT = 60.0
SICK = {"ValidateService": fail()}

# The first run is a process of its own. Its waiting takes no time: that it looks is what lets the emulator's time pass.
FIRST_RUN = """
import json, sys, types
from emulator import ManualClock
from unit.controller import Controller

environment, options = json.load(sys.stdin)
Controller(types.SimpleNamespace(clock=ManualClock(), environment=environment)).run("deploy", **options)
"""
SECONDS_A_LOOK = 5


def deployments(emulator: Emulator) -> list[Deployment]:
    """All of them, the oldest first."""
    return list(emulator.state.region("123456789012", "us-east-1").deployments.values())


def is_half_done(emulator: Emulator) -> bool:
    """Whether the latest deployment is done on one host, and not on the other."""
    statuses = [target.status for target in deployments(emulator)[-1].targets.values()]
    return "Succeeded" in statuses and "Pending" in statuses


def is_rolled_back(emulator: Emulator) -> bool:
    """Whether the latest deployment is a rollback that is half done."""
    return deployments(emulator)[-1].creator == "codeDeployRollback" and is_half_done(emulator)


@dataclass(frozen=True)
class Moment:
    """The task is killed when a call of ACTION arrives, which takes effect if KIND is reset_after, and the emulator is as WHEN says."""

    name: str
    action: str
    kind: t.Literal["reset_before", "reset_after"]
    when: t.Callable[[Emulator], bool] = lambda _emulator: True

    def __str__(self) -> str:
        return self.name


BEFORE_CREATION = Moment("before the creation", "codedeploy:CreateDeployment", "reset_before")
AFTER_CREATION = Moment("after the creation", "codedeploy:CreateDeployment", "reset_after")
DURING_THE_WAIT = Moment("during the wait", "codedeploy:GetDeployment", "reset_before", is_half_done)
DURING_THE_ROLLBACK = Moment("during the rollback", "codedeploy:GetDeployment", "reset_before", is_rolled_back)
MOMENTS = [
    Moment("before the upload", "s3:PutObject", "reset_before"),
    Moment("after the upload", "s3:PutObject", "reset_after"),
    Moment("before the registration", "codedeploy:RegisterApplicationRevision", "reset_before"),
    Moment("after the registration", "codedeploy:RegisterApplicationRevision", "reset_after"),
    BEFORE_CREATION,
    AFTER_CREATION,
    DURING_THE_WAIT,
]
TROUBLE = {
    "throttling": [Fault("throttling", "*:*", rate=0.3, seed=1)],
    "lost answers": [
        Fault("reset_after", "codedeploy:CreateDeployment", count=1),
        Fault("reset_after", "*:*", rate=0.2, seed=2),
    ],
    "late writes": [Fault("stale_reads", reads=2)],
}


@pytest.fixture
def release(tmp_path: pathlib.Path) -> Options:
    """A release that was never shipped."""
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return {**SHOP, "source": str(tmp_path), "s3_bucket": "bundles"}


def kill_first_run(emulator: Emulator, options: Options, moment: Moment) -> None:
    """Run the task in a process that is killed at MOMENT. Time stands still from then on."""
    meet = emulator.faults.meet
    run = subprocess.Popen(
        [sys.executable, "-c", FIRST_RUN],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def strike(action: str) -> Fault | None:
        if run.returncode is not None:
            return meet(action)
        if action == "codedeploy:GetDeployment":
            emulator.clock.advance(SECONDS_A_LOOK)
        if action != moment.action or not moment.when(emulator):
            return meet(action)
        os.kill(run.pid, signal.SIGKILL)
        return Fault(moment.kind, action)

    with mock.patch.object(emulator.faults, "meet", strike):
        output, _nothing = run.communicate(json.dumps([emulator.environment, options]), timeout=LIMIT)
    assert run.returncode == -signal.SIGKILL, output


def assert_shipped_once(emulator: Emulator, run: TaskRun) -> None:
    """The second run tells of success, and the group has had one deployment since the one at the beginning."""
    assert not run.result.get("failed"), run
    _first, shipped = deployments(emulator)
    assert (shipped.deployment_id, shipped.status) == (run.result["deployment_id"], "Succeeded")
    assert run.lines[-1].endswith(f"{shipped.deployment_id} Succeeded, 2 of 2 succeeded")
    group = emulator.client("codedeploy").get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert group["targetRevision"] == shipped.revision
    stored = emulator.client("s3").list_objects_v2(Bucket="bundles", Prefix="shop/")["Contents"]
    assert [each["Key"] for each in stored] == [shipped.revision["s3Location"]["key"]]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_killed_task_that_is_run_again_ships_once(
    moment: Moment, emulator: Emulator, controller: Controller, release: Options
) -> None:
    servers(emulator)
    kill_first_run(emulator, release, moment)
    run = controller.run("deploy", **release)
    assert run.result["changed"] is True
    assert_shipped_once(emulator, run)
    assert controller.run("deploy", **release).result["changed"] is False


def test_a_task_that_is_killed_during_the_rollback_is_explained_when_it_is_run_again(
    emulator: Emulator, controller: Controller, release: Options
) -> None:
    servers(emulator, SICK, {})
    kill_first_run(emulator, release, DURING_THE_ROLLBACK)
    run = controller.run("deploy", **release)
    _first, failed, rollback = deployments(emulator)
    diagnosis = run.result["diagnosis"]
    assert (run.result["failed"], diagnosis["deployment_id"]) == (True, failed.deployment_id)
    assert (
        run.result["reason"]
        == f"{failed.deployment_id} of this revision is being rolled back by {rollback.deployment_id}"
    )
    assert (diagnosis["rollback"]["deployment_id"], diagnosis["rollback"]["status"]) == (
        rollback.deployment_id,
        "Succeeded",
    )
    assert "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)" in run.lines


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("moment", [BEFORE_CREATION, AFTER_CREATION, DURING_THE_WAIT], ids=str)
def test_the_same_where_aws_has_trouble(
    moment: Moment, trouble: str, emulator: Emulator, controller: Controller, release: Options
) -> None:
    servers(emulator)
    for fault in TROUBLE[trouble]:
        emulator.faults.add(fault)
    kill_first_run(emulator, release, moment)
    run = controller.run("deploy", **release)
    emulator.faults.clear()
    assert_shipped_once(emulator, run)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_failure_is_explained_where_aws_has_trouble(
    trouble: str, emulator: Emulator, controller: Controller, release: Options
) -> None:
    servers(emulator, SICK, {})
    for fault in TROUBLE[trouble]:
        emulator.faults.add(fault)
    run = controller.run("deploy", **release)
    _first, failed, rollback = deployments(emulator)
    assert run.result["msg"] == (
        f"Deployment {failed.deployment_id} failed (HEALTH_CONSTRAINTS). web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed). "
        f"Rollback {rollback.deployment_id} Succeeded, 2 of 2 succeeded."
    )
