# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for a deployment group's settings, whether they were given at creation, by update, or by both."""

from __future__ import annotations

import re
from typing import Any

from ..moto_backends import list_role_arns
from ..protocol import ServiceError
from ..state import Application, Members, Region
from . import lookup
from .tag_filters import check_tag_filters

MOST_TAG_GROUPS = 3
"""In a tag set (botocore model: EC2TagSet)."""

DEFAULT_STYLE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}

SUPPORTED = frozenset(
    {
        "autoRollbackConfiguration",
        "deploymentConfigName",
        "deploymentStyle",
        "ec2TagFilters",
        "ec2TagSet",
        "onPremisesInstanceTagFilters",
        "onPremisesTagSet",
        "outdatedInstancesStrategy",
        "serviceRoleArn",
    }
)

_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\x21-\x7e]+")


def is_empty(value: Any) -> bool:
    """Whether a member says nothing: a disabled block without content counts as an absent one."""
    if isinstance(value, dict):
        return all(is_empty(item) for item in value.values())
    return not value


def supported_settings(given: Members) -> Members:
    """The settings of a request. Raises InvalidInputException for one that the emulator would have to drop."""
    for name, value in given.items():
        if name not in SUPPORTED and not is_empty(value):
            raise not_supported(name)
    settings = {name: value for name, value in given.items() if name in SUPPORTED}
    if "deploymentStyle" in settings:
        settings["deploymentStyle"] = DEFAULT_STYLE | settings["deploymentStyle"]
    return settings


def not_supported(what: str) -> ServiceError:
    """The error for what the real service can do and the emulator cannot."""
    return ServiceError("InvalidInputException", f"{what} is not supported by this emulator yet.")


def check_settings(region: Region, application: Application, settings: Members) -> None:
    """Raise the modeled error for the first setting that is wrong."""
    if application.compute_platform != "Server":
        raise not_supported(f"a deployment group on the compute platform {application.compute_platform}")
    _check_role(region, settings["serviceRoleArn"])
    check_config(region, application, settings["deploymentConfigName"])
    _check_selection(settings, "ec2TagFilters", "ec2TagSet", "InvalidEC2TagException")
    _check_selection(settings, "onPremisesInstanceTagFilters", "onPremisesTagSet", "InvalidTagException")
    check_auto_rollback(settings.get("autoRollbackConfiguration", {}))
    _check_traffic_control(settings["deploymentStyle"])


def _check_role(region: Region, arn: str) -> None:
    """The form is checked. The real service tries to assume the role, which takes a while to fail for a new one; here a
    role must exist only if the account has any role at all, so that tests need not make one."""
    if not _ROLE_ARN.fullmatch(arn):
        raise ServiceError("InvalidRoleException", f"{arn!r} is not the ARN of an IAM role.")
    roles = list_role_arns(region.account, region.name)
    if roles and arn not in roles:
        raise ServiceError("InvalidRoleException", "Cannot assume role provided.")


def check_config(region: Region, application: Application, name: str) -> None:
    """Raise unless the deployment config exists and is of the application's platform (error for the latter assumed)."""
    config = lookup.deployment_config(region, name)
    if config.compute_platform != application.compute_platform:
        message = f"{name} is for {config.compute_platform}, the application for {application.compute_platform}."
        raise ServiceError("InvalidDeploymentConfigNameException", message)


def _check_selection(settings: Members, flat: str, tag_set: str, code: str) -> None:
    filters = settings.get(flat, [])
    groups = settings.get(tag_set, {}).get(f"{tag_set}List", [])
    if filters and groups:
        kind = "EC2" if tag_set == "ec2TagSet" else "OnPremises"
        message = f"{flat} and {tag_set} cannot be used together; empty one of them."
        raise ServiceError(f"Invalid{kind}TagCombinationException", message)
    if len(groups) > MOST_TAG_GROUPS:
        message = f"{tag_set} has {len(groups)} groups; at most {MOST_TAG_GROUPS} are allowed."
        raise ServiceError("TagSetListLimitExceededException", message)
    for alternatives in (filters, *groups):
        check_tag_filters(alternatives, code)


def check_auto_rollback(configuration: Members) -> None:
    """Raise InvalidAutoRollbackConfigException for a rollback that is enabled but on no event."""
    if configuration.get("enabled") and not configuration.get("events"):
        message = "autoRollbackConfiguration is enabled, so its events must be given."
        raise ServiceError("InvalidAutoRollbackConfigException", message)


def _check_traffic_control(style: Members) -> None:
    """Load balancers are not supported yet, so traffic control never has one."""
    if style["deploymentOption"] == "WITH_TRAFFIC_CONTROL":
        message = (
            "deploymentOption is WITH_TRAFFIC_CONTROL, so elbInfoList or targetGroupInfoList of loadBalancerInfo "
            "must be specified."
        )
        raise ServiceError("InvalidLoadBalancerInfoException", message)
