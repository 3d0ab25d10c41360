# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a waiting user reads: one line for the state of a deployment, made anew whenever it differs. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

# botocore model: DeploymentStatus
ACTIVE = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
ENDED = frozenset({"Succeeded", "Failed", "Stopped"})

# How many targets a line names before it counts the rest.
NAMED = 3


def progress_line(deployment: dict[str, t.Any], targets: list[dict[str, t.Any]]) -> str:
    """A line such as `d-3KX1ZQ2AB InProgress, 1 of 3 succeeded, 1 failed: web-2 Install, web-3 ValidateService failed (ScriptFailed)`."""
    state = ", ".join([f"{deployment['deployment_id']} {deployment['status']}", *counts(deployment)])
    active = [happening for target in targets if (happening := _happening(target))]
    waiting = [str(target["target_id"]) for target in targets if target["status"] == "Pending"]
    if has_ended(deployment) or not (active or waiting):
        return state
    return f"{state}: {_named(active)}" if active else f"{state}: waiting for the agent on {_named(waiting)}"


def _named(names: list[str]) -> str:
    """The first of NAMES, and how many there are besides."""
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join(names[:NAMED] + more)


def counts(deployment: dict[str, t.Any]) -> list[str]:
    """The targets by what became of them: ["1 of 3 succeeded", "1 failed"]; empty as long as no targets are chosen."""
    overview = {name: int(number) for name, number in deployment.get("deployment_overview", {}).items()}
    total = sum(overview.values())
    if not total:
        return []
    others = [f"{overview[name]} {name}" for name in ("failed", "skipped", "ready") if overview.get(name)]
    return [f"{overview.get('succeeded', 0)} of {total} succeeded", *others]


def _happening(target: dict[str, t.Any]) -> str:
    """What goes on at TARGET: `web-2 Install`, `web-3 ValidateService failed (ScriptFailed)`; empty if nothing does."""
    failed = failed_event(target)
    if failed:
        return f"{target['target_id']} {failed['lifecycle_event_name']} failed ({failed.get('diagnostics', {}).get('error_code', 'Unknown')})"
    if target["status"] != "InProgress":
        return ""
    running = [event for event in target.get("lifecycle_events", []) if event["status"] in ("InProgress", "Pending")]
    return f"{target['target_id']} {running[0]['lifecycle_event_name']}" if running else str(target["target_id"])


def failed_event(target: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """The first lifecycle event of TARGET that failed; None if none has."""
    return next((event for event in target.get("lifecycle_events", []) if event["status"] == "Failed"), None)


def has_ended(deployment: dict[str, t.Any]) -> bool:
    """Whether nothing more will happen in DEPLOYMENT (its rollback is a deployment of its own)."""
    return deployment["status"] in ENDED


def elapsed_text(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
