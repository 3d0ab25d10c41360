# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mistake in the options is reported without a client: no call is made, and no credentials are needed."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins import modules
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

MISTAKES: dict[str, dict[str, Any]] = {
    "application": {"application_name": "a b"},
    "application_info": {"application_names": ["a b"]},
    "deploy": {"application_name": "web", "deployment_group_name": "test", "revision": "yesterday"},
    "deployment": {"deployment_id": "web"},
    "deployment_config": {"deployment_config_name": "a b"},
    "deployment_config_info": {"deployment_config_names": ["a b"]},
    "deployment_group": {"application_name": "web", "deployment_group_name": "a b"},
    "deployment_group_info": {"application_name": "web", "deployment_group_names": ["a b"]},
    "deployment_info": {"deployment_id": "web"},
    "external_resources": {"external_id": ""},
    "github_account_token": {"token_name": ""},
    "lifecycle_hook": {"deployment_id": "d-ABCDEFGHI", "lifecycle_event_hook_execution_id": " "},
    "on_premises_instance": {"instance_name": "a b", "iam_user_arn": "arn"},
    "on_premises_instance_info": {"instance_names": ["a/b" * 100]},
    "revision": {"application_name": "a b", "revision": {"string": {"content": "x"}}},
    "revision_info": {"application_name": "web", "revisions": [{}]},
}
# One takes no options, the other does not call AWS.
NONE = {"appspec_info", "github_account_token_info"}


def unreachable(service: str, **_settings: Any) -> Any:
    pytest.fail(f"asks for a client of {service}")


def test_no_module_is_forgotten() -> None:
    found = {path.stem for folder in modules.__path__ for path in Path(folder).glob("[a-z]*.py")}
    assert found == {*MISTAKES, *NONE}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_needs_no_client(name: str) -> None:
    module = import_module(f"{modules.__name__}.{name}")
    params = {option: rules.get("default") for option, rules in module.ARGUMENTS.items()} | MISTAKES[name]
    option = re.compile("|".join(MISTAKES[name]))
    with pytest.raises(InvalidOption, match=option):
        module.ensure(unreachable, params, False) if hasattr(module, "ensure") else module.read(unreachable, params)
