# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress lines for a waiting user: one for each new state of a deployment. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import typing as t

# botocore model: DeploymentStatus
ACTIVE = frozenset({"Created", "Queued", "InProgress", "Baking", "Ready"})
ENDED = frozenset({"Succeeded", "Failed", "Stopped"})

# The creators of automatic deployments, to hosts that Auto Scaling has launched or terminates: they deploy the group's revision (AWS user guide,
# integrations-aws-auto-scaling; botocore model: DeploymentCreator).
UNASKED = frozenset({"autoscaling", "autoscalingTermination", "CodeDeployAutoUpdate"})

# The number of targets that a line names before it counts the rest.
NAMED = 3


def progress_line(deployment: dict[str, t.Any], targets: list[dict[str, t.Any]]) -> str:
    """Return a line such as `d-3KX1ZQ2AB InProgress, 1 of 3 succeeded, 1 failed: web-2 Install, web-3 ValidateService failed (ScriptFailed)`."""
    state = ", ".join([f"{deployment['deployment_id']} {deployment['status']}", *counts(deployment)])
    if deployment["status"] == "Ready":
        return f"{state}: waiting to be continued"
    if is_terminating(deployment, targets):
        return f"{state}: waiting to terminate the old version"
    active = [happening for target in targets if (happening := _happening(target))]
    waiting = [str(target["target_id"]) for target in targets if target["status"] == "Pending"]
    if has_ended(deployment) or not (active or waiting):
        return state
    return f"{state}: {_named(active)}" if active else f"{state}: waiting for the agent on {_named(waiting)}"


def _named(names: list[str]) -> str:
    """Return the first of NAMES, and the number of the others."""
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join(names[:NAMED] + more)


def counts(deployment: dict[str, t.Any]) -> list[str]:
    """Return the number of targets by their outcome: ["1 of 3 succeeded", "1 failed"]; empty until the targets are chosen."""
    overview = {name: int(number) for name, number in deployment.get("deployment_overview", {}).items()}
    total = sum(overview.values())
    if not total:
        return []
    others = [f"{overview[name]} {name}" for name in ("failed", "skipped", "ready") if overview.get(name)]
    return [f"{overview.get('succeeded', 0)} of {total} succeeded", *others]


def _happening(target: dict[str, t.Any]) -> str:
    """Return the activity of TARGET: `web-2 Install`, `web-3 ValidateService failed (ScriptFailed)`; empty if there is none."""
    failed = failed_event(target)
    if failed:
        return f"{target['target_id']} {failed['lifecycle_event_name']} failed ({failed.get('diagnostics', {}).get('error_code', 'Unknown')})"
    if target["status"] != "InProgress":
        return ""
    running = [event for event in target.get("lifecycle_events", []) if event["status"] in ("InProgress", "Pending")]
    where = f"{target['target_id']} {running[0]['lifecycle_event_name']}" if running else str(target["target_id"])
    weight = shifted_percentage(target)
    return f"{where}, {weight:g}% of the traffic shifted" if weight else where


def shifted_percentage(target: dict[str, t.Any]) -> float | None:
    """Return the percentage of traffic to the new version of a Lambda function or an ECS service; None for other targets."""
    if "lambda_function_info" in target:
        return float(target["lambda_function_info"].get("target_version_weight") or 0)
    weights = {each.get("task_set_label"): each.get("traffic_weight") for each in target.get("task_sets_info", [])}
    return float(weights["Green"] or 0) if "Green" in weights else None


def failed_event(target: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """Return the first lifecycle event of TARGET that failed; None if none has."""
    return next((event for event in target.get("lifecycle_events", []) if event["status"] == "Failed"), None)


def event_changes(before: list[dict[str, t.Any]], after: list[dict[str, t.Any]]) -> list[str]:
    """Return the lifecycle events that have changed between two polls of targets, such as `web-2 Install Succeeded`, without pending ones."""
    known = set(_event_states(before))
    return [" ".join(state) for state in _event_states(after) if state not in known and state[-1] != "Pending"]


def _event_states(targets: list[dict[str, t.Any]]) -> list[tuple[str, str, str]]:
    """Return target, lifecycle event and its status, in order."""
    return [
        (target["target_id"], event["lifecycle_event_name"], event["status"])
        for target in targets
        for event in target.get("lifecycle_events", [])
    ]


def timeline(targets: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return the lifecycle events of TARGETS that have started, in that order, each with its duration in seconds.

    `seconds` is None for an event that has not ended.
    """
    events = [
        {"target_id": target["target_id"], "lifecycle_event": event["lifecycle_event_name"], "status": event["status"]}
        | {"start_time": event["start_time"], "end_time": event.get("end_time")}
        | {"seconds": seconds_between(event["start_time"], event.get("end_time"))}
        for target in targets
        for event in target.get("lifecycle_events", [])
        if event.get("start_time")
    ]
    return sorted(events, key=lambda event: (event["start_time"], event["end_time"] or "~"))


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two times in ISO 8601; None if one of them is missing."""
    if not start or not end:
        return None
    began, ended = (datetime.datetime.fromisoformat(time) for time in (start, end))
    return round((ended - began).total_seconds(), 3)


def last_duration(group: dict[str, t.Any]) -> float | None:
    """Return the duration of GROUP's last successful deployment in seconds, an estimate for its next one; None if it has had none."""
    last = group.get("last_successful_deployment") or {}
    return seconds_between(last.get("create_time"), last.get("end_time"))


def is_automatic(deployment: dict[str, t.Any]) -> bool:
    """Return whether CodeDeploy created DEPLOYMENT automatically, to bring new hosts up to date, or for hosts that are terminated."""
    return deployment.get("creator") in UNASKED


def is_ready(deployment: dict[str, t.Any], targets: list[dict[str, t.Any]]) -> bool:
    """Return whether DEPLOYMENT has installed the new version and waits to be continued, or is past that, at the latest when all traffic is shifted."""
    return deployment["status"] == "Ready" or is_shifted(deployment, targets)


def is_shifted(deployment: dict[str, t.Any], targets: list[dict[str, t.Any]]) -> bool:
    """Return whether all traffic goes to the new version, or never will.

    Then only the wait for the termination of the old version remains. CodeDeploy reports this for instances only; for ECS the target has succeeded while
    the deployment is still in progress (aws/containers-roadmap, issue 269). Instances that have succeeded tell nothing: there may be others.
    """
    shifted = [target["status"] == "Succeeded" and target.get("target_type") != "InstanceTarget" for target in targets]
    started = bool(deployment.get("instance_termination_wait_time_started"))
    return has_ended(deployment) or started or (bool(shifted) and all(shifted))


def is_terminating(deployment: dict[str, t.Any], targets: list[dict[str, t.Any]]) -> bool:
    """Return whether DEPLOYMENT, a blue/green one, has shifted its traffic and waits to terminate the old version."""
    style = deployment.get("deployment_style") or {}
    is_blue_green = style.get("deployment_type") == "BLUE_GREEN"
    return is_blue_green and not has_ended(deployment) and is_shifted(deployment, targets)


def is_over(deployment: dict[str, t.Any], _targets: list[dict[str, t.Any]]) -> bool:
    """Return whether DEPLOYMENT has ended."""
    return has_ended(deployment)


GOALS = {"succeeded": is_over, "stopped": is_over, "ready": is_ready, "traffic_shifted": is_shifted}
"""The goals of waiting for a deployment: each function decides from it and its targets whether the goal is reached."""


def has_ended(deployment: dict[str, t.Any]) -> bool:
    """Return whether DEPLOYMENT has ended (its rollback is a separate deployment)."""
    return deployment["status"] in ENDED


def has_failures(deployment: dict[str, t.Any]) -> bool:
    """Return whether DEPLOYMENT has succeeded, but not on all of its targets, as its config allows."""
    return deployment["status"] == "Succeeded" and bool((deployment.get("deployment_overview") or {}).get("failed"))


def elapsed_text(seconds: float) -> str:
    """Return elapsed seconds as `0:07`, `12:30` or `1:02:03`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
