# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Escape sequences in what AWS and hosts say: as data they stay, in what people read they are codes."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.module_utils.common.warnings import get_warning_messages

from ansible_collections.slipway.codedeploy import plugins
from ansible_collections.slipway.codedeploy.plugins.module_utils._run import CodeDeployModule
from emulator import Emulator, Fault
from emulator.hosts.outcomes import fail
from emulator.http import refusals
from unit.controller import Controller, module_result
from unit.releases import SHOP, servers

EVIL = "\x1b]0;owned\x07\x9b2J\u202egone\u2028\nok: [web-1] => {}"
SHOWN = "\\x1b]0;owned\\x07\\x9b2J\\u202egone\\u2028\n  ok: [web-1] => {}"

REVISION = {"s3_location": {"bucket": "bundles", "key": "one.zip", "bundle_type": "zip"}}
ARGUMENTS: dict[str, dict[str, t.Any]] = {
    "application": {"name": "shop"},
    "application_info": {},
    "deploy": {**SHOP, "revision": REVISION},
    "deployment": {"deployment_id": "d-ABCDEFGHI", "state": "stopped"},
    "deployment_config": {"name": "Half", "minimum_healthy_hosts": {"type": "FLEET_PERCENT", "value": 50}},
    "deployment_config_info": {},
    "deployment_group": {**SHOP, "service_role_arn": "arn:aws:iam::123456789012:role/CodeDeploy"},
    "deployment_group_info": {"application_name": "shop"},
    "deployment_info": {"deployment_id": "d-ABCDEFGHI"},
    "external_resources": {"external_id": "x", "state": "absent"},
    "github_account_token": {"token_name": "x", "state": "absent"},
    "github_account_token_info": {},
    "lifecycle_hook": {"deployment_id": "d-ABCDEFGHI", "lifecycle_event_hook_execution_id": "x", "status": "Succeeded"},
    "on_premises_instance": {"name": "x", "iam_user_arn": "arn:aws:iam::123456789012:user/x"},
    "on_premises_instance_info": {},
    "revision": {"application_name": "shop", "revision": REVISION},
    "revision_info": {"application_name": "shop"},
}
MODULES = {path.stem for path in pathlib.Path(next(iter(plugins.__path__)), "modules").glob("*.py")}
OFFLINE = {"appspec_info"}


def break_out(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    """Have AWS refuse ACTION with words that mean harm."""
    monkeypatch.setitem(refusals._TEXTS, "expired_token", EVIL)
    emulator.faults.add(Fault("expired_token", action))


@pytest.mark.parametrize("module", sorted(MODULES - OFFLINE))
def test_an_error_of_aws_in_a_module(
    module: str, emulator: Emulator, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_out(emulator, monkeypatch, "*:*")
    result = module_result(module, {**controller._connection, **ARGUMENTS[module]})
    assert result["failed"] is True
    assert SHOWN in result["msg"]
    assert EVIL not in result["msg"] and EVIL not in result.get("exception", "")


def test_a_warning_of_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    # As in a module that runs in the controller's process, where ansible-core 2.19 and newer show it at once, and older ones keep it.
    CodeDeployModule.warn(None, EVIL)  # type: ignore[arg-type]
    assert SHOWN in "".join([capsys.readouterr().err, *get_warning_messages()])


def test_a_script_name_and_its_log(emulator: Emulator, controller: Controller) -> None:
    failure = fail(script=EVIL, message=EVIL, log=f"{EVIL}\n{EVIL}")
    options = servers(emulator, {"ValidateService": failure}, running=False)
    run = controller.run("deploy", verbosity=1, **options)
    assert run.result["failed"] is True
    assert f"web-1 failed at ValidateService in {SHOWN} (ScriptFailed)" in run.result["msg"]
    (target,) = run.result["diagnosis"]["targets"]
    assert target["script_name"] == SHOWN.replace("\n  ", "\n")
    looked = module_result("deployment_info", {**controller._connection, "deployment_id": run.result["deployment_id"]})
    (data,) = [
        event["diagnostics"]
        for target in looked["targets"]
        for event in target["lifecycle_events"]
        if event["status"] == "Failed"
    ]
    assert (data["script_name"], data["log_tail"]) == (EVIL, f"{EVIL}\n{EVIL}")
    assert not [each for each in run.output if not each.isprintable() and each not in "\n\t"]
    assert not [line for line in run.lines if line.startswith("ok: ")]


def test_an_error_of_aws_while_the_task_waits(
    emulator: Emulator, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = servers(emulator)
    break_out(emulator, monkeypatch, "codedeploy:GetDeployment")
    run = controller.run("deploy", **options)
    assert run.result["msg"].startswith("Could not read deployment d-")
    assert SHOWN in run.result["msg"]
    assert "\\x1b]0;owned" in run.output
    assert not [line for line in run.lines if line.startswith("ok: ")]
    assert not [each for each in run.output if not each.isprintable() and each not in "\n\t"]
