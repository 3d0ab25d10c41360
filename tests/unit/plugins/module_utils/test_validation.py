# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import (
    InvalidOption,
    check_arn,
    check_deployment_id,
    check_instance_name,
    check_instance_tags,
    check_length,
    check_name,
    check_tags,
    check_text,
)


@pytest.mark.parametrize("name", ["a", "x" * 100, "aZ09+=,.@_-", "i-0abc"])
def test_names(name: str) -> None:
    check_name("option", name)


@pytest.mark.parametrize("name", ["", "x" * 101, "a b", "a/b", "a:b", "ä", "a\n"])
def test_no_names(name: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        check_name("option", name)
    assert caught.value.message == (
        f"option: {name!r} is not a valid name; use 1 to 100 letters, digits and + = , . @ _ -"
    )


@pytest.mark.parametrize("value", [None, "", "abc"])
def test_lengths(value: str | None) -> None:
    check_length("option", value, 3)


def test_one_character_too_many() -> None:
    with pytest.raises(InvalidOption, match=r"^option: has 4 characters; at most 3 are allowed$"):
        check_length("option", "abcd", 3)


def test_deployment_ids() -> None:
    check_deployment_id("option", "d-3KX1ZQ2AB")
    for value in ("", "web", "d-", "d-3kx", "D-3KX1ZQ2AB", "d-3KX1ZQ2AB\n"):
        with pytest.raises(InvalidOption, match=r"^option: .* is not a deployment ID"):
            check_deployment_id("option", value)


@pytest.mark.parametrize("name", ["web-1", "i", "in-house", "I-1"])
def test_instance_names(name: str) -> None:
    check_instance_name("option", name)


@pytest.mark.parametrize(
    ("name", "message"), [("i-1", 'must not start with "i-"'), ("00:1b:44", "is not a valid name"), ("", "is not")]
)
def test_no_instance_names(name: str, message: str) -> None:
    with pytest.raises(InvalidOption, match=f"option: '{name}' {message}"):
        check_instance_name("option", name)


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("role", "arn:aws:iam::123456789012:role/codedeploy"),
        ("role", "arn:aws-cn:iam::123456789012:role/path/to/codedeploy"),
        ("role", "arn:aws-us-gov:iam::123456789012:role/a+b=c,d.e@f_g-h"),
        ("user", "arn:aws-iso-b:iam::123456789012:user/AWS/CodeDeploy/web-1"),
        ("session", "arn:aws:sts::123456789012:assumed-role/hosts/web-1"),
        ("session", "arn:aws-cn:sts::123456789012:assumed-role/hosts/web.1@example"),
    ],
)
def test_arns(kind: str, arn: str) -> None:
    check_arn("option", arn, kind)


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("role", ""),
        ("role", "codedeploy"),
        ("role", "arn:aws:iam::123456789012:role/"),
        ("role", "arn:aws:iam::123456789012:user/codedeploy"),
        ("role", "arn:aws:iam::12345678901:role/codedeploy"),
        ("role", "arn:gcp:iam::123456789012:role/codedeploy"),
        ("role", "arn:aws:iam::123456789012:role/code deploy"),
        ("user", "arn:aws:iam::123456789012:role/web-1"),
        ("user", "arn:aws:sts::123456789012:assumed-role/hosts/web-1"),
        ("session", "arn:aws:sts::123456789012:assumed-role/hosts"),
        ("session", "arn:aws:iam::123456789012:user/web-1"),
    ],
)
def test_no_arns(kind: str, arn: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        check_arn("option", arn, kind)
    assert str(caught.value).startswith(
        f"option: {arn!r} is not the ARN of an IAM {kind}; expected something like arn:aws:"
    )


@pytest.mark.parametrize("value", ["a", "x" * 5, 7, 1.5, True])
def test_texts(value: Any) -> None:
    check_text("here", value, 1, 5)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "here: None is not a string"),
        (["a"], r"here: \['a'\] is not a string"),
        ("", "here: '' has 0 characters; 1 to 5 are allowed"),
        ("x" * 60, f"here: '{'x' * 40}' has 60 characters; 1 to 5 are allowed"),
        (123456, "here: '123456' has 6 characters"),
    ],
)
def test_no_texts(value: Any, message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_text("here", value, 1, 5)


def test_tags() -> None:
    check_tags("tags", {"a" * 128: "b" * 256, "empty": "", "number": 7, "truth": True})


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"a" * 129: ""}, "tags, a key: .* has 129 characters; 1 to 128 are allowed"),
        ({"a": "b" * 257}, "tags, the value of 'a': .* has 257 characters; 1 to 256 are allowed"),
        ({"a": ""}, "tags, the value of 'a': '' has 0 characters; 1 to 256 are allowed"),
        ({"a": {"b": "c"}}, "tags, the value of 'a': {'b': 'c'} is not a string"),
    ],
)
def test_no_tags(tags: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        check_tags("tags", tags, shortest_value=1)


def test_number_of_instance_tags() -> None:
    check_instance_tags("tags", range(10))
    with pytest.raises(InvalidOption, match="tags: the instance would have 11 tags; at most 10 are allowed"):
        check_instance_tags("tags", range(11))
