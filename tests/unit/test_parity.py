# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection covers the API: docs/parity.md names every operation, and options reach every member of what creates and updates."""

from __future__ import annotations

import importlib
import pathlib
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from botocore.model import Shape

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = "ansible_collections.slipway.codedeploy.plugins.modules"
MODULES = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
MODEL = botocore.session.get_session().get_service_model("codedeploy")
# The commands that the CLI injects beside those of the operations.
COMMANDS = {"push", "register", "deregister", "install", "uninstall", "wait"}

# The module whose options are the members of each operation that creates or updates.
OWNERS = {
    "CreateApplication": "application",
    "UpdateApplication": "application",
    "CreateDeploymentConfig": "deployment_config",
    "CreateDeploymentGroup": "deployment_group",
    "UpdateDeploymentGroup": "deployment_group",
    "CreateDeployment": "deploy",
}
# Members that are no options by their own names, and why.
UNREACHED = {
    "UpdateDeploymentGroup": {"current_deployment_group_name": "is the option deployment_group_name"},
}

Path = tuple[str, ...]


def options(module: str) -> dict[str, Any]:
    """The argument spec of MODULE."""
    return dict(importlib.import_module(f"{PLUGINS}.{module}").ARGUMENTS)


def snake(name: str) -> str:
    return str(next(iter(camel_dict_to_snake_dict({name: None}))))


def members(shape: Shape) -> Iterator[Path]:
    """The paths of all members of SHAPE, in snake_case."""
    if shape.type_name == "list":
        yield from members(shape.member)
    for name, member in getattr(shape, "members", {}).items():
        yield (snake(name),)
        yield from ((snake(name), *path) for path in members(member))


def reaches(spec: dict[str, Any], path: Path) -> bool:
    """Whether an option of SPEC leads to the member at PATH. One without suboptions takes whatever the member holds."""
    option = spec.get(path[0])
    if option is None:
        return False
    return len(path) == 1 or "options" not in option or reaches(option["options"], path[1:])


def table(heading: str) -> dict[str, str]:
    """The rows of the page's table below HEADING."""
    section = (ROOT / "docs/parity.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| (\w+) \| (.+) \|$", section, re.M)[1:])


def test_the_page_names_every_operation() -> None:
    assert set(table("Operations of the API")) == set(MODEL.operation_names)


def test_the_page_names_every_command_of_the_cli() -> None:
    assert set(table("Commands of `aws deploy`")) == COMMANDS


def test_the_page_names_modules_that_are_there() -> None:
    for operation, where in table("Operations of the API").items():
        named = set(re.findall(r"`(\w+)`", where))
        assert named & MODULES or "planned" in where, operation


@pytest.mark.parametrize("operation", [name for name in MODEL.operation_names if name.startswith(("Create", "Update"))])
def test_options_reach_every_member(operation: str) -> None:
    spec = options(OWNERS[operation])
    unreached = {path for path in members(MODEL.operation_model(operation).input_shape) if not reaches(spec, path)}
    assert {path[0] for path in unreached} <= set(UNREACHED.get(operation, {})), unreached
