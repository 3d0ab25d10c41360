# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans that bring a deployment group to what a task asks for. Calls nothing but the look-ups that it is given.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Plan, Resource, managed_part, plan_absent, plan_present
from .._tag_plans import wanted_tags
from .forms import MANAGED, MISSING_HOOKS, defaults, form_from_options
from .rules import check_plan

Params = dict[str, t.Any]
Owner = t.Callable[[], Resource]
CheckConfig = t.Callable[[str, str], None]

# Members whose change makes AWS create lifecycle hooks, under names that only AWS knows.
HOOKED = {"auto_scaling_groups", "termination_hook_enabled", MISSING_HOOKS}
# Options that are in canonical form as they are given.
PLAIN = ("application_name", "deployment_config_name", "service_role_arn", "deployment_style")


def wanted(params: Params, current: Resource) -> Resource:
    """The group that the options ask for in the place of CURRENT, in canonical form; None where an option is left out."""
    return {
        **{name: params[name] for name in PLAIN},
        "deployment_group_name": params["new_deployment_group_name"] or params["deployment_group_name"],
        **form_from_options(params, current),
        MISSING_HOOKS: [] if params["reinstall_missing_hooks"] else None,
        "tags": wanted_tags(current.get("tags", {}), params["tags"], params["purge_tags"]),
    }


def plan_for(params: Params, owner: Owner, check_config: CheckConfig, found: Resource | None) -> Plan:
    """The plan that brings the deployment group FOUND to what PARAMS say.

    OWNER returns its application, for a new group; CHECK_CONFIG checks the name and the platform of the deployment config that the group gets.
    """
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    platform = (found or owner())["compute_platform"]
    plan = plan_present(current, wanted(params, current or {}), defaults(platform))
    check_plan(params, plan, platform)
    if params["deployment_config_name"] and "deployment_config_name" in plan.updates:
        check_config(params["deployment_config_name"], platform)
    return plan


def found_after(found: Resource | None, plan: Plan, platform: t.Callable[[], str]) -> Resource | None:
    """Return the members of the deployment group FOUND that only AWS sets, as far as they are known before PLAN is carried out. PLATFORM is for a new one."""
    if found is None:
        return {"compute_platform": platform()} if plan.after else None
    return {
        name: value for name, value in found.items() if name != "auto_scaling_hooks" or not HOOKED & set(plan.updates)
    }


def hook_warnings(groups: list[Resource]) -> list[str]:
    """Warnings of the Auto Scaling GROUPS, in AWS's form, whose lifecycle hooks could not be removed."""
    return [
        f"AWS could not remove the lifecycle hook {hook!r} from the Auto Scaling group {group.get('name')!r}. "
        "Launches there wait for it until it is removed."
        for group in groups
        for hook in (group.get("hook"), group.get("terminationHook"))
        if hook
    ]
