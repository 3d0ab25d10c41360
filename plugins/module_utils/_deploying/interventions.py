# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interventions in a deployment that exists: wait for it, end one of its waits, stop it, roll it back, restart what it brought.

Each is planned as a pure value and then carried out.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, replace

from .._deployment_groups.api import find_deployment_group, require_deployment_group
from .._deployments.api import (
    LAST_ATTEMPTED,
    LAST_SUCCESSFUL,
    Deployment,
    blocking_deployment,
    continue_deployment,
    create_deployment,
    find_deployment,
    find_notable_targets,
    group_of,
    last_requested,
    stop_deployment,
    with_history,
)
from .._deployments.progress import GOALS, has_ended, has_failures, is_automatic, is_shifted, last_duration
from .._errors import CodeDeployError
from .._revisions.locations import Location, place_of
from .decisions import require_restartable
from .descriptions import description_with, restart_description, undone_id
from .earlier_revisions import revision_before

Resource = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

# botocore model: DeploymentWaitType
READY, TERMINATION = "READY_WAIT", "TERMINATION_WAIT"

# Members of a deployment that its rollback is created with, too.
INHERITED = ("deployment_config_name", "file_exists_behavior", "ignore_application_stop_failures")


@dataclass(frozen=True)
class Stop:
    """Stop the deployment, with a rollback or not (None: as its settings say). TOO_LATE is the reason if it has ended meanwhile."""

    deployment_id: str
    roll_back: bool | None
    too_late: str


@dataclass(frozen=True)
class Continue:
    """End the wait of the deployment. TOO_LATE is the reason if it has continued meanwhile."""

    deployment_id: str
    wait_type: str
    too_late: str


@dataclass(frozen=True)
class RollBack:
    """Deploy to GROUP the revision that it had before DEPLOYMENT, which has ended."""

    deployment: Deployment
    group: Resource
    previous: Location


@dataclass(frozen=True)
class Restart:
    """Restart what GROUP runs."""

    group: Resource


Step: t.TypeAlias = "Stop | Continue | RollBack | Restart"


@dataclass(frozen=True)
class Intervention:
    """An intervention in a deployment, and the reason for it.

    STEP is what writes, None if nothing does. AWAITS tells the action plugin what to follow, None if there is nothing to wait for. FAILURE is
    what the task fails with when this is carried out.
    """

    reason: str
    deployment_id: str
    awaits: Resource | None = None
    step: Step | None = None
    failure: str | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is written."""
        return self.step is not None


def _unchanged(deployment: Deployment) -> Intervention:
    deployment_id = deployment["deployment_id"]
    return Intervention(f"{deployment_id} has ended already ({deployment['status']})", deployment_id)


def _succeeded(deployment: Deployment) -> Intervention:
    """Nothing to wait for. A deployment that failed on some targets is followed once more: nobody may have watched it."""
    intervention = _unchanged(deployment)
    awaits = _awaiting(intervention.deployment_id, "succeeded") if has_failures(deployment) else None
    return replace(intervention, awaits=awaits)


def _ended(deployment: Deployment) -> str:
    """The end of a deployment in words that follow `it has`."""
    return "been stopped" if deployment["status"] == "Stopped" else str(deployment["status"]).lower()


def _awaiting(deployment_id: str, goal: str, **more: bool | None) -> Resource:
    return {"deployment_id": deployment_id, "goal": goal, **more}


def plan_wait(goal: str, client: t.Any, deployment: Deployment, options: Options) -> Intervention:
    """Follow the deployment to GOAL, even one that has failed, to explain it. A task that does not wait fails at once."""
    deployment_id = deployment["deployment_id"]
    if deployment["status"] == "Succeeded":
        return _succeeded(deployment)
    targets = [] if goal == "succeeded" or has_ended(deployment) else find_notable_targets(client, deployment)
    reached = not has_ended(deployment) and GOALS[goal](deployment, targets)
    return Intervention(
        f"{deployment_id} is {deployment['status']}",
        deployment_id,
        None if reached else _awaiting(deployment_id, goal),
        failure=_failure(deployment) if has_ended(deployment) and not options["wait"] else None,
    )


def _failure(deployment: Deployment) -> str:
    code = deployment.get("error_information", {}).get("code", "no reason given")
    return f"{deployment['deployment_id']} has {_ended(deployment)} ({code}). Set wait=true to get a diagnosis."


def plan_stop(_client: t.Any, deployment: Deployment, options: Options) -> Intervention:
    """Stop the deployment, unless it has ended."""
    deployment_id, roll_back = deployment["deployment_id"], options["roll_back"]
    if has_ended(deployment):
        return _unchanged(deployment)
    step = Stop(deployment_id, roll_back, f"{deployment_id} ended on its own")
    awaits = _awaiting(deployment_id, "stopped", roll_back=roll_back)
    return Intervention(f"{deployment_id} was stopped", deployment_id, awaits, step)


def plan_continuation(client: t.Any, deployment: Deployment, options: Options) -> Intervention:
    """End the given wait, or the one that the deployment is in. If that has not begun, wait for it and plan again."""
    deployment_id, meant = deployment["deployment_id"], options["deployment_wait_type"]
    if deployment["status"] == "Succeeded":
        return _succeeded(deployment)
    _require_waits(deployment)
    wait_type = _wait_of(client, deployment)
    if wait_type is None or (wait_type, meant) == (READY, TERMINATION):
        goal = "traffic_shifted" if meant == TERMINATION else "ready"
        reason = f"{deployment_id} has not reached that wait yet"
        return Intervention(reason, deployment_id, _awaiting(deployment_id, goal, again=True))
    awaits = _awaiting(deployment_id, "succeeded")
    if meant not in (None, wait_type):
        return Intervention(f"{deployment_id} has been continued already", deployment_id, awaits)
    step = Continue(deployment_id, wait_type, f"{deployment_id} continued on its own")
    return Intervention(f"{deployment_id} was continued", deployment_id, awaits, step)


def _require_waits(deployment: Deployment) -> None:
    """Raise CodeDeployError if DEPLOYMENT waits for nothing and never will."""
    deployment_id = deployment["deployment_id"]
    if has_ended(deployment):
        error = deployment.get("error_information", {}).get("code", "no reason given")
        raise CodeDeployError(f"{deployment_id} cannot be continued: it has {_ended(deployment)} ({error})")
    if (deployment.get("deployment_style") or {}).get("deployment_type") != "BLUE_GREEN":
        raise CodeDeployError(
            f"{deployment_id} cannot be continued: it is an in-place deployment, and only blue/green deployments wait"
        )


def _wait_of(client: t.Any, deployment: Deployment) -> str | None:
    """The wait that the deployment is in, as ContinueDeployment calls it; None if it is in none."""
    if deployment["status"] == "Ready":
        return READY
    return TERMINATION if is_shifted(deployment, find_notable_targets(client, deployment)) else None


def plan_rollback(client: t.Any, deployment: Deployment, _options: Options) -> Intervention:
    """Bring back the revision that the deployment group had before the deployment."""
    deployment_id = deployment["deployment_id"]
    if not has_ended(deployment):
        reason = f"{deployment_id} was stopped, to be rolled back"
        awaits = _awaiting(deployment_id, "stopped", roll_back=True)
        return Intervention(reason, deployment_id, awaits, Stop(deployment_id, True, reason))
    if is_automatic(deployment):
        raise CodeDeployError(
            f"{deployment_id} cannot be rolled back: AWS created it automatically ({deployment['creator']}) to bring new hosts up to date. "
            "To roll back the last release, name the deployment group instead."
        )
    group = _group_of(client, deployment)
    if undone := _undone_already(client, deployment, group):
        return undone
    previous = revision_before(client, group, deployment)
    reason = f"{deployment_id} is rolled back to {place_of(previous)}"
    return Intervention(reason, deployment_id, step=RollBack(deployment, group, previous))


def _undone_already(client: t.Any, deployment: Deployment, group: Resource) -> Intervention | None:
    """Follow what already rolls back DEPLOYMENT: CodeDeploy's own rollback, or one of an earlier task; None if there is none, or it failed.

    Raises CodeDeployError if GROUP, which has just been read, has had another deployment since, which would be undone with it.
    """
    if (group[LAST_ATTEMPTED] or deployment)["deployment_id"] == deployment["deployment_id"]:
        return None
    latest = last_requested(client, group, LAST_ATTEMPTED) or deployment
    return _rolled_back_by(latest, deployment)


def _rolled_back_by(latest: Deployment, deployment: Deployment) -> Intervention | None:
    """The same, where LATEST is the group's last deployment."""
    deployment_id, latest_id = deployment["deployment_id"], latest["deployment_id"]
    if latest_id == deployment_id:
        return None
    if undone_id(latest) != deployment_id:
        raise CodeDeployError(
            f"{deployment_id} has been superseded by {latest_id}, which rolling it back would also undo. "
            f"Roll back {latest_id}, or deploy the revision you want with slipway.codedeploy.deploy."
        )
    if latest["status"] in ("Failed", "Stopped"):
        return None
    reason = f"{deployment_id} is rolled back by {latest_id} ({latest['status']})"
    is_done = latest["status"] == "Succeeded" and not has_failures(latest)
    return Intervention(reason, latest_id, None if is_done else _awaiting(latest_id, "succeeded"))


def _faster(client: t.Any, error: CodeDeployError) -> Deployment:
    """The deployment of another run that was created first. Raises ERROR, of CreateDeployment, if there is none."""
    blocking = blocking_deployment(error)
    found = find_deployment(client, blocking) if blocking else None
    if found is None:
        raise error
    return found


def plan_restart(client: t.Any, deployment: Deployment, _options: Options) -> Intervention:
    """Restart what the group's last successful deployment brought; DEPLOYMENT is its last one. A restart in progress is followed."""
    deployment_id, group = deployment["deployment_id"], _group_of(client, deployment)
    if not has_ended(deployment):
        return _restarted_by(deployment)
    require_restartable(group)
    return Intervention(f"{place_of(group.get('target_revision'))} is restarted", deployment_id, step=Restart(group))


def _restarted_by(in_flight: Deployment) -> Intervention:
    """Follow the deployment IN_FLIGHT. Raises CodeDeployError if it is not a restart."""
    deployment_id = in_flight["deployment_id"]
    if in_flight.get("deployment_mode") != "RESTART":
        raise CodeDeployError(
            f"{deployment_id} is {in_flight['status']}: wait for it or stop it before restarting the application"
        )
    return Intervention(
        f"a restart is already in progress: {deployment_id}", deployment_id, _awaiting(deployment_id, "succeeded")
    )


def _group_of(client: t.Any, deployment: Deployment) -> Resource:
    """The group of DEPLOYMENT as it is now."""
    return with_history(client, require_deployment_group(client, *group_of(deployment)))


PLANS: dict[str, t.Callable[[t.Any, Deployment, Options], Intervention]] = {
    **{goal: functools.partial(plan_wait, goal) for goal in ("succeeded", "ready", "traffic_shifted")},
    "continued": plan_continuation,
    "stopped": plan_stop,
    "rolled_back": plan_rollback,
    "restarted": plan_restart,
}
"""How each state is reached: by the client, which only reads, the deployment, and the module's options."""


def carry_out(client: t.Any, planned: Intervention) -> Intervention:
    """Take the step of PLANNED, and return what was done: without a step, if it came too late."""
    step = planned.step
    if planned.failure:
        raise CodeDeployError(planned.failure)
    if isinstance(step, Stop):
        in_time = stop_deployment(client, step.deployment_id, step.roll_back)
        return planned if in_time else replace(planned, reason=step.too_late, step=None)
    if isinstance(step, Continue):
        in_time = continue_deployment(client, step.deployment_id, step.wait_type)
        return planned if in_time else replace(planned, reason=step.too_late, step=None)
    if isinstance(step, RollBack):
        return _roll_back(client, planned, step)
    return _restart(client, planned, step) if step else planned


def _roll_back(client: t.Any, planned: Intervention, step: RollBack) -> Intervention:
    """Create the deployment that rolls back. Looking for its revision may have taken long, so the group is read again."""
    if undone := _undone_already(client, step.deployment, _group_of(client, step.deployment)):
        return undone
    members = {
        **{name: step.deployment.get(name) for name in INHERITED},
        "description": description_with(None, undone=planned.deployment_id),
    }
    try:
        new_id = create_deployment(client, step.group, step.previous, members)
    except CodeDeployError as error:
        undone = _rolled_back_by(_faster(client, error), step.deployment)
        if undone is None:
            raise
        return undone
    return replace(planned, deployment_id=new_id, awaits=_awaiting(new_id, "succeeded"))


def _restart(client: t.Any, planned: Intervention, step: Restart) -> Intervention:
    """Create the deployment that restarts."""
    restarted = last_requested(client, step.group, LAST_SUCCESSFUL) or {}
    members = {"deployment_mode": "RESTART", "description": restart_description(None, restarted)}
    try:
        new_id = create_deployment(client, step.group, None, members)
    except CodeDeployError as error:
        return _restarted_by(_faster(client, error))
    return replace(planned, deployment_id=new_id, awaits=_awaiting(new_id, "succeeded"))


def usual_seconds(client: t.Any, deployment: Deployment) -> float | None:
    """The duration of the last successful deployment to the group of DEPLOYMENT, by which the action plugin polls; None if unknown."""
    application, group = (deployment.get(name) for name in ("application_name", "deployment_group_name"))
    found = find_deployment_group(client, application, group) if application and group else None
    return last_duration(found or {})
