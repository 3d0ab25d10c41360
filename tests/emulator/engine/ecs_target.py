# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a deployment to ECS is about: the service, its task set, the listeners and the pair of target groups, all checked."""

from __future__ import annotations

from ..aws.ecs import find_ecs_controller
from ..aws.listeners import balancer_type, groups_behind, target_group_arn
from ..aws.task_sets import FoundTaskSet, ServicePlace, primary_task_set, service_arn
from ..state import Deployment, LifecycleEvent, Members, Region
from ..traffic_state import EcsTarget, TaskSet
from .appspec import EcsSpec
from .obstacle import Obstacle, missing_means

EVENTS = (
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "AllowTestTraffic",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
)
"""AllowTestTraffic is there without a test listener, too (inferred)."""


def ecs_target_from_spec(region: Region, deployment: Deployment, spec: EcsSpec) -> EcsTarget:
    """The target, its new task set still to be made. Raises Obstacle."""
    (service,) = deployment.settings["ecsServices"]
    (pair,) = deployment.settings["loadBalancerInfo"]["targetGroupPairInfoList"]
    place = ServicePlace(region.account, region.name, service["clusterName"], service["serviceName"])
    primary = _primary_of(place)
    (listener,) = pair["prodTrafficRoute"]["listenerArns"]
    (test_listener,) = pair.get("testTrafficRoute", {}).get("listenerArns", [None])
    with missing_means("ELASTIC_LOAD_BALANCING_INVALID"):
        old, new = _task_sets(region, pair, primary)
        _check_listener(region, deployment, listener, old)
        if test_listener is not None:
            groups_behind(region.account, region.name, test_listener)
    return EcsTarget(
        target_id=f"{place.cluster}:{place.service}",
        arn=service_arn(place),
        last_updated=region.clock.now(),
        events=[LifecycleEvent(name) for name in EVENTS],
        hooks=spec.hooks,
        cluster=place.cluster,
        service=place.service,
        listener=listener,
        test_listener=test_listener,
        old=old,
        new=new,
        task_set_members=_task_set_members(deployment, spec, new),
    )


def _primary_of(place: ServicePlace) -> FoundTaskSet:
    if find_ecs_controller(place.account, place.region, place.cluster, place.service) != "CODE_DEPLOY":
        message = f"There is no ECS service {place.cluster}:{place.service} with the deployment controller CODE_DEPLOY."
        raise Obstacle("INVALID_ECS_SERVICE", message)
    with missing_means("INVALID_ECS_SERVICE"):
        return primary_task_set(place)


def _task_sets(region: Region, pair: Members, primary: FoundTaskSet) -> tuple[TaskSet, TaskSet]:
    """The task set that there is, and the one to be made behind the pair's other target group."""
    names = {
        target_group_arn(region.account, region.name, group["name"]): group["name"] for group in pair["targetGroups"]
    }
    if primary.target_group_arn not in names:
        message = "The primary task set of the ECS service is behind neither of the deployment group's target groups."
        raise Obstacle("INVALID_ECS_SERVICE", message)
    old = TaskSet(
        label="Blue",
        target_group=names[primary.target_group_arn],
        target_group_arn=primary.target_group_arn,
        identifier=primary.identifier,
        arn=primary.arn,
        desired_count=primary.desired_count,
        status="PRIMARY",
    )
    (other,) = names.keys() - {primary.target_group_arn}
    return old, TaskSet(label="Green", target_group=names[other], target_group_arn=other)


def _check_listener(region: Region, deployment: Deployment, listener: str, old: TaskSet) -> None:
    """AWS user guide, deployment-configurations: behind a Network Load Balancer traffic can be shifted only all at once."""
    place = region.account, region.name, listener
    code = "ELASTIC_LOAD_BALANCING_INVALID"
    if old.target_group_arn not in groups_behind(*place):
        message = f"The target group of the primary task set must be behind the listener {listener}."
        raise Obstacle(code, message)
    routing = (deployment.config.traffic_routing or {})["type"]
    if balancer_type(*place) == "network" and routing != "AllAtOnce":
        raise Obstacle(code, f"{routing} needs an Application Load Balancer; {listener} is a Network Load Balancer's.")


def _task_set_members(deployment: Deployment, spec: EcsSpec, new: TaskSet) -> Members:
    balancer = {
        "targetGroupArn": new.target_group_arn,
        "containerName": spec.container_name,
        "containerPort": spec.container_port,
    }
    members = {
        "task_definition": spec.task_definition,
        "external_id": deployment.deployment_id,
        "load_balancers": [balancer],
        "platform_version": spec.platform_version,
        "network_configuration": spec.network,
        "capacity_provider_strategy": spec.capacity_providers,
    }
    return {name: value for name, value in members.items() if value is not None}
