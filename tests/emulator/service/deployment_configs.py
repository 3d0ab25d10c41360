# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs: never changed, only made and deleted."""

from __future__ import annotations

from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..predefined_configs import PREFIX
from ..state import DeploymentConfig, DeploymentGroup, Region
from . import lookup
from .config_rules import check_content
from .paging import page
from .registry import operation

MOST_CUSTOM_CONFIGS = 50
"""In an account (newer AWS user guide, limits; older pages say 200)."""


@operation("CreateDeploymentConfig")
def create_deployment_config(call: Call) -> dict[str, Any]:
    given = call.parameters
    _check_new_name(call.region, given["deploymentConfigName"])
    platform = given.get("computePlatform", "Server")
    check_content(platform, given)
    config = DeploymentConfig(
        given["deploymentConfigName"],
        platform,
        given.get("minimumHealthyHosts"),
        given.get("trafficRoutingConfig"),
        call.region.clock.now(),
        zonal=given.get("zonalConfig") or None,
    )
    call.region.configs[config.name] = config
    return {"deploymentConfigId": config.config_id}


@operation("GetDeploymentConfig")
def get_deployment_config(call: Call) -> dict[str, Any]:
    config = lookup.deployment_config(call.region, call.parameters["deploymentConfigName"])
    return {
        "deploymentConfigInfo": {
            "deploymentConfigId": config.config_id,
            "deploymentConfigName": config.name,
            "minimumHealthyHosts": config.minimum_healthy_hosts,
            "createTime": config.create_time,
            "computePlatform": config.compute_platform,
            "trafficRoutingConfig": config.traffic_routing,
            "zonalConfig": config.zonal,
        }
    }


@operation("ListDeploymentConfigs")
def list_deployment_configs(call: Call) -> dict[str, Any]:
    names, token = page(list(call.region.configs), call.parameters.get("nextToken"), "configs")
    return {"deploymentConfigsList": names, "nextToken": token}


@operation("DeleteDeploymentConfig")
def delete_deployment_config(call: Call) -> None:
    """Deleting what does not exist succeeds: the model declares no error for it."""
    name = call.parameters["deploymentConfigName"]
    if name.startswith(PREFIX):
        raise ServiceError("InvalidOperationException", f"{name} is predefined and cannot be deleted.")
    for group in _groups_using(call.region, name):
        config_id = call.region.configs[name].config_id
        message = f"Deployment configuration {config_id} is in use by Deployment Group {group.group_id}"
        raise ServiceError("DeploymentConfigInUseException", message)
    call.region.configs.pop(name, None)


def _check_new_name(region: Region, name: str) -> None:
    if name.startswith(PREFIX):
        raise ServiceError("InvalidDeploymentConfigNameException", f"A name cannot start with {PREFIX}")
    if name in region.configs:
        raise ServiceError("DeploymentConfigAlreadyExistsException", f"Deployment config already exists: {name}")
    if sum(not known.startswith(PREFIX) for known in region.configs) >= MOST_CUSTOM_CONFIGS:
        message = f"There are already {MOST_CUSTOM_CONFIGS} deployment configs in this account."
        raise ServiceError("DeploymentConfigLimitExceededException", message)


def _groups_using(region: Region, name: str) -> list[DeploymentGroup]:
    return [
        group
        for application in region.applications.values()
        for group in application.groups.values()
        if group.settings["deploymentConfigName"] == name
    ]
