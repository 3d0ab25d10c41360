# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of action plugins whose modules start deployments.

A module cannot print anything while it runs. So the module starts a deployment and ends, and its action plugin follows it and prints a line whenever
something has changed.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import io
import sys

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ..module_utils._printable import printable, printable_result
from ._following import Follower, Result, Steps
from ._results import READ, STARTED, understood
from ._side_by_side import run_side_by_side

display = Display()


def _let_lines_through() -> None:
    """Flush each line of output when it is printed.

    Ansible leaves that to the system, which buffers output to a file or a pipe until there are 8 kB (ansible-core 2.19, Display.display).
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


# Ansible loads a task's plugin in its main process, which prints the output of the task's own process.
_let_lines_through()


class FollowingAction(ActionBase):
    """An action plugin whose module returns in `awaits` the deployment to follow, the goal, and whether to run the module `again` then; and in
    `waiting`, the options for it."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the task and return its result."""
        self._begin(tmp, task_vars)
        return run_side_by_side({"": self._steps(self._task.args, "")}, 1, stop_at_failure=False)[""]

    def _begin(self, tmp: str | None, task_vars: Result | None) -> None:
        """Do what comes before anything else in a run."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}

    def _steps(self, arguments: Result, label: str) -> Steps[Result]:
        """Run the module with ARGUMENTS, and follow its deployment; output is prefixed with LABEL."""
        changed = False
        removed: list[str] = []
        while True:
            ended: Result = self._execute_module(module_args=arguments, task_vars=self._task_vars)
            result = understood(self._task.action.rpartition(".")[2], ended, STARTED)
            awaits, waiting = result.pop("awaits", None), result.pop("waiting", None)
            result["changed"] = changed = changed or bool(result.get("changed"))
            removed += result.get("removed_bundles", [])
            if "removed_bundles" in result:
                result["removed_bundles"] = removed
            if result.get("failed") or not awaits or not waiting:
                return result
            follower = Follower(
                self._run_module,
                lambda text: self._show(f"{label}{text}"),
                lambda text: self._show_detail(f"{label}{text}"),
                waiting,
            )
            followed = yield from follower.outcome(awaits)
            if followed.get("failed") or not awaits.get("again"):
                warnings = [*result.get("warnings", []), *followed.get("warnings", [])]
                return printable_result({**result, **followed, "warnings": warnings})

    def _run_module(self, name: str, arguments: Result) -> Result:
        """Return the result of another module of the collection, one of READ, with the task's connection to AWS."""
        connection = {name: value for name, value in self._task.args.items() if name in _connection_options()}
        result: Result = self._execute_module(
            module_name=f"slipway.codedeploy.{name}",
            module_args={**connection, **arguments},
            task_vars=self._task_vars,
        )
        return understood(name, result, READ[name])

    def _show(self, text: str) -> None:
        """Print TEXT at once, prefixed with the host, unless the task hides its output."""
        if not self._task.no_log:
            display.display(printable(f"[{self._task_vars['inventory_hostname']}] {text}"))

    def _show_detail(self, text: str) -> None:
        """Print TEXT if Ansible is verbose."""
        if display.verbosity:
            self._show(text)


def _connection_options() -> set[str]:
    """Return the names, including aliases, of the connection options."""
    specification = aws_argument_spec()
    return {*specification, *(alias for option in specification.values() for alias in option.get("aliases", []))}
