# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a deployment failed, in words that let its user mend it. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from ._progress import counts, failed_event

Diagnosis = dict[str, t.Any]


class Advice(t.NamedTuple):
    """What usually is behind an error code, and what to do."""

    cause: str
    remedy: str


# botocore model: ErrorCode (of a deployment). Causes and remedies: AWS user guide, "Troubleshooting CodeDeploy".
DEPLOYMENT_ADVICE = {
    "AGENT_ISSUE": Advice(
        "the agent on the host did not pick up its work: not running, or not able to reach CodeDeploy",
        "check the codedeploy-agent service and its log on the host, its region and its credentials",
    ),
    "ALARM_ACTIVE": Advice("an alarm of the deployment group went off", "look at the alarm, or run without alarms"),
    "APPLICATION_MISSING": Advice(
        "the application was deleted while the deployment waited", "create it again and deploy"
    ),
    "DEPLOYMENT_GROUP_MISSING": Advice(
        "the deployment group was deleted while the deployment waited", "create it again and deploy"
    ),
    "HEALTH_CONSTRAINTS": Advice(
        "so many hosts failed that going on would leave fewer healthy ones than the deployment config demands",
        "mend what the failed hosts report and deploy again",
    ),
    "HEALTH_CONSTRAINTS_INVALID": Advice(
        "the deployment config demands as many healthy hosts as there are, so none may be taken for the deployment",
        "use a config with a lower minimum (such as CodeDeployDefault.OneAtATime), or add hosts",
    ),
    "IAM_ROLE_MISSING": Advice(
        "the deployment group's service role does not exist", "create the role or set service_role_arn"
    ),
    "IAM_ROLE_PERMISSIONS": Advice(
        "the deployment group's service role lacks permissions", "attach the managed policy AWSCodeDeployRole to it"
    ),
    "INVALID_REVISION": Advice(
        "the revision cannot be read as what its bundle type says", "check the archive and its bundle_type"
    ),
    "MANUAL_STOP": Advice("somebody stopped it", "deploy again when the reason is gone"),
    "NO_INSTANCES": Advice(
        "no host matches the deployment group's tag filters, or none of them is registered and running",
        "compare the group's tag filters with the tags of the instances; deregistered on-premises instances do not count",
    ),
    "OVER_MAX_INSTANCES": Advice(
        "the deployment group matches more hosts than one deployment may have", "split the group"
    ),
    "REVISION_MISSING": Advice("the bundle is not at the place that the revision names", "push it again"),
    "TIMEOUT": Advice(
        "the deployment took longer than CodeDeploy allows", "deploy to more hosts at a time, or shorten the hooks"
    ),
}

NO_AGENT = Advice(
    "no agent on the host picked up the work: it is not running, cannot reach CodeDeploy, uses another region, or has the "
    "credentials of another instance",
    "check the codedeploy-agent service and its log on the host",
)
# Part of the message that the service gives such an event (aws/aws-codedeploy-agent, issue 307); its code is UnknownError.
NOT_RECEIVED = "not able to receive the lifecycle event"

# botocore model: LifecycleErrorCode (of a lifecycle event on a target).
EVENT_ADVICE = {
    "ScriptMissing": Advice(
        "the AppSpec names a hook script that the bundle does not hold",
        "check the location in appspec.yml against the bundle",
    ),
    "ScriptNotExecutable": Advice(
        "the hook script cannot be made executable", "set its executable bit, and check where the agent unpacks bundles"
    ),
    "ScriptTimedOut": Advice(
        "the hook script did not end within its timeout",
        "raise its timeout in appspec.yml, or find out what it waits for",
    ),
    "ScriptFailed": Advice(
        "the hook script ended with an error",
        "read the end of its log; run it by hand on the host if that does not tell",
    ),
    "UnknownError": Advice(
        "the agent failed outside a script: download, AppSpec, copying files, or it did not answer",
        "read its message, and the agent's log on the host",
    ),
}


def diagnosis_from(
    deployment: dict[str, t.Any], targets: list[dict[str, t.Any]], rollback: dict[str, t.Any] | None, limit: int
) -> Diagnosis:
    """What is known of a deployment that failed or was stopped, as data.

    TARGETS are those that were read (flat, see `find_targets`); at most LIMIT failures are told in full, the rest is counted by cause.
    ROLLBACK is the rollback deployment as it was seen last, None if there is none.
    """
    error = deployment.get("error_information") or {}
    failures = [failure for target in targets if (failure := _failure(target))]
    return {
        "deployment_id": deployment["deployment_id"],
        "status": deployment["status"],
        "error_code": error.get("code", ""),
        "message": error.get("message", ""),
        **_advice(DEPLOYMENT_ADVICE, error.get("code", "")),
        "targets": failures[:limit],
        "more_failures": _by_cause(failures[limit:]),
        "skipped": [target["target_id"] for target in targets if target["status"] == "Skipped"],
        "rollback": _rollback(deployment, rollback),
    }


def _advice(table: dict[str, Advice], code: str) -> dict[str, str]:
    return table[code]._asdict() if code in table else {"cause": "", "remedy": ""}


def _failure(target: dict[str, t.Any]) -> dict[str, t.Any] | None:
    event = failed_event(target)
    if event is None:
        return None
    diagnostics = event.get("diagnostics") or {}
    code, message = diagnostics.get("error_code", ""), diagnostics.get("message", "")
    return {
        "target_id": target["target_id"],
        "lifecycle_event": event["lifecycle_event_name"],
        "script_name": diagnostics.get("script_name", ""),
        "error_code": code,
        "message": message,
        "log_tail": diagnostics.get("log_tail", ""),
        **(NO_AGENT._asdict() if NOT_RECEIVED in message else _advice(EVENT_ADVICE, code)),
    }


def _by_cause(failures: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    causes = Counter(
        (failure["lifecycle_event"], failure["script_name"], failure["error_code"]) for failure in failures
    )
    return [
        {"lifecycle_event": event, "script_name": script, "error_code": code, "count": count}
        for (event, script, code), count in causes.most_common()
    ]


def _rollback(deployment: dict[str, t.Any], rollback: dict[str, t.Any] | None) -> dict[str, t.Any] | None:
    message = (deployment.get("rollback_info") or {}).get("rollback_message", "")
    if rollback is None:
        return {"deployment_id": None, "status": None, "message": message} if message else None
    return {
        "deployment_id": rollback["deployment_id"],
        "status": rollback["status"],
        "message": ", ".join(counts(rollback)) or message,
    }


def summary(diagnosis: Diagnosis) -> str:
    """The failure in one line, for the task's `msg`."""
    parts = [
        f"Deployment {diagnosis['deployment_id']} {diagnosis['status'].lower()}{_in_brackets(diagnosis['error_code'])}"
    ]
    if diagnosis["targets"]:
        first = diagnosis["targets"][0]
        more = len(diagnosis["targets"]) - 1 + sum(cause["count"] for cause in diagnosis["more_failures"])
        parts.append(f"{first['target_id']} failed at {_place(first)}{f', and {more} more' if more else ''}")
        if not first["script_name"]:
            parts.append(first["message"].rstrip("."))
    elif diagnosis["message"]:
        parts.append(diagnosis["message"].rstrip("."))
    if diagnosis["rollback"]:
        parts.append(_rollback_text(diagnosis["rollback"]))
    return ". ".join(part for part in parts if part) + "."


def _in_brackets(code: str) -> str:
    return f" ({code})" if code else ""


def _place(failure: dict[str, t.Any]) -> str:
    """Where a target failed: `ValidateService in scripts/validate.sh (ScriptFailed)`."""
    script = f" in {failure['script_name']}" if failure["script_name"] else ""
    return f"{failure['lifecycle_event']}{script}{_in_brackets(failure['error_code'])}"


def _rollback_text(rollback: dict[str, t.Any]) -> str:
    if rollback["deployment_id"] is None:
        return f"Not rolled back: {rollback['message'].rstrip('.')}"
    detail = f", {rollback['message']}" if rollback["message"] else ""
    return f"Rollback {rollback['deployment_id']} {rollback['status']}{detail}"


def explanation(diagnosis: Diagnosis) -> list[str]:
    """The failure as lines for a person to read."""
    lines = [
        f"Deployment {diagnosis['deployment_id']} {diagnosis['status'].lower()}{_in_brackets(diagnosis['error_code'])}"
    ]
    if diagnosis["message"]:
        lines.append(f"  {diagnosis['message']}")
    lines += _advice_lines(diagnosis, "  ")
    for failure in diagnosis["targets"]:
        lines += ["", *_failure_lines(failure)]
    for cause in diagnosis["more_failures"]:
        lines.append(f"  {cause['count']} more failed at {_place(cause)}")
    if diagnosis["skipped"]:
        lines += ["", f"  Not touched: {', '.join(diagnosis['skipped'])}"]
    if diagnosis["rollback"]:
        lines += ["", f"  {_rollback_text(diagnosis['rollback'])}"]
    return lines


def _advice_lines(advice: dict[str, t.Any], indent: str) -> list[str]:
    if not advice["cause"]:
        return []
    return [f"{indent}Cause: {advice['cause']}", f"{indent}To do: {advice['remedy']}"]


def _failure_lines(failure: dict[str, t.Any]) -> list[str]:
    lines = [f"  {failure['target_id']} failed at {_place(failure)}"]
    if failure["message"]:
        lines.append(f"    {failure['message']}")
    lines += _advice_lines(failure, "    ")
    lines += [f"    | {line}" for line in failure["log_tail"].splitlines()]
    return lines
