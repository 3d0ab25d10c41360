# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deploy` of what has been deployed before: the previous revision of a deployment group, and that of a deployment."""

from __future__ import annotations

import json
import typing as t

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from unit.controller import Controller, TaskRun
from unit.releases import GROUP, SHOP, function, s3_options, servers

SICK = {"ValidateService": fail()}


def ship(controller: Controller, key: str, **options: t.Any) -> TaskRun:
    return controller.run("deploy", **{**s3_options(key), **options})


def go_back(controller: Controller, **options: t.Any) -> TaskRun:
    return controller.run("deploy", **{**SHOP, "revision": "previous", **options})


def key_of(result: dict[str, t.Any]) -> str:
    return str(result["revision"]["s3_location"]["key"])


def description_of(emulator: Emulator, deployment_id: str) -> str:
    info = emulator.client("codedeploy").get_deployment(deploymentId=deployment_id)["deploymentInfo"]
    return str(info.get("description", ""))


def target_key(emulator: Emulator) -> str:
    group = emulator.client("codedeploy").get_deployment_group(**GROUP)["deploymentGroupInfo"]
    return str(group["targetRevision"]["s3Location"]["key"])


def created(emulator: Emulator) -> int:
    return [call.operation for call in emulator.calls].count("CreateDeployment")


def test_a_group_goes_back_and_does_not_swing_back(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    second = ship(controller, "two.zip").result["deployment_id"]
    emulator.calls.clear()
    planned = go_back(controller, check_mode=True).result
    assert (planned["changed"], key_of(planned), created(emulator)) == (True, "one.zip", 0)
    assert planned["reason"] == f"the deployment group has s3://bundles/two.zip (back from {second})"

    run = go_back(controller, description="It did not work")
    back = run.result["deployment_id"]
    assert (run.result["changed"], run.result["reason"]) == (True, planned["reason"])
    assert run.lines[-1].endswith(f"{back} Succeeded, 2 of 2 succeeded")
    assert description_of(emulator, back) == f"It did not work [rolls back {second}]"
    assert target_key(emulator) == "one.zip"

    again = go_back(controller).result
    assert (again["changed"], again["deployment_id"], created(emulator)) == (False, back, 1)
    assert again["reason"].startswith(f"already deployed by {back} at ")
    assert again["reason"].endswith(f" (back from {second})")


def test_a_release_after_going_back_has_that_before_it(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    emulator.client("s3").put_object(Bucket="bundles", Key="three.zip", Body=b"")
    ship(controller, "two.zip")
    go_back(controller)
    ship(controller, "three.zip")
    assert key_of(go_back(controller).result) == "one.zip"


def test_after_a_failure_the_last_revision_that_worked_is_meant(emulator: Emulator, controller: Controller) -> None:
    servers(emulator, SICK, {})
    failed = ship(controller, "two.zip", auto_rollback_configuration={"enabled": False}).result
    assert failed["failed"] is True
    run = go_back(controller)
    assert (run.result["changed"], key_of(run.result)) == (True, "one.zip")
    assert run.lines[-1].endswith("Succeeded, 2 of 2 succeeded")


def test_going_back_that_failed_is_tried_again(emulator: Emulator, controller: Controller) -> None:
    servers(emulator, {}, SICK, {})
    release = ship(controller, "two.zip").result["deployment_id"]
    failed = go_back(controller).result
    assert failed["diagnosis"]["rollback"]["status"] == "Succeeded"
    assert target_key(emulator) == "two.zip"
    run = go_back(controller).result
    assert (run["changed"], key_of(run)) == (True, "one.zip")
    assert description_of(emulator, run["deployment_id"]) == f"[rolls back {release}]"


NEVER, ON_FAILURE = {"enabled": False}, {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
BACK = ("deploy", {"revision": "previous"})


@pytest.mark.parametrize(
    "repeated",
    [{**s3_options("two.zip"), "force": True}, {**SHOP, "deployment_mode": "RESTART"}],
    ids=["again", "restart"],
)
@pytest.mark.parametrize(
    ("rollback", "way"),
    [(NEVER, BACK), (ON_FAILURE, BACK), (NEVER, ("deployment", {"state": "rolled_back"}))],
    ids=["left as it is", "rolled back", "left as it is, by its group"],
)
def test_a_repetition_that_failed_is_passed_over(
    rollback: dict[str, t.Any],
    way: tuple[str, dict[str, t.Any]],
    repeated: dict[str, t.Any],
    emulator: Emulator,
    controller: Controller,
) -> None:
    servers(emulator, {}, {"ApplicationStart": fail()}, {})
    ship(controller, "two.zip")
    assert controller.run("deploy", **repeated, auto_rollback_configuration=rollback).result["failed"] is True
    assert target_key(emulator) == "two.zip"
    name, options = way
    for changed in (True, False):
        assert controller.run(name, **{**SHOP, **options}).result["changed"] is changed
        assert target_key(emulator) == "one.zip"


def test_nothing_is_left_to_do_where_codedeploy_has_rolled_back(emulator: Emulator, controller: Controller) -> None:
    servers(emulator, SICK, {})
    failed = ship(controller, "two.zip").result
    run = go_back(controller).result
    assert (run["changed"], key_of(run)) == (False, "one.zip")
    assert run["deployment_id"] == failed["diagnosis"]["rollback"]["deployment_id"]


def test_the_same_revision_once_more_is_not_the_previous_one(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    ship(controller, "two.zip")
    ship(controller, "two.zip", force=True)
    controller.run("deployment", **SHOP, state="restarted")
    assert key_of(go_back(controller).result) == "one.zip"


def test_a_run_that_was_killed_is_taken_up(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    ship(controller, "two.zip")
    emulator.calls.clear()
    begun = go_back(controller, wait=False).result["deployment_id"]
    run = go_back(controller)
    assert (run.result["deployment_id"], run.result["changed"], created(emulator)) == (begun, True, 1)
    assert f"{begun} of this revision is already in progress" in run.result["reason"]


@pytest.mark.parametrize(("mode", "ended"), [("stop", "Stopped"), ("wait", "Succeeded")])
def test_a_release_in_flight_is_what_is_undone(
    mode: str, ended: str, emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    release = ship(controller, "two.zip", wait=False).result["deployment_id"]
    run = go_back(controller, if_in_progress=mode)
    assert f"{release} {ended}" in run.output
    assert (run.result["changed"], key_of(run.result)) == (True, "one.zip")
    assert description_of(emulator, run.result["deployment_id"]) == f"[rolls back {release}]"


def test_a_deployment_that_was_undone_by_the_other_module_is_undone(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    second = ship(controller, "two.zip").result["deployment_id"]
    back = controller.run("deployment", deployment_id=second, state="rolled_back").result["deployment_id"]
    assert go_back(controller).result["deployment_id"] == back
    again = controller.run("deployment", deployment_id=second, state="rolled_back").result
    assert (again["changed"], again["deployment_id"]) == (False, back)


def test_each_of_several_groups_has_a_previous_revision_of_its_own(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    codedeploy = emulator.client("codedeploy")
    web = codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    same = {name: web[name] for name in ("applicationName", "serviceRoleArn", "onPremisesInstanceTagFilters")}
    codedeploy.create_deployment_group(**same, deploymentGroupName="db")
    ship(controller, "two.zip")
    for key in ("two.zip", "one.zip"):
        ship(controller, key, deployment_group_name="db")
    both = {"application_name": "shop", "deployment_group_names": ["web", "db"]}
    result = controller.run("deploy", **both, revision="previous").result
    assert [key_of(group) for group in result["deployment_groups"]] == ["one.zip", "two.zip"]
    assert "revision" not in result
    assert key_of(controller.run("deploy", **both, revision=s3_options("two.zip")["revision"]).result) == "two.zip"


def test_a_function_goes_back_to_the_version_before(emulator: Emulator, controller: Controller) -> None:
    def version() -> str:
        return str(emulator.client("lambda").get_alias(FunctionName="greet", Name="live")["FunctionVersion"])

    release = controller.run("deploy", **function(emulator)).result["deployment_id"]
    assert version() == "2"
    planned = go_back(controller, check_mode=True).result
    done = go_back(controller).result
    assert (done["changed"], done["reason"]) == (True, planned["reason"])
    assert version() == "1"
    assert go_back(controller).result["changed"] is False
    undone = controller.run("deployment", deployment_id=release, state="rolled_back").result
    assert (undone["changed"], undone["deployment_id"]) == (False, done["deployment_id"])


def test_what_a_deployment_brought_elsewhere_can_be_shipped(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    staged = ship(controller, "two.zip").result["deployment_id"]
    ship(controller, "one.zip")
    run = controller.run("deploy", **SHOP, revision=staged)
    assert (run.result["changed"], key_of(run.result)) == (True, "two.zip")
    assert controller.run("deploy", **SHOP, revision=staged).result["changed"] is False


def test_going_back_counts_as_what_is_undone_for_a_job_that_was_held_up(
    emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    ship(controller, "two.zip", sequence=42)
    go_back(controller)
    late = ship(controller, "two.zip", sequence=41).result
    assert late["msg"].startswith("sequence: 41 is older than ")
    assert ship(controller, "two.zip", sequence=43).result["changed"] is True


def test_going_back_with_a_sequence_of_its_own_counts_as_that(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    ship(controller, "two.zip", sequence=42)
    back = go_back(controller, sequence=44).result["deployment_id"]
    late = ship(controller, "two.zip", sequence=43).result
    assert late["msg"].startswith(f"sequence: 43 is older than 44, which {back} has already deployed")


def prepared(emulator: Emulator, controller: Controller) -> None:
    """The group has had two revisions, and the bundle of the first is gone."""
    servers(emulator)
    ship(controller, "two.zip")
    emulator.client("s3").delete_object(Bucket="bundles", Key="one.zip")


def elsewhere(emulator: Emulator, controller: Controller) -> None:
    """There is an application `other` with a group."""
    servers(emulator)
    ship(controller, "two.zip")
    codedeploy = emulator.client("codedeploy")
    codedeploy.create_application(applicationName="other")
    role = "arn:aws:iam::123456789012:role/codedeploy"
    codedeploy.create_deployment_group(applicationName="other", deploymentGroupName="web", serviceRoleArn=role)


def failed_function(emulator: Emulator, controller: Controller) -> None:
    """The first deployment to a function has failed."""
    emulator.hook_functions["check"] = lambda _event: "Failed"
    controller.run("deploy", **function(emulator, BeforeAllowTraffic="check"))


REFUSALS: list[tuple[t.Callable[[Emulator, Controller], t.Any], dict[str, t.Any], str]] = [
    (prepared, {}, "revision: s3://bundles/one.zip is registered, and the bucket has no such object"),
    (lambda emulator, _controller: servers(emulator, running=False), {}, "revision: the deployment group has had no "),
    (lambda emulator, _controller: servers(emulator), {}, "'web' has no earlier revision than that of d-"),
    (failed_function, {}, "and deploy an AppSpec that shifts from it to the version you want"),
    (elsewhere, {"revision": "d-ABCDEFGHI"}, "revision: there is no deployment 'd-ABCDEFGHI' in us-east-1"),
    (elsewhere, {"revision": "before"}, "revision: 'before' is not valid; give a mapping"),
    (elsewhere, {"revision": {"s3_location": {"bucket": "b"}}}, "revision: missing required arguments: key found in s3_"),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "options", "message"), REFUSALS)
def test_what_cannot_be_gone_back_to_is_named(
    prepare: t.Callable[[Emulator, Controller], t.Any],
    options: dict[str, t.Any],
    message: str,
    emulator: Emulator,
    controller: Controller,
) -> None:
    prepare(emulator, controller)
    emulator.calls.clear()
    result = go_back(controller, **options).result
    assert result["failed"] is True
    assert message in result["msg"]
    assert created(emulator) == 0


def test_a_mapping_may_come_as_text_as_in_ad_hoc_commands(emulator: Emulator, controller: Controller) -> None:
    text = json.dumps(servers(emulator)["revision"])
    assert key_of(go_back(controller, revision=text, check_mode=True).result) == "two.zip"


def test_a_deployment_of_another_application_is_refused(emulator: Emulator, controller: Controller) -> None:
    elsewhere(emulator, controller)
    (latest, *_older) = emulator.client("codedeploy").list_deployments()["deployments"]
    result = controller.run("deploy", application_name="other", deployment_group_name="web", revision=latest).result
    assert result["msg"] == f"revision: {latest} is a deployment of application 'shop', not of 'other'"
