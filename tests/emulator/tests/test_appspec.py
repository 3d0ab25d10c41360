# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppSpecs as the service reads them, and where it reads them from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emulator import Emulator
from emulator.engine.appspec import AppSpecError, Format, ecs_spec_from_text, lambda_spec_from_text
from emulator.stages.traffic import LambdaStage

from .conftest import Refused

BOTH: tuple[Format, ...] = ("JSON", "YAML")
TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/api:9"
VPC = {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "ENABLED"}
LAMBDA = {"Name": "greet", "Alias": "live", "CurrentVersion": 1, "TargetVersion": "2"}
ECS = {"TaskDefinition": TASK, "LoadBalancerInfo": {"ContainerName": "app", "ContainerPort": 80}}


def lambda_spec(**changes: Any) -> dict[str, Any]:
    """``changes`` are of the properties, but for those of the AppSpec's own members."""
    return _spec("greet", "AWS::Lambda::Function", LAMBDA, changes)


def ecs_spec(**changes: Any) -> dict[str, Any]:
    return _spec("TargetService", "AWS::ECS::Service", ECS, changes)


def _spec(name: str, kind: str, properties: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {
        member: changes.pop(member) for member in ("version", "Resources", "Hooks") if member in changes
    }
    merged = {key: value for key, value in {**properties, **changes}.items() if value is not None}
    return {"version": 0.0, "Resources": [{name: {"Type": kind, "Properties": merged}}], **own}


def in_lower_case(value: Any) -> Any:
    if isinstance(value, list):
        return [in_lower_case(item) for item in value]
    return {key.lower(): in_lower_case(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("written", [json.dumps, lambda value: json.dumps(value, indent="\t"), yaml.safe_dump])
def test_formats_and_cases(written: Any) -> None:
    hooks = [{"BeforeAllowTraffic": "check"}, {"AfterAllowTraffic": "look"}]
    for spec in (lambda_spec(Hooks=hooks), in_lower_case(lambda_spec(Hooks=hooks))):
        found = lambda_spec_from_text(written(spec), BOTH)
        assert (found.function, found.alias, found.current_version, found.target_version) == ("greet", "live", "1", "2")
        assert found.hooks == {"BeforeAllowTraffic": "check", "AfterAllowTraffic": "look"}
    provider = {"CapacityProvider": "spot", "Base": 1, "Weight": 2}
    spec = ecs_spec(NetworkConfiguration={"AwsvpcConfiguration": VPC}, CapacityProviderStrategy=[provider])
    for other in (spec, in_lower_case(spec)):
        ecs = ecs_spec_from_text(written(other), BOTH)
        assert (ecs.task_definition, ecs.container_name, ecs.container_port, ecs.hooks) == (TASK, "app", 80, {})
        assert ecs.capacity_providers == [{"capacityProvider": "spot", "base": 1, "weight": 2}]
        network = {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "ENABLED"}
        assert ecs.network == {"awsvpcConfiguration": network}


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ([], "no mapping"),
        ({**lambda_spec(), "version": "0.0"}, "version is"),
        ({**lambda_spec(), "version": False}, "version is"),
        ({**lambda_spec(), "version": 1}, "version is"),
        ({**lambda_spec(), "os": "linux"}, "unknown member 'os'"),
        ({**lambda_spec(), "version": 0, "resources": []}, "twice"),
        (lambda_spec(Resources=[]), "0 entries"),
        (lambda_spec(Resources=None), "Resources is missing"),
        (lambda_spec(Resources=["greet"]), "one key"),
        (lambda_spec(Resources=[{"greet": {"Type": "AWS::ECS::Service"}}]), "Type is"),
        (lambda_spec(Resources=[{"greet": {"Type": "AWS::Lambda::Function"}}]), "Properties is missing"),
        (lambda_spec(Name="a:b"), "not the name"),
        (lambda_spec(Alias=""), "Alias is"),
        (lambda_spec(Size=1), "unknown member 'Size'"),
        *[(lambda_spec(TargetVersion=version), "TargetVersion is") for version in (None, 0, -1, 1.5, True, "$LATEST")],
        (lambda_spec(Hooks={"BeforeAllowTraffic": "check"}), "no list"),
        (lambda_spec(Hooks=[{"BeforeInstall": "check"}]), "unknown member 'BeforeInstall'"),
        (lambda_spec(Hooks=[{"BeforeAllowTraffic": ""}]), "BeforeAllowTraffic is"),
        (lambda_spec(Hooks=[{"BeforeAllowTraffic": "a"}] * 2), "stands twice"),
        (lambda_spec(Hooks=[{"BeforeAllowTraffic": "a", "AfterAllowTraffic": "b"}]), "one key"),
    ],
)
def test_what_is_refused_for_lambda(spec: Any, reason: str) -> None:
    with pytest.raises(AppSpecError, match=reason):
        lambda_spec_from_text(yaml.safe_dump(spec), BOTH)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (ecs_spec(Resources=[{"Other": {"Type": "AWS::ECS::Service", "Properties": ECS}}]), "must be TargetService"),
        (ecs_spec(TaskDefinition="api:9"), "not the ARN"),
        (ecs_spec(LoadBalancerInfo=None), "LoadBalancerInfo is missing"),
        (ecs_spec(LoadBalancerInfo={"ContainerName": "app", "ContainerPort": "80"}), "ContainerPort is"),
        (ecs_spec(PlatformVersion=1.4), "PlatformVersion is"),
        (ecs_spec(NetworkConfiguration={"AwsvpcConfiguration": {**VPC, "AssignPublicIp": "no"}}), "AssignPublicIp is"),
        (ecs_spec(NetworkConfiguration={"AwsvpcConfiguration": {**VPC, "Subnets": "a"}}), "Subnets is"),
        (ecs_spec(CapacityProviderStrategy=[{"Base": 1}]), "CapacityProvider is"),
        (ecs_spec(Hooks=[{"Install": "check"}]), "unknown member 'Install'"),
    ],
)
def test_what_is_refused_for_ecs(spec: Any, reason: str) -> None:
    with pytest.raises(AppSpecError, match=reason):
        ecs_spec_from_text(yaml.safe_dump(spec), BOTH)


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    for read in (lambda_spec_from_text, ecs_spec_from_text):
        with pytest.raises(AppSpecError):
            read(text, BOTH)


@pytest.mark.parametrize("text", ["[" * 100_000, "a: &a [*a]", "2001-99-99", "{a: 1, a: 2", "\x00"])
def test_hostile_texts(text: str) -> None:
    with pytest.raises(AppSpecError):
        lambda_spec_from_text(text, BOTH)


def test_where_an_app_spec_is_read_from(emulator: Emulator, refused: Refused) -> None:
    shop = LambdaStage(emulator)
    shop.set_up()
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="specs")
    s3.put_bucket_versioning(Bucket="specs", VersioningConfiguration={"Status": "Enabled"})
    specs = [lambda_spec(), lambda_spec(CurrentVersion=2, TargetVersion=3), "not this one"]
    keep = [s3.put_object(Bucket="specs", Key="app", Body=json.dumps(spec).encode()) for spec in specs]

    def place(bundle_type: str = "JSON", **members: str) -> dict[str, Any]:
        location = {"bucket": "specs", "key": "app", "bundleType": bundle_type, **members}
        return {"revisionType": "S3", "s3Location": location}

    assert shop.error_code(shop.deploy(place())) == "INVALID_LAMBDA_CONFIGURATION"
    wrong = place(version=keep[0]["VersionId"], eTag=keep[1]["ETag"])
    assert shop.error_code(shop.deploy(wrong)) == "INVALID_LAMBDA_CONFIGURATION"
    assert shop.error_code(shop.deploy(place("JSON", version="none"))) == "INVALID_LAMBDA_CONFIGURATION"
    right = place(version=keep[0]["VersionId"], eTag=keep[0]["ETag"].strip('"'))
    assert shop.status(shop.deploy(right)) == "Succeeded"
    assert shop.status(shop.deploy(place("YAML", version=keep[1]["VersionId"]))) == "Succeeded"
    assert shop.alias() == {"3": 1.0}
    github = {"revisionType": "GitHub", "gitHubLocation": {"repository": "a/b", "commitId": "0" * 40}}
    with refused("InvalidRevisionException"):
        shop.create_deployment(github)


@pytest.mark.parametrize(("kind", "member"), [("AppSpecContent", "appSpecContent"), ("String", "string")])
def test_content_is_known_by_its_digest(emulator: Emulator, refused: Refused, kind: str, member: str) -> None:
    shop = LambdaStage(emulator)
    shop.set_up()
    content = shop.app_spec()
    digest = hashlib.sha256(content.encode()).hexdigest()
    alone = {"revisionType": kind, member: {"sha256": digest}}
    with refused("InvalidRevisionException"):
        shop.create_deployment(alone)
    shop.codedeploy.register_application_revision(
        applicationName="shop", revision={"revisionType": kind, member: {"content": content, "sha256": digest}}
    )
    deployment_id = shop.deploy(alone)
    info = shop.info(deployment_id)
    assert (info["status"], info["revision"]) == ("Succeeded", alone)
    found = shop.codedeploy.get_application_revision(applicationName="shop", revision=alone)
    assert found["revision"][member]["content"] == content
    assert found["revisionInfo"]["deploymentGroups"] == ["web"]
