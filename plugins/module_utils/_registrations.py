# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task does with on-premises instances, one or many: register them, perhaps with IAM users of their own, tag and deregister them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from ._converge import settled
from ._errors import CodeDeployError
from ._host_configs import host_config, host_config_path, remove_file, write_private_file
from ._in_parallel import in_parallel
from ._instance_users import Account, Credentials, UserOptions, check_ours, find_user, new_user, remove_user
from ._on_premises_instances import (
    ARNS,
    DEFAULTS,
    MANAGED,
    InstanceTags,
    apply_tags,
    deregister,
    find_registered,
    pairs_from_tags,
    register,
    tags_from_pairs,
)
from ._plan import Plan, Resource, managed_part

Plans = dict[str, Plan]
Failures = dict[str, CodeDeployError]


@dataclass(frozen=True)
class Users:
    """How IAM users for instances are made, and the DIRECTORY for the files with their keys, if there is to be one."""

    iam: t.Any
    account: Account
    options: UserOptions
    directory: str | None

    def arn(self, name: str) -> str:
        """The ARN of the user of the instance NAME."""
        return self.account.user_arn(self.options.path, name)


def check_new_users(users: Users, names: t.Iterable[str], most: int) -> None:
    """Raise CodeDeployError if an IAM user that is to be made for one of NAMES is there and not ours."""
    found, failures = in_parallel(lambda name: find_user(users.iam, name, users.account.region), names, most)
    for error in failures.values():
        raise error
    for name, user in found.items():
        check_ours(name, user, users.arn(name))


def own_users(users: Users, names: t.Iterable[str], most: int) -> dict[str, str]:
    """The ARNs of the IAM users that were made for the instances NAMES and are still there."""
    found, failures = in_parallel(lambda name: find_user(users.iam, name, users.account.region), names, most)
    for error in failures.values():
        raise error
    return {
        name: user["arn"] for name, user in found.items() if user and user["ours"] and user["arn"] == users.arn(name)
    }


def deliver(users: Users, name: str, credentials: Credentials) -> dict[str, str]:
    """The access key of the instance NAME as the task returns it: where its file is, or with the secret."""
    key = {
        "instance_name": name,
        "iam_user_arn": credentials.iam_user_arn,
        "access_key_id": credentials.access_key_id,
    }
    if users.directory is None:
        return {**key, "secret_access_key": credentials.secret_access_key}
    path = host_config_path(users.directory, name)
    text = host_config(
        users.account.region, credentials.iam_user_arn, credentials.access_key_id, credentials.secret_access_key
    )
    try:
        write_private_file(path, text)
    except OSError as error:
        raise CodeDeployError(f"iam_user.config_directory: {path!r} cannot be written: {error.strerror}") from error
    return {**key, "config_file": path}


def register_with_user(client: t.Any, users: Users, plan: Plan, wait_timeout: int) -> dict[str, str]:
    """Register the instance of PLAN with an IAM user made for it, and return its access key. All of it happens, or nothing."""
    name = (plan.after or {})["instance_name"]
    with new_user(users.iam, name, users.options, users.account) as credentials:
        key = deliver(users, name, credentials)
        try:
            register(client, plan, wait_timeout)
        except CodeDeployError:
            if "config_file" in key:
                remove_file(key["config_file"])
            raise
    return key


def refused_replacements(plans: Plans) -> Failures:
    """Why the instances of PLANS whose registration would take the place of another stay as they are."""

    def arn(instance: Resource) -> str:
        return next(instance[arn] for arn in ARNS if instance.get(arn))

    return {
        name: CodeDeployError(
            f"{name} is registered with {arn(plan.before)}, not with {arn(plan.after)}, and is not to be registered again (replace is false)"
        )
        for name, plan in plans.items()
        if plan.before and plan.after and arn(plan.before) != arn(plan.after)
    }


def register_all(
    client: t.Any, plans: Plans, users: Users | None, new_users: t.Container[str], most: int, wait_timeout: int
) -> tuple[list[dict[str, str]], Failures]:
    """Register the instances of PLANS, MOST at a time, those in NEW_USERS with users of their own; then bring all to their tags.

    Returns the access keys of the users that were made, and what failed.
    """

    def register_one(name: str) -> dict[str, str] | None:
        if users and name in new_users:
            return register_with_user(client, users, plans[name], wait_timeout)
        register(client, plans[name], wait_timeout)
        return None

    changing = [name for name, plan in plans.items() if any(arn in plan.updates for arn in ARNS)]
    done, failures = in_parallel(register_one, changing, most)
    changes = {
        name: (plan.before["tags"], plan.after["tags"])
        for name, plan in plans.items()
        if name not in changing and plan.before and plan.after
    }
    changes.update(tags_of_new_ones(client, {name: plans[name] for name in done}))
    try:
        apply_tags(client, changes)
    except CodeDeployError as error:
        failures = {**failures, "tags": error}
    return [key for key in done.values() if key], failures


def tags_of_new_ones(client: t.Any, plans: Plans) -> dict[str, tuple[InstanceTags, InstanceTags]]:
    """The changes of tags that the new registrations of PLANS need.

    The AWS user guide says both that tags outlive a registration and that they do not. So what of old ones is there and not wanted goes,
    and all that is wanted is added, unless `register` has done it.
    """
    registered = find_registered(client, plans)
    changes = {}
    for name, plan in plans.items():
        tags = (plan.after or DEFAULTS)["tags"]
        old = pairs_from_tags(registered.get(name, DEFAULTS)["tags"]) - pairs_from_tags(tags)
        changes[name] = (tags_from_pairs(old), {} if plan.before else tags)
    return changes


def deregister_all(client: t.Any, plans: Plans, users: Users | None, most: int) -> Failures:
    """Remove the tags of the instances of PLANS, deregister them, and remove the IAM users that were made for them."""

    def deregister_one(name: str) -> None:
        before = plans[name].before or {}
        if any(arn in before for arn in ARNS):
            deregister(client, name)
        if users and "made_iam_user_arn" in before:
            remove_user(users.iam, name)

    apply_tags(client, {name: ((plan.before or {}).get("tags", {}), {}) for name, plan in plans.items()})
    return in_parallel(deregister_one, plans, most)[1]


def shown(client: t.Any, plans: Plans) -> dict[str, Resource]:
    """The instances of PLANS, read when AWS shows them as the plans want them, or will not."""

    def difference(found: Resource | None) -> Plan:
        before = {name: managed_part((found or {}).get(name), MANAGED) for name in plans}
        return Plan(before, {name: plan.after for name, plan in plans.items()})

    return settled(functools.partial(find_registered, client, list(plans)), difference)[1] or {}
