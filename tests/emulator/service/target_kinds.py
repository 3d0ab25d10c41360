# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only targets of one kind say of themselves."""

from __future__ import annotations

from typing import Any

from ..state import InstanceTarget, Target
from ..traffic_state import EcsTarget, LambdaTarget, TaskSet


def label_of(target: Target) -> str | None:
    """Blue or Green, for an instance of a blue/green deployment."""
    return target.label if isinstance(target, InstanceTarget) else None


def kind_of(target: Target) -> tuple[str, str, dict[str, Any]]:
    """The deploymentTargetType, the member of a DeploymentTarget that is for it, and that member's own members."""
    if isinstance(target, LambdaTarget):
        return "LambdaTarget", "lambdaTarget", {"lambdaFunctionInfo": _function_info(target)}
    if isinstance(target, EcsTarget):
        return "ECSTarget", "ecsTarget", {"taskSetsInfo": _task_sets_info(target)}
    return "InstanceTarget", "instanceTarget", {"instanceLabel": label_of(target)}


def _function_info(target: LambdaTarget) -> dict[str, Any]:
    return {
        "functionName": target.function,
        "functionAlias": target.alias,
        "currentVersion": target.current_version,
        "targetVersion": target.target_version,
        "targetVersionWeight": target.weight,
    }


def _task_sets_info(target: EcsTarget) -> list[dict[str, Any]]:
    weights = [(target.old, 100.0 - target.weight), (target.new, target.weight)]
    return [_task_set_info(task_set, weight) for task_set, weight in weights if task_set.arn]


def _task_set_info(task_set: TaskSet, weight: float) -> dict[str, Any]:
    """All tasks run at once: moto starts none, so none can be pending. ``identifer`` is the API's own spelling."""
    return {
        "identifer": task_set.identifier,
        "desiredCount": task_set.desired_count,
        "pendingCount": 0,
        "runningCount": task_set.desired_count,
        "status": task_set.status,
        "trafficWeight": weight,
        "targetGroup": {"name": task_set.target_group},
        "taskSetLabel": task_set.label,
    }
