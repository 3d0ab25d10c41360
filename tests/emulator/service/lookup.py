# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding resources by name, with the errors that say they are missing.

The texts for applications, groups and configs are those of the real service, as users have quoted them.
"""

from __future__ import annotations

import re

from ..errors import ServiceError
from ..state import Application, Deployment, DeploymentConfig, DeploymentGroup, Region


def application(region: Region, name: str) -> Application:
    if name not in region.applications:
        raise ServiceError("ApplicationDoesNotExistException", f"No application found for name: {name}")
    return region.applications[name]


def deployment_group(region: Region, application_name: str, name: str) -> DeploymentGroup:
    groups = application(region, application_name).groups
    if name not in groups:
        raise ServiceError("DeploymentGroupDoesNotExistException", f"No Deployment Group found for name: {name}")
    return groups[name]


def deployment_config(region: Region, name: str) -> DeploymentConfig:
    if name not in region.configs:
        message = f"No deployment configuration found for name: {name}"
        raise ServiceError("DeploymentConfigDoesNotExistException", message)
    return region.configs[name]


def deployment(region: Region, deployment_id: str) -> Deployment:
    check_deployment_id(deployment_id)
    if deployment_id not in region.deployments:
        message = f"The deployment {deployment_id} could not be found"
        raise ServiceError("DeploymentDoesNotExistException", message)
    return region.deployments[deployment_id]


def check_deployment_id(deployment_id: str) -> None:
    """Raise InvalidDeploymentIdException for what cannot be a deployment's id."""
    if not re.fullmatch(r"d-[A-Z0-9]{9}", deployment_id):
        message = f"Specified DeploymentId is not in the valid format: {deployment_id}"
        raise ServiceError("InvalidDeploymentIdException", message)


def check_batch(ids: list[str], most: int, code: str = "BatchLimitExceededException") -> None:
    """Raise ``code`` if a batch operation is asked for more than ``most``."""
    if len(ids) > most:
        raise ServiceError(code, f"{len(ids)} were asked for; at most {most} are allowed in one call.")
