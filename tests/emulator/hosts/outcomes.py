# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a simulated host can make of a lifecycle event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..clock import LONGEST_WAIT
from ..state import Members
from .diagnostics import LONGEST_LOG

POLL_AFTER = 1.0
"""Seconds until a host takes up what it is offered: an agent's pause between polls (AWS user guide,
reference-agent-configuration, wait_between_runs)."""

EVENTS = (
    "BeforeBlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)
"""The events that hosts run (host agent 1.8.1, local/deployer.rb)."""

ERROR_CODES = ("ScriptMissing", "ScriptNotExecutable", "ScriptTimedOut", "ScriptFailed", "UnknownError")
"""Of a failure (botocore model: LifecycleErrorCode)."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of an event. The host takes it up ``poll_after`` seconds after it was offered and reports
    ``report_after`` seconds later; None is never. Raises ValueError for what cannot be."""

    poll_after: float | None
    report_after: float | None
    error_code: str = "Success"
    script: str = ""
    message: str = ""
    log: str = ""

    def __post_init__(self) -> None:
        for seconds in (self.poll_after, self.report_after):
            if seconds is not None and not 0 <= seconds <= LONGEST_WAIT:
                raise ValueError(f"seconds: {seconds} is not valid; use 0 to {LONGEST_WAIT}")
        if self.error_code not in ("Success", *ERROR_CODES):
            raise ValueError(f"error_code: {self.error_code!r} is not valid; use one of {', '.join(ERROR_CODES)}")

    @property
    def succeeded(self) -> bool:
        return self.error_code == "Success"

    @property
    def diagnostics(self) -> Members:
        """As the public API shows them."""
        log = self.log[-LONGEST_LOG:]
        return {"errorCode": self.error_code, "scriptName": self.script, "message": self.message, "logTail": log}


Script = Mapping[str, Outcome]
"""Outcomes by event; an event that is left out succeeds."""


def succeed(seconds: float = 1.0) -> Outcome:
    """The event succeeds after so many seconds."""
    return Outcome(POLL_AFTER, seconds)


def fail(
    seconds: float = 1.0,
    error_code: str = "ScriptFailed",
    script: str = "scripts/hook.sh",
    message: str | None = None,
    log: str = "",
) -> Outcome:
    """The event fails after so many seconds, with these diagnostics; without a message it is the agent's about the script."""
    if message is None:
        message = f"Script at specified location: {script} failed with exit code 1" if script else ""
    return Outcome(POLL_AFTER, seconds, error_code, script, message, log)


def hang() -> Outcome:
    """The host takes the event up, and that is the last that is heard of it."""
    return Outcome(POLL_AFTER, None)


def never_poll() -> Outcome:
    """The host does not take the event up."""
    return Outcome(None, None)


def come_late(seconds: float) -> Outcome:
    """The host takes the event up after so many seconds, and it succeeds if that was not too late."""
    return Outcome(seconds, 1.0)


def crash(seconds: float = 60.0) -> Outcome:
    """The agent dies with the event running and is back after so many seconds. It reports a failure then, because agents
    write down what they run (observed with host agent 1.8.1, whose code 7 for this has no public name)."""
    message = "Failing in-progress lifecycle event after an agent restart."
    return Outcome(POLL_AFTER, seconds, "UnknownError", message=message)


OUTCOMES: dict[str, Callable[..., Outcome]] = {
    function.__name__: function for function in (succeed, fail, hang, never_poll, come_late, crash)
}


def check_script(script: Script) -> None:
    """Raise ValueError for an event that no host runs."""
    for event in script:
        if event not in EVENTS:
            raise ValueError(f"scripts: {event!r} is not an event that hosts run; use {', '.join(EVENTS)}")
