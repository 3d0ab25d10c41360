# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for on-premises instances, one or many, from the options of a task. Calls nothing.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Plan, Resource, managed_part, plan_absent, plan_present
from .._tag_plans import wanted_tags
from .._validation import InvalidOption, check_arn, check_instance_name, check_instance_tags, check_positive, check_tags
from .agent_files import check_directory
from .forms import ARNS, DEFAULTS, MANAGED, pairs_from_tags, registered
from .user_rules import UserOptions, check_user_options

Plans = dict[str, Plan]

# The options that describe one instance, and the members of each of many.
INSTANCE_OPTIONS = ("instance_name", *ARNS, "tags")


def wanted_instances(params: dict[str, t.Any]) -> dict[str, Resource]:
    """Return the instances from the options, by name, each with the path of its options, for messages."""
    if params["instances"] is None:
        return {params["instance_name"]: {**{name: params[name] for name in INSTANCE_OPTIONS}, "option": ""}}
    by_name: dict[str, Resource] = {}
    for number, each in enumerate(params["instances"]):
        name, option = each["instance_name"], f"instances[{number}]."
        if name in by_name:
            raise InvalidOption(f"{option}instance_name: {name!r} is a duplicate; list each instance once")
        by_name[name] = {**each, "option": option}
    return by_name


def check_instance(instance: Resource) -> None:
    """Raise InvalidOption for errors in INSTANCE that can be found without calling AWS."""
    option = instance["option"]
    check_instance_name(f"{option}instance_name", instance["instance_name"])
    if instance["iam_user_arn"] is not None:
        check_arn(f"{option}iam_user_arn", instance["iam_user_arn"], "user")
    if instance["iam_session_arn"] is not None:
        check_arn(f"{option}iam_session_arn", instance["iam_session_arn"], "session")
    check_tags(f"{option}tags", instance["tags"] or {}, shortest_value=1)


def check_options(params: dict[str, t.Any], wanted: dict[str, Resource]) -> None:
    """Raise InvalidOption for errors that can be found without calling AWS."""
    owners: dict[str, str] = {}
    for name, instance in wanted.items():
        check_instance(instance)
        for arn in ARNS:
            if instance[arn] is not None and owners.setdefault(instance[arn], name) != name:
                raise InvalidOption(
                    f"{instance['option']}{arn}: {instance[arn]} is also set for {owners[instance[arn]]!r}, "
                    "but can only be registered for one instance; use another ARN"
                )
    if not 1 <= params["concurrency"] <= 32:
        raise InvalidOption(f"concurrency: {params['concurrency']} is out of range; set 1 to 32")
    check_positive("wait_timeout", params["wait_timeout"])
    if params["iam_user"]:
        given = params["iam_user"]
        check_user_options("iam_user", UserOptions(given["path"], tuple(given["buckets"])), wanted)
        if given["config_directory"] is not None:
            check_directory("iam_user.config_directory", given["config_directory"])


def check_secrecy(params: dict[str, t.Any], no_log: bool) -> None:
    """Raise InvalidOption if the task would print the secret of a new access key. NO_LOG is the task's keyword."""
    user = params["iam_user"]
    if user and user["config_directory"] is None and params["state"] == "present" and not no_log:
        raise InvalidOption(
            "iam_user: this task would print the secrets of new access keys. "
            "Set iam_user.config_directory to write them to files, or set no_log: true on the task."
        )


def plan_registration(wanted: Resource, record: Resource | None, purge: bool, own_user_arn: str | None) -> Plan:
    """Return the plan that changes the instance of RECORD into WANTED. An ARN of either kind replaces its present one.

    Of a deregistered instance, only the tags count: a run that was killed before it registered the instance again has left them.
    OWN_USER_ARN is the ARN of the IAM user that is created if no ARN is given, or None if none is created.
    """
    name = wanted["instance_name"]
    current = managed_part(registered({name: record} if record else {}).get(name), MANAGED)
    arns = {arn: wanted[arn] for arn in ARNS if wanted[arn] is not None}
    if own_user_arn and not arns:
        arns = {"iam_user_arn": own_user_arn}
    if current is None and not arns:
        raise InvalidOption(
            f"{wanted['option']}iam_user_arn, iam_session_arn: one of them is required to register the instance {name!r}"
        )
    left = {"tags": (record or DEFAULTS)["tags"]}
    tags = wanted_tags(left["tags"], wanted["tags"], purge)
    kept = {member: value for member, value in (current or left).items() if not arns or member not in ARNS}
    plan = Plan(current, plan_present(kept, {"instance_name": name, **arns, "tags": tags}).after)
    check_instance_tags(f"{wanted['option']}tags", pairs_from_tags(plan.updates.get("tags", {})))
    return plan


def plan_removal(found: Resource | None, own_user_arn: str | None) -> Plan:
    """Return the plan that removes the instance FOUND, and the IAM user that was created for it, if OWN_USER_ARN is its ARN."""
    user = {"made_iam_user_arn": own_user_arn} if own_user_arn else {}
    return plan_absent({**(managed_part(found, MANAGED) or {}), **user} or None)


def instance_after(plan: Plan, found: Resource | None) -> Resource:
    """Return the instance after PLAN, without AWS's own members of a deregistered one."""
    if plan.after is None:
        return {}
    known = found or {}
    stale = any(known.get(arn) != plan.after.get(arn) for arn in ARNS)
    return {**({} if stale else known), **plan.after}


def own_user_names(plans: t.Mapping[str, Plan], wanted: t.Mapping[str, Resource]) -> set[str]:
    """Return the names of the instances for which PLANS create an IAM user, because WANTED has no ARN for them."""
    return {
        name for name, plan in plans.items() if "iam_user_arn" in plan.updates and wanted[name]["iam_user_arn"] is None
    }


def without(plans: Plans, names: t.Container[str]) -> Plans:
    """PLANS except those for the instances NAMES."""
    return {name: plan for name, plan in plans.items() if name not in names}


def result(params: dict[str, t.Any], plans: Plans, found: dict[str, Resource]) -> dict[str, t.Any]:
    """The instances and the diff as the task returns them, for a single one without its name as a level."""
    instances = [instance_after(plan, found.get(name)) for name, plan in plans.items()]
    if params["instances"] is None:
        (plan,) = plans.values()
        return {
            "diff": plan.diff,
            "on_premises_instance": instances[0],
            "on_premises_instances": [*filter(None, instances)],
        }
    sides = {
        side: {name: plan.diff[side] for name, plan in plans.items() if plan.diff[side]} for side in ("before", "after")
    }
    return {"diff": sides, "on_premises_instances": [*filter(None, instances)]}
