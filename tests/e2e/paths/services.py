# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments to ECS services: the traffic goes from one task set to another."""

from __future__ import annotations

from emulator import Emulator
from emulator.stages.traffic import content_revision
from unit.incidents import alarmed, broken, hooked, overtaken, stopped
from unit.releases import GROUP, Options, service

from .losses import losses
from .path import NO_HOST, NO_ROLLBACK, NO_SUCCESS, Path, Platform

ONE_TARGET = "the one target is the service"
CANARY = "ECSCanary10Percent5Minutes"
SHIFTING = "{id} Baking, 0 of 1 succeeded: main:api AllowTraffic, 10% of the traffic shifted"
SUCCESS = ["{id} Succeeded, 1 of 1 succeeded", "changed: [localhost]"]


def hook_fails(emulator: Emulator) -> Options:
    return hooked(emulator, "Failed", service(emulator, AfterAllowTraffic="check"))


def deployed(emulator: Emulator) -> Options:
    """One deployment has succeeded; the hook of the next one fails."""
    options = hooked(emulator, "Succeeded", service(emulator, AfterAllowTraffic="check"))
    content = options["revision"]["app_spec_content"]["content"]
    emulator.client("codedeploy").create_deployment(**GROUP, revision=content_revision(content))
    emulator.clock.advance(3600)
    return hooked(emulator, "Failed", {**options, "force": True})


def without_listeners(emulator: Emulator) -> None:
    elb = emulator.client("elbv2")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            elb.delete_listener(ListenerArn=listener["ListenerArn"])


def misspelt(emulator: Emulator) -> Options:
    """The AppSpec lies in S3, where nobody has checked it: it names no task definition."""
    options = service(emulator)
    content = options["revision"]["app_spec_content"]["content"].replace("TaskDefinition", "Task")
    emulator.client("s3").create_bucket(Bucket="bundles")
    emulator.client("s3").put_object(Bucket="bundles", Key="appspec.json", Body=content)
    location = {"bucket": "bundles", "key": "appspec.json", "bundle_type": "JSON"}
    return {**options, "revision": {"s3_location": location}}


SERVICES: Platform = {
    **losses(service),
    "success": Path(service, SUCCESS),
    "success in parts": Path(lambda emulator: service(emulator, CANARY), [SHIFTING, *SUCCESS], seconds=250),
    "ready and continued": Path(
        lambda emulator: service(emulator, ready=60) | {"continue_when_ready": True},
        ["{id} Ready, 0 of 1 succeeded, 1 ready: waiting to be continued", *SUCCESS],
    ),
    "ready for ever": Path(
        lambda emulator: service(emulator, ready=60) | NO_ROLLBACK,
        [
            "{id} Ready, 0 of 1 succeeded, 1 ready: waiting to be continued",
            "{id} Stopped",
            "Deployment {id} stopped (TIMEOUT)",
            "  Nobody continued the deployment within its wait time.",
            "continue a blue/green deployment before its wait ends",
        ],
        "Deployment {id} stopped (TIMEOUT). Nobody continued the deployment within its wait time.",
        seconds=2400,
    ),
    "terminating": Path(
        lambda emulator: service(emulator, termination=60),
        ["{id} InProgress, 1 of 1 succeeded: waiting to terminate the old version", *SUCCESS],
        seconds=2400,
    ),
    "success in spite of a failure": ONE_TARGET,
    "failure": Path(
        lambda emulator: hooked(emulator, "Failed", service(emulator, AfterAllowTestTraffic="check")) | NO_ROLLBACK,
        [
            "{id} Failed, 0 of 1 succeeded, 1 failed",
            "Deployment {id} failed (HOOK_EXECUTION_FAILURE)",
            "  The hook AfterAllowTestTraffic reported a failure.",
            "  To do: read the function's log",
            "  main:api failed at AfterAllowTestTraffic",
        ],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). main:api failed at AfterAllowTestTraffic. The hook AfterAllowT",
    ),
    "failure, rolled back": Path(
        deployed,
        [
            "{id} is being rolled back by {rollback}",
            "{rollback} Succeeded, 1 of 1 succeeded",
            "  main:api failed at AfterAllowTraffic",
            "  Rollback {rollback} Succeeded, 1 of 1 succeeded",
        ],
        "Rollback {rollback} Succeeded, 1 of 1 succeeded.",
    ),
    "failure, and the rollback fails": Path(
        lambda emulator: broken(emulator, lambda: without_listeners(emulator), deployed(emulator)),
        [
            "  main:api failed at AfterAllowTraffic",
            "  Rollback {rollback} Failed, 0 of 1 succeeded, 1 failed (ELASTIC_LOAD_BALANCING_INVALID)",
            "    main:api failed at AllowT",
        ],
        "Rollback {rollback} Failed, 0 of 1 succeeded, 1 failed (ELASTIC_LOAD_BALANCING_INVALID). main:api failed at AllowT",
    ),
    "failure, nothing to go back to": Path(
        hook_fails, ["  main:api failed at AfterAllowTraffic", NO_SUCCESS], "Not rolled back: "
    ),
    "stopped by somebody": Path(
        lambda emulator: stopped(emulator, 250, service(emulator, CANARY)),
        [
            SHIFTING,
            "{id} Stopped",
            "Deployment {id} stopped (MANUAL_STOP)",
            "  Cause: somebody stopped the deployment",
            NO_SUCCESS,
        ],
        "Deployment {id} stopped (MANUAL_STOP)",
        seconds=200,
    ),
    "stopped by an alarm": Path(
        lambda emulator: alarmed(emulator, 250, service(emulator, CANARY)),
        [
            SHIFTING,
            "{id} Stopped",
            "Deployment {id} stopped (ALARM_ACTIVE)",
            "  The deployment was stopped because of the active alarms errors.",
            "  To do: resolve the alarm",
        ],
        "Deployment {id} stopped (ALARM_ACTIVE)",
        seconds=200,
    ),
    "no agent": NO_HOST,
    "no end": Path(
        lambda emulator: hooked(emulator, None, service(emulator, BeforeInstall="check")),
        [
            "{id} InProgress, 0 of 1 succeeded: main:api BeforeInstall",
            "Deployment {id} failed (HOOK_EXECUTION_FAILURE)",
            "  The hook BeforeInstall did not report within 3600 seconds.",
            "  main:api failed at BeforeInstall",
        ],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). main:api failed at BeforeInstall. The hook BeforeInstall did not",
        seconds=2400,
    ),
    "too long": "no limit of the whole is documented, and what it waits for, each at its longest, ends",
    "bad AppSpec": Path(
        misspelt,
        ["Deployment {id} failed (INVALID_REVISION)", "AppSpec file", "  To do: "],
        "Deployment {id} failed (INVALID_REVISION)",
    ),
    "bad surroundings": Path(
        lambda emulator: overtaken(emulator, lambda: without_listeners(emulator), service(emulator)),
        [
            "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
            "  To do: compare load_balancer_info with the existing resources",
        ],
        "Deployment {id} failed (ELASTIC_LOAD_BALANCING_INVALID)",
    ),
    "no hosts": NO_HOST,
    "too many hosts": NO_HOST,
    "too few healthy hosts": NO_HOST,
}
