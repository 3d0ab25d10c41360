# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What befalls a deployment: each function arranges for it on the emulator, and returns the options of the deployment's task."""

from __future__ import annotations

import typing as t

from emulator import Emulator, Fault

from .releases import Options, after, alarm, stop_after


def stopped(emulator: Emulator, seconds: float, options: Options) -> Options:
    """Somebody stops it after so many seconds."""
    stop_after(emulator, seconds)
    return options


def alarmed(emulator: Emulator, seconds: float, options: Options) -> Options:
    """Its alarm goes off after so many seconds."""
    alarm(emulator, "OK")
    after(emulator, seconds, lambda _deployment_id: alarm(emulator))
    return {**options, "override_alarm_configuration": {"alarms": [{"name": "errors"}]}}


def hooked(emulator: Emulator, answer: str | None, options: Options) -> Options:
    """Its hook function `check` gives that ANSWER; None is none."""
    emulator.hook_functions["check"] = lambda _event: answer
    return options


def broken(emulator: Emulator, loss: t.Callable[[], t.Any], options: Options) -> Options:
    """Its hook function `check` fails, and LOSS goes with it."""

    def check(_event: dict[str, str]) -> str:
        loss()
        return "Failed"

    emulator.hook_functions["check"] = check
    return options


def blinded(emulator: Emulator, seconds: float, options: Options) -> Options:
    """It may not be looked at any more after so many seconds."""
    after(emulator, seconds, lambda _id: emulator.faults.add(Fault("access_denied", "codedeploy:GetDeployment")))
    return options


def refused(emulator: Emulator, action: str, options: Options) -> Options:
    """The controller may not do ACTION."""
    emulator.faults.add(Fault("access_denied", f"codedeploy:{action}"))
    return options


def overtaken(emulator: Emulator, event: t.Callable[[], t.Any], options: Options) -> Options:
    """EVENT happens between its creation and its start: as soon as time passes."""
    emulator.clock.call_later(0.1, event)
    return options


def demanding(emulator: Emulator, minimum: int, options: Options) -> Options:
    """Its config demands that so many hosts stay healthy."""
    healthy = {"type": "HOST_COUNT", "value": minimum}
    emulator.client("codedeploy").create_deployment_config(deploymentConfigName="All", minimumHealthyHosts=healthy)
    return {**options, "deployment_config_name": "All"}
