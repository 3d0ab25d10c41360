# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of `deploy` that do not go together are refused before anything is asked."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.options import ARGUMENTS, check_options
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption

DEFAULTS = {name: rules.get("default") for name, rules in ARGUMENTS.items()}
PLACE = {"application_name": "web", "deployment_group_name": "production"}
SOURCE = {"source": "x", "s3_bucket": "b"}
RESTART = {"source": None, "deployment_mode": "RESTART"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"roll_back_stopped": True}, "roll_back_stopped: needs if_in_progress=stop, not attach"),
        ({"continue_when_ready": True, "wait_for": "ready"}, "continue_when_ready: wait_for=ready ends before"),
        ({"wait": False, "if_in_progress": "wait"}, "if_in_progress: wait needs wait=true"),
        ({"wait": False, "if_in_progress": "stop"}, "if_in_progress: stop needs wait=true"),
        ({"wait": False, "continue_when_ready": True}, "continue_when_ready: true needs wait=true"),
        ({**RESTART, "revision": "previous"}, "revision: cannot be used with deployment_mode=RESTART"),
        ({**RESTART, "source": "web"}, "source: cannot be used with deployment_mode=RESTART"),
        (
            {**RESTART, "update_outdated_instances_only": True},
            "update_outdated_instances_only: cannot be used with deployment_mode=RESTART",
        ),
        (
            {"deployment_group_name": None, "deployment_group_names": []},
            "deployment_group_names: the list is empty; name at least one deployment group",
        ),
        ({"source": None, "deployment_mode": "STANDARD"}, "source, revision: both are empty"),
        ({"source": ""}, "source, revision: both are empty; one of them is required"),
        ({"deployment_config_name": ""}, "deployment_config_name: '' is not a valid name"),
        ({"s3_bucket": "Bad_Bucket!"}, "s3_bucket: 'Bad_Bucket!' is not a bucket name"),
        ({"s3_bucket": ""}, "s3_bucket: '' is not a bucket name"),
        (
            {"source": None, "revision": {"s3_location": {"bucket": "a b"}}},
            "revision.s3_location.bucket: 'a b' is not a bucket name",
        ),
        (
            {"source": None, "revision": {"git_hub_location": {"repository": "web"}}},
            "revision.git_hub_location.repository: 'web' is not a repository; expected something like OWNER/NAME",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(given: dict[str, t.Any], message: str) -> None:
    with pytest.raises(InvalidOption, match=re.escape(message)):
        check_options({**DEFAULTS, **PLACE, **SOURCE, **given})


@pytest.mark.parametrize("given", [{}, RESTART, {**RESTART, "update_outdated_instances_only": False}])
def test_others_are_not(given: dict[str, t.Any]) -> None:
    check_options({**DEFAULTS, **PLACE, **SOURCE, **given})
