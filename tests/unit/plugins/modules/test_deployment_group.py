# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import converge, propagation
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_group
from emulator import Emulator
from unit.group_scenarios import NAMES_AND_TAGS, SCENARIOS, SELECTION, WORKERS
from unit.group_stage import (
    FRESH,
    NEW,
    SUBJECT,
    TEST,
    TOPIC,
    A,
    B,
    a_group,
    an_application,
    auto_scaling_groups,
    nothing,
    read,
)
from unit.scenarios import (
    Connect,
    Scenario,
    check_permissions,
    check_scenario,
    module_actions,
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, [*SELECTION, *NAMES_AND_TAGS], connect, emulator)


def test_without_its_application_a_group_is_refused_but_in_check_mode_predicted(
    connect: Connect, emulator: Emulator
) -> None:
    params = SUBJECT.params(**NEW)
    with pytest.raises(CodeDeployError, match=r"there is no application 'web' in us-east-1\. Create it with"):
        deployment_group.ensure(connect, params, False)
    predicted = deployment_group.ensure(connect, params, True)
    assert (predicted["changed"], predicted["deployment_group"]["compute_platform"]) == (True, "Server")
    (warning,) = predicted["warnings"]
    assert "There is no application 'web' yet" in warning
    assert [action for action in module_actions(emulator) if not re.search(r":(Get|List)", action)] == []


GET, LIST_TAGS = "codedeploy:GetDeploymentGroup", "codedeploy:ListTagsForResource"


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (NEW, [GET]),
        ({**TEST, "deployment_config_name": "CodeDeployDefault.OneAtATime"}, [GET]),
        ({**NEW, "tags": {"team": "shop"}}, ["sts:GetCallerIdentity", GET, LIST_TAGS]),
        ({**NEW, "new_deployment_group_name": "test"}, ["codedeploy:BatchGetDeploymentGroups"]),
        (
            {**NEW, "auto_scaling_groups": ["workers"], "reinstall_missing_hooks": True},
            [GET, "autoscaling:DescribeLifecycleHooks"],
        ),
    ],
)
def test_calls_of_an_unchanged_group(
    params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    a_group(tags={"team": "shop"}, surroundings=WORKERS, autoScalingGroups=["workers"])(codedeploy)
    deployment_group.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == actions


def options_of(returned: dict[str, Any]) -> dict[str, Any]:
    """What a module has returned, as options."""
    return {name: value for name, value in returned.items() if name in SUBJECT.params()}


ASKS = {"purge_tags", "state", "wait_timeout", "new_deployment_group_name", "reinstall_missing_hooks"}


(ECS_BLUE_GREEN,) = (scenario.params for scenario in SCENARIOS if scenario.name.startswith("ECS_BlueGreen: a pair"))
RICH = [
    "create with everything",
    "everything is left alone when one thing changes",
    "everything is cleared at once",
    "the copy of an Auto Scaling group is named when the configuration changes",
    "back to in place without Auto Scaling group or load balancer",
    "a Lambda group",
    "target groups of an ECS pair in another order, no Auto Scaling groups",
]


@pytest.mark.parametrize("name", RICH)
def test_the_result_can_be_given_back(name: str, connect: Connect, codedeploy: Any) -> None:
    (scenario,) = [scenario for scenario in SCENARIOS if scenario.name == name]
    scenario.arrange(codedeploy)
    params = SUBJECT.params(**{"tags": {}, "purge_tags": False, **scenario.params})
    given = options_of(deployment_group.ensure(connect, params, False)["deployment_group"])
    assert given.keys() == params.keys() - ASKS
    again = deployment_group.ensure(connect, SUBJECT.params(**given), False)
    assert (again["changed"], read(codedeploy)) == (False, scenario.after)


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


class Late:
    """Something that comes to be while the module waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, come: Any) -> None:
        self.slept: list[float] = []
        self._come = come
        monkeypatch.setattr(propagation, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == 3:
            self._come()


def test_a_role_that_was_made_a_moment_ago(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator refuses a role that does not exist once there is any other; here it comes to be while the module waits."""
    an_application(codedeploy)
    iam = emulator.client("iam")
    iam.create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    late = Late(monkeypatch, lambda: iam.create_role(RoleName="codedeploy", AssumeRolePolicyDocument="{}"))
    assert deployment_group.ensure(connect, SUBJECT.params(**NEW), False)["changed"] is True
    assert late.slept == [5, 5, 5]
    assert read(codedeploy) == FRESH


def test_a_topic_that_was_made_a_moment_ago(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_group()(codedeploy)
    sns = emulator.client("sns")
    sns.create_topic(Name="other")
    late = Late(monkeypatch, lambda: sns.create_topic(Name="deployments"))
    trigger = {"trigger_name": "t", "trigger_target_arn": TOPIC, "trigger_events": ["InstanceReady"]}
    params = SUBJECT.params(**TEST, trigger_configurations=[trigger])
    assert deployment_group.ensure(connect, params, False)["changed"] is True
    assert late.slept == [5, 5, 5]
    assert read(codedeploy)["triggerConfigurations"][0]["triggerTargetArn"] == TOPIC


def test_a_role_that_never_comes(
    connect: Connect, emulator: Emulator, codedeploy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_application(codedeploy)
    emulator.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument="{}")
    late = Late(monkeypatch, lambda: None)
    with pytest.raises(CodeDeployError, match="Cannot assume role provided"):
        deployment_group.ensure(connect, SUBJECT.params(**NEW, wait_timeout=20), False)
    assert late.slept == [5, 5, 5, 5]
    assert read(codedeploy) is None


def test_a_lifecycle_hook_that_cannot_be_removed(connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    """The service removes hooks with the group's role, which is gone here."""
    iam = emulator.client("iam")
    for name in ("codedeploy", "other"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    a_group(surroundings=auto_scaling_groups("workers"), autoScalingGroups=["workers"])(codedeploy)
    iam.delete_role(RoleName="codedeploy")
    done = deployment_group.ensure(connect, SUBJECT.params(**TEST, state="absent"), False)
    (warning,) = done["warnings"]
    assert re.match(
        r"AWS could not remove the lifecycle hook 'CodeDeploy-managed-.*' from the Auto Scaling group 'workers'",
        warning,
    )
    assert (done["changed"], read(codedeploy)) == (True, None)


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("params", "platform"),
    [
        (ECS_BLUE_GREEN, "ECS"),
        ({**NEW, "deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce"}, "Lambda"),
        ({**NEW, "deployment_config_name": "CodeDeployDefault.AllAtOnce"}, "Server"),
    ],
)
def test_an_application_that_is_still_to_come(params: dict[str, Any], platform: str, connect: Connect) -> None:
    (warning,) = deployment_group.ensure(connect, SUBJECT.params(**params), True)["warnings"]
    assert (
        f"There is no application 'web' yet. Assuming that another task creates it, for compute platform {platform}"
        in warning
    )


@pytest.mark.usefixtures("emulator")
def test_an_error_carries_the_warnings_that_came_before_it(connect: Connect) -> None:
    lambda_config = {"deployment_config_name": "CodeDeployDefault.LambdaAllAtOnce"}
    params = SUBJECT.params(**NEW, **lambda_config, auto_scaling_groups=["workers"])
    with pytest.raises(InvalidOption) as caught:
        deployment_group.ensure(connect, params, True)
    (warning,) = getattr(caught.value, "warnings", ())
    assert warning.startswith("There is no application 'web' yet.")


class Interloper:
    """A client during whose first write somebody else does something."""

    def __init__(self, client: Any, operation: str, act: Any) -> None:
        self._client = client
        self._operation = operation
        self._act = act

    def __getattr__(self, name: str) -> Any:
        if name == self._operation and self._act is not None:
            act, self._act = self._act, None
            act()
        return getattr(self._client, name)


def meddled(connect: Connect, operation: str, act: Any) -> Connect:
    client = Interloper(connect("codedeploy"), operation, act)
    return lambda service: client if service == "codedeploy" else connect(service)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converge, "sleep", lambda _seconds: None)


@pytest.mark.usefixtures("_no_pauses")
class TestSomebodyElse:
    """Between the module's read and its write, somebody else writes."""

    names = {"applicationName": "web", "deploymentGroupName": "test"}  # noqa: RUF012

    def test_deletes_the_group_that_is_to_change(self, connect: Connect, codedeploy: Any) -> None:
        a_group(ec2TagFilters=[A])(codedeploy)
        meddling = meddled(connect, "update_deployment_group", lambda: codedeploy.delete_deployment_group(**self.names))
        params = SUBJECT.params(**NEW, ec2_tag_filters=[{"key": "b"}])
        assert deployment_group.ensure(meddling, params, False)["changed"] is True
        assert read(codedeploy) == {**FRESH, "ec2TagFilters": [B]}

    def test_deletes_the_group_whose_role_is_not_known(self, connect: Connect, codedeploy: Any) -> None:
        a_group(ec2TagFilters=[A])(codedeploy)
        meddling = meddled(connect, "update_deployment_group", lambda: codedeploy.delete_deployment_group(**self.names))
        with pytest.raises(InvalidOption, match="service_role_arn: required to create the deployment group 'test'"):
            deployment_group.ensure(meddling, SUBJECT.params(**TEST, ec2_tag_filters=[]), False)

    def test_deletes_the_application(self, connect: Connect, codedeploy: Any) -> None:
        a_group()(codedeploy)
        meddling = meddled(
            connect, "update_deployment_group", lambda: codedeploy.delete_application(applicationName="web")
        )
        with pytest.raises(CodeDeployError, match="there is no application 'web' in us-east-1"):
            deployment_group.ensure(meddling, SUBJECT.params(**NEW, ec2_tag_filters=[{"key": "b"}]), False)

    def test_creates_the_group_first(self, connect: Connect, codedeploy: Any) -> None:
        an_application(codedeploy)
        meddling = meddled(
            connect, "create_deployment_group", lambda: a_group(surroundings=nothing, ec2TagFilters=[A])(codedeploy)
        )
        params = SUBJECT.params(**NEW, ec2_tag_filters=[{"key": "b"}])
        assert deployment_group.ensure(meddling, params, False)["changed"] is True
        assert read(codedeploy) == {**FRESH, "ec2TagFilters": [B]}

    def test_deletes_the_group_first(self, connect: Connect, codedeploy: Any) -> None:
        a_group()(codedeploy)
        meddling = meddled(connect, "delete_deployment_group", lambda: codedeploy.delete_deployment_group(**self.names))
        assert (
            deployment_group.ensure(meddling, SUBJECT.params(**TEST, state="absent"), False)["deployment_group"] == {}
        )
        assert read(codedeploy) is None


def test_what_somebody_else_changed_is_repaired(connect: Connect, codedeploy: Any) -> None:
    an_application(codedeploy)
    params = SUBJECT.params(
        **NEW,
        ec2_tag_filters=[{"key": "b"}],
        auto_rollback_configuration={"events": ["DEPLOYMENT_FAILURE"]},
        tags={"team": "shop"},
    )
    deployment_group.ensure(connect, params, False)
    wanted = read(codedeploy)
    names = {"applicationName": "web", "currentDeploymentGroupName": "test"}
    for change in (
        {"ec2TagFilters": [A]},
        {"ec2TagFilters": [], "ec2TagSet": {"ec2TagSetList": [[A]]}},
        {"autoRollbackConfiguration": {"enabled": False, "events": []}},
    ):
        codedeploy.update_deployment_group(**names, **change)
        assert deployment_group.ensure(connect, params, False)["changed"] is True
        assert read(codedeploy) == wanted
    codedeploy.delete_application(applicationName="web")
    an_application(codedeploy)
    assert deployment_group.ensure(connect, params, False)["changed"] is True
    assert read(codedeploy) == wanted
