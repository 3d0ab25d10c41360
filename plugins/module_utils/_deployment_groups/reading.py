# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The deployment group as a task sees it, and what it builds on: its application and its deployment config.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._applications import find_application, require_application
from .._aws.calls import Connect
from .._aws.tags import find_tags
from .._deployment_configs.api import find_deployment_config, predicted_deployment_config, require_deployment_config
from .._errors import CodeDeployError
from .._plan import Resource
from .api import find_deployment_group, find_deployment_groups
from .forms import MISSING_HOOKS
from .scaling_hooks import groups_without_hooks

Params = dict[str, t.Any]


def find_by_names(client: t.Any, params: Params) -> Resource | None:
    """The deployment group by its name, or by its new name if it has that already. Raises CodeDeployError if there are two."""
    application, name, new_name = (
        params[option] for option in ("application_name", "deployment_group_name", "new_deployment_group_name")
    )
    if new_name is None:
        return find_deployment_group(client, application, name)
    found = find_deployment_groups(client, application, [name, new_name])
    if len(found) > 1:
        raise CodeDeployError(
            f"new_deployment_group_name: {name!r} cannot become {new_name!r}, because the application {application!r} has a deployment group of "
            "that name too. Use another name, or delete one of them first."
        )
    return found[0] if found else None


def find(connect: Connect, params: Params, arn_prefix: str) -> Resource | None:
    """The deployment group with all that PARAMS make worth knowing: its tags, if there is an ARN_PREFIX, and which lifecycle hooks are missing."""
    client = connect("codedeploy")
    found = find_by_names(client, params)
    if found and arn_prefix:
        found["tags"] = find_tags(client, f"{arn_prefix}{found['application_name']}/{found['deployment_group_name']}")
    if found and params["reinstall_missing_hooks"]:
        found[MISSING_HOOKS] = groups_without_hooks(connect("autoscaling"), found["auto_scaling_hooks"])
    return found


def require_owner(client: t.Any, params: Params, _warnings: list[str]) -> Resource:
    """The application of a group that is to be created. Raises CodeDeployError if it does not exist."""
    return require_application(client, params["application_name"])


def assume_owner(client: t.Any, params: Params, warnings: list[str]) -> Resource:
    """The same for check mode. A missing application is assumed to be one for the platform that the group's options suggest, with one of WARNINGS."""
    name = params["application_name"]
    application = find_application(client, name)
    if application:
        return application
    config_name = params["deployment_config_name"]
    config = find_deployment_config(client, config_name) if config_name else None
    platform = config["compute_platform"] if config else "ECS" if params["ecs_services"] else "Server"
    warnings.append(
        f"There is no application {name!r} yet. Assuming that another task creates it, for compute platform {platform}."
    )
    return {"compute_platform": platform}


def require_config(client: t.Any, name: str, platform: str, _warnings: list[str]) -> None:
    """Raise CodeDeployError if there is no deployment config NAME for the compute PLATFORM."""
    require_deployment_config(client, name, platform)


def assume_config(client: t.Any, name: str, platform: str, warnings: list[str]) -> None:
    """The same for check mode. A missing deployment config is only told of in WARNINGS."""
    warnings += predicted_deployment_config(client, name, platform)
