# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications: the calls that read and write them, and their canonical form.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from ._aws.answers import UnreadableAnswer, pages
from ._aws.calls import aws_call, aws_find
from ._aws.shapes import resource_from_aws
from ._aws.tags import apply_tags, find_tags
from ._batches import batches
from ._errors import CodeDeployError
from ._plan import Plan, Resource

# The defaults of CreateApplication (botocore model: CreateApplicationInput).
DEFAULTS: Resource = {"compute_platform": "Server"}

# The members that a plan compares; the others that AWS returns (id, times, the link to GitHub) belong to the service.
MANAGED = ("application_name", "compute_platform", "tags")

# BatchGetApplications takes 100 names (AWS API reference).
APPLICATIONS_A_CALL = 100


@aws_find("read the application")
def _get_application(client: t.Any, name: str) -> dict[str, t.Any] | None:
    found = t.cast("dict[str, t.Any]", client.get_application(applicationName=name)["application"])
    if "computePlatform" not in found:  # the module's decisions depend on it, and a guess may be wrong
        raise UnreadableAnswer("the response has no application.computePlatform")
    return found


@aws_call("list the applications")
def _list_applications(client: t.Any) -> list[str]:
    return [name for page in pages(client, "list_applications") for name in page.get("applications", [])]


@aws_find("read the applications")
def _batch_get_applications(client: t.Any, names: list[str]) -> list[dict[str, t.Any]] | None:
    return list(client.batch_get_applications(applicationNames=names).get("applicationsInfo", []))


@aws_call("create the application")
def _create_application(client: t.Any, application: Resource) -> None:
    tags = ansible_dict_to_boto3_tag_list(application.get("tags", {}))
    client.create_application(
        applicationName=application["application_name"],
        computePlatform=application["compute_platform"],
        **({"tags": tags} if tags else {}),
    )


@aws_call("rename the application")
def _rename_application(client: t.Any, name: str, new_name: str) -> None:
    client.update_application(applicationName=name, newApplicationName=new_name)


@aws_find("delete the application")
def _delete_application(client: t.Any, name: str) -> None:
    client.delete_application(applicationName=name)


def find_application(client: t.Any, name: str) -> Resource | None:
    """The application NAME as AWS describes it, in snake_case and without its tags; None if there is none."""
    found = _get_application(client, name)
    return None if found is None else resource_from_aws(found)


def find_applications(client: t.Any, names: list[str] | None = None) -> list[Resource]:
    """Return the applications with these NAMES, or all, each as `find_application` returns it, sorted by name, without those that do not exist."""
    wanted = sorted(set(_list_applications(client) if names is None else names))
    return [found for batch in batches(wanted, APPLICATIONS_A_CALL) for found in _find_batch(client, batch)]


def _find_batch(client: t.Any, names: list[str]) -> list[Resource]:
    """Read the applications one by one if BatchGetApplications fails, as it does for all if one name does not exist (botocore model)."""
    infos = _batch_get_applications(client, names)
    if infos is not None:
        return sorted(map(resource_from_aws, infos), key=lambda application: str(application["application_name"]))
    return [found for found in (find_application(client, name) for name in names) if found]


def require_application(client: t.Any, name: str) -> Resource:
    """Return the application NAME. Raise CodeDeployError if there is none."""
    found = find_application(client, name)
    if found is None:
        region = client.meta.region_name
        raise CodeDeployError(
            f"application_name: there is no application {name!r} in {region}. "
            "Create it with slipway.codedeploy.application, or check the name, the region and the account."
        )
    return found


def apply_application(client: t.Any, plan: Plan, prefix: str) -> None:
    """Write PLAN. PREFIX is the beginning of the ARNs of applications, by which the tag calls name them; it may be empty if the tags do not change."""
    if plan.before is None and plan.after is not None:
        _create_application(client, plan.after)
    elif plan.before is not None and plan.after is None:
        _delete_application(client, plan.before["application_name"])
    elif plan.before is not None and plan.after is not None:
        name = plan.after["application_name"]
        renamed = "application_name" in plan.updates
        if renamed:
            _rename_application(client, plan.before["application_name"], name)
        if prefix:
            # A new name means a new ARN, and AWS does not document whether the tags move with it.
            before = find_tags(client, prefix + name) if renamed else plan.before["tags"]
            apply_tags(client, prefix + name, before, plan.after["tags"])
