# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments and their targets: the calls that create and read them, and the last deployments of a group.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import itertools
import typing as t

from .._aws.answers import check_token, named, pages
from .._aws.calls import aws_call, aws_find, error_code
from .._aws.shapes import resource_for_aws, resource_from_aws
from .._batches import batches
from .._errors import CodeDeployError
from .._parallel import ordered_map
from .._revisions.locations import Location
from .._validation import DEPLOYMENT_ID
from .progress import is_automatic

Deployment = dict[str, t.Any]
Target = dict[str, t.Any]

# BatchGetDeploymentTargets and BatchGetDeployments take 25 IDs each (botocore model).
TARGETS_A_CALL = 25
# A thousand targets take forty calls; one after the other, they would delay the explanation of a failure.
CALLS_AT_ONCE = 4
DEPLOYMENTS_A_CALL = 25

# The members for the last deployments of a group (botocore model: DeploymentGroupInfo, which requires neither).
LAST_ATTEMPTED, LAST_SUCCESSFUL = "last_attempted_deployment", "last_successful_deployment"

# AWS's status for a target of which it knows nothing (botocore model: TargetStatus).
UNKNOWN = {"status": "Unknown"}

# Members of CreateDeployment that other platforms refuse (botocore model: InvalidFileExistsBehaviorException and its like).
HOST_OPTIONS = ("file_exists_behavior", "ignore_application_stop_failures", "update_outdated_instances_only")

# The errors for a call that comes too late: the deployment, the lifecycle event, or one of the two waits is over.
OVER = (
    "DeploymentAlreadyCompletedException",
    "LifecycleEventAlreadyCompletedException",
    "DeploymentIsNotInReadyStateException",
    "InvalidDeploymentStatusException",
)


@aws_find("read the deployment")
def _get_deployment(client: t.Any, deployment_id: str) -> dict[str, t.Any] | None:
    return {"deploymentId": deployment_id, **client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]}


@aws_call("read the deployments")
def _batch_get_deployments(client: t.Any, deployment_ids: list[str]) -> list[dict[str, t.Any]]:
    answer = client.batch_get_deployments(deploymentIds=deployment_ids)
    return named(answer.get("deploymentsInfo", []), "deploymentId")


@aws_call("create the deployment")
def _create_deployment(client: t.Any, **members: t.Any) -> str:
    return str(client.create_deployment(**members)["deploymentId"])


@aws_call("stop the deployment")
def _stop_deployment(client: t.Any, deployment_id: str, **roll_back: bool) -> None:
    client.stop_deployment(deploymentId=deployment_id, **roll_back)


@aws_call("continue the deployment")
def _continue_deployment(client: t.Any, deployment_id: str, wait_type: str) -> None:
    client.continue_deployment(deploymentId=deployment_id, deploymentWaitType=wait_type)


@aws_call("report the lifecycle hook")
def _put_hook_status(client: t.Any, deployment_id: str, execution_id: str, status: str) -> None:
    client.put_lifecycle_event_hook_execution_status(
        deploymentId=deployment_id, lifecycleEventHookExecutionId=execution_id, status=status
    )


@aws_call("list the deployments")
def _list_deployments(client: t.Any, **filters: t.Any) -> list[str]:
    found = pages(client, "list_deployments", **filters)
    return [deployment_id for page in found for deployment_id in page.get("deployments", [])]


@aws_call("list the deployment's targets")
def _list_targets(client: t.Any, deployment_id: str, seen: set[str], **members: t.Any) -> dict[str, t.Any]:
    page = t.cast("dict[str, t.Any]", client.list_deployment_targets(deploymentId=deployment_id, **members))
    if page.get("nextToken"):
        check_token(page["nextToken"], seen)
    return page


@aws_call("read the deployment's targets")
def _batch_get_targets(client: t.Any, deployment_id: str, target_ids: list[str]) -> list[dict[str, t.Any]]:
    answer = client.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=target_ids)
    return list(answer.get("deploymentTargets", []))


def find_deployment(client: t.Any, deployment_id: str) -> Deployment | None:
    """Return the deployment as AWS describes it, in snake_case; None if there is none with this ID."""
    found = _get_deployment(client, deployment_id)
    return None if found is None else resource_from_aws(found)


def require_deployment(client: t.Any, deployment_id: str, option: str = "deployment_id") -> Deployment:
    """The deployment, which OPTION names. Raises CodeDeployError if it does not exist."""
    deployment = find_deployment(client, deployment_id)
    if deployment is None:
        raise CodeDeployError(f"{option}: there is no deployment {deployment_id!r} in {client.meta.region_name}")
    return deployment


def with_history(
    client: t.Any, group: dict[str, t.Any], members: t.Sequence[str] = (LAST_ATTEMPTED, LAST_SUCCESSFUL)
) -> dict[str, t.Any]:
    """Return GROUP with MEMBERS, its last deployments, and its target revision, looked up if AWS has omitted them.

    A group without any deployment looks the same, so its deployments must be listed.
    """
    untold = [member for member in members if not (group.get(member) or {}).get("deployment_id")]
    if untold:
        found = list_deployments(client, _history_filters(group, untold))
        succeeded = [deployment for deployment in found if deployment["status"] == "Succeeded"]
        newest = {LAST_ATTEMPTED: next(iter(found), None), LAST_SUCCESSFUL: next(iter(succeeded), None)}
        group = {**group, **{member: _as_last(newest[member]) for member in untold}}
    attempted, successful = group.get(LAST_ATTEMPTED), group.get(LAST_SUCCESSFUL)
    if attempted and not attempted.get("status"):
        group = {**group, LAST_ATTEMPTED: _as_last(find_deployment(client, attempted["deployment_id"]))}
    if successful and not group.get("target_revision"):
        deployed = find_deployment(client, successful["deployment_id"]) or {}
        group = {**group, "target_revision": deployed.get("revision")}
    return group


def _history_filters(group: dict[str, t.Any], untold: list[str]) -> dict[str, t.Any]:
    """Return the filters that find the members UNTOLD of GROUP; successful deployments may be only a few of all."""
    names = {name: group[name] for name in ("application_name", "deployment_group_name")}
    return names if LAST_ATTEMPTED in untold else {**names, "include_only_statuses": ["Succeeded"]}


def _as_last(deployment: Deployment | None) -> dict[str, t.Any] | None:
    """Return DEPLOYMENT in the form of a group's last deployments (botocore model: LastDeploymentInfo)."""
    if deployment is None:
        return None
    members = {"create_time": deployment.get("create_time"), "end_time": deployment.get("complete_time")}
    return {"deployment_id": deployment["deployment_id"], "status": deployment["status"], **members}


def last_requested(client: t.Any, group: dict[str, t.Any], member: str) -> Deployment | None:
    """Return the last deployment of GROUP that somebody requested, or that rolls back such a deployment; None if there is none.

    MEMBER is the member for the last deployment: LAST_ATTEMPTED or LAST_SUCCESSFUL.
    """
    last = find_deployment(client, group[member]["deployment_id"]) if group.get(member) else None
    if last is None or not is_automatic(last):
        return last
    filters = {name: group[name] for name in ("application_name", "deployment_group_name")}
    if member == LAST_SUCCESSFUL:
        return _newest_requested(client, {**filters, "include_only_statuses": ["Succeeded"]})
    # There may be thousands of deployments, but only a few since the last successful one.
    since = (group.get(LAST_SUCCESSFUL) or {}).get("create_time")
    recent = since and _newest_requested(client, {**filters, "create_time_range": {"start": since}})
    return recent or _newest_requested(client, filters)


def _newest_requested(client: t.Any, filters: dict[str, t.Any]) -> Deployment | None:
    return next((found for found in list_deployments(client, filters) if not is_automatic(found)), None)


def with_last_requested(client: t.Any, group: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return GROUP with the last requested deployment as its last attempted one. If that is the last successful one, nothing has to be read."""
    attempted, successful = group.get(LAST_ATTEMPTED), group.get(LAST_SUCCESSFUL)
    if not attempted or (successful and attempted["deployment_id"] == successful["deployment_id"]):
        return group
    return {**group, LAST_ATTEMPTED: last_requested(client, group, LAST_ATTEMPTED) or successful}


def group_of(deployment: Deployment) -> tuple[str, str]:
    """Return the names of the application and the deployment group of DEPLOYMENT. Raise CodeDeployError if AWS omits them."""
    for name in ("application_name", "deployment_group_name"):
        if name not in deployment:
            raise CodeDeployError(f"The response of AWS lacks the {name} of deployment {deployment['deployment_id']}")
    return deployment["application_name"], deployment["deployment_group_name"]


def find_in_flight(client: t.Any, deployment_id: str) -> Deployment | None:
    """Return a group's deployment in progress, with the deployment that it rolls back, if it is a rollback, in `undoes`."""
    found = find_deployment(client, deployment_id)
    undone = ((found or {}).get("rollback_info") or {}).get("rollback_triggering_deployment_id")
    return {**found, "undoes": find_deployment(client, undone)} if found and undone else found


def list_deployments(client: t.Any, filters: dict[str, t.Any]) -> list[Deployment]:
    """Return the deployments that match FILTERS (members of ListDeployments in snake_case, without those that are None), the newest first."""
    found = find_deployments(client, _list_deployments(client, **resource_for_aws(filters)))
    return sorted(found.values(), key=lambda deployment: str(deployment.get("create_time")), reverse=True)


def find_deployments(client: t.Any, deployment_ids: t.Collection[str]) -> dict[str, Deployment]:
    """Return the deployments by ID, each as AWS describes it, in snake_case, without those that do not exist."""
    ids = sorted(deployment_ids)
    infos = [info for batch in batches(ids, DEPLOYMENTS_A_CALL) for info in _batch_get_deployments(client, batch)]
    return {info["deploymentId"]: resource_from_aws(info) for info in infos}


def find_notable_targets(client: t.Any, deployment: Deployment) -> list[Target]:
    """Return the notable targets, at most 25: all of them if there are no more, else those that are running or have failed."""
    return find_targets(
        client, deployment["deployment_id"], _of_many(deployment, "Failed", "InProgress"), TARGETS_A_CALL
    )


def find_explaining_targets(client: t.Any, deployment: Deployment) -> list[Target]:
    """Return the targets that explain the outcome of a deployment: all of them if there are at most 25, else all that have failed."""
    return find_targets(client, deployment["deployment_id"], _of_many(deployment, "Failed"))


def _of_many(deployment: Deployment, *statuses: str) -> t.Collection[str]:
    """Return STATUSES if the deployment has more targets than one call reads, else none, which selects all targets."""
    return statuses if sum(deployment.get("deployment_overview", {}).values()) > TARGETS_A_CALL else ()


def find_targets(
    client: t.Any, deployment_id: str, statuses: t.Collection[str] = (), most: int | None = None
) -> list[Target]:
    """Return the targets with one of STATUSES (all, if there are none), at most MOST of them, in the order of their IDs.

    Each is flat, whatever the platform: target_id, target_type, status, lifecycle_events and AWS's other members. The list is empty until
    CodeDeploy has chosen the targets.
    """
    target_ids = itertools.islice(_target_ids(client, deployment_id, statuses), most)
    try:
        return read_targets(client, deployment_id, target_ids)
    except CodeDeployError as error:
        if error_code(error) == "DeploymentNotStartedException":
            return []
        raise


def read_targets(client: t.Any, deployment_id: str, target_ids: t.Iterable[str]) -> list[Target]:
    """Return the targets with these IDs, sorted by them, in the form of `find_targets`. They are read while TARGET_IDS are still being listed."""
    read = functools.partial(_batch_get_targets, client, deployment_id)
    answers = ordered_map(read, batches(target_ids, TARGETS_A_CALL), CALLS_AT_ONCE, 2 * CALLS_AT_ONCE)
    found = [target_from_aws(target) for answer in answers for target in answer]
    return sorted(found, key=lambda target: str(target["target_id"]))


def _target_ids(client: t.Any, deployment_id: str, statuses: t.Collection[str]) -> t.Iterator[str]:
    """Yield the IDs of the targets with one of STATUSES (all, if there are none); a page is only read when it is needed."""
    members: dict[str, t.Any] = {"targetFilters": {"TargetStatus": list(statuses)}} if statuses else {}
    seen: set[str] = set()
    while True:
        page = _list_targets(client, deployment_id, seen, **members)
        yield from page.get("targetIds", [])
        if not page.get("nextToken"):
            return
        members["nextToken"] = page["nextToken"]


def target_from_aws(target: dict[str, t.Any]) -> Target:
    """Return a DeploymentTarget without the level of its type: {"instanceTarget": {...}} becomes {"target_type": "InstanceTarget", ...}."""
    (name, members), *_others = [each for each in target.items() if isinstance(each[1], dict)] or [("", {})]
    kind = target.get("deploymentTargetType", f"{name[:1].upper()}{name[1:]}")
    flat = {"target_type": kind, "target_id": "unknown", **UNKNOWN, **resource_from_aws(members)}
    events = flat.get("lifecycle_events", [])
    flat["lifecycle_events"] = [{"lifecycle_event_name": "an event", **UNKNOWN, **event} for event in events]
    return flat


def create_deployment(
    client: t.Any, group: dict[str, t.Any], location: Location | None, options: dict[str, t.Any]
) -> str:
    """Create a deployment of LOCATION (None for a restart) to GROUP, and return its ID.

    OPTIONS are other members of CreateDeployment in snake_case, without those that are None, or that are for hosts if there are none.
    """
    names = {name: group[name] for name in ("application_name", "deployment_group_name")}
    taken = {
        name: value
        for name, value in options.items()
        if group["compute_platform"] == "Server" or name not in HOST_OPTIONS
    }
    return _create_deployment(client, **resource_for_aws({**names, "revision": location, **taken}))


def stop_deployment(client: t.Any, deployment_id: str, roll_back: bool | None) -> bool:
    """Stop the deployment, and ROLL_BACK or not (None: as its settings say). Return whether it was still in progress."""
    members = {} if roll_back is None else {"autoRollbackEnabled": roll_back}
    return _unless_over(lambda: _stop_deployment(client, deployment_id, **members))


def continue_deployment(client: t.Any, deployment_id: str, wait_type: str) -> bool:
    """End a wait (READY_WAIT or TERMINATION_WAIT) of the deployment. Return whether it was still waiting."""
    return _unless_over(lambda: _continue_deployment(client, deployment_id, wait_type))


def report_hook(client: t.Any, deployment_id: str, execution_id: str, status: str) -> bool:
    """Report the result of a hook of the deployment (Succeeded or Failed). Return whether its lifecycle event was still waiting for it."""
    return _unless_over(lambda: _put_hook_status(client, deployment_id, execution_id, status))


def _unless_over(call: t.Callable[[], None]) -> bool:
    """Make the CALL. Return False if it came too late."""
    try:
        call()
    except CodeDeployError as error:
        if error_code(error) in OVER:
            return False
        raise
    return True


def blocking_deployment(error: CodeDeployError) -> str | None:
    """Return the ID of the active deployment of the group that made CreateDeployment fail; None for any other error.

    Only the message has the ID, and its wording has changed before (observed in 2022), so this only relies on the form of the ID.
    """
    if error_code(error) != "DeploymentLimitExceededException":
        return None
    found = DEPLOYMENT_ID.search(str(error.exception))
    return found.group() if found else None
