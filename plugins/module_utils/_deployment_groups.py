# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment groups: the calls that read and write them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from ._batches import batches
from ._errors import CodeDeployError, after_iam, aws_call, aws_find, error_code
from ._group_forms import EMPTY, FORMS, PAIRS, TARGETING, Filter, defaults, form_from_service
from ._plan import Plan, Resource
from ._shapes import resource_for_aws, resource_from_aws
from ._tags import apply_tags

# What an update can change, and a plan compares besides the names and tags.
CHANGEABLE = ("deployment_config_name", "service_role_arn", "deployment_style", *FORMS)
MANAGED = ("application_name", "deployment_group_name", *CHANGEABLE, "tags")

# BatchGetDeploymentGroups takes 100 names (botocore model).
GROUPS_A_CALL = 100

# The answers to filters and a tag set in one call.
COMBINED = ("InvalidEC2TagCombinationException", "InvalidOnPremisesTagCombinationException")


@aws_find("read the deployment group")
def _get_deployment_group(client: t.Any, application: str, name: str) -> dict[str, t.Any] | None:
    answer = client.get_deployment_group(applicationName=application, deploymentGroupName=name)
    return t.cast("dict[str, t.Any]", answer["deploymentGroupInfo"])


@aws_find("list the deployment groups", default=[])
def _list_deployment_groups(client: t.Any, application: str) -> list[str]:
    pages = client.get_paginator("list_deployment_groups").paginate(applicationName=application)
    return [name for page in pages for name in page["deploymentGroups"]]


@aws_find("read the deployment groups", default=[])
def _batch_get_deployment_groups(client: t.Any, application: str, names: list[str]) -> list[dict[str, t.Any]]:
    answer = client.batch_get_deployment_groups(applicationName=application, deploymentGroupNames=names)
    return list(answer["deploymentGroupsInfo"])


@aws_call("create the deployment group")
@after_iam
def _create_deployment_group(client: t.Any, group: Resource) -> None:
    members = {name: value for name, value in group.items() if name != "tags" and value != EMPTY.get(name)}
    tags = ansible_dict_to_boto3_tag_list(group.get("tags", {}))
    client.create_deployment_group(**request_members(members), **({"tags": tags} if tags else {}))


@aws_call("update the deployment group")
@after_iam
def _update_deployment_group(client: t.Any, group: Resource, members: Resource) -> None:
    client.update_deployment_group(
        applicationName=group["application_name"],
        currentDeploymentGroupName=group["deployment_group_name"],
        **request_members(members),
    )


@aws_find("delete the deployment group")
def _delete_deployment_group(client: t.Any, group: Resource) -> None:
    client.delete_deployment_group(
        applicationName=group["application_name"], deploymentGroupName=group["deployment_group_name"]
    )


def request_filters(filters: list[Filter]) -> list[dict[str, str]]:
    """FILTERS as the API spells them, with a capital."""
    return [{member.capitalize(): text for member, text in each.items()} for each in filters]


def request_members(members: Resource) -> dict[str, t.Any]:
    """MEMBERS of a group's canonical form as CreateDeploymentGroup and UpdateDeploymentGroup take them."""
    shaped = dict(members)
    for filters, grouped in PAIRS:
        if filters in members:
            shaped[filters] = request_filters(members[filters])
        if grouped in members:
            shaped[grouped] = {f"{grouped}_list": [request_filters(each) for each in members[grouped]]}
    return resource_for_aws(shaped)


def find_deployment_group(client: t.Any, application: str, name: str) -> Resource | None:
    """The deployment group as AWS describes it, in snake_case, without its tags, and with what the module manages in canonical form.

    None if there is no such group, or no such application.
    """
    info = _get_deployment_group(client, application, name)
    return None if info is None else group_from_aws(info)


def find_deployment_groups(client: t.Any, application: str) -> list[Resource]:
    """All deployment groups of APPLICATION, each as `find_deployment_group` returns it, sorted by name; none if there is no such application."""
    names = _list_deployment_groups(client, application)
    infos = [
        info
        for batch in batches(names, GROUPS_A_CALL)
        for info in _batch_get_deployment_groups(client, application, batch)
    ]
    return sorted(map(group_from_aws, infos), key=lambda group: str(group["deployment_group_name"]))


def group_from_aws(info: dict[str, t.Any]) -> Resource:
    """A DeploymentGroupInfo in snake_case, with what the module manages in canonical form."""
    group = {"compute_platform": "Server", **resource_from_aws(info)}
    return {**defaults(group["compute_platform"]), **group, **form_from_service(group)}


def targeting_in_use(group: Resource) -> set[str]:
    """The members by which GROUP finds its hosts."""
    return {name for name in TARGETING if group[name]}


def update_deployment_group(
    client: t.Any, before: Resource, after: Resource, changed: set[str], attached: list[str]
) -> None:
    """Write the CHANGED members of the group, which AWS keeps where they are not given.

    Targeting goes all together, the ATTACHED Auto Scaling groups included: an update that left some of it out is reported to have
    cleared the rest (hashicorp/terraform-provider-aws, issue 441). A change from filters to a tag set, or back, is one call if AWS
    takes both in one, and else two, between which the group has none of either.
    """
    others = {name: after[name] for name in changed - set(TARGETING)}
    if changed == set(others):
        _update_deployment_group(client, after, others)
        return
    scaling = {"auto_scaling_groups": attached} if attached else {}
    old, new = (
        {**others, **{name: after[name] for name in targeting_in_use(group)}, **scaling} for group in (before, after)
    )
    try:
        _update_deployment_group(client, after, {**old, **new})
    except CodeDeployError as error:
        if error_code(error) not in COMBINED:
            raise
        _update_deployment_group(client, after, old)
        _update_deployment_group(client, after, new)


def apply_deployment_group(client: t.Any, plan: Plan, arn: str, attached: list[str]) -> None:
    """Write PLAN. ARN names the group for its tags, ATTACHED are its Auto Scaling groups."""
    if plan.before is None and plan.after is not None:
        _create_deployment_group(client, plan.after)
    elif plan.before is not None and plan.after is None:
        _delete_deployment_group(client, plan.before)
    elif plan.before is not None and plan.after is not None:
        if changed := set(plan.updates) & set(CHANGEABLE):
            update_deployment_group(client, plan.before, plan.after, changed, attached)
        if "tags" in plan.updates:
            apply_tags(client, arn, plan.before["tags"], plan.after["tags"])
