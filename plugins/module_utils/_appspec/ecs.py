# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for an AppSpec of the ECS platform.

Source: AWS user guide, reference-appspec-file-structure-resources; Amazon ECS API reference, CapacityProviderStrategyItem, for its numbers.
"""

from __future__ import annotations

import re

from .nodes import Node, Scalar, shown
from .problems import Findings, suggestion
from .service import Service, check_number
from .shapes import filled_text, is_text, items, members_in_any_case, required

PROPERTIES = (
    "TaskDefinition",
    "LoadBalancerInfo",
    "PlatformVersion",
    "NetworkConfiguration",
    "CapacityProviderStrategy",
)
HOOKS = ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic")

TASK_DEFINITION = re.compile(
    r"arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/[A-Za-z0-9_-]{1,255}(:[1-9][0-9]*)?"
)
TASK_DEFINITION_EXAMPLE = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7"

_NETWORK = ("Subnets", "SecurityGroups", "AssignPublicIp")
_LARGEST_PORT = 65535
_LARGEST_BASE = 100_000
_LARGEST_WEIGHT = 1000


def _check_properties(node: Node, found: dict[str, Node], findings: Findings) -> None:
    _check_task_definition(node, found, findings)
    balancer = required(found, "LoadBalancerInfo", node, findings)
    if balancer:
        _check_load_balancer(balancer, findings)
    if "PlatformVersion" in found:
        filled_text(found, "PlatformVersion", node, findings)
    if "NetworkConfiguration" in found:
        _check_network(found["NetworkConfiguration"], findings)
    for item in items(found.get("CapacityProviderStrategy"), findings):
        _check_capacity_provider(item, findings)


def _check_task_definition(node: Node, found: dict[str, Node], findings: Findings) -> None:
    arn = filled_text(found, "TaskDefinition", node, findings)
    if arn is not None and not TASK_DEFINITION.fullmatch(arn):
        message = f"must be the ARN of a task definition, not {shown(found['TaskDefinition'])}."
        findings.add(
            "task-definition", found["TaskDefinition"], message, f"Use something like {TASK_DEFINITION_EXAMPLE}."
        )


def _check_load_balancer(node: Node, findings: Findings) -> None:
    found = members_in_any_case(node, ("ContainerName", "ContainerPort"), findings)
    filled_text(found, "ContainerName", node, findings)
    port = required(found, "ContainerPort", node, findings)
    if port and check_number(port, 0, _LARGEST_PORT, findings) == 0:
        findings.add("port-zero", port, "is 0, which is not a port.", "Set it to the container's port.")


def _check_network(node: Node, findings: Findings) -> None:
    found = members_in_any_case(node, ("AwsvpcConfiguration",), findings)
    network = required(found, "AwsvpcConfiguration", node, findings)
    if network is None:
        return
    found = members_in_any_case(network, _NETWORK, findings)
    for name in _NETWORK[:2]:
        listed = required(found, name, network, findings)
        if listed:
            _check_names(listed, findings)
    public = required(found, "AssignPublicIp", network, findings)
    if public and not any(is_text(public, value) for value in ("ENABLED", "DISABLED")):
        hint = suggestion(public.text if isinstance(public, Scalar) else "", ("ENABLED", "DISABLED"))
        findings.add("member-value", public, f"must be ENABLED or DISABLED, not {shown(public)}.", hint)


def _check_names(node: Node, findings: Findings) -> None:
    names = items(node, findings)
    if any(not isinstance(name, Scalar) or name.kind != "str" or not name.text.strip() for name in names):
        findings.add("member-value", node, "must be a list of strings that are not empty.", "List their IDs.")
    elif not names:
        findings.add("member-missing", node, "is empty.", "List at least one, or omit NetworkConfiguration.")


def _check_capacity_provider(node: Node, findings: Findings) -> None:
    found = members_in_any_case(node, ("CapacityProvider", "Base", "Weight"), findings)
    filled_text(found, "CapacityProvider", node, findings)
    for name, most in (("Base", _LARGEST_BASE), ("Weight", _LARGEST_WEIGHT)):
        if name in found:
            check_number(found[name], 0, most, findings)


ECS = Service("AWS::ECS::Service", HOOKS, PROPERTIES, _check_properties, name="TargetService")
