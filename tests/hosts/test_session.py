# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host with a session of a role: its credentials are renewed while it deploys, and no secret gets out."""

from __future__ import annotations

import pathlib
import typing as t

import ansible_runner
import pytest

from e2e.conftest import eventually

from .account import Account
from .machines import Machine, world_readable_with
from .plays import Controller, role_task

ROLE = "arn:aws:iam::123456789012:role/codedeploy-hosts"
SESSION = "arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-1"
SUCCEEDED = {"web-1": "Succeeded"}
PLANTED = {
    "command": "Planted-in-the-command",
    "environment": "Planted-in-the-environment",
    "proxy": "Planted-in-the-proxy",
}

# What a signing helper does on a host with a certificate: it prints credentials of a new session. The emulator checks no signature of it.
ASSUME = """\
import json, sys, urllib.parse, urllib.request, xml.etree.ElementTree
asked = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": sys.argv[3], "RoleSessionName": "web-1"}
signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAHOST/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"}
request = urllib.request.Request(sys.argv[1], urllib.parse.urlencode(asked).encode(), signed)
answer = xml.etree.ElementTree.parse(urllib.request.urlopen(request)).find(".//{*}Credentials")
print(json.dumps({member.tag.partition("}")[2]: member.text for member in answer}))
"""


@pytest.fixture(scope="module")
def options(account: Account, machine: Machine) -> dict[str, t.Any]:
    """The role's options for a session that is renewed every five seconds."""
    iam = account.emulator.client("iam")
    iam.create_role(RoleName="codedeploy-hosts", AssumeRolePolicyDocument="{}")
    machine.path("/usr/local/bin/assume.py").write_text(ASSUME)
    command = f"exec python3 /usr/local/bin/assume.py {account.emulator.endpoint} {PLANTED['command']} {ROLE}"
    return {
        "agent_identity": "iam_session",
        "agent_iam_session_arn": SESSION,
        "agent_credentials_command": command,
        "agent_credentials_renewal": 5,
        "agent_version": "1.8.1-45",
        "agent_environment": {"STAND_IN_REREAD_AFTER": "1", "TOKEN": PLANTED["environment"]},
    }


def polling_keys(account: Account) -> set[str]:
    """The access keys that polls were signed with since the record was last cleared."""
    return {
        call.access_key for call in account.emulator.calls if call.operation == "PollHostCommand" and call.status == 200
    }


def test_expired_credentials_are_refused(controller: Controller, options: dict[str, t.Any], machine: Machine) -> None:
    old = '{"AccessKeyId": "AKIA", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-01-01T00:00:00Z"}'
    play = controller.run(**{**options, "agent_credentials_command": f"echo '{old}'"})
    assert play.status != 0
    assert "agent_credentials_command supplied no credentials" in play.said
    assert "have expired" in machine.run("journalctl -u codedeploy-agent-credentials").stdout
    assert not machine.path("/etc/codedeploy-agent/conf/credentials").exists()


def test_a_host_deploys_across_renewals(controller: Controller, options: dict[str, t.Any], account: Account) -> None:
    play = controller.run(**options)
    assert play.status == 0, play.output
    again = controller.run(**options)
    assert (again.status, again.changed) == (0, {"web-1": 0}), again.output
    assert account.deploy("first") == SUCCEEDED
    account.emulator.calls.clear()
    eventually("the agent polls with three credentials, one after the other", lambda: len(polling_keys(account)) >= 3)
    assert account.deploy("second") == SUCCEEDED


def test_a_host_that_was_off_begins_with_new_credentials(account: Account, machine: Machine) -> None:
    before = machine.path("/etc/codedeploy-agent/conf/credentials").read_text()
    machine.reboot()
    assert account.deploy("third") == SUCCEEDED
    assert machine.path("/etc/codedeploy-agent/conf/credentials").read_text() != before


def test_nothing_secret_gets_out(
    controller: Controller, options: dict[str, t.Any], account: Account, machine: Machine, tmp_path: pathlib.Path
) -> None:
    changed = {**options, "agent_proxy": f"http://user:{PLANTED['proxy']}@127.0.0.1:1"}
    command = controller.playbook([role_task("configure", changed)])
    run = ansible_runner.run(
        private_data_dir=str(tmp_path),
        playbook=command[3],
        inventory=command[2],
        envvars=dict(controller.environment),
        verbosity=3,
        cmdline="--diff",
        quiet=True,
    )
    assert run.status == "successful", run.stdout.read()
    texts = [path.read_text(errors="replace") for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    _default, *credentials = machine.path("/etc/codedeploy-agent/conf/credentials").read_text().split("\n")

    # Under a new name: AWS holds the old one for a day.
    user = {**account.create_user("web-1-again"), "agent_instance_name": "web-1-again"}
    for verb, more in (("unregister", {}), ("register", user)):
        play = controller.run(verb, arguments=["-vvv", "--diff"], **{**options, **more})
        assert play.status == 0, play.output
        texts.append(play.output)

    secrets = [*PLANTED.values(), user["agent_secret_access_key"], *(line.split(" = ")[1] for line in credentials[1:3])]
    assert len(secrets) == 6
    for secret in secrets:
        assert not [text for text in texts if secret in text]
        assert world_readable_with(secret, machine) == []
