# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployments.progress import (
    elapsed_text,
    event_changes,
    has_ended,
    has_failures,
    is_automatic,
    is_ready,
    is_shifted,
    last_duration,
    progress_line,
    timeline,
)


def deployment(status: str, **overview: int) -> dict[str, t.Any]:
    return {"deployment_id": "d-3KX1ZQ2AB", "status": status, **({"deployment_overview": overview} if overview else {})}


def target(name: str, status: str, *events: tuple[str, str], error_code: str = "") -> dict[str, t.Any]:
    diagnostics = {"diagnostics": {"error_code": error_code}} if error_code else {}
    return {
        "target_id": name,
        "status": status,
        "lifecycle_events": [
            {"lifecycle_event_name": event, "status": state, **(diagnostics if state == "Failed" else {})}
            for event, state in events
        ],
    }


def shifting(**members: t.Any) -> dict[str, t.Any]:
    """A target whose traffic is being shifted."""
    return {
        **target("greet", "InProgress", ("BeforeAllowTraffic", "Succeeded"), ("AllowTraffic", "InProgress")),
        **members,
    }


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        (
            (
                deployment("InProgress", in_progress=1),
                [shifting(lambda_function_info={"target_version_weight": 10.0})],
            ),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: greet AllowTraffic, 10% of the traffic shifted",
        ),
        (
            (
                deployment("Baking", in_progress=1),
                [
                    shifting(
                        task_sets_info=[
                            {"task_set_label": "Blue", "traffic_weight": 87.5},
                            {"task_set_label": "Green", "traffic_weight": 12.5},
                        ]
                    )
                ],
            ),
            "d-3KX1ZQ2AB Baking, 0 of 1 succeeded: greet AllowTraffic, 12.5% of the traffic shifted",
        ),
        (
            (
                deployment("InProgress", in_progress=1),
                [shifting(task_sets_info=[{"task_set_label": "Blue", "traffic_weight": 100.0}])],
            ),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: greet AllowTraffic",
        ),
        (
            (deployment("InProgress", in_progress=1), [shifting(task_sets_info=[{"task_set_label": "Green"}])]),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: greet AllowTraffic",
        ),
        (
            (deployment("InProgress", in_progress=1), [shifting(lambda_function_info={"function_name": "greet"})]),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: greet AllowTraffic",
        ),
        ((deployment("Created"), []), "d-3KX1ZQ2AB Created"),
        (
            (
                deployment("InProgress", pending=2, in_progress=1),
                [target("web-1", "InProgress", ("ApplicationStop", "Succeeded"), ("Install", "Pending"))],
            ),
            "d-3KX1ZQ2AB InProgress, 0 of 3 succeeded: web-1 Install",
        ),
        (
            (
                deployment("InProgress", in_progress=1, succeeded=1, failed=1),
                [
                    target("web-1", "Succeeded", ("Install", "Succeeded")),
                    target("web-2", "InProgress", ("Install", "InProgress")),
                    target("web-3", "Failed", ("ValidateService", "Failed"), error_code="ScriptFailed"),
                ],
            ),
            "d-3KX1ZQ2AB InProgress, 1 of 3 succeeded, 1 failed: web-2 Install, web-3 ValidateService failed (ScriptFailed)",
        ),
        (
            (
                deployment("InProgress", in_progress=5),
                [target(f"web-{number}", "InProgress", ("Install", "Pending")) for number in range(1, 6)],
            ),
            "d-3KX1ZQ2AB InProgress, 0 of 5 succeeded: web-1 Install, web-2 Install, web-3 Install, and 2 more",
        ),
        (
            (
                deployment("Failed", failed=1, skipped=2),
                [target("web-1", "Failed", ("Install", "Failed"), error_code="UnknownError")],
            ),
            "d-3KX1ZQ2AB Failed, 0 of 3 succeeded, 1 failed, 2 skipped",
        ),
        (
            (deployment("InProgress", pending=1), [target("web-1", "Pending", ("ApplicationStop", "Pending"))]),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: waiting for the agent on web-1",
        ),
        (
            (deployment("InProgress", in_progress=1), [target("web-1", "InProgress")]),
            "d-3KX1ZQ2AB InProgress, 0 of 1 succeeded: web-1",
        ),
    ],
    ids=[
        "a Lambda function's weight",
        "an ECS service's weight",
        "no weight yet",
        "an ECS service's unknown weight",
        "a Lambda function's unknown weight",
        "no targets yet",
        "one runs",
        "one failed",
        "many",
        "ended",
        "no agent yet",
        "no events yet",
    ],
)
def test_progress_line(seen: tuple[dict[str, t.Any], list[dict[str, t.Any]]], line: str) -> None:
    assert progress_line(*seen) == line


WAITS = " 1 of 2 succeeded: waiting to terminate the old version"


@pytest.mark.parametrize(
    ("state", "targets", "line"),
    [
        ({"status": "Ready"}, [target("blue", "Pending")], "Ready, 1 of 2 succeeded: waiting to be continued"),
        ({"instance_termination_wait_time_started": True}, [target("blue", "Pending")], f"InProgress,{WAITS}"),
        ({}, [target("main:api", "Succeeded")], f"InProgress,{WAITS}"),
        ({}, [target("blue", "InProgress")], "InProgress, 1 of 2 succeeded: blue"),
        ({"status": "Succeeded"}, [target("main:api", "Succeeded")], "Succeeded, 1 of 2 succeeded"),
        (
            {"deployment_style": {"deployment_type": "IN_PLACE"}},
            [target("web-1", "Succeeded")],
            "InProgress, 1 of 2 succeeded",
        ),
    ],
    ids=["to be continued", "hosts", "ECS", "not yet", "over", "in place"],
)
def test_what_a_blue_green_deployment_waits_for(
    state: dict[str, t.Any], targets: list[dict[str, t.Any]], line: str
) -> None:
    blue_green = {"deployment_style": {"deployment_type": "BLUE_GREEN"}}
    seen = {**deployment("InProgress", succeeded=1, pending=1), **blue_green, **state}
    assert progress_line(seen, targets) == f"d-3KX1ZQ2AB {line}"


def test_the_events_that_have_gone_on_since_the_last_look() -> None:
    begun = [target("web-1", "InProgress", ("Install", "InProgress"), ("AfterInstall", "Pending"))]
    later = [
        target("web-1", "Failed", ("Install", "Succeeded"), ("AfterInstall", "Failed")),
        target("web-2", "Skipped", ("Install", "Skipped")),
    ]
    assert event_changes([], begun) == ["web-1 Install InProgress"]
    assert event_changes(begun, begun) == []
    assert event_changes(begun, later) == [
        "web-1 Install Succeeded",
        "web-1 AfterInstall Failed",
        "web-2 Install Skipped",
    ]


@pytest.mark.parametrize(
    ("status", "ended"),
    [("Created", False), ("Ready", False), ("Succeeded", True), ("Failed", True), ("Stopped", True)],
)
def test_has_ended(status: str, ended: bool) -> None:
    assert has_ended(deployment(status)) is ended


ALIAS = {"target_type": "LambdaTarget"}
HOST = {"target_type": "InstanceTarget"}


@pytest.mark.parametrize(
    ("state", "targets", "ready", "shifted"),
    [
        ({}, [], False, False),
        ({"status": "Ready"}, [], True, False),
        ({"status": "Failed"}, [], True, True),
        ({"instance_termination_wait_time_started": True}, [], True, True),
        ({}, [ALIAS | target("live", "Succeeded")], True, True),
        ({}, [ALIAS | target("live", "Succeeded"), ALIAS | target("test", "InProgress")], False, False),
        ({}, [HOST | target("web-1", "Succeeded")], False, False),
    ],
)
def test_when_the_traffic_is_shifted(
    state: dict[str, t.Any], targets: list[dict[str, t.Any]], ready: bool, shifted: bool
) -> None:
    seen = {**deployment("InProgress"), **state}
    assert (is_ready(seen, targets), is_shifted(seen, targets)) == (ready, shifted)


@pytest.mark.parametrize(
    ("seen", "failures"),
    [
        (deployment("Succeeded"), False),
        (deployment("Succeeded", succeeded=3, failed=0), False),
        (deployment("Succeeded", succeeded=2, failed=1), True),
        (deployment("Failed", failed=3), False),
    ],
)
def test_a_success_with_failures(seen: dict[str, t.Any], failures: bool) -> None:
    assert has_failures(seen) is failures


@pytest.mark.parametrize(
    ("creator", "unasked"),
    [
        ("user", False),
        ("codeDeployRollback", False),
        (None, False),
        ("autoscaling", True),
        ("CodeDeployAutoUpdate", True),
    ],
)
def test_a_deployment_that_nobody_asked_for(creator: str | None, unasked: bool) -> None:
    assert is_automatic({**deployment("Created"), "creator": creator}) is unasked


NINE, TEN, LATER = "2026-11-22T09:00:00+00:00", "2026-11-22T10:00:00+00:00", "2026-11-22T10:00:07.125000+00:00"


def test_a_timeline_has_what_has_begun_in_its_order() -> None:
    times = {
        "endless": {"start_time": TEN},
        "ended": {"start_time": TEN, "end_time": LATER},
        "first": {"start_time": NINE, "end_time": TEN},
        "pending": {},
    }
    web = target("web-1", "InProgress", *((name, "InProgress") for name in times))
    for event in web["lifecycle_events"]:
        event.update(times[event["lifecycle_event_name"]])
    found = [(event["lifecycle_event"], event["seconds"]) for event in timeline([web])]
    assert found == [("first", 3600), ("ended", 7.125), ("endless", None)]


@pytest.mark.parametrize(
    ("group", "seconds"),
    [
        ({}, None),
        ({"last_successful_deployment": {"create_time": NINE}}, None),
        ({"last_successful_deployment": {"end_time": TEN}}, None),
        ({"last_successful_deployment": {"create_time": NINE, "end_time": TEN}}, 3600),
    ],
)
def test_the_time_that_the_last_deployment_took(group: dict[str, t.Any], seconds: float | None) -> None:
    assert last_duration(group) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03")])
def test_elapsed_text(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text
