# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Triggers: what is published to moto's SNS, read from a queue."""

from __future__ import annotations

import json
from typing import Any

from emulator.stages.servers import Stage

DEPLOYMENT_EVENTS = [f"Deployment{event}" for event in ("Start", "Success", "Failure", "Stop", "Rollback", "Ready")]
INSTANCE_EVENTS = [f"Instance{event}" for event in ("Start", "Success", "Failure", "Ready")]


class Listener:
    """A topic and a queue that takes its messages."""

    def __init__(self, stage: Stage) -> None:
        sns, self._sqs = stage.emulator.client("sns"), stage.emulator.client("sqs")
        self.topic = sns.create_topic(Name="releases")["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="releases")["QueueUrl"]
        attributes = {"QueueUrl": self._queue, "AttributeNames": ["QueueArn"]}
        arn = self._sqs.get_queue_attributes(**attributes)["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def trigger(self, *events: str, name: str = "tell") -> dict[str, Any]:
        return {"triggerName": name, "triggerTargetArn": self.topic, "triggerEvents": list(events)}

    def heard(self) -> list[tuple[str, dict[str, Any]]]:
        """Events and messages since the last time, in order."""
        found = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
                body = json.loads(message["Body"])
                found.append((body["Subject"].partition(":")[0], json.loads(body["Message"])))
        return found


def test_a_deployment_from_start_to_success(stage: Stage) -> None:
    listener = Listener(stage)
    stage.set_up("h1", triggerConfigurations=[listener.trigger(*DEPLOYMENT_EVENTS, *INSTANCE_EVENTS)])
    deployment_id = stage.deploy()
    heard = listener.heard()
    assert [event for event, _message in heard] == [
        "DeploymentStart",
        "InstanceStart",
        "InstanceSuccess",
        "DeploymentSuccess",
    ]
    message = heard[-1][1]
    assert float(message.pop("completeTime")) >= float(message.pop("createTime"))
    counts = {"Failed": "0", "InProgress": "0", "Pending": "0", "Skipped": "0", "Succeeded": "1"}
    assert message == {
        "region": "us-east-1",
        "accountId": "123456789012",
        "eventTriggerName": "tell",
        "applicationName": "shop",
        "deploymentId": deployment_id,
        "deploymentGroupName": "web",
        "deploymentOverview": counts,
        "status": "Succeeded",
    }
    instance = heard[2][1]
    assert instance["instanceId"] == stage.target(deployment_id, "h1")["targetArn"]
    assert (instance["deploymentId"], instance["instanceStatus"]) == (deployment_id, "Succeeded")
    first = instance["lifecycleEvents"][0]
    assert (first["LifecycleEvent"], first["LifecycleEventStatus"]) == ("ApplicationStop", "Succeeded")
    assert float(first["EndTime"]) >= float(first["StartTime"])


def test_a_failure_and_its_rollback(stage: Stage) -> None:
    listener = Listener(stage)
    events = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    wanted = ("DeploymentFailure", "DeploymentRollback", "InstanceFailure")
    stage.set_up("h1", triggerConfigurations=[listener.trigger(*wanted)], autoRollbackConfiguration=events)
    stage.deploy("one.zip")
    failed = stage.deploy("two.zip", {"h1": {"Install": 5}})
    stage.pass_time(2)
    heard = listener.heard()
    assert [event for event, _message in heard] == ["InstanceFailure", "DeploymentFailure", "DeploymentRollback"]
    assert heard[1][1]["errorInformation"]["ErrorCode"] == "HEALTH_CONSTRAINTS"
    assert heard[2][1]["deploymentId"] == stage.info(failed)["rollbackInfo"]["rollbackDeploymentId"]


def test_each_trigger_hears_what_it_asked_for(stage: Stage) -> None:
    listener = Listener(stage)
    triggers = [listener.trigger("DeploymentStop", name="a"), listener.trigger("DeploymentStart", name="b")]
    stage.set_up("h1", triggerConfigurations=triggers)
    deployment_id = stage.start()
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.pass_time(1)
    heard = [(event, message["eventTriggerName"]) for event, message in listener.heard()]
    assert heard == [("DeploymentStart", "b"), ("DeploymentStop", "a")]


def test_a_topic_that_is_gone_does_no_harm(stage: Stage) -> None:
    listener = Listener(stage)
    stage.set_up("h1", triggerConfigurations=[listener.trigger(*DEPLOYMENT_EVENTS)])
    stage.emulator.client("sns").delete_topic(TopicArn=listener.topic)
    assert stage.status(stage.deploy()) == "Succeeded"
