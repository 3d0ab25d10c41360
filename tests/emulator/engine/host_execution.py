# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every deployment to hosts does: whose turn it is, what each is offered, what its report means."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import Literal

from ..state import FINISHED, HostRecord, InstanceTarget, Leg, LifecycleEvent, Members, Progress
from .execution import Ending, Execution, error, failed
from .health import Host, Turns, minimum_healthy
from .lifecycle import MAY_FAIL, current_event, finish_event, skip_rest, start_event
from .load_balancers import allow_traffic, block_traffic
from .obstacle import Obstacle
from .triggers import publish_instance_event

TO_START = 300.0
"""Seconds that a host has to start an event once it is due (AWS user guide, limits)."""
TO_FINISH = 3600.0
"""Seconds that an event may run (AWS user guide, limits)."""
TO_REROUTE = 1.0
"""Seconds that a load balancer takes; a real one takes longer, by what it is set to."""
MOST_INSTANCES = 2000
"""In one deployment (newer quota table of the AWS user guide; older pages say 1000)."""

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

_TRAFFIC_EVENTS = {"BlockTraffic": block_traffic, "AllowTraffic": allow_traffic}
_TRIGGERS: dict[Progress, str] = {"Succeeded": "InstanceSuccess", "Failed": "InstanceFailure", "Ready": "InstanceReady"}


def _unknown_error(message: str) -> Members:
    return {"errorCode": "UnknownError", "scriptName": "", "message": message, "logTail": ""}


class HostExecution(Execution):
    """A deployment to hosts, leg by leg. A host's turn in a leg is its events there, offered one after the other."""

    @abstractmethod
    def _complete(self) -> None:
        """Every step was taken: finish."""

    @property
    def _targets(self) -> dict[str, InstanceTarget]:
        return self.deployment.instance_targets

    @property
    def _leg(self) -> Leg:
        leg = self.deployment.steps[0]
        assert isinstance(leg, Leg), "hosts have their turns in a leg"
        return leg

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

    def _advance(self) -> None:
        """Take up the next step, or turn to the hosts whose turn it is in the present one."""
        steps = self.deployment.steps
        step = steps[0] if steps else None
        if step is None:
            self._complete()
        elif isinstance(step, Leg):
            self._advance_leg(step)
        else:
            steps.remove(step)
            self._wait(step.kind, step.seconds)

    def _advance_leg(self, leg: Leg) -> None:
        turns = leg.turns = leg.turns or self._turns(leg)
        while chosen := turns.begin():
            for target_id in chosen:
                self._begin_turn(self._targets[target_id])
        if turns.verdict == "succeeded":
            self.deployment.steps.remove(leg)
            self._advance()
        elif turns.verdict == "failed":
            self._finish("Failed", error("HEALTH_CONSTRAINTS", _HEALTH_CONSTRAINTS))

    def _turns(self, leg: Leg) -> Turns:
        """Those of a leg that begins. A target that has failed before has no part in it."""
        targets = [target for target in self._targets.values() if _belongs(target, leg)]
        for target in targets:
            target.turn = "waiting"
            self.deployment.hosts[target.host_identifier] = target
        return Turns([self._host(target) for target in targets], self._minimum(leg, targets))

    def _minimum(self, leg: Leg, targets: list[InstanceTarget]) -> int:
        """How many of the leg's hosts must stay healthy: in a zone its own minimum holds, and what the other zones leave of the
        whole fleet's."""
        own = minimum_healthy(leg.rule, len(targets))
        if leg.zone is None:
            return own
        fleet = [target for target in self._targets.values() if target.label == leg.label]
        everywhere, here = (sum(self._host(target).healthy for target in some) for some in (fleet, targets))
        return max(own, minimum_healthy(self._minimum_rule, len(fleet)) - (everywhere - here))

    def _in_flight(self) -> list[InstanceTarget]:
        step = self.deployment.steps[0] if self.deployment.steps else None
        turns = step.turns if isinstance(step, Leg) else None
        return [self._targets[target_id] for target_id in turns.in_flight] if turns else []

    def _busy(self) -> bool:
        return bool(self._in_flight())

    def _withdraw(self) -> None:
        """Take back what hosts have not started."""
        for target in self._in_flight():
            event = current_event(target)
            if event is not None and event.status == "Pending":
                self._end_turn(target, "Skipped")

    @property
    def _minimum_rule(self) -> Members:
        return self.deployment.config.minimum_healthy_hosts or {}

    def _impossible(self, total: int) -> Ending | None:
        """Why so many instances cannot be deployed to."""
        if total == 0:
            return failed("NO_INSTANCES", "No instances were found for the deployment group.")
        if total > MOST_INSTANCES:
            return failed("OVER_MAX_INSTANCES", f"{total} instances were found; at most {MOST_INSTANCES} are allowed.")
        minimum = minimum_healthy(self._minimum_rule, total)
        if total <= minimum:
            message = f"{minimum} of {total} instances must stay healthy, so none can be deployed to."
            return failed("HEALTH_CONSTRAINTS_INVALID", message)
        return None

    def _host(self, target: InstanceTarget) -> Host:
        if target.turn != "waiting":
            return Host(target.target_id, target.turn)
        record = self.deployment.group.hosts.get(target.target_id, HostRecord(None, healthy=True))
        return Host(target.target_id, "waiting", record.healthy and target.running, self._revision_on(record))

    def _revision_on(self, record: HostRecord) -> Literal["unknown", "old", "current"]:
        if record.revision_key is None:
            return "unknown"
        return "current" if record.revision_key == self.deployment.revision_key else "old"

    def _begin_turn(self, target: InstanceTarget) -> None:
        target.turn = "in_flight"
        publish_instance_event(self.region, self.deployment, target, "InstanceStart")
        if target.running:
            self._offer_event(target)
            return
        diagnostics = _unknown_error("The instance is stopped.")
        finish_event(target, target.events[0], False, diagnostics, self.region.clock.now())
        self._end_turn(target, "Failed")

    def _offer_event(self, target: InstanceTarget) -> None:
        event = current_event(target)
        assert event is not None, "a target without events left has had its turn"
        if event.name in _TRAFFIC_EVENTS:
            start_event(target, event, self.region.clock.now())
            self._cancel_timer(target)
            target.timer = self._later(TO_REROUTE, partial(self._reroute, target, event))
        else:
            self._limit(target, event, TO_START, _NOT_RECEIVED)
            if self.region.simulated_hosts is not None:
                self.region.simulated_hosts.offer(self, target, event)

    def _reroute(self, target: InstanceTarget, event: LifecycleEvent) -> None:
        """Run an event that is the service's own; a load balancer that cannot be used fails the whole deployment."""
        try:
            _TRAFFIC_EVENTS[event.name](self.region, self.deployment, target)
        except Obstacle as problem:
            self.deployment.ending = self.deployment.ending or failed(problem.code, str(problem))
            self.report(target, event, False, _unknown_error(str(problem)))
        else:
            self.report(target, event, True, {})

    def _limit(self, target: InstanceTarget, event: LifecycleEvent, seconds: float, message: str) -> None:
        """Fail the event unless the target has moved on by then."""
        self._cancel_timer(target)
        diagnostics = _unknown_error(message)
        target.timer = self.region.call_later(seconds, partial(self.report, target, event, False, diagnostics))

    def _cancel_timer(self, target: InstanceTarget) -> None:
        if target.timer is not None:
            target.timer.cancel()
            target.timer = None

    def _outcome(self, target: InstanceTarget, event: LifecycleEvent) -> Progress | None:
        """How the target's turn ends with this finished event, or None if it goes on."""
        may_fail = event.name in MAY_FAIL and self.deployment.options["ignoreApplicationStopFailures"]
        if event.status == "Failed" and not may_fail:
            return "Failed"
        following = current_event(target)
        if following is None:
            return "Succeeded"
        if self.deployment.ending is not None:
            return "Skipped"
        return None if following.name in self._leg.events else "Ready"

    def _end_turn(self, target: InstanceTarget, status: Progress) -> None:
        """The target is done with, or Ready for a later leg."""
        self._cancel_timer(target)
        began = any(event.status not in ("Pending", "Skipped") for event in target.events)
        if status != "Ready":
            skip_rest(target, self.region.clock.now())
        target.status = status
        succeeded = status in ("Succeeded", "Ready")
        target.turn = "succeeded" if succeeded else "failed"
        assert self._leg.turns is not None, "a turn is part of a leg that has begun"
        self._leg.turns.end(target.target_id, succeeded)
        if began:
            self._remember(target, status)
        if status in _TRIGGERS:
            publish_instance_event(self.region, self.deployment, target, _TRIGGERS[status])

    def _remember(self, target: InstanceTarget, status: Progress) -> None:
        """What the host now has is known only after a success; an event of traffic alone changes nothing there."""
        if "Install" in self._leg.events:
            key = self.deployment.revision_key if status in ("Succeeded", "Ready") else None
            self.deployment.group.hosts[target.target_id] = HostRecord(key, healthy=status != "Failed")


def _belongs(target: InstanceTarget, leg: Leg) -> bool:
    return target.label == leg.label and target.status not in FINISHED and leg.zone in (None, target.zone or "")
