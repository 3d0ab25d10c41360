# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import types
from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud

from ansible_collections.slipway.codedeploy.plugins.modules import deployment_group
from emulator import Emulator
from unit.scenarios import (
    Connect,
    Scenario,
    Subject,
    check_permissions,
    check_refused,
    check_scenario,
    module_actions,
)

ARN = "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:web/test"
ROLE = "arn:aws:iam::123456789012:role/codedeploy"
A = {"Key": "a", "Value": "1", "Type": "KEY_AND_VALUE"}
B = {"Key": "b", "Type": "KEY_ONLY"}
# What the scenarios look at in AWS's answer; the rest would only repeat the emulator's defaults.
SEEN = (
    "deploymentConfigName",
    "serviceRoleArn",
    "ec2TagFilters",
    "ec2TagSet",
    "onPremisesInstanceTagFilters",
    "onPremisesTagSet",
    "autoRollbackConfiguration",
    "deploymentStyle",
)
FRESH = {
    "deploymentConfigName": "CodeDeployDefault.OneAtATime",
    "serviceRoleArn": ROLE,
    "ec2TagFilters": [],
    "onPremisesInstanceTagFilters": [],
    "deploymentStyle": {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"},
    "tags": {},
}


def without_empty(info: dict[str, Any]) -> dict[str, Any]:
    """AWS's answer without tag sets and rollbacks that say nothing, which it may give or leave out."""
    empty: tuple[dict[str, Any], ...] = (
        {"ec2TagSetList": []},
        {"onPremisesTagSetList": []},
        {"enabled": False, "events": []},
    )
    return {name: value for name, value in info.items() if value not in empty}


def read(client: Any) -> Any:
    """The group's settings and tags; None if there is none."""
    applications = client.list_applications()["applications"]
    if (
        "web" not in applications
        or "test" not in client.list_deployment_groups(applicationName="web")["deploymentGroups"]
    ):
        return None
    info = client.get_deployment_group(applicationName="web", deploymentGroupName="test")["deploymentGroupInfo"]
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=ARN)["Tags"]}
    return {**without_empty({name: info[name] for name in SEEN if name in info}), "tags": tags}


SUBJECT = Subject(
    deployment_group,
    "deployment_group",
    read,
    {
        "auto_scaling_groups",
        "compute_platform",
        "deployment_group_id",
        "outdated_instances_strategy",
        "termination_hook_enabled",
        "trigger_configurations",
    },
)


def nothing(client: Any) -> None:
    pass


def an_application(client: Any) -> None:
    client.create_application(applicationName="web")


def a_group(tags: dict[str, str] | None = None, **members: Any) -> Any:
    def arrange(client: Any) -> None:
        an_application(client)
        pairs = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        client.create_deployment_group(
            applicationName="web", deploymentGroupName="test", serviceRoleArn=ROLE, tags=pairs, **members
        )

    return arrange


TEST = {"application_name": "web", "deployment_group_name": "test"}
NEW = {**TEST, "service_role_arn": ROLE}
FAILURE = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
SCENARIOS = [
    Scenario("create", an_application, NEW, True, FRESH),
    Scenario(
        "create with everything",
        an_application,
        {
            **NEW,
            "deployment_config_name": "CodeDeployDefault.HalfAtATime",
            "ec2_tag_set": [[{"key": "b"}], [{"key": "b"}, {"key": "a", "value": 1}]],
            "on_premises_instance_tag_filters": [{"value": "c"}, {"key": "a", "value": "1"}],
            "auto_rollback_configuration": {"events": ["DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_FAILURE"]},
            "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"},
            "tags": {"team": "shop"},
        },
        True,
        {
            **FRESH,
            "deploymentConfigName": "CodeDeployDefault.HalfAtATime",
            "ec2TagSet": {"ec2TagSetList": [[A, B], [B]]},
            "onPremisesInstanceTagFilters": [A, {"Value": "c", "Type": "VALUE_ONLY"}],
            "autoRollbackConfiguration": {
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            "tags": {"team": "shop"},
        },
    ),
    Scenario(
        "there already, whatever its options",
        a_group(ec2TagFilters=[B, A], autoRollbackConfiguration=FAILURE),
        TEST,
        False,
        {**FRESH, "ec2TagFilters": [B, A], "autoRollbackConfiguration": FAILURE},
    ),
    Scenario(
        "the same filters in another order",
        a_group(ec2TagFilters=[B, A], onPremisesTagSet={"onPremisesTagSetList": [[B], [B, A]]}),
        {
            **NEW,
            "ec2_tag_filters": [{"key": "a", "value": "1"}, {"key": "b"}, {"key": "a", "value": "1"}],
            "on_premises_tag_set": [[{"key": "a", "value": "1"}, {"key": "b"}], [{"key": "b"}]],
        },
        False,
        {**FRESH, "ec2TagFilters": [B, A], "onPremisesTagSet": {"onPremisesTagSetList": [[B], [B, A]]}},
    ),
    Scenario(
        "empty is what it has",
        a_group(),
        {
            **TEST,
            "ec2_tag_filters": [],
            "ec2_tag_set": [],
            "on_premises_instance_tag_filters": [],
            "on_premises_tag_set": [],
            "auto_rollback_configuration": {},
            "tags": {},
        },
        False,
        FRESH,
    ),
    Scenario(
        "another deployment config and role",
        a_group(ec2TagFilters=[A]),
        {
            **TEST,
            "deployment_config_name": "CodeDeployDefault.AllAtOnce",
            "service_role_arn": "arn:aws:iam::123456789012:role/other",
        },
        True,
        {
            **FRESH,
            "ec2TagFilters": [A],
            "deploymentConfigName": "CodeDeployDefault.AllAtOnce",
            "serviceRoleArn": "arn:aws:iam::123456789012:role/other",
        },
    ),
    Scenario(
        "filters replace filters, the others stay",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[A]),
        {**TEST, "ec2_tag_filters": [{"key": "b"}]},
        True,
        {**FRESH, "ec2TagFilters": [B], "onPremisesInstanceTagFilters": [A]},
    ),
    Scenario(
        "filters are cleared",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[A]),
        {**TEST, "ec2_tag_filters": [], "on_premises_instance_tag_filters": []},
        True,
        FRESH,
    ),
    Scenario(
        "a tag set is cleared",
        a_group(ec2TagSet={"ec2TagSetList": [[A], [B]]}),
        {**TEST, "ec2_tag_set": []},
        True,
        FRESH,
    ),
    Scenario(
        "a tag set replaces filters",
        a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[B]),
        {**TEST, "ec2_tag_set": [[{"key": "b"}]]},
        True,
        {**FRESH, "ec2TagSet": {"ec2TagSetList": [[B]]}, "onPremisesInstanceTagFilters": [B]},
    ),
    Scenario(
        "filters replace a tag set",
        a_group(onPremisesTagSet={"onPremisesTagSetList": [[A], [B]]}),
        {**TEST, "on_premises_instance_tag_filters": [{"key": "b"}]},
        True,
        {**FRESH, "onPremisesInstanceTagFilters": [B]},
    ),
    Scenario(
        "a rollback comes",
        a_group(),
        {**TEST, "auto_rollback_configuration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}},
        True,
        {**FRESH, "autoRollbackConfiguration": FAILURE},
    ),
    Scenario(
        "a rollback goes",
        a_group(autoRollbackConfiguration=FAILURE),
        {**TEST, "auto_rollback_configuration": {}},
        True,
        FRESH,
    ),
    Scenario(
        "a rollback is kept but off",
        a_group(autoRollbackConfiguration=FAILURE),
        {**TEST, "auto_rollback_configuration": {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}},
        True,
        {**FRESH, "autoRollbackConfiguration": {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}},
    ),
    Scenario(
        "tags change, with nothing else",
        a_group(tags={"team": "shop", "old": "1"}),
        {**TEST, "tags": {"team": "store", "new": "2"}},
        True,
        {**FRESH, "tags": {"team": "store", "new": "2"}},
    ),
    Scenario(
        "tags are added",
        a_group(tags={"team": "shop"}),
        {**TEST, "tags": {"stage": "test"}, "purge_tags": False},
        True,
        {**FRESH, "tags": {"team": "shop", "stage": "test"}},
    ),
    Scenario("tags are left alone", a_group(tags={"team": "shop"}), NEW, False, {**FRESH, "tags": {"team": "shop"}}),
    Scenario("delete", a_group(tags={"team": "shop"}), {**TEST, "state": "absent"}, True, None),
    Scenario("gone already", an_application, {**TEST, "state": "absent"}, False, None),
    Scenario("gone with its application", nothing, {**TEST, "state": "absent", "tags": {}}, False, None),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


def test_without_its_application_a_group_is_refused_but_in_check_mode_predicted(
    connect: Connect, emulator: Emulator
) -> None:
    params = SUBJECT.params(**NEW)
    with pytest.raises(
        deployment_group.CodeDeployError, match=r"there is no application 'web' in us-east-1\. Create it with"
    ):
        deployment_group.ensure(connect, params, False)
    predicted = deployment_group.ensure(connect, params, True)
    assert predicted["changed"] is True
    (warning,) = predicted["warnings"]
    assert "There is no application 'web' yet" in warning
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []


@pytest.mark.parametrize(
    ("arrange", "params", "message"),
    [
        (
            an_application,
            TEST,
            "service_role_arn: the deployment group 'test' does not exist, and to create it the ARN",
        ),
        (
            lambda client: client.create_application(applicationName="web", computePlatform="ECS"),
            NEW,
            "application_name: 'web' is an ECS application",
        ),
        (
            a_group(),
            {**TEST, "deployment_style": {"deployment_type": "IN_PLACE", "deployment_option": "WITH_TRAFFIC_CONTROL"}},
            "deployment_style: deployment_option WITH_TRAFFIC_CONTROL needs a load balancer",
        ),
        (
            an_application,
            {**NEW, "deployment_config_name": "Slow"},
            "deployment_config_name: there is no deployment config 'Slow' in us-east-1",
        ),
        (
            a_group(),
            {**TEST, "deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce"},
            "deployment_config_name: 'CodeDeployDefault.LambdaAllAtOnce' is for Lambda, but the application is for Server",
        ),
        (
            a_group(),
            {**TEST, "tags": {f"tag-{number}": "" for number in range(51)}},
            "tags: the resource would have 51 tags, 50 are allowed",
        ),
        (
            a_group(),
            {**TEST, "deployment_config_name": "Slow"},
            "deployment_config_name: there is no deployment config",
        ),
        (
            a_group(),
            {**TEST, "ec2_tag_filters": [{}]},
            r"ec2_tag_filters\[0\]: the filter is empty; give a key, a value or both",
        ),
    ],
)
def test_refused(
    arrange: Any, params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    arrange(codedeploy)
    check_refused(SUBJECT, params, message, connect, emulator)


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (NEW, ["codedeploy:GetDeploymentGroup"]),
        ({**TEST, "deployment_config_name": "CodeDeployDefault.OneAtATime"}, ["codedeploy:GetDeploymentGroup"]),
        (
            {**NEW, "tags": {"team": "shop"}},
            ["codedeploy:GetDeploymentGroup", "sts:GetCallerIdentity", "codedeploy:ListTagsForResource"],
        ),
    ],
)
def test_calls_of_an_unchanged_group(
    params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    a_group(tags={"team": "shop"})(codedeploy)
    deployment_group.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == actions


def test_the_result_can_be_given_back(connect: Connect, codedeploy: Any) -> None:
    an_application(codedeploy)
    params = SUBJECT.params(
        **NEW,
        ec2_tag_set=[[{"key": "b"}], [{"value": "c"}, {"key": "a", "value": ""}]],
        auto_rollback_configuration={"enabled": False, "events": ["DEPLOYMENT_FAILURE"]},
        tags={"team": "shop"},
    )
    returned = deployment_group.ensure(connect, params, False)["deployment_group"]
    given = {name: value for name, value in returned.items() if name in params}
    assert given.keys() == params.keys() - {"purge_tags", "state"}
    assert deployment_group.ensure(connect, SUBJECT.params(**given), False)["changed"] is False


class Refusing:
    """The strictest reading of "cannot be used in the same call": a client that refuses both, even if one is empty."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.refused = 0

    def update_deployment_group(self, **members: Any) -> Any:
        if {"ec2TagFilters", "ec2TagSet"} <= set(members):
            self.refused += 1
            members = {
                **members,
                "ec2TagFilters": [A],
                "ec2TagSet": {"ec2TagSetList": [[A]]},
            }  # the service refuses these
        return self._client.update_deployment_group(**members)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_an_exchange_converges_where_both_are_refused(connect: Connect, codedeploy: Any) -> None:
    a_group(ec2TagFilters=[A], onPremisesInstanceTagFilters=[A])(codedeploy)
    client = Refusing(connect("codedeploy"))
    params = SUBJECT.params(**TEST, ec2_tag_set=[[{"key": "b"}]])
    assert deployment_group.ensure(lambda _service: client, params, False)["changed"] is True
    assert client.refused == 1
    assert read(codedeploy) == {**FRESH, "ec2TagSet": {"ec2TagSetList": [[B]]}, "onPremisesInstanceTagFilters": [A]}
    assert deployment_group.ensure(lambda _service: client, params, False)["changed"] is False


def test_a_role_that_was_made_a_moment_ago(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator refuses a role that does not exist once there is any other; here it comes to be while the module waits."""
    an_application(codedeploy)
    iam = emulator.client("iam")
    iam.create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            iam.create_role(RoleName="codedeploy", AssumeRolePolicyDocument="{}")

    monkeypatch.setattr(cloud, "time", types.SimpleNamespace(sleep=sleep))
    assert deployment_group.ensure(connect, SUBJECT.params(**NEW), False)["changed"] is True
    assert slept == [5, 5, 5]
    assert read(codedeploy) == FRESH
