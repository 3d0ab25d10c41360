# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of applications, deployment groups and deployment configs, which share three calls and are identified by ARN.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    compare_aws_tags,
)

from .._tag_plans import Tags
from .answers import UnreadableAnswer, check_token
from .calls import Connect, aws_call, aws_find


@aws_call("get the caller identity")
def _caller(sts: t.Any) -> dict[str, str]:
    caller = t.cast("dict[str, str]", sts.get_caller_identity())
    if not caller["Arn"].startswith("arn:"):
        raise UnreadableAnswer("the response's Arn is not an ARN")
    return caller


def arn_prefix(connect: Connect) -> str:
    """Return the prefix of the ARNs of the caller's CodeDeploy resources, including the last colon.

    No CodeDeploy call returns ARNs, so a client composes them from the caller's account, partition and region
    (AWS service authorization reference, CodeDeploy).
    """
    sts = connect("sts")
    caller = _caller(sts)
    partition = caller["Arn"].split(":")[1]
    return f"arn:{partition}:codedeploy:{sts.meta.region_name}:{caller['Account']}:"


def tagged_arn(connect: Connect, params: dict[str, t.Any], resource: str) -> str:
    """Return the ARN of RESOURCE, such as `application:web`, if the options PARAMS manage its tags, else an empty string."""
    if params["tags"] is None or params["state"] == "absent":
        return ""
    return arn_prefix(connect) + resource


@aws_find("list the tags", default=[])
def _list_tags(client: t.Any, arn: str) -> list[dict[str, str]]:
    tags: list[dict[str, str]] = []
    token: dict[str, str] = {}
    seen: set[str] = set()
    while True:
        page = client.list_tags_for_resource(ResourceArn=arn, **token)
        tags.extend(page.get("Tags", []))
        if not page.get("NextToken"):
            return tags
        check_token(page["NextToken"], seen)
        token = {"NextToken": page["NextToken"]}


@aws_call("add tags")
def _tag(client: t.Any, arn: str, tags: Tags) -> None:
    client.tag_resource(ResourceArn=arn, Tags=ansible_dict_to_boto3_tag_list(tags))


@aws_call("remove tags")
def _untag(client: t.Any, arn: str, keys: list[str]) -> None:
    client.untag_resource(ResourceArn=arn, TagKeys=keys)


def find_tags(client: t.Any, arn: str) -> Tags:
    """Return the tags of the resource ARN; none if it does not exist."""
    return {tag["Key"]: tag.get("Value", "") for tag in _list_tags(client, arn)}


def with_tags(connect: Connect, resources: list[dict[str, t.Any]], named: str) -> list[dict[str, t.Any]]:
    """Return RESOURCES with the tags of each. NAMED is a template for the end of their ARNs, filled from their members."""
    if not resources:
        return []
    client, prefix = connect("codedeploy"), arn_prefix(connect)
    return [{**each, "tags": find_tags(client, prefix + named.format(**each))} for each in resources]


def apply_tags(client: t.Any, arn: str, before: Tags, after: Tags) -> None:
    """Write the difference between two states of a resource's tags."""
    to_set, to_remove = compare_aws_tags(before, after, purge_tags=True)
    if to_remove:
        _untag(client, arn, to_remove)
    if to_set:
        _tag(client, arn, to_set)
