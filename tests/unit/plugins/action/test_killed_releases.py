# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is killed, at whatever moment, and run again: the release is deployed once, and the second run ends as the first one would have.
The same where AWS is busy, loses answers and shows writes late.

Killed tasks are killed in two ways. Most end in this process: from the moment on, nothing that they do gets through to AWS any more, not even
what they do because of that, which is all that AWS gets to know of a kill. That this is so is shown by some that are processes, killed by signal 9.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import typing as t
from dataclasses import dataclass
from unittest import mock

import pytest
from botocore.httpsession import URLLib3Session

from emulator import Emulator, Fault
from emulator.hosts.outcomes import fail
from emulator.state import Deployment
from unit.controller import Controller, TaskRun
from unit.releases import GROUP, SHOP, Options, servers

LIMIT = 60.0
SICK = {"ValidateService": fail()}

# The first run as a process of its own. Its waiting takes no time: that it looks is what lets the emulator's time pass.
FIRST_RUN = """
import json, sys, types
from emulator import ManualClock
from unit.controller import Controller

environment, options = json.load(sys.stdin)
Controller(types.SimpleNamespace(clock=ManualClock(), environment=environment)).run("deploy", **options)
"""
SECONDS_A_LOOK = 5

Kill = t.Callable[[Emulator, Options, "Moment"], None]
"""Runs the task and kills it at a moment. Time stands still from then on."""


def deployments(emulator: Emulator) -> list[Deployment]:
    """All of them, the oldest first."""
    return list(emulator.state.region("123456789012", "us-east-1").deployments.values())


def is_half_done(emulator: Emulator) -> bool:
    """Whether the latest deployment is done on one host, and not on the other."""
    statuses = {target.status for target in deployments(emulator)[-1].targets.values()}
    return "Succeeded" in statuses and not statuses.isdisjoint({"Pending", "InProgress"})


def is_rolling_back(emulator: Emulator) -> bool:
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


AFTER_UPLOAD = Moment("after the upload", "s3:PutObject", "reset_after")
AFTER_CREATION = Moment("after the creation", "codedeploy:CreateDeployment", "reset_after")
DURING_WAIT = Moment("during the wait", "codedeploy:GetDeployment", "reset_before", is_half_done)
DURING_ROLLBACK = Moment("during the rollback", "codedeploy:GetDeployment", "reset_before", is_rolling_back)
MOMENTS = [
    Moment("before the upload", "s3:PutObject", "reset_before"),
    AFTER_UPLOAD,
    Moment("before the registration", "codedeploy:RegisterApplicationRevision", "reset_before"),
    Moment("after the registration", "codedeploy:RegisterApplicationRevision", "reset_after"),
    Moment("before the creation", "codedeploy:CreateDeployment", "reset_before"),
    AFTER_CREATION,
    DURING_WAIT,
]
TROUBLE = {
    "calm": [],
    "throttling": [Fault("throttling", "*:*", rate=0.3, seed=1)],
    "lost answers": [
        Fault("reset_after", "codedeploy:CreateDeployment", count=1),
        Fault("reset_after", "*:*", rate=0.2, seed=2),
    ],
    "late writes": [Fault("stale_reads", reads=2)],
}


class Killed(BaseException):
    """The task is no more. No code but a test's may notice."""


@pytest.fixture
def release(tmp_path: pathlib.Path) -> Options:
    """A release that was never shipped."""
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    return {**SHOP, "source": str(tmp_path), "s3_bucket": "bundles"}


def struck_at(emulator: Emulator, moment: Moment, strike: t.Callable[[], None], seconds_a_look: float = 0) -> t.Any:
    """A context in which the emulator calls STRIKE at MOMENT, and loses the call with which that comes. Each look may let time pass."""
    meet = emulator.faults.meet

    def met(action: str) -> Fault | None:
        if action == "codedeploy:GetDeployment":
            emulator.clock.advance(seconds_a_look)
        if action == moment.action and moment.when(emulator):
            strike()
            return Fault(moment.kind, action)
        return meet(action)

    return mock.patch.object(emulator.faults, "meet", met)


def end_first_run(emulator: Emulator, options: Options, moment: Moment) -> None:
    """Run the task in this process and let nothing through any more from MOMENT on."""
    dead, send = threading.Event(), URLLib3Session.send

    def send_while_alive(session: URLLib3Session, request: t.Any) -> t.Any:
        try:
            return None if dead.is_set() else send(session, request)
        finally:
            if dead.is_set():
                raise Killed

    with (
        struck_at(emulator, moment, dead.set),
        mock.patch.object(URLLib3Session, "send", send_while_alive),
        pytest.raises(Killed),
    ):
        Controller(emulator).run("deploy", **options)


def kill_first_run(emulator: Emulator, options: Options, moment: Moment) -> None:
    """Run the task in a process that is killed at MOMENT."""
    run = subprocess.Popen(
        [sys.executable, "-c", FIRST_RUN],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    with struck_at(emulator, moment, run.kill, SECONDS_A_LOOK):
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


def assert_explained(emulator: Emulator, run: TaskRun) -> None:
    """The second run tells why the only deployment since the one at the beginning failed, and what became of its rollback."""
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


def trouble_begins(emulator: Emulator, trouble: str) -> None:
    for fault in TROUBLE[trouble]:
        emulator.faults.add(fault)


def assert_mended(kill: Kill, moment: Moment, trouble: str, emulator: Emulator, release: Options) -> None:
    """A task that KILL ends at MOMENT, while there is TROUBLE, ends well when it is run again, and the next run finds nothing to do."""
    servers(emulator)
    trouble_begins(emulator, trouble)
    kill(emulator, release, moment)
    run = Controller(emulator).run("deploy", **release)
    emulator.faults.clear()
    assert run.result["changed"] is True
    assert_shipped_once(emulator, run)
    assert Controller(emulator).run("deploy", **release).result["changed"] is False


def assert_explained_after_all(kill: Kill, trouble: str, emulator: Emulator, release: Options) -> None:
    """A task that KILL ends during the rollback, while there is TROUBLE, tells what happened when it is run again."""
    servers(emulator, SICK, {})
    trouble_begins(emulator, trouble)
    kill(emulator, release, DURING_ROLLBACK)
    run = Controller(emulator).run("deploy", **release)
    emulator.faults.clear()
    assert_explained(emulator, run)


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_killed_task_that_is_run_again_ships_once(
    moment: Moment, trouble: str, emulator: Emulator, release: Options
) -> None:
    assert_mended(end_first_run, moment, trouble, emulator, release)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_task_that_is_killed_during_the_rollback_is_explained_when_it_is_run_again(
    trouble: str, emulator: Emulator, release: Options
) -> None:
    assert_explained_after_all(end_first_run, trouble, emulator, release)


@pytest.mark.parametrize("moment", [AFTER_UPLOAD, AFTER_CREATION, DURING_WAIT], ids=str)
def test_a_process_that_is_killed_ends_no_other_way(moment: Moment, emulator: Emulator, release: Options) -> None:
    assert_mended(kill_first_run, moment, "calm", emulator, release)


def test_nor_does_one_that_is_killed_during_the_rollback(emulator: Emulator, release: Options) -> None:
    assert_explained_after_all(kill_first_run, "calm", emulator, release)


@pytest.mark.parametrize("trouble", [trouble for trouble in TROUBLE if trouble != "calm"])
def test_a_failure_is_explained_where_aws_has_trouble(trouble: str, emulator: Emulator, release: Options) -> None:
    servers(emulator, SICK, {})
    trouble_begins(emulator, trouble)
    run = Controller(emulator).run("deploy", **release)
    _first, failed, rollback = deployments(emulator)
    assert run.result["msg"] == (
        f"Deployment {failed.deployment_id} failed (HEALTH_CONSTRAINTS). web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed). "
        f"Rollback {rollback.deployment_id} Succeeded, 2 of 2 succeeded."
    )
