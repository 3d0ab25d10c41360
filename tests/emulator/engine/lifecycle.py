# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle events of a target, and how they follow each other."""

from __future__ import annotations

from ..state import FINISHED, InstanceTarget, LifecycleEvent, Members, Target
from .targets import Instance

IN_PLACE_EVENTS = (
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
)
"""Server, in place, no load balancer (AWS user guide, reference-appspec-file-structure-hooks)."""

MAY_FAIL = frozenset({"ApplicationStop"})
"""Events after whose failure a target goes on if ignoreApplicationStopFailures is set (botocore model: CreateDeployment)."""


def new_target(instance: Instance, now: float) -> InstanceTarget:
    """A target with all its events ahead of it."""
    events = [LifecycleEvent(name) for name in IN_PLACE_EVENTS]
    return InstanceTarget(
        target_id=instance.target_id,
        arn=instance.arn,
        host_identifier=instance.host_identifier,
        running=instance.running,
        last_updated=now,
        events=events,
    )


def current_event(target: Target) -> LifecycleEvent | None:
    """The event that is due or running, None if all are over."""
    return next((event for event in target.events if event.status not in FINISHED), None)


def start_event(target: Target, event: LifecycleEvent, now: float) -> None:
    """The host has taken the event up."""
    event.status = target.status = "InProgress"
    event.start_time = target.last_updated = now


def finish_event(
    target: Target, event: LifecycleEvent, succeeded: bool, diagnostics: Members | None, now: float
) -> None:
    """The event is over, and the target under way. An event that fails without having been started has no start time."""
    if succeeded and event.start_time is None:
        event.start_time = now
    target.status = "InProgress"
    event.status = "Succeeded" if succeeded else "Failed"
    event.end_time = target.last_updated = now
    event.diagnostics = diagnostics


def skip_rest(target: Target, now: float) -> None:
    """Nothing more happens on the target."""
    for event in target.events:
        if event.status not in FINISHED:
            event.status = "Skipped"
    target.last_updated = now
