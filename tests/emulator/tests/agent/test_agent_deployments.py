# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole deployments over the wire: the order of calls, which revision's hooks run, what is kept and what is told."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import pytest

from emulator.hosts.agent.wire import WireError
from emulator.tests.agent.bundles import APPSPEC, appspec_with_hooks, script, tar_bundle, zip_bundle
from emulator.tests.agent.host import EVENTS, GROUP, INSTANCE, Host, specification
from emulator.tests.agent.scripted_service import ScriptedService, signed_envelope

HOOK_EVENTS = [event for event in EVENTS if event not in ("DownloadBundle", "Install")]


def release(version: str, **members: str) -> dict[str, str]:
    """A revision whose every hook says its event and version."""
    hooks = dict.fromkeys(HOOK_EVENTS, "say.sh")
    return {
        "appspec.yml": appspec_with_hooks(**hooks) + "files: [{source: app, destination: /srv}]\n",
        "app/version": version,
        "say.sh": script(f'echo "$LIFECYCLE_EVENT {version}" >> "$HOST_ROOT/said"'),
        **members,
    }


def said(host: Host) -> list[str]:
    return (host.root / "said").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("bundle_type", ["tar", "tgz", "zip"])
def test_a_deployment_in_place_succeeds_and_the_next_stops_the_old_revision(bundle_type: str, host: Host) -> None:
    assert host.deploy("d-1", host.upload(release("1"), bundle_type)) == (
        "ValidateService",
        "Succeeded",
        {"error_code": 0, "script_name": "", "message": "Succeeded: ", "log": ""},
    )
    assert (host.root / "srv/version").read_text(encoding="utf-8") == "1"
    assert host.deploy("d-2", host.upload(release("2"), bundle_type))[1] == "Succeeded"
    assert (host.root / "srv/version").read_text(encoding="utf-8") == "2"
    new = ["BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"]
    # The first deployment has no revision to stop; the second stops with the first one's script.
    assert said(host) == [*(f"{event} 1" for event in new), "ApplicationStop 1", *(f"{event} 2" for event in new)]


def test_the_calls_of_one_command_come_in_order_and_signed(host: Host) -> None:
    host.command("DownloadBundle", "d-1", host.upload(release("1")))
    operations = [call.operation for call in host.service.calls]
    assert operations == [
        "PollHostCommand",
        "GetDeploymentSpecification",
        "PutHostCommandAcknowledgement",
        "PutHostCommandComplete",
    ]
    headers = {name.lower(): value for name, value in host.service.calls[0].headers.items()}
    assert headers["x-amz-target"] == "CodeDeployCommandService_v20141006.PollHostCommand"
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["x-amz-codedeploy-agent-version"] == "UNKNOWN_VERSION"
    assert "Credential=AKIDEXAMPLE/" in headers["authorization"]
    assert "/us-east-1/codedeploy-commands/aws4_request" in headers["authorization"]
    (acknowledged,) = host.service.heard("PutHostCommandAcknowledgement")
    assert acknowledged["Diagnostics"] == {"Format": "JSON", "Payload": '{"IsCommandNoop": false}'}
    assert not list((host.agent_root / "ongoing-deployment").iterdir())


def test_the_auth_policy_changes_target_and_signing_name(service: ScriptedService, tmp_path: Path) -> None:
    host = Host(service, tmp_path / "host", enable_auth_policy="true")
    assert host.agent.run_once() is None
    headers = {name.lower(): value for name, value in service.calls[0].headers.items()}
    assert headers["x-amz-target"] == "CodeDeployCommandService.PollHostCommand"
    assert "/codedeploy-commands-secure/aws4_request" in headers["authorization"]


@pytest.mark.parametrize(
    ("event", "is_noop"),
    [
        ("BeforeInstall", True),
        ("AfterInstall", False),
        ("DownloadBundle", False),
        ("Install", False),
        ("Frobnicate", True),
    ],
)
def test_the_acknowledgement_says_whether_there_is_anything_to_do(event: str, is_noop: bool, host: Host) -> None:
    revision = host.upload({"appspec.yml": appspec_with_hooks(AfterInstall="say.sh"), "say.sh": script("true")})
    host.command("DownloadBundle", "d-1", revision)
    host.service.acknowledge_with = {"CommandStatus": "Succeeded"}
    identifier = host.service.offer(INSTANCE, event, specification("d-1", revision))
    host.agent.run_once()
    acknowledged = host.service.heard("PutHostCommandAcknowledgement")[-1]
    assert json.loads(acknowledged["Diagnostics"]["Payload"]) == {"IsCommandNoop": is_noop}
    # An acknowledgement answered with Succeeded ends the command; nothing more is sent.
    assert all(call["HostCommandIdentifier"] != identifier for call in host.service.heard("PutHostCommandComplete"))


def test_application_stop_is_a_noop_on_the_first_deployment(host: Host) -> None:
    host.service.offer(INSTANCE, "ApplicationStop", specification("d-1", host.upload(release("1"))))
    host.agent.run_once()
    (acknowledged,) = host.service.heard("PutHostCommandAcknowledgement")
    assert json.loads(acknowledged["Diagnostics"]["Payload"]) == {"IsCommandNoop": True}


def test_after_a_failed_acknowledgement_only_a_noop_is_completed(host: Host) -> None:
    revision = host.upload(release("1"))
    host.service.acknowledge_with = {"CommandStatus": "Failed"}
    noop = host.service.offer(INSTANCE, "ApplicationStop", specification("d-1", revision))
    work = host.service.offer(INSTANCE, "DownloadBundle", specification("d-1", revision))
    host.agent.run_once()
    host.agent.run_once()
    assert host.service.completion(noop, timeout=0)[1]["message"] == "Succeeded: CompletedNoopCommand"
    assert work not in [call["HostCommandIdentifier"] for call in host.service.heard("PutHostCommandComplete")]
    assert len(host.service.heard("GetDeploymentSpecification")) == 4
    assert not host.archive("d-1").exists()


def test_an_acknowledgement_without_a_status_means_run(host: Host) -> None:
    host.service.acknowledge_with = {}
    assert host.command("DownloadBundle", "d-1", host.upload(release("1")))[0] == "Succeeded"


@pytest.mark.parametrize("appspec", ["version: 1.0\nos: linux\n", "version: 0.0\nos: linux\nhooks: [", ""])
def test_a_broken_appspec_fails_at_before_install_without_an_acknowledgement(appspec: str, host: Host) -> None:
    revision = host.upload({"appspec.yml": appspec, "a": "1"})
    assert host.command("DownloadBundle", "d-1", revision)[0] == "Succeeded"
    acknowledged = len(host.service.heard("PutHostCommandAcknowledgement"))
    status, payload = host.command("BeforeInstall", "d-1", revision)
    assert (status, payload["error_code"], payload["script_name"], payload["log"]) == ("Failed", 5, "", "")
    assert "AppSpec" in payload["message"]
    assert len(host.service.heard("PutHostCommandAcknowledgement")) == acknowledged


def test_a_failing_script_is_reported_once_with_its_log(host: Host) -> None:
    files = release("1", **{"say.sh": script("echo going down; exit 7")})
    event, status, payload = host.deploy("d-1", host.upload(files))
    assert (event, status) == ("BeforeInstall", "Failed")
    assert payload == {
        "error_code": 4,
        "script_name": "say.sh",
        "message": "Script at specified location: say.sh failed with exit code 7",
        "log": "LifecycleEvent - BeforeInstall\nScript - say.sh\n[stdout]going down\n",
    }
    scripts_log = host.agent_root / GROUP / "d-1" / "logs" / "scripts.log"
    assert "[stdout]going down" in scripts_log.read_text(encoding="utf-8")
    assert "[d-1][stdout]going down" in (
        host.agent_root / "deployment-logs/codedeploy-agent-deployments.log"
    ).read_text(encoding="utf-8")


def test_hooks_know_their_deployment(host: Host) -> None:
    names = "LIFECYCLE_EVENT DEPLOYMENT_ID APPLICATION_NAME DEPLOYMENT_GROUP_NAME DEPLOYMENT_GROUP_ID"
    lines = [f'echo "{name}=${name}" >> "$HOST_ROOT/said"' for name in (*names.split(), "BUNDLE_BUCKET", "BUNDLE_KEY")]
    unset = 'echo "version ${BUNDLE_VERSION-unset}, key id ${AWS_ACCESS_KEY_ID-unset}" >> "$HOST_ROOT/said"'
    files = {"appspec.yml": appspec_with_hooks(BeforeInstall="say.sh"), "say.sh": script("\n".join([*lines, unset]))}
    host.deploy("d-1", host.upload(files))
    assert said(host) == [
        "LIFECYCLE_EVENT=BeforeInstall",
        "DEPLOYMENT_ID=d-1",
        "APPLICATION_NAME=shop",
        "DEPLOYMENT_GROUP_NAME=production",
        f"DEPLOYMENT_GROUP_ID={GROUP}",
        "BUNDLE_BUCKET=releases",
        "BUNDLE_KEY=my app.zip",
        "version unset, key id unset",
    ]


def test_several_scripts_of_an_event_run_in_order_and_stop_at_the_first_failure(host: Host) -> None:
    hooks = "hooks:\n  BeforeInstall: [{location: a.sh}, {location: b.sh}, {location: c.sh}]\n"
    scripts = {
        name: script(f'echo {name} >> "$HOST_ROOT/said"; [ {name} != b.sh ]') for name in ("a.sh", "b.sh", "c.sh")
    }
    event, status, payload = host.deploy("d-1", host.upload({"appspec.yml": APPSPEC + hooks, **scripts}))
    assert (event, status, payload["script_name"]) == ("BeforeInstall", "Failed", "b.sh")
    assert said(host) == ["a.sh", "b.sh"]


def test_a_failed_install_keeps_the_pointer_to_the_last_that_succeeded(host: Host) -> None:
    host.deploy("d-1", host.upload(release("1")))
    bad = release("2")
    bad["appspec.yml"] += "permissions: [{object: /srv/version, owner: no-such-user}]\n"
    assert host.deploy("d-2", host.upload(bad))[:2] == ("Install", "Failed")
    host.deploy("d-3", host.upload(release("3")))
    assert said(host).count("ApplicationStop 1") == 2
    assert (host.root / "srv/version").read_text(encoding="utf-8") == "3"


def test_once_the_new_revision_is_unpacked_every_hook_comes_from_it(host: Host) -> None:
    host.deploy("d-1", host.upload(release("1")))
    revision = host.upload(release("2"))
    host.command("DownloadBundle", "d-2", revision)
    host.command("ApplicationStop", "d-2", revision)
    assert said(host)[-1] == "ApplicationStop 2"


def test_traffic_hooks_of_a_blue_green_rollback_come_from_other_revisions(host: Host) -> None:
    events = ("BeforeBlockTraffic", "ApplicationStop", "BeforeAllowTraffic")
    hooks = appspec_with_hooks(**dict.fromkeys(events, "say.sh"))
    for version in ("1", "2"):
        files = {**release(version), "appspec.yml": hooks}
        revision = host.upload(files)
        host.command("DownloadBundle", f"d-{version}", revision)
        if version == "1":  # the second revision is downloaded but never installed
            host.command("Install", "d-1", revision)
    rollback = {"DeploymentCreator": "codeDeployRollback", "DeploymentType": "BLUE_GREEN"}
    for event in events:
        assert host.command(event, "d-3", revision, **rollback)[0] == "Succeeded"
    assert said(host) == ["BeforeBlockTraffic 2", "ApplicationStop 1", "BeforeAllowTraffic 1"]


def test_a_wrong_etag_fails_with_both_values(host: Host) -> None:
    revision = host.upload(release("1"))
    actual = revision["S3Revision"]["ETag"]
    revision["S3Revision"]["ETag"] = '"0123"'
    status, payload = host.command("DownloadBundle", "d-1", revision)
    assert (status, payload["error_code"]) == ("Failed", 5)
    assert payload["message"] == f'Expected deployment artifact bundle etag "0123" but was actually "{actual}"'


def test_a_version_is_asked_for_and_told_to_the_hooks(host: Host) -> None:
    revision = host.upload(release("newest"))
    etag = host.service.put_object("releases", "my app.zip", zip_bundle(release("old")), version="v1")
    revision["S3Revision"] |= {"Version": "v1", "ETag": etag}
    host.deploy("d-1", revision)
    assert (host.root / "srv/version").read_text(encoding="utf-8") == "old"


def test_a_missing_object_is_named(host: Host) -> None:
    revision = {"RevisionType": "S3", "S3Revision": {"Bucket": "releases", "Key": "no/such", "BundleType": "zip"}}
    status, payload = host.command("DownloadBundle", "d-1", revision)
    assert status == "Failed"
    assert payload["message"].startswith("s3://releases/no/such cannot be downloaded:")


def test_a_hostile_bundle_fails_the_download_and_writes_nothing_outside(host: Host) -> None:
    status, payload = host.command("DownloadBundle", "d-1", host.upload_bytes(tar_bundle({"../../../x": "1"}), "tar"))
    assert (status, payload["error_code"]) == ("Failed", 5)
    assert "outside of the archive" in payload["message"]
    assert not list(host.agent_root.rglob("x"))


def test_github_revisions_fail_clearly(host: Host) -> None:
    revision = {"RevisionType": "GitHub", "GitHubRevision": {"Account": "a", "Repository": "r", "CommitId": "c"}}
    status, payload = host.command("DownloadBundle", "d-1", revision)
    assert status == "Failed"
    assert "not available in the stand-in" in payload["message"]


@pytest.mark.parametrize("kind", ["Local Directory", "Local File"])
def test_local_revisions_need_no_s3(kind: str, host: Host, tmp_path: Path) -> None:
    location = tmp_path / "local"
    if kind == "Local File":
        location.write_bytes(zip_bundle(release("1")))
    else:
        for name, content in release("1").items():
            (location / name).parent.mkdir(parents=True, exist_ok=True)
            (location / name).write_text(content, encoding="utf-8")
    bundle_type = "zip" if kind == "Local File" else "directory"
    revision = {"RevisionType": kind, "LocalRevision": {"Location": str(location), "BundleType": bundle_type}}
    assert host.deploy("d-1", revision)[1] == "Succeeded"
    assert (host.root / "srv/version").read_text(encoding="utf-8") == "1"


def test_the_appspec_may_have_another_name_in_the_bundle_only(host: Host) -> None:
    files = release("1")
    files["conf/my.yml"] = files.pop("appspec.yml")
    assert host.deploy("d-1", host.upload(files), AppSpecFilename="conf/my.yml")[1] == "Succeeded"
    status, payload = host.command("BeforeInstall", "d-1", host.upload(files), AppSpecFilename="../../x.yml")
    assert status == "Failed"
    assert "must be in the revision" in payload["message"]


def test_appspec_yaml_is_found_by_install_but_not_by_the_hooks(host: Host) -> None:
    files = release("1")
    files["appspec.yaml"] = files.pop("appspec.yml")
    revision = host.upload(files)
    assert host.deploy("d-1", revision)[0] == "BeforeInstall"
    assert host.command("Install", "d-1", revision)[0] == "Succeeded"


def test_the_oldest_revisions_go_but_never_the_last_successful(service: ScriptedService, tmp_path: Path) -> None:
    host = Host(service, tmp_path / "host", max_revisions="2")
    revision = host.upload(release("1"))
    assert host.deploy("d-1", revision)[1] == "Succeeded"
    for number in (2, 3, 4):
        assert host.command("DownloadBundle", f"d-{number}", revision)[0] == "Succeeded"
    kept = sorted(path.name for path in (host.agent_root / GROUP).iterdir())
    assert kept == ["d-1", "d-4"]


def test_an_arn_as_deployment_id_names_the_directory_by_its_end(host: Host) -> None:
    arn = "arn:aws:codedeploy:us-east-1:123456789012:deployment/d-9"
    assert host.command("DownloadBundle", arn, host.upload(release("1")))[0] == "Succeeded"
    assert host.archive("d-9").is_dir()


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        ({"Format": "TEXT/JSON", "Payload": "{}"}, "Unsupported DeploymentSpecification format: TEXT/JSON"),
        (signed_envelope("{}"), "Deployment Spec has no DeploymentId"),
    ],
)
def test_a_bad_specification_fails_without_an_acknowledgement(
    envelope: dict[str, str], message: str, host: Host
) -> None:
    identifier = host.service.offer(INSTANCE, "DownloadBundle", {}, envelope)
    host.agent.run_once()
    status, payload = host.service.completion(identifier, timeout=0)
    assert (status, payload["error_code"], payload["message"]) == ("Failed", 5, message)
    assert host.service.heard("PutHostCommandAcknowledgement") == []


def test_an_unknown_command_that_is_let_through_fails(host: Host) -> None:
    status, payload = host.command("Frobnicate", "d-1", host.upload(release("1")))
    assert (status, payload["message"]) == ("Failed", "Unsupported command type: Frobnicate.")


def test_another_hosts_command_is_not_touched(host: Host) -> None:
    host.service.offer("arn:aws:ec2:us-east-1:123456789012:instance/i-0other", "DownloadBundle", {})
    with pytest.raises(WireError, match="Host Identifier mismatch"):
        host.agent.run_once()
    assert [call.operation for call in host.service.calls] == ["PollHostCommand"]


@pytest.mark.parametrize(
    "answer",
    [
        (500, '{"__type":"ServerException","message":"not now"}'),
        (429, "slow down"),
        (400, '{"__type":"x#ThrottlingException","message":"Rate exceeded"}'),
    ],
)
def test_a_passing_trouble_is_tried_again(answer: tuple[int, str], host: Host) -> None:
    host.service.answers["PutHostCommandComplete"] = deque([answer])
    identifier = host.service.offer(INSTANCE, "DownloadBundle", specification("d-1", host.upload(release("1"))))
    host.agent.run_once()
    assert len(host.service.heard("PutHostCommandComplete")) == 2
    assert identifier == host.service.heard("PutHostCommandComplete")[1]["HostCommandIdentifier"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((400, '{"__type":"ClientException","message":"who are you"}'), "HTTP 400 ClientException who are you"),
        ((200, "not JSON"), "HTTP 200"),
        ((200, '{"HostCommand": {"CommandName": "Install"}}'), "the command has no HostCommandIdentifier"),
    ],
)
def test_an_error_that_stays_is_not_tried_again(answer: tuple[int, str], message: str, host: Host) -> None:
    host.service.answers["PollHostCommand"] = deque([answer])
    with pytest.raises(WireError, match=message):
        host.agent.run_once()
    assert len(host.service.calls) == 1
