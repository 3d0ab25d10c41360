# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs deployments to instances that Auto Scaling has launched (AWS user guide, integrations-aws-auto-scaling)."""

from __future__ import annotations

from ..aws.auto_scaling import list_lifecycle_hooks, terminate_members
from ..state import DeploymentGroup, DeploymentStatus, Leg, Members, Region
from .auto_scaling import deployment_to_launched, newly_launched
from .execution import Ending
from .host_execution import HostExecution
from .lifecycle import ALLOW_EVENTS, INSTALL_EVENTS, new_target
from .load_balancers import find_load_balancers, has_load_balancers
from .targets import named_ec2_instances

EVENTS = (*INSTALL_EVENTS, *ALLOW_EVENTS)
"""Inferred: what is new has no traffic yet that could be blocked."""


class ScaleOut(HostExecution):
    """A deployment to launched instances. It changes nothing in what the group knows of its last successful deployment."""

    def _begin(self) -> Ending | None:
        instances = named_ec2_instances(self.region, self.deployment.launched_instances)
        balanced = has_load_balancers(self.deployment)
        if balanced:
            find_load_balancers(self.region, self.deployment)
        events, now = EVENTS if balanced else INSTALL_EVENTS, self.region.clock.now()
        self.deployment.targets = {found.target_id: new_target(found, events, None, now) for found in instances}
        self.deployment.steps = [Leg(EVENTS, self._minimum_rule)]
        return self._impossible(len(instances))

    def _complete(self) -> None:
        self._finish("Succeeded", None)

    def _remember_success(self) -> None:
        """The group's target revision may be a newer one by now."""

    def _finish(self, status: DeploymentStatus, error_information: Members | None) -> None:
        """What could not be deployed to is given up: Auto Scaling terminates it and launches another."""
        super()._finish(status, error_information)
        failed = [name for name, target in self._targets.items() if target.status != "Succeeded"]
        if failed:
            terminate_members(self.region.account, self.region.name, failed)
            deploy_to_launched(self.region)


def deploy_to_launched(region: Region) -> None:
    """Start a deployment to what Auto Scaling has launched, for each deployment group that has its lifecycle hook there."""
    for name, instances in newly_launched(region).items():
        for group in _hooked_groups(region, name) if instances else []:
            if group.last_successful is not None:
                deployment = deployment_to_launched(region, group.last_successful)
                deployment.launched_instances = tuple(instances)
                ScaleOut(region, deployment).launch()


def _hooked_groups(region: Region, auto_scaling_group: str) -> list[DeploymentGroup]:
    groups = [group for application in region.applications.values() for group in application.groups.values()]
    hooks = list_lifecycle_hooks(region.account, region.name, auto_scaling_group)
    return [
        group
        for group in groups
        if auto_scaling_group in group.auto_scaling_hooks
        and group.auto_scaling_hooks[auto_scaling_group].launch in hooks
    ]
