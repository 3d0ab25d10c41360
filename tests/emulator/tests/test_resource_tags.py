# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of resources by their ARN."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.stages.servers import Stage

from .conftest import Refused

PREFIX = "arn:aws:codedeploy:us-east-1:123456789012:"
KINDS = ["application:shop", "deploymentgroup:shop/web", "deploymentconfig:CodeDeployDefault.OneAtATime"]


def tags(client: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=arn)["Tags"]}


@pytest.mark.parametrize("kind", KINDS)
def test_add_change_remove(stage: Stage, kind: str) -> None:
    stage.set_up()
    client, arn = stage.codedeploy, PREFIX + kind
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}])
    assert tags(client, arn) == {"a": "2", "b": ""}
    client.untag_resource(ResourceArn=arn, TagKeys=["a", "never"])
    assert tags(client, arn) == {"b": ""}


def test_tags_given_at_creation(codedeploy: Any) -> None:
    codedeploy.create_application(applicationName="shop", tags=[{"Key": "a", "Value": "1"}])
    assert tags(codedeploy, f"{PREFIX}application:shop") == {"a": "1"}


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("nonsense", "InvalidArnException"),
        ("arn:aws:codedeploy:eu-west-1:123456789012:application:shop", "InvalidArnException"),
        (f"{PREFIX}instance:h1", "ArnNotSupportedException"),
        (f"{PREFIX}application:nope", "ApplicationDoesNotExistException"),
        (f"{PREFIX}deploymentgroup:shop/nope", "DeploymentGroupDoesNotExistException"),
        (f"{PREFIX}deploymentgroup:nope/web", "ApplicationDoesNotExistException"),
        (f"{PREFIX}deploymentconfig:nope", "DeploymentConfigDoesNotExistException"),
    ],
)
def test_arns_refused(stage: Stage, refused: Refused, arn: str, code: str) -> None:
    stage.set_up()
    with refused(code):
        stage.codedeploy.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}])


def test_what_does_not_exist_has_no_tags(codedeploy: Any, refused: Refused) -> None:
    assert tags(codedeploy, f"{PREFIX}application:nope") == {}
    with refused("InvalidArnException"):
        tags(codedeploy, "nonsense")


@pytest.mark.parametrize(
    "given",
    [
        [{"Key": "", "Value": "1"}],
        [{"Value": "1"}],
        [{"Key": "aws:x", "Value": "1"}],
        [{"Key": "a" * 129, "Value": "1"}],
        [{"Key": "a", "Value": "1" * 257}],
        [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
        [{"Key": str(i), "Value": ""} for i in range(51)],
    ],
)
def test_tags_refused(codedeploy: Any, refused: Refused, given: list[dict[str, str]]) -> None:
    with refused("InvalidTagsToAddException"):
        codedeploy.create_application(applicationName="shop", tags=given)
    codedeploy.create_application(applicationName="shop")
    with refused("InvalidTagsToAddException"):
        codedeploy.tag_resource(ResourceArn=f"{PREFIX}application:shop", Tags=given)
