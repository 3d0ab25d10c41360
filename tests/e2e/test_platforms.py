# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ways that a deployment can go on each platform, through ansible-playbook, all in one run; and one with several hosts at once. The other ways are
tested with the action plugin alone, in tests/unit/plugins/action."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

from emulator import Clock, Emulator
from emulator.hosts.outcomes import fail
from unit.releases import SHOP, Options, alarm, fleets, function, s3_options, servers, service, store_bundles

from .conftest import Site
from .playbooks import PlaybookRun, run_playbook

LONG_ENOUGH = 2880
"""Minutes, of which one takes a second, for somebody to continue a deployment; there may not be more."""
PACE = {"wait_delay": 1, "wait_timeout": 300}
SICK = {"ValidateService": fail(log="[stderr] 503 from /health")}
CANARY = "Canary10Percent5Minutes"

Sections = dict[str, list[str]]
Task = tuple[str, str, Options]


def moved(emulator: Emulator, application: str, options: Options) -> Options:
    """OPTIONS for a place to deploy to, after its application has got a name of its own, so that there can be several."""
    emulator.client("codedeploy").update_application(
        applicationName=SHOP["application_name"], newApplicationName=application
    )
    return {**options, "application_name": application}


def services(emulator: Emulator) -> list[Task]:
    """An ECS service that waits for somebody twice, and then has a hook that fails."""
    options = moved(emulator, "api", service(emulator, ready=LONG_ENOUGH, termination=LONG_ENOUGH))
    place = {name: options[name] for name in SHOP}
    hooked = options["revision"]["app_spec_content"]["content"].replace("[]", '[{"AfterAllowTestTraffic": "check"}]')
    failing = {"revision": {"app_spec_content": {"content": hooked}}, "auto_rollback_configuration": {"enabled": False}}
    return [
        ("ECS, until it is ready", "deploy", {**options, "wait_for": "ready"}),
        ("ECS, continued", "deployment", {**place, "state": "continued", "wait": False}),
        ("ECS, until the traffic is shifted", "deployment", {**place, "state": "traffic_shifted"}),
        ("ECS, terminated", "deployment", {**place, "state": "continued", "deployment_wait_type": "TERMINATION_WAIT"}),
        ("ECS, failing hook", "deploy", {**options, **failing}),
    ]


def functions(emulator: Emulator) -> list[Task]:
    """A Lambda function whose hook fails, that gets its traffic all the same and goes back, and that an alarm stops."""
    failing = function(emulator, f"Lambda{CANARY}", AfterAllowTraffic="check")
    options = moved(emulator, "greeter", failing)
    content = failing["revision"]["app_spec_content"]["content"].replace('{"AfterAllowTraffic": "check"}', "")
    good = {**options, "revision": {"app_spec_content": {"content": content}}}
    at_once = {"deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce"}
    alarm(emulator)
    alarmed = {"preflight": False, "override_alarm_configuration": {"alarms": [{"name": "errors"}]}}
    return [
        ("Lambda, failing hook", "deploy", options),
        ("Lambda, a tenth first", "deploy", good),
        ("Lambda, back", "deploy", {**options, **at_once, "revision": "previous"}),
        ("Lambda, back again", "deploy", {**options, **at_once, "revision": "previous"}),
        ("Lambda, alarm", "deploy", {**good, **alarmed, "auto_rollback_configuration": {"enabled": False}}),
    ]


def hosts(emulator: Emulator) -> list[Task]:
    """Hosts on which a release fails, and its rollback, too."""
    sick = servers(emulator, SICK, {"Install": fail(script="", message="no space left")})
    return [("In place, failing twice", "deploy", moved(emulator, "hosts", sick))]


def run(emulator: Emulator, folder: pathlib.Path, *tasks: Task) -> PlaybookRun:
    """A playbook of TASKS, each with a name, a module and its options, none of which ends the play."""
    named = [
        {"name": name, f"slipway.codedeploy.{module}": {**options, **PACE}, "ignore_errors": True}
        for name, module, options in tasks
    ]
    return Site(emulator, [], folder).run(*named)


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> Sections:
    """What each task prints."""
    with Emulator(clock=Clock(60)) as emulator:
        tasks = [task for prepare in (services, functions, hosts) for task in prepare(emulator)]
        emulator.hook_functions["check"] = lambda _event: "Failed"
        ended = run(emulator, tmp_path_factory.mktemp("platforms"), *tasks)
    _before, *parts = re.split(r"TASK \[(.+)\] \*+\n", ended.output)
    assert parts[::2] == [name for name, _module, _options in tasks], ended.output
    return {name: text.splitlines() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def ends(lines: list[str], *expected: str) -> None:
    """Some of LINES end as EXPECTED, in this order."""
    rest = iter(lines)
    for end in expected:
        assert any(line.endswith(end) for line in rest), f"{end!r} is not at its place in\n" + "\n".join(lines)


WAYS = {
    "ECS, until it is ready": [" Ready, 0 of 1 succeeded, 1 ready: waiting to be continued", "changed: [localhost]"],
    "ECS, continued": ["changed: [localhost]"],
    "ECS, until the traffic is shifted": ["ok: [localhost]"],
    "ECS, terminated": [" Succeeded, 1 of 1 succeeded", "changed: [localhost]"],
    "ECS, failing hook": [
        " Failed, 0 of 1 succeeded, 1 failed",
        " failed (HOOK_EXECUTION_FAILURE)",
        "  The hook AfterAllowTestTraffic reported a failure.",
        "  main:api failed at AfterAllowTestTraffic",
        "...ignoring",
    ],
    "Lambda, failing hook": [
        "greet AllowTraffic, 10% of the traffic shifted",
        " failed (HOOK_EXECUTION_FAILURE)",
        "  The hook AfterAllowTraffic reported a failure.",
        "  greet failed at AfterAllowTraffic",
        "...ignoring",
    ],
    "Lambda, a tenth first": [
        "greet AllowTraffic, 10% of the traffic shifted",
        " Succeeded, 1 of 1 succeeded",
        "changed: [localhost]",
    ],
    "Lambda, back": [" Succeeded, 1 of 1 succeeded", "changed: [localhost]"],
    "Lambda, back again": ["ok: [localhost]"],
    "Lambda, alarm": [
        " stopped (ALARM_ACTIVE)",
        "  The deployment was stopped because of the active alarms errors.",
        "  To do: look at the alarm, or run without alarms",
        "...ignoring",
    ],
    "In place, failing twice": [
        " failed (HEALTH_CONSTRAINTS)",
        "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
        "    | [stderr] 503 from /health",
        " Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS)",
        "    web-1 failed at Install (ScriptFailed)",
        "      no space left",
        "...ignoring",
    ],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_user_reads_how_it_goes(way: str, sections: Sections) -> None:
    ends(sections[way], *WAYS[way])


@pytest.fixture
def emulator() -> t.Iterator[Emulator]:
    with Emulator(clock=Clock(60)) as running:
        yield running


def test_a_new_fleet_gets_the_traffic_as_soon_as_it_is_ready(emulator: Emulator, tmp_path: pathlib.Path) -> None:
    options = fleets(emulator, ready=LONG_ENOUGH) | {"continue_when_ready": True}
    ended = run(emulator, tmp_path, ("Blue/green", "deploy", options))
    ends(
        ended.output.splitlines(),
        " Ready, 0 of 2 succeeded, 1 ready: waiting to be continued",
        " Succeeded, 2 of 2 succeeded",
        "changed: [localhost]",
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
