# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications: the calls that read and write them, and their canonical form.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from ._errors import CodeDeployError, aws_call, aws_find
from ._plan import Plan, Resource
from ._shapes import resource_from_aws
from ._tags import apply_tags

# What CreateApplication fills in (botocore model: CreateApplicationInput).
DEFAULTS: Resource = {"compute_platform": "Server"}

# What a plan compares; the rest that AWS returns (id, times, the link to GitHub) is the service's own.
MANAGED = ("application_name", "compute_platform", "tags")


@aws_find("read the application")
def _get_application(client: t.Any, name: str) -> dict[str, t.Any] | None:
    return t.cast("dict[str, t.Any]", client.get_application(applicationName=name)["application"])


@aws_call("create the application")
def _create_application(client: t.Any, application: Resource) -> None:
    tags = ansible_dict_to_boto3_tag_list(application.get("tags", {}))
    client.create_application(
        applicationName=application["application_name"],
        computePlatform=application["compute_platform"],
        **({"tags": tags} if tags else {}),
    )


@aws_find("delete the application")
def _delete_application(client: t.Any, name: str) -> None:
    client.delete_application(applicationName=name)


def find_application(client: t.Any, name: str) -> Resource | None:
    """The application NAME as AWS describes it, in snake_case and without its tags; None if there is none."""
    found = _get_application(client, name)
    return None if found is None else resource_from_aws(found)


def require_application(client: t.Any, name: str) -> Resource:
    """The application NAME; raises CodeDeployError where there is none."""
    found = find_application(client, name)
    if found is None:
        region = client.meta.region_name
        raise CodeDeployError(
            f"application_name: there is no application {name!r} in {region}. "
            "Create it with slipway.codedeploy.application, or check the name, the region and the account."
        )
    return found


def apply_application(client: t.Any, plan: Plan, arn: str) -> None:
    """Write PLAN. ARN names the application for its tags."""
    if plan.before is None and plan.after is not None:
        _create_application(client, plan.after)
    elif plan.before is not None and plan.after is None:
        _delete_application(client, plan.before["application_name"])
    elif plan.before is not None and plan.after is not None and plan.changed:
        apply_tags(client, arn, plan.before["tags"], plan.after["tags"])
