# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing a resource to a plan while others write too, and AWS shows a write only after a moment.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from time import sleep

from .._plan import Plan, Resource
from .calls import MISSING, CodeDeployError, error_code

Find = t.Callable[[], "Resource | None"]
PlanFor = t.Callable[["Resource | None"], Plan]

# The answers to a write whose resource has come or gone since it was read, perhaps by an earlier attempt at the same write whose
# answer was lost on the way.
MOVED = (
    *MISSING,
    "ApplicationAlreadyExistsException",
    "DeploymentConfigAlreadyExistsException",
    "DeploymentGroupAlreadyExistsException",
    "InstanceNameAlreadyRegisteredException",
)
# Seconds between two looks.
PAUSES = (1, 2, 3, 4, 5)
# How often a write is made again.
WRITES = 3


def settled(find: Find, plan_for: PlanFor) -> tuple[Plan, Resource | None]:
    """The resource once AWS shows what was written, and the plan that is left then: none, unless AWS takes longer than 15 seconds."""
    found = find()
    for pause in PAUSES:
        if not plan_for(found).changed:
            break
        sleep(pause)
        found = find()
    return plan_for(found), found


def converge(
    find: Find, plan_for: PlanFor, write: t.Callable[[Plan], None], check_mode: bool
) -> tuple[Plan, Resource | None]:
    """Bring the resource that FIND finds to what PLAN_FOR says, by WRITE. What is left to do is found out anew when it has moved.

    Returns what was done (or, in CHECK_MODE, would be done) as one plan, and the resource as it was found last.
    """
    found = find()
    plan = first = plan_for(found)
    for pause in () if check_mode else (*PAUSES[:WRITES], None):
        if not plan.changed:
            break
        try:
            write(plan)
        except CodeDeployError as error:
            if error_code(error) not in MOVED or pause is None:
                raise
            sleep(pause)
            found = find()
            plan = plan_for(found)
        else:
            plan, found = settled(find, plan_for)
    return Plan(first.before, plan.after), found
