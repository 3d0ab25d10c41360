# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from botocore.session import get_session

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployments.diagnosis import (
    DEPLOYMENT_ADVICE,
    EVENT_ADVICE,
    diagnosis_from,
    explanation,
    rollback_outcome,
    summary,
    went_wrong,
)

FAILED: dict[str, t.Any] = {
    "deployment_id": "d-3KX1ZQ2AB",
    "status": "Failed",
    "error_information": {
        "code": "HEALTH_CONSTRAINTS",
        "message": "The overall deployment failed because too many hosts failed.",
    },
    "rollback_info": {"rollback_deployment_id": "d-9QD7PL4ZX"},
}
ROLLBACK: dict[str, t.Any] = {
    "deployment_id": "d-9QD7PL4ZX",
    "status": "Succeeded",
    "deployment_overview": {"succeeded": 3, "failed": 0},
}


def failed_target(name: str, script: str = "scripts/validate.sh") -> dict[str, t.Any]:
    diagnostics = {
        "error_code": "ScriptFailed",
        "script_name": script,
        "message": f"Script at specified location: {script} failed with exit code 1",
        "log_tail": "LifecycleEvent - ValidateService\n[stderr] the server answers 500\n",
    }
    return {
        "target_id": name,
        "status": "Failed",
        "lifecycle_events": [
            {"lifecycle_event_name": "Install", "status": "Succeeded", "diagnostics": {"error_code": "Success"}},
            {"lifecycle_event_name": "ValidateService", "status": "Failed", "diagnostics": diagnostics},
        ],
    }


def skipped_target(name: str) -> dict[str, t.Any]:
    return {"target_id": name, "status": "Skipped", "lifecycle_events": []}


def test_a_failed_hook_is_explained_with_host_event_script_log_and_rollback() -> None:
    diagnosis = diagnosis_from(FAILED, [failed_target("web-1"), skipped_target("web-2")], ROLLBACK, limit=5)
    assert explanation(diagnosis) == [
        "Deployment d-3KX1ZQ2AB failed (HEALTH_CONSTRAINTS)",
        "  The overall deployment failed because too many hosts failed.",
        "  Cause: too many hosts failed: continuing would leave fewer healthy hosts than the deployment config requires",
        "  To do: fix what the failed hosts report, then deploy again",
        "",
        "  web-1 failed at ValidateService in scripts/validate.sh (ScriptFailed)",
        "    Script at specified location: scripts/validate.sh failed with exit code 1",
        "    Cause: the hook script ended with an error",
        "    To do: read the end of its log; if that is not enough, run it by hand on the host",
        "    | LifecycleEvent - ValidateService",
        "    | [stderr] the server answers 500",
        "",
        "  Not touched: web-2",
        "",
        "  Rollback d-9QD7PL4ZX Succeeded, 3 of 3 succeeded",
    ]
    assert summary(diagnosis) == (
        "Deployment d-3KX1ZQ2AB failed (HEALTH_CONSTRAINTS). "
        "web-1 failed at ValidateService in scripts/validate.sh (ScriptFailed). "
        "Rollback d-9QD7PL4ZX Succeeded, 3 of 3 succeeded."
    )


def test_targets_that_were_left_in_the_midst_are_not_said_to_be_untouched() -> None:
    done = [{"lifecycle_event_name": name, "status": "Succeeded"} for name in ("ApplicationStop", "AfterInstall")]
    left = {"target_id": "web-1", "status": "Skipped"}
    left["lifecycle_events"] = [*done, {"lifecycle_event_name": "ApplicationStart", "status": "Skipped"}]
    stopped = {"deployment_id": "d-3KX1ZQ2AB", "status": "Stopped", "deployment_overview": {"skipped": 2}}
    diagnosis = diagnosis_from(stopped, [left, skipped_target("web-2")], None, limit=5)
    assert explanation(diagnosis)[-3:] == ["", "  Left unfinished: web-1 after AfterInstall", "  Not touched: web-2"]
    assert diagnosis["unfinished"] == [{"target_id": "web-1", "lifecycle_event": "AfterInstall"}]
    assert (diagnosis["skipped"], diagnosis["skipped_count"]) == (["web-2"], 2)
    many = diagnosis_from({**stopped, "deployment_overview": {"skipped": 70}}, [], None, limit=5)
    assert explanation(many)[-1] == "  Not touched, or left unfinished: 70 targets"


def test_a_rollback_that_fails_too_is_explained_below() -> None:
    failed = {**ROLLBACK, "status": "Failed", "deployment_overview": {"succeeded": 0, "failed": 1}}
    diagnosis = diagnosis_from(FAILED, [failed_target("web-1")], None, limit=5)
    inner = diagnosis_from(failed, [failed_target("web-1", "scripts/old.sh")], None, limit=5)
    diagnosis["rollback"] = rollback_outcome(FAILED, failed, inner)
    lines = explanation(diagnosis)
    assert lines[lines.index("  Rollback d-9QD7PL4ZX Failed, 0 of 1 succeeded, 1 failed") + 1 :] == [
        "",
        "    web-1 failed at ValidateService in scripts/old.sh (ScriptFailed)",
        "      Script at specified location: scripts/old.sh failed with exit code 1",
        "      Cause: the hook script ended with an error",
        "      To do: read the end of its log; if that is not enough, run it by hand on the host",
        "      | LifecycleEvent - ValidateService",
        "      | [stderr] the server answers 500",
    ]
    assert summary(diagnosis).endswith(
        "Rollback d-9QD7PL4ZX Failed, 0 of 1 succeeded, 1 failed. web-1 failed at ValidateService in scripts/old.sh (ScriptFailed)."
    )


def test_a_rollback_that_goes_on_is_told_so() -> None:
    running = {**ROLLBACK, "status": "InProgress", "deployment_overview": {"succeeded": 1, "pending": 2}}
    diagnosis = diagnosis_from(FAILED, [], running, limit=5)
    assert explanation(diagnosis)[-1] == "  Rollback d-9QD7PL4ZX InProgress, 1 of 3 succeeded; it continues"


def test_beyond_the_limit_failures_are_counted_by_cause() -> None:
    targets = [
        failed_target("web-1"),
        *(failed_target(f"web-{n}", "a.sh") for n in range(2, 5)),
        failed_target("web-5", "b.sh"),
    ]
    diagnosis = diagnosis_from(FAILED, targets, ROLLBACK, limit=1)
    assert [target["target_id"] for target in diagnosis["targets"]] == ["web-1"]
    assert [(cause["script_name"], cause["count"]) for cause in diagnosis["more_failures"]] == [
        ("a.sh", 3),
        ("b.sh", 1),
    ]
    assert "  3 more failed at ValidateService in a.sh (ScriptFailed)" in explanation(diagnosis)
    assert "(ScriptFailed), and 4 more" in summary(diagnosis)


def test_one_of_each_cause_is_told_before_a_second_of_any() -> None:
    scripts = ["a.sh", "a.sh", "b.sh", "a.sh", "b.sh", "c.sh"]
    targets = [failed_target(f"web-{n}", script) for n, script in enumerate(scripts, 1)]
    diagnosis = diagnosis_from(FAILED, targets, None, limit=4)
    assert [target["target_id"] for target in diagnosis["targets"]] == ["web-1", "web-3", "web-6", "web-2"]


def test_a_deployment_without_targets_tells_its_own_message() -> None:
    error = {"code": "NO_INSTANCES", "message": "No instances were found for your deployment group."}
    diagnosis = diagnosis_from(
        {"deployment_id": "d-1", "status": "Failed", "error_information": error}, [], None, limit=5
    )
    assert (
        summary(diagnosis) == "Deployment d-1 failed (NO_INSTANCES). No instances were found for your deployment group."
    )
    assert diagnosis["rollback"] is None
    assert "tag filters" in diagnosis["cause"]


@pytest.mark.parametrize("diagnostics", [{}, {"diagnostics": None}, {"diagnostics": {}}])
def test_a_failure_of_which_nothing_is_told(diagnostics: dict[str, t.Any]) -> None:
    event = {"lifecycle_event_name": "Install", "status": "Failed", **diagnostics}
    target = {"target_id": "web-1", "status": "Failed", "lifecycle_events": [event]}
    diagnosis = diagnosis_from({"deployment_id": "d-1", "status": "Failed"}, [target], None, limit=5)
    assert summary(diagnosis) == "Deployment d-1 failed. web-1 failed at Install."
    told = diagnosis_from({**FAILED, "rollback_info": None}, [target], None, limit=5)
    assert summary(told).endswith(
        "web-1 failed at Install. The overall deployment failed because too many hosts failed."
    )


def test_a_rollback_without_counts_tells_its_message() -> None:
    info = {"rollback_message": "Rolling back."}
    begun = {"deployment_id": "d-9QD7PL4ZX", "status": "Created"}
    outcome = {"deployment_id": "d-9QD7PL4ZX", "status": "Created", "message": "Rolling back.", "diagnosis": None}
    assert rollback_outcome({**FAILED, "rollback_info": info}, begun) == outcome
    counted = {**begun, "deployment_overview": {"succeeded": 1, "pending": 2}}
    assert rollback_outcome({**FAILED, "rollback_info": info}, counted) == {**outcome, "message": "1 of 3 succeeded"}


@pytest.mark.parametrize(
    ("status", "failures", "wrong"),
    [
        ("Succeeded", 0, False),
        ("Succeeded", 1, True),
        ("Failed", 0, True),
        ("Stopped", 0, True),
        ("InProgress", 1, False),
    ],
)
def test_went_wrong(status: str, failures: int, wrong: bool) -> None:
    assert went_wrong({"status": status, "deployment_overview": {"failed": failures}}) is wrong
    assert went_wrong({"status": status}) is (wrong and not failures)


def test_why_there_was_no_rollback_is_told() -> None:
    failed = {**FAILED, "rollback_info": {"rollback_message": "There is no earlier successful deployment."}}
    diagnosis = diagnosis_from(failed, [failed_target("web-1")], None, limit=5)
    assert summary(diagnosis).endswith("Not rolled back: There is no earlier successful deployment.")


def test_a_code_that_is_not_known_is_passed_on_without_advice() -> None:
    error = {"code": "SOMETHING_NEW", "message": "New."}
    lines = explanation(
        diagnosis_from({"deployment_id": "d-1", "status": "Failed", "error_information": error}, [], None, limit=5)
    )
    assert lines == ["Deployment d-1 failed (SOMETHING_NEW)", "  New."]


def test_advice_is_given_for_every_code() -> None:
    model = get_session().get_service_model("codedeploy")
    assert set(DEPLOYMENT_ADVICE) == set(model.shape_for("ErrorCode").enum)
    assert set(EVENT_ADVICE) == set(model.shape_for("LifecycleErrorCode").enum) - {"Success"}


def test_an_agent_that_never_answered_is_told_from_one_that_failed() -> None:
    message = (
        "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host."
    )
    diagnostics = {"error_code": "UnknownError", "script_name": "", "message": message, "log_tail": ""}
    event = {"lifecycle_event_name": "ApplicationStop", "status": "Failed", "diagnostics": diagnostics}
    target = {"target_id": "web-1", "status": "Failed", "lifecycle_events": [event]}
    diagnosis = diagnosis_from(FAILED, [target], None, limit=5)
    assert "no agent on the host polled for work" in diagnosis["targets"][0]["cause"]
    assert f"web-1 failed at ApplicationStop (UnknownError). {message}" in summary(diagnosis)


def test_a_file_that_is_there_already_has_a_remedy() -> None:
    message = "The deployment failed because a specified file already exists at this location: /opt/shop/version"
    diagnostics = {"error_code": "UnknownError", "script_name": "", "message": message, "log_tail": ""}
    event = {"lifecycle_event_name": "Install", "status": "Failed", "diagnostics": diagnostics}
    target = {"target_id": "web-1", "status": "Failed", "lifecycle_events": [event]}
    diagnosis = diagnosis_from(FAILED, [target], None, limit=5)
    assert "file_exists_behavior" in diagnosis["targets"][0]["remedy"]


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        (
            "UnknownError",
            "Attempting minimal diagnostics",
            "the hook script failed, and the agent could not report its log",
        ),
        (
            "UnknownError",
            "Script at specified location: a.sh failed to close STDOUT",
            "the hook script ended, but left",
        ),
        ("UnknownError", "whatever else", "the hook script ended with an error"),
        ("SomethingNew", "", "the hook script ended with an error"),
        ("", "", "the hook script ended with an error"),
        ("ScriptTimedOut", "", "the hook script did not end within its timeout"),
    ],
)
def test_a_failure_that_names_a_script_is_about_it(code: str, message: str, cause: str) -> None:
    target = failed_target("web-1")
    target["lifecycle_events"][-1]["diagnostics"].update(error_code=code, message=message)
    (failure,) = diagnosis_from(FAILED, [target], None, limit=5)["targets"]
    assert failure["cause"].startswith(cause)
    assert failure["remedy"]
