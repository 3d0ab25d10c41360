# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which modeled error stands for a missing or invalid member of a request (botocore model: each operation's errors)."""

from __future__ import annotations

from ..protocol import MemberErrors


def _errors(missing: str, *invalid: str) -> MemberErrors:
    return MemberErrors((missing,) if missing else (), invalid)


_APPLICATION = _errors("ApplicationNameRequiredException", "InvalidApplicationNameException")
_GROUP = _errors("DeploymentGroupNameRequiredException", "InvalidDeploymentGroupNameException")
_DEPLOYMENT = _errors("DeploymentIdRequiredException", "InvalidDeploymentIdException")
_INSTANCE = _errors("InstanceNameRequiredException", "InvalidInstanceNameException")
_INSTANCE_ID = _errors("InstanceIdRequiredException", "InvalidInstanceNameException")
_REVISION = _errors("RevisionRequiredException", "InvalidRevisionException")
_TARGET = _errors("DeploymentTargetIdRequiredException", "InvalidDeploymentTargetIdException")
_INPUT = _errors("", "InvalidInputException")

MEMBER_ERRORS: dict[str, MemberErrors] = {
    "ResourceArn": _errors("ResourceArnRequiredException", "InvalidArnException"),
    "TagKeys": _errors("TagRequiredException", "InvalidTagsToAddException"),
    "Tags": _errors("TagRequiredException", "InvalidTagsToAddException"),
    "applicationName": _APPLICATION,
    "applicationNames": _APPLICATION,
    "autoRollbackConfiguration": _errors("", "InvalidAutoRollbackConfigException"),
    "computePlatform": _errors("", "InvalidComputePlatformException"),
    "currentDeploymentGroupName": _GROUP,
    "deployed": _errors("", "InvalidDeployedStateFilterException"),
    "deploymentConfigName": _errors("DeploymentConfigNameRequiredException", "InvalidDeploymentConfigNameException"),
    "deploymentGroupName": _GROUP,
    "deploymentGroupNames": _GROUP,
    "deploymentId": _DEPLOYMENT,
    "deploymentIds": _DEPLOYMENT,
    "deploymentMode": _INPUT,
    "deploymentStyle": _errors("", "InvalidDeploymentStyleException"),
    "ec2TagFilters": _errors("", "InvalidEC2TagException"),
    "ec2TagSet": _errors("", "InvalidEC2TagException"),
    "fileExistsBehavior": _errors("", "InvalidFileExistsBehaviorException"),
    "includeOnlyStatuses": _errors("", "InvalidDeploymentStatusException"),
    "instanceId": _INSTANCE_ID,
    "instanceIds": _INSTANCE_ID,
    "instanceName": _INSTANCE,
    "instanceNames": _INSTANCE,
    "instanceStatusFilter": _errors("", "InvalidInstanceStatusException"),
    "instanceTypeFilter": _errors("", "InvalidInstanceTypeException"),
    "minimumHealthyHosts": _errors("", "InvalidMinimumHealthyHostValueException"),
    "newApplicationName": _APPLICATION,
    "newDeploymentGroupName": _GROUP,
    "onPremisesInstanceTagFilters": _errors("", "InvalidTagException"),
    "onPremisesTagSet": _errors("", "InvalidTagException"),
    "outdatedInstancesStrategy": _INPUT,
    "registrationStatus": _errors("", "InvalidRegistrationStatusException"),
    "revision": _REVISION,
    "revisions": _REVISION,
    "serviceRoleArn": _errors("RoleRequiredException", "InvalidRoleException"),
    "sortBy": _errors("", "InvalidSortByException"),
    "sortOrder": _errors("", "InvalidSortOrderException"),
    "tagFilters": _errors("", "InvalidTagFilterException"),
    "tags": _errors("TagRequiredException", "InvalidTagsToAddException", "InvalidTagException"),
    "targetFilters": _errors("", "InvalidTargetFilterNameException"),
    "targetId": _TARGET,
    "targetIds": _TARGET,
    "trafficRoutingConfig": _errors("", "InvalidTrafficRoutingConfigurationException"),
    "zonalConfig": _errors("", "InvalidZonalDeploymentConfigurationException"),
}
