# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments that have happened, for modules that read what deployment groups run. Time passes by itself, as in all of the modules' tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.stages.servers import Stage
from emulator.state import FINAL_STATUSES

MOST_SECONDS = 600


class LiveStage(Stage):
    """The application ``shop``, its groups and one host, which plays as the emulator's time passes."""

    def deploy(
        self, key: str = "one.zip", failures: Mapping[str, Mapping[str, int]] | None = None, **members: Any
    ) -> str:
        """Create a deployment and let the hosts play until it has ended."""
        deployment_id = self.create_deployment(key, **members)
        self.await_end(deployment_id, failures)
        return deployment_id

    def await_end(self, deployment_id: str, failures: Mapping[str, Mapping[str, int]] | None = None) -> None:
        """Let the hosts play until the deployment has ended."""
        self._play_until(f"{deployment_id} ends", lambda: self.status(deployment_id) in FINAL_STATUSES, failures)

    def await_rollback(self, deployment_id: str) -> str:
        """The id of the deployment that rolls this one back, once it is known."""
        self._play_until(f"{deployment_id} is rolled back", lambda: "rollbackInfo" in self.info(deployment_id), None)
        return str(self.info(deployment_id)["rollbackInfo"]["rollbackDeploymentId"])

    def _play_until(
        self, what: str, condition: Callable[[], bool], failures: Mapping[str, Mapping[str, int]] | None
    ) -> None:
        for _second in range(MOST_SECONDS):
            if condition():
                return
            self.pass_time(1)
            self.play(failures)
        raise AssertionError(f"not within {MOST_SECONDS} s: {what}")
