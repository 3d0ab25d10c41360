# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `release` hands on every option that it lets through, and the modules know them."""

from __future__ import annotations

import pathlib
import re

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.slipway.codedeploy.plugins.modules import deploy, deployment_config, deployment_group
from unit.roles.rendered_role import load_plugins

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


SOURCE = {"release_source": "web", "release_s3_bucket": "releases"}
BOTH = "release_source and release_revision are both given, but only one of them is allowed"
NEITHER = "one of release_source and release_revision is required"


@pytest.mark.parametrize(
    ("given", "doubt"),
    [
        (SOURCE, ""),
        ({"release_revision": "previous"}, ""),
        ({"release_revision": {"s3_location": {"bucket": "releases", "key": "web.zip"}}, "release_source": ""}, ""),
        ({**SOURCE, "release_revision": "previous"}, BOTH),
        ({**SOURCE, "release_revision": ""}, ""),
        ({}, NEITHER),
        ({"release_source": "", "release_revision": ""}, NEITHER),
        ({"release_source": "web"}, "release_source needs release_s3_bucket, where its bundle goes"),
    ],
)
def test_what_is_to_be_shipped_is_doubted_in_the_words_of_the_role(given: dict[str, object], doubt: str) -> None:
    load_plugins()
    variables = DataLoader().load_from_file(str(ROLE / "vars/main.yml"), trusted_as_template=True)
    templar = Templar(DataLoader(), {**variables, **given})
    assert templar.template(variables["__release_doubt"]) == doubt


def from_fragments(names: list[str]) -> set[str]:
    """The options of our documentation fragments NAMES."""
    found: set[str] = set()
    for name in names:
        path = ROLE.parents[1] / "plugins/doc_fragments" / f"{name.rpartition('.')[2]}.py"
        found |= set(re.findall(r"^  (\w+):$", path.read_text(), re.MULTILINE)) if path.exists() else set()
    return found
