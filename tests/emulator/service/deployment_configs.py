# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs: never changed, only made and deleted."""

from __future__ import annotations

from typing import Any

from ..predefined_configs import PREFIX
from ..protocol import Call, ServiceError
from ..state import DeploymentConfig, DeploymentGroup, Members, Region
from . import lookup
from .group_settings import is_empty
from .paging import page
from .registry import operation

MOST_CUSTOM_CONFIGS = 50
"""In an account (newer AWS user guide, limits; older pages say 200)."""


@operation("CreateDeploymentConfig")
def create_deployment_config(call: Call) -> dict[str, Any]:
    name = call.parameters["deploymentConfigName"]
    _check_new_name(call.region, name)
    _check_supported(call.parameters)
    minimum = call.parameters.get("minimumHealthyHosts")
    _check_minimum(minimum)
    config = DeploymentConfig(name, "Server", minimum, None, call.region.clock.now())
    call.region.configs[name] = config
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


def _check_supported(parameters: Members) -> None:
    platform = parameters.get("computePlatform", "Server")
    if platform != "Server":
        message = f"A deployment config for {platform} is not supported by this emulator yet."
        raise ServiceError("InvalidComputePlatformException", message)
    if not is_empty(parameters.get("zonalConfig")):
        message = "zonalConfig is not supported by this emulator yet."
        raise ServiceError("InvalidZonalDeploymentConfigurationException", message)
    if not is_empty(parameters.get("trafficRoutingConfig")):
        message = "A deployment config for Server has no trafficRoutingConfig."
        raise ServiceError("InvalidTrafficRoutingConfigurationException", message)


def _check_minimum(minimum: Members | None) -> None:
    """FLEET_PERCENT 100 is reported to fail only when a deployment runs; the documented range is what counts here."""
    code = "InvalidMinimumHealthyHostValueException"
    if minimum is None:
        raise ServiceError(code, "minimum healthy hosts argument is missing")
    if "type" not in minimum or "value" not in minimum:
        raise ServiceError(code, "minimumHealthyHosts needs type and value.")
    if minimum["value"] < 0 or (minimum["type"] == "FLEET_PERCENT" and minimum["value"] > 99):
        message = f"minimumHealthyHosts is {minimum}; FLEET_PERCENT takes 0 to 99, HOST_COUNT 0 or more."
        raise ServiceError(code, message)


def _groups_using(region: Region, name: str) -> list[DeploymentGroup]:
    return [
        group
        for application in region.applications.values()
        for group in application.groups.values()
        if group.settings["deploymentConfigName"] == name
    ]
