# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens after CreateDeployment."""

from __future__ import annotations

from ..state import Deployment, Region
from .blue_green import BlueGreen, BlueGreenRollback
from .ecs_deployment import EcsDeployment
from .execution import Execution
from .host_execution import HostExecution
from .in_place import InPlace
from .lambda_deployment import LambdaDeployment
from .scale_out import ScaleOut

__all__ = ["execution_of", "host_execution_of"]


def execution_of(region: Region, deployment: Deployment) -> Execution:
    """What runs ``deployment``, by its platform and type."""
    platform = deployment.group.application.compute_platform
    if platform == "Lambda":
        return LambdaDeployment(region, deployment)
    if platform == "ECS":
        return EcsDeployment(region, deployment)
    return host_execution_of(region, deployment)


def host_execution_of(region: Region, deployment: Deployment) -> HostExecution:
    """What runs a deployment to hosts."""
    if deployment.creator == "autoscaling":
        return ScaleOut(region, deployment)
    if deployment.style["deploymentType"] == "IN_PLACE" or deployment.creator == "CodeDeployAutoUpdate":
        return InPlace(region, deployment)
    if deployment.creator == "codeDeployRollback":
        return BlueGreenRollback(region, deployment)
    return BlueGreen(region, deployment)
