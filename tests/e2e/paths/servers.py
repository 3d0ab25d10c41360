# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments to hosts, in place."""

from __future__ import annotations

from emulator import Emulator
from emulator.hosts.outcomes import EVENTS, fail, hang, never_poll, succeed
from emulator.stages.ec2 import BALANCERS, TRAFFIC_CONTROL, Ec2Stage
from unit.incidents import alarmed, demanding, stopped
from unit.releases import HOSTS, Options, s3_options, servers, store_bundles

from .losses import losses
from .path import NO_ROLLBACK, NO_SUCCESS, Path, Platform

NOT_BLUE_GREEN = "only a blue/green deployment waits for somebody, or keeps an old version"
BLINDLY = {"preflight": False}
NOWHERE = {"onPremisesInstanceTagFilters": [{"Key": "no", "Value": "body", "Type": "KEY_AND_VALUE"}]}
SICK = {"ValidateService": fail(log="[stderr] 503 from /health")}
SICK_LINES = [
    "  web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
    "    Script at specified location: scripts/hook.sh failed with exit code 1",
    "    Cause: the hook script ended with an error",
    "    To do: read the end of its log",
    "    | [stderr] 503 from /health",
]
ALL_DAY = dict.fromkeys(EVENTS, succeed(3590))


def running(emulator: Emulator) -> Options:
    return servers(emulator)


def in_zones(emulator: Emulator) -> Options:
    """Two instances, each in a zone of its own, of which the first is watched for an hour."""
    store_bundles(emulator)
    stage = Ec2Stage(emulator)
    stage.codedeploy.create_deployment_config(
        deploymentConfigName="zonal",
        minimumHealthyHosts={"type": "HOST_COUNT", "value": 0},
        zonalConfig={"monitorDurationInSeconds": 3600},
    )
    for zone in ("us-east-1a", "us-east-1b"):
        stage.run_instance(zone)
    stage.set_up_ec2(deploymentConfigName="zonal")
    emulator.simulate("i-*")
    return s3_options("one.zip")


def with_a_sick_last_host(emulator: Emulator) -> Options:
    options = servers(emulator, running=False)
    emulator.simulate(HOSTS[1], SICK)
    return options


def for_all_day(emulator: Emulator) -> Options:
    options = servers(emulator, ALL_DAY, running=False)
    emulator.simulate(HOSTS[1], ALL_DAY)
    return options


def without_balancers(emulator: Emulator) -> Options:
    return servers(emulator, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCERS, running=False) | BLINDLY


def too_many(emulator: Emulator) -> Options:
    options = servers(emulator, running=False)
    emulator.simulate(1999)
    return options


SERVERS: Platform = {
    **losses(running),
    "success": Path(
        running,
        [
            "{id} InProgress, 0 of 2 succeeded: web-1 ",
            "{id} InProgress, 1 of 2 succeeded: web-2 ",
            "{id} Succeeded, 2 of 2 succeeded",
            "changed: [localhost]",
        ],
        seconds=11,
    ),
    "success in parts": Path(
        in_zones, ["{id} Baking, 1 of 2 succeeded", "{id} Succeeded, 2 of 2 succeeded"], seconds=2400
    ),
    "ready and continued": NOT_BLUE_GREEN,
    "ready for ever": NOT_BLUE_GREEN,
    "terminating": NOT_BLUE_GREEN,
    "success in spite of a failure": Path(
        with_a_sick_last_host,
        [
            "{id} Succeeded, 1 of 2 succeeded, 1 failed",
            "  web-2 failed at ValidateService in scripts/hook.sh (ScriptFailed)",
            "    | [stderr] 503 from /health",
            "Deployment {id} succeeded, but failed on 1 of its targets: web-2",
        ],
    ),
    "failure": Path(
        lambda emulator: servers(emulator, SICK) | NO_ROLLBACK,
        [
            "{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            *SICK_LINES,
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS). web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed).",
    ),
    "failure, rolled back": Path(
        lambda emulator: servers(emulator, SICK, {}),
        [
            "{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped",
            "{id} is being rolled back by {rollback}",
            "{rollback} Succeeded, 2 of 2 succeeded",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            "  Cause: too many hosts failed",
            "  To do: fix what the failed hosts report",
            *SICK_LINES,
            "  Not touched: web-2",
            "  Rollback {rollback} Succeeded, 2 of 2 succeeded",
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS). web-1 failed at ValidateService in scripts/hook.sh (ScriptFailed). "
        "Rollback {rollback} Succeeded, 2 of 2 succeeded.",
    ),
    "failure, and the rollback fails": Path(
        lambda emulator: servers(emulator, SICK, {"Install": fail(script="", message="no space left")}),
        [
            "{rollback} Failed, 0 of 2 succeeded, 1 failed",
            *SICK_LINES,
            "  Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS)",
            "    The overall deployment failed",
            "    web-1 failed at Install (ScriptFailed)",
            "      no space left",
        ],
        "Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS). "
        "web-1 failed at Install (ScriptFailed). no space left.",
    ),
    "failure, nothing to go back to": Path(
        lambda emulator: servers(emulator, SICK, running=False),
        [
            "{id} Failed",
            NO_SUCCESS,
        ],
        "Not rolled back: ",
    ),
    "stopped by somebody": Path(
        lambda emulator: stopped(emulator, 27, running(emulator)),
        [
            "{id} Stopped, 1 of 2 succeeded",
            "Deployment {id} stopped (MANUAL_STOP)",
            "  Cause: somebody stopped the deployment",
            "  To do: deploy again",
            "  Rollback {rollback} Succeeded",
        ],
        "Deployment {id} stopped (MANUAL_STOP). The deployment was stopped by its user.",
        seconds=25,
    ),
    "stopped by an alarm": Path(
        lambda emulator: alarmed(emulator, 15, running(emulator)),
        [
            "{id} Stopped",
            "Deployment {id} stopped (ALARM_ACTIVE)",
            "  The deployment was stopped because of the active alarms errors.",
            "  Cause: an alarm of the deployment group was in ALARM state",
            "  To do: resolve the alarm",
            "  Rollback {rollback} Succeeded",
        ],
        "Deployment {id} stopped (ALARM_ACTIVE)",
        seconds=60,
    ),
    "no agent": Path(
        lambda emulator: servers(emulator, {"ApplicationStop": never_poll()}, running=False),
        [
            "{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped",
            "  web-1 failed at ApplicationStop (UnknownError)",
            "    CodeDeploy agent was not able to receive the lifecycle event.",
            "    Cause: no agent on the host polled for work: it is not running",
            "    To do: check the codedeploy-agent service",
        ],
        "web-1 failed at ApplicationStop (UnknownError). CodeDeploy agent was not able to receive",
    ),
    "no end": Path(
        lambda emulator: servers(emulator, {"ApplicationStart": hang()}, running=False),
        [
            "  web-1 failed at ApplicationStart (UnknownError)",
            "    The lifecycle event did not finish within 3600 seconds.",
            "    To do: read its message, and the agent's log on the host",
        ],
        "web-1 failed at ApplicationStart (UnknownError). The lifecycle event did not finish",
        seconds=4000,
    ),
    "too long": Path(
        for_all_day,
        [
            "{id} Failed, 1 of 2 succeeded, 1 skipped",
            "Deployment {id} failed (TIMEOUT)",
            "  The deployment did not finish within 12 hours.",
            "  To do: deploy to more hosts in parallel, or shorten the hooks",
        ],
        "Deployment {id} failed (TIMEOUT)",
        seconds=13 * 3600,
    ),
    "bad AppSpec": Path(
        lambda emulator: servers(
            emulator, {"Install": fail(error_code="UnknownError", script="", message="invalid AppSpec")}, running=False
        ),
        [
            "  web-1 failed at Install (UnknownError)",
            "    invalid AppSpec",
            "    Cause: the agent failed outside a script (in the download, the AppSpec or file copies)",
        ],
        "web-1 failed at Install (UnknownError). invalid AppSpec.",
    ),
    "bad surroundings": Path(
        without_balancers,
        [
            "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
            "  To do: compare load_balancer_info with the existing resources",
        ],
        "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
    ),
    "no hosts": Path(
        lambda emulator: servers(emulator, running=False, **NOWHERE) | BLINDLY,
        [
            "Deployment {id} failed (NO_INSTANCES)",
            "  No instances were found for the deployment group.",
            "  Cause: no registered and running host matches the deployment group's tag filters",
            "  To do: compare the group's tag filters",
        ],
        "Deployment {id} failed (NO_INSTANCES). No instances were found",
    ),
    "too many hosts": Path(
        too_many,
        [
            "Deployment {id} failed (OVER_MAX_INSTANCES)",
            "  2001 instances were found; at most 2000 are allowed.",
            "  To do: split the deployment group",
        ],
        "Deployment {id} failed (OVER_MAX_INSTANCES)",
    ),
    "too few healthy hosts": Path(
        lambda emulator: demanding(emulator, 2, servers(emulator, running=False)),
        [
            "Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)",
            "  2 of 2 instances must stay healthy, so none can be deployed to.",
            "  To do: use a config with a lower minimum",
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)",
    ),
}
