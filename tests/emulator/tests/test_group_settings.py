# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every setting of a deployment group on every compute platform: what is accepted and reads back, what is refused and how."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator
from emulator.stages.servers import ROLE, TAG_FILTER

from .conftest import Refused

TOPIC = "arn:aws:sns:us-east-1:123456789012:deployments"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/front/50dc6c495c0c9188/f2f7dc8efc522ab2"
CONTROLLED = {"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
UNCONTROLLED = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}
BLUE_GREEN = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
ELB = {"elbInfoList": [{"name": "front"}]}
PAIR = {
    "targetGroups": [{"name": "blue"}, {"name": "green"}],
    "prodTrafficRoute": {"listenerArns": [LISTENER]},
}
PAIRS = {"targetGroupPairInfoList": [PAIR]}
SERVICE = {"serviceName": "api", "clusterName": "main"}
TERMINATE = {"action": "TERMINATE", "terminationWaitTimeInMinutes": 5}
STOP = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60}
CONTINUE = {"actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0}
SWITCH = {"deploymentReadyOption": CONTINUE, "terminateBlueInstancesOnDeploymentSuccess": TERMINATE}
COPY = {"greenFleetProvisioningOption": {"action": "COPY_AUTO_SCALING_GROUP"}}
DISCOVER = {"greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"}}
# What a new group of the platform must have beside names and role.
LEAST: dict[str, dict[str, Any]] = {
    "Server": {},
    "Lambda": {},
    "ECS": {"ecsServices": [SERVICE], "loadBalancerInfo": PAIRS, "blueGreenDeploymentConfiguration": SWITCH},
}


def trigger(name: str = "all", **members: Any) -> dict[str, Any]:
    return {"triggerName": name, "triggerTargetArn": TOPIC, "triggerEvents": ["DeploymentFailure"], **members}


def alarms(*names: str, enabled: bool = True) -> dict[str, Any]:
    return {"enabled": enabled, "alarms": [{"name": name} for name in names]}


def pair(**members: Any) -> dict[str, Any]:
    """A loadBalancerInfo with a pair of target groups that differs from PAIR in these members."""
    return {"targetGroupPairInfoList": [{**PAIR, **members}]}


def switch(ready: Any = None, blue: Any = None) -> dict[str, Any]:
    """The setting of a blue/green configuration with these two parts."""
    configuration = {
        "deploymentReadyOption": ready or CONTINUE,
        "terminateBlueInstancesOnDeploymentSuccess": blue or TERMINATE,
    }
    return {"blueGreenDeploymentConfiguration": configuration}


def create(client: Any, **members: Any) -> None:
    wanted = {"applicationName": "shop", "deploymentGroupName": "web", "serviceRoleArn": ROLE, **members}
    client.create_deployment_group(**wanted)


def update(client: Any, **members: Any) -> None:
    client.update_deployment_group(applicationName="shop", currentDeploymentGroupName="web", **members)


def read(client: Any, name: str = "web") -> dict[str, Any]:
    answer = client.get_deployment_group(applicationName="shop", deploymentGroupName=name)
    info: dict[str, Any] = answer["deploymentGroupInfo"]
    return info


def make_surroundings(emulator: Emulator) -> None:
    """Auto Scaling groups, ECS services with and without CodeDeploy's controller, and a topic."""
    scaling = emulator.client("autoscaling")
    scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId="ami-1", InstanceType="t2.micro")
    for name in ("workers", "more"):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="lc",
            MinSize=0,
            MaxSize=1,
            AvailabilityZones=["us-east-1a"],
        )
    ecs = emulator.client("ecs")
    ecs.create_cluster(clusterName="main")
    for name, controller in (("api", "CODE_DEPLOY"), ("other", "CODE_DEPLOY"), ("rolling", "ECS")):
        ecs.create_service(cluster="main", serviceName=name, desiredCount=0, deploymentController={"type": controller})
    emulator.client("sns").create_topic(Name="deployments")


@pytest.fixture(scope="module")
def surroundings() -> Any:
    """One emulator for all tests here: each gets an application of its own, and leaves none."""
    with Emulator() as running:
        make_surroundings(running)
        yield running


@pytest.fixture
def client(surroundings: Emulator) -> Any:
    found = surroundings.client("codedeploy")
    yield found
    found.delete_application(applicationName="shop")


SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("Server", {"deploymentConfigName": "CodeDeployDefault.AllAtOnce"}),
    ("Server", {"ec2TagSet": {"ec2TagSetList": [[TAG_FILTER], [{"Key": "env", "Value": "", "Type": "KEY_ONLY"}]]}}),
    ("Server", {"ec2TagFilters": [TAG_FILTER]}),
    ("Server", {"onPremisesInstanceTagFilters": [{"Key": "", "Value": "web", "Type": "VALUE_ONLY"}]}),
    ("Server", {"onPremisesTagSet": {"onPremisesTagSetList": [[TAG_FILTER]]}}),
    ("Server", {"triggerConfigurations": [trigger(), trigger("two", triggerEvents=["InstanceStart", "InstanceReady"])]}),
    ("Server", {"alarmConfiguration": {**alarms("no-such-alarm"), "ignorePollAlarmFailure": True}}),
    ("Server", {"alarmConfiguration": alarms("kept", enabled=False)}),
    ("Server", {"alarmConfiguration": alarms(*(f"alarm-{number}" for number in range(50)))}),
    ("Server", {"autoRollbackConfiguration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}}),
    ("Server", {"outdatedInstancesStrategy": "IGNORE"}),
    ("Server", {"terminationHookEnabled": True}),
    ("Server", {"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["AZRebalance", "Terminate"]}}),
    ("Server", {"deploymentStyle": CONTROLLED, "loadBalancerInfo": {"targetGroupInfoList": [{"name": "none-such"}]}}),
    ("Server", {"loadBalancerInfo": ELB}),
    ("Server", {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB}),
    ("Server", {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB, "blueGreenDeploymentConfiguration": {**SWITCH, **DISCOVER}}),
    ("Lambda", {"deploymentConfigName": "CodeDeployDefault.LambdaCanary10Percent5Minutes", "deploymentStyle": BLUE_GREEN}),
    ("Lambda", {"alarmConfiguration": alarms("errors"), "triggerConfigurations": [trigger()]}),
    ("ECS", {"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce", "deploymentStyle": BLUE_GREEN}),
    ("ECS", {"loadBalancerInfo": pair(testTrafficRoute={"listenerArns": [LISTENER]})}),
    ("ECS", {"outdatedInstancesStrategy": "UPDATE"}),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "settings"), SETTINGS)
def test_accepted_at_creation_and_by_update(client: Any, platform: str, settings: dict[str, Any]) -> None:
    """What was given reads back, whichever call gave it; all else stays as it was."""
    client.create_application(applicationName="shop", computePlatform=platform)
    create(client, **{**LEAST[platform], **settings})
    created = read(client)
    assert {name: created[name] for name in settings} == settings
    client.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    create(client, **LEAST[platform])
    before = read(client)
    update(client, **settings)
    assert read(client) == {**before, **settings}


def test_defaults_of_lambda_and_ecs_groups(client: Any) -> None:
    for platform in ("Lambda", "ECS"):
        client.create_application(applicationName="shop", computePlatform=platform)
        create(client, **LEAST[platform])
        info = read(client)
        assert (info["deploymentStyle"], info["computePlatform"]) == (BLUE_GREEN, platform)
        assert info["deploymentConfigName"] == f"CodeDeployDefault.{platform}AllAtOnce"
        assert {name: info[name] for name in LEAST[platform]} == LEAST[platform]
        client.delete_application(applicationName="shop")


INVALID_SWITCH = "InvalidBlueGreenDeploymentConfiguration"
WAIT = "The deployment ready action cannot be set to 'CONTINUE_DEPLOYMENT' when timeout is specified"
ONE_GROUP = "Exactly one Auto Scaling group must be specified for COPY_AUTO_SCALING_GROUP"
REFUSED = [
    ("Server", {"deploymentGroupName": "a b"}, "InvalidDeploymentGroupName", ""),
    ("Server", {"serviceRoleArn": "codedeploy"}, "InvalidRole", ""),
    ("Server", {"serviceRoleArn": "arn:aws:iam::123456789012:user/codedeploy"}, "InvalidRole", ""),
    ("Server", {"deploymentConfigName": "nope"}, "DeploymentConfigDoesNotExist", "No deployment configuration found for name: nope"),
    ("Server", {"deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"}, "InvalidDeploymentConfigName", "is for Lambda"),
    ("Server", {"deploymentStyle": {"deploymentType": "CANARY"}}, "InvalidDeploymentStyle", ""),
    ("Server", {"deploymentStyle": {**BLUE_GREEN, "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}}, "InvalidDeploymentStyle", ""),
    ("Server", {"deploymentStyle": CONTROLLED}, "InvalidLoadBalancerInfo", "elbInfoList or targetGroupInfoList"),
    ("Server", {"loadBalancerInfo": {"elbInfoList": [{"name": f"elb-{n}"} for n in range(11)]}}, "InvalidLoadBalancerInfo", "up to 10"),
    ("Server", {"loadBalancerInfo": {"targetGroupInfoList": [{}]}}, "InvalidLoadBalancerInfo", "each with a name"),
    ("Server", {"loadBalancerInfo": PAIRS}, "InvalidLoadBalancerInfo", "must not contain targetGroupPairInfo list"),
    ("Server", {"outdatedInstancesStrategy": "SOMETIMES"}, "InvalidInput", ""),
    ("Server", {"autoRollbackConfiguration": {"enabled": True, "events": []}}, "InvalidAutoRollbackConfig", ""),
    ("Server", {"autoRollbackConfiguration": {"enabled": True, "events": ["NEVER"]}}, "InvalidAutoRollbackConfig", ""),
    ("Server", {"ec2TagFilters": [{"Key": "a", "Value": "b"}]}, "InvalidEC2Tag", ""),
    ("Server", {"ec2TagFilters": [{"Key": "", "Type": "KEY_ONLY"}]}, "InvalidEC2Tag", ""),
    ("Server", {"ec2TagFilters": [{"Key": "a", "Type": "KEY_AND_VALUE"}]}, "InvalidEC2Tag", ""),
    ("Server", {"ec2TagFilters": [TAG_FILTER] * 11}, "InvalidEC2Tag", "at most 10"),
    ("Server", {"onPremisesInstanceTagFilters": [{"Key": "a", "Type": "ALL"}]}, "InvalidTag", ""),
    ("Server", {"ec2TagSet": {"ec2TagSetList": [[TAG_FILTER]] * 4}}, "TagSetListLimitExceeded", ""),
    ("Server", {"autoScalingGroups": ["nope"]}, "InvalidAutoScalingGroup", "nope does not exist"),
    ("Server", {"autoScalingGroups": [f"asg-{n}" for n in range(11)]}, "InvalidAutoScalingGroup", "at most 10"),
    ("Server", {"autoScalingGroups": ["workers", "workers"]}, "InvalidAutoScalingGroup", "different"),
    ("Server", {"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["terminate"]}}, "InvalidAutoScalingGroupProcessToSuspend", ""),
    ("Server", {"ecsServices": [SERVICE]}, "InvalidECSService", "ecsServices can not be specified"),
    ("Server", {"alarmConfiguration": {"enabled": True}}, "InvalidAlarmConfig", "no list"),
    ("Server", {"alarmConfiguration": alarms()}, "InvalidAlarmConfig", "must be given"),
    ("Server", {"alarmConfiguration": {"enabled": True, "alarms": [{}]}}, "InvalidAlarmConfig", "1 to 255"),
    ("Server", {"alarmConfiguration": alarms("a" * 256)}, "InvalidAlarmConfig", "1 to 255"),
    ("Server", {"alarmConfiguration": alarms("a", "a")}, "InvalidAlarmConfig", "same name"),
    ("Server", {"alarmConfiguration": alarms(*(f"alarm-{n}" for n in range(51)))}, "AlarmsLimitExceeded", "at most 50"),
    ("Server", {"triggerConfigurations": [trigger(f"t{n}") for n in range(11)]}, "TriggerTargetsLimitExceeded", "at most 10"),
    ("Server", {"triggerConfigurations": [trigger(), trigger()]}, "InvalidTriggerConfig", "name of its own"),
    ("Server", {"triggerConfigurations": [trigger(triggerEvents=[])]}, "InvalidTriggerConfig", "no events"),
    ("Server", {"triggerConfigurations": [trigger(triggerEvents=["DeploymentPause"])]}, "InvalidTriggerConfig", ""),
    ("Server", {"triggerConfigurations": [trigger(triggerTargetArn="deployments")]}, "InvalidTriggerConfig", "Topic ARN deployments is not valid"),
    ("Server", {"triggerConfigurations": [trigger(triggerTargetArn=f"{TOPIC}2")]}, "InvalidTriggerConfig", f"Topic ARN {TOPIC}2 is not valid"),
    ("Server", switch(ready={**CONTINUE, "waitTimeInMinutes": 1}), INVALID_SWITCH, WAIT),
    ("Server", switch(ready={"waitTimeInMinutes": 1}), INVALID_SWITCH, "no action"),
    ("Server", switch(ready={**STOP, "waitTimeInMinutes": 2881}), INVALID_SWITCH, "0 to 2880"),
    ("Server", switch(blue={**TERMINATE, "terminationWaitTimeInMinutes": -1}), INVALID_SWITCH, "0 to 2880"),
    ("Server", {"blueGreenDeploymentConfiguration": {"greenFleetProvisioningOption": {"action": "GUESS"}}}, INVALID_SWITCH, ""),
    ("Server", {"blueGreenDeploymentConfiguration": COPY}, INVALID_SWITCH, ONE_GROUP),
    ("Server", {"blueGreenDeploymentConfiguration": COPY, "autoScalingGroups": ["workers", "more"]}, INVALID_SWITCH, ONE_GROUP),
    ("Lambda", {"deploymentStyle": UNCONTROLLED}, "InvalidDeploymentStyle", "For Lambda deployment,"),
    ("Lambda", {"ec2TagFilters": [TAG_FILTER]}, "InvalidEC2Tag", "For Lambda deployment group"),
    ("Lambda", {"onPremisesTagSet": {"onPremisesTagSetList": [[TAG_FILTER]]}}, "InvalidTag", ""),
    ("Lambda", {"autoScalingGroups": ["workers"]}, "InvalidAutoScalingGroup", ""),
    ("Lambda", {"terminationHookEnabled": True}, "InvalidInput", ""),
    ("Lambda", {"ec2DeploymentOptions": {"autoScalingGroupProcessesToSuspend": ["Terminate"]}}, "InvalidInput", ""),
    ("Lambda", {"loadBalancerInfo": ELB}, "InvalidLoadBalancerInfo", ""),
    ("Lambda", {"blueGreenDeploymentConfiguration": SWITCH}, INVALID_SWITCH, ""),
    ("Lambda", {"ecsServices": [SERVICE]}, "InvalidECSService", ""),
    ("Lambda", {"deploymentConfigName": "CodeDeployDefault.OneAtATime"}, "InvalidDeploymentConfigName", "is for Server"),
    ("ECS", {"loadBalancerInfo": {}}, "InvalidLoadBalancerInfo", "For ECS deployment group, loadBalancerInfo must be specified"),
    ("ECS", {"loadBalancerInfo": ELB}, "InvalidLoadBalancerInfo", "must not contain elbInfo list"),
    ("ECS", {"loadBalancerInfo": {"targetGroupInfoList": [{"name": "a"}]}}, "InvalidLoadBalancerInfo", "must not contain targetGroupInfo list"),
    ("ECS", {"loadBalancerInfo": {"targetGroupPairInfoList": [PAIR, PAIR]}}, "InvalidTargetGroupPair", "1 is allowed"),
    ("ECS", {"loadBalancerInfo": pair(targetGroups=[{"name": "blue"}])}, "InvalidTargetGroupPair", "two target groups"),
    ("ECS", {"loadBalancerInfo": pair(targetGroups=[{"name": "blue"}] * 2)}, "InvalidTargetGroupPair", "different names"),
    ("ECS", {"loadBalancerInfo": pair(prodTrafficRoute={})}, "InvalidTrafficRoutingConfiguration", "prodTrafficRoute"),
    ("ECS", {"loadBalancerInfo": pair(testTrafficRoute={"listenerArns": [LISTENER] * 2})}, "InvalidTrafficRoutingConfiguration", "testTrafficRoute"),
    ("ECS", {"deploymentStyle": CONTROLLED}, "InvalidDeploymentStyle", "For ECS deployment,"),
    ("ECS", {"autoScalingGroups": []}, "InvalidAutoScalingGroup", "For ECS deployment group, autoScalingGroups can not be specified"),
    ("ECS", {"ec2TagFilters": [TAG_FILTER]}, "InvalidEC2Tag", ""),
    ("ECS", {"ecsServices": []}, "InvalidECSService", "one ECS service"),
    ("ECS", {"ecsServices": [{"serviceName": "api"}]}, "InvalidECSService", "with its cluster"),
    ("ECS", {"ecsServices": [{**SERVICE, "serviceName": "nope"}]}, "InvalidECSService", "main:nope does not exist"),
    ("ECS", {"ecsServices": [{**SERVICE, "serviceName": "rolling"}]}, "InvalidECSService", "must be configured for a CODE_DEPLOY deployment controller"),
    ("ECS", switch(ready={**STOP, "waitTimeInMinutes": 7201}), INVALID_SWITCH, "0 to 7200"),
    ("ECS", {"blueGreenDeploymentConfiguration": {**SWITCH, **COPY}}, INVALID_SWITCH, ONE_GROUP),
    ("ECS", {"blueGreenDeploymentConfiguration": {}}, INVALID_SWITCH, "For ECS deployment group, blueGreenDeploymentConfiguration must be specified"),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "settings", "code", "message"), REFUSED)
def test_refused_at_creation_and_by_update(
    client: Any, platform: str, settings: dict[str, Any], code: str, message: str
) -> None:
    client.create_application(applicationName="shop", computePlatform=platform)
    with pytest.raises(ClientError) as caught:
        create(client, **{**LEAST[platform], **settings})
    assert caught.value.response["Error"]["Code"] == f"{code}Exception"
    assert message in caught.value.response["Error"]["Message"]
    assert client.list_deployment_groups(applicationName="shop")["deploymentGroups"] == []

    create(client, **LEAST[platform])
    if "deploymentGroupName" in settings or settings.get("blueGreenDeploymentConfiguration") == {}:
        return  # an update has no such member, or keeps what cannot be removed
    before = read(client)
    with pytest.raises(ClientError) as caught:
        update(client, **settings)
    assert caught.value.response["Error"]["Code"] == f"{code}Exception"
    assert message in caught.value.response["Error"]["Message"]
    assert read(client) == before


CLEARED = [
    ("triggerConfigurations", [trigger()], []),
    ("autoRollbackConfiguration", {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}, {"enabled": False, "events": []}),
    ("alarmConfiguration", alarms("a"), {"enabled": False, "ignorePollAlarmFailure": False, "alarms": []}),
    ("loadBalancerInfo", ELB, {}),
    ("loadBalancerInfo", ELB, {"targetGroupInfoList": []}),
    ("ec2TagSet", {"ec2TagSetList": [[TAG_FILTER]]}, {"ec2TagSetList": []}),
    ("onPremisesTagSet", {"onPremisesTagSetList": [[TAG_FILTER]]}, {"onPremisesTagSetList": []}),
    ("ec2TagFilters", [TAG_FILTER], []),
    ("ec2DeploymentOptions", {"autoScalingGroupProcessesToSuspend": ["Terminate"]}, {"autoScalingGroupProcessesToSuspend": []}),
    ("autoScalingGroups", ["workers"], []),
    ("terminationHookEnabled", True, False),
]  # fmt: skip


@pytest.mark.parametrize(("member", "given", "clearing"), CLEARED)
def test_omitted_is_kept_and_empty_clears(client: Any, member: str, given: Any, clearing: Any) -> None:
    client.create_application(applicationName="shop")
    create(client)
    empty = read(client)
    update(client, **{member: given})
    set_once = read(client)
    assert set_once != empty
    update(client, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    assert read(client) == {**set_once, "deploymentConfigName": "CodeDeployDefault.AllAtOnce"}
    update(client, **{member: clearing, "deploymentConfigName": "CodeDeployDefault.OneAtATime"})
    assert read(client) == empty


def test_the_blue_green_configuration_outlives_its_style(client: Any) -> None:
    client.create_application(applicationName="shop")
    keep = {"action": "KEEP_ALIVE"}
    configuration = {"deploymentReadyOption": STOP, "terminateBlueInstancesOnDeploymentSuccess": keep}
    create(client, deploymentStyle=BLUE_GREEN, loadBalancerInfo=ELB, blueGreenDeploymentConfiguration=configuration)
    kept = {**configuration, "terminateBlueInstancesOnDeploymentSuccess": {**keep, "terminationWaitTimeInMinutes": 0}}
    assert read(client)["blueGreenDeploymentConfiguration"] == kept
    update(client, deploymentStyle=UNCONTROLLED, blueGreenDeploymentConfiguration={})
    assert read(client)["blueGreenDeploymentConfiguration"] == kept


def test_a_copied_auto_scaling_group_is_named_with_every_change_of_the_configuration(
    client: Any, refused: Refused
) -> None:
    client.create_application(applicationName="shop")
    members = {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": ELB}
    create(client, **members, autoScalingGroups=["workers"], blueGreenDeploymentConfiguration={**COPY, **SWITCH})
    keep = {**COPY, "terminateBlueInstancesOnDeploymentSuccess": {"action": "KEEP_ALIVE"}}
    with refused("InvalidBlueGreenDeploymentConfigurationException"):
        update(client, blueGreenDeploymentConfiguration=keep)
    with refused("InvalidBlueGreenDeploymentConfigurationException"):
        update(client, autoScalingGroups=[])
    update(client, blueGreenDeploymentConfiguration=keep, autoScalingGroups=["workers"])
    update(client, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    assert [each["name"] for each in read(client)["autoScalingGroups"]] == ["workers"]
    update(client, autoScalingGroups=[], deploymentStyle=UNCONTROLLED)
    assert read(client)["autoScalingGroups"] == []


def test_an_ecs_service_is_in_one_group_only(client: Any, refused: Refused) -> None:
    client.create_application(applicationName="shop", computePlatform="ECS")
    create(client, **LEAST["ECS"])
    with refused("ECSServiceMappingLimitExceededException"):
        create(client, deploymentGroupName="again", **LEAST["ECS"])
    other = {**SERVICE, "serviceName": "other"}
    create(client, deploymentGroupName="again", **{**LEAST["ECS"], "ecsServices": [other]})
    with refused("ECSServiceMappingLimitExceededException"):
        update(client, ecsServices=[other])
    update(client, ecsServices=[SERVICE])
    client.delete_deployment_group(applicationName="shop", deploymentGroupName="again")
    update(client, ecsServices=[other])
    assert read(client)["ecsServices"] == [other]
