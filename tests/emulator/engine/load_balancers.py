# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The load balancers of a deployment: which they are, and taking instances out of them and back."""

from __future__ import annotations

from ..aws.backends import list_ec2_instances
from ..aws.load_balancing import Balancer, find_classic, find_target_groups
from ..state import Deployment, InstanceTarget, Region
from .obstacle import Obstacle


def has_load_balancers(deployment: Deployment) -> bool:
    """Whether traffic is rerouted: load balancers of a group WITHOUT_TRAFFIC_CONTROL are kept, but not used."""
    named = any(deployment.settings.get("loadBalancerInfo", {}).values())
    return named and deployment.style["deploymentOption"] == "WITH_TRAFFIC_CONTROL"


def find_load_balancers(region: Region, deployment: Deployment) -> list[Balancer]:
    """All of them. Raises Obstacle ELASTIC_LOAD_BALANCING_INVALID if one does not exist (any more)."""
    info = deployment.settings.get("loadBalancerInfo", {})
    kinds = {"elbInfoList": find_classic, "targetGroupInfoList": find_target_groups}
    balancers: list[Balancer] = []
    for member, find in kinds.items():
        names = [balancer["name"] for balancer in info.get(member, [])]
        found = find(region.account, region.name, names)
        missing = [name for name in names if name not in found]
        if missing:
            message = f"The load balancers or target groups {', '.join(missing)} do not exist."
            raise Obstacle("ELASTIC_LOAD_BALANCING_INVALID", message)
        balancers += found.values()
    return balancers


def block_traffic(region: Region, deployment: Deployment, target: InstanceTarget) -> None:
    """Take an instance out of every load balancer. Raises Obstacle."""
    for balancer in find_load_balancers(region, deployment):
        balancer.deregister(target.target_id)


def allow_traffic(region: Region, deployment: Deployment, target: InstanceTarget) -> None:
    """Put an instance into every load balancer. Raises Obstacle, ELB_INVALID_INSTANCE for one that does not run."""
    balancers = find_load_balancers(region, deployment)
    running = {
        found.instance_id for found in list_ec2_instances(region.account, region.name) if found.state == "running"
    }
    if target.target_id not in running:
        message = f"The instance {target.target_id} is not running, so it cannot be registered with a load balancer."
        raise Obstacle("ELB_INVALID_INSTANCE", message)
    for balancer in balancers:
        balancer.register(target.target_id)
