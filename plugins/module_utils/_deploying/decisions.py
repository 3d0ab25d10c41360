# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions of a run of `deploy`, given the wanted release and what the deployment group has. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._deployments.progress import ACTIVE, has_ended, has_failures, is_automatic
from .._errors import CodeDeployError
from .._revisions.locations import Location, is_same_release, place_of
from .descriptions import sequence_of

Resource = dict[str, t.Any]


# The end of a deployment, by its status, in words that follow its id.
FAILED = {"Failed": "failed", "Stopped": "was stopped"}
ENDED = {**FAILED, "Succeeded": "succeeded"}


@dataclass(frozen=True)
class Decision:
    """The next step of a run: ACTION is a word of ACTIONS; REASON is for the user; DEPLOYMENT_ID the deployment it is about, if any."""

    action: str
    reason: str
    deployment_id: str | None = None


ACTIONS = ("none", "review", "create", "attach", "wait", "stop")
"""Do nothing; report the end of the deployment that has done it; create a deployment; follow the one in progress; wait for it, or stop it, and decide again."""


def decide(
    group: Resource, in_flight: Resource | None, wanted: Location | None, force: bool, if_in_progress: str
) -> Decision:
    """Decide what to do so that GROUP (see `with_last_requested`) runs WANTED; None is a restart of what it runs. IN_FLIGHT is the group's active deployment.

    Raises CodeDeployError if that is in the way, or there is nothing to restart. Where nothing is to be done, a deployment that brings new hosts
    what the group has is not in the way.
    """
    if in_flight is not None and not is_automatic(in_flight):
        return decide_beside(in_flight, wanted, if_in_progress)
    decision = _decide_idle(group, wanted, force)
    if in_flight is None or decision.action == "none":
        return decision
    return decide_beside(in_flight, wanted, if_in_progress)


def _decide_idle(group: Resource, wanted: Location | None, force: bool) -> Decision:
    """Decide what to do so that GROUP runs WANTED, if nothing is in progress."""
    if wanted is None:
        require_restartable(group)
        return Decision("create", f"{place_of(group.get('target_revision'))} is restarted")
    last = group.get("last_successful_deployment")
    attempted = group.get("last_attempted_deployment") or last or {}
    if not last or not is_same_release(wanted, group.get("target_revision")):
        reason = f"the deployment group has {place_of(group.get('target_revision'))}"
        return Decision("create", f"{reason}{_failure_before(attempted, wanted)}")
    if attempted["deployment_id"] != last["deployment_id"]:
        return Decision(
            "create",
            f"a later deployment, {attempted['deployment_id']}, {ENDED.get(attempted['status'], attempted['status'])} after this revision was deployed",
        )
    if force:
        return Decision("create", f"force: the deployment group has this revision already, by {last['deployment_id']}")
    at = f" at {last['end_time']}" if last.get("end_time") else ""
    return Decision("none", f"already deployed by {last['deployment_id']}{at}", last["deployment_id"])


def _failure_before(attempted: Resource, wanted: Location) -> str:
    """The failure of ATTEMPTED (see `with_last_requested`), if it was of WANTED, since nobody may have watched it. Empty if it did not fail."""
    ended = FAILED.get(attempted.get("status", ""))
    if not ended or not is_same_release(wanted, attempted.get("revision")):
        return ""
    code = (attempted.get("error_information") or {}).get("code")
    return f", since {attempted['deployment_id']} of this revision {ended}{f' ({code})' if code else ''}"


def require_restartable(group: Resource) -> None:
    """Raise CodeDeployError if what GROUP runs cannot be restarted (botocore model: CreateDeploymentInput, deploymentMode)."""
    if not group.get("last_successful_deployment"):
        raise CodeDeployError("The deployment group has had no successful deployment, so there is nothing to restart.")
    if group["compute_platform"] != "Server" or group["deployment_style"]["deployment_type"] != "IN_PLACE":
        raise CodeDeployError(
            f"{group['deployment_group_name']!r} cannot be restarted: restarts need compute platform Server and IN_PLACE, but it is "
            f"{group['compute_platform']} and {group['deployment_style']['deployment_type']}."
        )


def _brings(deployment: Resource, wanted: Location | None) -> bool:
    """Whether DEPLOYMENT brings WANTED to all hosts; None is a restart."""
    if is_automatic(deployment):
        return False
    if wanted is None:
        return deployment.get("deployment_mode") == "RESTART"
    return is_same_release(wanted, deployment.get("revision"))


def review(decision: Decision, last: Resource | None) -> Decision:
    """DECISION, to do nothing since LAST has deployed the revision, or a report of LAST if it failed on some targets: nobody may have watched it."""
    if last is None or is_automatic(last) or not has_failures(last):
        return decision
    rest = f"but not to {last['deployment_overview']['failed']} of its targets"
    reason = f"{decision.reason}, {rest}: force=true with update_outdated_instances_only=true deploys to those"
    return Decision("review", reason, decision.deployment_id)


def still_in_flight(found: Resource | None, wanted: Location | None, if_in_progress: str) -> Resource | None:
    """FOUND, the deployment that a group was busy with (see `find_in_flight`), if it counts; None if it has ended since.

    One that is to be followed counts anyway: the run has to report how it ended.
    """
    if found is None or not has_ended(found):
        return found
    return found if if_in_progress != "fail" and _followed(found, wanted) else None


def _followed(in_flight: Resource, wanted: Location | None) -> Decision | None:
    """The decision to follow IN_FLIGHT, if it is of WANTED, or the deployment that it rolls back, if that one is; None if neither is."""
    deployment_id = in_flight["deployment_id"]
    if _brings(in_flight, wanted):
        return Decision("attach", f"{deployment_id} of this revision is already in progress", deployment_id)
    undone = in_flight.get("undoes") or {}
    if _brings(undone, wanted):
        reason = f"{undone['deployment_id']} of this revision is being rolled back by {deployment_id}"
        return Decision("attach", reason, undone["deployment_id"])
    return None


def decide_beside(in_flight: Resource, wanted: Location | None, if_in_progress: str) -> Decision:
    """Decide what to do while the group's deployment IN_FLIGHT (see `find_in_flight`) is active: follow it if it is of WANTED, such as the one
    of a run that was killed, or if it rolls such a one back. WANTED is None for a restart.

    Raises CodeDeployError if it is in the way, and IF_IN_PROGRESS (the option of the module `deploy`) does not say what to do about it. A
    rollback is never stopped: it repairs the group.
    """
    deployment_id = in_flight["deployment_id"]
    followed = _followed(in_flight, wanted)
    if followed and if_in_progress != "fail":
        return followed
    what = f"{deployment_id} of {place_of(in_flight.get('revision'))}"
    rolls_back = in_flight.get("creator") == "codeDeployRollback"
    if if_in_progress == "wait" or (if_in_progress == "stop" and rolls_back):
        return Decision("wait", f"waiting for {what}, which is still in progress", deployment_id)
    if if_in_progress == "stop":
        return Decision("stop", f"stopping {what}, which is still in progress", deployment_id)
    raise CodeDeployError(_in_the_way(in_flight, wanted))


def _in_the_way(in_flight: Resource, wanted: Location | None) -> str:
    if _brings(in_flight, wanted):
        consequence, way_out = "which already is the requested revision", "attach"
    else:
        what = f"{place_of(wanted)} cannot be deployed" if wanted else "nothing can be restarted"
        consequence, way_out = f"so {what} now", "wait or stop"
    return (
        f"The deployment group {in_flight.get('deployment_group_name')!r} has an active deployment {in_flight['deployment_id']} "
        f"({in_flight['status']}, by {in_flight.get('creator', 'user')}) of {place_of(in_flight.get('revision'))}, {consequence}. "
        f"Wait for it to finish, or set if_in_progress to {way_out}."
    )


def check_sequence(sequence: int, last: Resource) -> None:
    """Raise CodeDeployError if LAST, a deployment of the group, was of a later release than SEQUENCE."""
    deployed = sequence_of(last)
    if deployed is not None and sequence < deployed:
        does = "is deploying" if last.get("status") in ACTIVE else "has already deployed"
        raise CodeDeployError(
            f"sequence: {sequence} is older than {deployed}, which {last['deployment_id']} {does}. Omit sequence to deploy it anyway."
        )


def active_deployment_id(group: Resource) -> str | None:
    """The id of the deployment that GROUP is busy with; None if it is idle."""
    last = group.get("last_attempted_deployment") or {}
    return last["deployment_id"] if last.get("status") in ACTIVE else None
