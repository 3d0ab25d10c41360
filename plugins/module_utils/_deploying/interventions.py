# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be done to a deployment that exists: await it, end one of its waits, stop it, undo it.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, replace

from .._aws.calls import CodeDeployError
from .._deployment_groups.api import require_deployment_group
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
    last_asked,
    stop_deployment,
    with_history,
)
from .._deployments.progress import GOALS, has_ended, has_failures, is_shifted, is_unasked
from .._revisions.locations import place_of
from .decisions import description_with, require_restartable, restart_description, undone_id
from .earlier_revisions import revision_before

Resource = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

# botocore model: DeploymentWaitType
READY, TERMINATION = "READY_WAIT", "TERMINATION_WAIT"

# Members of a deployment that one of the revision before it is created with, too.
INHERITED = ("deployment_config_name", "file_exists_behavior", "ignore_application_stop_failures")


@dataclass(frozen=True)
class Outcome:
    """What was done, in words, and what is to be awaited: AWAITS is for the action plugin, None where there is nothing to wait for."""

    changed: bool
    reason: str
    deployment_id: str
    awaits: Resource | None = None


def _unchanged(deployment: Deployment) -> Outcome:
    deployment_id = deployment["deployment_id"]
    return Outcome(False, f"{deployment_id} has ended already ({deployment['status']})", deployment_id)


def _succeeded(deployment: Deployment) -> Outcome:
    """There is nothing left to wait for. If the deployment failed on some targets, it is looked at once more: nobody may have watched it."""
    outcome = _unchanged(deployment)
    awaits = _awaiting(outcome.deployment_id, "succeeded") if has_failures(deployment) else None
    return replace(outcome, awaits=awaits)


def _ended(deployment: Deployment) -> str:
    """How a deployment that has ended did so, after `it has`."""
    return "been stopped" if deployment["status"] == "Stopped" else str(deployment["status"]).lower()


def _awaiting(deployment_id: str, goal: str, **more: bool | None) -> Resource:
    return {"deployment_id": deployment_id, "goal": goal, **more}


def ensure_reached(goal: str, client: t.Any, deployment: Deployment, options: Options, check_mode: bool) -> Outcome:
    """Let the deployment be awaited to GOAL; one that has ended badly, too, since it is to be explained. Who does not wait is told so at once."""
    deployment_id = deployment["deployment_id"]
    if deployment["status"] == "Succeeded":
        return _succeeded(deployment)
    if has_ended(deployment) and not options["wait"] and not check_mode:
        code = deployment.get("error_information", {}).get("code", "no reason given")
        raise CodeDeployError(
            f"{deployment_id} has {_ended(deployment)} ({code}). With wait=true this task would explain it."
        )
    targets = [] if goal == "succeeded" else find_notable_targets(client, deployment)
    reached = not has_ended(deployment) and GOALS[goal](deployment, targets)
    reason = f"{deployment_id} is {deployment['status']}"
    return Outcome(False, reason, deployment_id, None if reached else _awaiting(deployment_id, goal))


def ensure_stopped(client: t.Any, deployment: Deployment, options: Options, check_mode: bool) -> Outcome:
    """Stop the deployment, unless it has ended."""
    deployment_id, roll_back = deployment["deployment_id"], options["roll_back"]
    if has_ended(deployment):
        return _unchanged(deployment)
    changed = check_mode or stop_deployment(client, deployment_id, roll_back)
    reason = f"{deployment_id} was stopped" if changed else f"{deployment_id} ended by itself"
    return Outcome(changed, reason, deployment_id, _awaiting(deployment_id, "stopped", roll_back=roll_back))


def ensure_continued(client: t.Any, deployment: Deployment, options: Options, check_mode: bool) -> Outcome:
    """End the wait that is meant, or the one that the deployment is in; if that has not begun, have it awaited and come back."""
    deployment_id, meant = deployment["deployment_id"], options["deployment_wait_type"]
    if deployment["status"] == "Succeeded":
        return _succeeded(deployment)
    _require_waits(deployment)
    wait_type = _wait_of(client, deployment)
    if wait_type is None or (wait_type, meant) == (READY, TERMINATION):
        goal = "traffic_shifted" if meant == TERMINATION else "ready"
        reason = f"{deployment_id} does not wait for that yet"
        return Outcome(False, reason, deployment_id, _awaiting(deployment_id, goal, again=True))
    if meant not in (None, wait_type):
        reason = f"{deployment_id} has been continued already"
        return Outcome(False, reason, deployment_id, _awaiting(deployment_id, "succeeded"))
    changed = check_mode or continue_deployment(client, deployment_id, wait_type)
    reason = f"{deployment_id} was continued" if changed else f"{deployment_id} went on by itself"
    return Outcome(changed, reason, deployment_id, _awaiting(deployment_id, "succeeded"))


def _require_waits(deployment: Deployment) -> None:
    """Raise CodeDeployError if DEPLOYMENT waits for nothing and never will."""
    deployment_id = deployment["deployment_id"]
    if has_ended(deployment):
        error = deployment.get("error_information", {}).get("code", "no reason given")
        raise CodeDeployError(f"{deployment_id} cannot be continued: it has {_ended(deployment)} ({error})")
    if (deployment.get("deployment_style") or {}).get("deployment_type") != "BLUE_GREEN":
        raise CodeDeployError(
            f"{deployment_id} cannot be continued: only blue/green deployments wait, and it is in place"
        )


def _wait_of(client: t.Any, deployment: Deployment) -> str | None:
    """What the deployment waits for, as ContinueDeployment calls it; None if it waits for nothing."""
    if deployment["status"] == "Ready":
        return READY
    return TERMINATION if is_shifted(deployment, find_notable_targets(client, deployment)) else None


def ensure_rolled_back(client: t.Any, deployment: Deployment, _options: Options, check_mode: bool) -> Outcome:
    """Have the deployment group get back the revision that it had before the deployment."""
    deployment_id = deployment["deployment_id"]
    if not has_ended(deployment):
        changed = check_mode or stop_deployment(client, deployment_id, roll_back=True)
        reason = f"{deployment_id} was stopped, to be rolled back"
        return Outcome(changed, reason, deployment_id, _awaiting(deployment_id, "stopped", roll_back=True))
    if is_unasked(deployment):
        raise CodeDeployError(
            f"{deployment_id} cannot be rolled back: AWS made it by itself ({deployment['creator']}), and it brought hosts what the group had. "
            "Name the deployment group in place of the deployment to have its last release rolled back."
        )
    group = _group_of(client, deployment)
    return _undone_already(client, deployment, group) or _deploy_previous(client, deployment, group, check_mode)


def _undone_already(client: t.Any, deployment: Deployment, group: Resource) -> Outcome | None:
    """How it is with what rolls back DEPLOYMENT: CodeDeploy's own rollback, or one of an earlier task; None if there is none, or it failed.

    Raises CodeDeployError if GROUP, which has just been read, has had another deployment since, which would be undone with it.
    """
    if (group[LAST_ATTEMPTED] or deployment)["deployment_id"] == deployment["deployment_id"]:
        return None
    latest = last_asked(client, group, LAST_ATTEMPTED) or deployment
    return _rolled_back_by(latest, deployment)


def _rolled_back_by(latest: Deployment, deployment: Deployment) -> Outcome | None:
    """The same, where LATEST is the group's last deployment."""
    deployment_id, latest_id = deployment["deployment_id"], latest["deployment_id"]
    if latest_id == deployment_id:
        return None
    if undone_id(latest) != deployment_id:
        raise CodeDeployError(
            f"{deployment_id} was followed by {latest_id}, which rolling it back would undo as well. "
            f"Roll back {latest_id}, or deploy the revision you want with slipway.codedeploy.deploy."
        )
    if latest["status"] in ("Failed", "Stopped"):
        return None
    reason = f"{deployment_id} is rolled back by {latest_id} ({latest['status']})"
    is_done = latest["status"] == "Succeeded" and not has_failures(latest)
    return Outcome(False, reason, latest_id, None if is_done else _awaiting(latest_id, "succeeded"))


def _deploy_previous(client: t.Any, deployment: Deployment, group: Resource, check_mode: bool) -> Outcome:
    """Create a deployment of the revision that GROUP had before DEPLOYMENT, which has ended.

    Looking for that may take long, so the group is read again.
    """
    deployment_id, previous = deployment["deployment_id"], revision_before(client, group, deployment)
    reason = f"{deployment_id} is rolled back to {place_of(previous)}"
    if check_mode:
        return Outcome(True, reason, deployment_id)
    if undone := _undone_already(client, deployment, _group_of(client, deployment)):
        return undone
    members = {
        **{name: deployment.get(name) for name in INHERITED},
        "description": description_with(None, undone=deployment_id),
    }
    try:
        new_id = create_deployment(client, group, previous, members)
    except CodeDeployError as error:
        undone = _rolled_back_by(_faster(client, error), deployment)
        if undone is None:
            raise
        return undone
    return Outcome(True, reason, new_id, _awaiting(new_id, "succeeded"))


def _faster(client: t.Any, error: CodeDeployError) -> Deployment:
    """The deployment of another run that was created first. Raises ERROR, of CreateDeployment, if there is none."""
    blocking = blocking_deployment(error)
    found = find_deployment(client, blocking) if blocking else None
    if found is None:
        raise error
    return found


def ensure_restarted(client: t.Any, deployment: Deployment, _options: Options, check_mode: bool) -> Outcome:
    """Restart what the group's last successful deployment brought; DEPLOYMENT is its last one. A restart in flight is awaited."""
    deployment_id, group = deployment["deployment_id"], _group_of(client, deployment)
    if not has_ended(deployment):
        return _restarted_by(deployment)
    require_restartable(group)
    reason = f"{place_of(group.get('target_revision'))} is restarted"
    if check_mode:
        return Outcome(True, reason, deployment_id)
    restarted = last_asked(client, group, LAST_SUCCESSFUL) or {}
    members = {"deployment_mode": "RESTART", "description": restart_description(None, restarted)}
    try:
        new_id = create_deployment(client, group, None, members)
    except CodeDeployError as error:
        return _restarted_by(_faster(client, error))
    return Outcome(True, reason, new_id, _awaiting(new_id, "succeeded"))


def _restarted_by(in_flight: Deployment) -> Outcome:
    """Let the deployment IN_FLIGHT be awaited. Raises CodeDeployError if it is no restart."""
    deployment_id = in_flight["deployment_id"]
    if in_flight.get("deployment_mode") != "RESTART":
        raise CodeDeployError(
            f"{deployment_id} is {in_flight['status']}: await or stop it before the application is restarted"
        )
    return Outcome(False, f"{deployment_id} restarts already", deployment_id, _awaiting(deployment_id, "succeeded"))


def _group_of(client: t.Any, deployment: Deployment) -> Resource:
    """The group of DEPLOYMENT as it is now."""
    return with_history(client, require_deployment_group(client, *group_of(deployment)))


ENSURE: dict[str, t.Callable[[t.Any, Deployment, Options, bool], Outcome]] = {
    **{goal: functools.partial(ensure_reached, goal) for goal in ("succeeded", "ready", "traffic_shifted")},
    "continued": ensure_continued,
    "stopped": ensure_stopped,
    "rolled_back": ensure_rolled_back,
    "restarted": ensure_restarted,
}
"""How each state is brought about: by the client, the deployment, the module's options, and whether it is check mode."""
