# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments on an emulator whose time only the test moves, as a client sees them."""

from __future__ import annotations

from typing import Any

from ..clock import ManualClock
from ..emulator import Emulator


class WatchedEmulator:
    """What every stage for deployments rests on."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.codedeploy = emulator.client("codedeploy")

    def pass_time(self, seconds: float) -> None:
        assert isinstance(self.emulator.clock, ManualClock)
        self.emulator.clock.advance(seconds)

    def info(self, deployment_id: str) -> dict[str, Any]:
        info: dict[str, Any] = self.codedeploy.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return info

    def status(self, deployment_id: str) -> str:
        return str(self.info(deployment_id)["status"])

    def error_code(self, deployment_id: str) -> str:
        return str(self.info(deployment_id)["errorInformation"]["code"])
