# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Auto Scaling has to do with deployments: instances that it launches are deployed to, a copied group takes the place of
its original, and processes can be suspended meanwhile.

AWS user guide, integrations-aws-auto-scaling. moto launches instances at once and has no states in which they wait for a
lifecycle hook, so an instance is in service from the beginning, and one that is terminated is gone before anything could be
deployed to it: there are no deployments with creator autoscalingTermination.
"""

from __future__ import annotations

from ..aws import auto_scaling as scaling
from ..aws.auto_scaling import delete_auto_scaling_group, list_members, move_load_balancers
from ..state import Creator, Deployment, Members, Region
from .auto_scaling_hooks import install_hooks

CONFIG = "CodeDeployDefault.OneAtATime"
"""Of deployments that no user asked for; assumed."""


def newly_launched(region: Region) -> dict[str, list[str]]:
    """The instances that each Auto Scaling group has launched since this was last asked; a group's first are none.

    Those must be there before a deployment group can name it, and are deployed to when a user asks for it.
    """
    seen, now = region.auto_scaling_members, list_members(region.account, region.name)
    region.auto_scaling_members = now
    return {name: sorted(set(members) - set(seen.get(name, members))) for name, members in now.items()}


def launched_meanwhile(region: Region, done: Deployment) -> bool:
    """Whether an instance was launched during a deployment that has a revision from before it now."""
    members, known = list_members(region.account, region.name), done.group.hosts
    ids = [instance for name in done.group.settings.get("autoScalingGroups", []) for instance in members.get(name, [])]
    new = [known.get(instance) for instance in ids if instance not in done.targets]
    return any(record is None or record.revision_key != done.revision_key for record in new)


def replace_auto_scaling_group(region: Region, deployment: Deployment, copy: str, terminate: bool) -> None:
    """Let the deployment group have the copy instead of the Auto Scaling group that it was made from, load balancers too."""
    group = deployment.group
    (original,) = deployment.settings["autoScalingGroups"]
    move_load_balancers(region.account, region.name, original, copy)
    group.settings = group.settings | {"autoScalingGroups": [copy]}
    install_hooks(region, group)
    if terminate:
        delete_auto_scaling_group(region.account, region.name, original)


def update_of(region: Region, done: Deployment) -> Deployment:
    """The deployment that brings outdated instances to the revision of one that has just succeeded."""
    update = _unasked_deployment(region, done, "CodeDeployAutoUpdate", updateOutdatedInstancesOnly=True)
    update.root_deployment_id = done.deployment_id
    return update


def deployment_to_launched(region: Region, last_good: Deployment) -> Deployment:
    """A deployment of the group's last good revision to instances that were just launched."""
    return _unasked_deployment(region, last_good, "autoscaling", updateOutdatedInstancesOnly=False)


def _unasked_deployment(region: Region, like: Deployment, creator: Creator, **options: bool) -> Deployment:
    return Deployment(
        group=like.group,
        revision=like.revision,
        revision_key=like.revision_key,
        creator=creator,
        config=region.configs[CONFIG],
        settings=like.group.settings,
        create_time=region.clock.now(),
        options={**_kept_options(like), **options},
        previous_revision=like.group.target_revision,
    )


def _kept_options(like: Deployment) -> Members:
    kept = ("fileExistsBehavior", "ignoreApplicationStopFailures")
    return {name: like.options[name] for name in kept}


def suspend_processes(region: Region, deployment: Deployment) -> None:
    """Suspend the processes that ec2DeploymentOptions names in the group's Auto Scaling groups."""
    for name in deployment.group.settings.get("autoScalingGroups", []):
        scaling.suspend_processes(region.account, region.name, name, _processes(deployment))


def resume_processes(region: Region, deployment: Deployment) -> None:
    """Resume what ``suspend_processes`` suspended."""
    for name in deployment.group.settings.get("autoScalingGroups", []):
        scaling.resume_processes(region.account, region.name, name, _processes(deployment))


def _processes(deployment: Deployment) -> list[str]:
    settings: Members = (deployment.settings | deployment.options).get("ec2DeploymentOptions", {})
    return list(settings.get("autoScalingGroupProcessesToSuspend", []))
