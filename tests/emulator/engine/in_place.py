# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment to hosts, in place: whose turn it is, what each is offered, what its report means."""

from __future__ import annotations

from functools import partial
from typing import Literal

from ..state import FINISHED, HostRecord, InstanceTarget, LifecycleEvent, Members, Progress
from .execution import Ending, Execution, error, failed
from .health import Host, hosts_to_start, minimum_healthy, verdict
from .lifecycle import MAY_FAIL, current_event, finish_event, new_target, skip_rest, start_event
from .targets import Instance, group_instances

TO_START = 300.0
"""Seconds that a host has to start an event once it is due (AWS user guide, limits)."""
TO_FINISH = 3600.0
"""Seconds that an event may run (AWS user guide, limits)."""

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


def _unknown_error(message: str) -> Members:
    return {"errorCode": "UnknownError", "scriptName": "", "message": message, "logTail": ""}


class InPlace(Execution):
    """A deployment to hosts, in place."""

    @property
    def _targets(self) -> dict[str, InstanceTarget]:
        return self.deployment.instance_targets

    def acknowledge(self, target: InstanceTarget, event: LifecycleEvent, is_noop: bool) -> Progress:
        """A host takes up an event. The answer tells it to run (InProgress) or to leave it."""
        if event.status == "Pending" and is_noop:
            self.report(target, event, True, {})
        elif event.status == "Pending":
            start_event(target, event, self.region.clock.now())
            self._limit(target, event, TO_FINISH, f"The lifecycle event did not finish within {TO_FINISH:.0f} seconds.")
        return "Failed" if event.status == "Skipped" else event.status

    def report(self, target: InstanceTarget, event: LifecycleEvent, succeeded: bool, diagnostics: Members) -> None:
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

    def _begin(self) -> Ending | None:
        instances, now = self._instances(), self.region.clock.now()
        impossible = self._impossible(len(instances))
        if impossible is None:
            self.deployment.targets = {instance.target_id: new_target(instance, now) for instance in instances}
        return impossible

    def _advance(self) -> None:
        """Turn to the hosts whose turn it is; finish if there is none left."""
        minimum = minimum_healthy(self._minimum_rule, len(self._targets))
        while chosen := hosts_to_start(self._hosts(), minimum):
            for target_id in chosen:
                self._begin_turn(self._targets[target_id])
        outcome = verdict(self._hosts(), minimum)
        if outcome == "succeeded":
            self._finish("Succeeded", None)
        elif outcome == "failed":
            self._finish("Failed", error("HEALTH_CONSTRAINTS", _HEALTH_CONSTRAINTS))

    def _busy(self) -> bool:
        return any(target.in_flight for target in self._targets.values())

    def _withdraw(self) -> None:
        """Take back what hosts have not started."""
        for target in self._targets.values():
            event = current_event(target)
            if target.in_flight and event is not None and event.status == "Pending":
                self._end_turn(target, "Skipped")

    @property
    def _minimum_rule(self) -> Members:
        return self.deployment.config.minimum_healthy_hosts or {}

    def _instances(self) -> list[Instance]:
        """Whom to deploy to: the group's instances, or those whose last known revision is another."""
        instances = group_instances(self.region, self.deployment.group)
        if not self.deployment.options["updateOutdatedInstancesOnly"]:
            return instances
        known = self.deployment.group.hosts
        current = {name for name, record in known.items() if self._revision_on(record) == "current"}
        return [instance for instance in instances if instance.target_id not in current]

    def _impossible(self, total: int) -> Ending | None:
        """No outdated instance counts as no instance, too: what the real service does then is unknown."""
        if total == 0:
            return failed("NO_INSTANCES", "No instances were found for the deployment group.")
        minimum = minimum_healthy(self._minimum_rule, total)
        if total <= minimum:
            message = f"{minimum} of {total} instances must stay healthy, so none can be deployed to."
            return failed("HEALTH_CONSTRAINTS_INVALID", message)
        return None

    def _hosts(self) -> list[Host]:
        return [self._host(target) for target in self._targets.values()]

    def _host(self, target: InstanceTarget) -> Host:
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

    def _begin_turn(self, target: InstanceTarget) -> None:
        target.in_flight = True
        if target.running:
            self._offer_event(target)
            return
        diagnostics = _unknown_error("The instance is stopped.")
        finish_event(target, target.events[0], False, diagnostics, self.region.clock.now())
        self._end_turn(target, "Failed")

    def _offer_event(self, target: InstanceTarget) -> None:
        event = current_event(target)
        assert event is not None, "a target without events left has had its turn"
        self._limit(target, event, TO_START, _NOT_RECEIVED)

    def _limit(self, target: InstanceTarget, event: LifecycleEvent, seconds: float, message: str) -> None:
        """Fail the event unless the target has moved on by then."""
        self._cancel_timer(target)
        diagnostics = _unknown_error(message)
        expire = partial(self.report, target, event, False, diagnostics)
        target.timer = self.region.call_later(seconds, expire)

    def _cancel_timer(self, target: InstanceTarget) -> None:
        if target.timer is not None:
            target.timer.cancel()
            target.timer = None

    def _outcome(self, target: InstanceTarget, event: LifecycleEvent) -> Progress | None:
        """How the target's turn ends with this finished event, or None if it goes on."""
        may_fail = event.name in MAY_FAIL and self.deployment.options["ignoreApplicationStopFailures"]
        if event.status == "Failed" and not may_fail:
            return "Failed"
        if current_event(target) is None:
            return "Succeeded"
        return "Skipped" if self.deployment.ending is not None else None

    def _end_turn(self, target: InstanceTarget, status: Progress) -> None:
        """The target is done with; what the host now has is known only after a success, or if nothing happened there."""
        self._cancel_timer(target)
        skip_rest(target, self.region.clock.now())
        target.status = status
        target.in_flight = False
        if target.events[0].status == "Skipped":
            return
        key = self.deployment.revision_key if status == "Succeeded" else None
        self.deployment.group.hosts[target.target_id] = HostRecord(key, healthy=status != "Failed")
