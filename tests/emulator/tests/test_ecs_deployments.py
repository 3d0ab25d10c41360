# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments to an ECS service: task sets and listeners in moto really change, in order and at their times."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.traffic import EcsStage, content_revision

from .conftest import Refused

HOOKS = ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic")
BLUE, GREEN = {"one": 100}, {"two": 100}
BEFORE, BOTH, AFTER = {"api:1": "PRIMARY"}, {"api:1": "ACTIVE", "api:2": "PRIMARY"}, {"api:2": "PRIMARY"}


@pytest.fixture
def shop(lasting_emulator: Emulator) -> EcsStage:
    return EcsStage(lasting_emulator)


def hooked(shop: EcsStage, **hooks: str) -> dict[str, Any]:
    return content_revision(shop.app_spec(hooks))


def listeners(shop: EcsStage) -> tuple[dict[str, int], dict[str, int]]:
    """What production and test traffic go to."""
    return shop.weights(), shop.weights(shop.test_listener)


def test_every_step_in_its_order(shop: EcsStage) -> None:
    shop.set_up()
    seen: list[tuple[Any, ...]] = []

    def look(_event: dict[str, str]) -> str:
        seen.append((shop.task_sets(), *listeners(shop)))
        return "Succeeded"

    shop.emulator.hook_functions["look"] = look
    deployment_id = shop.start(hooked(shop, **dict.fromkeys(HOOKS, "look")))
    installed = {"api:1": "PRIMARY", "api:2": "ACTIVE"}
    assert seen == [
        (BEFORE, BLUE, BLUE),
        (installed, BLUE, BLUE),
        (installed, BLUE, GREEN),
        (installed, BLUE, GREEN),
        (BOTH, GREEN, GREEN),
    ]
    assert list(shop.events(deployment_id).items()) == [
        ("BeforeInstall", "Succeeded"),
        ("Install", "Succeeded"),
        ("AfterInstall", "Succeeded"),
        ("AllowTestTraffic", "Succeeded"),
        ("AfterAllowTestTraffic", "Succeeded"),
        ("BeforeAllowTraffic", "Succeeded"),
        ("AllowTraffic", "Succeeded"),
        ("AfterAllowTraffic", "Succeeded"),
    ]


def test_the_original_task_set_outlives_the_shift_by_the_termination_wait(shop: EcsStage) -> None:
    shop.set_up(termination=5)
    deployment_id = shop.start()
    assert (shop.status(deployment_id), shop.target(deployment_id)["status"]) == ("InProgress", "Succeeded")
    shop.pass_time(299)
    assert shop.task_sets() == BOTH
    assert shop.info(deployment_id)["instanceTerminationWaitTimeStarted"] is False
    shop.pass_time(2)
    assert (shop.status(deployment_id), shop.task_sets()) == ("Succeeded", AFTER)
    service = shop.ecs.describe_services(cluster="main", services=["api"])["services"][0]
    assert service["taskDefinition"] == shop.task_definitions[1]
    assert service["loadBalancers"][0]["targetGroupArn"] == shop.groups["two"]


def test_the_termination_wait_can_be_cut_short(shop: EcsStage, refused: Refused) -> None:
    shop.set_up(termination=60)
    deployment_id = shop.start()
    with refused("DeploymentIsNotInReadyStateException"):
        shop.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType="READY_WAIT")
    shop.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType="TERMINATION_WAIT")
    assert (shop.status(deployment_id), shop.task_sets()) == ("Succeeded", AFTER)


def test_what_a_target_says(shop: EcsStage, refused: Refused) -> None:
    shop.set_up("ECSCanary10Percent5Minutes")
    deployment_id = shop.start()
    target = shop.target(deployment_id)
    service = shop.ecs.describe_services(cluster="main", services=["api"])["services"][0]
    assert (target["targetId"], target["targetArn"]) == ("main:api", service["serviceArn"])
    blue, green = target["taskSetsInfo"]
    assert blue.pop("identifer") != green.pop("identifer")
    counts = {"desiredCount": 2, "pendingCount": 0, "runningCount": 2}
    assert blue == {
        **counts,
        "status": "PRIMARY",
        "trafficWeight": 90.0,
        "targetGroup": {"name": "one"},
        "taskSetLabel": "Blue",
    }
    assert green == {
        **counts,
        "status": "ACTIVE",
        "trafficWeight": 10.0,
        "targetGroup": {"name": "two"},
        "taskSetLabel": "Green",
    }
    calls: dict[str, dict[str, Any]] = {
        "list_deployment_instances": {},
        "get_deployment_instance": {"instanceId": "main:api"},
        "batch_get_deployment_instances": {"instanceIds": ["main:api"]},
    }
    for call, members in calls.items():
        with refused("InvalidComputePlatformException"):
            getattr(shop.codedeploy, call)(deploymentId=deployment_id, **members)


def test_linear(shop: EcsStage) -> None:
    shop.set_up("ECSLinear10PercentEvery3Minutes", termination=0)
    deployment_id = shop.start()
    seen = []
    for _step in range(10):
        seen.append(shop.weights())
        shop.pass_time(180)
    assert seen == [{"one": 100 - weight, "two": weight} for weight in range(10, 100, 10)] + [{"two": 100}]
    assert shop.status(deployment_id) == "Succeeded"


def test_a_second_deployment_goes_back_to_the_first_target_group(shop: EcsStage) -> None:
    shop.set_up()
    shop.deploy()
    second = shop.deploy(content_revision(shop.app_spec(TaskDefinition=shop.task_definitions[0])))
    assert (shop.status(second), shop.task_sets(), listeners(shop)[0]) == ("Succeeded", {"api:1": "PRIMARY"}, BLUE)


def test_every_rule_of_the_listener_is_rerouted_but_for_what_goes_elsewhere(shop: EcsStage) -> None:
    shop.set_up("ECSCanary10Percent5Minutes")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "204"}}
    forward = {"Type": "forward", "TargetGroupArn": shop.groups["one"]}
    for priority, action in enumerate((forward, answer), 1):
        condition = {"Field": "path-pattern", "Values": [f"/{priority}"]}
        shop.elb.create_rule(ListenerArn=shop.listener, Priority=priority, Conditions=[condition], Actions=[action])
    shop.start()
    rules = shop.elb.describe_rules(ListenerArn=shop.listener)["Rules"]
    actions = [rule["Actions"][0] for rule in rules]
    assert [action["Type"] for action in actions] == ["forward", "fixed-response", "forward"]
    for action in (actions[0], actions[2]):
        assert [group["Weight"] for group in action["ForwardConfig"]["TargetGroups"]] == [90, 10]


def test_a_network_load_balancer_takes_all_at_once(shop: EcsStage) -> None:
    shop.set_up(balancer="network", termination=0)
    assert shop.status(shop.start()) == "Succeeded"
    assert listeners(shop) == (GREEN, GREEN)


def test_ready_until_it_is_continued(shop: EcsStage, refused: Refused) -> None:
    shop.set_up(ready=30)
    deployment_id = shop.start()
    info = shop.info(deployment_id)
    assert (info["status"], info["deploymentOverview"]["Ready"]) == ("Ready", 1)
    assert listeners(shop) == (BLUE, GREEN)
    with refused("InvalidDeploymentStatusException"):
        shop.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType="TERMINATION_WAIT")
    shop.pass_time(29 * 60)
    shop.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType="READY_WAIT")
    assert (shop.status(deployment_id), listeners(shop)) == ("InProgress", (GREEN, GREEN))
    shop.pass_time(301)
    assert shop.status(deployment_id) == "Succeeded"


def test_ready_and_nobody_continues(shop: EcsStage) -> None:
    shop.set_up(ready=30)
    deployment_id = shop.start()
    shop.pass_time(30 * 60 + 1)
    assert (shop.status(deployment_id), shop.error_code(deployment_id)) == ("Stopped", "TIMEOUT")
    assert listeners(shop)[0] == BLUE


@pytest.mark.parametrize("minutes", [0, 7])
def test_a_rollback_puts_everything_back(shop: EcsStage, minutes: int) -> None:
    """In the middle of the shift, or while the original task set waits for its end."""
    shop.set_up("ECSCanary10Percent5Minutes", termination=60)
    shop.deploy()
    third = shop.register_task_definition()
    stopped = shop.start(content_revision(shop.app_spec(TaskDefinition=third)))
    shop.pass_time(minutes * 60)
    assert len(shop.task_sets()) == 2
    shop.codedeploy.stop_deployment(deploymentId=stopped, autoRollbackEnabled=True)
    shop.pass_time(3)
    assert (listeners(shop), shop.task_sets()) == ((GREEN, GREEN), AFTER)
    info = shop.info(shop.info(stopped)["rollbackInfo"]["rollbackDeploymentId"])
    assert (shop.status(stopped), info["status"], info["creator"]) == ("Stopped", "Succeeded", "codeDeployRollback")


def test_a_first_deployment_is_put_back_too(shop: EcsStage) -> None:
    shop.set_up()
    shop.emulator.hook_functions["check"] = "Failed"
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    failed = shop.deploy(hooked(shop, AfterAllowTraffic="check"), autoRollbackConfiguration=rollback)
    assert shop.error_code(failed) == "HOOK_EXECUTION_FAILURE"
    assert (shop.task_sets(), listeners(shop)) == (BEFORE, (BLUE, BLUE))


def test_a_failure_without_rollback_leaves_all_as_it_is(shop: EcsStage) -> None:
    shop.set_up()
    shop.emulator.hook_functions["check"] = "Failed"
    failed = shop.deploy(hooked(shop, AfterAllowTraffic="check"))
    assert (shop.error_code(failed), shop.task_sets(), listeners(shop)[0]) == ("HOOK_EXECUTION_FAILURE", BOTH, GREEN)


def test_a_failed_before_install_cannot_be_rolled_back(shop: EcsStage) -> None:
    shop.set_up()
    first = shop.deploy()
    shop.emulator.hook_functions["check"] = "Failed"
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    failed = shop.deploy(hooked(shop, BeforeInstall="check"), autoRollbackConfiguration=rollback)
    assert list(shop.info(failed)["rollbackInfo"]) == ["rollbackMessage"]
    assert shop.codedeploy.list_deployments()["deployments"] == [failed, first]
    assert shop.task_sets() == AFTER


def test_what_the_app_spec_asks_of_the_new_task_set(shop: EcsStage) -> None:
    shop.set_up()
    network = {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
    content = shop.app_spec(PlatformVersion="1.4.0", NetworkConfiguration={"AwsvpcConfiguration": network})
    deployment_id = shop.start(content_revision(content))
    found = shop.ecs.describe_task_sets(cluster="main", service="api")["taskSets"]
    (green,) = (one for one in found if one["taskDefinition"] == shop.task_definitions[1])
    assert (green["externalId"], green["platformVersion"]) == (deployment_id, "1.4.0")
    assert green["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-1"]
    balancer = {"targetGroupArn": shop.groups["two"], "containerName": "app", "containerPort": 80}
    assert green["loadBalancers"] == [balancer]
