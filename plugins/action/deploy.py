# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's side of the module `deploy`: follows the deployment that the module started, and explains a failure.

A module cannot show anything while it runs. So the module starts the deployment and ends, and this plugin looks at it again and again through
the module `deployment_info`, printing a line whenever something has changed.
"""

from __future__ import annotations

import time
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ..module_utils._diagnosis import diagnosis_from, explanation, summary
from ..module_utils._progress import elapsed_text, has_ended, progress_line

display = Display()

Result = dict[str, t.Any]

# How long CodeDeploy may take to tell which deployment rolls a failed one back, in seconds.
ROLLBACK_ANNOUNCEMENT = 30

# How many looks in a row may fail (a lost connection, throttling that outlasts the retries) before the task gives up.
FAILED_LOOKS = 5


class LookFailed(Exception):
    """The deployment could not be read, and trying again did not help."""


class ActionModule(ActionBase):
    """Runs the module, then follows the deployment."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        started: Result = self._execute_module(module_args=self._task.args, task_vars=task_vars)
        options = started.get("invocation", {}).get("module_args", {})
        if (
            started.get("failed")
            or not started.get("changed")
            or not started.get("deployment_id")
            or not options.get("wait")
        ):
            return started
        if self._task.check_mode:
            return started
        return {**started, **self._awaited(started, options)}

    def _awaited(self, started: Result, options: Result) -> Result:
        """What following the started deployment adds to the result."""
        try:
            seen = self._follow(started["deployment_id"], options)
            if not has_ended(seen["deployment"]):
                return self._timed_out(seen, options)
            if seen["deployment"]["status"] == "Succeeded":
                return {"deployment": seen["deployment"]}
            return self._failed(seen, options)
        except LookFailed as error:
            return {
                "failed": True,
                "msg": f"Lost sight of deployment {started['deployment_id']}: {error}. It goes on; run this task again to follow it.",
            }

    def _follow(self, deployment_id: str, options: Result) -> Result:
        """Look at the deployment until it has ended or the time is up, and return what was seen last."""
        begin, shown = time.monotonic(), ""
        while True:
            seen = self._look(deployment_id, options)
            elapsed = time.monotonic() - begin
            line = progress_line(seen["deployment"], seen["targets"])
            if line != shown:
                self._show(f"{elapsed_text(elapsed)} {line}")
                shown = line
            if has_ended(seen["deployment"]) or elapsed >= options["wait_timeout"]:
                return seen
            time.sleep(min(options["wait_delay"], max(0.0, options["wait_timeout"] - elapsed)))

    def _look(self, deployment_id: str, options: Result) -> Result:
        """The deployment and its targets as they are now. Raises LookFailed when that cannot be found out."""
        connection = {name: value for name, value in self._task.args.items() if name in _connection_options()}
        for attempt in range(1, FAILED_LOOKS + 1):
            result: Result = self._execute_module(
                module_name="slipway.codedeploy.deployment_info",
                module_args={**connection, "deployment_id": deployment_id},
                task_vars=self._task_vars,
            )
            if not result.get("failed"):
                return result
            self._show(f"cannot read {deployment_id} ({attempt} of {FAILED_LOOKS}): {result.get('msg', '')}")
            time.sleep(options["wait_delay"])
        raise LookFailed(result.get("msg", ""))

    def _timed_out(self, seen: Result, options: Result) -> Result:
        deployment = seen["deployment"]
        return {
            "failed": True,
            "deployment": deployment,
            "msg": (
                f"Deployment {deployment['deployment_id']} has not ended within wait_timeout={options['wait_timeout']} seconds: "
                f"{progress_line(deployment, seen['targets'])}. It goes on; run this task again to follow it further."
            ),
        }

    def _failed(self, seen: Result, options: Result) -> Result:
        """Follow the rollback, if there is one, then explain."""
        seen = self._with_rollback_info(seen, options)
        rollback = None
        rollback_id = seen["deployment"].get("rollback_info", {}).get("rollback_deployment_id")
        if rollback_id:
            self._show(f"{seen['deployment']['deployment_id']} is being rolled back by {rollback_id}")
            rollback = self._follow(rollback_id, options)["deployment"]
        diagnosis = diagnosis_from(seen["deployment"], seen["targets"], rollback, options["diagnose"])
        self._show("\n".join(explanation(diagnosis)))
        return {"failed": True, "msg": summary(diagnosis), "diagnosis": diagnosis}

    def _with_rollback_info(self, seen: Result, options: Result) -> Result:
        """CodeDeploy announces a rollback a moment after the failure: wait for it where one is to be expected."""
        until = time.monotonic() + ROLLBACK_ANNOUNCEMENT
        while _rollback_is_due(seen["deployment"]) and time.monotonic() < until:
            time.sleep(min(options["wait_delay"], 2))
            seen = self._look(seen["deployment"]["deployment_id"], options)
        return seen

    def _show(self, text: str) -> None:
        """Print TEXT at once, headed by the host, unless the task hides its output."""
        if not self._task.no_log:
            display.display(f"[{self._task_vars['inventory_hostname']}] {text}")


def _rollback_is_due(deployment: Result) -> bool:
    """Whether a rollback has to be expected that CodeDeploy has not announced yet."""
    if deployment.get("rollback_info") or deployment.get("creator") == "codeDeployRollback":
        return False
    configuration = deployment.get("auto_rollback_configuration") or {}
    events = configuration.get("events", []) if configuration.get("enabled") else []
    return _rollback_event(deployment) in events


def _rollback_event(deployment: Result) -> str:
    """The event that the end of DEPLOYMENT is, in the words of auto_rollback_configuration."""
    if deployment["status"] == "Failed":
        return "DEPLOYMENT_FAILURE"
    code = (deployment.get("error_information") or {}).get("code")
    return "DEPLOYMENT_STOP_ON_ALARM" if code == "ALARM_ACTIVE" else "DEPLOYMENT_STOP_ON_REQUEST"


def _connection_options() -> set[str]:
    """The names, with aliases, of the options that say how to reach AWS."""
    specification = aws_argument_spec()
    return {*specification, *(alias for option in specification.values() for alias in option.get("aliases", []))}
