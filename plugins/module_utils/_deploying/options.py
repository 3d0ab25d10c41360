# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument spec of `deploy`, and its validation.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.validation import check_type_dict

from .._deployment_groups.options import NOTIFICATIONS, SCALING, TARGET_INSTANCES
from .._deployment_groups.rules import check_alarms, check_rollback
from .._deployment_groups.selection_rules import check_target_instances
from .._deployments.options import WAITING_ARGUMENTS, check_waiting_options
from .._releases.options import SOURCE_ARGUMENTS, SOURCE_CONSTRAINTS, source_options
from .._releases.rules import check_source_options
from .._revisions.options import revision_options
from .._validation import DEPLOYMENT_ID, InvalidOption, check_name

Params = t.Mapping[str, t.Any]

PREVIOUS = "previous"

# Options that are members of CreateDeployment by the same name.
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

ARGUMENTS: dict[str, t.Any] = {
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
CONSTRAINTS: dict[str, t.Any] = {
    **SOURCE_CONSTRAINTS,
    "required_one_of": [["source", "revision", "deployment_mode"], ["deployment_group_name", "deployment_group_names"]],
}


def check_options(params: Params) -> None:
    """Raise InvalidOption for what can be known to be wrong without asking AWS."""
    if params["deployment_group_names"]:
        raise InvalidOption("deployment_group_names: needs the deploy action plugin, which did not run")
    if params["deployment_group_name"] is None:
        raise InvalidOption("deployment_group_names: the list is empty; name at least one deployment group")
    check_name("application_name", params["application_name"])
    check_name("deployment_group_name", params["deployment_group_name"])
    if params["deployment_config_name"] is not None:
        check_name("deployment_config_name", params["deployment_config_name"])
    check_waiting_options(params)
    check_rollback(params["auto_rollback_configuration"] or {})
    check_alarms(params["override_alarm_configuration"] or {}, "override_alarm_configuration")
    check_target_instances(params["target_instances"] or {})
    _check_combinations(params)
    _check_deployment_mode(params)
    check_source_options(source_options(params))
    _check_revision(params)


def _check_deployment_mode(params: Params) -> None:
    """Raise InvalidOption unless a revision is given; a restart takes none (botocore model: CreateDeploymentInput, deploymentMode)."""
    if params["deployment_mode"] != "RESTART":
        if not params["source"] and not params["revision"]:
            raise InvalidOption("source, revision: both are empty; one of them is required")
        return
    for option in ("source", "revision", "update_outdated_instances_only"):
        if params[option]:
            raise InvalidOption(
                f"{option}: cannot be used with deployment_mode=RESTART, which restarts what the hosts already run"
            )


def is_deployment_id(given: t.Any) -> bool:
    """Whether the option `revision` is GIVEN as the ID of a deployment."""
    return isinstance(given, str) and DEPLOYMENT_ID.fullmatch(given) is not None


def revision_mapping(given: t.Any) -> dict[str, t.Any]:
    """The option `revision`, GIVEN as a mapping, or as the string of one, as ad-hoc commands do. Raises InvalidOption for anything else."""
    try:
        mapping = dict(check_type_dict(given))
    except TypeError:
        raise InvalidOption(
            f'revision: {given!r} is not valid; give a mapping, "{PREVIOUS}", or a deployment ID such as d-3KX1ZQ2AB'
        ) from None
    return revision_options("revision", mapping)


def _check_revision(params: Params) -> None:
    """Raise InvalidOption for a revision that is neither a mapping nor a name for one."""
    given = params["revision"]
    if (
        given is not None
        and given != PREVIOUS
        and not is_deployment_id(given)
        and params["deployment_mode"] != "RESTART"
    ):
        revision_mapping(given)


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
