# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way that a deployment can go, on each platform: what the task `deploy` prints meanwhile, and how it ends."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest

from emulator import Emulator, Fault
from emulator.hosts.outcomes import fail, hang, never_poll
from unit.controller import Controller
from unit.releases import LONG, Options, after, alarm, fleets, function, servers, service, stop_after

NO_SUCCESS = "  Not rolled back: The deployment cannot be rolled back: no earlier deployment of the group has succeeded"
NOWHERE = {"onPremisesInstanceTagFilters": [{"Key": "no", "Value": "body", "Type": "KEY_AND_VALUE"}]}
SICK = {"ValidateService": fail(log="[stderr] 503 from /health")}
CANARY, LINEAR = "Canary10Percent5Minutes", "Linear10PercentEvery1Minute"


@dataclass(frozen=True)
class Path:
    """A task with the options that PREPARE returns prints LINES in this order, among others, with the ids of the deployment and its rollback
    in place of {id} and {rollback}; MESSAGE is what it fails with, "" if it succeeds."""

    name: str
    prepare: t.Callable[[Emulator], Options]
    lines: list[str]
    message: str = ""

    def __str__(self) -> str:
        return self.name


def stopped(emulator: Emulator, seconds: float, options: Options) -> Options:
    """OPTIONS of a deployment that somebody stops after so many seconds."""
    stop_after(emulator, seconds)
    return options


def alarmed(emulator: Emulator, seconds: float, options: Options) -> Options:
    """OPTIONS of a deployment whose alarm goes off after so many seconds."""
    alarm(emulator, "OK")
    after(emulator, seconds, lambda _deployment_id: alarm(emulator))
    return {**options, "override_alarm_configuration": {"alarms": [{"name": "errors"}]}}


def hooked(emulator: Emulator, answer: str | None, options: Options) -> Options:
    """OPTIONS of a deployment whose hook function `check` gives that ANSWER."""
    emulator.hook_functions["check"] = lambda _event: answer
    return options


def blinded(emulator: Emulator, seconds: float, options: Options) -> Options:
    """OPTIONS of a deployment that may not be looked at any more after so many seconds."""
    after(emulator, seconds, lambda _id: emulator.faults.add(Fault("access_denied", "codedeploy:GetDeployment")))
    return options


def refused(emulator: Emulator, action: str, options: Options) -> Options:
    """OPTIONS of a deployment of which the controller may not do ACTION."""
    emulator.faults.add(Fault("access_denied", f"codedeploy:{action}"))
    return options


SERVERS = [
    Path(
        "success",
        servers,
        [
            "{id} InProgress, 0 of 2 succeeded: waiting for the agent on web-1, web-2",
            "{id} InProgress, 0 of 2 succeeded: web-1 ",
            "{id} InProgress, 1 of 2 succeeded: web-2 ",
            "{id} Succeeded, 2 of 2 succeeded",
        ],
    ),
    Path(
        "failure, rolled back",
        lambda emulator: servers(emulator, SICK, {}),
        [
            "{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped",
            "{id} is being rolled back by {rollback}",
            "{rollback} Succeeded, 2 of 2 succeeded",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            "  Cause: so many hosts failed",
            "  To do: mend what the failed hosts report",
            "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
            "    Script at specified location: scripts/hook.sh failed with exit code 1",
            "    | [stderr] 503 from /health",
            "  Not touched: web-2",
            "  Rollback {rollback} Succeeded, 2 of 2 succeeded",
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS). web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed). "
        "Rollback {rollback} Succeeded, 2 of 2 succeeded.",
    ),
    Path(
        "failure, and the rollback fails too",
        lambda emulator: servers(emulator, SICK, {"Install": fail(script="")}),
        [
            "{rollback} Failed, 0 of 2 succeeded, 1 failed",
            "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
            "  Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS)",
            "    The overall deployment failed",
            "    web-1 failed at Install (ScriptFailed)",
        ],
        "Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS). web-1 failed at Install (ScriptFailed).",
    ),
    Path(
        "failure, and the rollback is lost sight of",
        lambda emulator: blinded(emulator, 20, servers(emulator, SICK, {}) | {"wait_delay": 2}),
        [
            "{id} is being rolled back by ",
            "(5 of 5): Failed to read the deployment",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
        ],
        "Lost sight of the rollback: Failed to read the deployment: An error occurred (AccessDeniedException)",
    ),
    Path(
        "failure of the first deployment",
        lambda emulator: servers(emulator, SICK, running=False),
        ["{id} Failed", NO_SUCCESS],
        "Not rolled back: ",
    ),
    Path(
        "stopped by somebody",
        lambda emulator: stopped(emulator, 20, servers(emulator)),
        ["{id} Stopped, 1 of 2 succeeded", "Deployment {id} stopped (MANUAL_STOP)", "  Rollback {rollback} Succeeded"],
        "Deployment {id} stopped (MANUAL_STOP). The deployment was stopped by its user.",
    ),
    Path(
        "stopped by an alarm",
        lambda emulator: alarmed(emulator, 5, servers(emulator)),
        [
            "{id} Stopped",
            "Deployment {id} stopped (ALARM_ACTIVE)",
            "  The deployment was stopped because of the active alarms errors.",
            "  To do: look at the alarm",
            "  Rollback {rollback} Succeeded",
        ],
        "Deployment {id} stopped (ALARM_ACTIVE)",
    ),
    Path(
        "no instances",
        lambda emulator: servers(emulator, running=False, **NOWHERE) | {"preflight": False},
        ["Deployment {id} failed (NO_INSTANCES)", "  To do: compare the group's tag filters"],
        "Deployment {id} failed (NO_INSTANCES). No instances were found",
    ),
    Path(
        "too few healthy hosts",
        lambda emulator: (
            servers(emulator, running=False)
            | {"preflight": False, "deployment_config_name": every_host_healthy(emulator)}
        ),
        ["Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)", "  To do: use a config with a lower minimum"],
        "Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)",
    ),
    Path(
        "no agent",
        lambda emulator: servers(emulator, {"ApplicationStop": never_poll()}, {}) | {"wait_delay": 60},
        ["  web-1 failed at ApplicationStop (UnknownError)", "    Cause: no agent on the host picked up the work"],
        "web-1 failed at ApplicationStop (UnknownError). CodeDeploy agent was not able to receive",
    ),
    Path(
        "not within the time",
        lambda emulator: servers(emulator, {"Install": hang()}) | {"wait_timeout": 60, "wait_delay": 20},
        ["{id} InProgress, 0 of 2 succeeded: web-1 Install"],
        "Deployment {id} has not ended within wait_timeout=60 seconds: {id} InProgress, 0 of 2 succeeded: web-1 Install. It goes on; run this task",
    ),
    Path(
        "out of sight",
        lambda emulator: refused(emulator, "GetDeployment", servers(emulator)),
        ["cannot read {id} (5 of 5): Failed to read the deployment: An error occurred (AccessDeniedException)"],
        "Lost sight of deployment {id}: Failed to read the deployment",
    ),
]

FLEETS = [
    Path(
        "success",
        lambda emulator: fleets(emulator, termination=5) | {"wait_delay": 25},
        [
            "{id} InProgress, 0 of 2 succeeded: waiting for the agent on i-",
            "{id} InProgress, 2 of 2 succeeded: waiting to terminate the old version",
            "{id} Succeeded, 2 of 2 succeeded",
        ],
    ),
    Path(
        "until it is ready",
        lambda emulator: fleets(emulator, ready=60) | {"wait_for": "ready"},
        ["{id} Ready, 0 of 2 succeeded, 1 ready: waiting to be continued"],
    ),
    Path(
        "continued when it is ready, until the traffic is shifted",
        lambda emulator: (
            fleets(emulator, ready=60, termination=60) | {"continue_when_ready": True, "wait_for": "traffic_shifted"}
        ),
        ["{id} Ready", "{id} InProgress, 1 of 2", "{id} InProgress, 2 of 2 succeeded: waiting to terminate"],
    ),
    Path(
        "not continued because that is not allowed",
        lambda emulator: refused(
            emulator, "ContinueDeployment", fleets(emulator, ready=60) | {"continue_when_ready": True}
        ),
        ["{id} Ready"],
        "Deployment {id} is ready, but was not continued: Failed to continue the deployment: An error occurred (AccessDeniedException)",
    ),
    Path(
        "nobody continues it",
        lambda emulator: fleets(emulator, ready=30) | {"wait_delay": 300},
        ["{id} Ready", "{id} Stopped, 0 of 2 succeeded, 2 skipped", "Deployment {id} stopped (TIMEOUT)"],
        "Deployment {id} stopped (TIMEOUT). Nobody continued the deployment within its wait time.",
    ),
    Path(
        "failure",
        lambda emulator: fleets(emulator, {"AfterInstall": fail()}),
        ["{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped", " failed at AfterInstall in scripts/hook.sh"],
        "Deployment {id} failed (HEALTH_CONSTRAINTS)",
    ),
    Path(
        "stopped by an alarm",
        lambda emulator: alarmed(emulator, 300, fleets(emulator, ready=60) | {"wait_delay": 100}),
        ["{id} Ready", "{id} Stopped", "Deployment {id} stopped (ALARM_ACTIVE)"],
        "Deployment {id} stopped (ALARM_ACTIVE)",
    ),
    Path(
        "stopped by somebody",
        lambda emulator: stopped(emulator, 300, fleets(emulator, ready=60) | {"wait_delay": 60}),
        ["{id} Ready", "{id} Stopped", "Deployment {id} stopped (MANUAL_STOP)"],
        "Deployment {id} stopped (MANUAL_STOP)",
    ),
]

FUNCTIONS = [
    Path(
        "success at once, with options that are for hosts",
        lambda emulator: (
            function(emulator)
            | {"file_exists_behavior": "OVERWRITE", "ignore_application_stop_failures": True}
            | {"update_outdated_instances_only": True}
        ),
        ["{id} Succeeded, 1 of 1 succeeded"],
    ),
    Path(
        "success, a tenth first",
        lambda emulator: function(emulator, f"Lambda{CANARY}") | {"wait_delay": 60},
        ["{id} Baking, 0 of 1 succeeded: greet AllowTraffic, 10% of the traffic shifted", "{id} Succeeded"],
    ),
    Path(
        "success, bit by bit",
        lambda emulator: function(emulator, f"Lambda{LINEAR}") | {"wait_delay": 55},
        [*(f"greet AllowTraffic, {share}% of the traffic shifted" for share in range(10, 100, 10)), "{id} Succeeded"],
    ),
    Path(
        "a hook that fails",
        lambda emulator: hooked(emulator, "Failed", function(emulator, BeforeAllowTraffic="check")),
        ["Deployment {id} failed (HOOK_EXECUTION_FAILURE)", "  greet failed at BeforeAllowTraffic", NO_SUCCESS],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). greet failed at BeforeAllowTraffic. The hook BeforeAllowTraffic reported",
    ),
    Path(
        "a hook that says nothing",
        lambda emulator: (
            hooked(emulator, None, function(emulator, AfterAllowTraffic="check"))
            | {"wait_delay": 600, "wait_timeout": 7200}
        ),
        ["{id} InProgress, 0 of 1 succeeded: greet AfterAllowTraffic, 100% of the traffic shifted", "did not report"],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE)",
    ),
    Path(
        "stopped by somebody",
        lambda emulator: stopped(emulator, 100, function(emulator, f"Lambda{CANARY}")),
        ["greet AllowTraffic, 10% of the traffic shifted", "{id} Stopped", "Deployment {id} stopped (MANUAL_STOP)"],
        "Deployment {id} stopped (MANUAL_STOP)",
    ),
    Path(
        "stopped by an alarm",
        lambda emulator: alarmed(emulator, 100, function(emulator, f"Lambda{CANARY}") | {"wait_delay": 50}),
        ["greet AllowTraffic, 10% of the traffic shifted", "{id} Stopped", "Deployment {id} stopped (ALARM_ACTIVE)"],
        "Deployment {id} stopped (ALARM_ACTIVE)",
    ),
    Path(
        "an alias that is elsewhere",
        lambda emulator: moved_alias(emulator, function(emulator)),
        ["Deployment {id} failed (INVALID_LAMBDA_CONFIGURATION)", "  To do: check it with slipway.codedeploy"],
        "Deployment {id} failed (INVALID_LAMBDA_CONFIGURATION)",
    ),
]

SERVICES = [
    Path(
        "success",
        lambda emulator: service(emulator, termination=30) | {"wait_delay": 300},
        ["{id} InProgress, 1 of 1 succeeded: waiting to terminate the old version", "{id} Succeeded"],
    ),
    Path(
        "success, a tenth first, until the traffic is shifted",
        lambda emulator: service(emulator, f"ECS{CANARY}") | {"wait_for": "traffic_shifted"},
        [
            "main:api AllowTraffic, 10% of the traffic shifted",
            "{id} InProgress, 1 of 1 succeeded: waiting to terminate",
        ],
    ),
    Path(
        "until it is ready",
        lambda emulator: service(emulator, ready=60) | {"wait_for": "ready"},
        ["{id} Ready, 0 of 1 succeeded, 1 ready: waiting to be continued"],
    ),
    Path(
        "continued when it is ready",
        lambda emulator: service(emulator, ready=60) | {"continue_when_ready": True, "wait_delay": 60},
        ["{id} Ready", "{id} InProgress, 1 of 1 succeeded: waiting to terminate", "{id} Succeeded, 1 of 1 succeeded"],
    ),
    Path(
        "nobody continues it",
        lambda emulator: service(emulator, ready=30) | {"wait_delay": 300},
        ["{id} Ready", "Deployment {id} stopped (TIMEOUT)"],
        "Deployment {id} stopped (TIMEOUT)",
    ),
    Path(
        "a hook that fails",
        lambda emulator: hooked(emulator, "Failed", service(emulator, AfterAllowTestTraffic="check")),
        ["Deployment {id} failed (HOOK_EXECUTION_FAILURE)", "  main:api failed at AfterAllowTestTraffic"],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). main:api failed at AfterAllowTestTraffic. The hook AfterAllowT",
    ),
    Path(
        "stopped by an alarm",
        lambda emulator: alarmed(emulator, 100, service(emulator, f"ECS{CANARY}") | {"wait_delay": 50}),
        ["main:api AllowTraffic, 10% of the traffic shifted", "Deployment {id} stopped (ALARM_ACTIVE)"],
        "Deployment {id} stopped (ALARM_ACTIVE)",
    ),
    Path(
        "stopped by somebody",
        lambda emulator: stopped(emulator, 100, service(emulator, f"ECS{CANARY}")),
        ["main:api AllowTraffic, 10% of the traffic shifted", "Deployment {id} stopped (MANUAL_STOP)"],
        "Deployment {id} stopped (MANUAL_STOP)",
    ),
]


def every_host_healthy(emulator: Emulator) -> str:
    """The name of a config by which no host can be spared."""
    healthy = {"type": "HOST_COUNT", "value": 2}
    emulator.client("codedeploy").create_deployment_config(deploymentConfigName="All", minimumHealthyHosts=healthy)
    return "All"


def moved_alias(emulator: Emulator, options: Options) -> Options:
    """OPTIONS of a deployment from a version that the alias does not point at."""
    emulator.client("lambda").update_alias(FunctionName="greet", Name="live", FunctionVersion="3")
    return options


def assert_in_order(lines: list[str], output: str) -> None:
    """Each of LINES is in OUTPUT, behind the one before."""
    end = 0
    for line in lines:
        found = output.find(line, end)
        assert found >= 0, f"{line!r} is not in, or not at its place in:\n{output}"
        end = found + len(line)


def check(path: Path, emulator: Emulator, controller: Controller) -> None:
    """The task prints and ends as the path says, and creates one deployment."""
    options = path.prepare(emulator)
    emulator.calls.clear()
    run = controller.run("deploy", **{"wait_timeout": int(LONG), **options})
    rollback = (run.result.get("diagnosis") or {}).get("rollback") or {}
    ids = {"id": run.result["deployment_id"], "rollback": rollback.get("deployment_id")}
    assert_in_order([line.format(**ids) for line in path.lines], run.output)
    assert bool(run.result.get("failed")) is bool(path.message), run.result
    assert path.message.format(**ids) in run.result.get("msg", "")
    assert "Install Succeeded" not in run.output  # such details are for those who ask for them
    assert run.result["changed"] is True
    assert [call.operation for call in emulator.calls].count("CreateDeployment") == 1


@pytest.mark.parametrize("path", SERVERS, ids=str)
def test_hosts_in_place(path: Path, emulator: Emulator, controller: Controller) -> None:
    check(path, emulator, controller)


@pytest.mark.parametrize("path", FLEETS, ids=str)
def test_hosts_blue_green(path: Path, emulator: Emulator, controller: Controller) -> None:
    check(path, emulator, controller)


@pytest.mark.parametrize("path", FUNCTIONS, ids=str)
def test_a_lambda_function(path: Path, emulator: Emulator, controller: Controller) -> None:
    check(path, emulator, controller)


@pytest.mark.parametrize("path", SERVICES, ids=str)
def test_an_ecs_service(path: Path, emulator: Emulator, controller: Controller) -> None:
    check(path, emulator, controller)


def test_lifecycle_events_are_shown_to_those_who_ask_for_more(emulator: Emulator, controller: Controller) -> None:
    run = controller.run("deploy", verbosity=1, **servers(emulator, SICK, running=False), wait_delay=3)
    assert_in_order(["web-1 Install Succeeded", "web-1 ValidateService Failed", "web-2 Install Skipped"], run.output)
    assert all(line.startswith("[localhost] 0:") for line in run.lines if line.endswith("Install Succeeded"))
