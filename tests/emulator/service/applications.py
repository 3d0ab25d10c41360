# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications: names for groups and revisions; all that changes in one is its name and its tags."""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..state import Application, Region
from . import lookup
from .deployment_groups import forget_group
from .paging import page
from .registry import operation
from .resource_tags import tags_from_members

MOST_APPLICATIONS = 1000
"""In an account and region (AWS user guide, limits)."""
MOST_IN_BATCH = 100


@operation("CreateApplication")
def create_application(call: Call) -> dict[str, Any]:
    name = call.parameters["applicationName"]
    _check_free(call.region, name)
    if len(call.region.applications) >= MOST_APPLICATIONS:
        message = f"There are already {MOST_APPLICATIONS} applications in this account and region."
        raise ServiceError("ApplicationLimitExceededException", message)
    platform = call.parameters.get("computePlatform", "Server")
    tags = tags_from_members(call.parameters.get("tags", []), {})
    created = Application(name, platform, call.region.clock.now(), tags=tags)
    call.region.applications[name] = created
    return {"applicationId": created.application_id}


@operation("GetApplication")
def get_application(call: Call) -> dict[str, Any]:
    return {"application": _application_info(lookup.application(call.region, call.parameters["applicationName"]))}


@operation("BatchGetApplications")
def batch_get_applications(call: Call) -> dict[str, Any]:
    names = call.parameters["applicationNames"]
    lookup.check_batch(names, MOST_IN_BATCH)
    return {"applicationsInfo": [_application_info(lookup.application(call.region, name)) for name in names]}


@operation("ListApplications")
def list_applications(call: Call) -> dict[str, Any]:
    names, token = page(list(call.region.applications), call.parameters.get("nextToken"), "applications")
    return {"applications": names, "nextToken": token}


@operation("UpdateApplication", required=("applicationName", "newApplicationName"))
def update_application(call: Call) -> None:
    """Rename; a new name equal to the old one is taken, as any other existing name is (the strictest reading)."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    new_name = call.parameters["newApplicationName"]
    _check_free(call.region, new_name)
    del call.region.applications[application.name]
    application.name = new_name
    call.region.applications[new_name] = application


@operation("DeleteApplication")
def delete_application(call: Call) -> None:
    """Its groups go with it. Deleting what does not exist succeeds: the model declares no error for it."""
    application = call.region.applications.pop(call.parameters["applicationName"], None)
    if application is not None:
        for group in list(application.groups.values()):
            forget_group(call.region, group)


def _check_free(region: Region, name: str) -> None:
    if name in region.applications:
        raise ServiceError("ApplicationAlreadyExistsException", f"Application already exists: {name}")


def _application_info(application: Application) -> dict[str, Any]:
    return {
        "applicationId": application.application_id,
        "applicationName": application.name,
        "createTime": application.create_time,
        "linkedToGitHub": False,
        "computePlatform": application.compute_platform,
    }
