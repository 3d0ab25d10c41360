# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only groups of platform ECS have: a service, and a pair of target groups that traffic is moved between.

The texts that begin with "For ECS deployment group" are those of the real service, as users have quoted them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...aws.ecs import find_ecs_controller
from ...errors import ServiceError
from ...state import DeploymentGroup, Members
from .proposal import Proposal, is_empty

_INVALID_BALANCERS = "InvalidLoadBalancerInfoException"
_INVALID_ROUTE = "InvalidTrafficRoutingConfigurationException"
_INVALID_SERVICE = "InvalidECSServiceException"


def check_ecs(proposal: Proposal) -> None:
    """Check all that is ECS's own. The member autoScalingGroups is refused even when it is an empty list."""
    if "autoScalingGroups" in proposal.given:
        message = "For ECS deployment group, autoScalingGroups can not be specified"
        raise ServiceError("InvalidAutoScalingGroupException", message)
    _check_balancers(proposal.settings.get("loadBalancerInfo", {}))
    if is_empty(proposal.settings.get("blueGreenDeploymentConfiguration")):
        message = "For ECS deployment group, blueGreenDeploymentConfiguration must be specified"
        raise ServiceError("InvalidBlueGreenDeploymentConfigurationException", message)
    _check_service(proposal)


def _check_balancers(info: Members) -> None:
    """That target groups and listeners exist is not checked, as for Server; the deployment needs them."""
    if is_empty(info):
        raise ServiceError(_INVALID_BALANCERS, "For ECS deployment group, loadBalancerInfo must be specified")
    for name in ("elbInfo", "targetGroupInfo"):
        if info.get(f"{name}List"):
            message = f"For ECS deployment group, loadBalancerInfo must not contain {name} list"
            raise ServiceError(_INVALID_BALANCERS, message)
    pairs = info["targetGroupPairInfoList"]
    if len(pairs) != 1:
        raise ServiceError("InvalidTargetGroupPairException", f"{len(pairs)} target group pairs; 1 is allowed.")
    names = {group.get("name") for group in pairs[0].get("targetGroups", [])}
    if len(names) != 2 or len(pairs[0]["targetGroups"]) != 2 or not all(names):
        message = "A target group pair has two target groups of different names."
        raise ServiceError("InvalidTargetGroupPairException", message)
    _check_route("prodTrafficRoute", pairs[0].get("prodTrafficRoute", {}))
    if "testTrafficRoute" in pairs[0]:
        _check_route("testTrafficRoute", pairs[0]["testTrafficRoute"])


def _check_route(name: str, route: Members) -> None:
    """The model says: an array of strings with a maximum size of one."""
    if len(route.get("listenerArns", [])) != 1:
        raise ServiceError(_INVALID_ROUTE, f"{name} needs the ARN of one listener.")


def _check_service(proposal: Proposal) -> None:
    """Whether a group without a service, or with several, is accepted is unknown: the strictest reading."""
    services = proposal.settings.get("ecsServices", [])
    if len(services) != 1 or not all(services[0].get(name) for name in ("clusterName", "serviceName")):
        raise ServiceError(
            _INVALID_SERVICE, "For ECS deployment group, one ECS service with its cluster must be specified"
        )
    if "ecsServices" not in proposal.given:
        return
    cluster, service = services[0]["clusterName"], services[0]["serviceName"]
    controller = find_ecs_controller(proposal.region.account, proposal.region.name, cluster, service)
    if controller is None:
        raise ServiceError(_INVALID_SERVICE, f"The ECS service {cluster}:{service} does not exist or is not active.")
    if controller != "CODE_DEPLOY":
        message = "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller"
        raise ServiceError(_INVALID_SERVICE, message)
    for other in _groups_with_service(proposal, services[0]):
        message = f"The ECS service {cluster}:{service} is already in the deployment group {other.name}."
        raise ServiceError("ECSServiceMappingLimitExceededException", message)


def _groups_with_service(proposal: Proposal, service: Members) -> Iterator[DeploymentGroup]:
    for application in proposal.region.applications.values():
        for group in application.groups.values():
            if group is not proposal.group and service in group.settings.get("ecsServices", []):
                yield group
