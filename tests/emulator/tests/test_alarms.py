# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alarms stop a deployment; what they say is moto's CloudWatch."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.stages.servers import Stage

from .conftest import Refused

WATCH = {"enabled": True, "alarms": [{"name": "errors"}]}
ON_ALARM = {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_ALARM"]}


def set_alarm(stage: Stage, state: str, name: str = "errors") -> None:
    cloudwatch = stage.emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="errors",
        Namespace="shop", Period=60, Statistic="Sum", Threshold=1,
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def code(stage: Stage, deployment_id: str) -> str:
    info = stage.info(deployment_id)
    assert info["status"] == "Stopped"
    return str(info["errorInformation"]["code"])


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_an_alarm_that_is_off(stage: Stage, state: str) -> None:
    stage.set_up("h1", alarmConfiguration=WATCH)
    set_alarm(stage, state)
    deployment_id = stage.start()
    stage.pass_time(60)
    stage.play()
    assert stage.status(deployment_id) == "Succeeded"


def test_an_alarm_that_goes_off_while_a_host_works(stage: Stage) -> None:
    stage.set_up("h1", alarmConfiguration=WATCH)
    set_alarm(stage, "OK")
    deployment_id = stage.start()
    command = stage.hosts["h1"].poll()
    assert command is not None
    stage.hosts["h1"].acknowledge(command)
    set_alarm(stage, "ALARM")
    stage.pass_time(10)
    assert stage.status(deployment_id) == "InProgress"
    stage.hosts["h1"].complete(command)
    assert code(stage, deployment_id) == "ALARM_ACTIVE"
    assert stage.event_statuses(deployment_id, "h1") == ["Succeeded"] + ["Skipped"] * 6


def test_an_alarm_that_is_on_from_the_beginning(stage: Stage) -> None:
    stage.set_up("h1", alarmConfiguration=WATCH)
    set_alarm(stage, "ALARM")
    assert code(stage, stage.start()) == "ALARM_ACTIVE"


@pytest.mark.parametrize(("ignored", "status"), [(False, "Stopped"), (True, "InProgress")])
def test_an_alarm_that_does_not_exist(stage: Stage, ignored: bool, status: str) -> None:
    stage.set_up("h1", alarmConfiguration={**WATCH, "ignorePollAlarmFailure": ignored})
    assert stage.status(stage.start()) == status


@pytest.mark.parametrize(
    ("group", "own", "status"),
    [
        ({**WATCH, "enabled": False}, None, "InProgress"),
        (WATCH, {"enabled": False, "alarms": []}, "InProgress"),
        ({"enabled": False, "alarms": []}, WATCH, "Stopped"),
    ],
)
def test_a_deployments_own_alarms_count(stage: Stage, group: Any, own: Any, status: str) -> None:
    stage.set_up("h1", alarmConfiguration=group)
    set_alarm(stage, "ALARM")
    members = {} if own is None else {"overrideAlarmConfiguration": own}
    deployment_id = stage.start(**members)
    assert stage.status(deployment_id) == status
    assert stage.info(deployment_id).get("overrideAlarmConfiguration") == own


def test_a_stop_by_alarm_is_rolled_back_and_the_rollback_is_not_stopped(stage: Stage) -> None:
    stage.set_up("h1", alarmConfiguration=WATCH, autoRollbackConfiguration=ON_ALARM)
    set_alarm(stage, "OK")
    stage.deploy("one.zip")
    stopped = stage.start("two.zip")
    set_alarm(stage, "ALARM")
    stage.pass_time(12)
    back = stage.info(stopped)["rollbackInfo"]["rollbackDeploymentId"]
    stage.pass_time(60)
    stage.play()
    assert stage.status(back) == "Succeeded"


@pytest.mark.parametrize("event", ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"])
def test_other_rollback_events_are_not_meant(stage: Stage, event: str) -> None:
    stage.set_up("h1", alarmConfiguration=WATCH, autoRollbackConfiguration={"enabled": True, "events": [event]})
    set_alarm(stage, "OK")
    stage.deploy("one.zip")
    stopped = stage.start("two.zip")
    set_alarm(stage, "ALARM")
    stage.pass_time(60)
    assert code(stage, stopped) == "ALARM_ACTIVE"
    assert "rollbackInfo" not in stage.info(stopped)


def test_an_override_that_is_wrong(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    with refused("InvalidAlarmConfigException"):
        stage.create_deployment(overrideAlarmConfiguration={"enabled": True, "alarms": []})
