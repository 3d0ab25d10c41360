# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments to Lambda functions: an alias goes from one version to another."""

from __future__ import annotations

from emulator import Emulator
from emulator.stages.traffic import content_revision
from unit.incidents import alarmed, broken, hooked, overtaken, stopped
from unit.releases import GROUP, Options, function

from .losses import losses
from .path import NO_HOST, NO_ROLLBACK, NO_SUCCESS, Path, Platform

NOT_BLUE_GREEN = "only a blue/green deployment of hosts or an ECS service waits for somebody, or ends an old version"
ONE_TARGET = "the one target is the function"
CANARY = "LambdaCanary10Percent5Minutes"
SHIFTING = "{id} Baking, 0 of 1 succeeded: greet AllowTraffic, 10% of the traffic shifted"


def hook_fails(emulator: Emulator) -> Options:
    return hooked(emulator, "Failed", function(emulator, AfterAllowTraffic="check"))


def deployed(emulator: Emulator) -> Options:
    """One deployment has succeeded; the hook of the next one fails."""
    options = hooked(emulator, "Succeeded", function(emulator, AfterAllowTraffic="check"))
    content = options["revision"]["app_spec_content"]["content"]
    emulator.client("codedeploy").create_deployment(**GROUP, revision=content_revision(content))
    emulator.clock.advance(600)
    following = content.replace(
        '"CurrentVersion": "1", "TargetVersion": "2"', '"CurrentVersion": "2", "TargetVersion": "3"'
    )
    assert following != content
    return hooked(emulator, "Failed", {**options, "revision": {"app_spec_content": {"content": following}}})


def without_alias(emulator: Emulator) -> None:
    emulator.client("lambda").delete_alias(FunctionName="greet", Name="live")


def moved_alias(emulator: Emulator) -> None:
    emulator.client("lambda").update_alias(FunctionName="greet", Name="live", FunctionVersion="3")


FUNCTIONS: Platform = {
    **losses(function),
    "success": Path(function, ["{id} Succeeded, 1 of 1 succeeded", "changed: [localhost]"]),
    "success in parts": Path(
        lambda emulator: function(emulator, CANARY), [SHIFTING, "{id} Succeeded, 1 of 1 succeeded"], seconds=200
    ),
    "ready and continued": NOT_BLUE_GREEN,
    "ready for ever": NOT_BLUE_GREEN,
    "terminating": NOT_BLUE_GREEN,
    "success in spite of a failure": ONE_TARGET,
    "failure": Path(
        lambda emulator: hook_fails(emulator) | NO_ROLLBACK,
        [
            "{id} Failed, 0 of 1 succeeded, 1 failed",
            "Deployment {id} failed (HOOK_EXECUTION_FAILURE)",
            "  The hook AfterAllowTraffic reported a failure.",
            "  Cause: a hook's Lambda function failed",
            "  To do: read the function's log",
            "  greet failed at AfterAllowTraffic",
        ],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). greet failed at AfterAllowTraffic. The hook AfterAllowTraffic reported",
    ),
    "failure, rolled back": Path(
        deployed,
        [
            "{id} is being rolled back by {rollback}",
            "{rollback} Succeeded, 1 of 1 succeeded",
            "  greet failed at AfterAllowTraffic",
            "  Rollback {rollback} Succeeded, 1 of 1 succeeded",
        ],
        "Rollback {rollback} Succeeded, 1 of 1 succeeded.",
    ),
    "failure, and the rollback fails": Path(
        lambda emulator: broken(emulator, lambda: without_alias(emulator), deployed(emulator)),
        [
            "  greet failed at AfterAllowTraffic",
            "  Rollback {rollback} Failed, 0 of 1 succeeded, 1 failed (INVALID_LAMBDA_FUNCTION)",
            "    greet failed at AllowTraffic",
        ],
        "Rollback {rollback} Failed, 0 of 1 succeeded, 1 failed (INVALID_LAMBDA_FUNCTION). greet failed at AllowTraffic.",
    ),
    "failure, nothing to go back to": Path(
        hook_fails, ["  greet failed at AfterAllowTraffic", NO_SUCCESS], "Not rolled back: "
    ),
    "stopped by somebody": Path(
        lambda emulator: stopped(emulator, 250, function(emulator, CANARY)),
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
        lambda emulator: alarmed(emulator, 250, function(emulator, CANARY)),
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
        lambda emulator: hooked(emulator, None, function(emulator, BeforeAllowTraffic="check")),
        [
            "{id} InProgress, 0 of 1 succeeded: greet BeforeAllowTraffic",
            "Deployment {id} failed (HOOK_EXECUTION_FAILURE)",
            "  The hook BeforeAllowTraffic did not report within 3600 seconds.",
            "  To do: read the function's log; it must call PutLifecycleEventHookExecutionStatus",
            "  greet failed at BeforeAllowTraffic",
        ],
        "Deployment {id} failed (HOOK_EXECUTION_FAILURE). greet failed at BeforeAllowTraffic. The hook BeforeAllowTraffic did not",
        seconds=2400,
    ),
    "too long": "its hooks and shifts, each at its longest, end within the 50 hours that it may take",
    "bad AppSpec": Path(
        lambda emulator: overtaken(emulator, lambda: moved_alias(emulator), function(emulator)),
        [
            "Deployment {id} failed (INVALID_LAMBDA_CONFIGURATION)",
            "the alias live points at version 3, which is not the CurrentVersion 1.",
            "  Cause: the AppSpec is missing or invalid, or the alias does not point to",
            "  To do: check it with slipway.codedeploy.appspec_info",
        ],
        "Deployment {id} failed (INVALID_LAMBDA_CONFIGURATION)",
    ),
    "bad surroundings": Path(
        lambda emulator: overtaken(emulator, lambda: without_alias(emulator), function(emulator)),
        [
            "Deployment {id} failed (INVALID_LAMBDA_FUNCTION)",
            "  To do: compare the AppSpec's names and versions with Lambda",
        ],
        "Deployment {id} failed (INVALID_LAMBDA_FUNCTION)",
    ),
    "no hosts": NO_HOST,
    "too many hosts": NO_HOST,
    "too few healthy hosts": NO_HOST,
}
