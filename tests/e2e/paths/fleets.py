# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blue/green deployments to hosts: the traffic goes from one fleet to another."""

from __future__ import annotations

from emulator import Emulator
from emulator.hosts.outcomes import EVENTS, Script, fail, hang, never_poll, succeed
from emulator.stages.ec2 import Ec2Stage
from emulator.stages.servers import s3_revision
from unit.incidents import alarmed, demanding, overtaken, stopped
from unit.releases import GREEN, GROUP, Options, fleets

from .losses import losses
from .path import NO_SUCCESS, Path, Platform

TO_GREEN = {"tagFilters": [{**GREEN, "Type": "KEY_AND_VALUE"}]}
ROLLBACK = {"auto_rollback_configuration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}}
UNWELL = {"AfterInstall": fail(log="[stderr] no database")}
UNWELL_LINES = [
    " failed at AfterInstall in scripts/hook.sh (ScriptFailed)",
    "    Script at specified location: scripts/hook.sh failed with exit code 1",
    "    | [stderr] no database",
]
SUCCESS = ["{id} Succeeded, 2 of 2 succeeded", "changed: [localhost]"]
HOUR = 3600


def with_more(emulator: Emulator, number: int, *scripts: Script, zone: str = "us-east-1a") -> Options:
    """So many further instances, in ZONE, are to get the traffic, and play SCRIPTS."""
    options = fleets(emulator)
    for instance in [Ec2Stage(emulator).run_instance(zone, GREEN) for _number in range(number)]:
        emulator.simulate(instance, *scripts)
    return options


def in_zones(emulator: Emulator) -> Options:
    """The zone of the first instance is watched for an hour."""
    emulator.client("codedeploy").create_deployment_config(
        deploymentConfigName="zonal",
        minimumHealthyHosts={"type": "HOST_COUNT", "value": 0},
        zonalConfig={"monitorDurationInSeconds": HOUR},
    )
    return {**with_more(emulator, 1, zone="us-east-1b"), "deployment_config_name": "zonal"}


def deployed(emulator: Emulator, *scripts: Script) -> Options:
    """One deployment has succeeded; SCRIPTS are of those that follow."""
    options = fleets(emulator, {}, *scripts)
    emulator.client("codedeploy").create_deployment(**GROUP, revision=s3_revision(), targetInstances=TO_GREEN)
    emulator.clock.advance(600)
    return {**options, **ROLLBACK, "force": True}


def without_green(emulator: Emulator) -> Options:
    """The instances that are to get the traffic end before the deployment starts."""
    options = fleets(emulator)
    ec2 = emulator.client("ec2")
    tagged = [{"Name": "tag:fleet", "Values": ["green"]}]
    (reservation,) = ec2.describe_instances(Filters=tagged)["Reservations"]
    ids = [instance["InstanceId"] for instance in reservation["Instances"]]
    return overtaken(emulator, lambda: ec2.terminate_instances(InstanceIds=ids), options)


def without_balancer(emulator: Emulator) -> Options:
    elb = emulator.client("elb")
    return overtaken(emulator, lambda: elb.delete_load_balancer(LoadBalancerName="classic"), fleets(emulator))


FLEETS: Platform = {
    **losses(fleets),
    "success": Path(fleets, ["{id} InProgress, 0 of 2 succeeded: i-", *SUCCESS], seconds=17),
    "success in parts": Path(in_zones, ["{id} Baking, ", "{id} Succeeded, 3 of 3 succeeded"], seconds=2400),
    "ready and continued": Path(
        lambda emulator: fleets(emulator, ready=60) | {"continue_when_ready": True},
        ["{id} Ready, 0 of 2 succeeded, 1 ready: waiting to be continued", *SUCCESS],
    ),
    "ready for ever": Path(
        lambda emulator: fleets(emulator, ready=60),
        [
            "{id} Ready, 0 of 2 succeeded, 1 ready: waiting to be continued",
            "{id} Stopped, 0 of 2 succeeded, 2 skipped",
            "Deployment {id} stopped (TIMEOUT)",
            "  Nobody continued the deployment within its wait time.",
            "  To do: ",
            "continue a blue/green deployment before its wait ends",
        ],
        "Deployment {id} stopped (TIMEOUT). Nobody continued the deployment within its wait time.",
        seconds=2400,
    ),
    "terminating": Path(
        lambda emulator: fleets(emulator, termination=60),
        ["{id} InProgress, 2 of 2 succeeded: waiting to terminate the old version", *SUCCESS],
        seconds=2400,
    ),
    "success in spite of a failure": Path(
        lambda emulator: with_more(emulator, 1, UNWELL),
        [
            "{id} Succeeded, 2 of 3 succeeded, 1 failed",
            *UNWELL_LINES,
            "{id} succeeded, but failed on 1 of its targets: i-",
        ],
    ),
    "failure": Path(
        lambda emulator: fleets(emulator, UNWELL),
        [
            "{id} Failed, 0 of 2 succeeded, 1 failed, 1 skipped",
            "Deployment {id} failed (HEALTH_CONSTRAINTS)",
            "  To do: fix what the failed hosts report",
            *UNWELL_LINES,
            "  Not touched: i-",
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS)",
    ),
    "failure, rolled back": Path(
        lambda emulator: deployed(emulator, UNWELL),
        ["{id} is being rolled back by {rollback}", *UNWELL_LINES, "  Rollback {rollback} Succeeded, 2 of 2 succeeded"],
        "Rollback {rollback} Succeeded, 2 of 2 succeeded.",
    ),
    "failure, and the rollback fails": Path(
        lambda emulator: deployed(emulator, {**UNWELL, "BeforeAllowTraffic": fail(script="", message="no space left")}),
        [
            *UNWELL_LINES,
            "  Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS)",
            " failed at BeforeAllowTraffic (ScriptFailed)",
            "      no space left",
        ],
        "Rollback {rollback} Failed, 0 of 2 succeeded, 1 failed, 1 skipped (HEALTH_CONSTRAINTS). i-",
    ),
    "failure, nothing to go back to": Path(
        lambda emulator: fleets(emulator, UNWELL) | ROLLBACK,
        [
            *UNWELL_LINES,
            NO_SUCCESS,
        ],
        "Not rolled back: ",
    ),
    "stopped by somebody": Path(
        lambda emulator: stopped(emulator, 1000, fleets(emulator, ready=60)),
        [
            "{id} Ready",
            "{id} Stopped, 0 of 2 succeeded, 2 skipped",
            "Deployment {id} stopped (MANUAL_STOP)",
            "  Cause: somebody stopped the deployment",
        ],
        "Deployment {id} stopped (MANUAL_STOP). The deployment was stopped by its user.",
    ),
    "stopped by an alarm": Path(
        lambda emulator: alarmed(emulator, 1000, fleets(emulator, ready=60)),
        [
            "{id} Ready",
            "{id} Stopped",
            "Deployment {id} stopped (ALARM_ACTIVE)",
            "  The deployment was stopped because of the active alarms errors.",
            "  To do: resolve the alarm",
        ],
        "Deployment {id} stopped (ALARM_ACTIVE)",
    ),
    "no agent": Path(
        lambda emulator: fleets(emulator, {"ApplicationStop": never_poll()}),
        [
            " failed at ApplicationStop (UnknownError)",
            "    Cause: no agent on the host polled for work",
            "    To do: check the codedeploy-agent service",
        ],
        "failed at ApplicationStop (UnknownError). CodeDeploy agent was not able to receive",
    ),
    "no end": Path(
        lambda emulator: fleets(emulator, {"BeforeInstall": hang()}),
        [" failed at BeforeInstall (UnknownError)", "    The lifecycle event did not finish within 3600 seconds."],
        "failed at BeforeInstall (UnknownError). The lifecycle event did not finish",
        seconds=4000,
    ),
    "too long": Path(
        lambda emulator: with_more(emulator, 14, dict.fromkeys(EVENTS, succeed(0.9 * HOUR))),
        ["{id} Failed, ", "Deployment {id} failed (TIMEOUT)", "  The deployment did not finish within 109 hours."],
        "Deployment {id} failed (TIMEOUT)",
        seconds=111 * HOUR,
    ),
    "bad AppSpec": Path(
        lambda emulator: fleets(
            emulator, {"Install": fail(error_code="UnknownError", script="", message="invalid AppSpec")}
        ),
        [" failed at Install (UnknownError)", "    invalid AppSpec", "    Cause: the agent failed outside a script"],
        "failed at Install (UnknownError). invalid AppSpec.",
    ),
    "bad surroundings": Path(
        without_balancer,
        [
            "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
            "  To do: compare load_balancer_info with the existing resources",
        ],
        "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
    ),
    "no hosts": Path(
        without_green,
        [
            "Deployment {id} failed (NO_INSTANCES)",
            "  No instances were found for the deployment group.",
            "  To do: compare the group's tag filters",
        ],
        "Deployment {id} failed (NO_INSTANCES). No instances were found",
    ),
    "too many hosts": "counted as in place; that many EC2 instances would take the emulator's EC2 half a minute",
    "too few healthy hosts": Path(
        lambda emulator: demanding(emulator, 1, fleets(emulator)),
        [
            "Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)",
            "  1 of 1 instances must stay healthy",
            "  To do: use a config with a lower minimum",
        ],
        "Deployment {id} failed (HEALTH_CONSTRAINTS_INVALID)",
    ),
}
