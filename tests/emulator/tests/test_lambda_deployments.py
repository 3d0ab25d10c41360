# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments to a Lambda function: the alias in moto really moves, in the order and at the times that the config says."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from emulator import Emulator
from emulator.stages.servers import Stage
from emulator.stages.traffic import ROLLBACK, LambdaStage, content_revision

from .conftest import Refused

HOUR = 3600.0


@pytest.fixture
def shop(emulator: Emulator) -> LambdaStage:
    return LambdaStage(emulator)


def hooked(shop: LambdaStage, **hooks: str) -> dict[str, Any]:
    return content_revision(shop.app_spec(hooks))


def weights_over_time(shop: LambdaStage, minutes: int) -> list[tuple[int, dict[str, float]]]:
    """What the alias sends where, from now on: every change, with the minutes that had passed."""
    seen: list[tuple[int, dict[str, float]]] = []
    for minute in range(minutes + 1):
        alias = {version: round(share, 6) for version, share in shop.alias().items()}
        if not seen or seen[-1][1] != alias:
            seen.append((minute, alias))
        shop.pass_time(60)
    return seen


def test_all_at_once(shop: LambdaStage) -> None:
    shop.set_up()
    deployment_id = shop.create_deployment()
    assert shop.alias() == {"1": 1.0}
    shop.pass_time(1)
    assert shop.alias() == {"2": 1.0}
    info = shop.info(deployment_id)
    assert (info["status"], info["computePlatform"], info["creator"]) == ("Succeeded", "Lambda", "user")
    assert info["deploymentOverview"]["Succeeded"] == 1
    target = shop.target(deployment_id)
    function = shop.functions.get_function(FunctionName="greet")["Configuration"]
    assert (target["targetId"], target["targetArn"]) == ("greet", function["FunctionArn"])
    assert target["lambdaFunctionInfo"] == {
        "functionName": "greet",
        "functionAlias": "live",
        "currentVersion": "1",
        "targetVersion": "2",
        "targetVersionWeight": 100.0,
    }
    assert shop.events(deployment_id) == dict.fromkeys(
        ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"), "Succeeded"
    )


def test_linear(shop: LambdaStage) -> None:
    shop.set_up("LambdaLinear10PercentEvery10Minutes")
    deployment_id = shop.start()
    expected = [(10 * step, {"1": round(0.9 - step / 10, 6), "2": round(0.1 + step / 10, 6)}) for step in range(9)]
    assert weights_over_time(shop, 100) == [*expected, (90, {"2": 1.0})]
    info = shop.info(deployment_id)
    assert info["status"] == "Succeeded"
    assert (info["completeTime"] - info["startTime"]).total_seconds() == 90 * 60


def test_canary(shop: LambdaStage) -> None:
    routing = {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 25, "canaryInterval": 60}}
    shop.codedeploy.create_deployment_config(
        deploymentConfigName="hour", computePlatform="Lambda", trafficRoutingConfig=routing
    )
    shop.set_up()
    deployment_id = shop.start(deploymentConfigName="hour")
    assert shop.status(deployment_id) == "Baking"
    assert shop.target(deployment_id)["lambdaFunctionInfo"]["targetVersionWeight"] == 25.0
    assert shop.events(deployment_id) == {
        "BeforeAllowTraffic": "Succeeded",
        "AllowTraffic": "InProgress",
        "AfterAllowTraffic": "Pending",
    }
    assert weights_over_time(shop, 61) == [(0, {"1": 0.75, "2": 0.25}), (60, {"2": 1.0})]
    assert shop.status(deployment_id) == "Succeeded"


def test_hooks_that_were_registered_run_in_order(shop: LambdaStage) -> None:
    shop.set_up()
    seen: list[tuple[dict[str, str], dict[str, float]]] = []

    def check(event: dict[str, str]) -> str:
        seen.append((event, shop.alias()))
        return "Succeeded"

    shop.emulator.hook_functions.update(before=check, after=check)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:after:7"
    deployment_id = shop.deploy(hooked(shop, BeforeAllowTraffic="before", AfterAllowTraffic=arn))
    assert shop.status(deployment_id) == "Succeeded"
    assert [alias for _event, alias in seen] == [{"1": 1.0}, {"2": 1.0}]
    assert {event["DeploymentId"] for event, _alias in seen} == {deployment_id}
    assert len({event["LifecycleEventHookExecutionId"] for event, _alias in seen}) == 2


def test_a_hook_calls_back_by_itself(shop: LambdaStage, refused: Refused) -> None:
    shop.set_up()
    events: list[dict[str, str]] = []
    shop.emulator.hook_functions["before"] = events.append
    deployment_id = shop.start(hooked(shop, BeforeAllowTraffic="before"))
    shop.pass_time(HOUR - 1)
    assert shop.events(deployment_id)["BeforeAllowTraffic"] == "InProgress"
    execution_id = events[0]["LifecycleEventHookExecutionId"]
    answer = {"deploymentId": deployment_id, "lifecycleEventHookExecutionId": execution_id, "status": "Succeeded"}
    report = shop.codedeploy.put_lifecycle_event_hook_execution_status
    for wrong, code in (
        ({"lifecycleEventHookExecutionId": "none"}, "InvalidLifecycleEventHookExecutionIdException"),
        ({"status": "Skipped"}, "InvalidLifecycleEventHookExecutionStatusException"),
        ({"status": "Done"}, "InvalidLifecycleEventHookExecutionStatusException"),
        ({"deploymentId": "d-NONEXIST0"}, "DeploymentDoesNotExistException"),
    ):
        with refused(code):
            report(**{**answer, **wrong})
    assert report(**answer)["lifecycleEventHookExecutionId"] == execution_id
    assert shop.status(deployment_id) == "Succeeded"
    with refused("LifecycleEventAlreadyCompletedException"):
        report(**answer)


def test_a_hook_may_call_back_while_it_runs(shop: LambdaStage) -> None:
    shop.set_up()

    def call_back(event: dict[str, str]) -> None:
        shop.codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status="Failed",
        )

    shop.emulator.hook_functions["before"] = call_back
    deployment_id = shop.deploy(hooked(shop, BeforeAllowTraffic="before"))
    assert shop.error_code(deployment_id) == "HOOK_EXECUTION_FAILURE"


def test_a_deployment_to_hosts_has_no_hooks(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    with refused("UnsupportedActionForDeploymentTypeException"):
        stage.codedeploy.put_lifecycle_event_hook_execution_status(
            deploymentId=deployment_id, lifecycleEventHookExecutionId="x", status="Succeeded"
        )


def test_a_function_in_moto_is_waited_for_an_hour(shop: LambdaStage) -> None:
    shop.set_up()
    shop.create_function("before")
    deployment_id = shop.start(hooked(shop, BeforeAllowTraffic="before"))
    shop.pass_time(HOUR - 1)
    assert shop.status(deployment_id) == "InProgress"
    shop.pass_time(2)
    assert shop.error_code(deployment_id) == "HOOK_EXECUTION_FAILURE"
    assert shop.events(deployment_id) == {
        "BeforeAllowTraffic": "Failed",
        "AllowTraffic": "Skipped",
        "AfterAllowTraffic": "Skipped",
    }
    assert shop.target(deployment_id)["status"] == "Failed"
    assert shop.alias() == {"1": 1.0}


def test_hook_functions_are_registered_by_control(shop: LambdaStage) -> None:
    shop.set_up()
    url = f"{shop.emulator.endpoint}/_emulator/hook-functions"
    assert urllib3.request("POST", url, json={"before": "Failed"}).status == 200
    assert urllib3.request("POST", url, json={"before": "failed"}).status == 400
    deployment_id = shop.deploy(hooked(shop, BeforeAllowTraffic="before"))
    assert shop.error_code(deployment_id) == "HOOK_EXECUTION_FAILURE"
    shop.emulator.reset()
    assert shop.emulator.hook_functions == {}


def test_whoever_plays_a_hook_learns_by_control_what_it_was_called_with(shop: LambdaStage) -> None:
    shop.set_up()
    shop.emulator.hook_functions["before"] = lambda _event: None
    deployment_id = shop.start(hooked(shop, BeforeAllowTraffic="before"))
    url = f"{shop.emulator.endpoint}/_emulator/hook-functions"
    (call,) = urllib3.request("GET", url).json()
    assert (call["Function"], call["LifecycleEvent"], call["DeploymentId"]) == (
        "before",
        "BeforeAllowTraffic",
        deployment_id,
    )
    execution_id = call["LifecycleEventHookExecutionId"]
    shop.codedeploy.put_lifecycle_event_hook_execution_status(
        deploymentId=deployment_id, lifecycleEventHookExecutionId=execution_id, status="Succeeded"
    )
    assert urllib3.request("GET", url).json() == []
    assert shop.status(deployment_id) == "Succeeded"


def test_an_answer_that_is_none_is_a_mistake_of_the_test(shop: LambdaStage) -> None:
    shop.set_up()
    shop.emulator.hook_functions["before"] = lambda _event: "ok"
    shop.create_deployment(hooked(shop, BeforeAllowTraffic="before"))
    with pytest.raises(ValueError, match="answered 'ok'"):
        shop.pass_time(1)


def test_a_rollback_puts_the_alias_back(shop: LambdaStage) -> None:
    shop.set_up(autoRollbackConfiguration=ROLLBACK)
    first = shop.deploy()
    shop.emulator.hook_functions["after"] = "Failed"
    second = content_revision(shop.app_spec({"AfterAllowTraffic": "after"}, CurrentVersion="2", TargetVersion="3"))
    failed = shop.create_deployment(second)
    shop.pass_time(1)
    assert (shop.status(failed), shop.alias()) == ("Failed", {"3": 1.0})
    shop.pass_time(2)
    assert shop.alias() == {"2": 1.0}
    back = shop.info(failed)["rollbackInfo"]["rollbackDeploymentId"]
    info = shop.info(back)
    assert (info["status"], info["creator"]) == ("Succeeded", "codeDeployRollback")
    assert info["rollbackInfo"]["rollbackTriggeringDeploymentId"] == failed
    assert info["revision"] == shop.info(first)["revision"]
    function = shop.target(back)["lambdaFunctionInfo"]
    assert (function["currentVersion"], function["targetVersion"]) == ("3", "2")


def test_a_first_deployment_is_put_back_too(shop: LambdaStage) -> None:
    shop.set_up("LambdaCanary10Percent5Minutes", autoRollbackConfiguration=ROLLBACK)
    failed = shop.start()
    assert shop.alias() == {"1": 0.9, "2": 0.1}
    shop.codedeploy.stop_deployment(deploymentId=failed)
    shop.pass_time(2)
    assert (shop.status(failed), shop.alias()) == ("Stopped", {"1": 1.0})
    assert list(shop.info(failed)["rollbackInfo"]) == ["rollbackMessage"]


@pytest.mark.parametrize(("rolled_back", "expected"), [(False, {"1": 0.9, "2": 0.1}), (True, {"1": 1.0})])
def test_a_stop_ends_the_shift_where_it_is(shop: LambdaStage, rolled_back: bool, expected: dict[str, float]) -> None:
    shop.set_up("LambdaLinear10PercentEvery1Minute")
    stopped = shop.start()
    shop.codedeploy.stop_deployment(deploymentId=stopped, autoRollbackEnabled=rolled_back)
    shop.pass_time(HOUR)
    assert shop.alias() == expected
    assert (shop.status(stopped), shop.error_code(stopped)) == ("Stopped", "MANUAL_STOP")
    assert shop.events(stopped)["AllowTraffic"] == "Skipped"


def test_an_alarm_stops_the_shift(shop: LambdaStage) -> None:
    watched = {"enabled": True, "alarms": [{"name": "errors"}]}
    shop.set_up("LambdaLinear10PercentEvery1Minute", alarmConfiguration=watched, autoRollbackConfiguration=ROLLBACK)
    cloudwatch = shop.emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1,
        MetricName="Errors",
    )
    deployment_id = shop.start()
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="test")
    shop.pass_time(HOUR)
    assert (shop.error_code(deployment_id), shop.alias()) == ("ALARM_ACTIVE", {"1": 1.0})


def test_the_deprecated_operations_know_the_function(shop: LambdaStage, refused: Refused) -> None:
    shop.set_up()
    deployment_id = shop.deploy()
    client = shop.codedeploy
    assert client.list_deployment_instances(deploymentId=deployment_id)["instancesList"] == ["greet"]
    summary = client.get_deployment_instance(deploymentId=deployment_id, instanceId="greet")["instanceSummary"]
    assert (summary["status"], len(summary["lifecycleEvents"])) == ("Succeeded", 3)
    with refused("DeploymentTargetListSizeExceededException"):
        client.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=["greet", "greet"])


def test_a_deployment_that_waits_for_nobody_cannot_be_continued(shop: LambdaStage, refused: Refused) -> None:
    shop.set_up("LambdaCanary10Percent5Minutes")
    deployment_id = shop.start()
    with refused("DeploymentIsNotInReadyStateException"):
        shop.codedeploy.continue_deployment(deploymentId=deployment_id, deploymentWaitType="READY_WAIT")


def test_nothing_is_shifted_after_the_group_is_gone(shop: LambdaStage) -> None:
    shop.set_up("LambdaLinear10PercentEvery1Minute")
    deployment_id = shop.start()
    shop.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    shop.pass_time(HOUR)
    assert shop.error_code(deployment_id) == "DEPLOYMENT_GROUP_MISSING"
    assert shop.alias() == {"1": 0.9, "2": 0.1}
