# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a group keeps traffic from what is being deployed to: its style, load balancers and blue/green configuration."""

from __future__ import annotations

from ...errors import ServiceError
from ...state import Members
from .proposal import Proposal

BLUE_GREEN = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
# What Lambda and ECS groups get when they name no style is not documented: they can have no other.
DEFAULT_STYLES = {
    "Server": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
    "Lambda": BLUE_GREEN,
    "ECS": BLUE_GREEN,
}
MOST_BALANCERS = 10
"""Classic load balancers, and target groups beside them (botocore model: LoadBalancerInfo)."""
MOST_WAIT_MINUTES = {"Server": 2880, "ECS": 7200}
"""Until traffic is rerouted (AWS user guide, limits: 48 hours, for ECS 120)."""
MOST_TERMINATION_MINUTES = 2880
"""Until the original instances or tasks go (botocore model: BlueInstanceTerminationOption)."""

_INVALID_BALANCERS = "InvalidLoadBalancerInfoException"
_INVALID_BLUE_GREEN = "InvalidBlueGreenDeploymentConfigurationException"


def blue_green_read_back(given: Members) -> Members:
    """A blue/green configuration as it is kept: a wait that is not given is 0 (Terraform's tests show it for KEEP_ALIVE)."""
    kept = {name: dict(value) for name, value in given.items()}
    for block, wait in (
        ("deploymentReadyOption", "waitTimeInMinutes"),
        ("terminateBlueInstancesOnDeploymentSuccess", "terminationWaitTimeInMinutes"),
    ):
        if block in kept:
            kept[block].setdefault(wait, 0)
    return kept


def check_server_traffic(proposal: Proposal) -> None:
    """Check style and load balancers of a Server group. That they exist is not checked: Terraform's tests name ones that do not."""
    style, info = proposal.settings["deploymentStyle"], proposal.settings.get("loadBalancerInfo", {})
    if info.get("targetGroupPairInfoList"):
        message = "For Server deployment group, loadBalancerInfo must not contain targetGroupPairInfo list"
        raise ServiceError(_INVALID_BALANCERS, message)
    for name in ("elbInfoList", "targetGroupInfoList"):
        _check_names(name, info.get(name, []))
    if style["deploymentOption"] == "WITH_TRAFFIC_CONTROL" and not any(info.values()):
        message = (
            "deploymentOption is WITH_TRAFFIC_CONTROL, so elbInfoList or targetGroupInfoList of loadBalancerInfo "
            "must be specified."
        )
        raise ServiceError(_INVALID_BALANCERS, message)
    # Nobody has shown blue/green without traffic control to be accepted: the strictest reading.
    if style["deploymentType"] == "BLUE_GREEN" and style["deploymentOption"] != "WITH_TRAFFIC_CONTROL":
        message = "For a blue/green deployment, deploymentOption must be WITH_TRAFFIC_CONTROL"
        raise ServiceError("InvalidDeploymentStyleException", message)


def check_style_is_blue_green(proposal: Proposal) -> None:
    """What Lambda and ECS groups must be (for Lambda it is assumed)."""
    if proposal.settings["deploymentStyle"] != BLUE_GREEN:
        message = (
            f"For {proposal.platform} deployment, deploymentType must be BLUE_GREEN and deploymentOption must be "
            "WITH_TRAFFIC_CONTROL"
        )
        raise ServiceError("InvalidDeploymentStyleException", message)


def check_blue_green(proposal: Proposal) -> None:
    """Check the blue/green configuration of a Server or ECS group."""
    given = proposal.given.get("blueGreenDeploymentConfiguration", {})
    for block, members in given.items():
        if "action" not in members and "actionOnTimeout" not in members:
            raise ServiceError(_INVALID_BLUE_GREEN, f"{block} has no action.")
    _check_ready_option(given.get("deploymentReadyOption", {}), MOST_WAIT_MINUTES[proposal.platform])
    termination = given.get("terminateBlueInstancesOnDeploymentSuccess", {})
    wait = termination.get("terminationWaitTimeInMinutes", 0)
    _check_wait("terminationWaitTimeInMinutes", wait, MOST_TERMINATION_MINUTES)
    _check_copy(proposal, given)


def _check_ready_option(ready: Members, most: int) -> None:
    wait = ready.get("waitTimeInMinutes", 0)
    _check_wait("waitTimeInMinutes", wait, most)
    if wait and ready["actionOnTimeout"] == "CONTINUE_DEPLOYMENT":
        message = "The deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified"
        raise ServiceError(_INVALID_BLUE_GREEN, message)


def _check_wait(name: str, minutes: int, most: int) -> None:
    if not 0 <= minutes <= most:
        raise ServiceError(_INVALID_BLUE_GREEN, f"{name} is {minutes}; it must be 0 to {most}.")


def _check_copy(proposal: Proposal, given: Members) -> None:
    """To copy an Auto Scaling group takes exactly one in the same request as the configuration, whatever the group has already
    (hashicorp/terraform-provider-aws, issue 2233). A later request must not leave a blue/green group with another number."""
    if given:
        blue_green, names = given, proposal.given.get("autoScalingGroups", [])
    elif proposal.settings["deploymentStyle"]["deploymentType"] == "BLUE_GREEN":
        blue_green = proposal.settings.get("blueGreenDeploymentConfiguration", {})
        names = proposal.settings.get("autoScalingGroups", [])
    else:
        return
    copies = blue_green.get("greenFleetProvisioningOption", {}).get("action") == "COPY_AUTO_SCALING_GROUP"
    if copies and len(names) != 1:
        message = f"Exactly one Auto Scaling group must be specified for COPY_AUTO_SCALING_GROUP, not {len(names)}"
        raise ServiceError(_INVALID_BLUE_GREEN, message)


def _check_names(member: str, balancers: list[Members]) -> None:
    if len(balancers) > MOST_BALANCERS or not all(balancer.get("name") for balancer in balancers):
        message = f"{member} takes up to {MOST_BALANCERS} load balancers, each with a name."
        raise ServiceError(_INVALID_BALANCERS, message)
