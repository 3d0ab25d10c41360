# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for AppSpecs that the service itself reads, those of the Lambda and ECS platforms: their common part, as one table for each platform.

Source: AWS user guide, reference-appspec-file-structure-resources and -hooks. How the service treats anything else is not documented, so
the strictest reading is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .nodes import Mapping, Node, Scalar, shown
from .problems import Findings, suggestion
from .server import check_version
from .shapes import entries, filled_text, is_text, items, members_in_any_case, required


@dataclass(frozen=True)
class Service:
    """A platform: its RESOURCE_TYPE, its HOOKS, the PROPERTIES of its resource and their CHECK, and the resource's NAME if it is fixed."""

    resource_type: str
    hooks: tuple[str, ...]
    properties: tuple[str, ...]
    check: Callable[[Node, dict[str, Node], Findings], None]
    name: str | None = None


def check_service(root: Node, service: Service, findings: Findings) -> None:
    """Check the AppSpec ROOT for SERVICE."""
    found = members_in_any_case(root, ("version", "Resources", "Hooks"), findings)
    check_version(found, root, findings)
    resources = required(found, "Resources", root, findings)
    if resources:
        _check_resources(resources, service, findings)
    hooks: set[str] = set()
    for hook in items(found.get("Hooks"), findings):
        _check_hook(hook, service, hooks, findings)


def _only_resource(resources: Node, findings: Findings) -> tuple[Scalar, Node] | None:
    listed = items(resources, findings)
    if len(listed) == 1 and isinstance(listed[0], Mapping) and len(listed[0].entries) == 1:
        return listed[0].entries[0]
    message = f"must be a list with exactly one mapping that has one key, not a list of {len(listed)} items."
    if len(listed) == 1:
        message = "must have one key, the resource's name, with its Type and Properties below."
    findings.add("resource-count", resources, message, "Keep one: a deployment has one resource.")
    return None


def _check_resources(resources: Node, service: Service, findings: Findings) -> None:
    resource = _only_resource(resources, findings)
    if resource is None:
        return
    key, node = resource
    if service.name and key.text.lower() != service.name.lower():
        findings.add("resource-name", key, f"is not named {service.name}.", f"Rename it to {service.name}.")
    found = members_in_any_case(node, ("Type", "Properties"), findings)
    kind = required(found, "Type", node, findings)
    if kind and not is_text(kind, service.resource_type):
        findings.add(
            "resource-type",
            kind,
            f"must be {service.resource_type}, not {shown(kind)}.",
            f"Set it to {service.resource_type}.",
        )
    properties = required(found, "Properties", node, findings)
    if properties:
        service.check(properties, members_in_any_case(properties, service.properties, findings), findings)


def _check_hook(hook: Node, service: Service, seen: set[str], findings: Findings) -> None:
    """Check a hook: a mapping of one event to the name or ARN of one Lambda function."""
    found = entries(hook, findings)
    if isinstance(hook, Mapping) and len(found) != 1:
        findings.add("service-hook", hook, f"must have one key, not {len(found)}.", "Begin each hook with `- `.")
    for event, function in found:
        # The user guide spells hooks, like all keys, both with capitals and in lower case.
        name = next((known for known in service.hooks if event.text in (known, known.lower())), None)
        if name is None:
            hint = suggestion(event.text, service.hooks)
            findings.add("service-hook", event, "is not a hook of this platform.", hint)
        elif name in seen:
            findings.add("service-hook", event, "is listed twice.", "Remove one, and call its function from the other.")
        seen.add(name or event.text)
        filled_text({event.text: function}, event.text, hook, findings)


def check_number(node: Node, least: int, most: int, findings: Findings) -> int | None:
    """Return the integer NODE, from LEAST to MOST; None, with a problem, if it is not one."""
    if isinstance(node, Scalar) and node.kind == "int" and least <= int(node.value or 0) <= most:
        return int(node.value or 0)
    findings.add(
        "member-value",
        node,
        f"must be an integer from {least} to {most}, not {shown(node)}.",
        "Use it without quotes.",
    )
    return None
