# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is deployed to: filters as tables, then against instances of both kinds."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.engine.targets import matches_all, matches_any
from emulator.stages.servers import TAG, TAG_FILTER, Stage

BETA = {"Key": "env", "Value": "beta", "Type": "KEY_AND_VALUE"}
ANY_ENV = {"Key": "env", "Value": "", "Type": "KEY_ONLY"}
WEB_VALUE = {"Key": "", "Value": "web", "Type": "VALUE_ONLY"}


@pytest.mark.parametrize(
    ("filters", "tags", "expected"),
    [
        ([BETA], [("env", "beta")], True),
        ([BETA], [("env", "prod")], False),
        ([BETA], [("stage", "beta")], False),
        ([ANY_ENV], [("env", "prod")], True),
        ([ANY_ENV], [("role", "env")], False),
        ([WEB_VALUE], [("role", "web")], True),
        ([WEB_VALUE], [("web", "role")], False),
        ([BETA, WEB_VALUE], [("role", "web")], True),
        ([BETA], [("env", "prod"), ("env", "beta")], True),
        ([BETA], [], False),
        ([], [("env", "beta")], False),
    ],
)
def test_one_filter_is_enough(filters: list[dict[str, str]], tags: list[tuple[str, str]], expected: bool) -> None:
    assert matches_any(filters, tags) is expected


@pytest.mark.parametrize(
    ("groups", "tags", "expected"),
    [
        ([[BETA], [WEB_VALUE]], [("env", "beta"), ("role", "web")], True),
        ([[BETA], [WEB_VALUE]], [("env", "beta")], False),
        ([[BETA, WEB_VALUE]], [("env", "beta")], True),
        ([[BETA], []], [("env", "beta")], False),
        ([], [("env", "beta")], False),
    ],
)
def test_every_group_must_match(groups: list[Any], tags: list[tuple[str, str]], expected: bool) -> None:
    assert matches_all(groups, tags) is expected


def run_instance(emulator: Emulator, **tag: str) -> str:
    answer = emulator.client("ec2").run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [tag]}],
    )
    return str(answer["Instances"][0]["InstanceId"])


def targets(stage: Stage) -> list[str]:
    deployment_id = stage.start()
    found: list[str] = stage.codedeploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
    return found


def test_both_kinds_are_united(emulator: Emulator, stage: Stage) -> None:
    stage.set_up("h1", ec2TagFilters=[TAG_FILTER])
    instance = run_instance(emulator, **TAG)
    run_instance(emulator, Key="fleet", Value="other")
    assert targets(stage) == [instance, "h1"]


def test_tag_sets_narrow_down(stage: Stage) -> None:
    wanted = {"onPremisesTagSetList": [[TAG_FILTER], [BETA]]}
    stage.set_up("h1", "h2", onPremisesInstanceTagFilters=[], onPremisesTagSet=wanted)
    beta = {"Key": "env", "Value": "beta"}
    stage.codedeploy.add_tags_to_on_premises_instances(instanceNames=["h2"], tags=[beta])
    assert targets(stage) == ["h2"]


def test_tags_count_when_the_deployment_starts(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    stage.add_host("h2")
    stage.codedeploy.deregister_on_premises_instance(instanceName="h1")
    stage.pass_time(1)
    assert stage.codedeploy.list_deployment_targets(deploymentId=deployment_id)["targetIds"] == ["h2"]


def test_terminated_instances_are_no_targets(emulator: Emulator, stage: Stage) -> None:
    stage.set_up(ec2TagFilters=[TAG_FILTER])
    instance = run_instance(emulator, **TAG)
    emulator.client("ec2").terminate_instances(InstanceIds=[instance])
    assert stage.error_code(stage.start()) == "NO_INSTANCES"


def test_a_stopped_instance_counts_as_failed(emulator: Emulator, stage: Stage) -> None:
    stage.set_up("h1", ec2TagFilters=[TAG_FILTER], deploymentConfigName="CodeDeployDefault.AllAtOnce")
    instance = run_instance(emulator, **TAG)
    emulator.client("ec2").stop_instances(InstanceIds=[instance])
    deployment_id = stage.deploy()
    assert stage.status(deployment_id) == "Succeeded"
    stopped = stage.target(deployment_id, instance)
    assert stopped["status"] == "Failed"
    assert stopped["targetArn"] == f"arn:aws:ec2:us-east-1:123456789012:instance/{instance}"
    assert stage.target(deployment_id, "h1")["status"] == "Succeeded"


def test_a_stopped_instance_uses_up_the_one_failure_that_is_allowed(emulator: Emulator, stage: Stage) -> None:
    stage.set_up("h1", "h2", ec2TagFilters=[TAG_FILTER])
    instance = run_instance(emulator, **TAG)
    emulator.client("ec2").stop_instances(InstanceIds=[instance])
    deployment_id = stage.start()
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.target_statuses(deployment_id) == {"h1": "Skipped", "h2": "Skipped"}
