# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller demands of a module's result before it goes on by it.

ansible-core passes results on, and leaves members out as it sees fit: 2.21 dropped `invocation` (ansible PR 86771). A result that lacks what the
controller needs is a failure, because nobody knows then how the task's work ended.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._progress import GOALS

Result = dict[str, t.Any]
Specification = dict[str, dict[str, t.Any]]

# Of a module that starts what is to be followed. A `null` in `awaits` or `waiting` means that there is nothing to wait for.
STARTED: Specification = {
    "changed": {"type": "bool", "required": True},
    "awaits": {
        "type": "dict",
        "required": True,
        "options": {
            "deployment_id": {"type": "str", "required": True},
            "goal": {"type": "str", "choices": list(GOALS), "required": True},
            "again": {"type": "bool"},
            "roll_back": {"type": "bool"},
            "previous_seconds": {"type": "float"},
        },
    },
    "waiting": {
        "type": "dict",
        "required": True,
        "options": {
            "wait_timeout": {"type": "int", "required": True},
            "wait_delay": {"type": "int"},
            "diagnose": {"type": "int", "required": True},
            "continue_when_ready": {"type": "bool"},
        },
    },
}
# Of other modules that the controller runs, by their names.
READ: dict[str, Specification] = {
    "deployment": STARTED,
    "deployment_group_info": {"deployment_groups": {"type": "list", "elements": "dict", "required": True}},
    "deployment_info": {
        "deployment": {"type": "dict", "required": True},
        "targets": {"type": "list", "elements": "dict"},
    },
}
DEPLOYMENT: Specification = {
    "deployment_id": {"type": "str", "required": True},
    "status": {"type": "str", "required": True},
    "create_time": {"type": "str", "required": True},
}


def understood(name: str, result: Result, specification: Specification) -> Result:
    """The RESULT of the module NAME; made a failure if it does not say that the module failed, and does not fit SPECIFICATION either."""
    if result.get("failed"):
        return result
    problem = _problem_with(result, specification)
    if not problem and result.get("waiting") and result["awaits"] and not result["awaits"]["deployment_id"]:
        problem = "missing required arguments: deployment_id found in awaits"
    if not problem and "deployment" in specification:
        problem = _problem_with(result["deployment"] or {}, DEPLOYMENT)
    if not problem:
        return result
    sentence = (
        f"The result of slipway.codedeploy.{name} is not what its action plugin expects ({problem}), so how the task's work ended is not known. "
        "Check the deployment with slipway.codedeploy.deployment_info, and that one version of the collection is installed."
    )
    return {**result, "failed": True, "msg": sentence}


def _problem_with(members: Result, specification: Specification) -> str:
    """What SPECIFICATION says against MEMBERS, those that it does not name left aside; an empty string for nothing."""
    named = {name: members[name] for name in specification if name in members}
    # A validator takes strings for much that is none.
    strings = [name for name in named if isinstance(named[name], str) and specification[name]["type"] != "str"]
    if strings:
        return f"{', '.join(strings)}: a string"
    return "; ".join(ArgumentSpecValidator(specification).validate(named).error_messages)
