# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's own reading of AppSpecs, those of the Lambda and ECS platforms.

AWS user guide, reference-appspec-file-structure-resources and -hooks. What the real service makes of anything else is not
documented; this is the strictest reading: what is unknown, missing or of another form is refused. Keys are accepted as the
user guide writes them, with capitals and in lower case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from ..state import Members

Format = Literal["YAML", "JSON"]

LAMBDA_HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")
ECS_HOOKS = ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic")
_ECS_PROPERTIES = (
    "TaskDefinition",
    "LoadBalancerInfo",
    "PlatformVersion",
    "NetworkConfiguration",
    "CapacityProviderStrategy",
)

_TASK_DEFINITION = re.compile(r"arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition/[A-Za-z0-9_-]{1,255}(:[1-9]\d*)?")
_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VERSION = re.compile(r"[1-9]\d*")


class AppSpecError(Exception):
    """An AppSpec that cannot be read, or says what it must not say."""


@dataclass(frozen=True)
class LambdaSpec:
    """Which alias of which function is to go from which version to which; ``hooks`` are functions by lifecycle event."""

    function: str
    alias: str
    current_version: str
    target_version: str
    hooks: dict[str, str]


@dataclass(frozen=True)
class EcsSpec:
    """The new task set; ``network`` and ``capacity_providers`` are in the form of the ECS API, None if the AppSpec has none."""

    task_definition: str
    container_name: str
    container_port: int
    platform_version: str | None
    network: Members | None
    capacity_providers: list[Members] | None
    hooks: dict[str, str]


def lambda_spec_from_text(text: str, formats: Iterable[Format]) -> LambdaSpec:
    """Raises AppSpecError."""
    root = _root(text, formats)
    names = ("Name", "Alias", "CurrentVersion", "TargetVersion")
    _key, properties = _resource(root, "AWS::Lambda::Function", names)
    function, alias = (_text(properties, name) for name in names[:2])
    if not _FUNCTION_NAME.fullmatch(function):
        raise AppSpecError(f"Name is {function!r}, which is not the name of a function.")
    current, target = (_version(properties, name) for name in names[2:])
    return LambdaSpec(function, alias, current, target, _hooks(root, LAMBDA_HOOKS))


def ecs_spec_from_text(text: str, formats: Iterable[Format]) -> EcsSpec:
    """Raises AppSpecError."""
    root = _root(text, formats)
    key, properties = _resource(root, "AWS::ECS::Service", _ECS_PROPERTIES)
    if key not in ("TargetService", "targetservice"):
        raise AppSpecError(f"The resource is called {key}; it must be TargetService.")
    task_definition = _text(properties, "TaskDefinition")
    if not _TASK_DEFINITION.fullmatch(task_definition):
        raise AppSpecError(f"TaskDefinition is {task_definition!r}, which is not the ARN of a task definition.")
    balancer = _members(properties.get("LoadBalancerInfo"), ("ContainerName", "ContainerPort"), "LoadBalancerInfo")
    return EcsSpec(
        task_definition=task_definition,
        container_name=_text(balancer, "ContainerName"),
        container_port=_number(balancer, "ContainerPort"),
        platform_version=_text(properties, "PlatformVersion") if "PlatformVersion" in properties else None,
        network=_network(properties),
        capacity_providers=_capacity_providers(properties),
        hooks=_hooks(root, ECS_HOOKS),
    )


def _document(text: str, formats: Iterable[Format]) -> Any:
    for name in formats:
        try:
            return json.loads(text) if name == "JSON" else yaml.safe_load(text)
        except (ValueError, yaml.YAMLError, RecursionError):
            reason = f"The input AppSpec file is not well-formed {name}, so it cannot be parsed."
    raise AppSpecError(reason)


def _root(text: str, formats: Iterable[Format]) -> Members:
    """The number 0 is what is left of 0.0 when a JavaScript client wrote the AppSpec."""
    root = _members(_document(text, formats), ("version", "Resources", "Hooks"), "The AppSpec")
    version = root.get("version")
    if isinstance(version, bool) or not isinstance(version, (int, float)) or version != 0:
        raise AppSpecError(f"version is {version!r}; it must be 0.0.")
    return root


def _members(value: Any, known: Iterable[str], what: str) -> Members:
    """The members of a mapping by their documented names."""
    names = {spelling: name for name in known for spelling in (name, name.lower())}
    if not isinstance(value, dict):
        raise AppSpecError(f"{what} is missing, or no mapping.")
    unknown = [key for key in value if key not in names]
    if unknown:
        raise AppSpecError(f"{what} has the unknown member {unknown[0]!r}.")
    found = {names[key]: member for key, member in value.items()}
    if len(found) < len(value):
        raise AppSpecError(f"{what} has a member twice.")
    return found


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise AppSpecError(f"{what} is missing, or no list.")
    return value


def _only_entry(value: Any, what: str) -> tuple[str, Any]:
    if not isinstance(value, dict) or len(value) != 1:
        raise AppSpecError(f"{what} must be a mapping with one key.")
    ((key, member),) = value.items()
    return str(key), member


def _resource(root: Members, kind: str, properties: Iterable[str]) -> tuple[str, Members]:
    """The name and the properties of the one resource."""
    resources = _list(root.get("Resources"), "Resources")
    if len(resources) != 1:
        raise AppSpecError(f"Resources has {len(resources)} entries; it must have one.")
    name, value = _only_entry(resources[0], "The resource")
    resource = _members(value, ("Type", "Properties"), name)
    if resource.get("Type") != kind:
        raise AppSpecError(f"Type is {resource.get('Type')!r}; it must be {kind}.")
    return name, _members(resource.get("Properties"), properties, "Properties")


def _text(members: Members, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise AppSpecError(f"{name} is {value!r}; it must be a text that is not empty.")
    return value


def _number(members: Members, name: str) -> int:
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise AppSpecError(f"{name} is {value!r}; it must be a number.")
    return value


def _version(properties: Members, name: str) -> str:
    """A published version is a positive number, written with or without quotes."""
    value = properties.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not _VERSION.fullmatch(str(value)):
        raise AppSpecError(f"{name} is {value!r}; it must be the number of a published version.")
    return str(value)


def _hooks(root: Members, known: Iterable[str]) -> dict[str, str]:
    if root.get("Hooks") is None:
        return {}
    found: dict[str, str] = {}
    for hook in _list(root["Hooks"], "Hooks"):
        _only_entry(hook, "A hook")
        ((name, _function),) = (members := _members(hook, known, "Hooks")).items()
        if name in found:
            raise AppSpecError(f"The hook {name} stands twice.")
        found[name] = _text(members, name)
    return found


def _network(properties: Members) -> Members | None:
    if "NetworkConfiguration" not in properties:
        return None
    outer = _members(properties["NetworkConfiguration"], ("AwsvpcConfiguration",), "NetworkConfiguration")
    names = ("Subnets", "SecurityGroups", "AssignPublicIp")
    inner = _members(outer.get("AwsvpcConfiguration"), names, "AwsvpcConfiguration")
    if inner.get("AssignPublicIp") not in ("ENABLED", "DISABLED"):
        raise AppSpecError(f"AssignPublicIp is {inner.get('AssignPublicIp')!r}; it must be ENABLED or DISABLED.")
    subnets, security_groups = (_list(inner.get(name), name) for name in names[:2])
    network = {"subnets": subnets, "securityGroups": security_groups, "assignPublicIp": inner["AssignPublicIp"]}
    return {"awsvpcConfiguration": network}


def _capacity_providers(properties: Members) -> list[Members] | None:
    if "CapacityProviderStrategy" not in properties:
        return None
    items = _list(properties["CapacityProviderStrategy"], "CapacityProviderStrategy")
    return [_capacity_provider(item) for item in items]


def _capacity_provider(item: Any) -> Members:
    given = _members(item, ("CapacityProvider", "Base", "Weight"), "CapacityProviderStrategy")
    numbers = {name.lower(): _number(given, name) for name in ("Base", "Weight") if name in given}
    return {"capacityProvider": _text(given, "CapacityProvider"), **numbers}
