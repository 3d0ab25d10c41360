# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a deployment to hosts, in place."""

from __future__ import annotations

from ..state import DeploymentStatus, InstanceTarget, Members
from .auto_scaling import launched_meanwhile, resume_processes, suspend_processes, update_of
from .execution import Ending
from .host_execution import HostExecution
from .lifecycle import ALLOW_EVENTS, BLOCK_EVENTS, INSTALL_EVENTS, new_target
from .load_balancers import find_load_balancers, has_load_balancers
from .rolling import rolling_steps
from .targets import Instance, selected_instances

EVENTS = (*BLOCK_EVENTS, *INSTALL_EVENTS, *ALLOW_EVENTS)


class InPlace(HostExecution):
    """A deployment to hosts, in place."""

    def _begin(self) -> Ending | None:
        instances = self._instances()
        if has_load_balancers(self.deployment):
            find_load_balancers(self.region, self.deployment)
        impossible = self._impossible(len(instances))
        if impossible is None:
            self.deployment.targets = {instance.target_id: self._new_target(instance) for instance in instances}
            self.deployment.steps = rolling_steps(self.deployment.config, self._targets.values(), EVENTS)
            suspend_processes(self.region, self.deployment)
        return impossible

    def _complete(self) -> None:
        self._finish("Succeeded", None)
        self._update_outdated()

    def _finish(self, status: DeploymentStatus, error_information: Members | None) -> None:
        resume_processes(self.region, self.deployment)
        super()._finish(status, error_information)

    def _update_outdated(self) -> None:
        """Deploy to what Auto Scaling launched meanwhile, which got the revision from before (AWS user guide,
        integrations-aws-auto-scaling)."""
        done, group = self.deployment, self.deployment.group
        wanted = done.creator == "user" and group.settings["outdatedInstancesStrategy"] == "UPDATE"
        if wanted and launched_meanwhile(self.region, done):
            update = update_of(self.region, done)
            done.auto_updates.append(update.deployment_id)
            InPlace(self.region, update).launch()

    def _instances(self) -> list[Instance]:
        """Whom to deploy to: the group's instances, or those whose last known revision is another.

        No outdated instance counts as no instance, too: what the real service does then is unknown.
        """
        instances = selected_instances(self.region, self.deployment.group.settings)
        if not self.deployment.options["updateOutdatedInstancesOnly"]:
            return instances
        known = self.deployment.group.hosts
        current = {name for name, record in known.items() if self._revision_on(record) == "current"}
        return [instance for instance in instances if instance.target_id not in current]

    def _new_target(self, instance: Instance) -> InstanceTarget:
        """Load balancers are for EC2 instances: hosts on premises cannot be registered with them."""
        rerouted = instance.zone is not None and has_load_balancers(self.deployment)
        return new_target(instance, EVENTS if rerouted else INSTALL_EVENTS, None, self.region.clock.now())
