# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preflight checks for traffic shifts: the Lambda function of the AppSpec, or the ECS service of the deployment group, must exist.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._aws.calls import Connect, aws_call, error_code
from .._errors import CodeDeployError
from .._revisions.locations import Location, content_of

Resource = dict[str, t.Any]


@aws_call("read the function's alias")
def _get_alias(functions: t.Any, name: str, alias: str) -> Resource:
    return dict(functions.get_alias(FunctionName=name, Name=alias))


@aws_call("read the function's new version")
def _get_version(functions: t.Any, name: str, version: str) -> Resource:
    return dict(functions.get_function_configuration(FunctionName=name, Qualifier=version))


@aws_call("read the deployment group's ECS service")
def _describe_service(ecs: t.Any, cluster: str, name: str) -> list[Resource]:
    return list(ecs.describe_services(cluster=cluster, services=[name]).get("services", []))


def check_function(connect: Connect, location: Location) -> None:
    """Raise CodeDeployError if the AppSpec at LOCATION, as far as its content is given, names a function, an alias or a version that does not exist,
    or if its alias points to another version than CurrentVersion (AWS user guide, "AppSpec 'resources' section")."""
    # Imported here, since few tasks need it, and each task compiles all that it imports anew.
    from .._appspec.substitution import AppSpecError, properties_from

    try:
        properties = properties_from(content_of(location) or "", "lambda")
    except AppSpecError:  # the AppSpec cannot be read, and `fail_on` permits that
        return
    name, alias, current, target = (
        str(properties.get(key)) for key in ("name", "alias", "currentversion", "targetversion")
    )
    functions = connect("lambda")
    try:
        found = _get_alias(functions, name, alias)["FunctionVersion"]
        if found == current:
            _get_version(functions, name, target)
    except CodeDeployError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        raise CodeDeployError(
            f"revision: the AppSpec shifts alias {alias!r} of function {name!r} to version {target}, but at least one of them does not exist",
            error.exception,
        ) from error
    if found != current:
        raise CodeDeployError(
            f"revision: the AppSpec's CurrentVersion is {current}, but alias {alias!r} of function {name!r} points to {found}"
        )


def check_service(connect: Connect, group: Resource) -> None:
    """Raise CodeDeployError if an ECS service of GROUP (canonical) does not run; one that was deleted is still shown for a while, as INACTIVE."""
    for service in group["ecs_services"]:
        cluster, name = service["cluster_name"], service["service_name"]
        try:
            found = _describe_service(connect("ecs"), cluster, name)
        except CodeDeployError as error:
            if error_code(error) != "ClusterNotFoundException":
                raise
            found = []
        if not any(each.get("status") == "ACTIVE" for each in found):
            raise CodeDeployError(
                f"deployment_group_name: the ECS service {cluster}:{name} of {group['deployment_group_name']!r} does not exist, or is being deleted."
            )
