# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment, whatever its platform: start, stop, end and rollback. Nothing here waits; timers, reports and requests
to stop each move it one step on.

Every method expects the state to be locked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..state import FINISHED, Deployment, DeploymentGroup, DeploymentStatus, Members, Region
from . import rollback
from .lifecycle import skip_rest

START_DELAY = 0.5
"""Seconds from CreateDeployment to the start; the real service takes a few."""
STOP_DELAY = 0.5
"""Seconds from StopDeployment until a deployment with nothing running is Stopped."""

Ending = tuple[DeploymentStatus, Members]
"""How a deployment ends badly: its status, and its errorInformation."""


def active_deployment(region: Region, group: DeploymentGroup) -> Deployment | None:
    """The deployment of the group that has not finished, if any."""
    candidates = (found for found in region.deployments.values() if found.group is group and not found.finished)
    return next(candidates, None)


def error(code: str, message: str) -> Members:
    """An ErrorInformation."""
    return {"code": code, "message": message}


def failed(code: str, message: str) -> Ending:
    return "Failed", error(code, message)


@dataclass(frozen=True)
class Execution(ABC):
    """The running of one deployment; all that it remembers is in the deployment, so that any number may stand for one."""

    region: Region
    deployment: Deployment

    @abstractmethod
    def _begin(self) -> Ending | None:
        """Find the targets; or why there can be no start."""

    @abstractmethod
    def _advance(self) -> None:
        """Do what is to be done next, and finish if there is nothing left to do."""

    @abstractmethod
    def _withdraw(self) -> None:
        """The deployment is ending: take back what was not started yet."""

    @abstractmethod
    def _busy(self) -> bool:
        """Whether something still runs that an ending deployment must wait for."""

    def launch(self) -> None:
        """Make the deployment known, and start it a moment later."""
        self.region.deployments[self.deployment.deployment_id] = self.deployment
        self.deployment.group.last_attempted = self.deployment
        self.region.call_later(START_DELAY, self._start)

    def stop(self, roll_back: bool | None) -> None:
        """Offer nothing more; Stopped when what runs has finished."""
        if self.deployment.ending is None:
            self.deployment.ending = ("Stopped", error("MANUAL_STOP", "The deployment was stopped by its user."))
        if roll_back is not None:
            self.deployment.roll_back_on_stop = roll_back
        self._withdraw()
        self.region.call_later(STOP_DELAY, self._proceed)

    def _start(self) -> None:
        deployment = self.deployment
        deployment.ending = deployment.ending or self._missing() or self._begin()
        if deployment.ending is None:
            now = self.region.clock.now()
            deployment.status = "InProgress"
            deployment.start_time = now
            revision = deployment.group.application.revisions[deployment.revision_key]
            revision.first_used_time = revision.first_used_time or now
            revision.last_used_time = now
        self._proceed()

    def _proceed(self) -> None:
        """One step on, towards success or towards the ending that is decided."""
        deployment = self.deployment
        if deployment.finished:
            return
        deployment.ending = deployment.ending or self._missing()
        if deployment.ending is None:
            self._advance()
            return
        self._withdraw()
        if not self._busy():
            self._finish(*deployment.ending)

    def _missing(self) -> Ending | None:
        """What the deployment needs and was deleted since it was created."""
        group, application = self.deployment.group, self.deployment.group.application
        if self.region.applications.get(application.name) is not application:
            return failed("APPLICATION_MISSING", f"The application {application.name} no longer exists.")
        if application.groups.get(group.name) is not group:
            return failed("DEPLOYMENT_GROUP_MISSING", f"The deployment group {group.name} no longer exists.")
        if self.deployment.revision_key not in application.revisions:
            return failed("REVISION_MISSING", f"The revision is no longer registered with {application.name}.")
        return None

    def _finish(self, status: DeploymentStatus, error_information: Members | None) -> None:
        deployment, now = self.deployment, self.region.clock.now()
        deployment.status, deployment.error, deployment.complete_time = status, error_information, now
        for target in deployment.targets.values():
            if target.status not in FINISHED:
                skip_rest(target, now)
                target.status = "Skipped"
        if status == "Succeeded":
            deployment.group.last_successful = deployment
            deployment.group.target_revision = deployment.revision
        if rollback.wants_rollback(deployment):
            self.region.call_later(rollback.DELAY, self._roll_back)

    def _roll_back(self) -> None:
        group = self.deployment.group
        if self._missing() is not None:
            return
        if group.last_successful is None:
            self.deployment.rollback_info = {"rollbackMessage": rollback.NOTHING_TO_ROLL_BACK_TO}
            return
        if active_deployment(self.region, group) is not None:
            self.deployment.rollback_info = {"rollbackMessage": rollback.GROUP_IS_BUSY}
            return
        new = rollback.rollback_of(self.deployment, group.last_successful, self.region.clock.now())
        message = f"Deployment {new.deployment_id} rolls this deployment back."
        self.deployment.rollback_info = {"rollbackDeploymentId": new.deployment_id, "rollbackMessage": message}
        type(self)(self.region, new).launch()
