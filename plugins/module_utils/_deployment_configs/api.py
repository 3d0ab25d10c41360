# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs: the calls that read and write them, and who uses them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import typing as t

from .._applications import find_applications
from .._aws.answers import pages
from .._aws.calls import aws_call, aws_find, error_code, refused
from .._aws.converge import settled
from .._aws.propagation import write_patiently
from .._aws.shapes import resource_for_aws, resource_from_aws
from .._aws.tags import apply_tags
from .._deployment_groups.api import find_deployment_groups
from .._errors import CodeDeployError
from .._plan import Plan, Resource, managed_part
from .forms import IMMUTABLE, differences, form_from_service
from .replacement import (
    Create,
    Delete,
    Group,
    Step,
    Switch,
    Tag,
    completion,
    creation,
    deletion,
    opposite,
    replacement,
    temporary_name,
)


@aws_find("read the deployment config")
def _get_deployment_config(client: t.Any, name: str) -> dict[str, t.Any] | None:
    return t.cast("dict[str, t.Any]", client.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"])


@aws_call("list the deployment configs")
def list_deployment_configs(client: t.Any) -> list[str]:
    """Return the names of all deployment configs, including AWS's own."""
    found = pages(client, "list_deployment_configs")
    return [name for page in found for name in page.get("deploymentConfigsList", [])]


@aws_call("create the deployment config")
def _create_deployment_config(client: t.Any, config: Resource) -> None:
    content = {name: config[name] for name in IMMUTABLE if config.get(name)}
    client.create_deployment_config(deploymentConfigName=config["deployment_config_name"], **resource_for_aws(content))


@aws_find("delete the deployment config")
def _delete_deployment_config(client: t.Any, name: str) -> None:
    client.delete_deployment_config(deploymentConfigName=name)


@aws_find("switch the deployment group to another deployment config")
def _switch_group(client: t.Any, group: Group, config: str) -> None:
    client.update_deployment_group(
        applicationName=group.application, currentDeploymentGroupName=group.name, deploymentConfigName=config
    )


def find_deployment_config(client: t.Any, name: str) -> Resource | None:
    """Return the deployment config NAME in snake_case and canonical form, without its tags; None if there is none."""
    found = _get_deployment_config(client, name)
    return None if found is None else form_from_service(resource_from_aws(found))


def require_deployment_config(client: t.Any, name: str, platform: str) -> Resource:
    """Return the deployment config NAME in snake_case. Raise CodeDeployError if there is none for the compute PLATFORM."""
    config = find_deployment_config(client, name)
    if config is None:
        raise CodeDeployError(
            f"deployment_config_name: there is no deployment config {name!r} in {client.meta.region_name}. "
            "The predefined configs are CodeDeployDefault.OneAtATime, CodeDeployDefault.HalfAtATime and CodeDeployDefault.AllAtOnce."
        )
    if config["compute_platform"] != platform:
        raise CodeDeployError(
            f"deployment_config_name: {name!r} is for {config['compute_platform']}, but the application is for {platform}."
        )
    return config


def predicted_deployment_config(client: t.Any, name: str, platform: str) -> list[str]:
    """Return warnings for check mode, which assumes that another task creates a deployment config that does not exist."""
    if find_deployment_config(client, name) is None:
        return [f"There is no deployment config {name!r} yet. Assuming that another task creates it for {platform}."]
    require_deployment_config(client, name, platform)
    return []


def groups_using(client: t.Any, configs: t.Collection[str], platform: str) -> list[Group]:
    """Return the deployment groups of all applications of PLATFORM that use one of the CONFIGS."""
    return [
        Group(application["application_name"], group["deployment_group_name"], group["deployment_config_name"])
        for application in find_applications(client)
        if application.get("compute_platform", platform) == platform
        for group in find_deployment_groups(client, application["application_name"])
        if group["deployment_config_name"] in configs
    ]


def users_of(client: t.Any, config: Resource) -> str:
    """Return the deployment groups that use CONFIG, or its temporary copy, as a string; empty if there are none."""
    name = config["deployment_config_name"]
    return ", ".join(map(str, groups_using(client, {name, temporary_name(name)}, config["compute_platform"])))


def reject_use(client: t.Any, config: Resource, what: str) -> None:
    """Raise CodeDeployError if deployment groups use CONFIG, which therefore cannot WHAT."""
    if users := users_of(client, config):
        raise CodeDeployError(
            f"deployment_config_name: {config['deployment_config_name']!r} cannot {what}, because these deployment groups use it: "
            f"{users}. Switch them to another deployment config first."
        )


def steps_for(client: t.Any, plan: Plan) -> tuple[list[Step], list[str]]:
    """The steps of PLAN, and no warnings. Raises CodeDeployError if groups that use the config rule them out."""
    return _steps_for(client, plan), []


def _steps_for(client: t.Any, plan: Plan) -> list[Step]:
    """The steps of PLAN. Raises CodeDeployError if it is not possible because of the deployment groups that use the config."""
    before, after = plan.before, plan.after
    if before is None or after is None:
        if before:
            reject_use(client, before, "be deleted")
            return deletion(before)
        return creation(after) if after else []
    name = after["deployment_config_name"]
    replaced = before["deployment_config_name"] != name or bool(differences(before, after))
    if before["compute_platform"] != after["compute_platform"]:
        reject_use(client, before, f"become one for {after['compute_platform']}")
    if not replaced and "temporary_copy" not in before:
        return [Tag(name, before["tags"], after["tags"])] if before.get("tags") != after.get("tags") else []
    groups = groups_using(client, {name, temporary_name(name)}, before["compute_platform"])
    return replacement(before, after, groups) if replaced else completion(before, after["tags"], groups)


def predicted_steps(client: t.Any, plan: Plan) -> tuple[list[Step], list[str]]:
    """Return the steps of PLAN for check mode, which assumes that another task deletes or switches groups that use a deleted config, and warnings."""
    if plan.before is None or plan.after is not None:
        return steps_for(client, plan)
    users, name = users_of(client, plan.before), plan.before["deployment_config_name"]
    warning = f"Deployment groups use {name!r}: {users}. Assuming that another task deletes them or switches them to another deployment config."
    return deletion(plan.before), [warning] if users else []


def create_deployment_config(client: t.Any, config: Resource) -> None:
    """Create CONFIG. One that exists already, perhaps because a response was lost, must have the same content."""
    try:
        _create_deployment_config(client, config)
    except CodeDeployError as error:
        if error_code(error) != "DeploymentConfigAlreadyExistsException":
            raise
        find = functools.partial(find_deployment_config, client, config["deployment_config_name"])
        wanted = managed_part(config, IMMUTABLE)
        if settled(find, lambda found: Plan(managed_part(found, IMMUTABLE), wanted))[0].changed:
            raise


def take_step(client: t.Any, prefix: str, step: Step) -> None:
    """Take STEP. PREFIX is the beginning of the ARNs of configs. A config to delete, or a group to switch, may be missing."""
    if isinstance(step, Create):
        create_deployment_config(client, step.config)
    elif isinstance(step, Delete):
        _delete_deployment_config(client, step.config["deployment_config_name"])
    elif isinstance(step, Switch):
        write_patiently(functools.partial(_switch_group, client, step.group, step.new))
    else:
        apply_tags(client, prefix + step.name, step.before, step.after)


def take_steps(client: t.Any, prefix: str, steps: list[Step]) -> None:
    """Take STEPS in order. If one fails, roll back those before it, and say so in the CodeDeployError.

    Roll back the failed one too, if AWS may have carried it out anyway.
    """
    for number, step in enumerate(steps):
        try:
            take_step(client, prefix, step)
        except CodeDeployError as error:
            taken = steps[: number + (not refused(error))]
            if not taken:
                raise
            remains = take_back(client, prefix, taken)
            outcome = f"{'; '.join(remains)}; run the task again to finish" if remains else "nothing has changed"
            message = f"Could not {step}; the earlier steps were rolled back: {outcome}. {error.message}"
            raise CodeDeployError(message, error.exception) from error


def take_back(client: t.Any, prefix: str, steps: list[Step]) -> list[str]:
    """Roll STEPS back, the last first, and return the failures."""
    failures = []
    for step in reversed(steps):
        for back in opposite(step):
            try:
                take_step(client, prefix, back)
            except CodeDeployError as error:
                failures.append(f"could not {back}: {error}")
    return failures
