# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One way through ansible-playbook for each kind of deployment that is not in place, and one with several hosts at once. All other ways are tested with
the action plugin alone, in tests/unit/plugins/action."""

from __future__ import annotations

import collections.abc
import pathlib
import typing as t

import pytest
import yaml

from emulator import Clock, Emulator
from emulator.hosts.outcomes import fail
from unit.releases import SHOP, fleets, function, s3_options, service, store_bundles

from .conftest import Site
from .playbooks import run_playbook

LONG_ENOUGH = 2880
"""Minutes, of which one takes a second, for somebody to continue a deployment; there may not be more."""
PACE = {"wait_delay": 1, "wait_timeout": 300}


@pytest.fixture
def emulator() -> collections.abc.Iterator[Emulator]:
    with Emulator(clock=Clock(60)) as running:
        yield running


def run(emulator: Emulator, folder: pathlib.Path, *tasks: tuple[str, dict[str, t.Any]]) -> tuple[int, list[str]]:
    """The exit status and the lines of a playbook of TASKS, each a module with its options."""
    named = [{"name": name, f"slipway.codedeploy.{name}": {**options, **PACE}} for name, options in tasks]
    ended = Site(emulator, [], folder).run(*named)
    return ended.status, ended.output.splitlines()


def ends(lines: list[str], *expected: str) -> None:
    """Some of LINES end as EXPECTED, in this order."""
    rest = iter(lines)
    for end in expected:
        assert any(line.endswith(end) for line in rest), f"{end!r} is not at its place in\n" + "\n".join(lines)


def test_a_new_fleet_gets_the_traffic_as_soon_as_it_is_ready(emulator: Emulator, tmp_path: pathlib.Path) -> None:
    options = fleets(emulator, ready=LONG_ENOUGH) | {"continue_when_ready": True}
    status, lines = run(emulator, tmp_path, ("deploy", options))
    assert status == 0, lines
    ends(lines, " Ready, 0 of 2 succeeded, 1 ready: waiting to be continued", " Succeeded, 2 of 2 succeeded")


def test_an_ecs_service_waits_for_somebody_twice(emulator: Emulator, tmp_path: pathlib.Path) -> None:
    options = service(emulator, ready=LONG_ENOUGH, termination=LONG_ENOUGH) | {"wait_for": "ready"}
    shift = {**SHOP, "state": "continued", "wait": False}
    terminate = {**SHOP, "state": "continued"}
    status, lines = run(emulator, tmp_path, ("deploy", options), ("deployment", shift), ("deployment", terminate))
    assert status == 0, lines
    ends(
        lines,
        " Ready, 0 of 1 succeeded, 1 ready: waiting to be continued",
        " Succeeded, 1 of 1 succeeded",
    )


def test_a_function_whose_hook_fails_is_explained(emulator: Emulator, tmp_path: pathlib.Path) -> None:
    options = function(emulator, "LambdaCanary10Percent5Minutes", AfterAllowTraffic="check")
    emulator.hook_functions["check"] = "Failed"
    status, lines = run(emulator, tmp_path, ("deploy", options))
    assert status == 2, lines
    ends(
        lines,
        "greet AllowTraffic, 10% of the traffic shifted",
        " failed (HOOK_EXECUTION_FAILURE)",
        "  The hook AfterAllowTraffic reported a failure.",
        "  greet failed at AfterAllowTraffic",
    )


def test_what_several_hosts_print_at_once_can_be_told_apart(emulator: Emulator, tmp_path: pathlib.Path) -> None:
    store_bundles(emulator)
    emulator.simulate("web-1", tags={"group": "web-1"})
    emulator.simulate("web-2", {"Install": fail(script="", message="no space left")}, tags={"group": "web-2"})
    codedeploy = emulator.client("codedeploy")
    codedeploy.create_application(applicationName="shop")
    for name in ("web-1", "web-2"):
        codedeploy.create_deployment_group(
            applicationName="shop",
            deploymentGroupName=name,
            serviceRoleArn="arn:aws:iam::123456789012:role/codedeploy",
            onPremisesInstanceTagFilters=[{"Key": "group", "Value": name, "Type": "KEY_AND_VALUE"}],
        )
    options = {**s3_options("one.zip"), "deployment_group_name": "{{ inventory_hostname }}", **PACE}
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [{"name": "Deploy", "slipway.codedeploy.deploy": options}],
    }
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(yaml.safe_dump([play]))
    (tmp_path / "hosts").write_text("web-1\nweb-2\n")
    (tmp_path / "ansible.cfg").write_text(f"[defaults]\ninventory = {tmp_path}/hosts\n")
    ended = run_playbook(playbook, {}, emulator.environment, tmp_path, lambda _line: None)
    assert ended.status == 2, ended.output
    lines = ended.output.splitlines()
    ends([line for line in lines if line.startswith("[web-1] 0:")], " Succeeded, 1 of 1 succeeded")
    ends([line for line in lines if line.startswith("[web-2] 0:")], " Failed, 0 of 1 succeeded, 1 failed")
    (begin,) = [number for number, line in enumerate(lines) if line.endswith(" failed (HEALTH_CONSTRAINTS)")]
    assert lines[begin].startswith("[web-2] Deployment d-")
    explanation = [line.strip() for line in lines[begin + 1 : begin + 7]]
    assert explanation[3:] == ["", "web-2 failed at Install (ScriptFailed)", "no space left"]
