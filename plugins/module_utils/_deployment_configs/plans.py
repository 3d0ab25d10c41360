# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that bring a deployment config to what a task asks for. Calls nothing.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Plan, Resource, managed_part, plan_absent, plan_present
from .._tag_plans import wanted_tags
from .._validation import InvalidOption
from .forms import DEFAULTS, MANAGED, differences, for_platform, form_from_options
from .replacement import Create, Step
from .rules import PREDEFINED, check_content, check_creation


def plan_for(params: dict[str, t.Any], found: Resource | None) -> Plan:
    """The plan that brings the deployment config FOUND to what PARAMS say. A temporary copy that is left over is removed."""
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    if current is None:
        check_creation(params["deployment_config_name"])
    tags = wanted_tags((current or {}).get("tags", {}), params["tags"], params["purge_tags"])
    after = plan_present(current, {**form_from_options(params), "tags": tags}, DEFAULTS).after or {}
    after.pop("temporary_copy", None)
    check_content(params, after)
    plan = Plan(current, for_platform(after))
    reject_change(plan, params["replace"])
    return plan


def reject_change(plan: Plan, replace: bool) -> None:
    """Raise InvalidOption if PLAN would change what no call can, unless REPLACE allows a replacement, which AWS's own configs never get."""
    name = (plan.after or {})["deployment_config_name"]
    differing = differences(plan.before, plan.after) if plan.before and plan.after else []
    if differing and not (replace and not name.startswith(PREDEFINED)):
        remedy = "It is one of AWS's own." if name.startswith(PREDEFINED) else "Use another name, or set replace=true."
        raise InvalidOption(
            f"deployment_config_name: {name!r} already exists with other settings ({'; '.join(differing)}), and AWS cannot modify a "
            f"deployment config. {remedy}"
        )


def found_after(found: Resource | None, steps: list[Step]) -> Resource | None:
    """Return the members of the deployment config FOUND that only AWS sets and that STEPS keep: none if the config is created again."""
    return None if any(isinstance(step, Create) for step in steps) else found
