# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module `deploy`: their specification, and what the service would refuse of them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._deployment_groups.options import NOTIFICATIONS, SCALING, TARGET_INSTANCES
from .._deployment_groups.rules import check_alarms, check_rollback
from .._deployment_groups.selection_rules import check_target_instances
from .._deployments.options import WAITING_ARGUMENTS, check_waiting_options
from .._releases.options import SOURCE_ARGUMENTS, SOURCE_CONSTRAINTS, source_options
from .._releases.rules import check_source_options
from .._validation import InvalidOption, check_name

Params = t.Mapping[str, t.Any]

# What goes into CreateDeployment by the same name.
MEMBERS: dict[str, t.Any] = {
    "description": {"type": "str"},
    "deployment_config_name": {"type": "str"},
    "deployment_mode": {"type": "str", "choices": ["STANDARD", "RESTART"]},
    "file_exists_behavior": {"type": "str", "choices": ["DISALLOW", "OVERWRITE", "RETAIN"]},
    "ignore_application_stop_failures": {"type": "bool"},
    "update_outdated_instances_only": {"type": "bool"},
    "auto_rollback_configuration": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "default": True},
            "events": {
                "type": "list",
                "elements": "str",
                "choices": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
                "default": [],
            },
        },
    },
    "override_alarm_configuration": NOTIFICATIONS["alarm_configuration"],
    "target_instances": {"type": "dict", "options": TARGET_INSTANCES},
    "ec2_deployment_options": SCALING["ec2_deployment_options"],
}

DEPLOY_ARGUMENTS: dict[str, t.Any] = {
    **SOURCE_ARGUMENTS,
    "revision": {"type": "raw"},
    **MEMBERS,
    "application_name": {"type": "str", "required": True, "aliases": ["application"]},
    "deployment_group_name": {"type": "str", "aliases": ["deployment_group"]},
    "deployment_group_names": {"type": "list", "elements": "str"},
    "groups_at_once": {"type": "int", "default": 1},
    "continue_after_failure": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "if_in_progress": {"type": "str", "choices": ["attach", "wait", "stop", "fail"], "default": "attach"},
    "roll_back_stopped": {"type": "bool", "default": False},
    "wait_for": {"type": "str", "choices": ["succeeded", "ready", "traffic_shifted"], "default": "succeeded"},
    "continue_when_ready": {"type": "bool", "default": False},
    "sequence": {"type": "int"},
    "preflight": {"type": "bool", "default": True},
    **WAITING_ARGUMENTS,
}
DEPLOY_CONSTRAINTS: dict[str, t.Any] = {
    **SOURCE_CONSTRAINTS,
    "required_one_of": [["source", "revision", "deployment_mode"], ["deployment_group_name", "deployment_group_names"]],
}


def check_options(params: Params) -> None:
    """Raise InvalidOption for what the service would refuse, before anything is asked."""
    if params["deployment_group_names"]:
        raise InvalidOption("deployment_group_names: the action plugin deploys to several groups, and it did not run")
    if params["deployment_group_name"] is None:
        raise InvalidOption(
            "deployment_group_names: an empty list was given, it must name one deployment group at least"
        )
    check_name("application_name", params["application_name"])
    check_name("deployment_group_name", params["deployment_group_name"])
    if params["deployment_config_name"] is not None:
        check_name("deployment_config_name", params["deployment_config_name"])
    check_waiting_options(params)
    check_rollback(params["auto_rollback_configuration"] or {})
    check_alarms(params["override_alarm_configuration"] or {}, "override_alarm_configuration")
    check_target_instances(params["target_instances"] or {})
    _check_combinations(params)
    _check_mode(params)
    check_source_options(source_options(params))


def _check_mode(params: Params) -> None:
    """A restart takes no revision, everything else does (botocore model: CreateDeploymentInput, deploymentMode)."""
    if params["deployment_mode"] != "RESTART":
        if not params["source"] and not params["revision"]:
            raise InvalidOption("source, revision: what was given is empty, and one of them is needed to deploy")
        return
    for option in ("source", "revision", "update_outdated_instances_only"):
        if params[option]:
            raise InvalidOption(f"{option}: deployment_mode=RESTART takes none, as what hosts run is restarted")


def _check_combinations(params: Params) -> None:
    if params["roll_back_stopped"] and params["if_in_progress"] != "stop":
        raise InvalidOption(f"roll_back_stopped: needs if_in_progress=stop, not {params['if_in_progress']}")
    if params["continue_when_ready"] and params["wait_for"] == "ready":
        raise InvalidOption("continue_when_ready: wait_for=ready ends before the deployment is continued")
    if params["wait"]:
        return
    for option, value in (("if_in_progress", "wait"), ("if_in_progress", "stop"), ("continue_when_ready", True)):
        if params[option] == value:
            raise InvalidOption(f"{option}: {str(value).lower()} needs wait=true")
