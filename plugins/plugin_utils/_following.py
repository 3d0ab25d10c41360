# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller does for a task that awaits a deployment: look at it again and again, show what changes, and explain a failure.

A module cannot show anything while it runs. So the module starts something and ends, and its action plugin looks at the deployment through
the module `deployment_info`, printing a line whenever something has changed.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import time
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ..module_utils._diagnosis import diagnosis_from, explanation, summary
from ..module_utils._polling import SHORTEST, Pace
from ..module_utils._progress import GOALS, elapsed_text, progress_line

display = Display()

Result = dict[str, t.Any]

# How long CodeDeploy may take to tell which deployment rolls a failed one back, in seconds.
ROLLBACK_ANNOUNCEMENT = 30

# How many looks in a row may fail (a lost connection, throttling that outlasts the retries) before the task gives up.
FAILED_LOOKS = 5


class LookFailed(Exception):
    """The deployment could not be read, and trying again did not help."""


class FollowingAction(ActionBase):
    """An action plugin whose module says in `awaits` which deployment to follow, to which goal, and whether to run the module `again` then."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the task and return its result."""
        super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        changed = False
        while True:
            result: Result = self._execute_module(module_args=self._task.args, task_vars=task_vars)
            awaits = result.pop("awaits", None)
            options = result.get("invocation", {}).get("module_args", {})
            result["changed"] = changed = changed or bool(result.get("changed"))
            if result.get("failed") or not awaits or not options.get("wait") or self._task.check_mode:
                return result
            followed = self._awaited(awaits, options)
            if followed.get("failed") or not awaits.get("again"):
                return {**result, **followed}

    def _awaited(self, awaits: Result, options: Result) -> Result:
        """What following the deployment that the module named adds to the result."""
        deployment_id, goal = awaits["deployment_id"], awaits["goal"]
        try:
            pace = Pace(awaits.get("previous_seconds"))
            if options.get("continue_when_ready"):
                self._continue(self._follow(deployment_id, "ready", options, pace)["deployment"])
            seen = self._follow(deployment_id, goal, options, pace)
            if not GOALS[goal](seen["deployment"], seen["targets"]):
                return self._timed_out(seen, options)
            return self._concluded(seen, awaits, options)
        except LookFailed as error:
            return {
                "failed": True,
                "msg": f"Lost sight of deployment {deployment_id}: {error}. It goes on; run this task again to follow it.",
            }

    def _continue(self, deployment: Result) -> None:
        """Let the deployment shift its traffic, if it waits for that."""
        if deployment["status"] == "Ready":
            self._run_module("deployment", {"deployment_id": deployment["deployment_id"], "state": "continued"})

    def _run_module(self, name: str, arguments: Result) -> Result:
        """The result of another module of the collection, which reaches AWS as the task does."""
        connection = {name: value for name, value in self._task.args.items() if name in _connection_options()}
        result: Result = self._execute_module(
            module_name=f"slipway.codedeploy.{name}",
            module_args={**connection, **arguments},
            task_vars=self._task_vars,
        )
        return result

    def _follow(self, deployment_id: str, goal: str, options: Result, pace: Pace) -> Result:
        """Look at the deployment until it has reached the goal or the time is up, and return what was seen last."""
        begin, shown, known = time.monotonic(), "", None
        targets: list[Result] = []
        while True:
            seen = self._look(deployment_id, options, known)
            elapsed = time.monotonic() - begin
            targets = seen.setdefault("targets", targets)
            line = progress_line(seen["deployment"], targets)
            if line != shown:
                self._show(f"{elapsed_text(elapsed)} {line}")
                shown = line
            if GOALS[goal](seen["deployment"], targets) or elapsed >= options["wait_timeout"]:
                return seen
            pace.observe(_age(seen["deployment"]), seen["deployment"].get("deployment_overview", {}))
            delay = options["wait_delay"] or pace.delay()
            known = None if options["wait_delay"] or pace.wants_details(delay) else pace.overview
            time.sleep(min(delay, max(0.0, options["wait_timeout"] - elapsed)))

    def _look(
        self, deployment_id: str, options: Result, known: Result | None = None, targets: str = "notable"
    ) -> Result:
        """The deployment and its TARGETS as they are now, without these if they are counted as is KNOWN already.

        Raises LookFailed when that cannot be found out.
        """
        arguments = {"deployment_id": deployment_id, "targets": targets, "unless_overview": known}
        for attempt in range(1, FAILED_LOOKS + 1):
            result = self._run_module("deployment_info", arguments)
            if not result.get("failed"):
                return result
            self._show(f"cannot read {deployment_id} ({attempt} of {FAILED_LOOKS}): {result.get('msg', '')}")
            time.sleep(options["wait_delay"] or SHORTEST)
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

    def _concluded(self, seen: Result, awaits: Result, options: Result) -> Result:
        """The result of a deployment for which there is nothing left to wait; a stop is what some tasks want."""
        if awaits.get("again"):
            if awaits["goal"] == "stopped":
                self._with_rollback(seen, options, awaits["roll_back"])
            return {}
        if awaits["goal"] == "stopped":
            return self._stopped(seen, awaits["roll_back"], options)
        if seen["deployment"]["status"] in ("Failed", "Stopped"):
            return self._failed(seen, options)
        return {"deployment": seen["deployment"]}

    def _stopped(self, seen: Result, roll_back: bool | None, options: Result) -> Result:
        """The task has stopped the deployment: what matters now is its rollback, if there is one. ROLL_BACK is what it has asked for."""
        seen, rollback = self._with_rollback(seen, options, roll_back)
        if rollback is not None and rollback["deployment"]["status"] != "Succeeded":
            return self._failed(rollback, options)
        if rollback is not None:
            return {"deployment": seen["deployment"], "rollback": rollback["deployment"]}
        if not roll_back:
            return {"deployment": seen["deployment"]}
        reason = (
            seen["deployment"].get("rollback_info", {}).get("rollback_message", "CodeDeploy has announced no rollback")
        )
        ended = f"{seen['deployment']['deployment_id']} has ended ({seen['deployment']['status']})"
        return {"failed": True, "deployment": seen["deployment"], "msg": f"{ended}, but was not rolled back: {reason}"}

    def _failed(self, seen: Result, options: Result) -> Result:
        """Follow the rollback, if there is one, then explain."""
        seen, rollback = self._with_rollback(seen, options)
        last_seen = rollback and rollback["deployment"]
        diagnosis = diagnosis_from(seen["deployment"], self._all_failed(seen, options), last_seen, options["diagnose"])
        self._show("\n".join(explanation(diagnosis)))
        return {"failed": True, "msg": summary(diagnosis), "diagnosis": diagnosis}

    def _all_failed(self, seen: Result, options: Result) -> list[Result]:
        """The targets that were seen, with all that have failed; while the deployment runs, only some of many are looked at."""
        if sum(seen["deployment"].get("deployment_overview", {}).values()) <= len(seen["targets"]):
            return list(seen["targets"])
        failed: list[Result] = self._look(seen["deployment"]["deployment_id"], options, targets="failed")["targets"]
        return failed + [target for target in seen["targets"] if target["status"] != "Failed"]

    def _with_rollback(
        self, seen: Result, options: Result, requested: bool | None = None
    ) -> tuple[Result, Result | None]:
        """What is seen of a deployment that has ended, and of its rollback at its end; None if there is none.

        CodeDeploy announces a rollback a moment after the end: it is waited for where one is to be expected.
        """
        until = time.monotonic() + ROLLBACK_ANNOUNCEMENT
        deployment_id = seen["deployment"]["deployment_id"]
        while _rollback_is_due(seen["deployment"], requested) and time.monotonic() < until:
            time.sleep(min(options["wait_delay"] or 2, 2))
            seen = self._look(deployment_id, options)
        rollback_id = seen["deployment"].get("rollback_info", {}).get("rollback_deployment_id")
        if not rollback_id:
            return seen, None
        self._show(f"{deployment_id} is being rolled back by {rollback_id}")
        return seen, self._follow(rollback_id, "succeeded", options, Pace())

    def _show(self, text: str) -> None:
        """Print TEXT at once, headed by the host, unless the task hides its output."""
        if not self._task.no_log:
            display.display(f"[{self._task_vars['inventory_hostname']}] {text}")


def _age(deployment: Result) -> float:
    """Seconds since the deployment was created; the clocks of the controller and of AWS may differ a little."""
    created = datetime.datetime.fromisoformat(deployment["create_time"])
    return max(0.0, time.time() - created.timestamp())


def _rollback_is_due(deployment: Result, requested: bool | None) -> bool:
    """Whether a rollback has to be expected that CodeDeploy has not announced yet. What a stop has REQUESTED goes before the settings."""
    if deployment.get("rollback_info") or deployment.get("creator") == "codeDeployRollback":
        return False
    if deployment["status"] == "Succeeded":  # it was to be stopped, and was faster
        return False
    if deployment["status"] == "Stopped" and requested is not None:
        return requested
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
