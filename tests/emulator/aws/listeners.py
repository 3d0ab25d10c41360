# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elastic Load Balancing's listeners and their rules, read and written in moto's own state: which target group gets how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeAction, FakeListener, elbv2_backends

from .missing import MissingError


def _backend(account: str, region: str) -> ELBv2Backend:
    return elbv2_backends[account][region]


def target_group_arn(account: str, region: str, name: str) -> str:
    """Raises MissingError."""
    for group in list(_backend(account, region).target_groups.values()):
        if group.name == name:
            return str(group.arn)
    raise MissingError(f"The target group {name} does not exist.")


def balancer_type(account: str, region: str, listener_arn: str) -> str:
    """``application`` or ``network``: what the listener's load balancer is. Raises MissingError."""
    listener = _listener(account, region, listener_arn)
    return str(_backend(account, region).load_balancers[listener.load_balancer_arn].type)


def groups_behind(account: str, region: str, listener_arn: str) -> set[str]:
    """The ARNs of the target groups that a listener, by any of its rules, sends traffic to. Raises MissingError."""
    rules = _listener(account, region, listener_arn).rules.values()
    return {arn for rule in rules for action in rule.actions for arn, weight in _weights(action.data) if weight > 0}


def route_listener(account: str, region: str, listener_arn: str, weights: Mapping[str, int]) -> None:
    """Divide what a listener sends to any of the target groups in ``weights``, by ARN, anew. Raises MissingError.

    That is so for each of its rules, the default one too; what goes elsewhere is left alone.
    """
    listener = _listener(account, region, listener_arn)
    for rule in listener.rules.values():
        rule.actions = [FakeAction(_rerouted(action.data, weights)) for action in rule.actions]
        if rule.is_default:
            listener.default_actions = rule.actions


def _listener(account: str, region: str, arn: str) -> FakeListener:
    for balancer in list(_backend(account, region).load_balancers.values()):
        if arn in balancer.listeners:
            return balancer.listeners[arn]
    raise MissingError(f"The listener {arn} does not exist.")


def _weights(action: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The target groups of an action with their weights; none if it does not forward."""
    if "TargetGroupArn" in action:
        return [(action["TargetGroupArn"], 1)]
    groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
    return [(group["TargetGroupArn"], int(group.get("Weight", 1))) for group in groups]


def _rerouted(action: dict[str, Any], weights: Mapping[str, int]) -> dict[str, Any]:
    """An action with one target group names it as the API does, in both of its ways."""
    if not any(arn in weights for arn, _weight in _weights(action)):
        return action
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items() if weight > 0]
    forward = {**action.get("ForwardConfig", {}), "TargetGroups": groups}
    only = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
    kept = {name: value for name, value in action.items() if name != "TargetGroupArn"}
    return {**kept, **only, "ForwardConfig": forward}
