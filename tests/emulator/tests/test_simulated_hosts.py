# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated hosts: what their scripts say, as a user of the API sees it."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
import urllib3

from emulator import Emulator
from emulator.errors import ServiceError
from emulator.hosts.outcomes import EVENTS, Outcome, come_late, crash, fail, hang, never_poll, succeed
from emulator.hosts.simulation_json import simulation_from_json
from emulator.stages.servers import TAG, Stage

WEB = {TAG["Key"]: TAG["Value"]}
ALL_AT_ONCE = "CodeDeployDefault.AllAtOnce"
HOUR = 3600


def set_up(stage: Stage, hosts: int, config: str = ALL_AT_ONCE, **settings: Any) -> None:
    """The stage's group, with hosts that do well."""
    stage.set_up(deploymentConfigName=config, **settings)
    stage.emulator.simulate(hosts, tags=WEB)


def deploy(stage: Stage, **members: Any) -> str:
    """A deployment, and the time in which all that may happen has happened."""
    deployment_id = stage.create_deployment(**members)
    stage.pass_time(2 * HOUR)
    return deployment_id


def statuses(stage: Stage, deployment_id: str, *names: str) -> dict[str, str]:
    return {name: stage.target(deployment_id, name)["status"] for name in names}


def overview(stage: Stage, deployment_id: str) -> dict[str, int]:
    counts = stage.info(deployment_id)["deploymentOverview"]
    return {status: count for status, count in counts.items() if count}


def test_hosts_do_well_unless_told_otherwise(stage: Stage) -> None:
    set_up(stage, 3)
    deployment_id = deploy(stage)
    assert stage.status(deployment_id) == "Succeeded"
    assert overview(stage, deployment_id) == {"Succeeded": 3}
    event = stage.event(deployment_id, "host-2", "Install")
    assert event["diagnostics"]["errorCode"] == "Success"
    assert (event["endTime"] - event["startTime"]).total_seconds() == 1
    instances = stage.codedeploy.batch_get_on_premises_instances(instanceNames=["host-1", "host-3"])
    assert [instance["tags"] for instance in instances["instanceInfos"]] == [[TAG], [TAG]]


def test_a_host_that_was_deregistered_comes_back_after_a_day(stage: Stage) -> None:
    stage.emulator.simulate(["web-1"])
    stage.codedeploy.deregister_on_premises_instance(instanceName="web-1")
    with pytest.raises(ValueError, match="web-1 was deregistered less than 24 hours ago"):
        stage.emulator.simulate(["web-1"])
    stage.emulator.clock.advance(24 * 60 * 60)
    stage.emulator.simulate(["web-1"])
    assert "deregisterTime" not in stage.codedeploy.get_on_premises_instance(instanceName="web-1")["instanceInfo"]


def test_one_of_forty_fails_in_validate_service(stage: Stage) -> None:
    set_up(stage, 40, "CodeDeployDefault.OneAtATime")
    stage.emulator.simulate("host-7", {"ValidateService": fail(log="503 from /health", script="scripts/check.sh")})
    deployment_id = deploy(stage)
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert overview(stage, deployment_id) == {"Succeeded": 6, "Failed": 1, "Skipped": 33}
    diagnostics = stage.event(deployment_id, "host-7", "ValidateService")["diagnostics"]
    assert diagnostics["errorCode"] == "ScriptFailed"
    assert diagnostics["scriptName"] == "scripts/check.sh"
    assert diagnostics["message"] == "Script at specified location: scripts/check.sh failed with exit code 1"
    assert diagnostics["logTail"] == "503 from /health"


@pytest.mark.parametrize(
    ("outcome", "status", "error_code", "seconds"),
    [
        (succeed(20), "Succeeded", "Success", 20),
        (fail(5, "ScriptTimedOut"), "Failed", "ScriptTimedOut", 5),
        (hang(), "Failed", "UnknownError", HOUR),
        (never_poll(), "Failed", "UnknownError", None),
        (come_late(299), "Succeeded", "Success", 1),
        (come_late(301), "Failed", "UnknownError", None),
        (crash(90), "Failed", "UnknownError", 90),
    ],
)
def test_outcomes(stage: Stage, outcome: Outcome, status: str, error_code: str, seconds: int | None) -> None:
    set_up(stage, 2)
    stage.emulator.simulate("host-1", {"Install": outcome})
    deployment_id = deploy(stage)
    assert statuses(stage, deployment_id, "host-1", "host-2") == {"host-1": status, "host-2": "Succeeded"}
    event = stage.event(deployment_id, "host-1", "Install")
    assert (event["status"], event["diagnostics"]["errorCode"]) == (status, error_code)
    if seconds is None:
        assert "startTime" not in event
    else:
        assert (event["endTime"] - event["startTime"]).total_seconds() == seconds


def test_each_deployment_has_its_script_and_the_last_stays(stage: Stage) -> None:
    broken = {"ApplicationStart": fail()}
    set_up(stage, 2)
    good = deploy(stage)
    stage.emulator.simulate(["host-1", "host-2"], broken, {})
    rollback = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    bad = deploy(stage, key="two.zip", autoRollbackConfiguration=rollback)
    rolled_back = stage.info(bad)["rollbackInfo"]["rollbackDeploymentId"]
    again = deploy(stage, key="three.zip")
    assert [stage.status(name) for name in (good, bad, rolled_back, again)] == [
        "Succeeded",
        "Failed",
        "Succeeded",
        "Succeeded",
    ]


def test_new_scripts_count_from_the_next_event_on(stage: Stage) -> None:
    set_up(stage, 1)
    stage.emulator.simulate("host-1", {"BeforeInstall": never_poll()})
    deployment_id = stage.create_deployment()
    stage.pass_time(100)
    stage.emulator.simulate("host-1", {"Install": fail()})
    stage.pass_time(HOUR)
    # What was offered stays as it was.
    assert stage.event(deployment_id, "host-1", "BeforeInstall")["status"] == "Failed"
    assert stage.event(deploy(stage), "host-1", "Install")["status"] == "Failed"


def test_a_stop_is_heeded(stage: Stage) -> None:
    set_up(stage, 2)
    stage.emulator.simulate("host-1", {"ApplicationStop": succeed(100)})
    stage.emulator.simulate("host-2", {"ApplicationStop": come_late(200)})
    deployment_id = stage.create_deployment()
    stage.pass_time(50)
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.pass_time(HOUR)
    assert stage.status(deployment_id) == "Stopped"
    assert stage.event_statuses(deployment_id, "host-1")[:2] == ["Succeeded", "Skipped"]
    assert stage.event_statuses(deployment_id, "host-2")[:2] == ["Skipped", "Skipped"]


def launch_instances(emulator: Emulator, count: int) -> list[str]:
    tags = [{"ResourceType": "instance", "Tags": [TAG]}]
    image = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
    ec2 = emulator.client("ec2")
    answer = ec2.run_instances(MinCount=count, MaxCount=count, TagSpecifications=tags, **image)
    return [str(instance["InstanceId"]) for instance in answer["Instances"]]


def test_ec2_instances_by_id_and_by_pattern(stage: Stage) -> None:
    first, second = launch_instances(stage.emulator, 2)
    stage.set_up(deploymentConfigName=ALL_AT_ONCE, ec2TagFilters=[{**TAG, "Type": "KEY_AND_VALUE"}])
    stage.emulator.simulate("i-*")
    stage.emulator.simulate(first, {"Install": fail()})
    (third,) = launch_instances(stage.emulator, 1)
    deployment_id = deploy(stage)
    expected = {first: "Failed", second: "Succeeded", third: "Succeeded"}
    assert statuses(stage, deployment_id, *expected) == expected
    stage.emulator.simulate("i-*", {"Install": fail()})
    assert overview(stage, deploy(stage)) == {"Failed": 3}


def test_instances_that_are_there_are_taken_as_they_are(stage: Stage) -> None:
    stage.set_up("h1", "h2")
    assert stage.emulator.simulate(["h1"], tags={"other": "tag"}) == ["h1"]
    deployment_id = deploy(stage)
    assert statuses(stage, deployment_id, "h1", "h2") == {"h1": "Succeeded", "h2": "Failed"}
    assert stage.codedeploy.get_on_premises_instance(instanceName="h1")["instanceInfo"]["tags"] == [TAG]


@pytest.mark.parametrize(
    ("hosts", "script", "error", "said"),
    [
        ("i-00000000000000000", {}, ValueError, "i-00000000000000000"),
        ("host-1", {"Start": hang()}, ValueError, "'Start'"),
        ("host 1", {}, ServiceError, "host 1"),
    ],
)
def test_what_cannot_be_simulated(
    emulator: Emulator, hosts: str, script: dict[str, Outcome], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        emulator.simulate(hosts, script)


def test_outcomes_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="seconds: -1 is not valid; use 0 to"):
        succeed(-1)
    with pytest.raises(ValueError, match="ScriptFailed"):
        fail(error_code="Success?")


def control_hosts(emulator: Emulator, body: Any) -> tuple[int, Any]:
    answer = urllib3.request("POST", f"{emulator.endpoint}/_emulator/hosts", body=json.dumps(body).encode())
    return answer.status, answer.json()


def test_by_control_call(stage: Stage) -> None:
    stage.set_up(deploymentConfigName=ALL_AT_ONCE)
    names = ["host-1", "host-2", "host-3"]
    assert control_hosts(stage.emulator, {"hosts": 3, "tags": WEB}) == (200, {"hosts": names})
    script = {"ApplicationStart": {"fail": {"error_code": "ScriptMissing", "seconds": 2}}, "Install": "succeed"}
    control_hosts(stage.emulator, {"hosts": "host-2", "scripts": [script]})
    deployment_id = deploy(stage)
    assert overview(stage, deployment_id) == {"Succeeded": 2, "Failed": 1}
    diagnostics = stage.event(deployment_id, "host-2", "ApplicationStart")["diagnostics"]
    assert diagnostics["errorCode"] == "ScriptMissing"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "Expected an object with hosts and, optionally, scripts, tags and region, got None."),
        ({}, "hosts"),
        ({"hosts": True}, "hosts: True is not valid; give a number, a name or a list of names"),
        ({"hosts": 0}, "hosts: 0 is not valid; use 1 to "),
        ({"hosts": 1_000_000_000}, "1 to"),
        ({"hosts": [1]}, "[1]"),
        ({"hosts": 1, "script": {}}, "script"),
        ({"hosts": 1, "scripts": {}}, "scripts: {} is not a list; give one"),
        ({"hosts": 1, "scripts": ["hang"]}, "scripts: 'hang' is not a script; give an object"),
        ({"hosts": 1, "scripts": [{"Install": "explode"}]}, "scripts: 'explode' is not an outcome; use one of "),
        ({"hosts": 1, "scripts": [{"Install": {"fail": {}, "hang": {}}}]}, "one name"),
        ({"hosts": 1, "scripts": [{"Install": {"fail": "log"}}]}, "arguments"),
        (
            {"hosts": 1, "scripts": [{"Install": {"fail": {"logs": ""}}}]},
            "its arguments are seconds, error_code, script",
        ),
        (
            {"hosts": 1, "scripts": [{"Install": {"fail": {"seconds": "1"}}}]},
            "scripts: seconds of fail is '1'; give a number",
        ),
        ({"hosts": 1, "scripts": [{"Install": {"fail": {"log": 1}}}]}, "scripts: log of fail is 1; give a string"),
        ({"hosts": 1, "scripts": [{"Install": {"come_late": {}}}]}, "seconds"),
        ({"hosts": 1, "scripts": [{"Insatll": "hang"}]}, "Install"),
        ({"hosts": 1, "tags": {"fleet": 1}}, "tags: {'fleet': 1} is not valid; give an object of strings"),
        ({"hosts": 1, "region": 1}, "region"),
        ({"hosts": 1, "region": "mars-north-1"}, "region: there is no region 'mars-north-1'; use"),
        ({"hosts": "a:b"}, "a:b"),
    ],
)
def test_control_calls_that_are_refused(emulator: Emulator, body: Any, said: str) -> None:
    status, answer = control_hosts(emulator, body)
    assert status == 400
    assert said in answer["error"]


@pytest.mark.parametrize(
    ("described", "outcome"),
    [
        ("hang", hang()),
        ({"never_poll": {}}, never_poll()),
        ({"succeed": {"seconds": 3}}, succeed(3)),
        ({"fail": {"error_code": "ScriptMissing", "script": "a", "message": "b"}}, fail(1, "ScriptMissing", "a", "b")),
        ({"come_late": {"seconds": 2.5}}, come_late(2.5)),
        ({"crash": {"seconds": 5}}, crash(5)),
    ],
)
def test_json_says_the_same(described: Any, outcome: Outcome) -> None:
    _hosts, scripts, _options = simulation_from_json({"hosts": 1, "scripts": [{"Install": described}]})
    assert scripts == [{"Install": outcome}]


def test_a_reset_forgets_them(stage: Stage) -> None:
    set_up(stage, 1)
    stage.emulator.reset()
    stage.set_up("host-1")
    assert statuses(stage, deploy(stage), "host-1") == {"host-1": "Failed"}


def test_hours_pass_at_once_for_a_client_that_only_polls(stage: Stage) -> None:
    set_up(stage, 10, "CodeDeployDefault.OneAtATime")
    stage.emulator.simulate(10, {event: succeed(599) for event in EVENTS})
    stage.emulator.clock.set_speed(math.inf)
    deployment_id = stage.create_deployment()
    deadline = time.monotonic() + 60
    while stage.status(deployment_id) != "Succeeded" and time.monotonic() < deadline:
        continue
    stage.emulator.clock.set_speed(0)
    info = stage.info(deployment_id)
    assert info["status"] == "Succeeded"
    assert (info["completeTime"] - info["startTime"]).total_seconds() == 10 * 7 * 600
