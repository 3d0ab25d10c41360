# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Refused
from .stage import ROLE


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
        ({"computePlatform": "Lambda"}, "InvalidComputePlatformException"),
        ({"zonalConfig": {"monitorDurationInSeconds": 5}}, "InvalidZonalDeploymentConfigurationException"),
        ({"trafficRoutingConfig": {"type": "AllAtOnce"}}, "InvalidTrafficRoutingConfigurationException"),
    ],
)
def test_create_refuses(codedeploy: Any, refused: Refused, members: dict[str, Any], code: str) -> None:
    with refused(code):
        create(codedeploy, **members)


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
