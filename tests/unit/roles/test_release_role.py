# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `release` checks its variables before it writes anything, and accepts every option that its modules declare."""

from __future__ import annotations

import importlib
import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.filter.release import release_option_problems
from ansible_collections.slipway.codedeploy.plugins.plugin_utils._release_options import PASSED

ROLE = pathlib.Path(__file__).resolve().parents[3] / "roles/release"
SPECIFIED = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
PREVIOUS = {"release_revision": "previous"}
SOURCE = {"release_source": "web", "release_s3_bucket": "releases"}
NEITHER = "release_source, release_revision: both are empty; set one of them."


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (SOURCE, []),
        (PREVIOUS, []),
        ({"release_revision": {"s3_location": {"bucket": "releases", "key": "web.zip"}}, "release_source": ""}, []),
        ({**SOURCE, "release_revision": ""}, []),
        ({**SOURCE, **PREVIOUS}, ["release_source: cannot be combined with release_revision; set one of them."]),
        ({}, [NEITHER]),
        ({"release_source": "", "release_revision": ""}, [NEITHER]),
        (
            {"release_source": "web"},
            ["release_s3_bucket: is empty; set it to the bucket for the bundle of release_source."],
        ),
    ],
)
def test_a_release_needs_one_thing_to_ship(given: dict[str, t.Any], problems: list[str]) -> None:
    assert release_option_problems(given) == problems


@pytest.mark.parametrize(
    ("variable", "options", "problems"),
    [
        ("release_deploy", {"wait_timeout": 1, "sequence": 2, "s3_prefix": "web/"}, []),
        ("release_deployment_group", {"deployment_config_name": "most", "reinstall_missing_hooks": True}, []),
        ("release_deployment_config", {"deployment_config_name": "most", "replace": True}, []),
        (
            "release_deploy",
            {"wait_timout": 1, "xyz": 2},
            [
                "release_deploy: 'wait_timout' is not an option of slipway.codedeploy.deploy; use 'wait_timeout', or see ansible-doc "
                "slipway.codedeploy.deploy.",
                "release_deploy: 'xyz' is not an option of slipway.codedeploy.deploy; see ansible-doc slipway.codedeploy.deploy.",
            ],
        ),
        (
            "release_deployment_group",
            {"resource_tags": {}},
            [
                "release_deployment_group: 'resource_tags' is not an option of slipway.codedeploy.deployment_group; use 'tags', or "
                "see ansible-doc slipway.codedeploy.deployment_group."
            ],
        ),
        (
            "release_deploy",
            {"source": "web", "deployment_group": "test", "wait": False},
            [
                "release_deploy: 'source' is reserved for the role; set release_source instead.",
                "release_deploy: 'deployment_group' is reserved for the role; set release_deployment_group_name instead.",
                "release_deploy: 'wait' is reserved for the role; remove it.",
            ],
        ),
        (
            "release_deployment_group",
            {"state": "absent"},
            ["release_deployment_group: 'state' is reserved for the role; remove it."],
        ),
        (
            "release_deployment_config",
            {"replace": True},
            ["release_deployment_config: has no deployment_config_name; set it to the name of the deployment config."],
        ),
    ],
)
def test_unknown_and_reserved_options_are_named(variable: str, options: dict[str, t.Any], problems: list[str]) -> None:
    assert release_option_problems({**PREVIOUS, variable: options}) == problems


@pytest.mark.parametrize("variable", PASSED)
def test_what_is_reserved_is_an_option_of_the_module_and_its_replacement_one_of_the_role(variable: str) -> None:
    passed = PASSED[variable]
    module = importlib.import_module(f"ansible_collections.slipway.codedeploy.plugins.modules.{passed.module}")
    assert set(passed.reserved) <= set(module.ARGUMENTS)
    assert {instead for instead in passed.reserved.values() if instead} <= set(SPECIFIED)
