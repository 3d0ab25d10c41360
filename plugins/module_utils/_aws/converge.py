# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convergence: bring a resource to a plan while others write too, and AWS shows a write only after a moment.

Waits for CodeDeploy to show its own writes, by reading again; that a write fails because CodeDeploy does not know another service's resource yet
is a different matter, see `propagation`.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from time import sleep

from .._errors import CodeDeployError
from .._plan import Plan, Resource, carried_out
from .calls import MISSING, error_code

Find = t.Callable[[], "Resource | None"]
PlanFor = t.Callable[["Resource | None"], Plan]
FoundAfter = t.Callable[["Resource | None", Plan], "Resource | None"]

# The answers to a write whose resource has come or gone since it was read, perhaps by an earlier attempt at the same write whose
# answer was lost on the way.
MOVED = (
    *MISSING,
    "ApplicationAlreadyExistsException",
    "DeploymentConfigAlreadyExistsException",
    "DeploymentGroupAlreadyExistsException",
    "InstanceNameAlreadyRegisteredException",
)
# Seconds between two reads.
PAUSES = (1, 2, 3, 4, 5)
# How often a write is repeated.
WRITES = 3


def settled(find: Find, plan_for: PlanFor) -> tuple[Plan, Resource | None]:
    """The plan that is left once AWS shows what was written, and the resource then. The plan changes nothing, unless AWS takes longer than 15 s."""
    found = find()
    for pause in PAUSES:
        if not plan_for(found).changed:
            break
        sleep(pause)
        found = find()
    return plan_for(found), found


def converge(
    find: Find,
    plan_for: PlanFor,
    write: t.Callable[[Plan], None],
    check_mode: bool,
    found_after: FoundAfter = lambda found, _plan: found,
) -> tuple[Plan, Resource | None]:
    """Bring the resource that FIND finds to what PLAN_FOR says, by WRITE. The plan is made again when the resource has changed meanwhile.

    Returns what was done as one plan, and the resource as it was found last. In CHECK_MODE they are what would be done, and by FOUND_AFTER what would
    be found.
    """
    found = find()
    first = plan_for(found)
    plan, found = carried_out(
        (first, found_after(found, first)), lambda _predicted: _written(first, found, find, plan_for, write), check_mode
    )
    return Plan(first.before, plan.after), found


def _written(
    plan: Plan, found: Resource | None, find: Find, plan_for: PlanFor, write: t.Callable[[Plan], None]
) -> tuple[Plan, Resource | None]:
    """The plan that is left once PLAN was carried out, and the resource then."""
    for pause in (*PAUSES[:WRITES], None):
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
    return plan, found
