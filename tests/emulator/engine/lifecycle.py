# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifecycle events of a target, and how they follow each other."""

from __future__ import annotations

from ..state import FINISHED, InstanceTarget, Label, LifecycleEvent, Members, Target
from .targets import Instance

BLOCK_EVENTS = ("BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic")
INSTALL_EVENTS = (
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
)
ALLOW_EVENTS = ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")
"""In place the three follow one another; without a load balancer there are those of the installation only. In a blue/green
deployment the new instances have the last two, then the original ones the first; in its rollback the original ones have the
last, then the new ones the first (AWS user guide, reference-appspec-file-structure-hooks)."""

MAY_FAIL = frozenset({"ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"})
"""Events after whose failure a target goes on if ignoreApplicationStopFailures is set (botocore model: CreateDeployment)."""


def new_target(instance: Instance, events: tuple[str, ...], label: Label | None, now: float) -> InstanceTarget:
    """A target with all its events ahead of it."""
    return InstanceTarget(
        target_id=instance.target_id,
        arn=instance.arn,
        host_identifier=instance.host_identifier,
        running=instance.running,
        zone=instance.zone,
        label=label,
        last_updated=now,
        events=[LifecycleEvent(name) for name in events],
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
