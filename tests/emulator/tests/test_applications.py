# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.stages.servers import Stage

from .conftest import Refused


def test_defaults(codedeploy: Any) -> None:
    created = codedeploy.create_application(applicationName="shop")
    read = codedeploy.get_application(applicationName="shop")["application"]
    assert read["applicationId"] == created["applicationId"]
    assert (read["computePlatform"], read["linkedToGitHub"]) == ("Server", False)
    assert "gitHubAccountName" not in read


@pytest.mark.parametrize("name", ["a b", "ä", "a/b", "x" * 101])
def test_bad_names(codedeploy: Any, refused: Refused, name: str) -> None:
    with refused("InvalidApplicationNameException"):
        codedeploy.create_application(applicationName=name)


def test_every_allowed_character(codedeploy: Any) -> None:
    name = "aZ09+=,.@_-".ljust(100, "x")
    codedeploy.create_application(applicationName=name)
    assert codedeploy.list_applications()["applications"] == [name]


def test_create_is_not_idempotent(codedeploy: Any, refused: Refused) -> None:
    codedeploy.create_application(applicationName="shop")
    with refused("ApplicationAlreadyExistsException"):
        codedeploy.create_application(applicationName="shop")


def test_unknown_platform(codedeploy: Any, refused: Refused) -> None:
    with refused("InvalidComputePlatformException"):
        codedeploy.create_application(applicationName="shop", computePlatform="Kubernetes")


def test_missing(codedeploy: Any, refused: Refused) -> None:
    with refused("ApplicationDoesNotExistException"):
        codedeploy.get_application(applicationName="shop")
    with refused("ApplicationDoesNotExistException"):
        codedeploy.update_application(applicationName="shop", newApplicationName="store")
    with refused("ApplicationDoesNotExistException"):
        codedeploy.batch_get_applications(applicationNames=["shop"])
    codedeploy.delete_application(applicationName="shop")


def test_rename(codedeploy: Any, refused: Refused) -> None:
    before = codedeploy.create_application(applicationName="shop", tags=[{"Key": "team", "Value": "web"}])
    codedeploy.create_application(applicationName="other")
    with refused("ApplicationAlreadyExistsException"):
        codedeploy.update_application(applicationName="shop", newApplicationName="other")
    with refused("ApplicationNameRequiredException"):
        codedeploy.update_application(applicationName="shop")
    codedeploy.update_application(applicationName="shop", newApplicationName="store")
    assert (
        codedeploy.get_application(applicationName="store")["application"]["applicationId"] == before["applicationId"]
    )
    arn = "arn:aws:codedeploy:us-east-1:123456789012:application:store"
    assert codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "web"}]


def test_batch(codedeploy: Any, refused: Refused) -> None:
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_application(applicationName="store", computePlatform="Lambda")
    found = codedeploy.batch_get_applications(applicationNames=["store", "shop"])["applicationsInfo"]
    assert [info["computePlatform"] for info in found] == ["Lambda", "Server"]
    with refused("BatchLimitExceededException"):
        codedeploy.batch_get_applications(applicationNames=["shop"] * 101)
    with refused("ApplicationNameRequiredException"):
        codedeploy.batch_get_applications(applicationNames=[])


def test_pages(codedeploy: Any, refused: Refused) -> None:
    names = [f"app-{i}" for i in range(101)]
    for name in names:
        codedeploy.create_application(applicationName=name)
    first = codedeploy.list_applications()
    assert len(first["applications"]) == 100
    second = codedeploy.list_applications(nextToken=first["nextToken"])
    assert "nextToken" not in second
    assert first["applications"] + second["applications"] == names
    with refused("InvalidNextTokenException"):
        codedeploy.list_deployment_configs(nextToken=first["nextToken"])
    with refused("InvalidNextTokenException"):
        codedeploy.list_applications(nextToken="nonsense")


def test_delete_takes_groups_and_deployments_along(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    deployment_id = stage.deploy()
    stage.codedeploy.delete_application(applicationName="shop")
    with refused("DeploymentDoesNotExistException"):
        stage.info(deployment_id)
    stage.codedeploy.create_application(applicationName="shop")
    assert stage.codedeploy.list_deployment_groups(applicationName="shop")["deploymentGroups"] == []
    assert stage.codedeploy.get_on_premises_instance(instanceName="h1")["instanceInfo"]["instanceName"] == "h1"
