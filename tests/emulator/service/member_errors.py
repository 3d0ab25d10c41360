# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which modeled error stands for a missing or invalid member of a request (botocore model: each operation's errors)."""

from __future__ import annotations

from ..errors import MemberErrors


def _errors(missing: str, *invalid: str) -> MemberErrors:
    return MemberErrors((missing,) if missing else (), invalid)


_APPLICATION = _errors("ApplicationNameRequiredException", "InvalidApplicationNameException")
_GROUP = _errors("DeploymentGroupNameRequiredException", "InvalidDeploymentGroupNameException")
_DEPLOYMENT = _errors("DeploymentIdRequiredException", "InvalidDeploymentIdException")
_INSTANCE = _errors("InstanceNameRequiredException", "InvalidInstanceNameException")
_INSTANCE_ID = _errors("InstanceIdRequiredException", "InvalidInstanceNameException")
_REVISION = _errors("RevisionRequiredException", "InvalidRevisionException")
_TARGET = _errors("DeploymentTargetIdRequiredException", "InvalidDeploymentTargetIdException")
_HOOK_ID = "InvalidLifecycleEventHookExecutionIdException"
_HOOK_STATUS = "InvalidLifecycleEventHookExecutionStatusException"
_INPUT = _errors("", "InvalidInputException")

MEMBER_ERRORS: dict[str, MemberErrors] = {
    "ResourceArn": _errors("ResourceArnRequiredException", "InvalidArnException"),
    "TagKeys": _errors("TagRequiredException", "InvalidTagsToAddException"),
    "Tags": _errors("TagRequiredException", "InvalidTagsToAddException"),
    "alarmConfiguration": _errors("", "InvalidAlarmConfigException"),
    "applicationName": _APPLICATION,
    "applicationNames": _APPLICATION,
    "autoRollbackConfiguration": _errors("", "InvalidAutoRollbackConfigException"),
    "autoScalingGroups": _errors("", "InvalidAutoScalingGroupException"),
    "blueGreenDeploymentConfiguration": _errors("", "InvalidBlueGreenDeploymentConfigurationException"),
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
    "deploymentWaitType": _errors("", "InvalidDeploymentWaitTypeException"),
    "ec2DeploymentOptions": _errors("", "InvalidAutoScalingGroupProcessToSuspendException"),
    "ec2TagFilters": _errors("", "InvalidEC2TagException"),
    "ec2TagSet": _errors("", "InvalidEC2TagException"),
    "ecsServices": _errors("", "InvalidECSServiceException"),
    "fileExistsBehavior": _errors("", "InvalidFileExistsBehaviorException"),
    "includeOnlyStatuses": _errors("", "InvalidDeploymentStatusException"),
    "instanceId": _INSTANCE_ID,
    "instanceIds": _INSTANCE_ID,
    "instanceName": _INSTANCE,
    "instanceNames": _INSTANCE,
    "instanceStatusFilter": _errors("", "InvalidInstanceStatusException"),
    "instanceTypeFilter": _errors("", "InvalidInstanceTypeException"),
    "lifecycleEventHookExecutionId": _errors(_HOOK_ID, _HOOK_ID),
    "loadBalancerInfo": _errors("", "InvalidLoadBalancerInfoException"),
    "minimumHealthyHosts": _errors("", "InvalidMinimumHealthyHostValueException"),
    "newApplicationName": _APPLICATION,
    "newDeploymentGroupName": _GROUP,
    "onPremisesInstanceTagFilters": _errors("", "InvalidTagException"),
    "onPremisesTagSet": _errors("", "InvalidTagException"),
    "outdatedInstancesStrategy": _INPUT,
    "overrideAlarmConfiguration": _errors("", "InvalidAlarmConfigException"),
    "registrationStatus": _errors("", "InvalidRegistrationStatusException"),
    "revision": _REVISION,
    "revisions": _REVISION,
    "serviceRoleArn": _errors("RoleRequiredException", "InvalidRoleException"),
    "sortBy": _errors("", "InvalidSortByException"),
    "sortOrder": _errors("", "InvalidSortOrderException"),
    "status": _errors(_HOOK_STATUS, _HOOK_STATUS),
    "tagFilters": _errors("", "InvalidTagFilterException"),
    "tags": _errors("TagRequiredException", "InvalidTagsToAddException", "InvalidTagException"),
    "targetFilters": _errors("", "InvalidTargetFilterNameException"),
    "targetId": _TARGET,
    "targetIds": _TARGET,
    "targetInstances": _errors("", "InvalidTargetInstancesException"),
    "tokenName": _errors("GitHubAccountTokenNameRequiredException", "InvalidGitHubAccountTokenNameException"),
    "trafficRoutingConfig": _errors("", "InvalidTrafficRoutingConfigurationException"),
    "triggerConfigurations": _errors("", "InvalidTriggerConfigException"),
    "zonalConfig": _errors("", "InvalidZonalDeploymentConfigurationException"),
}
