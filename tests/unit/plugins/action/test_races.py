# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two tasks that ship to one deployment group at the same time: what the other one does happens at the very moment of one of this task's calls, before
that takes effect. Nothing overtakes a later release, nothing is deployed twice, and nothing that is about to be deployed is removed."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t
from unittest import mock

import pytest

from emulator import Emulator, Fault
from emulator.stages.servers import ROLE
from unit.controller import MODULE_SECONDS, Controller, TaskRun
from unit.releases import GROUP, SHOP, Options, s3_options, servers

UPLOAD, CREATION = "s3:PutObject", "codedeploy:CreateDeployment"
READ, LOOK = "codedeploy:GetDeploymentGroup", "codedeploy:GetDeployment"
PREPARATION = "codedeploy:GetApplicationRevision"
MINUTES = 600.0

Event = t.Callable[[], t.Any]


@contextlib.contextmanager
def meanwhile(emulator: Emulator, action: str, *events: Event) -> t.Iterator[None]:
    """Let each of EVENTS happen when a call of the IAM action ACTION arrives, one a call; calls that an event makes count for nothing."""
    meet, left, busy = emulator.faults.meet, list(events), [False]

    def met(called: str) -> Fault | None:
        if called == action and left and not busy[0]:
            busy[0] = True
            left.pop(0)()
            busy[0] = False
        return meet(called)

    with mock.patch.object(emulator.faults, "meet", met):
        yield
    assert not left


def bundle(path: pathlib.Path, content: str) -> Options:
    """The options of a task that ships a bundle with CONTENT."""
    path = path / content
    path.mkdir(exist_ok=True)
    (path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    (path / "content").write_text(content)
    return {**SHOP, "source": str(path), "s3_bucket": "bundles"}


def created(emulator: Emulator) -> int:
    """How many deployments there are besides the one that was there before the test."""
    return len(emulator.client("codedeploy").list_deployments(**GROUP)["deployments"]) - 1


def requested(emulator: Emulator) -> int:
    """How often a task has asked for a deployment; the first one was none of a task."""
    return [call.operation for call in emulator.calls].count("CreateDeployment") - 1


def target(emulator: Emulator) -> t.Any:
    return emulator.client("codedeploy").get_deployment_group(**GROUP)["deploymentGroupInfo"]["targetRevision"]


def key_of(run: TaskRun) -> str:
    return str(run.result["revision"]["s3_location"]["key"])


class Others:
    """The runs of another task."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.runs: list[TaskRun] = []

    def __call__(self, name: str = "deploy", **options: t.Any) -> Event:
        """An event: the task runs."""

        def event() -> None:
            self.runs.append(self._controller.run(name, **options))

        return event

    @property
    def deployment_id(self) -> str:
        """The deployment of the last run."""
        return str(self.runs[-1].result["deployment_id"])


@pytest.fixture
def others(controller: Controller) -> Others:
    return Others(controller)


def test_a_release_that_was_held_up_in_its_upload_does_not_overtake_a_later_one(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    with meanwhile(emulator, UPLOAD, others(**bundle(tmp_path, "later"), sequence=42)):
        result = controller.run("deploy", **bundle(tmp_path, "earlier"), sequence=41).result
    assert result["failed"] is True
    assert result["msg"].startswith(f"sequence: 41 is older than 42, which {others.deployment_id} has already deployed")
    assert (created(emulator), requested(emulator)) == (1, 1)
    assert target(emulator)["s3Location"]["key"] == key_of(others.runs[0])


@pytest.mark.parametrize("moment", [UPLOAD, "codedeploy:RegisterApplicationRevision"])
def test_a_bundle_that_another_task_has_deployed_meanwhile_is_not_deployed_twice(
    moment: str, emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    release = bundle(tmp_path, "same")
    with meanwhile(emulator, moment, others(**release)):
        result = controller.run("deploy", **release).result
    assert (result["changed"], result["deployment_id"]) == (False, others.deployment_id)
    assert result["reason"].startswith(f"already deployed by {others.deployment_id} at ")
    assert (created(emulator), requested(emulator)) == (1, 1)


@pytest.mark.parametrize(("moment", "requests"), [(UPLOAD, 1), (CREATION, 2)])
def test_a_deployment_of_the_same_bundle_that_another_task_has_created_meanwhile_is_followed(
    moment: str, requests: int, emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    release = bundle(tmp_path, "same")
    with meanwhile(emulator, moment, others(**release, wait=False)):
        run = controller.run("deploy", **release)
    assert (run.result["changed"], run.result["deployment_id"]) == (True, others.deployment_id)
    assert run.lines[-1].endswith(f"{others.deployment_id} Succeeded, 2 of 2 succeeded")
    assert (created(emulator), requested(emulator)) == (1, requests)


@pytest.mark.parametrize("moment", [UPLOAD, CREATION])
@pytest.mark.parametrize(
    ("mode", "ended", "deployments"), [("attach", None, 1), ("wait", "Succeeded", 2), ("stop", "Stopped", 2)]
)
def test_another_release_that_has_got_in_the_way_meanwhile_is_dealt_with_as_ever(
    mode: str,
    ended: str | None,
    deployments: int,
    moment: str,
    emulator: Emulator,
    controller: Controller,
    others: Others,
    tmp_path: pathlib.Path,
) -> None:
    servers(emulator)
    with meanwhile(emulator, moment, others(**bundle(tmp_path, "other"), wait=False)):
        run = controller.run("deploy", **bundle(tmp_path, "own"), if_in_progress=mode)
    assert created(emulator) == deployments
    if ended is None:
        assert f"has an active deployment {others.deployment_id} " in run.result["msg"]
        assert "set if_in_progress to wait or stop" in run.result["msg"]
    else:
        assert f"{others.deployment_id} {ended}" in run.output
        assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded")
        assert target(emulator)["s3Location"]["key"] == key_of(run)


def test_a_later_release_that_has_begun_meanwhile_is_not_stopped(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    with meanwhile(emulator, CREATION, others(**bundle(tmp_path, "later"), sequence=42, wait=False)):
        result = controller.run("deploy", **bundle(tmp_path, "earlier"), sequence=41, if_in_progress="stop").result
    assert f"sequence: 41 is older than 42, which {others.deployment_id} is deploying" in result["msg"]
    assert created(emulator) == 1
    assert "StopDeployment" not in [call.operation for call in emulator.calls]


@pytest.mark.parametrize("roll_back", [None, False])
def test_a_deployment_that_ends_before_it_is_stopped_is_not_waited_for(
    roll_back: bool | None, emulator: Emulator, controller: Controller
) -> None:
    """Its settings roll back what is stopped, but nobody stopped it, so no rollback is to be expected."""
    deployment_id = controller.run("deploy", **servers(emulator), wait=False).result["deployment_id"]
    ended = 0.0

    def end() -> None:
        nonlocal ended
        emulator.clock.advance(MINUTES)
        ended = emulator.clock.now()

    with meanwhile(emulator, "codedeploy:StopDeployment", end):
        result = controller.run("deployment", **SHOP, state="stopped", roll_back=roll_back).result
    assert (result["changed"], result["reason"]) == (False, f"{deployment_id} ended on its own")
    assert result["deployment"]["status"] == "Succeeded"
    assert emulator.clock.now() - ended == MODULE_SECONDS, "the deployment is looked at once"


def test_another_release_that_ends_before_it_is_looked_at_is_not_in_the_way(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    both_read_twice = 4 * [lambda: None]
    with (
        meanwhile(emulator, CREATION, others(**bundle(tmp_path, "other"), wait=False)),
        meanwhile(emulator, READ, *both_read_twice, lambda: emulator.clock.advance(MINUTES)),
    ):
        run = controller.run("deploy", **bundle(tmp_path, "own"))
    assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded")
    assert target(emulator)["s3Location"]["key"] == key_of(run)
    assert created(emulator) == 2


@pytest.mark.parametrize(
    ("hindrance", "outcome", "ends_with"),
    [
        (None, "was stopped and is rolled back.", "later"),
        ("denied", "could not be stopped (Failed to stop the deployment: ", "earlier"),
        ("late", "has ended already: deploy the later release again.", "earlier"),
    ],
)
def test_a_later_release_at_the_moment_of_the_creation_is_brought_back(
    hindrance: str | None,
    outcome: str,
    ends_with: str,
    emulator: Emulator,
    controller: Controller,
    others: Others,
    tmp_path: pathlib.Path,
) -> None:
    servers(emulator)
    earlier, later = bundle(tmp_path, "earlier"), bundle(tmp_path, "later")
    keys = {
        name: str(controller.run("deploy", check_mode=True, **options).result["bundle"]["digest"])
        for name, options in (("earlier", earlier), ("later", later))
    }
    if hindrance == "denied":
        emulator.faults.add(Fault("access_denied", "codedeploy:StopDeployment"))
    late = [lambda: emulator.clock.advance(MINUTES)] if hindrance == "late" else []
    with (
        meanwhile(emulator, CREATION, others(**later, sequence=42)),
        meanwhile(emulator, "codedeploy:StopDeployment", *late),
    ):
        result = controller.run("deploy", **earlier, sequence=41).result
    assert result["failed"] is True
    assert result["msg"].startswith(f"sequence: 41 is older than 42, which {others.deployment_id} has already deployed")
    assert outcome in result["msg"]
    emulator.clock.advance(MINUTES)
    assert keys[ends_with] in target(emulator)["s3Location"]["key"]


def test_an_earlier_release_at_the_moment_of_the_creation_is_followed_by_the_later_one(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    with meanwhile(emulator, CREATION, others(**bundle(tmp_path, "earlier"), sequence=41)):
        run = controller.run("deploy", **bundle(tmp_path, "later"), sequence=42)
    assert (run.result["changed"], "failed" in run.result) == (True, False)
    assert target(emulator)["s3Location"]["key"] == key_of(run)


def test_going_back_does_not_undo_what_was_shipped_meanwhile(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    bad = controller.run("deploy", **s3_options("two.zip")).result["deployment_id"]
    fixed = bundle(tmp_path, "fixed")
    with meanwhile(emulator, PREPARATION, others(**fixed)):
        result = controller.run("deploy", **SHOP, revision="previous").result
    assert result["failed"] is True
    assert result["msg"].startswith(f"revision: {others.deployment_id} was created while this task was looking")
    assert f"going back from {bad} would undo it as well" in result["msg"]
    assert target(emulator)["s3Location"]["key"] == key_of(others.runs[0])


@pytest.mark.parametrize(("moment", "wait"), [(PREPARATION, True), (PREPARATION, False), (CREATION, False)])
def test_two_tasks_that_go_back_at_the_same_time_go_back_once(
    moment: str, wait: bool, emulator: Emulator, controller: Controller, others: Others
) -> None:
    """What was created and has ended by the moment of the creation is found afterwards only."""
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"))
    back = {**SHOP, "revision": "previous"}
    with meanwhile(emulator, moment, others(**back, wait=wait)):
        result = controller.run("deploy", **back).result
    assert (result["changed"], result["deployment_id"]) == (not wait, others.deployment_id)
    assert (created(emulator), target(emulator)["s3Location"]["key"]) == (2, "one.zip")


def test_a_restart_tells_the_sequence_of_what_it_restarts(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"), sequence=41)
    release = others(**bundle(tmp_path, "later"), sequence=42)
    with meanwhile(emulator, LOOK, release):
        restart = controller.run("deploy", **SHOP, deployment_mode="RESTART").result["deployment_id"]
    info = emulator.client("codedeploy").get_deployment(deploymentId=restart)["deploymentInfo"]
    assert info["description"] == "[sequence 42]"
    assert controller.run("deploy", **bundle(tmp_path, "held up"), sequence=41).result["failed"] is True


@pytest.mark.parametrize("state", ["rolled_back", "restarted"])
def test_what_another_task_does_to_a_deployment_at_the_same_time_is_done_once(
    state: str, emulator: Emulator, controller: Controller, others: Others
) -> None:
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"))
    with meanwhile(emulator, CREATION, others("deployment", **SHOP, state=state, wait=False)):
        run = controller.run("deployment", **SHOP, state=state)
    assert run.result["deployment_id"] == others.deployment_id
    assert run.lines[-1].endswith(f"{others.deployment_id} Succeeded, 2 of 2 succeeded")
    assert created(emulator) == 2


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("rolled_back", "has been superseded by {}, which rolling it back would also undo"),
        ("restarted", "{} is Created: wait for it or stop it before restarting the application"),
    ],
)
def test_what_another_task_ships_at_the_same_time_is_in_the_way(
    state: str, message: str, emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    servers(emulator)
    controller.run("deploy", **s3_options("two.zip"))
    with meanwhile(emulator, CREATION, others(**bundle(tmp_path, "other"), wait=False)):
        result = controller.run("deployment", **SHOP, state=state).result
    assert message.format(others.deployment_id) in result["msg"]


def test_a_rollback_does_not_undo_what_was_shipped_while_the_revision_was_looked_for(
    emulator: Emulator, controller: Controller, others: Others, tmp_path: pathlib.Path
) -> None:
    """Where the last release was deployed twice, the one before it has to be looked for."""
    servers(emulator)
    for _time in "12":
        controller.run("deploy", **s3_options("two.zip"), force=True)
    with meanwhile(emulator, "codedeploy:ListDeployments", others(**bundle(tmp_path, "other"))):
        result = controller.run("deployment", **SHOP, state="rolled_back").result
    assert f"has been superseded by {others.deployment_id}, which rolling it back would also undo" in result["msg"]
    assert target(emulator)["s3Location"]["key"] == key_of(others.runs[0])


@pytest.mark.parametrize(("age", "spared", "removed"), [({}, 2, 0), ({"keep_younger_than": 0}, 0, 2)])
def test_a_bundle_that_another_task_is_about_to_deploy_is_not_removed(
    age: Options,
    spared: int,
    removed: int,
    emulator: Emulator,
    controller: Controller,
    others: Others,
    tmp_path: pathlib.Path,
) -> None:
    """Another group's run keeps one bundle, while this one's is uploaded, but CodeDeploy does not know that it will be deployed."""
    servers(emulator)
    emulator.client("codedeploy").create_deployment_group(
        **{**GROUP, "deploymentGroupName": "db"},
        serviceRoleArn=ROLE,
        onPremisesInstanceTagFilters=[{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}],
    )
    emulator.client("s3").put_object(Bucket="bundles", Key=f"shop/{0:064x}.zip", Body=b"")
    place = {**bundle(tmp_path, "other"), "deployment_group_name": "db"}
    with meanwhile(emulator, CREATION, others(**place, keep=1, **age)):
        run = controller.run("deploy", **bundle(tmp_path, "own"))
    result = others.runs[0].result
    assert (result["spared_bundles"], len(result["removed_bundles"])) == (spared, removed)
    stored = [each["Key"] for each in emulator.client("s3").list_objects_v2(Bucket="bundles")["Contents"]]
    assert (key_of(run) in stored) is bool(spared)
