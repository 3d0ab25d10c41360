# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command service, call by call: what a host is told, who may ask, and which report counts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.credentials import Credentials

from emulator import Emulator
from emulator.hosts.agent.pkcs7 import content_from_signed
from emulator.stages.scripted_host import Command, CommandError, ScriptedHost
from emulator.stages.servers import TAG, TAG_FILTER, Stage, s3_revision
from emulator.stages.signed_requests import ROOT


@pytest.fixture
def host(stage: Stage) -> ScriptedHost:
    """The host of a deployment that has started."""
    stage.set_up("h1")
    stage.start()
    return stage.hosts["h1"]


def next_command(host: ScriptedHost) -> Command:
    command = host.poll()
    assert command is not None
    return command


def only_deployment(stage: Stage) -> str:
    (deployment_id,) = stage.codedeploy.list_deployments()["deployments"]
    return str(deployment_id)


def test_nothing_to_do(stage: Stage) -> None:
    host = stage.add_host("h1")
    assert host.call("PollHostCommand", HostIdentifier=host.identifier) == {}


def test_form_of_a_command(stage: Stage, host: ScriptedHost) -> None:
    command = next_command(host)
    execution = f"CodeDeploy/us-east-1/Prod/arn:aws:sds:us-east-1:123456789012:deployment/{only_deployment(stage)}"
    assert command["CommandName"] == "ApplicationStop"
    assert command["HostIdentifier"] == host.identifier
    assert command["DeploymentExecutionId"] == execution
    kind, parts = json.loads(base64.b64decode(command["HostCommandIdentifier"]))
    assert kind == "com.amazon.apollo.deploycontrol.domain.HostCommandIdentifier"
    assert (parts["deploymentId"], parts["hostId"], parts["commandName"]) == (
        execution,
        host.identifier,
        "ApplicationStop",
    )


def test_a_command_is_handed_out_once_and_again_when_its_answer_seems_lost(stage: Stage, host: ScriptedHost) -> None:
    first = next_command(host)
    assert host.poll() is None
    stage.pass_time(60)
    assert host.poll() == first
    assert host.acknowledge(first) == "InProgress"
    stage.pass_time(60)
    assert host.poll() is None


def test_specification(stage: Stage) -> None:
    stage.set_up("h1")
    revision = s3_revision(eTag="abc", version="7")
    answer = stage.codedeploy.create_deployment(
        applicationName="shop", deploymentGroupName="web", revision=revision, fileExistsBehavior="OVERWRITE"
    )
    stage.pass_time(1)
    host = stage.hosts["h1"]
    specification = host.specification(next_command(host))
    assert specification["DeploymentSystem"] == "CodeDeploy"
    envelope = specification["DeploymentSpecification"]["GenericEnvelope"]
    assert envelope["Format"] == "PKCS7/JSON"
    assert json.loads(content_from_signed(envelope["Payload"])) == {
        "DeploymentId": answer["deploymentId"],
        "DeploymentGroupId": stage.group_info()["deploymentGroupId"],
        "DeploymentGroupName": "web",
        "ApplicationName": "shop",
        "DeploymentCreator": "user",
        "DeploymentType": "IN_PLACE",
        "AgentActionOverrides": {"AgentOverrides": {"FileExistsBehavior": "OVERWRITE"}},
        "Revision": {
            "RevisionType": "S3",
            "S3Revision": {"Bucket": "bundles", "Key": "one.zip", "BundleType": "zip", "Version": "7", "ETag": "abc"},
        },
    }


def test_a_noop_is_closed_by_its_acknowledgement(stage: Stage, host: ScriptedHost) -> None:
    command = next_command(host)
    assert host.acknowledge(command, noop=True) == "Succeeded"
    event = stage.event(only_deployment(stage), "h1", "ApplicationStop")
    assert (event["status"], event["diagnostics"]) == ("Succeeded", {})
    assert stage.target(only_deployment(stage), "h1")["status"] == "InProgress"
    assert next_command(host)["CommandName"] == "DownloadBundle"


def test_a_completion_needs_no_acknowledgement(stage: Stage, host: ScriptedHost) -> None:
    host.complete(next_command(host), 5, "the AppSpec is broken")
    event = stage.event(only_deployment(stage), "h1", "ApplicationStop")
    assert event["status"] == "Failed"
    assert event["diagnostics"]["message"] == "the AppSpec is broken"
    assert stage.status(only_deployment(stage)) == "Failed"


def test_the_first_report_counts(stage: Stage, host: ScriptedHost) -> None:
    command = next_command(host)
    host.acknowledge(command)
    host.complete(command, 4, "exit code 1", "stop.sh", "[stderr]boom")
    host.complete(command, 5, "the exception, again")
    host.complete(command)
    diagnostics = stage.event(only_deployment(stage), "h1", "ApplicationStop")["diagnostics"]
    assert diagnostics == {
        "errorCode": "ScriptFailed",
        "scriptName": "stop.sh",
        "message": "exit code 1",
        "logTail": "[stderr]boom",
    }


def test_acknowledging_again_repeats_the_answer(host: ScriptedHost) -> None:
    command = next_command(host)
    assert [host.acknowledge(command), host.acknowledge(command)] == ["InProgress", "InProgress"]
    host.complete(command, 4)
    assert host.acknowledge(command) == "Failed"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1, "ScriptMissing"),
        (2, "ScriptNotExecutable"),
        (3, "ScriptTimedOut"),
        (4, "ScriptFailed"),
        (5, "UnknownError"),
        (6, "UnknownError"),
        (7, "UnknownError"),
        ("Unknown", "UnknownError"),
    ],
)
def test_error_codes(stage: Stage, host: ScriptedHost, code: int | str, name: str) -> None:
    host.complete(next_command(host), code)
    event = stage.event(only_deployment(stage), "h1", "ApplicationStop")
    assert (event["status"], event["diagnostics"]["errorCode"]) == ("Failed", name)


@pytest.mark.parametrize("report", [{}, {"Diagnostics": {"Format": "JSON", "Payload": '{"error_code": 0}'}}])
def test_a_failure_never_reads_as_success(stage: Stage, host: ScriptedHost, report: dict[str, Any]) -> None:
    identifier = next_command(host)["HostCommandIdentifier"]
    host.call("PutHostCommandComplete", HostCommandIdentifier=identifier, CommandStatus="Failed", **report)
    event = stage.event(only_deployment(stage), "h1", "ApplicationStop")
    assert (event["status"], event["diagnostics"]["errorCode"]) == ("Failed", "UnknownError")


def test_only_the_end_of_a_long_log_is_kept(stage: Stage, host: ScriptedHost) -> None:
    host.complete(next_command(host), 4, log="a" * 100 + "z" * 4096)
    log = stage.event(only_deployment(stage), "h1", "ApplicationStop")["diagnostics"]["logTail"]
    assert log == "z" * 4096


def test_the_secure_variant(stage: Stage, host: ScriptedHost) -> None:
    host.prefix, host.signing_name = "CodeDeployCommandService", "codedeploy-commands-secure"
    assert [event for _host, event in stage.play()][-1] == "ValidateService"


def expect_refusal(host: ScriptedHost, code: str) -> None:
    with pytest.raises(CommandError) as caught:
        host.poll()
    assert caught.value.code == code


def test_whose_key_it_is(stage: Stage, host: ScriptedHost) -> None:
    other = stage.add_host("h2")
    expect_refusal(ScriptedHost(host.endpoint, host.identifier, other.credentials), "AccessDeniedException")
    expect_refusal(ScriptedHost(host.endpoint, host.identifier, ROOT), "AccessDeniedException")
    nobody = Credentials("AKIANOBODY", "secret")
    expect_refusal(ScriptedHost(host.endpoint, host.identifier, nobody), "UnrecognizedClientException")
    liar = Credentials(host.credentials.access_key, "secret")
    expect_refusal(ScriptedHost(host.endpoint, host.identifier, liar), "InvalidSignatureException")
    expect_refusal(ScriptedHost(host.endpoint, f"{host.identifier}x", host.credentials), "ClientException")
    host.signing_name = "codedeploy"
    expect_refusal(host, "InvalidSignatureException")


def test_a_region_that_nobody_knows(host: ScriptedHost) -> None:
    host.region = "mars"
    expect_refusal(host, "ClientException")


def test_another_host_can_do_nothing_with_a_command(stage: Stage, host: ScriptedHost) -> None:
    command = next_command(host)
    other = stage.add_host("h2")
    with pytest.raises(CommandError, match="AccessDeniedException"):
        other.complete(command)
    with pytest.raises(CommandError, match="is not for"):
        other.specification(command)


def test_a_deregistered_host_is_unknown(stage: Stage, host: ScriptedHost) -> None:
    stage.codedeploy.deregister_on_premises_instance(instanceName="h1")
    expect_refusal(host, "ClientException")


def session_credentials(emulator: Emulator, role: str, session: str) -> Credentials:
    given = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName=session)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def test_a_session_identity(stage: Stage, emulator: Emulator) -> None:
    stage.set_up()
    credentials = session_credentials(emulator, "arn:aws:iam::123456789012:role/hosts", "h1")
    arn = "arn:aws:sts::123456789012:assumed-role/hosts/h1"
    stage.codedeploy.register_on_premises_instance(instanceName="h1", iamSessionArn=arn)
    stage.codedeploy.add_tags_to_on_premises_instances(instanceNames=["h1"], tags=[TAG])
    stage.hosts["h1"] = ScriptedHost(emulator.endpoint, arn, credentials)
    assert stage.status(stage.deploy()) == "Succeeded"


def run_instance(emulator: Emulator, **settings: Any) -> str:
    answer = emulator.client("ec2").run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [TAG]}],
        **settings,
    )
    return str(answer["Instances"][0]["InstanceId"])


def ec2_host(emulator: Emulator, instance: str, credentials: Credentials) -> ScriptedHost:
    return ScriptedHost(emulator.endpoint, f"arn:aws:ec2:us-east-1:123456789012:instance/{instance}", credentials)


def test_an_instance_without_a_profile_is_played_with_the_emulators_own_key(stage: Stage, emulator: Emulator) -> None:
    stage.set_up(ec2TagFilters=[TAG_FILTER])
    instance = run_instance(emulator)
    stage.hosts[instance] = ec2_host(emulator, instance, ROOT)
    assert stage.status(stage.deploy()) == "Succeeded"
    expect_refusal(ec2_host(emulator, f"{instance}0", ROOT), "ClientException")
    stage.create_user("somebody")
    expect_refusal(ec2_host(emulator, instance, stage.credentials("somebody")), "AccessDeniedException")


def test_an_instance_calls_with_the_session_of_its_profile(stage: Stage, emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_role(RoleName="codedeploy", AssumeRolePolicyDocument="{}")
    role = iam.create_role(RoleName="web", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    stage.set_up(ec2TagFilters=[TAG_FILTER])
    instance = run_instance(emulator, IamInstanceProfile={"Name": "web"})
    stage.hosts[instance] = ec2_host(emulator, instance, session_credentials(emulator, role, instance))
    assert stage.status(stage.deploy()) == "Succeeded"
    expect_refusal(
        ec2_host(emulator, instance, session_credentials(emulator, role, "i-another")), "AccessDeniedException"
    )
    expect_refusal(ec2_host(emulator, instance, ROOT), "AccessDeniedException")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"HostCommandIdentifier": "nonsense"}, "not one of this service's"),
        ({"HostCommandIdentifier": "e30="}, "not one of this service's"),
        ({"CommandStatus": "Pending"}, "must be Succeeded or Failed"),
        ({"Diagnostics": {"Format": "TEXT", "Payload": "{}"}}, "format JSON"),
        ({"Diagnostics": {"Format": "JSON", "Payload": "["}}, "format JSON"),
        ({"Diagnostics": {"Format": "JSON", "Payload": "7"}}, "format JSON"),
    ],
)
def test_reports_that_make_no_sense(host: ScriptedHost, change: dict[str, Any], message: str) -> None:
    report = {"HostCommandIdentifier": next_command(host)["HostCommandIdentifier"], "CommandStatus": "Succeeded"}
    with pytest.raises(CommandError, match=message) as caught:
        host.call("PutHostCommandComplete", **{**report, **change})
    assert (caught.value.status, caught.value.code) == (400, "ClientException")


def test_a_command_that_was_never_offered(host: ScriptedHost) -> None:
    command = next_command(host)
    kind, parts = json.loads(base64.b64decode(command["HostCommandIdentifier"]))
    forged = base64.b64encode(json.dumps([kind, {**parts, "commandName": "ValidateService"}]).encode()).decode()
    with pytest.raises(CommandError, match="was not offered"):
        host.complete({"HostCommandIdentifier": forged})


def test_an_unknown_execution(host: ScriptedHost) -> None:
    with pytest.raises(CommandError, match="DeploymentNotFoundException"):
        host.specification({"DeploymentExecutionId": "CodeDeploy/us-east-1/Prod/d-ABCDEFGHI"})


def test_an_update_tells_the_status(host: ScriptedHost) -> None:
    command = next_command(host)
    identifier = command["HostCommandIdentifier"]
    assert host.call("PostHostCommandUpdate", HostCommandIdentifier=identifier) == {"CommandStatus": "Pending"}
    host.acknowledge(command)
    assert host.call("PostHostCommandUpdate", HostCommandIdentifier=identifier) == {"CommandStatus": "InProgress"}
