# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment to an ECS service: a new (green) task set beside the original (blue) one, listeners rerouted from the
target group of the one to that of the other.

AWS user guide, deployment-steps-ecs.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..aws.listeners import route_listener
from ..aws.missing import MissingError
from ..aws.task_sets import ServicePlace, create_task_set, delete_task_set, has_container, make_primary
from ..state import LifecycleEvent, Members
from ..traffic_state import EcsTarget
from .appspec import Format, ecs_spec_from_text
from .ecs_target import ecs_target_from_spec
from .obstacle import missing_means
from .traffic import ALL
from .traffic_deployment import TrafficDeployment

_NO_UPDATE = "The ECS service cannot be updated due to an unexpected error: "


class EcsDeployment(TrafficDeployment[EcsTarget]):
    """A deployment on the ECS platform."""

    LONGEST_RUN = (120 + 48 + 48 + 5) * 3600.0
    """The ready wait, the shifts, the termination wait and the hooks at their longest: no limit of the whole is documented."""
    APPSPEC_ERROR = "INVALID_REVISION"
    """Assumed: only the text is known."""

    def _new_target(self, text: str, formats: Sequence[Format]) -> EcsTarget:
        return ecs_target_from_spec(self.region, self.deployment, ecs_spec_from_text(text, formats))

    def _begin_event(self, target: EcsTarget, event: LifecycleEvent) -> None:
        """STOP_DEPLOYMENT keeps production traffic waiting: the deployment is Ready until somebody continues it."""
        if event.name == "BeforeAllowTraffic" and self._must_ask and target.status != "Ready":
            target.status = "Ready"
            self._wait("READY_WAIT", 60.0 * self._option("deploymentReadyOption").get("waitTimeInMinutes", 0))
        else:
            super()._begin_event(target, event)

    @property
    def _must_ask(self) -> bool:
        option = self._option("deploymentReadyOption")
        return not self._is_rollback and option.get("actionOnTimeout") == "STOP_DEPLOYMENT"

    def _option(self, name: str) -> Members:
        option: Members = self.deployment.settings["blueGreenDeploymentConfiguration"].get(name, {})
        return option

    def _prepare(self, target: EcsTarget, event: str) -> None:
        if event == "Install" and not target.new.arn:
            self._install(target)
        elif event == "AllowTestTraffic" and target.test_listener is not None:
            self._route_listener(target, target.test_listener, 100)

    def _install(self, target: EcsTarget) -> None:
        """Tasks of moto's need no time to start: the new task set is as large as the service at once."""
        place, members = self._place(target), target.task_set_members
        container = members["load_balancers"][0]["containerName"]
        with missing_means("ECS_UPDATE_ERROR", _NO_UPDATE):
            if not has_container(place, members["task_definition"], container):
                raise MissingError(f"The container {container} does not exist in the task definition.")
            made = create_task_set(place, members)
        target.new.arn, target.new.identifier, target.new.desired_count = made.arn, made.identifier, made.desired_count

    def _route(self, target: EcsTarget, weight: float) -> None:
        """The task set that has all of the traffic is the primary one."""
        if weight == ALL:
            with missing_means("ECS_UPDATE_ERROR", _NO_UPDATE):
                make_primary(self._place(target), target.new.arn)
            target.new.status, target.old.status = "PRIMARY", "ACTIVE"
        self._route_listener(target, target.listener, round(weight))

    def _route_listener(self, target: EcsTarget, listener: str, share: int) -> None:
        weights = {target.old.target_group_arn: 100 - share, target.new.target_group_arn: share}
        with missing_means("ELASTIC_LOAD_BALANCING_INVALID"):
            route_listener(self.region.account, self.region.name, listener, weights)

    def _complete(self, target: EcsTarget) -> None:
        """The target has succeeded before the deployment has, which waits for the end of the original task set."""
        waited, target.status = target.status == "Succeeded", "Succeeded"
        termination = self._option("terminateBlueInstancesOnDeploymentSuccess")
        if termination.get("action") == "TERMINATE" and not waited and not self._is_rollback:
            self._wait("TERMINATION_WAIT", 60.0 * termination.get("terminationWaitTimeInMinutes", 0))
            # As seen with the real service (aws/containers-roadmap, issue 269).
            self.deployment.termination_wait_started = False
            return
        if termination.get("action") == "TERMINATE" or self._is_rollback:
            self._retire(target)
        self._finish("Succeeded", None)

    def _retire(self, target: EcsTarget) -> None:
        with missing_means("ECS_UPDATE_ERROR", _NO_UPDATE):
            delete_task_set(self._place(target), target.old.arn)
        target.old.status, target.old.desired_count = "DRAINING", 0

    def _place(self, target: EcsTarget) -> ServicePlace:
        return ServicePlace(self.region.account, self.region.name, target.cluster, target.service)
