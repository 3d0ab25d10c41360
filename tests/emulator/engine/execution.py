# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment: nothing here waits; hosts' reports, timers and requests to stop each move it one step on.

Every method expects the state to be locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..state import (
    FINISHED,
    Deployment,
    DeploymentGroup,
    DeploymentStatus,
    HostRecord,
    LifecycleEvent,
    Members,
    Progress,
    Region,
    Target,
)
from . import rollback
from .health import Host, hosts_to_start, minimum_healthy, verdict
from .lifecycle import MAY_FAIL, current_event, finish_event, new_target, skip_rest, start_event
from .targets import Instance, group_instances

START_DELAY = 0.5
"""Seconds from CreateDeployment to the start; the real service takes a few."""
TO_START = 300.0
"""Seconds that a host has to start an event once it is due (AWS user guide, limits)."""
TO_FINISH = 3600.0
"""Seconds that an event may run (AWS user guide, limits)."""
STOP_DELAY = 0.5
"""Seconds from StopDeployment until a deployment with nothing running is Stopped."""

# As users have quoted it from the real service; the other texts are the emulator's own.
_HEALTH_CONSTRAINTS = (
    "The overall deployment failed because too many individual instances failed deployment, too few healthy instances "
    "are available for deployment, or some instances in your deployment group are experiencing problems."
)
# As a maintainer of the agent quotes it (aws/aws-codedeploy-agent, issue 307).
_NOT_RECEIVED = (
    "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make "
    "sure the agent is running and can connect to the CodeDeploy server."
)

Ending = tuple[DeploymentStatus, Members]


def active_deployment(region: Region, group: DeploymentGroup) -> Deployment | None:
    """The deployment of the group that has not finished, if any."""
    candidates = (found for found in region.deployments.values() if found.group is group and not found.finished)
    return next(candidates, None)


def _error(code: str, message: str) -> Members:
    return {"code": code, "message": message}


def _failed(code: str, message: str) -> Ending:
    return "Failed", _error(code, message)


def _unknown_error(message: str) -> Members:
    return {"errorCode": "UnknownError", "scriptName": "", "message": message, "logTail": ""}


@dataclass(frozen=True)
class Execution:
    """The running of one deployment; all that it remembers is in the deployment."""

    region: Region
    deployment: Deployment

    def launch(self) -> None:
        """Make the deployment known, and start it a moment later."""
        self.region.deployments[self.deployment.deployment_id] = self.deployment
        self.deployment.group.last_attempted = self.deployment
        self.region.call_later(START_DELAY, self._start)

    def stop(self, roll_back: bool | None) -> None:
        """Offer nothing more; Stopped when what runs has finished."""
        if self.deployment.ending is None:
            self.deployment.ending = ("Stopped", _error("MANUAL_STOP", "The deployment was stopped by its user."))
        if roll_back is not None:
            self.deployment.roll_back_on_stop = roll_back
        self._withdraw_events()
        self.region.call_later(STOP_DELAY, self._proceed)

    def acknowledge(self, target: Target, event: LifecycleEvent, is_noop: bool) -> Progress:
        """A host takes up an event. The answer tells it to run (InProgress) or to leave it."""
        if event.status == "Pending" and is_noop:
            self.report(target, event, True, {})
        elif event.status == "Pending":
            start_event(target, event, self.region.clock.now())
            self._limit(target, event, TO_FINISH, f"The lifecycle event did not finish within {TO_FINISH:.0f} seconds.")
        return "Failed" if event.status == "Skipped" else event.status

    def report(self, target: Target, event: LifecycleEvent, succeeded: bool, diagnostics: Members) -> None:
        """An event is over. The first report counts: host agent 1.8 sends a second, poorer one after a failure."""
        if event.status in FINISHED:
            return
        finish_event(target, event, succeeded, diagnostics, self.region.clock.now())
        outcome = self._outcome(target, event)
        if outcome is None:
            self._offer_event(target)
        else:
            self._end_turn(target, outcome)
            self._proceed()

    def _start(self) -> None:
        if self.deployment.ending is None:
            instances = self._instances()
            self.deployment.ending = self._missing() or self._impossible(len(instances))
        if self.deployment.ending is not None:
            self._proceed()
            return
        now = self.region.clock.now()
        self.deployment.status = "InProgress"
        self.deployment.start_time = now
        self.deployment.targets = {instance.target_id: new_target(instance, now) for instance in instances}
        revision = self.deployment.group.application.revisions[self.deployment.revision_key]
        revision.first_used_time = revision.first_used_time or now
        revision.last_used_time = now
        self._proceed()

    def _proceed(self) -> None:
        """Turn to the hosts whose turn it is; finish if there is nothing left to do."""
        deployment = self.deployment
        if deployment.finished:
            return
        deployment.ending = deployment.ending or self._missing()
        if deployment.ending is not None:
            self._withdraw_events()
            if not any(target.in_flight for target in deployment.targets.values()):
                self._finish(*deployment.ending)
            return
        minimum = minimum_healthy(deployment.minimum_healthy_hosts, len(deployment.targets))
        while chosen := hosts_to_start(self._hosts(), minimum):
            for target_id in chosen:
                self._begin_turn(deployment.targets[target_id])
        outcome = verdict(self._hosts(), minimum)
        if outcome == "succeeded":
            self._finish("Succeeded", None)
        elif outcome == "failed":
            self._finish("Failed", _error("HEALTH_CONSTRAINTS", _HEALTH_CONSTRAINTS))

    def _instances(self) -> list[Instance]:
        """Whom to deploy to: the group's instances, or those whose last known revision is another."""
        instances = group_instances(self.region, self.deployment.group)
        if not self.deployment.options["updateOutdatedInstancesOnly"]:
            return instances
        known = self.deployment.group.hosts
        current = {name for name, record in known.items() if self._revision_on(record) == "current"}
        return [instance for instance in instances if instance.target_id not in current]

    def _missing(self) -> Ending | None:
        """What the deployment needs and was deleted since it was created."""
        group, application = self.deployment.group, self.deployment.group.application
        if self.region.applications.get(application.name) is not application:
            return _failed("APPLICATION_MISSING", f"The application {application.name} no longer exists.")
        if application.groups.get(group.name) is not group:
            return _failed("DEPLOYMENT_GROUP_MISSING", f"The deployment group {group.name} no longer exists.")
        if self.deployment.revision_key not in application.revisions:
            return _failed("REVISION_MISSING", f"The revision is no longer registered with {application.name}.")
        return None

    def _impossible(self, total: int) -> Ending | None:
        """No outdated instance counts as no instance, too: what the real service does then is unknown."""
        if total == 0:
            return _failed("NO_INSTANCES", "No instances were found for the deployment group.")
        minimum = minimum_healthy(self.deployment.minimum_healthy_hosts, total)
        if total <= minimum:
            message = f"{minimum} of {total} instances must stay healthy, so none can be deployed to."
            return _failed("HEALTH_CONSTRAINTS_INVALID", message)
        return None

    def _hosts(self) -> list[Host]:
        return [self._host(target) for target in self.deployment.targets.values()]

    def _host(self, target: Target) -> Host:
        if target.in_flight:
            return Host(target.target_id, "in_flight")
        if target.status in FINISHED:
            return Host(target.target_id, "succeeded" if target.status == "Succeeded" else "failed")
        record = self.deployment.group.hosts.get(target.target_id, HostRecord(None, healthy=True))
        return Host(target.target_id, "waiting", record.healthy and target.running, self._revision_on(record))

    def _revision_on(self, record: HostRecord) -> Literal["unknown", "old", "current"]:
        if record.revision_key is None:
            return "unknown"
        return "current" if record.revision_key == self.deployment.revision_key else "old"

    def _begin_turn(self, target: Target) -> None:
        target.in_flight = True
        if target.running:
            self._offer_event(target)
            return
        diagnostics = _unknown_error("The instance is stopped.")
        finish_event(target, target.events[0], False, diagnostics, self.region.clock.now())
        self._end_turn(target, "Failed")

    def _offer_event(self, target: Target) -> None:
        event = current_event(target)
        assert event is not None, "a target without events left has had its turn"
        self._limit(target, event, TO_START, _NOT_RECEIVED)

    def _limit(self, target: Target, event: LifecycleEvent, seconds: float, message: str) -> None:
        """Fail the event unless the target has moved on by then."""
        self._cancel_timer(target)
        diagnostics = _unknown_error(message)
        expire = partial(self.report, target, event, False, diagnostics)
        target.timer = self.region.call_later(seconds, expire)

    def _cancel_timer(self, target: Target) -> None:
        if target.timer is not None:
            target.timer.cancel()
            target.timer = None

    def _outcome(self, target: Target, event: LifecycleEvent) -> Progress | None:
        """How the target's turn ends with this finished event, or None if it goes on."""
        may_fail = event.name in MAY_FAIL and self.deployment.options["ignoreApplicationStopFailures"]
        if event.status == "Failed" and not may_fail:
            return "Failed"
        if current_event(target) is None:
            return "Succeeded"
        return "Skipped" if self.deployment.ending is not None else None

    def _end_turn(self, target: Target, status: Progress) -> None:
        """The target is done with; what the host now has is known only after a success, or if nothing happened there."""
        self._cancel_timer(target)
        skip_rest(target, self.region.clock.now())
        target.status = status
        target.in_flight = False
        if target.events[0].status == "Skipped":
            return
        key = self.deployment.revision_key if status == "Succeeded" else None
        self.deployment.group.hosts[target.target_id] = HostRecord(key, healthy=status != "Failed")

    def _withdraw_events(self) -> None:
        """Take back what hosts have not started."""
        for target in self.deployment.targets.values():
            event = current_event(target)
            if target.in_flight and event is not None and event.status == "Pending":
                self._end_turn(target, "Skipped")

    def _finish(self, status: DeploymentStatus, error: Members | None) -> None:
        deployment, now = self.deployment, self.region.clock.now()
        deployment.status, deployment.error, deployment.complete_time = status, error, now
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
        Execution(self.region, new).launch()
