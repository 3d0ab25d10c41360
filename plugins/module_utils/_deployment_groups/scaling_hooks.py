# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Detection of missing lifecycle hooks, which CodeDeploy installs in Auto Scaling groups so that it deploys to new hosts.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._aws.calls import aws_call
from .._plan import Resource


@aws_call("list the lifecycle hooks of the Auto Scaling group")
def _describe_lifecycle_hooks(autoscaling: t.Any, name: str) -> set[str]:
    answer = autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=name)
    return {hook["LifecycleHookName"] for hook in answer.get("LifecycleHooks", [])}


def groups_without_hooks(autoscaling: t.Any, hooks: list[Resource]) -> list[str]:
    """Return the names of the Auto Scaling groups that lack a hook that CodeDeploy expects. HOOKS are those of GetDeploymentGroup: groups with
    their name, hook and optionally termination_hook."""
    return sorted(
        group["name"]
        for group in hooks
        if group.get("name")
        and {group.get("hook"), group.get("termination_hook")}
        - {None, ""}
        - _describe_lifecycle_hooks(autoscaling, group["name"])
    )
