# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment, whatever its platform: start, waits, stop, end and rollback. Nothing here waits itself; timers, reports
and requests each move it one step on.

Every method expects the state to be locked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..clock import Timer
from ..state import FINISHED, Deployment, DeploymentGroup, DeploymentStatus, Members, Region, WaitType
from . import rollback
from .alarms import POLL_EVERY, alarm_error, is_watched
from .lifecycle import skip_rest
from .obstacle import Obstacle
from .service_role import can_assume
from .triggers import publish_deployment_event

START_DELAY = 0.5
"""Seconds from CreateDeployment to the start; the real service takes a few."""
STOP_DELAY = 0.5
"""Seconds from StopDeployment until a deployment with nothing running is Stopped."""

Ending = tuple[DeploymentStatus, Members]
"""How a deployment ends badly: its status, and its errorInformation."""

_END_EVENTS = {"Succeeded": "DeploymentSuccess", "Failed": "DeploymentFailure", "Stopped": "DeploymentStop"}


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

    LONGEST_RUN: ClassVar[float] = 12 * 3600.0
    """Seconds until a deployment that has not finished fails with TIMEOUT (AWS user guide, limits: 12 hours in place)."""

    @abstractmethod
    def _begin(self) -> Ending | None:
        """Find the targets; or why there can be no start. May raise Obstacle instead."""

    @abstractmethod
    def _advance(self) -> None:
        """Do what is to be done next, and finish if there is nothing left to do. Never called during a ``_wait``."""

    @abstractmethod
    def _withdraw(self) -> None:
        """The deployment is ending: take back what was not started yet."""

    @abstractmethod
    def _busy(self) -> bool:
        """Whether something still runs that an ending deployment must wait for."""

    def _execution_of_rollback(self, rollback: Deployment) -> Execution:
        """What runs the deployment that rolls this one back."""
        return type(self)(self.region, rollback)

    def launch(self) -> None:
        """Make the deployment known, and start it a moment later."""
        deployment = self.deployment
        self.region.deployments[deployment.deployment_id] = deployment
        deployment.group.last_attempted = deployment
        self._later(START_DELAY, self._start)

    def stop(self, roll_back: bool | None) -> None:
        """Offer nothing more; Stopped when what runs has finished."""
        if self.deployment.ending is None:
            self.deployment.ending = ("Stopped", error("MANUAL_STOP", "The deployment was stopped by its user."))
        if roll_back is not None:
            self.deployment.roll_back_on_stop = roll_back
        self._withdraw()
        self._later(STOP_DELAY, self._proceed)

    def continue_now(self) -> None:
        """End the wait that the deployment is in (ContinueDeployment); the caller has checked that there is one."""
        self.deployment.waiting_for = None
        self.deployment.status = "InProgress"
        self._proceed()

    def _start(self) -> None:
        deployment = self.deployment
        deployment.ending = (
            deployment.ending or self._missing() or self._role_missing() or self._alarmed() or self._tried_begin()
        )
        if deployment.ending is None:
            now = self.region.clock.now()
            deployment.status = "InProgress"
            deployment.start_time = now
            revision = deployment.group.application.revisions[deployment.revision_key]
            revision.first_used_time = revision.first_used_time or now
            revision.last_used_time = now
            publish_deployment_event(self.region, deployment, "DeploymentStart")
            self._later(self.LONGEST_RUN, self._time_out)
            if is_watched(deployment):
                self._later(POLL_EVERY, self._watch_alarms)
        self._proceed()

    def _proceed(self) -> None:
        """One step on, towards success or towards the ending that is decided."""
        deployment = self.deployment
        if deployment.finished:
            return
        deployment.ending = deployment.ending or self._missing()
        if deployment.ending is not None:
            self._withdraw()
            if not self._busy():
                self._finish(*deployment.ending)
        elif deployment.waiting_for is None:
            self._advance()

    def _end(self, ending: Ending) -> None:
        """Start nothing more, and end like this when what runs has finished; an ending that was decided before counts."""
        self.deployment.ending = self.deployment.ending or ending
        self._proceed()

    def _later(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Have the clock call ``function``, unless the deployment has finished by then."""
        timer = self.region.call_later(seconds, function)
        self.deployment.timers.append(timer)
        return timer

    def _wait(self, kind: WaitType, seconds: float) -> None:
        """Go on after ``seconds`` or when ContinueDeployment says so; READY_WAIT, though, ends in Stopped if nobody does.

        READY_WAIT is for deploymentReadyOption STOP_DEPLOYMENT, TERMINATION_WAIT for what is to be terminated, BAKE for the
        time between two parts of a deployment. Which status a deployment has then is shown by the API's enumeration only.
        """
        deployment = self.deployment
        deployment.waiting_for = kind
        if kind == "READY_WAIT":
            deployment.status = "Ready"
            publish_deployment_event(self.region, deployment, "DeploymentReady")
        elif kind == "BAKE":
            deployment.status = "Baking"
        else:
            deployment.termination_wait_started = True
        self._later(seconds, lambda: self._wait_over(kind))

    def _wait_over(self, kind: WaitType) -> None:
        if self.deployment.waiting_for != kind:
            return
        if kind == "READY_WAIT":
            self._end(("Stopped", error("TIMEOUT", "Nobody continued the deployment within its wait time.")))
        else:
            self.continue_now()

    def _time_out(self) -> None:
        hours = self.LONGEST_RUN / 3600
        self._end(failed("TIMEOUT", f"The deployment did not finish within {hours:.0f} hours."))

    def _alarmed(self) -> Ending | None:
        found = alarm_error(self.region, self.deployment)
        return None if found is None else ("Stopped", found)

    def _watch_alarms(self) -> None:
        alarmed = self._alarmed()
        if alarmed is None:
            self._later(POLL_EVERY, self._watch_alarms)
        else:
            self._end(alarmed)

    def _tried_begin(self) -> Ending | None:
        try:
            return self._begin()
        except Obstacle as obstacle:
            return failed(obstacle.code, str(obstacle))

    def _role_missing(self) -> Ending | None:
        """The text is the user guide's (monitoring-sns-event-notifications-json-format)."""
        group = self.deployment.group
        if can_assume(self.region, group.settings["serviceRoleArn"]):
            return None
        return failed("IAM_ROLE_MISSING", f"IAM Role is missing for deployment group: {group.name}")

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
        deployment.waiting_for = None
        for timer in deployment.timers:
            timer.cancel()
        deployment.timers.clear()
        for target in deployment.targets.values():
            if target.status not in FINISHED:
                skip_rest(target, now)
                target.status = "Skipped"
        if status == "Succeeded":
            self._remember_success()
        publish_deployment_event(self.region, deployment, _END_EVENTS[status])
        if rollback.wants_rollback(deployment):
            self.region.call_later(rollback.DELAY, self._roll_back)

    def _remember_success(self) -> None:
        group = self.deployment.group
        group.last_successful, group.target_revision = self.deployment, self.deployment.revision

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
        self._execution_of_rollback(new).launch()
        publish_deployment_event(self.region, new, "DeploymentRollback")
