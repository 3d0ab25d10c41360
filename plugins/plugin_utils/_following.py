# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following a deployment: look at it again and again, tell what changes, and explain a failure.

Nothing here waits. What takes its time is a generator that yields the seconds until its next step, so that several deployments can be followed
side by side.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import time
import typing as t

from ..module_utils._diagnosis import diagnosis_from, explanation, summary
from ..module_utils._polling import SHORTEST, Pace
from ..module_utils._progress import GOALS, elapsed_text, event_changes, progress_line

Result = dict[str, t.Any]
Outcome = t.TypeVar("Outcome")
Steps = t.Generator[float, None, Outcome]
Show = t.Callable[[str], None]

# How long CodeDeploy may take to tell which deployment rolls a failed one back, in seconds.
ROLLBACK_ANNOUNCEMENT = 30

# How many looks in a row may fail (a lost connection, throttling that outlasts the retries) before the task gives up.
FAILED_LOOKS = 5


class LookFailed(Exception):
    """The deployment could not be read, and trying again did not help."""


class NotContinued(Exception):
    """The deployment waits to be continued, and that did not work."""


class Follower:
    """Follows what a module has started. RUN_MODULE runs another module of the collection, by its name; SHOW prints a text at once, and
    SHOW_DETAIL one for those who want to know more; OPTIONS are those of the task that say how to wait."""

    def __init__(
        self, run_module: t.Callable[[str, Result], Result], show: Show, show_detail: Show, options: Result
    ) -> None:
        self._run_module = run_module
        self._show = show
        self._show_detail = show_detail
        self._options = options

    def outcome(self, awaits: Result) -> Steps[Result]:
        """What following the deployment that the module named in its result's AWAITS adds to that result."""
        deployment_id, goal = awaits["deployment_id"], awaits["goal"]
        try:
            pace, begin = Pace(awaits.get("previous_seconds")), time.monotonic()
            if self._options.get("continue_when_ready"):
                ready = yield from self._follow(deployment_id, "ready", pace, begin)
                self._continue(ready["deployment"])
            seen = yield from self._follow(deployment_id, goal, pace, begin)
            if not GOALS[goal](seen["deployment"], seen["targets"]):
                return self._timed_out(seen)
            return (yield from self._concluded(seen, awaits))
        except LookFailed as error:
            return {
                "failed": True,
                "msg": f"Lost sight of deployment {deployment_id}: {error}. It goes on; run this task again to follow it.",
            }
        except NotContinued as error:
            return {
                "failed": True,
                "msg": f"Deployment {deployment_id} is ready, but was not continued: {error}. It waits; run this task again to continue it.",
            }

    def _continue(self, deployment: Result) -> None:
        """Let the deployment shift its traffic, if it waits for that. Raises NotContinued if that is refused."""
        if deployment["status"] != "Ready":
            return
        arguments = {"deployment_id": deployment["deployment_id"], "state": "continued"}
        result = self._run_module("deployment", arguments)
        if result.get("failed"):
            raise NotContinued(result.get("msg", ""))

    def _follow(self, deployment_id: str, goal: str, pace: Pace, begin: float) -> Steps[Result]:
        """Look at the deployment until it has reached the goal or the time that counts from BEGIN is up, and return what was seen last."""
        shown, known = "", None
        fixed_delay, timeout = self._options["wait_delay"], self._options["wait_timeout"]
        targets: list[Result] = []
        while True:
            seen = yield from self._look(deployment_id, known)
            elapsed = time.monotonic() - begin
            for change in event_changes(targets, seen.get("targets", [])):
                self._show_detail(f"{elapsed_text(elapsed)} {change}")
            targets = seen.setdefault("targets", targets)
            line = progress_line(seen["deployment"], targets)
            if line != shown:
                self._show(f"{elapsed_text(elapsed)} {line}")
                shown = line
            if GOALS[goal](seen["deployment"], targets) or elapsed >= timeout:
                return seen
            pace.observe(_age(seen["deployment"]), seen["deployment"].get("deployment_overview", {}))
            delay = fixed_delay or pace.delay()
            known = None if fixed_delay or pace.wants_details(delay) else pace.overview
            yield min(delay, max(0.0, timeout - elapsed))

    def _look(self, deployment_id: str, known: Result | None = None, targets: str = "notable") -> Steps[Result]:
        """The deployment and its TARGETS as they are now, without these if they are counted as is KNOWN already.

        Raises LookFailed when that cannot be found out.
        """
        arguments = {"deployment_id": deployment_id, "targets": targets, "unless_overview": known}
        for attempt in range(1, FAILED_LOOKS + 1):
            result = self._run_module("deployment_info", arguments)
            if not result.get("failed"):
                return result
            self._show(f"cannot read {deployment_id} ({attempt} of {FAILED_LOOKS}): {result.get('msg', '')}")
            yield self._options["wait_delay"] or SHORTEST
        raise LookFailed(result.get("msg", ""))

    def _timed_out(self, seen: Result) -> Result:
        deployment = seen["deployment"]
        return {
            "failed": True,
            "deployment": deployment,
            "msg": (
                f"Deployment {deployment['deployment_id']} has not ended within wait_timeout={self._options['wait_timeout']} seconds: "
                f"{progress_line(deployment, seen['targets'])}. It goes on; run this task again to follow it further."
            ),
        }

    def _concluded(self, seen: Result, awaits: Result) -> Steps[Result]:
        """The result of a deployment for which there is nothing left to wait; a stop is what some tasks want."""
        if awaits.get("again"):
            if awaits["goal"] == "stopped":
                yield from self._with_rollback(seen, awaits["roll_back"])
            return {}
        if awaits["goal"] == "stopped":
            return (yield from self._stopped(seen, awaits["roll_back"]))
        if seen["deployment"]["status"] in ("Failed", "Stopped"):
            return (yield from self._failed(seen))
        return {"deployment": seen["deployment"], **(yield from self._partly_failed(seen))}

    def _stopped(self, seen: Result, roll_back: bool | None) -> Steps[Result]:
        """The task has stopped the deployment: what matters now is its rollback, if there is one. ROLL_BACK is what it has asked for."""
        seen, rollback = yield from self._with_rollback(seen, roll_back)
        if rollback is not None and rollback["deployment"]["status"] != "Succeeded":
            return (yield from self._failed(rollback))
        if rollback is not None:
            return {"deployment": seen["deployment"], "rollback": rollback["deployment"]}
        if not roll_back:
            return {"deployment": seen["deployment"]}
        reason = (
            seen["deployment"].get("rollback_info", {}).get("rollback_message", "CodeDeploy has announced no rollback")
        )
        ended = f"{seen['deployment']['deployment_id']} has ended ({seen['deployment']['status']})"
        return {"failed": True, "deployment": seen["deployment"], "msg": f"{ended}, but was not rolled back: {reason}"}

    def _failed(self, seen: Result) -> Steps[Result]:
        """Follow the rollback, if there is one, then explain."""
        seen, rollback = yield from self._with_rollback(seen)
        last_seen = rollback and rollback["deployment"]
        targets = yield from self._all_failed(seen)
        diagnosis = diagnosis_from(seen["deployment"], targets, last_seen, self._options["diagnose"])
        self._show("\n".join(explanation(diagnosis)))
        return {"failed": True, "msg": summary(diagnosis), "diagnosis": diagnosis}

    def _partly_failed(self, seen: Result) -> Steps[Result]:
        """A deployment may succeed though some targets have failed, as its config allows: they are to be known all the same."""
        failures = seen["deployment"].get("deployment_overview", {}).get("failed", 0)
        if not failures:
            return {}
        targets = yield from self._all_failed(seen)
        diagnosis = diagnosis_from(seen["deployment"], targets, None, self._options["diagnose"])
        self._show("\n".join(explanation(diagnosis)))
        names = ", ".join(str(failure["target_id"]) for failure in diagnosis["targets"])
        warning = f"Deployment {diagnosis['deployment_id']} succeeded, but failed on {failures} of its targets: {names}"
        return {"diagnosis": diagnosis, "warnings": [warning]}

    def _all_failed(self, seen: Result) -> Steps[list[Result]]:
        """The targets that were seen, with all that have failed; while the deployment runs, only some of many are looked at."""
        if sum(seen["deployment"].get("deployment_overview", {}).values()) <= len(seen["targets"]):
            return list(seen["targets"])
        looked = yield from self._look(seen["deployment"]["deployment_id"], targets="failed")
        failed: list[Result] = looked["targets"]
        return failed + [target for target in seen["targets"] if target["status"] != "Failed"]

    def _with_rollback(self, seen: Result, requested: bool | None = None) -> Steps[tuple[Result, Result | None]]:
        """What is seen of a deployment that has ended, and of its rollback at its end; None if there is none.

        CodeDeploy announces a rollback a moment after the end: it is waited for where one is to be expected.
        """
        until = time.monotonic() + ROLLBACK_ANNOUNCEMENT
        deployment_id = seen["deployment"]["deployment_id"]
        while _rollback_is_due(seen["deployment"], requested) and time.monotonic() < until:
            yield min(self._options["wait_delay"] or 2, 2)
            seen = yield from self._look(deployment_id)
        rollback_id = seen["deployment"].get("rollback_info", {}).get("rollback_deployment_id")
        if not rollback_id:
            return seen, None
        self._show(f"{deployment_id} is being rolled back by {rollback_id}")
        rollback = yield from self._follow(rollback_id, "succeeded", Pace(), time.monotonic())
        return seen, rollback


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
