# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import appspec_info
from unit.appspec_service_tables import FUNCTION, TASK
from unit.appspec_tables import SERVER

WARNING = f"{SERVER}hooks:\n  AfterInstal:\n    - location: a.sh\n"
ERROR = f"{WARNING}      sudo: maybe\n"


def ensure(**given: Any) -> dict[str, Any]:
    """The module's result for the options GIVEN, the others as Ansible fills them in."""
    options = yaml.safe_load(appspec_info.DOCUMENTATION)["options"]
    assert set(given) <= set(options)
    try:
        return appspec_info.read({name: given.get(name, option.get("default")) for name, option in options.items()})
    except CodeDeployError as error:
        return {"msg": error.message, **error.kwargs}


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "appspec.yml").write_text(f"{SERVER}hooks:\n  AfterInstall:\n    - location: bin/a.sh\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/a.sh").write_text("#!/bin/sh\n")
    return tmp_path


def test_the_result_has_the_parsed_appspec_and_each_problem() -> None:
    assert ensure(content=WARNING) == {
        "changed": False,
        "valid": True,
        "appspec": {"version": 0.0, "os": "linux", "hooks": {"AfterInstal": [{"location": "a.sh"}]}},
        "problems": [
            {
                "severity": "warning",
                "rule": "event-unknown",
                "path": "hooks.AfterInstal",
                "line": 4,
                "message": "hooks.AfterInstal is not a lifecycle event, so its scripts never run.",
                "hint": "Did you mean AfterInstall?",
            }
        ],
    }


@pytest.mark.parametrize(
    ("content", "fail_on", "failure"),
    [
        (SERVER, "warning", None),
        (WARNING, "error", None),
        (WARNING, "warning", "The AppSpec has 1 warning:\ncontent:4: hooks.AfterInstal is not"),
        (ERROR, "error", "The AppSpec has 1 error and 1 warning:\ncontent:4: hooks.AfterInstal is not"),
        (ERROR, "never", None),
        ("", "error", "The AppSpec has 1 error:\ncontent: the AppSpec is empty."),
    ],
)
def test_fail_on_says_when_the_task_fails(content: str, fail_on: str, failure: str | None) -> None:
    message = ensure(content=content, fail_on=fail_on).get("msg")
    assert message is None if failure is None else message.startswith(failure)


def test_a_mapping_and_the_services_are_checked_too() -> None:
    assert ensure(content=FUNCTION, platform="lambda")["problems"] == []
    assert ensure(content=TASK, platform="ecs")["problems"] == []
    assert ensure(content=TASK, platform="lambda")["valid"] is False


def test_the_system_of_the_hosts_is_held_against_the_appspec() -> None:
    assert ensure(content="version: 0.0\nos: windows\n")["valid"]
    assert [problem["rule"] for problem in ensure(content=SERVER, host_os="windows")["problems"]] == ["os"]


def test_a_directory_is_checked_as_it_would_be_bundled(tree: pathlib.Path) -> None:
    assert ensure(path=str(tree))["problems"] == []
    (tree / ".codedeployignore").write_text("*.sh\n")
    result = ensure(path=str(tree))
    assert [problem["rule"] for problem in result["problems"]] == ["script-missing"]
    assert "\nappspec.yml:5: hooks.AfterInstall[0].location is 'bin/a.sh', which is not in the bundle." in result["msg"]


def test_a_file_is_checked_without_the_bundle_around_it(tree: pathlib.Path) -> None:
    (tree / "bin/a.sh").unlink()
    assert ensure(path=str(tree / "appspec.yml"))["problems"] == []


def test_a_directory_with_appspec_yaml_is_told_to_rename_it(tree: pathlib.Path) -> None:
    (tree / "appspec.yml").rename(tree / "appspec.yaml")
    result = ensure(path=str(tree))
    assert [problem["rule"] for problem in result["problems"]] == ["appspec-yaml"]
    assert "\nappspec.yaml: the bundle has only appspec.yaml" in result["msg"]


def test_for_a_service_only_the_file_of_a_directory_counts(tmp_path: pathlib.Path) -> None:
    (tmp_path / "appspec.json").write_text('{\t"version": 0.0, "Resources": []}')
    assert [problem["line"] for problem in ensure(path=str(tmp_path), platform="ecs")["problems"]] == [1]


def test_a_file_that_is_not_utf_8_is_a_problem_and_no_error(tree: pathlib.Path) -> None:
    (tree / "appspec.yml").write_bytes(b"version: 0.0\nos: l\xe4nux\n")
    assert [(problem["rule"], problem["line"]) for problem in ensure(path=str(tree))["problems"]] == [
        ("yaml-syntax", 2)
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"content": ["a"]}, r"content: \['a'\] is neither a text nor a mapping"),
        ({"path": "/nowhere/appspec.yml"}, "path: '/nowhere/appspec.yml' cannot be read: No such file or directory"),
        ({"path": "/proc/self/fd"}, "path: '/proc/self/fd' has no appspec.yml at its top level"),
        ({"path": "/proc/self/fd", "platform": "ecs"}, "path: '/proc/self/fd' has no appspec.yaml at its top level"),
    ],
)
def test_what_cannot_be_found_is_an_error_that_names_the_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        ensure(**options)


def test_a_directory_of_which_no_bundle_can_be_made_is_an_error(tree: pathlib.Path) -> None:
    (tree / "loose").symlink_to("nowhere")
    with pytest.raises(InvalidOption, match="path: 'loose' is a broken link"):
        ensure(path=str(tree))
