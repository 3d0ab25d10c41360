# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.stages.servers import ROLE

from .conftest import Refused

ROUTING = "InvalidTrafficRoutingConfigurationException"
ZONAL = "InvalidZonalDeploymentConfigurationException"


def create(client: Any, name: str = "careful", **members: Any) -> Any:
    minimum = {"type": "FLEET_PERCENT", "value": 75}
    return client.create_deployment_config(**{"deploymentConfigName": name, "minimumHealthyHosts": minimum, **members})


def test_predefined(codedeploy: Any) -> None:
    names = codedeploy.list_deployment_configs()["deploymentConfigsList"]
    assert len(names) == 17
    infos = [codedeploy.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"] for name in names]
    assert [info["computePlatform"] for info in infos] == ["Server"] * 3 + ["Lambda"] * 9 + ["ECS"] * 5
    assert infos[0]["minimumHealthyHosts"] == {"type": "MOST_CONCURRENCY", "value": 1}
    assert infos[0]["deploymentConfigId"].endswith("-000000000001")
    for info in infos:
        assert ("minimumHealthyHosts" in info) == (info["computePlatform"] == "Server")
        assert ("trafficRoutingConfig" in info) == (info["computePlatform"] != "Server")


def test_custom(codedeploy: Any, refused: Refused) -> None:
    config_id = create(codedeploy)["deploymentConfigId"]
    info = codedeploy.get_deployment_config(deploymentConfigName="careful")["deploymentConfigInfo"]
    assert (info["deploymentConfigId"], info["computePlatform"]) == (config_id, "Server")
    assert info["minimumHealthyHosts"] == {"type": "FLEET_PERCENT", "value": 75}
    with refused("DeploymentConfigAlreadyExistsException"):
        create(codedeploy)
    codedeploy.delete_deployment_config(deploymentConfigName="careful")
    with refused("DeploymentConfigDoesNotExistException"):
        codedeploy.get_deployment_config(deploymentConfigName="careful")
    codedeploy.delete_deployment_config(deploymentConfigName="careful")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"deploymentConfigName": "CodeDeployDefault.Mine"}, "InvalidDeploymentConfigNameException"),
        ({"deploymentConfigName": "a b"}, "InvalidDeploymentConfigNameException"),
        ({"minimumHealthyHosts": {"value": 1}}, "InvalidMinimumHealthyHostValueException"),
        ({"minimumHealthyHosts": {"type": "HOST_COUNT", "value": -1}}, "InvalidMinimumHealthyHostValueException"),
        ({"minimumHealthyHosts": {"type": "FLEET_PERCENT", "value": 100}}, "InvalidMinimumHealthyHostValueException"),
        ({"minimumHealthyHosts": {"type": "MOST_CONCURRENCY", "value": 1}}, "InvalidMinimumHealthyHostValueException"),
        ({"computePlatform": "Moon"}, "InvalidComputePlatformException"),
        ({"computePlatform": "Lambda"}, "InvalidMinimumHealthyHostValueException"),
        ({"zonalConfig": {"monitorDurationInSeconds": -5}}, ZONAL),
        ({"zonalConfig": {"minimumHealthyHostsPerZone": {"type": "HOST_COUNT"}}}, ZONAL),
        ({"zonalConfig": {"minimumHealthyHostsPerZone": {"type": "FLEET_PERCENT", "value": 100}}}, ZONAL),
        ({"trafficRoutingConfig": {"type": "AllAtOnce"}}, ROUTING),
    ],
)
def test_create_refuses(codedeploy: Any, refused: Refused, members: dict[str, Any], code: str) -> None:
    with refused(code):
        create(codedeploy, **members)


def canary(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"canaryPercentage": percentage, "canaryInterval": interval}
    return {"type": "TimeBasedCanary", "timeBasedCanary": shift}


def linear(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"linearPercentage": percentage, "linearInterval": interval}
    return {"type": "TimeBasedLinear", "timeBasedLinear": shift}


@pytest.mark.parametrize(
    "routing", [{"type": "AllAtOnce"}, canary(99, 2880), canary(1, 1), linear(25, 960), linear(99, 2880)]
)
@pytest.mark.parametrize("platform", ["Lambda", "ECS"])
def test_shifts_of_traffic(codedeploy: Any, platform: str, routing: dict[str, Any]) -> None:
    codedeploy.create_deployment_config(
        deploymentConfigName="slow", computePlatform=platform, trafficRoutingConfig=routing
    )
    info = codedeploy.get_deployment_config(deploymentConfigName="slow")["deploymentConfigInfo"]
    assert (info["computePlatform"], info["trafficRoutingConfig"]) == (platform, routing)
    assert not {"minimumHealthyHosts", "zonalConfig"} & set(info)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, ROUTING),
        ({"trafficRoutingConfig": {}}, ROUTING),
        ({"trafficRoutingConfig": {"type": "Now"}}, ROUTING),
        ({"trafficRoutingConfig": {"type": "TimeBasedCanary"}}, ROUTING),
        ({"trafficRoutingConfig": {**canary(10, 5), "type": "AllAtOnce"}}, ROUTING),
        ({"trafficRoutingConfig": {**canary(10, 5), **linear(10, 5)}}, ROUTING),
        ({"trafficRoutingConfig": {"type": "TimeBasedLinear", "timeBasedLinear": {"linearInterval": 5}}}, ROUTING),
        ({"trafficRoutingConfig": canary(100, 5)}, ROUTING),
        ({"trafficRoutingConfig": canary(10, 2881)}, ROUTING),
        ({"trafficRoutingConfig": linear(0, 5)}, ROUTING),
        ({"trafficRoutingConfig": linear(25, 961)}, ROUTING),
        ({"trafficRoutingConfig": linear(25, 0)}, ROUTING),
        ({"trafficRoutingConfig": linear(10, 5), "zonalConfig": {"monitorDurationInSeconds": 5}}, ZONAL),
    ],
)
def test_shifts_that_are_refused(codedeploy: Any, refused: Refused, members: dict[str, Any], code: str) -> None:
    with refused(code):
        codedeploy.create_deployment_config(deploymentConfigName="slow", computePlatform="Lambda", **members)


def test_zones(codedeploy: Any) -> None:
    zones = {
        "monitorDurationInSeconds": 60,
        "firstZoneMonitorDurationInSeconds": 600,
        "minimumHealthyHostsPerZone": {"type": "HOST_COUNT", "value": 1},
    }
    create(codedeploy, zonalConfig=zones)
    assert (
        codedeploy.get_deployment_config(deploymentConfigName="careful")["deploymentConfigInfo"]["zonalConfig"] == zones
    )


def test_server_needs_minimum_healthy_hosts(codedeploy: Any, refused: Refused) -> None:
    with refused("InvalidMinimumHealthyHostValueException"):
        codedeploy.create_deployment_config(deploymentConfigName="careful")


def test_delete_refuses_predefined_and_used(codedeploy: Any, refused: Refused) -> None:
    with refused("InvalidOperationException"):
        codedeploy.delete_deployment_config(deploymentConfigName="CodeDeployDefault.OneAtATime")
    create(codedeploy)
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_deployment_group(
        applicationName="shop", deploymentGroupName="web", serviceRoleArn=ROLE, deploymentConfigName="careful"
    )
    with refused("DeploymentConfigInUseException"):
        codedeploy.delete_deployment_config(deploymentConfigName="careful")


def test_limit(codedeploy: Any, refused: Refused) -> None:
    for i in range(50):
        create(codedeploy, f"config-{i}")
    with refused("DeploymentConfigLimitExceededException"):
        create(codedeploy, "one-more")
