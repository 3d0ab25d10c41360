# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle hooks that CodeDeploy puts into a deployment group's Auto Scaling groups, so that new instances are deployed to.

AWS user guide, integrations-aws-auto-scaling.
"""

from __future__ import annotations

from ..aws.auto_scaling import delete_lifecycle_hook, list_lifecycle_hooks, put_lifecycle_hook
from ..errors import ServiceError
from ..state import AutoScalingHooks, DeploymentGroup, Members, Region, new_uuid
from .service_role import can_assume

MOST_HOOKS = 50
"""In an Auto Scaling group (Amazon EC2 Auto Scaling user guide, quotas)."""

# The first is quoted by users; the second's name is assumed to be made alike.
_LAUNCH = "CodeDeploy-managed-automatic-launch-deployment-hook"
_TERMINATION = "CodeDeploy-managed-automatic-termination-deployment-hook"


def install_hooks(region: Region, group: DeploymentGroup) -> list[Members]:
    """Bring the hooks to what the group's settings say, and return those that could not be removed, as Auto Scaling groups.

    A hook that somebody else removed is not put back while its Auto Scaling group stays in the deployment group
    (hashicorp/terraform-provider-aws, issue 2993: the cure is to take it out and put it in again).
    """
    names = group.settings.get("autoScalingGroups", [])
    gone = [name for name in group.auto_scaling_hooks if name not in names]
    left = [info for name in gone if (info := _remove_hooks(region, group, name)) is not None]
    for name in names:
        hooks = group.auto_scaling_hooks.setdefault(name, AutoScalingHooks())
        hooks.launch = hooks.launch or _put(region, group, name, _LAUNCH, "EC2_INSTANCE_LAUNCHING")
        if not group.settings.get("terminationHookEnabled"):
            _delete(region, name, hooks.termination)
            hooks.termination = None
        elif hooks.termination is None:
            hooks.termination = _put(region, group, name, _TERMINATION, "EC2_INSTANCE_TERMINATING")
    return left


def remove_hooks(region: Region, group: DeploymentGroup) -> list[Members]:
    """Remove all hooks of a group that goes away, and return those that could not be removed."""
    infos = [_remove_hooks(region, group, name) for name in list(group.auto_scaling_hooks)]
    return [info for info in infos if info is not None]


def check_hook_limit(region: Region, group: DeploymentGroup | None, names: list[str]) -> None:
    """Raise LifecycleHookLimitExceededException if one of the Auto Scaling groups has no room for a hook."""
    for name in names:
        known = group is not None and name in group.auto_scaling_hooks
        if not known and len(list_lifecycle_hooks(region.account, region.name, name)) >= MOST_HOOKS:
            message = f"The Auto Scaling group {name} already has {MOST_HOOKS} lifecycle hooks."
            raise ServiceError("LifecycleHookLimitExceededException", message)


def auto_scaling_groups_info(group: DeploymentGroup) -> list[Members]:
    """The group's Auto Scaling groups as GetDeploymentGroup shows them."""
    return [_info(group, name) for name in group.settings.get("autoScalingGroups", [])]


def _info(group: DeploymentGroup, name: str) -> Members:
    hooks = group.auto_scaling_hooks[name]
    return {"name": name, "hook": hooks.launch, "terminationHook": hooks.termination}


def _put(region: Region, group: DeploymentGroup, name: str, prefix: str, transition: str) -> str:
    hook = f"{prefix}-{group.name}-{new_uuid()}"
    put_lifecycle_hook(region.account, region.name, name, hook, transition)
    return hook


def _remove_hooks(region: Region, group: DeploymentGroup, name: str) -> Members | None:
    """Forget an Auto Scaling group. Its hooks stay, and are returned, if the service role is not there any more to remove them."""
    info = _info(group, name)
    hooks = group.auto_scaling_hooks.pop(name)
    if not can_assume(region, group.settings["serviceRoleArn"]):
        return info
    _delete(region, name, hooks.launch)
    _delete(region, name, hooks.termination)
    return None


def _delete(region: Region, name: str, hook: str | None) -> None:
    if hook is not None:
        delete_lifecycle_hook(region.account, region.name, name, hook)
