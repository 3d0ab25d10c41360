# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the effect of a request shows: each from the stage and the call's answer to what can be compared."""

from __future__ import annotations

from typing import Any

from emulator.stages.servers import Stage

Members = dict[str, Any]
APPLICATION_ARN = "arn:aws:codedeploy:us-east-1:123456789012:application:shop"


def the_answer(_stage: Stage, answer: Members) -> Any:
    return answer


def the_group(stage: Stage, _answer: Members) -> Members:
    """As it reads back, without what only time and chance decide."""
    info = stage.codedeploy.get_deployment_group(applicationName="shop", deploymentGroupName="web")[
        "deploymentGroupInfo"
    ]
    groups = [group["name"] for group in info["autoScalingGroups"]]
    return {**info, "autoScalingGroups": groups, "deploymentGroupId": ""}


def the_group_names(stage: Stage, _answer: Members) -> list[str]:
    names: list[str] = stage.codedeploy.list_deployment_groups(applicationName="shop")["deploymentGroups"]
    return names


def the_deployment(stage: Stage, answer: Members) -> Members:
    info = stage.info(answer["deploymentId"])
    return {name: value for name, value in info.items() if name != "deploymentId"}


def the_revision(stage: Stage, _answer: Members) -> Any:
    """Every revision of the application, with its description."""
    found = stage.codedeploy.list_application_revisions(applicationName="shop")["revisions"]
    read = stage.codedeploy.batch_get_application_revisions(applicationName="shop", revisions=found)["revisions"]
    return [(each["revisionLocation"], each["genericRevisionInfo"].get("description")) for each in read]


def the_content(stage: Stage, _answer: Members) -> Any:
    """That of every revision, which reads back one by one only, by its digest."""
    found = stage.codedeploy.list_application_revisions(applicationName="shop")["revisions"]
    read = [
        stage.codedeploy.get_application_revision(applicationName="shop", revision=each)["revision"] for each in found
    ]
    return [(each["revisionType"], content) for each in read for content in each.values() if isinstance(content, dict)]


def the_tags(stage: Stage, _answer: Members) -> Any:
    return stage.codedeploy.list_tags_for_resource(ResourceArn=APPLICATION_ARN)["Tags"]


def the_group_tags(stage: Stage, _answer: Members) -> Any:
    arn = APPLICATION_ARN.replace("application:shop", "deploymentgroup:shop/web")
    return stage.codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"]


def the_application(stage: Stage, _answer: Members) -> Any:
    (info,) = stage.codedeploy.batch_get_applications(
        applicationNames=stage.codedeploy.list_applications()["applications"]
    )["applicationsInfo"]
    return {name: info[name] for name in ("applicationName", "computePlatform")}


def the_instances(stage: Stage, _answer: Members) -> Any:
    names = stage.codedeploy.list_on_premises_instances()["instanceNames"]
    infos = stage.codedeploy.batch_get_on_premises_instances(instanceNames=names)["instanceInfos"]
    return [
        {key: info[key] for key in ("instanceName", "iamUserArn", "iamSessionArn", "tags") if key in info}
        for info in infos
    ]


def the_config(stage: Stage, _answer: Members) -> Any:
    info = stage.codedeploy.get_deployment_config(deploymentConfigName="mine")["deploymentConfigInfo"]
    return {name: value for name, value in info.items() if name != "deploymentConfigId"}
