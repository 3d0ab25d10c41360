# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.slipway.codedeploy.plugins.filter.appspec import FilterModule
from unit.appspec_service_tables import FUNCTION, TASK

FILTERS = FilterModule().filters()
ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:8"


def test_the_filters_complete_an_appspec() -> None:
    made = FILTERS["appspec_with_task_definition"](TASK, task_definition=ARN)
    assert json.loads(made["content"])["Resources"][0]["TargetService"]["Properties"]["TaskDefinition"] == ARN
    made = FILTERS["appspec_with_versions"](FUNCTION, current=1, target="2")
    assert json.loads(made["content"])["Resources"][0]["shop"]["Properties"]["TargetVersion"] == "2"


def test_an_error_names_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match="appspec_with_task_definition: 'web' is not the ARN"):
        FILTERS["appspec_with_task_definition"](TASK, "web")
    with pytest.raises(
        AnsibleFilterError, match="appspec_with_versions: the AppSpec must be a mapping or a string, not list"
    ):
        FILTERS["appspec_with_versions"]([], "1", "2")
