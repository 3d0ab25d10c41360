# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a blue/green deployment to EC2 instances: the new (green) ones are installed and get the traffic, then the original
(blue) ones lose it. Its rollback gives the traffic back.

AWS user guide, deployment-steps-server and deployment-configurations.
"""

from __future__ import annotations

from typing import ClassVar

from ..aws.auto_scaling import copy_auto_scaling_group
from ..aws.backends import terminate_ec2_instances
from ..state import Deployment, InstanceTarget, Label, Leg, Members, Progress, Wait
from .auto_scaling import replace_auto_scaling_group
from .execution import Ending, Execution, failed
from .host_execution import HostExecution
from .lifecycle import ALLOW_EVENTS, BLOCK_EVENTS, INSTALL_EVENTS, new_target
from .load_balancers import find_load_balancers, has_load_balancers
from .rolling import rolling_steps
from .targets import Instance, named_ec2_instances, selected_instances

_ALL_AT_ONCE = {"type": "HOST_COUNT", "value": 0}
"""How many original instances lose their traffic at a time is not documented."""


class BlueGreen(HostExecution):
    """A blue/green deployment. Instances on premises take no part in it (AWS user guide, welcome).

    A group keeps its filters afterwards: whether those of targetInstances take their place is not documented.
    """

    LONGEST_RUN: ClassVar[float] = 109 * 3600.0  # AWS user guide, limits

    def _begin(self) -> Ending | None:
        if not self._configuration:
            message = "The deployment group has no blue/green deployment configuration."
            return failed("MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION", message)
        if not has_load_balancers(self.deployment):
            return failed("MISSING_ELB_INFORMATION", "The deployment group has no load balancer to reroute with.")
        find_load_balancers(self.region, self.deployment)
        blue, green = self._fleets()
        impossible = self._impossible(len(green))
        if impossible is None:
            self._add_targets(green, (*INSTALL_EVENTS, *ALLOW_EVENTS), "Green")
            self._add_targets(blue, BLOCK_EVENTS, "Blue")
            self.deployment.steps = self._steps()
        return impossible

    def _complete(self) -> None:
        deployment, blue = self.deployment, self._blue_ids
        if deployment.copied_group is not None:
            replace_auto_scaling_group(self.region, deployment, deployment.copied_group, self._terminates)
        if self._terminates and blue:
            kept = terminate_ec2_instances(self.region.account, self.region.name, blue)
            info = f"The original instances {', '.join(kept)} are protected and were not terminated."
            deployment.additional_status_info = info if kept else None
        self._finish("Succeeded", None)

    def _end_turn(self, target: InstanceTarget, status: Progress) -> None:
        """The health rules are for the green instances; one blue instance that fails is too many."""
        super()._end_turn(target, status)
        if target.label == "Blue" and status == "Failed":
            message = f"The traffic of the original instance {target.target_id} could not be rerouted."
            self.deployment.ending = self.deployment.ending or failed("HEALTH_CONSTRAINTS", message)

    def _execution_of_rollback(self, rollback: Deployment) -> Execution:
        return BlueGreenRollback(self.region, rollback)

    @property
    def _configuration(self) -> Members:
        configuration: Members = self.deployment.settings.get("blueGreenDeploymentConfiguration", {})
        return configuration

    @property
    def _terminates(self) -> bool:
        """Without the option nothing asks for it."""
        option = self._configuration.get("terminateBlueInstancesOnDeploymentSuccess", {})
        return bool(option.get("action") == "TERMINATE")

    @property
    def _blue_ids(self) -> list[str]:
        return [name for name, target in self._targets.items() if target.label == "Blue"]

    def _fleets(self) -> tuple[list[Instance], list[Instance]]:
        """The original instances and the new ones: a copied group's, or those of targetInstances, or the group's own."""
        own = self._selected(self.deployment.group.settings)
        provisioning = self._configuration.get("greenFleetProvisioningOption", {})
        if provisioning.get("action") == "COPY_AUTO_SCALING_GROUP":
            green = self._selected({"autoScalingGroups": [self._copy()]})
        else:
            green = self._selected(self.deployment.options.get("targetInstances") or self.deployment.group.settings)
        return [instance for instance in own if instance not in green], green

    def _copy(self) -> str:
        """Copy the Auto Scaling group, and return the new one's name as the user guide gives it
        (integrations-aws-auto-scaling)."""
        (original,) = self.deployment.settings["autoScalingGroups"]
        name = f"CodeDeploy_{self.deployment.group.name}_{self.deployment.deployment_id}"
        copy_auto_scaling_group(self.region.account, self.region.name, original, name)
        self.deployment.copied_group = name
        return name

    def _selected(self, selection: Members) -> list[Instance]:
        return [found for found in selected_instances(self.region, selection) if found.zone is not None]

    def _add_targets(self, instances: list[Instance], events: tuple[str, ...], label: Label) -> None:
        now = self.region.clock.now()
        new = {instance.target_id: new_target(instance, events, label, now) for instance in instances}
        self.deployment.targets = {**self.deployment.targets, **new}

    def _steps(self) -> list[Leg | Wait]:
        ready = self._configuration.get("deploymentReadyOption", {})
        termination = self._configuration.get("terminateBlueInstancesOnDeploymentSuccess", {})
        config, targets = self.deployment.config, self._targets.values()
        steps = rolling_steps(config, targets, INSTALL_EVENTS, "Green")
        if ready.get("actionOnTimeout") == "STOP_DEPLOYMENT":
            steps.append(Wait("READY_WAIT", 60.0 * ready.get("waitTimeInMinutes", 0)))
        steps += rolling_steps(config, targets, ALLOW_EVENTS, "Green")
        if self._blue_ids:
            steps.append(Leg(BLOCK_EVENTS, _ALL_AT_ONCE, "Blue"))
            if self._terminates:
                steps.append(Wait("TERMINATION_WAIT", 60.0 * termination.get("terminationWaitTimeInMinutes", 0)))
        return steps


class BlueGreenRollback(BlueGreen):
    """Gives the original instances of a failed deployment their traffic back, then takes it from the new ones."""

    def _begin(self) -> Ending | None:
        rolled_back = self.region.deployments[(self.deployment.rollback_info or {})["rollbackTriggeringDeploymentId"]]
        labels = {name: target.label for name, target in rolled_back.instance_targets.items()}
        everyone = named_ec2_instances(self.region, labels)
        blue = [instance for instance in everyone if labels[instance.target_id] == "Blue"]
        green = [instance for instance in everyone if labels[instance.target_id] == "Green"]
        if not blue:
            return failed("NO_INSTANCES", "None of the original instances is left to give the traffic back to.")
        self._add_targets(blue, ALLOW_EVENTS, "Blue")
        self._add_targets(green, BLOCK_EVENTS, "Green")
        self.deployment.steps = [Leg(ALLOW_EVENTS, _ALL_AT_ONCE, "Blue")]
        if green:
            self.deployment.steps.append(Leg(BLOCK_EVENTS, _ALL_AT_ONCE, "Green"))
        return None

    def _complete(self) -> None:
        self._finish("Succeeded", None)
