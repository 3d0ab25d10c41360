# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job template in examples/awx asks for what the role `release` and the module `deploy` know."""

from __future__ import annotations

import json
import pathlib
import re
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.modules import deploy

ROOT = pathlib.Path(__file__).resolve().parents[3]
TEMPLATE = (ROOT / "examples/awx/variables.yml").read_text()
SURVEY = json.loads((ROOT / "examples/awx/survey.json").read_text())
ROLE = yaml.safe_load((ROOT / "roles/release/meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
DEPLOY = yaml.safe_load(deploy.DOCUMENTATION)["options"]


def test_the_template_sets_what_is_there() -> None:
    variables = yaml.safe_load(TEMPLATE)
    assert set(variables) <= {*ROLE, "release_region"}
    assert set(variables["release_deploy"]) <= {*DEPLOY, "wait_timeout"}


@pytest.mark.parametrize("question", SURVEY["spec"], ids=lambda question: question["variable"])
def test_each_question_is_of_some_use(question: dict[str, t.Any]) -> None:
    name = question["variable"]
    assert name in ROLE or re.search(rf"{{{{ {name}\b", TEMPLATE)
    assert {"type", "question_name", "question_description", "required", "default"} <= set(question)


def test_the_choices_are_the_modules() -> None:
    (question,) = (question for question in SURVEY["spec"] if question["variable"] == "if_in_progress")
    assert question["choices"] == DEPLOY["if_in_progress"]["choices"]
    assert question["default"] == DEPLOY["if_in_progress"]["default"]
