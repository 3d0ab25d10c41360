# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Followers of deployments: they poll a deployment, report what changes, and explain a failure.

Nothing here waits. Anything that takes time is a generator that yields the seconds until its next step, so that several deployments can be followed
in parallel.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import time
import typing as t

from ..module_utils._deployments.diagnosis import diagnosis_from, explanation, rollback_outcome, summary
from ..module_utils._deployments.polling import SHORTEST, Pace
from ..module_utils._deployments.progress import GOALS, elapsed_text, event_changes, has_ended, progress_line

Result = dict[str, t.Any]
Outcome = t.TypeVar("Outcome")
Steps = t.Generator[float, None, Outcome]
Show = t.Callable[[str], None]

# The seconds that CodeDeploy may take to announce the rollback of a failed deployment.
ROLLBACK_ANNOUNCEMENT = 30

# The seconds for which polls may fail (a lost connection, throttling that outlasts the retries) before the task gives up. The network of a controller may
# be down for a minute or two, while VPNs and routers restart.
OUTAGE = 120

# The same if AWS refuses the call, which rarely changes with time.
REFUSAL = 20


class LookFailed(Exception):
    """The deployment could not be read, and retrying did not help."""


class NotContinued(Exception):
    """The deployment waits to be continued, but continuing it failed."""


class Follower:
    """A follower of a module's deployment. RUN_MODULE runs another module of the collection by its name; SHOW prints text at once, and
    SHOW_DETAIL does so with -v; OPTIONS are the task's options for waiting."""

    def __init__(
        self, run_module: t.Callable[[str, Result], Result], show: Show, show_detail: Show, options: Result
    ) -> None:
        self._run_module = run_module
        self._show = show
        self._show_detail = show_detail
        self._options = options
        self._previous_seconds: float | None = None

    def outcome(self, awaits: Result) -> Steps[Result]:
        """Follow the deployment that the module named in AWAITS of its result, and return the additions to that result."""
        deployment_id, goal = awaits["deployment_id"], awaits["goal"]
        self._previous_seconds = awaits.get("previous_seconds")
        try:
            pace, begin = Pace(self._previous_seconds), time.monotonic()
            # A deployment that only precedes the task's own may wait for somebody else.
            continued = self._options.get("continue_when_ready") and not awaits.get("again")
            seen = yield from self._follow(deployment_id, "ready" if continued else goal, pace, begin)
            if continued and not has_ended(seen["deployment"]):
                self._continue(seen["deployment"])
                seen = yield from self._follow(deployment_id, goal, pace, begin, seen["targets"])
            if not GOALS[goal](seen["deployment"], seen["targets"]):
                return self._timed_out(seen)
            return (yield from self._concluded(seen, awaits))
        except LookFailed as error:
            return {
                "failed": True,
                "msg": f"Could not read deployment {deployment_id} any more: {error}. It is still running; run this task again to resume following it.",
            }
        except NotContinued as error:
            return {
                "failed": True,
                "msg": f"Deployment {deployment_id} is ready, but was not continued: {error}. It is still waiting; run this task again to continue it.",
            }

    def _continue(self, deployment: Result) -> None:
        """Continue the deployment, so that it shifts its traffic, if it waits for that. Raise NotContinued if that is refused."""
        if deployment["status"] != "Ready":
            return
        which = {"deployment_id": deployment["deployment_id"], "deployment_wait_type": "READY_WAIT"}
        result = self._run_module("deployment", {**which, "state": "continued"})
        if result.get("failed"):
            raise NotContinued(result.get("msg", ""))

    def _follow(
        self, deployment_id: str, goal: str, pace: Pace, begin: float, before: t.Sequence[Result] = ()
    ) -> Steps[Result]:
        """Poll the deployment until it has reached the goal or the time since BEGIN is up, and return its last state. BEFORE are
        the targets of the previous poll."""
        shown = ""
        fixed_delay, timeout = self._options["wait_delay"], self._options["wait_timeout"]
        options: Result = {} if goal == "stopped" else {"diagnose": self._options["diagnose"]}
        read: list[Result] = list(before)
        while True:
            left = timeout - (time.monotonic() - begin)
            seen = yield from self._look(deployment_id, min(OUTAGE, left), **options)
            elapsed = time.monotonic() - begin
            overview = seen["deployment"].get("deployment_overview", {})
            for change in event_changes(read, seen.get("targets", [])):
                self._show_detail(f"{elapsed_text(elapsed)} {change}")
            read = seen.get("targets", read)
            targets = seen.setdefault("targets", read if overview == pace.overview else [])
            line = progress_line(seen["deployment"], targets)
            if line != shown:
                self._show(f"{elapsed_text(elapsed)} {line}")
                shown = line
            if GOALS[goal](seen["deployment"], targets) or elapsed >= timeout:
                return seen
            pace.observe(_age(seen["deployment"]), overview)
            delay = fixed_delay or pace.delay()
            options["unless_overview"] = None if fixed_delay else pace.known_counts(delay)
            options["target_ids"] = _settled_ids(seen["deployment"], targets)
            yield min(delay, max(0.0, timeout - elapsed))

    def _look(self, deployment_id: str, patience: float = OUTAGE, **options: t.Any) -> Steps[Result]:
        """Return the current deployment, with the targets that OPTIONS of deployment_info select.

        Raise LookFailed if it cannot be read for PATIENCE seconds.
        """
        arguments = {"deployment_id": deployment_id, **options}
        begin = time.monotonic()
        while True:
            result = self._run_module("deployment_info", arguments)
            if not result.get("failed"):
                return result
            message = result.get("msg", "")
            left = min(patience, REFUSAL if _is_refusal(result) else OUTAGE) - (time.monotonic() - begin)
            if left <= 0:
                raise LookFailed(message)
            self._show(f"cannot read {deployment_id}, retrying for {elapsed_text(left)} more: {message}")
            yield min(self._options["wait_delay"] or SHORTEST, left)

    def _timed_out(self, seen: Result) -> Result:
        deployment = seen["deployment"]
        return {
            "failed": True,
            "deployment": deployment,
            "msg": (
                f"Deployment {deployment['deployment_id']} has not ended within wait_timeout={self._options['wait_timeout']} seconds: "
                f"{progress_line(deployment, seen['targets'])}. It is still running; run this task again to resume following it."
            ),
        }

    def _concluded(self, seen: Result, awaits: Result) -> Steps[Result]:
        """Return the result of a deployment that has reached its goal; for some tasks, that is a stop."""
        if awaits["goal"] == "stopped" and awaits.get("again"):
            yield from self._with_rollback(seen, awaits["roll_back"])
            return {}
        if awaits["goal"] == "stopped":
            return (yield from self._stopped(seen, awaits["roll_back"]))
        if seen["deployment"]["status"] in ("Failed", "Stopped"):
            return (yield from self._failed(seen))
        if awaits.get("again"):
            return {}
        return {"deployment": seen["deployment"], **(yield from self._partly_failed(seen))}

    def _stopped(self, seen: Result, roll_back: bool | None) -> Steps[Result]:
        """Return the result of a deployment that the task has stopped, once its rollback, if there is one, has ended. ROLL_BACK is the task's option."""
        seen, rollback = yield from self._with_rollback(seen, roll_back)
        if rollback is not None and not has_ended(rollback["deployment"]):
            return self._timed_out(rollback)
        if rollback is not None and rollback["deployment"]["status"] != "Succeeded":
            return (yield from self._failed(rollback))
        if rollback is not None:
            return {"deployment": seen["deployment"], "rollback": rollback["deployment"]}
        if not roll_back:
            return {"deployment": seen["deployment"]}
        reason = (
            seen["deployment"]
            .get("rollback_info", {})
            .get("rollback_message", "CodeDeploy did not announce a rollback")
        )
        ended = f"{seen['deployment']['deployment_id']} has ended ({seen['deployment']['status']})"
        return {"failed": True, "deployment": seen["deployment"], "msg": f"{ended}, but was not rolled back: {reason}"}

    def _failed(self, seen: Result) -> Steps[Result]:
        """Follow the rollback, if there is one, then explain."""
        diagnosis = yield from self._diagnosed(seen)
        lost = ""
        try:
            seen, rollback = yield from self._with_rollback(seen)
            ended = rollback or {}
            diagnosis["rollback"] = rollback_outcome(
                seen["deployment"], ended.get("deployment"), ended.get("diagnosis")
            )
        except LookFailed as error:
            lost = f" Could not read the rollback any more: {error}. It is still running."
        self._show("\n".join(explanation(diagnosis)))
        return {"failed": True, "msg": f"{summary(diagnosis)}{lost}", "diagnosis": diagnosis}

    def _partly_failed(self, seen: Result) -> Steps[Result]:
        """Return the result of a deployment that has succeeded although some targets have failed, as its config allows, with a warning about them."""
        failures = seen["deployment"].get("deployment_overview", {}).get("failed", 0)
        if not failures:
            return {}
        diagnosis = yield from self._diagnosed(seen)
        self._show("\n".join(explanation(diagnosis)))
        names = ", ".join(str(failure["target_id"]) for failure in diagnosis["targets"])
        warning = f"Deployment {diagnosis['deployment_id']} succeeded, but failed on {failures} of its targets: {names}"
        return {"diagnosis": diagnosis, "warnings": [warning]}

    def _diagnosed(self, seen: Result) -> Steps[Result]:
        """Return the diagnosis that was SEEN; a deployment that continues after its goal has none."""
        if "diagnosis" in seen:
            return t.cast("Result", seen["diagnosis"])
        looked = yield from self._look(seen["deployment"]["deployment_id"], targets="failed")
        return diagnosis_from(looked["deployment"], looked["targets"], None, self._options["diagnose"])

    def _with_rollback(self, seen: Result, requested: bool | None = None) -> Steps[tuple[Result, Result | None]]:
        """Return the last state of a deployment that has ended, and that of its rollback, None if there is none.

        CodeDeploy announces a rollback a moment after the end: wait for it if one is expected.
        """
        until = time.monotonic() + ROLLBACK_ANNOUNCEMENT
        deployment_id = seen["deployment"]["deployment_id"]
        while _rollback_is_due(seen["deployment"], requested) and time.monotonic() < until:
            yield min(self._options["wait_delay"] or 2, 2)
            seen = yield from self._look(deployment_id, targets="none")
        rollback_id = seen["deployment"].get("rollback_info", {}).get("rollback_deployment_id")
        if not rollback_id:
            return seen, None
        self._show(f"{deployment_id} is being rolled back by {rollback_id}")
        # In place, hosts take as long as usual for their last revision; elsewhere the traffic returns at once.
        pace = Pace(self._previous_seconds if _is_in_place(seen["deployment"]) else None)
        rollback = yield from self._follow(rollback_id, "succeeded", pace, time.monotonic())
        return seen, rollback


def _is_refusal(result: Result) -> bool:
    """Whether AWS has answered with RESULT that the request is at fault."""
    return bool(400 <= result.get("response_metadata", {}).get("http_status_code", 0) < 500)


def _settled_ids(deployment: Result, targets: list[Result]) -> list[str] | None:
    """Return the IDs of TARGETS if DEPLOYMENT has and will have no others; None if others may matter at the next poll."""
    complete = len(targets) == sum(deployment.get("deployment_overview", {}).values())
    return [target["target_id"] for target in targets] if complete and _is_in_place(deployment) else None


def _is_in_place(deployment: Result) -> bool:
    return (deployment.get("deployment_style") or {}).get("deployment_type") == "IN_PLACE"


def _age(deployment: Result) -> float:
    """Return the seconds since the deployment was created; the clocks of the controller and of AWS may differ a little."""
    if "create_time" not in deployment:
        return 0.0
    created = datetime.datetime.fromisoformat(deployment["create_time"])
    return max(0.0, time.time() - created.timestamp())


def _rollback_is_due(deployment: Result, requested: bool | None) -> bool:
    """Return whether to expect a rollback that CodeDeploy has not announced yet. A rollback REQUESTED with a stop takes precedence over the settings."""
    if deployment.get("rollback_info") or deployment.get("creator") == "codeDeployRollback":
        return False
    if deployment["status"] == "Succeeded":  # it ended before it could be stopped
        return False
    if deployment["status"] == "Stopped" and requested is not None:
        return requested
    configuration = deployment.get("auto_rollback_configuration") or {}
    events = configuration.get("events", []) if configuration.get("enabled") else []
    return _rollback_event(deployment) in events


def _rollback_event(deployment: Result) -> str:
    """Return the event of auto_rollback_configuration for the end of DEPLOYMENT."""
    if deployment["status"] == "Failed":
        return "DEPLOYMENT_FAILURE"
    code = (deployment.get("error_information") or {}).get("code")
    return "DEPLOYMENT_STOP_ON_ALARM" if code == "ALARM_ACTIVE" else "DEPLOYMENT_STOP_ON_REQUEST"
