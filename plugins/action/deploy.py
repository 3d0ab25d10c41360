# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller side of the module `deploy`: it runs the module for each deployment group, follows the deployments, and explains failures."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..plugin_utils._following_action import FollowingAction
from ..plugin_utils._side_by_side import run_side_by_side

Result = dict[str, t.Any]

# The options for several deployment groups, which the module, for a single one, never gets.
SPREAD = {
    "deployment_group_names": {"type": "list", "elements": "str"},
    "groups_at_once": {"type": "int", "default": 1},
    "continue_after_failure": {"type": "bool", "default": False},
}

# The members of the result for each deployment group.
TOLD = ("changed", "failed", "msg", "deployment_id", "reason", "revision", "deployment", "diagnosis")


class ActionModule(FollowingAction):
    """Run the module, then follow the deployment; for several deployment groups in order, or some of them in parallel."""

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the task and return its result."""
        if not self._task.args.get("deployment_group_names"):
            return super().run(tmp, task_vars)
        self._begin(tmp, task_vars)
        spread = self._spread()
        names = list(dict.fromkeys(spread["deployment_group_names"]))
        if problem := self._problem_with(names):
            return {**combined(names, {}), "failed": True, "msg": problem}
        others = {name: value for name, value in self._task.args.items() if name not in SPREAD}
        tasks = {name: self._steps({**others, "deployment_group_name": name}, f"{name}: ") for name in names}
        results = run_side_by_side(tasks, spread["groups_at_once"], not spread["continue_after_failure"])
        return combined(names, results)

    def _problem_with(self, names: list[str]) -> str | None:
        """Return why the task cannot deploy to all of the deployment groups NAMES, which are looked up together; None if no reason is known.

        In check mode, another task may create the missing ones. If all are missing, the application may be the missing one. The module
        reports both cases.
        """
        application = {
            name: value for name, value in self._task.args.items() if name in ("application_name", "application")
        }
        wanted = {**application, "deployment_group_names": names, "include_tags": False}
        looked = self._run_module("deployment_group_info", wanted)
        if looked.get("failed"):
            return str(looked.get("msg"))
        found = {group.get("deployment_group_name") for group in looked["deployment_groups"]}
        missing = [repr(name) for name in names if name not in found]
        if self._task.check_mode or not found or not missing:
            return None
        return (
            f"deployment_group_names: the application has no deployment group {', '.join(missing)}. "
            "Create it with slipway.codedeploy.deployment_group, or check the name, the region and the account."
        )

    def _spread(self) -> Result:
        """Return the options of SPREAD. Raise AnsibleActionFail for invalid ones."""
        if self._task.args.get("deployment_group_name") or self._task.args.get("deployment_group"):
            raise AnsibleActionFail("deployment_group_name|deployment_group_names are mutually exclusive")
        given = {name: value for name, value in self._task.args.items() if name in SPREAD}
        checked = ArgumentSpecValidator(SPREAD).validate(given)
        if checked.error_messages:
            raise AnsibleActionFail("; ".join(checked.error_messages))
        spread: Result = dict(checked.validated_parameters)
        if spread["groups_at_once"] < 1:
            raise AnsibleActionFail(
                f"groups_at_once: {spread['groups_at_once']} is too small; set a number greater than 0"
            )
        return spread


def combined(names: list[str], results: dict[str, Result]) -> Result:
    """Return the task's result from those of the deployment groups NAMES, some of which may have none, because they did not start."""
    begun = [(name, results[name]) for name in names if name in results]
    groups = [
        {"deployment_group_name": name, **{member: result[member] for member in TOLD if member in result}}
        for name, result in begun
    ]
    removed = [result["removed_bundles"] for _name, result in begun if "removed_bundles" in result]
    spared = [result["spared_bundles"] for _name, result in begun if "spared_bundles" in result]
    bundles = [result["bundle"] for _name, result in begun if "bundle" in result]
    revisions = [group["revision"] for group in groups if "revision" in group]
    failed = [f"{name}: {result.get('msg', '')}" for name, result in begun if result.get("failed")]
    not_begun = [name for name in names if name not in results]
    return {
        **({"bundle": bundles[0]} if bundles else {}),
        **({"revision": revisions[0]} if revisions and all(each == revisions[0] for each in revisions) else {}),
        **({"removed_bundles": list(dict.fromkeys(key for keys in removed for key in keys))} if removed else {}),
        **({"spared_bundles": spared[-1]} if spared else {}),
        "changed": any(result.get("changed") for _name, result in begun),
        "deployment_groups": groups,
        "not_begun": not_begun,
        "diff": [
            {**result["diff"], "before_header": name, "after_header": name}
            for name, result in begun
            if "diff" in result
        ],
        "warnings": list(dict.fromkeys(text for _name, result in begun for text in result.get("warnings", []))),
        **({"failed": True, "msg": " ".join([*failed, *_untouched(not_begun)])} if failed else {}),
    }


def _untouched(names: list[str]) -> list[str]:
    return [f"Not started: {', '.join(names)}."] if names else []
