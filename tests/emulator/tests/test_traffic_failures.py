# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One failing path for each errorInformation code that deployments to Lambda and ECS can end with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator import Emulator
from emulator.emulator import REGION
from emulator.stages.traffic import ACCOUNT, EcsStage, LambdaStage, TrafficStage, content_revision

TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/api:9"
UNKNOWN_ALARM = {"enabled": True, "alarms": [{"name": "missing"}]}


def revised(stage: TrafficStage, **properties: Any) -> dict[str, Any]:
    return content_revision(stage.app_spec(**properties))


def in_s3(**place: str) -> dict[str, Any]:
    return {"revisionType": "S3", "s3Location": {"bucket": "specs", "key": "app.yaml", "bundleType": "YAML", **place}}


def _stopped(shop: TrafficStage) -> str:
    deployment_id = shop.create_deployment()
    shop.codedeploy.stop_deployment(deploymentId=deployment_id)
    shop.pass_time(1)
    return deployment_id


def _then(shop: TrafficStage, remove: Callable[[], Any]) -> str:
    """A deployment of whose needs something is removed before it starts."""
    deployment_id = shop.create_deployment()
    remove()
    shop.pass_time(1)
    return deployment_id


def _without_group(shop: TrafficStage) -> str:
    names = {"applicationName": "shop", "deploymentGroupName": "web"}
    return _then(shop, lambda: shop.codedeploy.delete_deployment_group(**names))


def _without_application(shop: TrafficStage) -> str:
    return _then(shop, lambda: shop.codedeploy.delete_application(applicationName="shop"))


def _without_revision(shop: TrafficStage) -> str:
    """No operation removes a revision; the error code exists all the same."""
    revisions = shop.emulator.state.region(ACCOUNT, REGION).applications["shop"].revisions
    return _then(shop, revisions.clear)


def _without_role(shop: TrafficStage) -> str:
    iam = shop.emulator.client("iam")
    iam.create_role(RoleName="another", AssumeRolePolicyDocument="{}")
    return _then(shop, lambda: iam.delete_role(RoleName="codedeploy"))


def _without_alias(shop: LambdaStage) -> str:
    """In the middle of the shift."""
    deployment_id = shop.start(deploymentConfigName="CodeDeployDefault.LambdaCanary10Percent5Minutes")
    shop.functions.delete_alias(FunctionName="greet", Name="live")
    shop.pass_time(301)
    return deployment_id


def _without_service(shop: EcsStage) -> str:
    return _then(shop, lambda: shop.ecs.delete_service(cluster="main", service="api", force=True))


def _behind_another_group(shop: EcsStage) -> str:
    shop.deploy()
    (primary,) = shop.ecs.describe_task_sets(cluster="main", service="api")["taskSets"]
    shop.ecs.delete_task_set(cluster="main", service="api", taskSet=primary["taskSetArn"])
    made = shop.ecs.create_task_set(cluster="main", service="api", taskDefinition=shop.task_definitions[0])["taskSet"]
    shop.ecs.update_service_primary_task_set(cluster="main", service="api", primaryTaskSet=made["taskSetArn"])
    return shop.deploy()


def _without_container(shop: EcsStage) -> str:
    return shop.deploy(revised(shop, LoadBalancerInfo={"ContainerName": "other", "ContainerPort": 80}))


def _never_continued(shop: EcsStage) -> str:
    ask = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 1}
    shop.codedeploy.update_deployment_group(
        applicationName="shop",
        currentDeploymentGroupName="web",
        blueGreenDeploymentConfiguration={"deploymentReadyOption": ask},
    )
    return shop.deploy()


def _without_old_task_set(shop: EcsStage) -> str:
    """Deleted by somebody else while it waited for its end."""
    deployment_id = shop.start()
    found = shop.ecs.describe_task_sets(cluster="main", service="api")["taskSets"]
    (blue,) = (one for one in found if one["status"] == "ACTIVE")
    shop.ecs.delete_task_set(cluster="main", service="api", taskSet=blue["taskSetArn"])
    shop.pass_time(301)
    return deployment_id


def _without_listener(shop: EcsStage, later: bool = False) -> str:
    if not later:
        return _then(shop, lambda: shop.elb.delete_listener(ListenerArn=shop.test_listener))
    deployment_id = shop.start(deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes")
    shop.elb.delete_listener(ListenerArn=shop.listener)
    shop.pass_time(301)
    return deployment_id


def _not_behind_listener(shop: EcsStage) -> str:
    actions = [{"Type": "forward", "TargetGroupArn": shop.groups["two"]}]
    return _then(shop, lambda: shop.elb.modify_listener(ListenerArn=shop.listener, DefaultActions=actions))


LAMBDA_FAILURES: list[tuple[str, Callable[[LambdaStage], Any]]] = [
    ("INVALID_LAMBDA_CONFIGURATION", lambda shop: shop.deploy(content_revision("version: 0.0"))),
    ("INVALID_LAMBDA_CONFIGURATION", lambda shop: shop.deploy(in_s3())),
    ("INVALID_LAMBDA_CONFIGURATION", lambda shop: shop.deploy(revised(shop, CurrentVersion="2", TargetVersion="3"))),
    ("INVALID_LAMBDA_CONFIGURATION", lambda shop: shop.deploy(revised(shop, TargetVersion="1"))),
    ("INVALID_LAMBDA_FUNCTION", lambda shop: shop.deploy(revised(shop, Name="other"))),
    ("INVALID_LAMBDA_FUNCTION", lambda shop: shop.deploy(revised(shop, Alias="other"))),
    ("INVALID_LAMBDA_FUNCTION", lambda shop: shop.deploy(revised(shop, TargetVersion="9"))),
    ("INVALID_LAMBDA_FUNCTION", _without_alias),
    ("HOOK_EXECUTION_FAILURE", lambda shop: shop.deploy(revised(shop, hooks={"BeforeAllowTraffic": "missing"}))),
    ("MANUAL_STOP", _stopped),
    ("DEPLOYMENT_GROUP_MISSING", _without_group),
    ("APPLICATION_MISSING", _without_application),
    ("REVISION_MISSING", _without_revision),
    ("IAM_ROLE_MISSING", _without_role),
    ("ALARM_ACTIVE", lambda shop: shop.deploy(overrideAlarmConfiguration=UNKNOWN_ALARM)),
]
ECS_FAILURES: list[tuple[str, Callable[[EcsStage], Any]]] = [
    ("INVALID_REVISION", lambda shop: shop.deploy(content_revision("{ no: [yaml"))),
    ("INVALID_REVISION", lambda shop: shop.deploy(in_s3())),
    ("INVALID_ECS_SERVICE", _without_service),
    ("INVALID_ECS_SERVICE", _behind_another_group),
    ("ECS_UPDATE_ERROR", lambda shop: shop.deploy(revised(shop, TaskDefinition=TASK))),
    ("ECS_UPDATE_ERROR", _without_container),
    ("ECS_UPDATE_ERROR", _without_old_task_set),
    ("ELASTIC_LOAD_BALANCING_INVALID", _without_listener),
    ("ELASTIC_LOAD_BALANCING_INVALID", lambda shop: _without_listener(shop, later=True)),
    ("ELASTIC_LOAD_BALANCING_INVALID", _not_behind_listener),
    ("HOOK_EXECUTION_FAILURE", lambda shop: shop.deploy(revised(shop, hooks={"AfterInstall": "missing"}))),
    ("MANUAL_STOP", _stopped),
    ("TIMEOUT", _never_continued),
]


@pytest.mark.parametrize(("code", "fail"), LAMBDA_FAILURES)
def test_lambda(emulator: Emulator, code: str, fail: Callable[[LambdaStage], str]) -> None:
    shop = LambdaStage(emulator)
    shop.set_up()
    assert shop.error_code(fail(shop)) == code


@pytest.mark.parametrize(("code", "fail"), ECS_FAILURES)
def test_ecs(lasting_emulator: Emulator, code: str, fail: Callable[[EcsStage], str]) -> None:
    shop = EcsStage(lasting_emulator)
    shop.set_up()
    assert shop.error_code(fail(shop)) == code


def test_a_canary_behind_a_network_load_balancer(lasting_emulator: Emulator) -> None:
    shop = EcsStage(lasting_emulator)
    shop.set_up("ECSCanary10Percent5Minutes", balancer="network")
    assert shop.error_code(shop.deploy()) == "ELASTIC_LOAD_BALANCING_INVALID"
