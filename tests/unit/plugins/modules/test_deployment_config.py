# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_config
from emulator import Emulator
from unit.config_scenarios import (
    COPY,
    IN_USE,
    NAME,
    NEW,
    REPLACED,
    SCENARIOS,
    SUBJECT,
    a_config,
    canary,
    fleet,
    hosts,
    lambda_config,
    linear,
    read,
    zonal,
)
from unit.scenarios import Connect, Scenario, check_permissions, check_refused, check_scenario, module_actions


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenario, connect, codedeploy)


def test_documented_permissions(connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, SCENARIOS, connect, emulator)


PREDEFINED = {"deployment_config_name": "CodeDeployDefault.HalfAtATime"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {**NAME, "minimum_healthy_hosts": fleet(50)},
            r"'careful' already exists.*minimum_healthy_hosts is .*75.* and would be .*50.*replace=true",
        ),
        ({**NAME, "zonal_config": zonal(60)}, r"zonal_config is {} and would be {'monitor_duration_in_seconds': 60"),
        (lambda_config(traffic_routing_config=canary(10, 5)), "compute_platform is Server and would be Lambda"),
        ({**PREDEFINED, "minimum_healthy_hosts": fleet(40), "replace": True}, "It is one of AWS's own"),
        (
            {**PREDEFINED, "state": "absent"},
            "deployment_config_name: .* is a predefined config, which cannot be deleted; use the name of one of your own",
        ),
        (
            {"deployment_config_name": "CodeDeployDefault.Mine", "minimum_healthy_hosts": fleet(4)},
            "there is no 'CodeDeployDefault.Mine'; the prefix CodeDeployDefault. is reserved for AWS",
        ),
        (
            lambda_config(traffic_routing_config=canary(10, 5), replace=True),
            "'careful' cannot become one for Lambda, because these deployment groups use it: app-one/one, app-two/two",
        ),
        ({"deployment_config_name": "a b"}, "deployment_config_name: 'a b' is not a valid name"),
        (
            {"deployment_config_name": "new"},
            "minimum_healthy_hosts: required to create the Server deployment config 'new'",
        ),
        (
            {"deployment_config_name": "new", "compute_platform": "ECS"},
            "traffic_routing_config: required to create the ",
        ),
        (
            {"deployment_config_name": "new", "traffic_routing_config": canary(10, 5)},
            "traffic_routing_config: not supported for Server deployment configs; use minimum_healthy_hosts, zonal_config",
        ),
        (
            {**NEW, "minimum_healthy_hosts": fleet(100)},
            "minimum_healthy_hosts.value: 100 is out of range; set 0 to 99",
        ),
        (
            {**NEW, "minimum_healthy_hosts": hosts(-1)},
            "minimum_healthy_hosts.value: -1 is out of range; set 0 or more",
        ),
        (
            {**NEW, "zonal_config": zonal(-1)},
            "zonal_config.monitor_duration_in_seconds: -1 is out of range; set 0 or more",
        ),
        (
            {**NEW, "zonal_config": zonal(1, -2)},
            "zonal_config.first_zone_monitor_duration_in_seconds: -2 is out of range",
        ),
        (
            {**NEW, "zonal_config": zonal(1, 2, fleet(100))},
            "zonal_config.minimum_healthy_hosts_per_zone.value: 100 is out of range",
        ),
        (
            lambda_config(traffic_routing_config=canary(100, 5)),
            "time_based_canary.canary_percentage: 100 is out of range; set 1 to 99",
        ),
        (
            lambda_config(traffic_routing_config=canary(10, 2881)),
            "time_based_canary.canary_interval: 2881 is out of range; set 1 to 2880",
        ),
        (
            lambda_config(traffic_routing_config=linear(25, 961)),
            "time_based_linear.linear_interval: 961 is out of range; set 1 to 960",
        ),
        (
            lambda_config(traffic_routing_config={**linear(25, 9), "type": "AllAtOnce"}),
            "traffic_routing_config.time_based_linear: cannot be combined with type AllAtOnce",
        ),
        (
            lambda_config(traffic_routing_config={**canary(25, 9), "type": "TimeBasedLinear"}),
            "traffic_routing_config.time_based_canary: cannot be combined with type TimeBasedLinear",
        ),
        (
            lambda_config(traffic_routing_config={**linear(25, 9), "time_based_linear": None}),
            "traffic_routing_config.time_based_linear: is required with type TimeBasedLinear",
        ),
        ({**NEW, "tags": {"": "x"}}, "tags, a key: '' has 0 characters"),
    ],
)
def test_refused(params: dict[str, Any], message: str, connect: Connect, emulator: Emulator, codedeploy: Any) -> None:
    IN_USE(codedeploy)
    check_refused(SUBJECT, params, message, connect, emulator)


def test_one_that_is_in_use_is_not_deleted_which_check_mode_leaves_to_the_other_tasks_of_the_play(
    connect: Connect, codedeploy: Any
) -> None:
    IN_USE(codedeploy)
    gone = SUBJECT.params(**NAME, state="absent")
    message = "'careful' cannot be deleted, because these deployment groups use it: app-one/one, app-two/two"
    with pytest.raises(CodeDeployError, match=message):
        deployment_config.ensure(connect, gone, False)
    planned = deployment_config.ensure(connect, gone, True)
    assert (planned["changed"], planned["steps"]) == (True, ["delete careful"])
    assert planned["warnings"] == [
        "Deployment groups use 'careful': app-one/one, app-two/two. "
        "Assuming that another task deletes them or switches them to another deployment config."
    ]
    for application in ("app-one", "app-two"):
        codedeploy.delete_application(applicationName=application)
    assert deployment_config.ensure(connect, gone, True)["warnings"] == []
    assert deployment_config.ensure(connect, gone, False)["changed"] is True


def test_the_steps_of_a_replacement(connect: Connect, codedeploy: Any) -> None:
    IN_USE(codedeploy)
    result = deployment_config.ensure(connect, SUBJECT.params(**NEW), True)
    assert result["steps"] == [
        f"create {COPY}",
        f"tag {COPY}",
        f"switch app-one/one to {COPY}",
        f"switch app-two/two to {COPY}",
        "delete careful",
        "create careful",
        "tag careful",
        "switch app-one/one to careful",
        "switch app-two/two to careful",
        f"delete {COPY}",
    ]
    assert result["diff"]["prepared"] == "\n".join(result["steps"])


@pytest.mark.parametrize(
    ("params", "actions"),
    [
        (NAME, ["codedeploy:GetDeploymentConfig"]),
        (
            {**NAME, "tags": {}},
            ["sts:GetCallerIdentity", "codedeploy:GetDeploymentConfig", "codedeploy:ListTagsForResource"],
        ),
        (
            {**NAME, "replace": True},
            [
                "sts:GetCallerIdentity",
                "codedeploy:GetDeploymentConfig",
                "codedeploy:GetDeploymentConfig",
                "codedeploy:ListTagsForResource",
            ],
        ),
    ],
)
def test_calls_of_an_unchanged_config(
    params: dict[str, Any], actions: list[str], connect: Connect, emulator: Emulator, codedeploy: Any
) -> None:
    a_config()(codedeploy)
    deployment_config.ensure(connect, SUBJECT.params(**params), False)
    assert module_actions(emulator) == actions


def refused(call: Any, **_arguments: Any) -> None:
    """AWS answers that the call is not allowed."""
    raise failure(call, "AccessDeniedException", 400)


def done_but_failed(call: Any, **arguments: Any) -> None:
    """AWS does what is asked, and answers that it failed."""
    call(**arguments)
    raise failure(call, "InternalServiceException", 500)


def failure(call: Any, code: str, status: int) -> Exception:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, call.__name__)


class Failing:
    """A client whose calls that write FAIL from the one with the NUMBER on: LASTING for good, else that one only."""

    def __init__(self, client: Any, number: int, lasting: bool, fail: Any = refused) -> None:
        self._client, self._number, self._lasting, self._fail, self._writes = client, number, lasting, fail, 0

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if not name.startswith(("create_", "delete_", "update_", "tag_", "untag_")):
            return call

        def write(**arguments: Any) -> Any:
            self._writes += 1
            if self._writes == self._number or (self._lasting and self._writes > self._number):
                self._fail(call, **arguments)
            return call(**arguments)

        return write


STEPS = 10


@pytest.mark.parametrize("number", range(1, STEPS + 1))
@pytest.mark.parametrize(("fail", "code"), [(refused, "AccessDenied"), (done_but_failed, "InternalServiceException")])
def test_a_step_that_fails_leaves_nothing_behind(
    fail: Any, code: str, number: int, connect: Connect, emulator: Emulator
) -> None:
    codedeploy = emulator.client("codedeploy")
    IN_USE(codedeploy)
    before = read(codedeploy)
    failing = Failing(connect("codedeploy"), number, lasting=False, fail=fail)

    def connect_failing(service: str) -> Any:
        return failing if service == "codedeploy" else connect(service)

    with pytest.raises(CodeDeployError) as caught:
        deployment_config.ensure(connect_failing, SUBJECT.params(**NEW), False)
    assert code in str(caught.value)
    assert read(codedeploy) == before


@pytest.mark.parametrize("number", range(1, STEPS + 1))
def test_a_run_that_dies_is_finished_by_the_next(number: int, connect: Connect, emulator: Emulator) -> None:
    codedeploy = emulator.client("codedeploy")
    IN_USE(codedeploy)
    failing = Failing(connect("codedeploy"), number, lasting=True)

    def connect_failing(service: str) -> Any:
        return failing if service == "codedeploy" else connect(service)

    with pytest.raises(CodeDeployError):
        deployment_config.ensure(connect_failing, SUBJECT.params(**NEW), False)
    done = deployment_config.ensure(connect, SUBJECT.params(**NEW), False)
    assert done["changed"] is True
    assert read(codedeploy) == REPLACED
    assert deployment_config.ensure(connect, SUBJECT.params(**NEW), False)["changed"] is False


def test_a_group_that_is_deleted_meanwhile_is_no_error(connect: Connect, emulator: Emulator) -> None:
    codedeploy = emulator.client("codedeploy")
    IN_USE(codedeploy)

    class Deleting(Failing):
        def create_deployment_config(self, **arguments: Any) -> Any:
            codedeploy.delete_application(applicationName="app-two")
            return self._client.create_deployment_config(**arguments)

    client = Deleting(connect("codedeploy"), 0, lasting=False)
    deployment_config.ensure(
        lambda service: client if service == "codedeploy" else connect(service), SUBJECT.params(**NEW), False
    )
    assert read(codedeploy) == (REPLACED[0], {"one": "careful", "other": "CodeDeployDefault.AllAtOnce"})


@pytest.mark.usefixtures("emulator")
def test_the_result_can_be_given_back(connect: Connect) -> None:
    params = SUBJECT.params(**NAME, minimum_healthy_hosts=fleet(75), zonal_config=zonal(60), tags={"team": "shop"})
    returned = deployment_config.ensure(connect, params, False)["deployment_config"]
    given = {name: value for name, value in returned.items() if name in params}
    assert given.keys() == {
        "deployment_config_name",
        "compute_platform",
        "minimum_healthy_hosts",
        "zonal_config",
        "tags",
    }
    assert deployment_config.ensure(connect, SUBJECT.params(**given), False)["changed"] is False
