# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On-premises instances, as boto3 sees them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.service.on_premises_instances import HELD_FOR

from .conftest import Refused

USER = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/h1"
SESSION = "arn:aws-cn:sts::123456789012:assumed-role/hosts/h2"
WEB = {"Key": "role", "Value": "web"}
DB = {"Key": "role", "Value": "db"}


def read(client: Any, name: str = "h1") -> dict[str, Any]:
    info: dict[str, Any] = client.get_on_premises_instance(instanceName=name)["instanceInfo"]
    return info


@pytest.fixture
def instances(codedeploy: Any) -> Any:
    """A client that has registered ``h1``."""
    codedeploy.register_on_premises_instance(instanceName="h1", iamUserArn=USER)
    return codedeploy


def test_register(instances: Any) -> None:
    instances.register_on_premises_instance(instanceName="h2", iamSessionArn=SESSION)
    user, session = read(instances), read(instances, "h2")
    assert (user["iamUserArn"], user["tags"]) == (USER, [])
    assert user["instanceArn"].startswith("arn:aws:codedeploy:us-east-1:123456789012:instance/h1_")
    assert session["iamSessionArn"] == SESSION
    assert "iamUserArn" not in session
    assert "deregisterTime" not in user


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "IamArnRequiredException"),
        ({"iamUserArn": USER, "iamSessionArn": SESSION}, "MultipleIamArnsProvidedException"),
        ({"iamUserArn": "h1"}, "InvalidIamUserArnException"),
        ({"iamUserArn": SESSION}, "InvalidIamUserArnException"),
        ({"iamSessionArn": USER}, "InvalidIamSessionArnException"),
        ({"iamSessionArn": "arn:aws:sts::123456789012:assumed-role/hosts"}, "InvalidIamSessionArnException"),
        ({"instanceName": "00:1a", "iamUserArn": USER}, "InvalidInstanceNameException"),
        ({"instanceName": "i-0123", "iamUserArn": USER}, "InvalidInstanceNameException"),
        ({"instanceName": "x" * 101, "iamUserArn": USER}, "InvalidInstanceNameException"),
        ({"instanceName": "", "iamUserArn": USER}, "InvalidInstanceNameException"),
    ],
)
def test_register_refuses(codedeploy: Any, refused: Refused, members: dict[str, str], code: str) -> None:
    with refused(code):
        codedeploy.register_on_premises_instance(**{"instanceName": "h1", **members})


def test_names_and_arns_are_taken_once(instances: Any, refused: Refused) -> None:
    with refused("InstanceNameAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h1", iamUserArn=f"{USER}x")
    with refused("IamUserArnAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h2", iamUserArn=USER)
    instances.register_on_premises_instance(instanceName="h2", iamSessionArn=SESSION)
    with refused("IamSessionArnAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h3", iamSessionArn=SESSION)


def test_deregistering_is_soft(instances: Any, refused: Refused) -> None:
    instances.add_tags_to_on_premises_instances(instanceNames=["h1"], tags=[WEB])
    instances.deregister_on_premises_instance(instanceName="h1")
    instances.deregister_on_premises_instance(instanceName="h1")
    instances.deregister_on_premises_instance(instanceName="never")
    gone = read(instances)
    assert (gone["iamUserArn"], gone["tags"]) == (USER, [])
    assert gone["deregisterTime"] == gone["registerTime"]  # time stands still
    assert instances.list_on_premises_instances()["instanceNames"] == ["h1"]
    assert instances.list_on_premises_instances(registrationStatus="Registered")["instanceNames"] == []
    assert instances.list_on_premises_instances(registrationStatus="Deregistered")["instanceNames"] == ["h1"]
    with refused("InstanceNotRegisteredException"):
        instances.add_tags_to_on_premises_instances(instanceNames=["h1"], tags=[WEB])


def test_a_name_and_an_arn_are_held_for_a_day(instances: Any, emulator: Emulator, refused: Refused) -> None:
    instances.register_on_premises_instance(instanceName="h2", iamSessionArn=SESSION)
    for name in ("h1", "h2"):
        instances.deregister_on_premises_instance(instanceName=name)
    emulator.clock.advance(HELD_FOR - 1)
    with refused("InstanceNameAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h1", iamUserArn=f"{USER}x")
    with refused("IamUserArnAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h3", iamUserArn=USER)
    with refused("IamSessionArnAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h3", iamSessionArn=SESSION)
    assert instances.list_on_premises_instances()["instanceNames"] == ["h1", "h2"]

    emulator.clock.advance(1)
    assert instances.list_on_premises_instances()["instanceNames"] == []
    assert instances.batch_get_on_premises_instances(instanceNames=["h1"])["instanceInfos"] == []
    with refused("InstanceNotRegisteredException"):
        read(instances)
    instances.register_on_premises_instance(instanceName="h1", iamUserArn=USER)
    instances.register_on_premises_instance(instanceName="h3", iamSessionArn=SESSION)
    assert "deregisterTime" not in read(instances)
    with refused("IamUserArnAlreadyRegisteredException"):
        instances.register_on_premises_instance(instanceName="h4", iamUserArn=USER)


def test_missing(codedeploy: Any, refused: Refused) -> None:
    with refused("InstanceNotRegisteredException"):
        read(codedeploy)


def test_tags(instances: Any) -> None:
    instances.register_on_premises_instance(instanceName="h2", iamSessionArn=SESSION)
    instances.add_tags_to_on_premises_instances(instanceNames=["h1", "h2"], tags=[WEB, DB])
    instances.add_tags_to_on_premises_instances(instanceNames=["h1"], tags=[WEB])
    assert read(instances)["tags"] == [WEB, DB]
    instances.remove_tags_from_on_premises_instances(
        instanceNames=["h1", "h2"], tags=[DB, {"Key": "role", "Value": "none"}]
    )
    assert (read(instances)["tags"], read(instances, "h2")["tags"]) == ([WEB], [WEB])


@pytest.mark.parametrize(
    ("names", "tags", "code"),
    [
        (["h1"], [{"Key": "a"}], "InvalidTagException"),
        (["h1"], [{"Value": "a"}], "InvalidTagException"),
        (["h1"], [{"Key": "a" * 129, "Value": ""}], "InvalidTagException"),
        (["h1"], [{"Key": "a", "Value": "b" * 257}], "InvalidTagException"),
        (["h1"], [], "TagRequiredException"),
        ([], [WEB], "InstanceNameRequiredException"),
        (["h1", "nope"], [WEB], "InstanceNotRegisteredException"),
        (["h1"] * 101, [WEB], "InstanceLimitExceededException"),
        (["h1"], [{"Key": str(i), "Value": ""} for i in range(11)], "TagLimitExceededException"),
    ],
)
def test_tags_refused_change_nothing(
    instances: Any, refused: Refused, names: list[str], tags: list[dict[str, str]], code: str
) -> None:
    with refused(code):
        instances.add_tags_to_on_premises_instances(instanceNames=names, tags=tags)
    assert read(instances)["tags"] == []


def test_list_by_tag(instances: Any, refused: Refused) -> None:
    instances.register_on_premises_instance(instanceName="h2", iamSessionArn=SESSION)
    instances.add_tags_to_on_premises_instances(instanceNames=["h2"], tags=[WEB])
    web = {**WEB, "Type": "KEY_AND_VALUE"}
    assert instances.list_on_premises_instances(tagFilters=[web])["instanceNames"] == ["h2"]
    assert instances.list_on_premises_instances(tagFilters=[])["instanceNames"] == ["h1", "h2"]
    with refused("InvalidTagFilterException"):
        instances.list_on_premises_instances(tagFilters=[WEB])
    with refused("InvalidRegistrationStatusException"):
        instances.list_on_premises_instances(registrationStatus="Gone")


def test_batch_leaves_out_unknown_names(instances: Any, refused: Refused) -> None:
    infos = instances.batch_get_on_premises_instances(instanceNames=["nope", "h1"])["instanceInfos"]
    assert [info["instanceName"] for info in infos] == ["h1"]
    with refused("BatchLimitExceededException"):
        instances.batch_get_on_premises_instances(instanceNames=["h1"] * 26)
