# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.check import check_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.substitution import (
    AppSpecError,
    with_task_definition,
    with_versions,
)
from unit.appspec_service_tables import FUNCTION, LEFT_OUT, TASK, changed

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:8"
TEMPLATE = """\
version: 0.0
resources:
  - TargetService:
      type: AWS::ECS::Service
      properties:
        taskdefinition: <TASK_DEFINITION>
        loadbalancerinfo: {containername: web, containerport: 80}
"""


def test_a_task_definition_takes_the_place_of_what_stands_there_whatever_its_case() -> None:
    made = with_task_definition(TEMPLATE, ARN)
    assert json.loads(made["content"])["resources"][0]["TargetService"]["properties"] == {
        "taskdefinition": ARN,
        "loadbalancerinfo": {"containername": "web", "containerport": 80},
    }
    assert made["sha256"] == hashlib.sha256(made["content"].encode()).hexdigest()
    assert check_appspec(made["content"], "ecs").problems == ()


def test_what_is_missing_is_added() -> None:
    bare = changed(FUNCTION, "Resources.0.shop.Properties.TargetVersion", LEFT_OUT)
    made = with_versions(bare, current="7", target=8)
    properties = json.loads(made["content"])["Resources"][0]["shop"]["Properties"]
    assert properties == {"Name": "shop", "Alias": "live", "CurrentVersion": "7", "TargetVersion": "8"}
    assert check_appspec(made["content"], "lambda").problems == ()


def test_the_same_content_has_the_same_digest_and_the_given_mapping_is_left_alone() -> None:
    before = json.dumps(TASK)
    assert with_task_definition(TASK, ARN) == with_task_definition(json.dumps(TASK, indent="\t"), ARN)
    assert json.dumps(TASK) == before


@pytest.mark.parametrize(
    ("appspec", "text"),
    [
        ("version: 0.0\nResources: *x\n", "the AppSpec:2: the AppSpec uses an alias"),
        ("", "the AppSpec is empty"),
        ("- a\n", "exactly one resource"),
        ({"Resources": []}, "exactly one resource"),
        ({"Resources": [{"a": {}, "b": {}}]}, "exactly one resource"),
        ({"Resources": [{"a": {"Properties": None}}]}, "exactly one resource"),
        ("".join(f"k{number}: :a\n" for number in range(200)), "begins with a colon"),
    ],
)
def test_an_appspec_without_a_place_for_it_is_refused(appspec: Any, text: str) -> None:
    with pytest.raises(AppSpecError, match=text):
        with_task_definition(appspec, ARN)


def test_values_that_do_not_belong_there_are_refused() -> None:
    with pytest.raises(
        AppSpecError, match="'web:8' is not the ARN of a task definition; expected something like arn:aws:ecs"
    ):
        with_task_definition(TASK, "web:8")
    with pytest.raises(
        AppSpecError, match=r"CurrentVersion: '\$LATEST' is not the number of a published version; give one such as 7"
    ):
        with_versions(FUNCTION, current="$LATEST", target="2")
