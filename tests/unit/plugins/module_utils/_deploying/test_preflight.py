# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found before a deployment is created, on instances and alarms that exist beside the emulator."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.preflight import check_readiness
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.releases import Release
from emulator import Emulator, Fault
from emulator.stages.traffic import EcsStage, LambdaStage
from unit.scenarios import Connect, module_actions

GROUP = {"compute_platform": "Server", "deployment_group_name": "web"}
COMMIT = Release({"revision_type": "GitHub", "git_hub_location": {"repository": "shop/web", "commit_id": "3f78685"}})
IMAGE = "ami-12c6146b"


def has(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value, "type": "KEY_AND_VALUE"}


@pytest.fixture
def hosts(emulator: Emulator) -> None:
    """On premises `a` (role=web, zone=1) and `b` (role=db, zone=2), and one EC2 instance (role=web)."""
    codedeploy, ec2 = emulator.client("codedeploy"), emulator.client("ec2")
    for name, role, zone in (("a", "web", "1"), ("b", "db", "2"), ("gone", "gone", "3")):
        arn = f"arn:aws:iam::123456789012:user/{name}"
        codedeploy.register_on_premises_instance(instanceName=name, iamUserArn=arn)
        tags = [{"Key": "role", "Value": role}, {"Key": "zone", "Value": zone}]
        codedeploy.add_tags_to_on_premises_instances(instanceNames=[name], tags=tags)
    codedeploy.deregister_on_premises_instance(instanceName="gone")
    tags = [{"Key": "role", "Value": "web"}]
    ec2.run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}]
    )


SELECTIONS: list[tuple[dict[str, t.Any], bool]] = [
    ({}, False),
    ({"on_premises_instance_tag_filters": [has("role", "none"), has("role", "db")]}, True),
    ({"on_premises_instance_tag_filters": [has("role", "none")]}, False),
    ({"on_premises_instance_tag_filters": [has("role", "gone")]}, False),
    ({"on_premises_tag_set": [[has("role", "web"), has("role", "db")], [has("zone", "2")]]}, True),
    ({"on_premises_tag_set": [[has("role", "web")], [has("zone", "2")]]}, False),
    ({"on_premises_instance_tag_filters": [{"value": "db", "type": "VALUE_ONLY"}]}, True),
    ({"ec2_tag_filters": [has("role", "web")]}, True),
    ({"ec2_tag_filters": [has("role", "db")]}, False),
    ({"ec2_tag_filters": [has("role", "we?")]}, False),
    ({"ec2_tag_filters": [has("role", "*")]}, False),
    ({"ec2_tag_filters": [{"key": "*", "type": "KEY_ONLY"}]}, False),
    ({"ec2_tag_filters": [{"key": "role", "type": "KEY_ONLY"}]}, True),
    ({"ec2_tag_filters": [{"value": "web", "type": "VALUE_ONLY"}]}, True),
    ({"ec2_tag_filters": [{"value": "role", "type": "VALUE_ONLY"}]}, False),
    ({"on_premises_instance_tag_filters": [has("role", "none")], "ec2_tag_set": [[has("role", "web")]]}, True),
    ({"auto_scaling_groups": ["fleet"]}, False),
    ({"compute_platform": "Lambda"}, True),
]


@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(("members", "ready"), SELECTIONS)
def test_a_group_has_a_host_or_not(connect: Connect, members: dict[str, t.Any], ready: bool) -> None:
    if ready:
        assert check_readiness(connect, {**GROUP, **members}, COMMIT) == []
        return
    with pytest.raises(CodeDeployError, match="deployment_group_name: 'web' matches no instance"):
        check_readiness(connect, {**GROUP, **members}, COMMIT)


@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(
    ("style", "role", "message"),
    [
        ("BLUE_GREEN", "web", None),
        ("BLUE_GREEN", "db", "target_instances: no instance matches"),
        (
            "IN_PLACE",
            "web",
            "target_instances: need a blue/green deployment, whose replacement fleet they are, but 'web' deploys in place",
        ),
    ],
)
def test_a_new_fleet_that_is_named_is_there_or_not(
    connect: Connect, style: str, role: str, message: str | None
) -> None:
    fleet = {
        "tag_filters": [{"key": "role", "value": role, "type": None}],
        "ec2_tag_set": None,
        "auto_scaling_groups": None,
    }
    group = {**GROUP, "deployment_style": {"deployment_type": style}, "target_instances": fleet}
    if message is None:
        assert check_readiness(connect, group, COMMIT) == []
        return
    with pytest.raises(CodeDeployError, match=message):
        check_readiness(connect, group, COMMIT)


@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(("action", "warned"), [("DISCOVER_EXISTING", True), ("COPY_AUTO_SCALING_GROUP", False)])
def test_a_new_fleet_that_nobody_names_is_a_warning(connect: Connect, action: str, warned: bool) -> None:
    provisioning = {"green_fleet_provisioning_option": {"action": action}}
    group = {**GROUP, "ec2_tag_filters": [has("role", "web")], "blue_green_deployment_configuration": provisioning}
    warnings = check_readiness(connect, group, COMMIT)
    assert [warning.startswith("target_instances is not set") for warning in warnings] == [True] * warned


def alarms(*names: str, enabled: bool = True) -> dict[str, t.Any]:
    listed = [{"name": name} for name in names]
    return {
        "compute_platform": "ECS",
        "ecs_services": [],
        "alarm_configuration": {"enabled": enabled, "alarms": listed},
    }


def test_an_alarm_that_goes_off_is_named(emulator: Emulator, connect: Connect) -> None:
    cloudwatch = emulator.client("cloudwatch")
    for name in ("loud", "quiet"):
        cloudwatch.put_metric_alarm(
            AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="errors",
            Namespace="shop", Period=60, Statistic="Sum", Threshold=1,
        )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="loud", StateValue="ALARM", StateReason="a test")
    assert check_readiness(connect, alarms("quiet", "missing"), COMMIT) == []
    assert check_readiness(connect, alarms("loud", enabled=False), COMMIT) == []
    with pytest.raises(CodeDeployError, match="alarms loud are in ALARM state"):
        check_readiness(connect, alarms("quiet", "loud"), COMMIT)
    emulator.calls.clear()
    with pytest.raises(CodeDeployError, match="alarms loud are in ALARM state"):
        check_readiness(connect, alarms(*(f"alarm-{number}" for number in range(100)), "loud"), COMMIT)
    assert module_actions(emulator) == ["cloudwatch:DescribeAlarms"] * 2


def test_what_may_not_be_looked_at_is_a_warning(emulator: Emulator, connect: Connect) -> None:
    emulator.faults.add(Fault("access_denied", action="codedeploy:ListOnPremisesInstances"))
    group = {**GROUP, "on_premises_instance_tag_filters": [has("role", "web")]}
    (warning,) = check_readiness(connect, group, COMMIT)
    assert warning.startswith(
        "Skipped a preflight check, because the credentials are not allowed to make it: Failed to list the on-premises instances"
    )


def bundle(**members: str) -> Release:
    location = {"revision_type": "S3", "s3_location": {"bucket": "releases", "key": "web.zip", **members}}
    return Release(location, known={"revision": location})


def test_a_bundle_that_is_gone_or_another_one_by_now_is_named(emulator: Emulator, connect: Connect) -> None:
    group, s3 = {"compute_platform": "Lambda"}, emulator.client("s3")
    with pytest.raises(CodeDeployError, match="there is no bucket 'releases'"):
        check_readiness(connect, group, bundle())
    s3.create_bucket(Bucket="releases")
    with pytest.raises(CodeDeployError, match=r"s3://releases/web\.zip is registered, and the bucket has no such obj"):
        check_readiness(connect, group, bundle())
    s3.put_object(Bucket="releases", Key="web.zip", Body=b"")
    assert check_readiness(connect, group, bundle()) == []
    with pytest.raises(CodeDeployError, match="the object has been replaced since"):
        check_readiness(connect, group, bundle(e_tag="another"))
    emulator.faults.add(Fault("access_denied", action="s3:*"))
    (warning,) = check_readiness(connect, group, bundle())
    assert warning.startswith(
        "Skipped a preflight check, because the credentials are not allowed to make it: revision.s3_location: not allowed to use"
    )


def app_spec(content: str) -> Release:
    return Release({"revision_type": "AppSpecContent", "app_spec_content": {"content": content, "sha256": "0"}})


SHIFT = r"revision: the AppSpec shifts alias {} of function {} to version {}, but at least one of them does not exist"


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({}, None),
        ({"Name": "great"}, SHIFT.format("'live'", "'great'", 2)),
        ({"Alias": "gone"}, SHIFT.format("'gone'", "'greet'", 2)),
        ({"TargetVersion": "9"}, SHIFT.format("'live'", "'greet'", 9)),
        ({"CurrentVersion": 3}, "CurrentVersion is 3, but alias 'live' of function 'greet' points to 1"),
    ],
    ids=["all there", "function", "alias", "version", "moved alias"],
)
def test_what_an_appspec_for_lambda_names_is_there_or_not(
    emulator: Emulator, connect: Connect, properties: dict[str, t.Any], message: str | None
) -> None:
    stage = LambdaStage(emulator)
    stage.set_up()
    emulator.calls.clear()
    release = app_spec(stage.app_spec(**properties))
    if message is None:
        assert check_readiness(connect, {"compute_platform": "Lambda"}, release) == []
        assert [call.service for call in emulator.calls] == ["lambda", "lambda"]
        emulator.faults.add(Fault("access_denied", action="lambda:*"))
        (warning,) = check_readiness(connect, {"compute_platform": "Lambda"}, release)
        assert warning.startswith(
            "Skipped a preflight check, because the credentials are not allowed to make it: Failed to read the function's"
        )
        return
    with pytest.raises(CodeDeployError, match=message):
        check_readiness(connect, {"compute_platform": "Lambda"}, release)


def test_an_appspec_for_lambda_of_which_nothing_is_known_is_passed_over(emulator: Emulator, connect: Connect) -> None:
    for release in (app_spec("version: ["), Release({"revision_type": "String", "string": {"sha256": "0"}})):
        assert check_readiness(connect, {"compute_platform": "Lambda"}, release) == []
    assert module_actions(emulator) == []


@pytest.mark.parametrize("gone", ["nothing", "service", "cluster"])
def test_a_groups_ecs_service_is_there_or_not(emulator: Emulator, connect: Connect, gone: str) -> None:
    stage = EcsStage(emulator)
    stage.set_up()
    cluster = "other" if gone == "cluster" else "main"
    if gone == "service":
        stage.ecs.delete_service(cluster="main", service="api", force=True)
    service = {"cluster_name": cluster, "service_name": "api"}
    group = {"compute_platform": "ECS", "deployment_group_name": "web", "ecs_services": [service]}
    emulator.calls.clear()
    if gone == "nothing":
        assert check_readiness(connect, group, COMMIT) == []
        assert module_actions(emulator) == ["ecs:DescribeServices"]
        return
    with pytest.raises(CodeDeployError, match=f"the ECS service {cluster}:api of 'web' does not exist"):
        check_readiness(connect, group, COMMIT)
