# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Substitution of values that are known only at deployment into an AppSpec for ECS or Lambda: the task definition, or the function's versions.

Pure. Keys are found in any case, as the AWS CLI's `aws ecs deploy` finds them.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from .check import Platform, read_appspec
from .content import Member, content_member
from .ecs import TASK_DEFINITION, TASK_DEFINITION_EXAMPLE
from .nodes import value_from_node
from .problems import Enough, Findings, problems_text


class AppSpecError(ValueError):
    """An AppSpec that cannot be completed, or an invalid value for it; the message says why."""


def with_task_definition(appspec: str | Mapping[str, t.Any], arn: str) -> Member:
    """Return APPSPEC, for ECS, with the task definition ARN, as `{content, sha256}` (botocore model: AppSpecContent). Raise AppSpecError."""
    if not TASK_DEFINITION.fullmatch(str(arn)):
        raise AppSpecError(
            f"{arn!r} is not the ARN of a task definition; expected something like {TASK_DEFINITION_EXAMPLE}"
        )
    return _with_properties(appspec, "ecs", {"TaskDefinition": str(arn)})


def with_versions(appspec: str | Mapping[str, t.Any], current: str | int, target: str | int) -> Member:
    """Return APPSPEC, for Lambda, with CURRENT, the alias's version, and TARGET, the version to shift to, as `{content, sha256}`.

    Raise AppSpecError.
    """
    versions = {"CurrentVersion": str(current), "TargetVersion": str(target)}
    for name, version in versions.items():
        if not re.fullmatch("[1-9][0-9]*", version):
            raise AppSpecError(f"{name}: {version!r} is not the number of a published version; give one such as 7")
    return _with_properties(appspec, "lambda", versions)


def with_versions_exchanged(appspec: str | Mapping[str, t.Any]) -> Member:
    """Return APPSPEC, for Lambda, reversed: from its target version to its current version. Raise AppSpecError."""
    versions = properties_from(appspec, "lambda")
    return with_versions(appspec, current=versions["targetversion"], target=versions["currentversion"])


def properties_from(appspec: str | Mapping[str, t.Any], platform: Platform) -> dict[str, t.Any]:
    """Return the properties of the only resource of APPSPEC, with their names in lower case. Raise AppSpecError."""
    return {name.lower(): value for name, value in _properties(_plain(appspec, platform)).items()}


def _with_properties(appspec: str | Mapping[str, t.Any], platform: Platform, values: dict[str, str]) -> Member:
    whole = _plain(appspec, platform)
    properties = _properties(whole)
    names = {name.lower(): name for name in properties}
    for name, value in values.items():
        properties[names.get(name.lower(), name)] = value
    return content_member("appspec", {"content": whole})


def _plain(appspec: str | Mapping[str, t.Any], platform: Platform) -> t.Any:
    findings = Findings()
    try:
        root = read_appspec(appspec, platform, findings)
    except Enough:
        root = None
    if root is None:
        raise AppSpecError(problems_text(findings.problems, "the AppSpec"))
    return value_from_node(root)


def _properties(whole: t.Any) -> dict[str, t.Any]:
    """Return the properties of the only resource of the plain AppSpec WHOLE."""
    resources = _member(whole, "resources")
    if (
        isinstance(resources, list)
        and len(resources) == 1
        and isinstance(resources[0], dict)
        and len(resources[0]) == 1
    ):
        properties = _member(next(iter(resources[0].values())), "properties")
        if isinstance(properties, dict):
            return properties
    raise AppSpecError("the AppSpec must have exactly one resource in Resources, with Properties")


def _member(mapping: t.Any, name: str) -> t.Any:
    found = mapping.items() if isinstance(mapping, dict) else ()
    return next((value for key, value in found if key.lower() == name), None)
