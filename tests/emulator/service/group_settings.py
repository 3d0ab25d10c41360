# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A deployment group's settings: what is filled in, what is kept, and which rules each compute platform's groups obey."""

from __future__ import annotations

import re

from ..engine.service_role import can_assume
from ..errors import ServiceError
from ..predefined_configs import DEFAULT_CONFIGS
from ..state import Application, Members, Region
from . import lookup
from .groups.ecs import check_ecs
from .groups.notifications import check_auto_rollback, check_notifications
from .groups.proposal import Proposal, is_empty
from .groups.selection import SERVER_ONLY, check_selection
from .groups.traffic import (
    DEFAULT_STYLES,
    blue_green_read_back,
    check_blue_green,
    check_server_traffic,
    check_style_is_blue_green,
)

__all__ = [
    "Proposal",
    "check_auto_rollback",
    "check_config",
    "check_settings",
    "default_settings",
    "given_settings",
    "is_empty",
]

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\x21-\x7e]+")
_NOT_SETTINGS = {
    "applicationName",
    "deploymentGroupName",
    "currentDeploymentGroupName",
    "newDeploymentGroupName",
    "tags",
}


def default_settings(application: Application) -> Members:
    """What a group has that names nothing (as Terraform's tests show it for Server; assumed for Lambda and ECS)."""
    return {
        "deploymentConfigName": DEFAULT_CONFIGS[application.compute_platform],
        "deploymentStyle": DEFAULT_STYLES[application.compute_platform],
        "outdatedInstancesStrategy": "UPDATE",
    }


def given_settings(application: Application, parameters: Members) -> Members:
    """The settings of a request as they are kept, in the API's own form.

    An empty blue/green configuration is none: it cannot be removed (Terraform's tests show that it outlives its style).
    """
    given = {name: value for name, value in parameters.items() if name not in _NOT_SETTINGS}
    if "deploymentStyle" in given:
        given["deploymentStyle"] = DEFAULT_STYLES[application.compute_platform] | given["deploymentStyle"]
    blue_green = blue_green_read_back(given.pop("blueGreenDeploymentConfiguration", {}))
    return given | ({"blueGreenDeploymentConfiguration": blue_green} if blue_green else {})


def check_settings(proposal: Proposal) -> None:
    """Raise the modeled error for the first setting that is wrong."""
    _check_role(proposal.region, proposal.settings["serviceRoleArn"])
    check_config(proposal.region, proposal.application, proposal.settings["deploymentConfigName"])
    check_notifications(proposal)
    _PLATFORM_RULES[proposal.platform](proposal)


def _check_server(proposal: Proposal) -> None:
    proposal.refuse_members({"ecsServices": "InvalidECSServiceException"})
    check_selection(proposal)
    check_server_traffic(proposal)
    check_blue_green(proposal)


def _check_lambda(proposal: Proposal) -> None:
    """What a Lambda group cannot have is assumed from what its deployments do not use."""
    blue_green = "InvalidBlueGreenDeploymentConfigurationException"
    balancers = {"loadBalancerInfo": "InvalidLoadBalancerInfoException", "blueGreenDeploymentConfiguration": blue_green}
    proposal.refuse_members({**SERVER_ONLY, **balancers, "ecsServices": "InvalidECSServiceException"})
    check_style_is_blue_green(proposal)


def _check_ecs(proposal: Proposal) -> None:
    check_ecs(proposal)
    proposal.refuse_members(SERVER_ONLY)
    check_style_is_blue_green(proposal)
    check_blue_green(proposal)


_PLATFORM_RULES = {"Server": _check_server, "Lambda": _check_lambda, "ECS": _check_ecs}


def _check_role(region: Region, arn: str) -> None:
    if not _ROLE_ARN.fullmatch(arn):
        raise ServiceError("InvalidRoleException", f"{arn!r} is not the ARN of an IAM role.")
    if not can_assume(region, arn):
        raise ServiceError("InvalidRoleException", "Cannot assume role provided.")


def check_config(region: Region, application: Application, name: str) -> None:
    """Raise unless the deployment config exists and is of the application's platform (error for the latter assumed)."""
    config = lookup.deployment_config(region, name)
    if config.compute_platform != application.compute_platform:
        message = f"{name} is for {config.compute_platform}, the application for {application.compute_platform}."
        raise ServiceError("InvalidDeploymentConfigNameException", message)
