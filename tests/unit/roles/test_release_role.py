# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `release` hands on every option that it lets through, and the modules know them."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.modules import deploy, deployment_config, deployment_group

ROLE = pathlib.Path(__file__).resolve().parents[3] / "roles/release"
TASKS = (ROLE / "tasks/main.yml").read_text()
KNOWN = yaml.safe_load((ROLE / "vars/main.yml").read_text())["__release_options"]
MODULES = {
    "release_deployment_config": deployment_config,
    "release_deployment_group": deployment_group,
    "release_deploy": deploy,
}


@pytest.mark.parametrize("variable", MODULES)
def test_what_is_let_through_is_handed_on(variable: str) -> None:
    assert KNOWN[variable] == sorted(set(re.findall(rf"\b{variable}\.(\w+)", TASKS)))


@pytest.mark.parametrize(("variable", "module"), MODULES.items(), ids=list(MODULES))
def test_the_modules_know_it(variable: str, module: object) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]  # type: ignore[attr-defined]
    fragments = yaml.safe_load(module.DOCUMENTATION)["extends_documentation_fragment"]  # type: ignore[attr-defined]
    # amazon.aws documents the last one.
    assert set(KNOWN[variable]) <= {*documented, *from_fragments(fragments), "purge_tags"}


def from_fragments(names: list[str]) -> set[str]:
    """The options of our documentation fragments NAMES."""
    found: set[str] = set()
    for name in names:
        path = ROLE.parents[1] / "plugins/doc_fragments" / f"{name.rpartition('.')[2]}.py"
        found |= set(re.findall(r"^  (\w+):$", path.read_text(), re.MULTILINE)) if path.exists() else set()
    return found
