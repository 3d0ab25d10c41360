# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._group_forms import (
    EMPTY,
    FORMS,
    defaults,
    form_from_options,
    form_from_service,
    rollback,
    tag_filter,
    tag_filters,
    tag_set,
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


LEFT_OUT = dict.fromkeys(FORMS)


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
    assert form_from_options({**LEFT_OUT, **given}) == {**LEFT_OUT, **canonical}


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
    assert set(defaults("Server")) - set(EMPTY) == {"deployment_config_name", "deployment_style"}
    assert defaults("Lambda") == EMPTY


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
