# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What deployments to Lambda and to ECS have in common: one target, its lifecycle events in order, functions as hooks, and
production traffic that is shifted step by step.

AWS user guide, deployment-steps-lambda and deployment-steps-ecs. Where they say nothing this is the strictest reading:
traffic that was shifted stays so when a deployment ends badly, unless it is rolled back.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar, Generic, TypeVar, cast

from ..state import FINISHED, LifecycleEvent, new_uuid
from ..traffic_state import TrafficTarget
from . import hook_functions
from .appspec import AppSpecError, Format
from .execution import Ending, Execution, active_deployment, failed
from .lifecycle import current_event, finish_event, skip_rest, start_event
from .obstacle import Obstacle
from .revision_content import appspec_text
from .traffic import ALL, Shift, next_shift, shifts_from_routing

TO_REPORT = 3600.0
"""Seconds that a hook's function has to call back (AWS user guide, limits)."""

# As a user has quoted it from the real service, with a reason behind it (aws/aws-cli, issue 6267).
_BROKEN_APPSPEC = (
    "The deployment failed because the AppSpec file that specifies the deployment configuration is missing or has an "
    "invalid configuration. {reason}"
)
_NOTHING_SHIFTED = "The deployment cannot be rolled back: nothing had been deployed."

TargetT = TypeVar("TargetT", bound=TrafficTarget)


class TrafficDeployment(Execution, Generic[TargetT]):
    """A deployment that shifts traffic. Its rollback shifts all of it back at once, without hooks."""

    APPSPEC_ERROR: ClassVar[str]
    """The errorInformation code of an AppSpec that is no good."""

    @abstractmethod
    def _new_target(self, text: str, formats: Sequence[Format]) -> TargetT:
        """What an AppSpec in one of ``formats`` names, if it is as a deployment needs it. Raises AppSpecError and Obstacle."""

    @abstractmethod
    def _prepare(self, target: TargetT, event: str) -> None:
        """Do the service's own part of an event that comes before AllowTraffic, if there is any. Raises Obstacle."""

    @abstractmethod
    def _route(self, target: TargetT, weight: float) -> None:
        """Send ``weight`` per cent of the production traffic to what is new. Raises Obstacle."""

    @abstractmethod
    def _complete(self, target: TargetT) -> None:
        """Every event has succeeded: finish, now or later. Called again after a wait."""

    @abstractmethod
    def _retire(self, target: TargetT) -> None:
        """What is old has no traffic left and is not needed any more."""

    def report_hook(self, event: LifecycleEvent, answer: str) -> None:
        """The function of a hook has answered Succeeded or Failed; the first answer counts."""
        if event.status in FINISHED:
            return
        target = self._target
        if target.timer is not None:
            target.timer.cancel()
        if answer == "Failed":
            self._fail(event, Obstacle("HOOK_EXECUTION_FAILURE", f"The hook {event.name} reported a failure."))
        else:
            self._succeed(event)

    @property
    def _target(self) -> TargetT:
        (target,) = self.deployment.targets.values()
        return cast(TargetT, target)

    @property
    def _is_rollback(self) -> bool:
        return self.deployment.creator == "codeDeployRollback"

    def _begin(self) -> Ending | None:
        target = self._target_of_rollback() if self._is_rollback else self._target_of_revision()
        self.deployment.targets = {target.target_id: target}
        return None

    def _target_of_revision(self) -> TargetT:
        revision = self.deployment.group.application.revisions[self.deployment.revision_key]
        try:
            return self._new_target(*appspec_text(self.region, revision.location))
        except AppSpecError as reason:
            raise Obstacle(self.APPSPEC_ERROR, _BROKEN_APPSPEC.format(reason=reason)) from None

    def _target_of_rollback(self) -> TargetT:
        rolled_back = (self.deployment.rollback_info or {})["rollbackTriggeringDeploymentId"]
        return type(self)(self.region, self.region.deployments[rolled_back])._reversed_target()

    def _reversed_target(self) -> TargetT:
        """A target that leads back to where this deployment's began."""
        return replace(
            self._target,
            last_updated=self.region.clock.now(),
            events=[LifecycleEvent(event.name) for event in self._target.events],
            status="Pending",
            timer=None,
            hooks={},
            weight=0.0,
            **self._target.swapped_ends,
        )

    def _advance(self) -> None:
        event = current_event(self._target)
        if event is None:
            self._finish_target()
        elif event.status == "Pending":
            self._begin_event(self._target, event)
        elif event.name == "AllowTraffic":
            self._attempt(event, self._shift)

    def _finish_target(self) -> None:
        try:
            self._complete(self._target)
        except Obstacle as obstacle:
            self._end(failed(obstacle.code, str(obstacle)))

    def _begin_event(self, target: TargetT, event: LifecycleEvent) -> None:
        start_event(target, event, self.region.clock.now())
        if event.name == "AllowTraffic":
            self._attempt(event, self._shift)
        elif event.name in target.hooks:
            self._attempt(event, self._call_hook)
        else:
            self._attempt(event, self._do_service_part)

    def _attempt(self, event: LifecycleEvent, step: Callable[[LifecycleEvent], None]) -> None:
        try:
            step(event)
        except Obstacle as obstacle:
            self._fail(event, obstacle)

    def _do_service_part(self, event: LifecycleEvent) -> None:
        self._prepare(self._target, event.name)
        self._succeed(event)

    def _shift(self, event: LifecycleEvent) -> None:
        """Shift as much as is due; between two shifts the deployment bakes."""
        shift, pause = next_shift(self._shifts, self._target.weight)
        self._route(self._target, shift.weight)
        self._target.weight = shift.weight
        self._target.last_updated = self.region.clock.now()
        if pause is None:
            self._succeed(event)
        else:
            self._wait("BAKE", pause)

    @property
    def _shifts(self) -> list[Shift]:
        if self._is_rollback:
            return [Shift(0, ALL)]
        return shifts_from_routing(self.deployment.config.traffic_routing or {})

    def _call_hook(self, event: LifecycleEvent) -> None:
        target, function = self._target, self._target.hooks[event.name]
        if not hook_functions.is_callable(self.region, function):
            message = f"The function {function} of the hook {event.name} does not exist."
            raise Obstacle("HOOK_EXECUTION_FAILURE", message)
        event.hook_execution_id = new_uuid()
        payload = {
            "DeploymentId": self.deployment.deployment_id,
            "LifecycleEventHookExecutionId": event.hook_execution_id,
        }
        message = f"The hook {event.name} did not report within {TO_REPORT:.0f} seconds."
        give_up = partial(self._fail, event, Obstacle("HOOK_EXECUTION_FAILURE", message))
        target.timer = self._later(TO_REPORT, give_up)
        hook_functions.call_function(self.region, function, payload, partial(self.report_hook, event))

    def _succeed(self, event: LifecycleEvent) -> None:
        finish_event(self._target, event, True, None, self.region.clock.now())
        self._proceed()

    def _fail(self, event: LifecycleEvent, obstacle: Obstacle) -> None:
        """The deployment fails with its event. Whether such an event has diagnostics is unknown: here it has none."""
        now = self.region.clock.now()
        finish_event(self._target, event, False, None, now)
        skip_rest(self._target, now)
        self._target.status = "Failed"
        self._end(failed(obstacle.code, str(obstacle)))

    def _withdraw(self) -> None:
        """What is waited for is not waited for any longer: a function that still runs can change nothing."""
        for target in self.deployment.targets.values():
            if target.timer is not None:
                target.timer.cancel()

    def _busy(self) -> bool:
        return False

    def _roll_back(self) -> None:
        """Without an earlier success, too, the traffic goes back: that needs no revision."""
        group = self.deployment.group
        if not self.deployment.targets or not self._target.can_roll_back:
            self.deployment.rollback_info = {"rollbackMessage": _NOTHING_SHIFTED}
            return
        if group.last_successful is None and active_deployment(self.region, group) is None:
            self._put_back()
        super()._roll_back()

    def _put_back(self) -> None:
        """As far as what is needed for that still exists."""
        back = self._reversed_target()
        with suppress(Obstacle):
            for event in back.events:
                self._prepare(back, event.name)
            self._route(back, ALL)
            self._retire(back)
