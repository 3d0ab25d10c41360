# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_groups.forms import (
    BLUE_GREEN,
    EMPTY,
    FORMS,
    alarms,
    blue_green,
    defaults,
    form_from_options,
    form_from_service,
    load_balancers,
    rollback,
    suspended,
    tag_filter,
    tag_filters,
    tag_set,
    triggers,
)

A = {"key": "a", "value": "1", "type": "KEY_AND_VALUE"}
B = {"key": "b", "type": "KEY_ONLY"}
C = {"value": "c", "type": "VALUE_ONLY"}


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({"key": "a", "value": "1"}, A),
        ({"key": "a", "value": 1, "type": None}, A),
        (A, A),
        ({"key": "b"}, B),
        ({"key": "b", "value": None, "type": None}, B),
        ({"key": "b", "value": "", "type": "KEY_ONLY"}, B),
        ({"value": "c"}, C),
        ({"key": "", "value": "c", "type": "VALUE_ONLY"}, C),
        ({"key": "a", "value": ""}, {"key": "a", "value": "", "type": "KEY_AND_VALUE"}),
        ({"key": "a", "type": "KEY_AND_VALUE"}, {"key": "a", "value": "", "type": "KEY_AND_VALUE"}),
        ({"key": True}, {"key": "True", "type": "KEY_ONLY"}),
    ],
)
def test_tag_filter(given: dict[str, Any], canonical: dict[str, str]) -> None:
    assert tag_filter(given) == canonical


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ([], []),
        ([B, A], [A, B]),
        ([A, B, C], [A, B, C]),
        ([A, {"key": "a", "value": 1}, A], [A]),
    ],
)
def test_tag_filters(given: list[dict[str, Any]], canonical: list[dict[str, str]]) -> None:
    assert tag_filters(given) == canonical


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ([], []),
        ([[B, A]], [[A, B]]),
        ([[B], [A]], [[A], [B]]),
        ([[A, B], [B, A, A]], [[A, B]]),
        ([[A], [A, B]], [[A, B], [A]]),
    ],
)
def test_tag_set(given: list[list[dict[str, Any]]], canonical: list[list[dict[str, str]]]) -> None:
    assert tag_set(given) == canonical


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({}, {"enabled": False, "events": []}),
        ({"enabled": None, "events": None}, {"enabled": False, "events": []}),
        ({"enabled": False}, {"enabled": False, "events": []}),
        ({"events": ["B", "A", "B"]}, {"enabled": True, "events": ["A", "B"]}),
        ({"enabled": True, "events": ["A"]}, {"enabled": True, "events": ["A"]}),
        ({"enabled": False, "events": ["A"]}, {"enabled": False, "events": ["A"]}),
    ],
)
def test_rollback(given: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert rollback(given) == canonical


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({}, {"enabled": False, "ignore_poll_alarm_failure": False, "alarms": []}),
        (
            {
                "enabled": None,
                "ignore_poll_alarm_failure": None,
                "alarms": [{"name": "b"}, {"name": "a"}, {"name": "b"}],
            },
            {"enabled": True, "ignore_poll_alarm_failure": False, "alarms": [{"name": "a"}, {"name": "b"}]},
        ),
        (
            {"enabled": False, "ignore_poll_alarm_failure": True, "alarms": [{"name": "a"}]},
            {"enabled": False, "ignore_poll_alarm_failure": True, "alarms": [{"name": "a"}]},
        ),
    ],
)
def test_alarms(given: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert alarms(given) == canonical


def test_triggers() -> None:
    one, two = ({"trigger_name": name, "trigger_target_arn": "T", "trigger_events": ["X", "Y"]} for name in "ab")
    assert triggers([{**two, "trigger_events": ["Y", "X", "Y"]}, one, one]) == [one, two]


@pytest.mark.parametrize("given", [{}, {"auto_scaling_group_processes_to_suspend": None}])
def test_nothing_is_suspended(given: dict[str, Any]) -> None:
    assert suspended(given) == {"auto_scaling_group_processes_to_suspend": []}


ROUTE = {"listener_arns": ["arn"]}
PAIR = {"target_groups": [{"name": "a"}, {"name": "b"}], "prod_traffic_route": ROUTE}


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({}, {}),
        ({"elb_info_list": [], "target_group_info_list": None}, {}),
        ({"elb_info_list": [{"name": "b"}, {"name": "a"}]}, {"elb_info_list": [{"name": "a"}, {"name": "b"}]}),
        (
            {
                "target_group_pair_info_list": [
                    {**PAIR, "target_groups": [{"name": "b"}, {"name": "a"}], "test_traffic_route": None}
                ]
            },
            {"target_group_pair_info_list": [PAIR]},
        ),
        (
            {"target_group_pair_info_list": [{**PAIR, "test_traffic_route": ROUTE}]},
            {"target_group_pair_info_list": [{**PAIR, "test_traffic_route": ROUTE}]},
        ),
    ],
)
def test_load_balancers(given: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert load_balancers(given) == canonical


def ready(action: str, minutes: int | None) -> dict[str, Any]:
    return {"deployment_ready_option": {"action_on_timeout": action, "wait_time_in_minutes": minutes}}


def after(action: str, minutes: int | None) -> dict[str, Any]:
    part = {"action": action, "termination_wait_time_in_minutes": minutes}
    return {"terminate_blue_instances_on_deployment_success": part}


@pytest.mark.parametrize(
    ("given", "current", "canonical"),
    [
        ({}, {}, {}),
        ({"deployment_ready_option": None}, ready("STOP_DEPLOYMENT", 9), ready("STOP_DEPLOYMENT", 9)),
        (ready("STOP_DEPLOYMENT", None), {}, ready("STOP_DEPLOYMENT", 0)),
        (ready("STOP_DEPLOYMENT", None), ready("STOP_DEPLOYMENT", 9), ready("STOP_DEPLOYMENT", 9)),
        (ready("STOP_DEPLOYMENT", 0), ready("STOP_DEPLOYMENT", 9), ready("STOP_DEPLOYMENT", 0)),
        (ready("CONTINUE_DEPLOYMENT", None), ready("STOP_DEPLOYMENT", 9), ready("CONTINUE_DEPLOYMENT", 0)),
        (after("KEEP_ALIVE", 120), {}, after("KEEP_ALIVE", 0)),
        (
            after("TERMINATE", 5),
            ready("STOP_DEPLOYMENT", 9),
            {**ready("STOP_DEPLOYMENT", 9), **after("TERMINATE", 5)},
        ),
    ],
)
def test_blue_green(given: dict[str, Any], current: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert blue_green(given, current) == canonical


LEFT_OUT = dict.fromkeys((*FORMS, BLUE_GREEN))


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        pytest.param({}, {}, id="all left out"),
        pytest.param(
            {"ec2_tag_filters": [{"key": "b"}]},
            {"ec2_tag_filters": [B], "ec2_tag_set": []},
            id="filters clear the tag set",
        ),
        pytest.param(
            {"ec2_tag_set": [[{"key": "b"}]]},
            {"ec2_tag_set": [[B]], "ec2_tag_filters": []},
            id="the tag set clears the filters",
        ),
        pytest.param(
            {"on_premises_tag_set": [[{"key": "b"}]]},
            {"on_premises_tag_set": [[B]], "on_premises_instance_tag_filters": []},
            id="each kind of host for itself",
        ),
        pytest.param({"ec2_tag_set": []}, {"ec2_tag_set": []}, id="an empty one clears nothing but itself"),
        pytest.param(
            {"ec2_tag_set": [], "ec2_tag_filters": [A]},
            {"ec2_tag_set": [], "ec2_tag_filters": [A]},
            id="one of both empty",
        ),
        pytest.param(
            {"auto_rollback_configuration": {}},
            {"auto_rollback_configuration": {"enabled": False, "events": []}},
            id="an empty rollback clears",
        ),
    ],
)
def test_form_from_options(given: dict[str, Any], canonical: dict[str, Any]) -> None:
    expected = {**dict.fromkeys(FORMS), **canonical}
    assert form_from_options({**LEFT_OUT, **given}, {}) == expected


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param({"enabled": False}, {"enabled": False, "events": ["DEPLOYMENT_FAILURE"]}, id="switched off"),
        pytest.param({"enabled": False, "events": []}, {"enabled": False, "events": []}, id="switched off and cleared"),
        pytest.param({}, {"enabled": False, "events": []}, id="cleared"),
    ],
)
def test_what_is_switched_off_is_kept(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    current = {"auto_rollback_configuration": {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}}
    params = {**LEFT_OUT, "auto_rollback_configuration": {"enabled": None, "events": None, **given}}
    assert form_from_options(params, current)["auto_rollback_configuration"] == wanted


def test_alarms_that_are_switched_off_are_kept() -> None:
    on = {"enabled": True, "alarms": [{"name": "a"}], "ignore_poll_alarm_failure": False}
    off = {"enabled": False, "alarms": None, "ignore_poll_alarm_failure": None}
    form = form_from_options({**LEFT_OUT, "alarm_configuration": off}, {"alarm_configuration": on})
    assert form["alarm_configuration"] == {**on, "enabled": False}


COPY = {BLUE_GREEN: {"green_fleet_provisioning_option": {"action": "COPY_AUTO_SCALING_GROUP"}}}
DISCOVER = {BLUE_GREEN: {"green_fleet_provisioning_option": {"action": "DISCOVER_EXISTING"}}}
COPIED = {"auto_scaling_groups": ["CodeDeploy_test_d-7XKQ2M9PB"]}


@pytest.mark.parametrize(
    ("given", "current", "wanted"),
    [
        pytest.param(["workers"], {**COPY, **COPIED}, None, id="the copy stays"),
        pytest.param([], {**COPY, **COPIED}, [], id="it is cleared"),
        pytest.param(["more", "workers"], {**COPY, **COPIED}, ["more", "workers"], id="two are not an original"),
        pytest.param(["workers"], {**COPY, "auto_scaling_groups": ["other"]}, ["workers"], id="no copy yet"),
        pytest.param(["workers"], {**DISCOVER, **COPIED}, ["workers"], id="copied no more"),
    ],
)
def test_the_copy_of_an_auto_scaling_group(given: list[str], current: dict[str, Any], wanted: list[str] | None) -> None:
    form = form_from_options({**LEFT_OUT, "auto_scaling_groups": given}, current)
    assert form["auto_scaling_groups"] == wanted


def test_the_original_comes_back_when_copying_ends() -> None:
    form = form_from_options({**LEFT_OUT, **DISCOVER, "auto_scaling_groups": ["workers"]}, {**COPY, **COPIED})
    assert form["auto_scaling_groups"] == ["workers"]


@pytest.mark.parametrize(
    ("answer", "canonical"),
    [
        pytest.param({}, {}, id="nothing there"),
        pytest.param(
            {
                "ec2_tag_filters": [],
                "ec2_tag_set": {"ec2_tag_set_list": []},
                "on_premises_tag_set": {},
                "auto_rollback_configuration": {"enabled": False},
            },
            {},
            id="all there and empty",
        ),
        pytest.param(
            {"on_premises_instance_tag_filters": [{"key": "", "value": "c", "type": "VALUE_ONLY"}, B]},
            {"on_premises_instance_tag_filters": [B, C]},
            id="filters with empty members",
        ),
        pytest.param(
            {
                "ec2_tag_set": {"ec2_tag_set_list": [[B, A], [C]]},
                "on_premises_tag_set": {"on_premises_tag_set_list": [[A]]},
            },
            {"ec2_tag_set": [[A, B], [C]], "on_premises_tag_set": [[A]]},
            id="wrapped tag sets",
        ),
        pytest.param(
            {"auto_rollback_configuration": {"enabled": False, "events": ["B", "A"]}},
            {"auto_rollback_configuration": {"enabled": False, "events": ["A", "B"]}},
            id="a rollback that is kept but off",
        ),
    ],
)
def test_form_from_service(answer: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert form_from_service(answer) == {**EMPTY, **canonical}


def test_defaults() -> None:
    for platform in ("Server", "Lambda", "ECS"):
        assert set(defaults(platform)) - set(EMPTY) == {"deployment_config_name", "deployment_style"}


TEXT = st.text(max_size=4)
FILTER = st.one_of(
    st.fixed_dictionaries({"key": TEXT}),
    st.fixed_dictionaries({"value": TEXT}),
    st.fixed_dictionaries({"key": TEXT, "value": TEXT}),
)


@given(st.lists(st.lists(FILTER, min_size=1, max_size=4), max_size=4), st.randoms())
def test_order_and_repetition_do_not_matter(groups: list[list[dict[str, str]]], random: Any) -> None:
    shuffled = [random.sample(group, len(group)) for group in [*groups, *groups]]
    random.shuffle(shuffled)
    assert tag_set(shuffled) == tag_set(groups)


@given(st.lists(st.lists(FILTER, min_size=1, max_size=4), max_size=4))
def test_the_canonical_form_is_its_own(groups: list[list[dict[str, str]]]) -> None:
    assert tag_set(tag_set(groups)) == tag_set(groups)
