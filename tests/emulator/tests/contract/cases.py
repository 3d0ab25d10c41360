# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of every call that creates, changes or lists, each of which differs from a plain one by some members.

What ``look`` finds after a case's request must differ from what it finds after the plain one: that is the members' effect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.stages.servers import ROLE, TAG, TAG_FILTER, Stage, s3_revision

from ..test_group_settings import LEAST, SETTINGS
from .looks import (
    APPLICATION_ARN,
    the_answer,
    the_application,
    the_config,
    the_content,
    the_deployment,
    the_group,
    the_group_names,
    the_group_tags,
    the_instances,
    the_revision,
    the_tags,
)
from .preparations import (
    FAILED_DEPLOYMENT,
    SESSION_ARN,
    prepare_application,
    prepare_deployment,
    prepare_group_update,
    prepare_hosts,
    prepare_lists,
    prepare_nothing,
)

Members = dict[str, Any]
Look = Callable[[Stage, Members], Any]
"""From the stage and the call's answer to whatever shows the effect."""

USER_ARN = "arn:aws:iam::123456789012:user/h2"
GITHUB = {"revisionType": "GitHub", "gitHubLocation": {"repository": "a/shop", "commitId": "c" * 40}}
APPSPEC = json.dumps({"version": 0.0, "Resources": []})
SHA256 = hashlib.sha256(APPSPEC.encode()).hexdigest()


@dataclass(frozen=True)
class Case:
    """``given`` is added to the plain request of ``base``; ``expected``, if it is known, is what ``look`` then finds."""

    given: Members
    base: str = "Server"
    look: Look | None = None
    expected: Any = None


@dataclass(frozen=True)
class Subject:
    """A call: how to prepare for it, its plain requests by name of base, where its effect shows, and the cases."""

    prepare: Callable[[Stage, str], None]
    plain: dict[str, Members]
    look: Look
    cases: tuple[Case, ...]


# The settings that a group has anyway show no effect.
_DEFAULT = ({"outdatedInstancesStrategy": "UPDATE"}, "CodeDeployDefault.ECSAllAtOnce")
_SETTINGS = (
    *(
        Case(settings, platform, expected=settings)
        for platform, settings in SETTINGS
        if settings not in _DEFAULT and settings.get("deploymentConfigName") not in _DEFAULT
    ),
    Case({"autoScalingGroups": ["workers"]}, expected={"autoScalingGroups": ["workers"]}),
    Case({"serviceRoleArn": f"{ROLE}-2"}, expected={"serviceRoleArn": f"{ROLE}-2"}),
    Case({"ecsServices": [{"serviceName": "other", "clusterName": "main"}]}, "ECS"),
)
_CREATED = {"applicationName": "shop", "deploymentGroupName": "web", "serviceRoleArn": ROLE}
_UPDATED = {"applicationName": "shop", "currentDeploymentGroupName": "web"}
_DEPLOYMENT = {"applicationName": "shop", "deploymentGroupName": "web"}
_RESTART = {"deploymentMode": "RESTART"}
_ALARMS = {"enabled": True, "ignorePollAlarmFailure": True, "alarms": [{"name": "errors"}]}
_ROLLBACK = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
_TEXT = {"content": APPSPEC, "sha256": SHA256}
_CANARY = {"type": "TimeBasedCanary", "timeBasedCanary": {"canaryPercentage": 5, "canaryInterval": 7}}
_LINEAR = {"type": "TimeBasedLinear", "timeBasedLinear": {"linearPercentage": 20, "linearInterval": 3}}
_HOSTS = {"type": "FLEET_PERCENT", "value": 30}
_ZONES = {
    "firstZoneMonitorDurationInSeconds": 5,
    "monitorDurationInSeconds": 6,
    "minimumHealthyHostsPerZone": {"type": "HOST_COUNT", "value": 1},
}
_S3 = s3_revision("two.zip", version="7", eTag="abc")
_CONTENT = {"revisionType": "AppSpecContent", "appSpecContent": _TEXT}
_STRING = {"revisionType": "String", "string": _TEXT}
_FILTERED = {"tagFilters": [TAG_FILTER]}
_BAD_TOKEN = Case({"nextToken": "bogus"}, expected="InvalidNextTokenException")


def _same(given: Members, base: str = "Server") -> Case:
    """What is given reads back."""
    return Case(given, base, expected=given)


SUBJECTS: dict[str, Subject] = {
    "CreateApplication": Subject(
        prepare_nothing,
        {"Server": {"applicationName": "shop"}},
        the_application,
        (
            _same({"computePlatform": "ECS"}),
            Case({"tags": [TAG]}, look=the_tags, expected=[TAG]),
        ),
    ),
    "UpdateApplication": Subject(
        prepare_application,
        {"Server": {"applicationName": "shop", "newApplicationName": "other"}},
        the_application,
        (Case({"newApplicationName": "store"}, expected={"applicationName": "store"}),),
    ),
    "CreateDeploymentConfig": Subject(
        prepare_nothing,
        {
            "Server": {"deploymentConfigName": "mine", "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 2}},
            "Lambda": {"deploymentConfigName": "mine", "computePlatform": "Lambda", "trafficRoutingConfig": _CANARY},
            "none": {"deploymentConfigName": "mine", "trafficRoutingConfig": _LINEAR},
        },
        the_config,
        (
            _same({"minimumHealthyHosts": _HOSTS}),
            _same({"zonalConfig": _ZONES}),
            _same({"trafficRoutingConfig": _LINEAR}, "Lambda"),
            Case({"trafficRoutingConfig": {"type": "AllAtOnce"}}, "Lambda"),
            _same({"computePlatform": "ECS"}, "none"),
        ),
    ),
    "CreateDeploymentGroup": Subject(
        prepare_application,
        {platform: {**_CREATED, **least} for platform, least in LEAST.items()},
        the_group,
        (*_SETTINGS, Case({"tags": [TAG]}, look=the_group_tags, expected=[TAG])),
    ),
    "UpdateDeploymentGroup": Subject(
        prepare_group_update,
        dict.fromkeys(LEAST, _UPDATED),
        the_group,
        (*_SETTINGS, Case({"newDeploymentGroupName": "site"}, look=the_group_names, expected=["site"])),
    ),
    "CreateDeployment": Subject(
        prepare_deployment,
        {
            "Server": {**_DEPLOYMENT, "revision": s3_revision()},
            "Lambda": {**_DEPLOYMENT, "revision": _STRING},
            "blue_green": {**_DEPLOYMENT, "revision": s3_revision()},
            "restart": _DEPLOYMENT,
        },
        the_deployment,
        (
            _same({"revision": _S3}),
            _same({"revision": GITHUB}),
            Case({"revision": _CONTENT}, "Lambda", the_content, [("AppSpecContent", _TEXT)]),
            _same({"deploymentConfigName": "CodeDeployDefault.AllAtOnce"}),
            _same({"description": "the first"}),
            _same({"ignoreApplicationStopFailures": True}),
            _same({"updateOutdatedInstancesOnly": True}),
            _same({"fileExistsBehavior": "RETAIN"}),
            _same({"autoRollbackConfiguration": _ROLLBACK}),
            _same({"overrideAlarmConfiguration": _ALARMS}),
            _same({"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["AZRebalance"]}}),
            _same({"targetInstances": _FILTERED}, "blue_green"),
            _same({"targetInstances": {"autoScalingGroups": ["workers"]}}, "blue_green"),
            _same({"targetInstances": {"ec2TagSet": {"ec2TagSetList": [[TAG_FILTER]]}}}, "blue_green"),
            _same(_RESTART, "restart"),
        ),
    ),
    "RegisterApplicationRevision": Subject(
        prepare_application,
        {
            "Server": {"applicationName": "shop", "revision": s3_revision()},
            "Lambda": {"applicationName": "shop", "revision": s3_revision(bundleType="YAML")},
        },
        the_revision,
        (
            Case({"description": "the first"}, expected=[(s3_revision(), "the first")]),
            Case({"revision": _S3}, expected=[(_S3, None)]),
            Case({"revision": GITHUB}, expected=[(GITHUB, None)]),
            Case({"revision": _CONTENT}, "Lambda", the_content, [("AppSpecContent", _TEXT)]),
            Case({"revision": _STRING}, "Lambda", the_content, [("String", _TEXT)]),
        ),
    ),
    "RegisterOnPremisesInstance": Subject(
        prepare_nothing,
        {"Server": {"instanceName": "h2"}},
        the_instances,
        (
            Case({"iamUserArn": USER_ARN}, expected=[{"instanceName": "h2", "iamUserArn": USER_ARN, "tags": []}]),
            Case(
                {"iamSessionArn": SESSION_ARN},
                expected=[{"instanceName": "h2", "iamSessionArn": SESSION_ARN, "tags": []}],
            ),
        ),
    ),
    "AddTagsToOnPremisesInstances": Subject(
        prepare_hosts,
        {"Server": {"instanceNames": ["h1"], "tags": [TAG]}},
        the_instances,
        (
            Case({"tags": [{"Key": "tier", "Value": "front"}]}),
            Case({"instanceNames": ["h2"], "tags": [{"Key": "a", "Value": "b"}]}),
        ),
    ),
    "TagResource": Subject(
        prepare_application,
        {"Server": {"ResourceArn": APPLICATION_ARN, "Tags": [TAG]}},
        the_tags,
        (Case({"Tags": [{"Key": "fleet", "Value": "blue"}]}, expected=[{"Key": "fleet", "Value": "blue"}]),),
    ),
    "ListApplications": Subject(prepare_lists, {"Server": {}}, the_answer, (_BAD_TOKEN,)),
    "ListDeploymentConfigs": Subject(prepare_lists, {"Server": {}}, the_answer, (_BAD_TOKEN,)),
    "ListGitHubAccountTokenNames": Subject(prepare_lists, {"Server": {}}, the_answer, (_BAD_TOKEN,)),
    "ListDeploymentGroups": Subject(
        prepare_lists,
        {"Server": {"applicationName": "shop"}},
        the_answer,
        (Case({"applicationName": "other"}, expected={"applicationName": "other", "deploymentGroups": []}), _BAD_TOKEN),
    ),
    "ListTagsForResource": Subject(
        prepare_lists,
        {"Server": {"ResourceArn": APPLICATION_ARN}},
        the_answer,
        (Case({"NextToken": "bogus"}, expected="ValidationException"), Case({"ResourceArn": "arn:aws:s3:::b"})),
    ),
    "ListApplicationRevisions": Subject(
        prepare_lists,
        {"Server": {"applicationName": "shop"}},
        lambda _stage, answer: [revision["s3Location"]["key"] for revision in answer["revisions"]],
        (
            Case({"sortBy": "firstUsedTime", "sortOrder": "descending"}),
            Case({"sortOrder": "descending"}, expected=["four.zip", "dir/three.zip", "two.zip", "one.zip"]),
            Case({"s3Bucket": "others"}, expected=["four.zip"]),
            Case({"s3Bucket": "bundles", "s3KeyPrefix": "dir/"}, expected=["dir/three.zip"]),
            Case({"deployed": "include"}, expected=["one.zip"]),
            Case({"applicationName": "other"}, expected=[]),
            _BAD_TOKEN,
        ),
    ),
    "ListOnPremisesInstances": Subject(
        prepare_lists,
        {"Server": {}},
        lambda _stage, answer: answer["instanceNames"],
        (
            Case({"registrationStatus": "Deregistered"}, expected=["h2"]),
            Case({"tagFilters": [TAG_FILTER]}, expected=["h1"]),
            _BAD_TOKEN,
        ),
    ),
    "ListDeploymentInstances": Subject(
        prepare_lists,
        {"Server": {"deploymentId": FAILED_DEPLOYMENT}},
        lambda _stage, answer: answer["instancesList"],
        (
            Case({"deploymentId": "d-000000000"}, expected="DeploymentDoesNotExistException"),
            Case({"instanceStatusFilter": ["Succeeded"]}, expected=[]),
            Case({"instanceTypeFilter": ["Blue"]}),
            _BAD_TOKEN,
        ),
    ),
    "ListDeploymentTargets": Subject(
        prepare_lists,
        {"Server": {"deploymentId": FAILED_DEPLOYMENT}},
        lambda _stage, answer: answer["targetIds"],
        (
            Case({"deploymentId": "d-000000000"}, expected="DeploymentDoesNotExistException"),
            Case({"targetFilters": {"TargetStatus": ["Succeeded"]}}, expected=[]),
            _BAD_TOKEN,
        ),
    ),
    "ListDeployments": Subject(
        prepare_lists,
        {"Server": {}},
        lambda stage, answer: [stage.status(each) for each in answer["deployments"]],
        (
            Case({"applicationName": "shop", "deploymentGroupName": "empty"}, expected=[]),
            Case({"externalId": "stack"}, expected=[]),
            Case({"includeOnlyStatuses": ["Failed"]}, expected=["Failed"]),
            Case({"createTimeRange": {"end": 1_000_000_000}}, expected=[]),
            Case({"createTimeRange": {"start": 4_000_000_000}}, expected=[]),
            _BAD_TOKEN,
        ),
    ),
}
