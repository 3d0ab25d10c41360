# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.decisions import (
    active_deployment_id,
    check_sequence,
    decide,
    decide_beside,
    review,
    still_in_flight,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._deploying.descriptions import (
    description_with,
    restart_description,
    sequence_of,
    undone_id,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError


def location(key: str) -> dict[str, t.Any]:
    return {"revision_type": "S3", "s3_location": {"bucket": "b", "key": key, "bundle_type": "zip"}}


def last(deployment_id: str, status: str) -> dict[str, str]:
    return {"deployment_id": deployment_id, "status": status, "end_time": "2026-11-22T10:15:00+00:00"}


NEW = {"deployment_group_name": "g"}
RUNS_ONE = {
    "deployment_group_name": "g",
    "target_revision": location("one"),
    "last_successful_deployment": last("d-1", "Succeeded"),
    "last_attempted_deployment": last("d-1", "Succeeded"),
}
FAILED_SINCE = {**RUNS_ONE, "last_attempted_deployment": last("d-2", "Failed")}
UNTIMED = {**RUNS_ONE, "last_successful_deployment": {"deployment_id": "d-1", "status": "Succeeded"}}


def tried(key: str, status: str, **members: t.Any) -> dict[str, t.Any]:
    """A group that runs something else, and whose last deployment was one of KEY."""
    attempted = {"deployment_id": "d-2", "status": status, "revision": location(key), **members}
    return {**RUNS_ONE, "target_revision": location("zero"), "last_attempted_deployment": attempted}


@pytest.mark.parametrize(
    ("group", "force", "action", "reason"),
    [
        (NEW, False, "create", "the deployment group has no revision"),
        (RUNS_ONE, False, "none", "already deployed by d-1 at 2026-11-22T10:15:00+00:00"),
        (RUNS_ONE, True, "create", "force: the deployment group has this revision already, by d-1"),
        ({**RUNS_ONE, "target_revision": location("two")}, False, "create", "the deployment group has s3://b/two"),
        ({**NEW, "target_revision": location("one")}, False, "create", "the deployment group has s3://b/one"),
        (FAILED_SINCE, False, "create", "a later deployment, d-2, failed after this revision was deployed"),
        (UNTIMED, False, "none", "already deployed by d-1"),
        (
            tried("one", "Failed", error_information={"code": "HEALTH_CONSTRAINTS"}),
            False,
            "create",
            "the deployment group has s3://b/zero, since d-2 of this revision failed (HEALTH_CONSTRAINTS)",
        ),
        (
            tried("one", "Stopped"),
            False,
            "create",
            "the deployment group has s3://b/zero, since d-2 of this revision was stopped",
        ),
        (tried("two", "Failed"), False, "create", "the deployment group has s3://b/zero"),
    ],
    ids=[
        "first",
        "unchanged",
        "forced",
        "another revision",
        "never deployed",
        "a failure since",
        "no times",
        "failed before",
        "stopped before",
        "something else failed before",
    ],
)
def test_decide_for_an_idle_group(group: dict[str, t.Any], force: bool, action: str, reason: str) -> None:
    decision = decide(group, None, location("one"), force, "attach")
    assert (decision.action, decision.reason) == (action, reason)


def in_flight(key: str) -> dict[str, t.Any]:
    return {
        "deployment_id": "d-3",
        "deployment_group_name": "g",
        "status": "InProgress",
        "creator": "user",
        "revision": location(key),
    }


@pytest.mark.parametrize("force", [False, True])
def test_a_deployment_of_the_same_revision_in_flight_is_attached_to(force: bool) -> None:
    decision = decide(NEW, in_flight("one"), location("one"), force, "attach")
    assert (decision.action, decision.deployment_id) == ("attach", "d-3")


@pytest.mark.parametrize(
    ("key", "mode", "creator", "action"),
    [
        ("one", "attach", "user", "attach"),
        ("one", "wait", "user", "attach"),
        ("one", "stop", "codeDeployRollback", "attach"),
        ("two", "wait", "user", "wait"),
        ("two", "stop", "user", "stop"),
        ("two", "stop", "codeDeployRollback", "wait"),
    ],
)
def test_what_is_done_beside_a_deployment_in_flight(key: str, mode: str, creator: str, action: str) -> None:
    decision = decide_beside({**in_flight(key), "creator": creator}, location("one"), mode)
    assert (decision.action, decision.deployment_id) == (action, "d-3")


@pytest.mark.parametrize("mode", ["attach", "wait", "stop"])
def test_a_deployment_that_is_being_rolled_back_is_attached_to(mode: str) -> None:
    rollback = {
        **in_flight("zero"),
        "creator": "codeDeployRollback",
        "undoes": {**in_flight("one"), "deployment_id": "d-2"},
    }
    decision = decide_beside(rollback, location("one"), mode)
    assert (decision.action, decision.deployment_id) == ("attach", "d-2")
    assert decision.reason == "d-2 of this revision is being rolled back by d-3"


@pytest.mark.parametrize(
    ("key", "mode", "consequence", "way_out"),
    [
        ("two", "attach", "so s3://b/one cannot be deployed now", "wait or stop"),
        ("two", "fail", "so s3://b/one cannot be deployed now", "wait or stop"),
        ("one", "fail", "which already is the requested revision", "attach"),
    ],
)
def test_a_deployment_in_flight_that_is_in_the_way_is_an_error_that_names_it(
    key: str, mode: str, consequence: str, way_out: str
) -> None:
    with pytest.raises(CodeDeployError) as caught:
        decide_beside(in_flight(key), location("one"), mode)
    assert str(caught.value) == (
        f"The deployment group 'g' has an active deployment d-3 (InProgress, by user) of s3://b/{key}, {consequence}. "
        f"Wait for it to finish, or set if_in_progress to {way_out}."
    )


def test_a_rollback_is_waited_for_only_where_the_task_says_what_to_do() -> None:
    rollback = {**in_flight("two"), "creator": "codeDeployRollback"}
    with pytest.raises(CodeDeployError, match="InProgress, by codeDeployRollback"):
        decide_beside(rollback, location("one"), "attach")


@pytest.mark.parametrize(
    ("key", "status", "mode", "counts"),
    [
        ("one", "InProgress", "fail", True),
        ("two", "InProgress", "attach", True),
        ("one", "Failed", "attach", True),
        ("one", "Succeeded", "wait", True),
        ("one", "Failed", "fail", False),
        ("two", "Succeeded", "attach", False),
        ("two", "Stopped", "stop", False),
    ],
)
def test_one_that_has_ended_by_the_time_it_is_looked_at_is_in_nobodys_way(
    key: str, status: str, mode: str, counts: bool
) -> None:
    found = {**in_flight(key), "status": status}
    assert still_in_flight(found, location("one"), mode) == (found if counts else None)


@pytest.mark.parametrize(
    ("creator", "key", "action", "deployment_id"),
    [
        ("user", "one", "wait", "d-3"),
        ("autoscaling", "one", "none", "d-1"),
        ("autoscaling", "two", "wait", "d-3"),
    ],
)
def test_a_deployment_that_nobody_asked_for_is_in_the_way_only_where_something_is_to_be_done(
    creator: str, key: str, action: str, deployment_id: str
) -> None:
    busy = {**in_flight("zero"), "creator": creator}
    decision = decide(RUNS_ONE, busy, location(key), False, "wait")
    assert (decision.action, decision.deployment_id) == (action, deployment_id)


def of_kind(platform: str, deployment_type: str) -> dict[str, t.Any]:
    return {**RUNS_ONE, "compute_platform": platform, "deployment_style": {"deployment_type": deployment_type}}


def test_a_restart_of_an_idle_group() -> None:
    decision = decide(of_kind("Server", "IN_PLACE"), None, None, False, "attach")
    assert (decision.action, decision.reason) == ("create", "s3://b/one is restarted")


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (NEW, "has had no successful deployment, so there is nothing to restart"),
        (of_kind("Server", "BLUE_GREEN"), "'g' cannot be restarted: .*Server and BLUE_GREEN"),
        (of_kind("Lambda", "BLUE_GREEN"), "'g' cannot be restarted: .*Lambda and BLUE_GREEN"),
    ],
)
def test_what_cannot_be_restarted(group: dict[str, t.Any], message: str) -> None:
    with pytest.raises(CodeDeployError, match=message):
        decide(group, None, None, False, "attach")


@pytest.mark.parametrize(
    ("description", "sequence", "undone", "text"),
    [
        (None, None, None, None),
        ("", None, None, ""),
        ("Build", None, None, "Build"),
        (None, 0, None, "[sequence 0]"),
        ("Build", 17, None, "Build [sequence 17]"),
        ("Build", None, "d-3KX1ZQ2AB", "Build [rolls back d-3KX1ZQ2AB]"),
        ("Build", -7, "d-1A", "Build [rolls back d-1A] [sequence -7]"),
    ],
)
def test_what_a_description_tells_is_read_again(
    description: str | None, sequence: int | None, undone: str | None, text: str | None
) -> None:
    assert description_with(description, sequence, undone) == text
    deployment = {"description": text}
    assert (sequence_of(deployment), undone_id(deployment)) == (sequence, undone)
    assert restart_description("Again", deployment) == description_with("Again", sequence, undone)
    assert restart_description("Again", deployment, 8) == description_with("Again", 8, undone)


@pytest.mark.parametrize(
    ("deployment", "sequence", "undone"),
    [
        ({}, None, None),
        ({"description": "[sequence 7] of nine"}, None, None),
        ({"description": "[sequence seven]"}, None, None),
        ({"rollback_info": {"rollback_triggering_deployment_id": "d-2"}}, None, "d-2"),
        (
            {"description": "[rolls back d-1]", "rollback_info": {"rollback_triggering_deployment_id": "d-2"}},
            None,
            "d-2",
        ),
        ({"description": "[rolls back d-1]", "rollback_info": {"rollback_message": "none"}}, None, "d-1"),
    ],
)
def test_what_is_known_of_a_deployment(deployment: dict[str, t.Any], sequence: int | None, undone: str | None) -> None:
    assert (sequence_of(deployment), undone_id(deployment)) == (sequence, undone)


@pytest.mark.parametrize(
    ("told", "status", "message"),
    [
        ("", "Succeeded", None),
        ("[sequence 41]", "Succeeded", None),
        ("[sequence 42]", "Succeeded", None),
        ("[sequence 43]", "Succeeded", "sequence: 42 is older than 43, which d-1 has already deployed"),
        ("[sequence 43]", "InProgress", "sequence: 42 is older than 43, which d-1 is deploying"),
    ],
)
def test_a_release_that_is_older_than_the_last_one_is_refused(told: str, status: str, message: str | None) -> None:
    last_one = {"deployment_id": "d-1", "status": status, "description": told}
    with pytest.raises(CodeDeployError, match=message) if message else contextlib.nullcontext():
        check_sequence(42, last_one)


@pytest.mark.parametrize(
    ("last_one", "action"),
    [
        (None, "none"),
        ({"status": "Succeeded", "deployment_overview": {"succeeded": 3}}, "none"),
        ({"status": "Succeeded"}, "none"),
        ({"status": "Succeeded", "deployment_overview": {"succeeded": 2, "failed": 1}}, "review"),
        ({"status": "Succeeded", "creator": "autoscaling", "deployment_overview": {"failed": 1}}, "none"),
    ],
)
def test_what_failed_on_some_targets_only_is_told_again(last_one: dict[str, t.Any] | None, action: str) -> None:
    decision = review(decide(RUNS_ONE, None, location("one"), False, "attach"), last_one)
    assert (decision.action, decision.deployment_id) == (action, "d-1")


RESTART = {**in_flight("one"), "deployment_mode": "RESTART"}


@pytest.mark.parametrize(
    ("active", "mode", "action", "deployment_id"),
    [
        (RESTART, "attach", "attach", "d-3"),
        ({**RESTART, "revision": location("two")}, "stop", "attach", "d-3"),
        (in_flight("one"), "wait", "wait", "d-3"),
        (in_flight("one"), "stop", "stop", "d-3"),
        (
            {**in_flight("one"), "creator": "codeDeployRollback", "undoes": {**RESTART, "deployment_id": "d-2"}},
            "attach",
            "attach",
            "d-2",
        ),
    ],
)
def test_what_a_restart_does_beside_a_deployment_in_flight(
    active: dict[str, t.Any], mode: str, action: str, deployment_id: str
) -> None:
    decision = decide_beside(active, None, mode)
    assert (decision.action, decision.deployment_id) == (action, deployment_id)


@pytest.mark.parametrize(("active", "way_out"), [(RESTART, "attach"), (in_flight("one"), "wait or stop")])
def test_a_restart_that_may_not_be_is_an_error(active: dict[str, t.Any], way_out: str) -> None:
    with pytest.raises(CodeDeployError, match=f"set if_in_progress to {way_out}"):
        decide_beside(active, None, "fail")


@pytest.mark.parametrize(
    ("group", "deployment_id"),
    [
        (NEW, None),
        (RUNS_ONE, None),
        ({"last_attempted_deployment": last("d-4", "Created")}, "d-4"),
        (FAILED_SINCE, None),
    ],
)
def test_active_deployment_id(group: dict[str, t.Any], deployment_id: str | None) -> None:
    assert active_deployment_id(group) == deployment_id
