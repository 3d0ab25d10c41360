# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of applications, deployment groups and deployment configs."""

from __future__ import annotations

import re
from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..state import Region
from . import lookup
from .registry import operation

MOST_TAGS = 50
"""Tags a resource may have (AWS general reference, "Tag naming and usage conventions")."""

Tags = list[dict[str, str]]


def tags_from_members(given: Tags, existing: dict[str, str]) -> dict[str, str]:
    """``existing`` with ``given`` added. Raises InvalidTagsToAddException."""
    tags = dict(existing)
    for tag in given:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if not 1 <= len(key) <= 128 or len(value) > 256 or key.lower().startswith("aws:"):
            message = f"Tag {key!r}: a key has 1 to 128 characters and does not start with aws:, a value has up to 256."
            raise ServiceError("InvalidTagsToAddException", message)
        tags[key] = value
    if len({tag["Key"] for tag in given}) < len(given):
        raise ServiceError("InvalidTagsToAddException", "A tag key is given more than once.")
    if len(tags) > MOST_TAGS:
        raise ServiceError("InvalidTagsToAddException", f"A resource has at most {MOST_TAGS} tags.")
    return tags


@operation("TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    tags = _resource_tags(call.region, call.parameters["ResourceArn"])
    tags.update(tags_from_members(call.parameters["Tags"], tags))
    return {}


@operation("UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    tags = _resource_tags(call.region, call.parameters["ResourceArn"])
    for key in call.parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation("ListTagsForResource")
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """All tags at once, so that no token is a good one (the model declares no error of its own for a bad one).

    A resource that does not exist has no tags: the model declares no error for it (which the real one does is unknown).
    """
    if "NextToken" in call.parameters:
        raise ServiceError("ValidationException", "The next token was specified in an invalid format.")
    try:
        tags = _resource_tags(call.region, call.parameters["ResourceArn"])
    except ServiceError as error:
        if not error.code.endswith("DoesNotExistException"):
            raise
        tags = {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


_ARN = re.compile(r"arn:([^:]+):([^:]+):([^:]*):(\d{12}):([a-z]+)[:/](.+)")


def _resource_tags(region: Region, arn: str) -> dict[str, str]:
    found = _ARN.fullmatch(arn)
    if found is None or not arn.startswith(region.arn("")):
        raise ServiceError("InvalidArnException", f"{arn!r} is not an ARN of CodeDeploy in this account and region.")
    kind, name = found.group(5, 6)
    if kind == "application":
        return lookup.application(region, name).tags
    if kind == "deploymentconfig":
        return lookup.deployment_config(region, name).tags
    if kind == "deploymentgroup" and "/" in name:
        application, _slash, group = name.partition("/")
        return lookup.deployment_group(region, application, group).tags
    raise ServiceError("ArnNotSupportedException", f"{arn!r} is not of a kind that can be tagged.")
