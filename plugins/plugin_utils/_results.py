# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation of a module's result before the controller uses it.

ansible-core may drop members of results: 2.21 dropped `invocation` (ansible PR 86771). A result that lacks a member that the
controller needs is a failure, because the outcome of the task is then unknown.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ..module_utils._deployments.progress import GOALS

Result = dict[str, t.Any]
Shape = dict[str, tuple[type, ...]]

NOTHING = type(None)

# The members of the result of a module that starts a deployment, with their members. `null` in one of them means that there is nothing to follow.
STARTED: Shape = {"changed": (bool,), "awaits": (dict, NOTHING), "waiting": (dict, NOTHING)}
AWAITS: Shape = {"deployment_id": (str,), "goal": (str,)}
WAITING: Shape = {
    "wait_timeout": (int,),
    "wait_delay": (int, NOTHING),
    "diagnose": (int,),
    "continue_when_ready": (bool, NOTHING),
}
# The members of the results of other modules that the controller runs, by their names.
READ: dict[str, Shape] = {
    "deployment": STARTED,
    "deployment_group_info": {"deployment_groups": (list,)},
    "deployment_info": {"deployment": (dict,)},
}
DEPLOYMENT: Shape = {"deployment_id": (str,), "status": (str,), "create_time": (str,)}


def understood(name: str, result: Result, shape: Shape) -> Result:
    """Return RESULT of the module NAME, or a failure if the module did not fail and RESULT does not have SHAPE."""
    problem = None if result.get("failed") else _problem_with(result, shape)
    if not problem:
        return result
    sentence = (
        f"The result of slipway.codedeploy.{name} is not what its action plugin expects: {problem}. So the outcome of the task is unknown. "
        "Check the deployment with slipway.codedeploy.deployment_info, and check that only one version of the collection is installed."
    )
    return {**result, "failed": True, "msg": sentence}


def _problem_with(result: Result, shape: Shape) -> str | None:
    """Describe how RESULT differs from SHAPE; None if it does not."""
    if problem := _misfit(result, shape):
        return problem
    if shape is READ["deployment_info"]:
        return _misfit(result["deployment"], DEPLOYMENT)
    if shape is not STARTED or not result["awaits"] or not result["waiting"]:
        return None
    if problem := _misfit(result["awaits"], AWAITS) or _misfit(result["waiting"], WAITING):
        return problem
    goal = result["awaits"]["goal"]
    return None if goal in GOALS else f"goal is {goal!r}"


def _misfit(members: Result, shape: Shape) -> str | None:
    """Name the first member of SHAPE that MEMBERS lack, or have with another type."""
    for name, types in shape.items():
        if name not in members:
            return f"{name} is missing"
        if not isinstance(members[name], types):
            return f"{name} is of type {type(members[name]).__name__}"
    return None
