# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diagnoses: the causes of a failed deployment, and remedies for its user. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from .progress import counts, failed_event, has_ended

Diagnosis = dict[str, t.Any]


class Advice(t.NamedTuple):
    """The usual cause of an error code, and its remedy."""

    cause: str
    remedy: str


# botocore model: ErrorCode (of a deployment). Causes and remedies: AWS user guide, "Troubleshooting CodeDeploy".
DEPLOYMENT_ADVICE = {
    "AGENT_ISSUE": Advice(
        "the agent on the host did not poll for work: it is not running, or cannot reach CodeDeploy",
        "check the codedeploy-agent service and its log on the host, its region and its credentials",
    ),
    "ALARM_ACTIVE": Advice(
        "an alarm of the deployment group was in ALARM state", "resolve the alarm, or deploy without alarms"
    ),
    "APPLICATION_MISSING": Advice("the application was deleted during the deployment", "create it again, then deploy"),
    "AUTOSCALING_VALIDATION_ERROR": Advice(
        "CodeDeploy cannot copy or change the Auto Scaling group for the deployment",
        "read the message; the group's launch template must still be valid, and its name free",
    ),
    "AUTO_SCALING_CONFIGURATION": Advice(
        "an Auto Scaling group of the deployment group no longer exists, or lacks CodeDeploy's lifecycle hook",
        "compare auto_scaling_groups with the existing groups; reinstall_missing_hooks of slipway.codedeploy.deployment_group reinstalls hooks",
    ),
    "AUTO_SCALING_IAM_ROLE_PERMISSIONS": Advice(
        "the service role lacks permissions on the Auto Scaling group or for its launch template",
        "attach AWSCodeDeployRole to the role; for a launch template, also allow ec2:RunInstances, ec2:CreateTags and iam:PassRole",
    ),
    "CLOUDFORMATION_STACK_FAILURE": Advice(
        "the CloudFormation stack that started the deployment failed", "read the stack's events"
    ),
    "CODEDEPLOY_RESOURCE_CANNOT_BE_FOUND": Advice(
        "a resource that the deployment needs was deleted after the deployment was created",
        "read the message, and create the resource again",
    ),
    "CUSTOMER_APPLICATION_UNHEALTHY": Advice(
        "the application does not pass the load balancer's health check",
        "check the health check's path and port, and the application's response to it",
    ),
    "DEPLOYMENT_GROUP_MISSING": Advice(
        "the deployment group was deleted during the deployment", "create it again, then deploy"
    ),
    "ECS_UPDATE_ERROR": Advice(
        "Amazon ECS refused the new task set, or could not start it",
        "read the message and the service's events; usual causes are the image, subnets, security groups and capacity",
    ),
    "ELASTIC_LOAD_BALANCING_INVALID": Advice(
        "the load balancer, a target group or a listener does not match the deployment group",
        "compare load_balancer_info with the existing resources; a listener must forward to one of the pair's target groups",
    ),
    "ELB_INVALID_INSTANCE": Advice(
        "a host cannot be registered with the load balancer",
        "the host must be running, in one of the load balancer's Availability Zones and in its VPC",
    ),
    "HEALTH_CONSTRAINTS": Advice(
        "too many hosts failed: continuing would leave fewer healthy hosts than the deployment config requires",
        "fix what the failed hosts report, then deploy again",
    ),
    "HEALTH_CONSTRAINTS_INVALID": Advice(
        "the deployment config requires all hosts to stay healthy, so none can be taken out of service",
        "use a config with a lower minimum (such as CodeDeployDefault.OneAtATime), or add hosts",
    ),
    "HOOK_EXECUTION_FAILURE": Advice(
        "a hook's Lambda function failed, could not be called, or did not report its result within an hour",
        "read the function's log; it must call PutLifecycleEventHookExecutionStatus, and its role must allow that",
    ),
    "IAM_ROLE_MISSING": Advice(
        "the deployment group's service role does not exist", "create the role, or correct service_role_arn"
    ),
    "IAM_ROLE_PERMISSIONS": Advice(
        "the deployment group's service role lacks permissions, or does not trust CodeDeploy",
        "attach the managed policy AWSCodeDeployRole (for other platforms AWSCodeDeployRoleForLambda or AWSCodeDeployRoleForECS), and check its trust policy",
    ),
    "INTERNAL_ERROR": Advice(
        "CodeDeploy had an internal error", "deploy again; if it fails again, check the AWS Health Dashboard"
    ),
    "INVALID_ECS_SERVICE": Advice(
        "the ECS service does not exist, or CodeDeploy cannot deploy to it",
        "compare ecs_services with the existing services; the service's deployment controller must be CODE_DEPLOY",
    ),
    "INVALID_LAMBDA_CONFIGURATION": Advice(
        "the AppSpec is missing or invalid, or the alias does not point to the AppSpec's current version",
        "check it with slipway.codedeploy.appspec_info; the filter appspec_with_versions takes the current version from the alias",
    ),
    "INVALID_LAMBDA_FUNCTION": Advice(
        "the function, its alias or one of the versions does not exist",
        "compare the AppSpec's names and versions with Lambda",
    ),
    "INVALID_REVISION": Advice(
        "the revision cannot be read as an archive of its bundle type", "check the archive and its bundle_type"
    ),
    "MANUAL_STOP": Advice("somebody stopped the deployment", "deploy again once the cause is resolved"),
    "MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION": Advice(
        "the deployment group is a blue/green one, but has no blue/green configuration",
        "set blue_green_deployment_configuration",
    ),
    "MISSING_ELB_INFORMATION": Advice(
        "the deployment needs a load balancer, but the deployment group has none", "set load_balancer_info"
    ),
    "MISSING_GITHUB_TOKEN": Advice(
        "CodeDeploy has no GitHub token to fetch the commit",
        "connect CodeDeploy to GitHub in the AWS console, or deploy a bundle from S3 instead",
    ),
    "NO_EC2_SUBSCRIPTION": Advice("the account cannot use Amazon EC2", "subscribe the account to Amazon EC2"),
    "NO_INSTANCES": Advice(
        "no registered and running host matches the deployment group's tag filters",
        "compare the group's tag filters with the tags of the instances; deregistered on-premises instances do not count",
    ),
    "OVER_MAX_INSTANCES": Advice(
        "the deployment group has more hosts than one deployment can have", "split the deployment group"
    ),
    "RESOURCE_LIMIT_EXCEEDED": Advice(
        "the deployment exceeds a quota of the account",
        "read the message, and raise the quota or free resources",
    ),
    "REVISION_MISSING": Advice("the bundle is not at the revision's location", "upload it again"),
    "THROTTLED": Advice(
        "another AWS service throttled CodeDeploy's calls",
        "deploy again later, or to fewer hosts in parallel",
    ),
    "TIMEOUT": Advice(
        "the deployment exceeded a time limit of CodeDeploy or of the deployment group",
        "deploy to more hosts in parallel, or shorten the hooks; continue a blue/green deployment before its wait ends",
    ),
}

# Advice by a part of the message: one that users quote (aws/aws-codedeploy-agent, issue 307), the others observed with host agent 1.8.1.
MESSAGE_ADVICE = {
    "not able to receive the lifecycle event": Advice(
        "no agent on the host polled for work: it is not running, cannot reach CodeDeploy, uses another region, or has the "
        "credentials of another instance",
        "check the codedeploy-agent service and its log on the host",
    ),
    "failed to close STD": Advice(
        "the hook script ended, but left a process that keeps its output open",
        "redirect the output of its background processes (>/dev/null 2>&1), or start them as services",
    ),
    "Attempting minimal diagnostics": Advice(
        "the hook script failed, and the agent could not report its log because of output that is not UTF-8",
        "read its log on the host, in deployment-logs in the agent's root directory, and make it print UTF-8",
    ),
    "already exists at this location": Advice(
        "a file of the bundle already exists on the host, and this deployment group's last deployment did not install it",
        "set file_exists_behavior to OVERWRITE or RETAIN, or remove the file",
    ),
}

EVENT_ADVICE = {
    "ScriptMissing": Advice(
        "the AppSpec names a hook script that is not in the bundle",
        "compare the location in appspec.yml with the bundle",
    ),
    "ScriptNotExecutable": Advice(
        "the hook script cannot be made executable", "set its executable bit, and check where the agent unpacks bundles"
    ),
    "ScriptTimedOut": Advice(
        "the hook script did not end within its timeout",
        "raise its timeout in appspec.yml, or find out why it takes so long",
    ),
    "ScriptFailed": Advice(
        "the hook script ended with an error",
        "read the end of its log; if that is not enough, run it by hand on the host",
    ),
    "UnknownError": Advice(
        "the agent failed outside a script (in the download, the AppSpec or file copies), or did not respond",
        "read its message, and the agent's log on the host",
    ),
}

SCRIPT_CODES = EVENT_ADVICE.keys() - {"UnknownError"}


def went_wrong(deployment: dict[str, t.Any]) -> bool:
    """Return whether DEPLOYMENT has failed, was stopped, or succeeded with failed targets."""
    failures = (deployment.get("deployment_overview") or {}).get("failed", 0)
    return has_ended(deployment) and (deployment["status"] != "Succeeded" or failures > 0)


def diagnosis_from(
    deployment: dict[str, t.Any], targets: list[dict[str, t.Any]], rollback: dict[str, t.Any] | None, limit: int
) -> Diagnosis:
    """Return the diagnosis of a deployment that failed or was stopped, as data.

    TARGETS are those that were read (flat, see `find_targets`); at most LIMIT failures are described in full, the others are counted by cause.
    ROLLBACK is the last state of the rollback deployment, None if there is none.
    """
    error = deployment.get("error_information") or {}
    failures = _each_cause_first([failure for target in targets if (failure := _failure(target))])
    return {
        "deployment_id": deployment["deployment_id"],
        "status": deployment["status"],
        "error_code": error.get("code", ""),
        "message": error.get("message", ""),
        **_advice(DEPLOYMENT_ADVICE, error.get("code", "")),
        "targets": failures[:limit],
        "more_failures": _by_cause(failures[limit:]),
        "unfinished": [left for target in targets if (left := _unfinished(target))],
        "skipped": [target["target_id"] for target in targets if target["status"] == "Skipped" and not _begun(target)],
        "skipped_count": (deployment.get("deployment_overview") or {}).get("skipped", 0),
        "rollback": rollback_outcome(deployment, rollback),
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
        **_event_advice(code, message, diagnostics.get("script_name", "")),
    }


def _begun(target: dict[str, t.Any]) -> str | None:
    """Return the last lifecycle event that has succeeded on TARGET; None if none has."""
    done = [
        event["lifecycle_event_name"] for event in target.get("lifecycle_events", []) if event["status"] == "Succeeded"
    ]
    return done[-1] if done else None


def _unfinished(target: dict[str, t.Any]) -> dict[str, str] | None:
    """Return where the deployment left TARGET, if it ended half-way: AWS calls such a target skipped, too."""
    event = _begun(target)
    return (
        {"target_id": target["target_id"], "lifecycle_event": event}
        if target["status"] == "Skipped" and event
        else None
    )


def _event_advice(code: str, message: str, script: str) -> dict[str, str]:
    """Return advice on a lifecycle event that failed: by its message, otherwise by its code.

    UnknownError with the name of a script is about that script: agents have codes for which the API has no name.
    """
    told = next((advice for text, advice in MESSAGE_ADVICE.items() if text in message), None)
    if told is None and script and code not in SCRIPT_CODES:
        told = EVENT_ADVICE["ScriptFailed"]
    return told._asdict() if told else _advice(EVENT_ADVICE, code)


def _cause(failure: dict[str, t.Any]) -> tuple[str, str, str]:
    return failure["lifecycle_event"], failure["script_name"], failure["error_code"]


def _each_cause_first(failures: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return FAILURES with the first of each cause before the second of any, so that a shortened list shows every cause."""
    before: Counter[tuple[str, str, str]] = Counter()
    rank = []
    for failure in failures:
        rank.append(before[_cause(failure)])
        before[_cause(failure)] += 1
    return [failure for _rank, failure in sorted(zip(rank, failures, strict=True), key=lambda ranked: ranked[0])]


def _by_cause(failures: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    causes = Counter(map(_cause, failures))
    return [
        {"lifecycle_event": event, "script_name": script, "error_code": code, "count": count}
        for (event, script, code), count in causes.most_common()
    ]


def rollback_outcome(
    deployment: dict[str, t.Any], rollback: dict[str, t.Any] | None, diagnosis: Diagnosis | None = None
) -> dict[str, t.Any] | None:
    """Return the outcome of ROLLBACK, the deployment that rolls DEPLOYMENT back, for its diagnosis, with its own DIAGNOSIS if it failed, too;
    None if none is known."""
    message = (deployment.get("rollback_info") or {}).get("rollback_message", "")
    if rollback is None:
        return {"deployment_id": None, "status": None, "message": message, "diagnosis": None} if message else None
    return {
        "deployment_id": rollback["deployment_id"],
        "status": rollback["status"],
        "message": ", ".join(counts(rollback)) or message,
        "diagnosis": diagnosis,
    }


def summary(diagnosis: Diagnosis) -> str:
    """Return the failure in one line, for the task's `msg`."""
    rollback = [_rollback_summary(diagnosis["rollback"])] if diagnosis["rollback"] else []
    return ". ".join([_headline(diagnosis), *_culprit(diagnosis), *rollback]) + "."


def _headline(diagnosis: Diagnosis) -> str:
    return (
        f"Deployment {diagnosis['deployment_id']} {diagnosis['status'].lower()}{_in_brackets(diagnosis['error_code'])}"
    )


def _culprit(diagnosis: Diagnosis) -> list[str]:
    """Return where the first target failed, how many others did, and the message of the target or the service, unless it is about a script."""
    if not diagnosis["targets"]:
        return [diagnosis["message"].rstrip(".")] if diagnosis["message"] else []
    first = diagnosis["targets"][0]
    more = len(diagnosis["targets"]) - 1 + sum(cause["count"] for cause in diagnosis["more_failures"])
    where = f"{first['target_id']} failed at {_place(first)}{f', and {more} more' if more else ''}"
    told = (first["message"] or diagnosis["message"]).rstrip(".")
    return [where] if first["script_name"] or not told else [where, told]


def _in_brackets(code: str) -> str:
    return f" ({code})" if code else ""


def _place(failure: dict[str, t.Any]) -> str:
    """Return where a target failed: `ValidateService in scripts/validate.sh (ScriptFailed)`."""
    script = f" in {failure['script_name']}" if failure["script_name"] else ""
    return f"{failure['lifecycle_event']}{script}{_in_brackets(failure['error_code'])}"


def _rollback_text(rollback: dict[str, t.Any]) -> str:
    if rollback["deployment_id"] is None:
        return f"Not rolled back: {rollback['message'].rstrip('.')}"
    detail = f", {rollback['message']}" if rollback["message"] else ""
    goes_on = "" if has_ended(rollback) else "; it continues"
    code = _in_brackets(rollback["diagnosis"]["error_code"]) if rollback["diagnosis"] else ""
    return f"Rollback {rollback['deployment_id']} {rollback['status']}{detail}{goes_on}{code}"


def _rollback_summary(rollback: dict[str, t.Any]) -> str:
    return ". ".join([_rollback_text(rollback), *(_culprit(rollback["diagnosis"]) if rollback["diagnosis"] else [])])


def explanation(diagnosis: Diagnosis) -> list[str]:
    """Return the failure as lines for a person."""
    lines = [_headline(diagnosis)]
    if diagnosis["message"]:
        lines.append(f"  {diagnosis['message']}")
    lines += _advice_lines(diagnosis, "  ")
    for failure in diagnosis["targets"]:
        lines += ["", *_failure_lines(failure)]
    for cause in diagnosis["more_failures"]:
        lines.append(f"  {cause['count']} more failed at {_place(cause)}")
    lines += _left_lines(diagnosis)
    if diagnosis["rollback"]:
        lines += ["", *_rollback_lines(diagnosis["rollback"])]
    return lines


def _left_lines(diagnosis: Diagnosis) -> list[str]:
    """Return lines for the targets that did not get the revision, but did not fail either."""
    unfinished = [f"{left['target_id']} after {left['lifecycle_event']}" for left in diagnosis["unfinished"]]
    lines = [f"  Left unfinished: {', '.join(unfinished)}"] if unfinished else []
    if diagnosis["skipped"]:
        lines.append(f"  Not touched: {', '.join(diagnosis['skipped'])}")
    if not lines and diagnosis["skipped_count"]:
        lines.append(f"  Not touched, or left unfinished: {diagnosis['skipped_count']} targets")
    return ["", *lines] if lines else []


def _rollback_lines(rollback: dict[str, t.Any]) -> list[str]:
    """Return lines for the outcome of the rollback, and, indented, for its failure, if it failed."""
    reasons = explanation(rollback["diagnosis"])[1:] if rollback["diagnosis"] else []
    return [f"  {_rollback_text(rollback)}", *(f"  {line}" if line else "" for line in reasons)]


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
