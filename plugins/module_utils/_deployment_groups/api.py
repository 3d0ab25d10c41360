# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups: the calls that read and write them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from .._applications import find_application, require_application
from .._aws.answers import named, pages
from .._aws.calls import aws_call, aws_find, error_code
from .._aws.shapes import resource_for_aws, resource_from_aws
from .._aws.tags import apply_tags
from .._batches import batches
from .._errors import CodeDeployError
from .._plan import Plan, Resource
from .forms import (
    BLUE_GREEN,
    CHANGEABLE,
    EMPTY,
    MISSING_HOOKS,
    PAIRS,
    TARGETING,
    Filter,
    copies_auto_scaling_group,
    defaults,
    form_from_service,
    tag_filters,
    tag_set,
)

# BatchGetDeploymentGroups takes 100 names (botocore model).
GROUPS_A_CALL = 100

# The errors for filters and a tag set in one call.
COMBINED = ("InvalidEC2TagCombinationException", "InvalidOnPremisesTagCombinationException")


@aws_find("read the deployment group")
def _get_deployment_group(client: t.Any, application: str, name: str) -> dict[str, t.Any] | None:
    answer = client.get_deployment_group(applicationName=application, deploymentGroupName=name)
    return {"applicationName": application, "deploymentGroupName": name, **answer["deploymentGroupInfo"]}


@aws_find("list the deployment groups", default=[])
def _list_deployment_groups(client: t.Any, application: str) -> list[str]:
    found = pages(client, "list_deployment_groups", applicationName=application)
    return [name for page in found for name in page.get("deploymentGroups", [])]


@aws_find("read the deployment groups", default=[])
def _batch_get_deployment_groups(client: t.Any, application: str, names: list[str]) -> list[dict[str, t.Any]]:
    answer = client.batch_get_deployment_groups(applicationName=application, deploymentGroupNames=names)
    return [
        {"applicationName": application, **info}
        for info in named(answer.get("deploymentGroupsInfo", []), "deploymentGroupName")
    ]


@aws_call("create the deployment group")
def _create_deployment_group(client: t.Any, group: Resource) -> None:
    names = ("application_name", "deployment_group_name", *CHANGEABLE)
    members = {name: group[name] for name in names if name in group and group[name] != EMPTY.get(name)}
    tags = ansible_dict_to_boto3_tag_list(group.get("tags", {}))
    client.create_deployment_group(**request_members(members), **({"tags": tags} if tags else {}))


@aws_call("update the deployment group")
def _update_deployment_group(client: t.Any, group: Resource, members: Resource) -> list[Resource]:
    """Write MEMBERS of the GROUP, and return the Auto Scaling groups from which lifecycle hooks could not be removed."""
    answer = client.update_deployment_group(
        applicationName=group["application_name"],
        currentDeploymentGroupName=group["deployment_group_name"],
        **request_members(members),
    )
    return list(answer.get("hooksNotCleanedUp", []))


@aws_find("delete the deployment group", default=[])
def _delete_deployment_group(client: t.Any, group: Resource) -> list[Resource]:
    """Delete the GROUP, and return the Auto Scaling groups from which lifecycle hooks could not be removed."""
    answer = client.delete_deployment_group(
        applicationName=group["application_name"], deploymentGroupName=group["deployment_group_name"]
    )
    return list(answer.get("hooksNotCleanedUp", []))


def request_filters(filters: list[Filter]) -> list[dict[str, str]]:
    """Return FILTERS as the API spells them, with a capital letter."""
    return [{member.capitalize(): text for member, text in each.items()} for each in filters]


def target_instances(given: Resource) -> Resource:
    """Return the option `target_instances` as CreateDeployment takes it, except for the names of its members."""
    filters, grouped = tag_filters(given.get("tag_filters") or []), tag_set(given.get("ec2_tag_set") or [])
    names = given.get("auto_scaling_groups")
    return {
        **({"auto_scaling_groups": names} if names else {}),
        **({"tag_filters": request_filters(filters)} if filters else {}),
        **({"ec2_tag_set": {"ec2_tag_set_list": [request_filters(each) for each in grouped]}} if grouped else {}),
    }


def request_members(members: Resource) -> dict[str, t.Any]:
    """Return MEMBERS of a group's canonical form as CreateDeploymentGroup and UpdateDeploymentGroup take them."""
    shaped = dict(members)
    for filters, grouped in PAIRS:
        if filters in members:
            shaped[filters] = request_filters(members[filters])
        if grouped in members:
            shaped[grouped] = {f"{grouped}_list": [request_filters(each) for each in members[grouped]]}
    return resource_for_aws(shaped)


def find_deployment_group(client: t.Any, application: str, name: str) -> Resource | None:
    """Return the deployment group as AWS describes it, in snake_case, without its tags, and with its managed members in canonical form.

    Return None if the group or the application does not exist.
    """
    info = _get_deployment_group(client, application, name)
    return None if info is None else group_from_aws(*_with_platforms(client, application, [info]))


def find_deployment_groups(client: t.Any, application: str, names: list[str] | None = None) -> list[Resource]:
    """Return the deployment groups of APPLICATION with these NAMES, or all, each as `find_deployment_group` returns it, sorted by name.

    Those that do not exist are missing; if the application does not exist, all are.
    """
    wanted = _list_deployment_groups(client, application) if names is None else sorted(set(names))
    infos = [
        info
        for batch in batches(wanted, GROUPS_A_CALL)
        for info in _batch_get_deployment_groups(client, application, batch)
    ]
    told = _with_platforms(client, application, infos)
    return sorted(map(group_from_aws, told), key=lambda group: str(group["deployment_group_name"]))


def _with_platforms(client: t.Any, application: str, infos: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return INFOS (DeploymentGroupInfo) of groups of APPLICATION, each with its platform, which is the application's if AWS omits it."""
    if all(info.get("computePlatform") for info in infos):
        return infos
    platform = require_application(client, application)["compute_platform"]
    return [{**info, "computePlatform": info.get("computePlatform") or platform} for info in infos]


def group_from_aws(info: dict[str, t.Any]) -> Resource:
    """Return a DeploymentGroupInfo (see `_with_platforms`) in snake_case, with its managed members in canonical form."""
    group = resource_from_aws(info)
    usual = defaults(group["compute_platform"])
    style = {"deployment_style": {**usual["deployment_style"], **group.get("deployment_style", {})}}
    hooks = {"auto_scaling_hooks": group.get("auto_scaling_groups", [])}
    return {**usual, **group, **form_from_service(group), **style, **hooks}


def targeting_in_use(group: Resource) -> Resource:
    """Return the members by which GROUP selects its hosts, without the empty ones. A group of an ECS application must not have any."""
    return {name: group[name] for name in TARGETING if group[name]}


def update_deployment_group(client: t.Any, before: Resource, after: Resource, changed: set[str]) -> list[Resource]:
    """Write the CHANGED members of the group; AWS keeps the others. Return the same as _update_deployment_group.

    Targeting members are always written together: an update with only some of them is reported to clear the rest (hashicorp/terraform-provider-aws,
    issue 441). Every change of the blue/green configuration must name a copied Auto Scaling group (pull request 5827 there).
    """
    others = {name: after[name] for name in sorted(changed - set(TARGETING)) if name != "deployment_group_name"}
    if after["deployment_group_name"] != before["deployment_group_name"]:
        others["new_deployment_group_name"] = after["deployment_group_name"]
    copying = BLUE_GREEN in changed and copies_auto_scaling_group(after)
    if copying or changed & set(TARGETING):
        return _retarget(client, before, after, others)
    return _update_deployment_group(client, before, others)


def _retarget(client: t.Any, before: Resource, after: Resource, others: Resource) -> list[Resource]:
    """Change from filters to a tag set, or back, in one call if AWS accepts it, otherwise in two, between which the group has neither."""
    old, new = ({name: after[name] for name in targeting_in_use(group)} for group in (before, after))
    try:
        return _update_deployment_group(client, before, {**others, **old, **new})
    except CodeDeployError as error:
        if error_code(error) not in COMBINED:
            raise
        left = _update_deployment_group(client, before, old)
        return left + _update_deployment_group(client, before, {**others, **new})


def reinstall_hooks(client: t.Any, group: Resource) -> list[Resource]:
    """Detach the Auto Scaling groups of GROUP and attach them again, which installs new lifecycle hooks. Return the same as _update_deployment_group."""
    targeting = targeting_in_use(group)
    left = _update_deployment_group(client, group, {**targeting, "auto_scaling_groups": []})
    return left + _update_deployment_group(client, group, targeting)


def apply_deployment_group(client: t.Any, plan: Plan, arn_prefix: str) -> list[Resource]:
    """Write PLAN, and return the Auto Scaling groups from which lifecycle hooks could not be removed. ARN_PREFIX is the beginning of the ARNs of groups."""
    before, after = plan.before, plan.after
    if before is None or after is None:
        if after:
            _create_deployment_group(client, after)
        return _delete_deployment_group(client, before) if before else []
    left: list[Resource] = []
    if changed := set(plan.updates) & {"deployment_group_name", *CHANGEABLE}:
        left += update_deployment_group(client, before, after, changed)
    if MISSING_HOOKS in plan.updates:
        left += reinstall_hooks(client, after)
    if "tags" in plan.updates:
        arn = f"{arn_prefix}{after['application_name']}/{after['deployment_group_name']}"
        apply_tags(client, arn, before["tags"], after["tags"])
    return left


def require_deployment_group(client: t.Any, application_name: str, name: str) -> Resource:
    """Return the deployment group as AWS describes it, in snake_case. Raise CodeDeployError if it or its application does not exist."""
    group = find_deployment_group(client, application_name, name)
    if group is None:
        require_application(client, application_name)
        raise CodeDeployError(
            f"deployment_group_name: application {application_name!r} has no deployment group {name!r} in {client.meta.region_name}. "
            "Create it with slipway.codedeploy.deployment_group, or check the name, the region and the account."
        )
    return group


def predicted_deployment_group(client: t.Any, application_name: str, name: str) -> Resource:
    """Return the deployment group for check mode: for one that does not exist, an empty one that another task may create, and a warning."""
    group = find_deployment_group(client, application_name, name)
    if group is not None:
        return group
    warning = f"There is no deployment group {name!r} of application {application_name!r} yet. Assuming that another task creates it."
    application = find_application(client, application_name) or {}
    return {"compute_platform": application.get("compute_platform") or "Server", "warnings": [warning]}
