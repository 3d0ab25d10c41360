# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the task `deploy` prints while a deployment goes its way, where its status alone does not tell: what is in sight and what is not, and each
step of a long way. Every status path, on every platform, is in tests/e2e/paths."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail, hang
from unit.controller import Controller
from unit.incidents import blinded, refused
from unit.printed import assert_in_order
from unit.releases import LONG, Options, fleets, function, servers, service

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


PATHS = [
    Path(
        "success, host by host",
        servers,
        [
            "{id} InProgress, 0 of 2 succeeded: waiting for the agent on web-1, web-2",
            "{id} InProgress, 0 of 2 succeeded: web-1 ",
            "{id} InProgress, 1 of 2 succeeded: web-2 ",
            "{id} Succeeded, 2 of 2 succeeded",
        ],
    ),
    Path(
        "failure, and the rollback is lost sight of",
        lambda emulator: blinded(emulator, 20, servers(emulator, SICK, {}) | {"wait_delay": 2}),
        [
            "{id} is being rolled back by ",
            "more: Failed to read the deployment",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
        ],
        "Could not read the rollback any more: Failed to read the deployment: An error occurred (AccessDeniedException)",
    ),
    Path(
        "not within the time",
        lambda emulator: servers(emulator, {"Install": hang()}) | {"wait_timeout": 60, "wait_delay": 20},
        ["{id} InProgress, 0 of 2 succeeded: web-1 Install"],
        "Deployment {id} has not ended within wait_timeout=60 seconds: {id} InProgress, 0 of 2 succeeded: web-1 Install. It is still running; run this task",
    ),
    Path(
        "out of sight",
        lambda emulator: refused(emulator, "GetDeployment", servers(emulator)),
        [
            "cannot read {id}, retrying for 0:19 more: Failed to read the deployment: An error occurred (AccessDeniedException)",
            "cannot read {id}, retrying for 0:01 more: Failed to read the deployment: An error occurred (AccessDeniedException)",
        ],
        "Could not read deployment {id} any more: Failed to read the deployment",
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
        "success at once, with options that are for hosts",
        lambda emulator: (
            function(emulator)
            | {"file_exists_behavior": "OVERWRITE", "ignore_application_stop_failures": True}
            | {"update_outdated_instances_only": True}
        ),
        ["{id} Succeeded, 1 of 1 succeeded"],
    ),
    Path(
        "success, bit by bit",
        lambda emulator: function(emulator, f"Lambda{LINEAR}") | {"wait_delay": 55},
        [*(f"greet AllowTraffic, {share}% of the traffic shifted" for share in range(10, 100, 10)), "{id} Succeeded"],
    ),
    Path(
        "success, a tenth first, until the traffic is shifted",
        lambda emulator: service(emulator, f"ECS{CANARY}") | {"wait_for": "traffic_shifted"},
        [
            "main:api AllowTraffic, 10% of the traffic shifted",
            "{id} InProgress, 1 of 1 succeeded: waiting to terminate",
        ],
    ),
]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_a_user_reads_how_it_goes(path: Path, emulator: Emulator, controller: Controller) -> None:
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


def test_lifecycle_events_are_shown_to_those_who_ask_for_more(emulator: Emulator, controller: Controller) -> None:
    run = controller.run("deploy", verbosity=1, **servers(emulator, SICK, running=False), wait_delay=3)
    assert_in_order(["web-1 Install Succeeded", "web-1 ValidateService Failed", "web-2 Install Skipped"], run.output)
    assert all(line.startswith("[localhost] 0:") for line in run.lines if line.endswith("Install Succeeded"))
