# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults: each kind as a client meets it, on CodeDeploy and on moto's services, and which calls they strike."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from emulator import Emulator, Fault, ManualClock
from emulator.emulator import ACCESS_KEY, REGION, SECRET_KEY
from emulator.faults import KINDS, Faults
from emulator.stages.scripted_host import CommandError
from emulator.stages.servers import Stage

ROOT_ARN = "arn:aws:iam::123456789012:root"


def refusal(call: Any, **members: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(**members)
    error, answer = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
    return answer["HTTPStatusCode"], error["Code"], error["Message"]


def control(emulator: Emulator, method: str, body: Any = None) -> tuple[int, Any]:
    answer = urllib3.request(method, f"{emulator.endpoint}/_emulator/faults", body=json.dumps(body).encode())
    return answer.status, answer.json()


@pytest.mark.parametrize(
    ("kind", "status", "code", "text"),
    [
        ("throttling", 400, "ThrottlingException", "Rate exceeded"),
        ("internal_error", 500, "InternalFailure", "internal error"),
        ("unavailable", 503, "ServiceUnavailable", "unable"),
        ("expired_token", 403, "ExpiredTokenException", "The security token included in the request is expired"),
    ],
)
def test_refusals(emulator: Emulator, codedeploy: Any, kind: Any, status: int, code: str, text: str) -> None:
    emulator.faults.add(Fault(kind, "codedeploy:CreateApplication", count=1))
    assert codedeploy.list_applications()["applications"] == []
    found = refusal(codedeploy.create_application, applicationName="shop")
    assert found[:2] == (status, code)
    assert text in found[2]
    codedeploy.create_application(applicationName="shop")


@pytest.mark.parametrize(
    ("operation", "members", "resource"),
    [
        ("list_applications", {}, "*"),
        ("get_application", {"applicationName": "shop"}, "application:shop"),
        ("get_deployment_group", {"applicationName": "shop", "deploymentGroupName": "web"}, "deploymentgroup:shop/web"),
        ("get_deployment_config", {"deploymentConfigName": "slow"}, "deploymentconfig:slow"),
        ("get_on_premises_instance", {"instanceName": "h1"}, "instance:h1"),
    ],
)
def test_access_denied(emulator: Emulator, codedeploy: Any, operation: str, members: Any, resource: str) -> None:
    emulator.faults.add(Fault("access_denied"))
    action = f"codedeploy:{codedeploy.meta.method_to_api_mapping[operation]}"
    arn = resource if resource == "*" else f"arn:aws:codedeploy:us-east-1:123456789012:{resource}"
    denial = (
        f"User: {ROOT_ARN} is not authorized to perform: {action} on resource: {arn} "
        f"because no identity-based policy allows the {action} action"
    )
    assert refusal(getattr(codedeploy, operation), **members) == (400, "AccessDeniedException", denial)


@pytest.mark.parametrize(
    ("service", "operation", "action", "kind", "expected"),
    [
        ("s3", "list_buckets", "s3:ListAllMyBuckets", "throttling", (503, "SlowDown")),
        ("s3", "list_buckets", "s3:*", "internal_error", (500, "InternalError")),
        ("s3", "list_buckets", "s3:*", "access_denied", (403, "AccessDenied")),
        ("iam", "list_users", "iam:ListUsers", "throttling", (400, "Throttling")),
        ("sts", "get_caller_identity", "sts:*", "expired_token", (403, "ExpiredToken")),
        ("ec2", "describe_instances", "ec2:Describe*", "unavailable", (503, "ServiceUnavailable")),
        ("ecs", "list_clusters", "ecs:*", "access_denied", (400, "AccessDeniedException")),
        ("lambda", "list_functions", "lambda:*", "throttling", (400, "ThrottlingException")),
    ],
)
def test_motos_services(
    emulator: Emulator, service: str, operation: str, action: str, kind: Any, expected: Any
) -> None:
    emulator.faults.add(Fault(kind, action, count=1))
    call = getattr(emulator.client(service), operation)
    assert refusal(call)[:2] == expected
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_reset_before_the_call_takes_effect(emulator: Emulator, codedeploy: Any) -> None:
    emulator.faults.add(Fault("reset_before", count=1))
    with pytest.raises(ConnectionClosedError):
        codedeploy.create_application(applicationName="shop")
    assert codedeploy.list_applications()["applications"] == []
    assert [(call.status, call.error) for call in emulator.calls] == [(0, "reset_before"), (200, "")]


def test_a_reset_after_the_call_took_effect(emulator: Emulator, codedeploy: Any) -> None:
    emulator.faults.add(Fault("reset_after", count=1))
    with pytest.raises(ConnectionClosedError):
        codedeploy.create_application(applicationName="shop")
    assert codedeploy.list_applications()["applications"] == ["shop"]
    s3 = emulator.client("s3")
    emulator.faults.add(Fault("reset_after", "s3:CreateBucket"))
    with pytest.raises(ConnectionClosedError):
        s3.create_bucket(Bucket="bundles")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bundles"]


def test_latency_ends_with_the_fault(emulator: Emulator, codedeploy: Any) -> None:
    emulator.faults.add(Fault("latency", seconds=3600))
    hasty = boto3.client(
        "codedeploy",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(read_timeout=0.1, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ReadTimeoutError):
        hasty.list_applications()
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(codedeploy.list_applications)
        deadline = time.monotonic() + 60
        while emulator.faults.as_json()[0]["struck"] < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not waiting.done()
        emulator.faults.clear()
        assert waiting.result(60)["applications"] == []


def test_latencies_and_another_fault(emulator: Emulator, codedeploy: Any) -> None:
    for fault in (Fault("latency", seconds=0.01), Fault("throttling"), Fault("internal_error")):
        emulator.faults.add(fault)
    assert refusal(codedeploy.list_applications)[1] == "ThrottlingException"
    assert [fault["struck"] for fault in emulator.faults.as_json()] == [1, 1, 0]


def test_time_passes_before_the_call_is_answered(emulator: Emulator, codedeploy: Any) -> None:
    emulator.faults.add(Fault("time_passes", "codedeploy:List*", seconds=60))
    emulator.clock.call_later(50, lambda: codedeploy.create_application(applicationName="shop"))
    begun = emulator.clock.now()
    assert codedeploy.list_applications()["applications"] == ["shop"]
    codedeploy.get_application(applicationName="shop")
    assert emulator.clock.now() - begun == 60


def test_stale_reads(emulator: Emulator, codedeploy: Any) -> None:
    codedeploy.create_application(applicationName="old")
    emulator.faults.add(Fault("stale_reads", "codedeploy:CreateApplication", count=1, reads=2))
    codedeploy.create_application(applicationName="new")
    assert codedeploy.list_applications()["applications"] == ["old"]
    assert refusal(codedeploy.get_application, applicationName="new")[1] == "ApplicationDoesNotExistException"
    assert codedeploy.list_applications()["applications"] == ["old", "new"]


def test_stale_reads_do_not_reach_writes_and_end_with_the_fault(emulator: Emulator, codedeploy: Any) -> None:
    emulator.faults.add(Fault("stale_reads", "codedeploy:CreateApplication", count=1, reads=100))
    codedeploy.create_application(applicationName="shop")
    assert refusal(codedeploy.create_application, applicationName="shop")[1] == "ApplicationAlreadyExistsException"
    assert codedeploy.list_applications()["applications"] == []
    emulator.faults.clear()
    assert codedeploy.list_applications()["applications"] == ["shop"]


def test_a_running_deployment_can_be_stale(stage: Stage) -> None:
    stage.set_up("h1")
    deployment = stage.start()
    stage.emulator.faults.add(Fault("stale_reads", "codedeploy:StopDeployment", reads=1))
    stage.codedeploy.stop_deployment(deploymentId=deployment)
    assert stage.status(deployment) == "InProgress"
    stage.pass_time(4000)
    assert stage.status(deployment) == "Stopped"


def test_simulated_hosts_can_be_stale(emulator: Emulator, codedeploy: Any) -> None:
    emulator.hook_functions["unused"] = cast(Any, emulator.clock.advance)  # bound to what cannot be copied
    stage = Stage(emulator)
    emulator.simulate(3)
    stage.set_up(onPremisesInstanceTagFilters=[{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}])
    deployment = stage.start()
    emulator.faults.add(Fault("stale_reads", "codedeploy:StopDeployment", reads=2))
    codedeploy.stop_deployment(deploymentId=deployment)
    assert len(codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]) == 3
    stage.pass_time(4000)
    assert [stage.status(deployment), stage.status(deployment)] == ["InProgress", "Stopped"]


def test_host_agents_meet_them_too(emulator: Emulator, stage: Stage) -> None:
    host = stage.add_host("h1")
    emulator.faults.add(Fault("throttling", "codedeploy-commands-secure:PollHostCommand", count=1))
    with pytest.raises(CommandError, match="400 ThrottlingException: Rate exceeded"):
        host.poll()
    assert host.poll() is None


def strikes(fault: Fault, actions: list[str]) -> str:
    """A cross for each call that is struck, a dot for the others."""
    faults = Faults(ManualClock())
    faults.add(fault)
    return "".join("x" if faults.meet(action) else "." for action in actions)


READ, WRITE = "codedeploy:GetDeployment", "codedeploy:StopDeployment"


@pytest.mark.parametrize(
    ("fault", "actions", "expected"),
    [
        (Fault("throttling"), [READ, WRITE, "s3:PutObject"], "xx."),
        (Fault("throttling", READ), [READ, WRITE, READ], "x.x"),
        (Fault("throttling", "codedeploy:Get*"), [READ, WRITE], "x."),
        (Fault("throttling", READ, count=2), [READ, WRITE, READ, READ], "x.x."),
        (Fault("throttling", READ, skip=1, count=1), [READ, WRITE, READ, READ], "..x."),
        (Fault("throttling", READ, count=0), [READ], "."),
        (Fault("throttling", READ, rate=0), [READ] * 5, "....."),
    ],
)
def test_which_calls_are_struck(fault: Fault, actions: list[str], expected: str) -> None:
    assert strikes(fault, actions) == expected


def test_chance_repeats_with_its_seed() -> None:
    runs = [strikes(Fault("throttling", rate=0.3, seed=seed), [READ] * 1000) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert 230 < runs[0].count("x") < 370


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "Expected an object with kind and, optionally, action, rate, count, skip, seed, seconds, reads, got {}."),
        ({"kind": "throttling", "colour": "red"}, "Expected an object with kind and"),
        ({"kind": "flood"}, "kind: 'flood' is not a kind of fault; use one of throttling, "),
        ({"kind": "throttling", "rate": 1.5}, "rate: 1.5 is not valid; use a number from 0 to 1"),
        ({"kind": "throttling", "rate": True}, "rate: True is not valid; use a number"),
        ({"kind": "throttling", "count": -1}, "count: -1 is not valid; use a whole number, 0 or more"),
        ({"kind": "throttling", "count": 1.5}, "count: 1.5 is not valid; use a whole number"),
        (
            {"kind": "throttling", "action": "ListApplications"},
            "action: 'ListApplications' is not an IAM action; write it",
        ),
        ({"kind": "latency", "seconds": "1"}, "seconds: '1' is not valid; use a number from 0 to "),
        (
            {"kind": "stale_reads", "action": "s3:*"},
            "action: 's3:*' cannot be combined with stale_reads; use codedeploy:",
        ),
    ],
    ids=str,
)
def test_bad_faults_over_http(emulator: Emulator, members: dict[str, Any], said: str) -> None:
    status, answer = control(emulator, "POST", members)
    assert (status, answer["error"][: len(said)]) == (400, said)
    assert emulator.faults.as_json() == []


def test_faults_over_http(emulator: Emulator, codedeploy: Any) -> None:
    assert control(emulator, "POST", {"kind": "throttling", "count": 1}) == (200, {})
    assert refusal(codedeploy.list_applications)[1] == "ThrottlingException"
    _status, (fault,) = control(emulator, "GET")
    assert (fault["kind"], fault["action"], fault["struck"]) == ("throttling", "codedeploy:*", 1)
    assert control(emulator, "DELETE") == (200, {})
    assert control(emulator, "GET") == (200, [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_reset_switches_faults_off(emulator: Emulator, codedeploy: Any, kind: Any) -> None:
    emulator.faults.add(Fault(kind, seconds=3600))
    emulator.reset()
    assert codedeploy.list_applications()["applications"] == []
