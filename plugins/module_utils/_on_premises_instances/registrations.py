# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions on on-premises instances, one or many: register them, optionally with their own IAM users, tag and deregister them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import json
import typing as t
from dataclasses import dataclass, field

from .._aws.calls import Connect, not_checked
from .._aws.converge import settled
from .._aws.failures import SHOWN, in_parallel
from .._aws.tags import arn_prefix
from .._errors import CodeDeployError
from .._plan import Plan, Resource, managed_part
from .agent_files import agent_config_text, host_config_path, remove_file, write_private_file
from .api import apply_tags, deregister, find_holders, find_registered, held, register
from .forms import ARNS, DEFAULTS, MANAGED, InstanceTags, api_arn, pairs_from_tags, registered, tags_from_pairs
from .plans import Plans, plan_registration, plan_removal
from .user_rules import Account, Credentials, UserOptions
from .users import check_new_user, find_user, new_user, remove_user

Failures = dict[str, CodeDeployError]


@dataclass(frozen=True)
class Users:
    """The settings for creating IAM users, and the DIRECTORY for the files with their keys, if there is one."""

    iam: t.Any
    account: Account
    options: UserOptions
    directory: str | None

    def arn(self, name: str) -> str:
        """Return the ARN of the user of the instance NAME."""
        return self.account.user_arn(self.options.path, name)


def users_for(connect: Connect, params: dict[str, t.Any]) -> Users | None:
    """The way to create and delete IAM users; None if the task does neither."""
    given = params["iam_user"]
    if not given:
        return None
    _arn, partition, _service, region, number, _rest = arn_prefix(connect).split(":")
    options = UserOptions(given["path"], tuple(given["buckets"]))
    return Users(connect("iam"), Account(partition, number, region), options, given["config_directory"])


def plans_for(
    params: dict[str, t.Any], wanted: dict[str, Resource], records: dict[str, Resource], users: Users | None
) -> Plans:
    """The plans, by name, that bring the instances of RECORDS to what is WANTED."""
    if params["state"] == "present":
        return {
            name: plan_registration(each, records.get(name), params["purge_tags"], users.arn(name) if users else None)
            for name, each in wanted.items()
        }
    made = own_users(users, wanted, params["concurrency"]) if users else {}
    found = registered(records)
    return {name: plan_removal(found.get(name), made.get(name)) for name in wanted}


def check_new_users(users: Users, names: t.Iterable[str], most: int) -> None:
    """Raise CodeDeployError if an IAM user to create for one of NAMES exists already, and is not ours or may be in use."""
    _none, failures = in_parallel(
        lambda name: check_new_user(users.iam, name, users.account.region, users.arn(name)), names, most
    )
    for error in failures.values():
        raise error


def own_users(users: Users, names: t.Iterable[str], most: int) -> dict[str, str]:
    """Return the ARNs of the IAM users that were created for the instances NAMES and still exist."""
    found, failures = in_parallel(lambda name: find_user(users.iam, name, users.account.region), names, most)
    for error in failures.values():
        raise error
    return {
        name: user["arn"] for name, user in found.items() if user and user["ours"] and user["arn"] == users.arn(name)
    }


def deliver(users: Users, name: str, credentials: Credentials) -> dict[str, str]:
    """Return the access key of the instance NAME for the task's result: the path of its file, or the secret."""
    key = {
        "instance_name": name,
        "iam_user_arn": credentials.iam_user_arn,
        "access_key_id": credentials.access_key_id,
    }
    if users.directory is None:
        return {**key, "secret_access_key": credentials.secret_access_key}
    path = host_config_path(users.directory, name)
    text = agent_config_text(
        users.account.region, credentials.iam_user_arn, credentials.access_key_id, credentials.secret_access_key
    )
    try:
        write_private_file(path, text)
    except OSError as error:
        raise CodeDeployError(f"iam_user.config_directory: cannot write {path!r}: {error.strerror}") from error
    return {**key, "config_file": path}


def register_with_user(client: t.Any, users: Users, plan: Plan, wait_timeout: int) -> dict[str, str]:
    """Register the instance of PLAN with a new IAM user, and return its access key. Roll everything back if it fails."""
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


def _arn(instance: Resource) -> str:
    """Return the ARN of INSTANCE. Raise CodeDeployError if AWS omitted it: both members are optional in the model."""
    arns = list(api_arn(instance).values())
    if not arns:
        raise CodeDeployError(
            f"Failed to read the on-premises instances (BatchGetOnPremisesInstances): the response has no ARN of {instance['instance_name']!r}"
        )
    return arns[0]


def replacements(plans: Plans) -> Plans:
    """Return those of PLANS that give a registered instance another ARN."""
    return {
        name: plan
        for name, plan in plans.items()
        if plan.before and plan.after and _arn(plan.before) != _arn(plan.after)
    }


def refused_replacements(plans: Plans, wanted: t.Mapping[str, Resource], replace: bool) -> Failures:
    """Return errors for instances to which PLANS cannot give another ARN: REPLACE is false, or they would lose tags that are not in WANTED."""
    failures = {}
    for name, plan in replacements(plans).items():
        before, after = plan.before or {}, plan.after or {}
        if not replace:
            failures[name] = CodeDeployError(
                f"replace: {name} is registered with {_arn(before)}, not with {_arn(after)}, and AWS cannot change the ARN of an instance: "
                "it would have to be deregistered, and could not be registered again for about 24 hours. "
                "Register the host under another instance_name, or set replace=true if it can go without deployments for that long."
            )
        elif after["tags"] != {str(key): str(value) for key, value in (wanted[name]["tags"] or {}).items()}:
            failures[name] = CodeDeployError(
                f"{wanted[name]['option']}tags: {name} would lose tags when it is deregistered to get another ARN; "
                f"set all tags that it should have then: {json.dumps(after['tags'])}"
            )
    return failures


def refused_arns(client: t.Any, plans: Plans) -> tuple[Failures, list[str]]:
    """Return errors for instances to which PLANS give an ARN that another instance has, and warnings. Nothing is read if there are no replacements."""
    arns = {name: _arn(plan.after or {}) for name, plan in replacements(plans).items()}
    try:
        holders = find_holders(client, set(arns.values())) if arns else {}
    except CodeDeployError as error:
        return {}, [not_checked(error)]
    return {
        name: CodeDeployError(
            f"iam_user_arn, iam_session_arn: {arn} is the ARN of the instance {holders[arn]!r}, registered or deregistered "
            f"less than 24 hours ago; set another one for {name}"
        )
        for name, arn in arns.items()
        if arn in holders
    }, []


def replacement_warnings(plans: Plans) -> list[str]:
    """Return warnings for instances that PLANS deregister to give them another ARN."""
    names = list(replacements(plans))
    return names and [
        f"Another ARN means an outage for {_listed(names)}: AWS holds the name of a deregistered instance, typically for 24 hours. "
        "Until then the host gets no deployments. Register the host under another instance_name to avoid the outage."
    ]


def held_warnings(plans: Plans, records: t.Mapping[str, Resource]) -> list[str]:
    """Return warnings for check mode for instances that PLANS register although AWS has RECORDS that hold their names."""
    names = [name for name, plan in plans.items() if plan.after and not plan.before and name in records]
    return names and [f"AWS may refuse to register {_listed(names)}: {held(records[names[0]])}."]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def register_all(
    client: t.Any, plans: Plans, users: Users | None, new_users: t.Container[str], most: int, wait_timeout: int
) -> tuple[list[dict[str, str]], Failures]:
    """Register the instances of PLANS, MOST at a time, those in NEW_USERS with their own users; then write the tags of all.

    Return the access keys of the new users, and the failures.
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
    """Return the changes of tags that the new registrations of PLANS need.

    The AWS user guide says both that tags outlive a registration and that they do not. So old tags that are not wanted are removed,
    and all wanted ones are added.
    """
    present = find_registered(client, plans)
    changes = {}
    for name, plan in plans.items():
        tags = (plan.after or DEFAULTS)["tags"]
        old = pairs_from_tags(present.get(name, DEFAULTS)["tags"]) - pairs_from_tags(tags)
        changes[name] = (tags_from_pairs(old), tags)
    return changes


def deregister_all(client: t.Any, plans: Plans, users: Users | None, most: int) -> Failures:
    """Remove the tags of the instances of PLANS, deregister them, and remove the IAM users that were created for them."""

    def deregister_one(name: str) -> None:
        before = plans[name].before or {}
        if any(arn in before for arn in ARNS):
            deregister(client, name)
        if users and "made_iam_user_arn" in before:
            remove_user(users.iam, name)

    apply_tags(client, {name: ((plan.before or {}).get("tags", {}), {}) for name, plan in plans.items()})
    return in_parallel(deregister_one, plans, most)[1]


def shown(client: t.Any, plans: Plans) -> dict[str, Resource]:
    """Return the instances of PLANS, read once AWS shows them as planned, or stops converging."""

    def difference(found: Resource | None) -> Plan:
        before = {name: managed_part((found or {}).get(name), MANAGED) for name in plans}
        return Plan(before, {name: plan.after for name, plan in plans.items()})

    return settled(functools.partial(find_registered, client, list(plans)), difference)[1] or {}


@dataclass(frozen=True)
class Registrations:
    """The registrations of a task, before and after they were carried out: the instances FOUND, FAILURES by name, and WARNINGS; the access KEYS of new
    IAM users; and whether something CHANGED although something failed."""

    found: dict[str, Resource]
    failures: Failures
    warnings: list[str]
    keys: list[Resource] = field(default_factory=list)
    changed: bool = False


def carry_out(
    client: t.Any,
    params: dict[str, t.Any],
    plans: Plans,
    users: Users | None,
    new_users: set[str],
    planned: Registrations,
) -> Registrations:
    """Write the PLANS, which all change something. What was PLANNED to fail has failed already, and its warnings are only for check mode."""
    keys, failed = _apply(client, params, plans, users, new_users)
    failures = {**planned.failures, **failed}
    found = planned.found if failures else {**planned.found, **shown(client, plans)}
    return Registrations(found, failures, [], keys, _has_changed(plans, failures))


def _apply(
    client: t.Any, params: dict[str, t.Any], plans: Plans, users: Users | None, made: set[str]
) -> tuple[list[Resource], Failures]:
    """Write the PLANS, which all change something, and return the access keys of the users that were MADE, and the failures."""
    if params["state"] == "present":
        return register_all(client, plans, users, made, params["concurrency"], params["wait_timeout"])
    return [], deregister_all(client, plans, users, params["concurrency"])


def _has_changed(plans: Plans, failures: Failures) -> bool:
    """Whether any of the PLANS changed something in spite of its FAILURES. A registration that failed says if it did."""
    return any(
        name not in failures or plan.after is None or failures[name].kwargs.get("changed", False)
        for name, plan in plans.items()
    )
