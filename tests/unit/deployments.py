# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments that have happened, for modules that read what deployment groups run. Time passes by itself, as in all of the modules' tests."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from emulator.tests.stage import Stage

DEADLINE = 30.0


class LiveStage(Stage):
    """The application ``shop``, its groups and one host, on an emulator whose clock nobody moves."""

    def pass_time(self, _seconds: float) -> None:
        """It passes."""

    def deploy(
        self, key: str = "one.zip", failures: Mapping[str, Mapping[str, int]] | None = None, **members: Any
    ) -> str:
        """Create a deployment and let the hosts play until it has ended."""
        deployment_id = self.create_deployment(key, **members)
        deadline = time.monotonic() + DEADLINE
        while self.status(deployment_id) not in ("Succeeded", "Failed", "Stopped"):
            assert time.monotonic() < deadline, f"{deployment_id} does not end"
            self.play(failures)
        return deployment_id
