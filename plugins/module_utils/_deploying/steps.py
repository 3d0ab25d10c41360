# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of `deploy`: find the group and the release, store it, create the deployment, decide again where time has passed.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._aws.calls import Connect
from .._deployment_configs.api import predicted_deployment_config, require_deployment_config
from .._deployment_groups.api import predicted_deployment_group, require_deployment_group, target_instances
from .._deployment_groups.forms import alarms
from .._deployments.api import (
    LAST_ATTEMPTED,
    LAST_SUCCESSFUL,
    Deployment,
    blocking_deployment,
    create_deployment,
    find_deployment,
    find_in_flight,
    last_requested,
    stop_deployment,
    with_history,
    with_last_requested,
)
from .._deployments.options import waiting_options
from .._deployments.progress import is_automatic, last_duration
from .._errors import CodeDeployError
from .._releases.options import source_options
from .._releases.releases import Begun, Release, find_registration, store_release, wanted_release
from .._releases.retention import remove_bundles
from .._releases.rules import check_platform
from .._revisions.api import register_revision
from .._revisions.locations import Location
from .decisions import Decision, active_deployment_id, check_sequence, decide, review, still_in_flight
from .descriptions import description_with, restart_description, sequence_of, undone_id
from .earlier_revisions import named_revision
from .options import MEMBERS

Params = dict[str, t.Any]
Group = dict[str, t.Any]


# How often a deployment is created, where each time another run is faster, and its deployment has ended before it could be read.
CREATIONS = 3


def read_group(client: t.Any, params: Params) -> Group:
    """The deployment group as it is now. Raises CodeDeployError if there is none."""
    return with_history(
        client, require_deployment_group(client, params["application_name"], params["deployment_group_name"])
    )


def require_place(client: t.Any, params: Params) -> tuple[Group, list[str]]:
    """The deployment group, and no warnings. Raises CodeDeployError if it, or the deployment config, does not exist."""
    group = read_group(client, params)
    if params["deployment_config_name"]:
        require_deployment_config(client, params["deployment_config_name"], group["compute_platform"])
    return group, []


def assume_place(client: t.Any, params: Params) -> tuple[Group, list[str]]:
    """The same for check mode: a group or config that does not exist is assumed to be created by an earlier task, with a warning."""
    group = predicted_deployment_group(client, params["application_name"], params["deployment_group_name"])
    warnings = list(group.pop("warnings", []))
    if "deployment_group_name" in group:
        group = with_history(client, group)
    if params["deployment_config_name"]:
        warnings += predicted_deployment_config(client, params["deployment_config_name"], group["compute_platform"])
    return group, warnings


def find_release(connect: Connect, params: Params, group: Group, begun: Begun | None) -> Release:
    """The release to deploy to GROUP; its bundle, if it has a source, was BEGUN before.

    Raises InvalidOption or CodeDeployError if it cannot be made, found, or deployed there."""
    if params["deployment_mode"] == "RESTART":
        restarted = last_requested(connect("codedeploy"), group, LAST_SUCCESSFUL)
        return Release(group.get("target_revision") or {}, restarted=restarted or {})
    named = named_revision(connect("codedeploy"), params["application_name"], group, params["revision"])
    params = {**params, "revision": named.revision}
    check_platform(group["compute_platform"], source_options(params))
    release = wanted_release(connect, params, group["compute_platform"], begun)
    return replace(release, undone=named.undone)


def last_release(client: t.Any, group: Group) -> Deployment:
    """The group's last successful deployment; what it undid, if it went back and tells no sequence of its own. Empty if there is none."""
    deployment = last_requested(client, group, LAST_SUCCESSFUL) or {}
    undone = undone_id(deployment)
    if undone and sequence_of(deployment) is None:
        return find_deployment(client, undone) or {}
    return deployment


def check_order(client: t.Any, params: Params, group: Group) -> None:
    """Raise CodeDeployError if `sequence` says that the release is older than the group's last one."""
    if params["sequence"] is not None:
        check_sequence(params["sequence"], last_release(client, group))


def check_stop(params: Params, in_flight: Deployment, decision: Decision) -> None:
    """Raise CodeDeployError if DECISION would stop the deployment IN_FLIGHT, and `sequence` says that it is of a later release."""
    if decision.action == "stop" and params["sequence"] is not None:
        check_sequence(params["sequence"], in_flight)


def decided(client: t.Any, params: Params, group: Group, release: Release, blocking: str | None = None) -> Decision:
    """Decide what brings RELEASE to GROUP, which has just been read. BLOCKING is the id of a deployment that AWS says it is busy with.

    The one place of that decision: before anything is written, and again before the deployment is created, since an upload may take long. Raises
    CodeDeployError if another deployment is in the way, or was of a later release.
    """
    busy, wanted, mode = blocking or active_deployment_id(group), release.identity, params["if_in_progress"]
    in_flight = still_in_flight(find_in_flight(client, busy), wanted, mode) if busy else None
    if in_flight is None or is_automatic(in_flight):
        group = with_last_requested(client, group)
    decision = decide(group, in_flight, wanted, params["force"], mode)
    if decision.action != "none":
        check_order(client, params, group)
    if in_flight is not None:
        check_stop(params, in_flight, decision)
    return decision


def described(params: Params, release: Release) -> str | None:
    """The deployment's description, with the markers that later runs read."""
    if release.restarted is not None:
        return restart_description(params["description"], release.restarted, params["sequence"])
    return description_with(params["description"], params["sequence"], release.undone)


def store(connect: Connect, release: Release, params: Params) -> Location:
    """Put RELEASE where the hosts find it, register it with the application, and return its location."""
    if release.restarts:
        return release.location
    client, name = connect("codedeploy"), params["application_name"]
    known = find_registration(client, name, release)
    location = store_release(connect, release)
    if known is None:
        register_revision(client, name, location, params["description"])
    return location


def check_undone(client: t.Any, before: Group, group: Group, release: Release) -> None:
    """Raise CodeDeployError if RELEASE goes back from the last release, and GROUP has had another one since it was read as BEFORE."""
    if release.undone is None or before[LAST_ATTEMPTED] == group[LAST_ATTEMPTED]:
        return
    last, latest = (last_requested(client, each, LAST_ATTEMPTED) or {} for each in (before, group))
    if last.get("deployment_id") != latest.get("deployment_id"):
        raise CodeDeployError(
            f"revision: {latest['deployment_id']} was created while this task was looking for the previous revision, and going back from "
            f"{release.undone} would undo it as well. Run the task again to go back from {latest['deployment_id']}."
        )


def check_overtaken(client: t.Any, params: Params, before: Group, created: str) -> None:
    """Raise CodeDeployError if a later release was deployed between the time when the group was read as BEFORE and that when the deployment
    CREATED was. That one is stopped, and CodeDeploy rolls it back to the later release."""
    if params["sequence"] is None:
        return
    try:
        group = read_group(client, params)
        overtaken = last_release(client, group) if group[LAST_SUCCESSFUL] != before[LAST_SUCCESSFUL] else {}
    except CodeDeployError as error:
        text = f"{created} was created and goes on; run this task again to follow it. {error.message}"
        raise CodeDeployError(text, error.exception) from error
    try:
        check_sequence(params["sequence"], overtaken)
    except CodeDeployError as error:
        raise CodeDeployError(f"{error.message} {withdrawn(client, created)}") from error


def withdrawn(client: t.Any, deployment_id: str) -> str:
    """Stop the deployment and have it rolled back. Returns the outcome, for the user."""
    created = f"{deployment_id}, which this task created at that moment,"
    try:
        if stop_deployment(client, deployment_id, roll_back=True):
            return f"{created} was stopped and is rolled back."
    except CodeDeployError as error:
        return f"{created} could not be stopped ({error.message}: {error.exception}): stop it, or deploy the later release again."
    return f"{created} has ended already: deploy the later release again."


def create(
    connect: Connect,
    params: Params,
    before: Group,
    release: Release,
    location: Location,
    blocking: str | None = None,
    left: int = CREATIONS,
) -> Decision:
    """Decide again, and create the deployment, if that is still to be done; the group was read as BEFORE when that was decided.

    If another run is faster, BLOCKING becomes its deployment, and it is decided once more, while there are tries LEFT.
    """
    client = connect("codedeploy")
    group = read_group(client, params)
    if release.restarts:  # whatever the group has by now
        release = find_release(connect, params, group, None)
    decision = decided(client, params, group, release, blocking)
    if decision.action in ("none", "attach"):
        return decision
    check_undone(client, before, group, release)
    if decision.action != "create":
        return decision
    members = {
        **{name: params[name] for name in MEMBERS},
        "description": described(params, release),
        "override_alarm_configuration": params["override_alarm_configuration"]
        and alarms(params["override_alarm_configuration"]),
        "target_instances": params["target_instances"] and target_instances(params["target_instances"]),
    }
    try:
        created = create_deployment(client, group, None if release.restarts else location, members)
    except CodeDeployError as error:
        blocking = blocking_deployment(error)
        if blocking is None or left == 1:
            raise
        return create(connect, params, before, release, location, blocking, left - 1)
    check_overtaken(client, params, group, created)
    return replace(decision, deployment_id=created)


@dataclass(frozen=True)
class Rollout:
    """A run before and after it was carried out: its decision, where the revision is, whether the run STARTS something, the bundles it removes because
    they are EXPIRED, and the options by which the action plugin follows the deployment (None if it does not)."""

    decision: Decision
    location: Location
    starts: bool
    expired: list[str]
    waiting: dict[str, t.Any] | None = None

    @property
    def changed(self) -> bool:
        """Whether the run changes anything."""
        return self.starts or bool(self.expired)


def plan_rollout(decision: Decision, location: Location, params: Params, expired: list[str]) -> Rollout:
    """The rollout that DECISION leads to. A run that waits for another deployment first deploys afterwards."""
    return Rollout(decision, location, decision.action == "wait" or is_change(decision, params["wait"]), expired)


def carry_out(
    connect: Connect, params: Params, group: Group, release: Release, warnings: list[str], planned: Rollout
) -> Rollout:
    """Do what is PLANNED for GROUP, and return what was done. WARNINGS tell what could not be removed."""
    decision, location = planned.decision, planned.location
    if decision.action == "create":
        location = store(connect, release, params)
        decision = create(connect, params, group, release, location)
    if decision.action == "stop":
        stop_deployment(connect("codedeploy"), str(decision.deployment_id), params["roll_back_stopped"])
    if decision.action == "none" and params["wait"]:
        decision = review(decision, find_deployment(connect("codedeploy"), str(decision.deployment_id)))
    expired = remove_expired(connect, params, planned.expired, warnings)
    return Rollout(decision, location, is_change(decision, params["wait"]), expired, waiting_options(params))


def awaits_of(decision: Decision, group: Group, params: Params) -> dict[str, t.Any] | None:
    """The deployment that the action plugin follows; None for none. How long the GROUP's last deployment took tells it when to poll."""
    if decision.action == "none":
        return None
    if decision.action in ("wait", "stop"):
        roll_back = params["roll_back_stopped"] if decision.action == "stop" else None
        return {"deployment_id": decision.deployment_id, "goal": "stopped", "roll_back": roll_back, "again": True}
    goal = params["wait_for"]
    return {"deployment_id": decision.deployment_id, "goal": goal, "previous_seconds": last_duration(group)}


def readied_group(group: Group, params: Params) -> Group:
    """GROUP with the options that override its settings for this deployment."""
    override, fleet = params["override_alarm_configuration"], params["target_instances"]
    return {
        **group,
        **({"alarm_configuration": alarms(override)} if override else {}),
        **({"target_instances": fleet} if fleet else {}),
    }


def bundle_facts(release: Release, decision: Decision) -> dict[str, t.Any] | None:
    """The bundle as it is returned; it is uploaded only to be deployed. None for a release that was made elsewhere."""
    facts = release.facts
    return facts and {**facts, "uploaded": facts["uploaded"] and decision.action == "create"}


def remove_expired(connect: Connect, params: Params, expired: list[str], warnings: list[str]) -> list[str]:
    """Remove the bundles EXPIRED and return what was removed. What cannot be removed is added to WARNINGS: there may be a deployment to follow."""
    try:
        return remove_bundles(connect, params, expired)
    except CodeDeployError as error:
        warnings.append(": ".join(str(part) for part in (error.message, error.exception) if part))
        return []


def reason_of(decision: Decision, release: Release) -> str:
    """The reason for DECISION, for the user."""
    return f"{decision.reason} (back from {release.undone})" if release.undone else decision.reason


def is_change(decision: Decision, wait: bool) -> bool:
    """Whether DECISION changes something. Finding the deployment already in progress does not, unless the task follows it to its end."""
    return decision.action in ("create", "stop") or (decision.action == "attach" and wait)
