# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups: which instances, and how to deploy to them."""

from __future__ import annotations

from typing import Any

from ..engine.auto_scaling_hooks import auto_scaling_groups_info, check_hook_limit, install_hooks, remove_hooks
from ..errors import ServiceError
from ..operations import Call
from ..state import Application, Deployment, DeploymentGroup, Members, Region
from . import lookup
from .group_settings import Proposal, check_settings, default_settings, given_settings, is_empty
from .paging import page
from .registry import operation
from .resource_tags import tags_from_members
from .revisions import shown_location

MOST_GROUPS = 1000
"""In an application (AWS user guide, limits)."""
MOST_IN_BATCH = 100


@operation("CreateDeploymentGroup")
def create_deployment_group(call: Call) -> dict[str, Any]:
    application = lookup.application(call.region, call.parameters["applicationName"])
    name = call.parameters["deploymentGroupName"]
    _check_free(application, name)
    if len(application.groups) >= MOST_GROUPS:
        message = f"The application already has {MOST_GROUPS} deployment groups."
        raise ServiceError("DeploymentGroupLimitExceededException", message)
    proposal = _proposal(call, application, None)
    tags = tags_from_members(call.parameters.get("tags", []), {})
    group = DeploymentGroup(application, name, proposal.settings, tags=tags)
    application.groups[name] = group
    install_hooks(call.region, group)
    return {"deploymentGroupId": group.group_id}


@operation("UpdateDeploymentGroup")
def update_deployment_group(call: Call) -> dict[str, Any]:
    """An omitted member is kept, a given one replaces the whole value.

    Whether tag filters can be exchanged for a tag set in one call without emptying the filters is unknown; here the
    result of both must be valid, so they must be emptied.
    """
    application = lookup.application(call.region, call.parameters["applicationName"])
    group = lookup.deployment_group(call.region, application.name, call.parameters["currentDeploymentGroupName"])
    new_name = call.parameters.get("newDeploymentGroupName", group.name)
    if new_name != group.name:
        _check_free(application, new_name)
    proposal = _proposal(call, application, group)
    del application.groups[group.name]
    group.name, group.settings = new_name, proposal.settings
    application.groups[new_name] = group
    return {"hooksNotCleanedUp": install_hooks(call.region, group)}


@operation("GetDeploymentGroup")
def get_deployment_group(call: Call) -> dict[str, Any]:
    names = call.parameters["applicationName"], call.parameters["deploymentGroupName"]
    return {"deploymentGroupInfo": _group_info(lookup.deployment_group(call.region, *names))}


@operation("BatchGetDeploymentGroups")
def batch_get_deployment_groups(call: Call) -> dict[str, Any]:
    """Missing groups are named in errorMessage: the model declares no error for them."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    names = call.parameters["deploymentGroupNames"]
    lookup.check_batch(names, MOST_IN_BATCH)
    missing = [name for name in names if name not in application.groups]
    return {
        "deploymentGroupsInfo": [_group_info(application.groups[name]) for name in names if name not in missing],
        "errorMessage": f"No Deployment Group found for name: {', '.join(missing)}" if missing else None,
    }


@operation("ListDeploymentGroups")
def list_deployment_groups(call: Call) -> dict[str, Any]:
    application = lookup.application(call.region, call.parameters["applicationName"])
    listing = f"groups {application.application_id}"
    names, token = page(list(application.groups), call.parameters.get("nextToken"), listing)
    return {"applicationName": application.name, "deploymentGroups": names, "nextToken": token}


@operation("DeleteDeploymentGroup")
def delete_deployment_group(call: Call) -> dict[str, Any]:
    """Deleting what does not exist succeeds: the model declares no error for it."""
    application = call.region.applications.get(call.parameters["applicationName"])
    group = application.groups.get(call.parameters["deploymentGroupName"]) if application else None
    return {"hooksNotCleanedUp": [] if group is None else forget_group(call.region, group)}


def forget_group(region: Region, group: DeploymentGroup) -> list[Members]:
    """Remove a group, its lifecycle hooks and the details of its finished deployments (AWS user guide, deployment-groups-delete),
    and return the Auto Scaling groups whose hooks could not be removed.

    A deployment that is not finished stays readable: the engine sees that its group is gone and fails it.
    """
    del group.application.groups[group.name]
    for deployment in list(region.deployments.values()):
        if deployment.group is group and deployment.finished:
            del region.deployments[deployment.deployment_id]
    return remove_hooks(region, group)


def _check_free(application: Application, name: str) -> None:
    if name in application.groups:
        raise ServiceError("DeploymentGroupAlreadyExistsException", f"Deployment group name already exists: {name}")


def _proposal(call: Call, application: Application, group: DeploymentGroup | None) -> Proposal:
    """What the request makes of the group, found to be valid."""
    given = given_settings(application, call.parameters)
    before = default_settings(application) if group is None else group.settings
    proposal = Proposal(call.region, application, given, {**before, **given}, group)
    check_settings(proposal)
    check_hook_limit(call.region, group, given.get("autoScalingGroups", []))
    return proposal


def _group_info(group: DeploymentGroup) -> dict[str, Any]:
    """As read back from the real service: filters that were never set are empty lists, tags and ARN do not appear."""
    return {
        "applicationName": group.application.name,
        "deploymentGroupId": group.group_id,
        "deploymentGroupName": group.name,
        "computePlatform": group.application.compute_platform,
        **_settings_read_back(group),
        "targetRevision": shown_location(group.target_revision),
        "lastSuccessfulDeployment": _last_deployment_info(group.last_successful),
        "lastAttemptedDeployment": _last_deployment_info(group.last_attempted),
    }


def _settings_read_back(group: DeploymentGroup) -> Members:
    never_set = {
        "ec2TagFilters": [],
        "onPremisesInstanceTagFilters": [],
        "triggerConfigurations": [],
        "terminationHookEnabled": False,
    }
    present = {name: value for name, value in group.settings.items() if not is_empty(value)}
    return never_set | present | {"autoScalingGroups": auto_scaling_groups_info(group)}


def _last_deployment_info(deployment: Deployment | None) -> dict[str, Any] | None:
    if deployment is None:
        return None
    return {
        "deploymentId": deployment.deployment_id,
        "status": deployment.status,
        "endTime": deployment.complete_time,
        "createTime": deployment.create_time,
    }
