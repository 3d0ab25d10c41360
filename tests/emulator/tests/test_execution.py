# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How deployments run: hosts played by the test, time moved by the test."""

from __future__ import annotations

import pytest

from emulator.stages.servers import TAG, Stage

from .conftest import Refused

ALL_AT_ONCE = "CodeDeployDefault.AllAtOnce"
EVENTS = (
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
)


def test_success_from_end_to_end(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    assert stage.status(deployment_id) == "Created"
    stage.pass_time(1)
    info = stage.info(deployment_id)
    assert info["status"] == "InProgress"
    assert info["deploymentOverview"] == dict.fromkeys(info["deploymentOverview"], 0) | {"Pending": 1}
    assert stage.play() == [("h1", event) for event in EVENTS]
    info = stage.info(deployment_id)
    assert info["status"] == "Succeeded"
    assert info["deploymentOverview"]["Succeeded"] == 1
    assert info["createTime"] < info["startTime"] < info["completeTime"]
    assert "errorInformation" not in info
    assert stage.event_statuses(deployment_id, "h1") == ["Succeeded"] * 7
    assert stage.event(deployment_id, "h1", "Install")["diagnostics"]["errorCode"] == "Success"


def test_a_target_is_pending_until_its_host_takes_an_event_up(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    host = stage.hosts["h1"]
    command = host.poll()
    assert command is not None
    assert stage.target(deployment_id, "h1")["status"] == "Pending"
    assert host.acknowledge(command) == "InProgress"
    assert stage.target(deployment_id, "h1")["status"] == "InProgress"
    assert stage.event(deployment_id, "h1", "ApplicationStop")["status"] == "InProgress"
    assert stage.info(deployment_id)["deploymentOverview"]["InProgress"] == 1


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"onPremisesInstanceTagFilters": [{"Key": "none", "Type": "KEY_ONLY"}]}, "NO_INSTANCES"),
        ({"onPremisesInstanceTagFilters": []}, "NO_INSTANCES"),
        ({"deploymentConfigName": "two-healthy"}, "HEALTH_CONSTRAINTS_INVALID"),
    ],
)
def test_what_cannot_start_fails(stage: Stage, refused: Refused, settings: dict[str, object], code: str) -> None:
    minimum = {"type": "HOST_COUNT", "value": 2}
    stage.codedeploy.create_deployment_config(deploymentConfigName="two-healthy", minimumHealthyHosts=minimum)
    stage.set_up("h1", "h2", **settings)
    deployment_id = stage.start()
    info = stage.info(deployment_id)
    assert (info["status"], info["errorInformation"]["code"]) == ("Failed", code)
    assert "startTime" not in info
    assert "completeTime" in info
    with refused("DeploymentNotStartedException"):
        stage.target(deployment_id, "h1")


def test_what_was_deleted_before_the_start(stage: Stage) -> None:
    stage.set_up("h1")
    first = stage.create_deployment()
    stage.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    stage.pass_time(1)
    assert stage.error_code(first) == "DEPLOYMENT_GROUP_MISSING"
    stage.create_group()
    second = stage.create_deployment()
    stage.codedeploy.delete_application(applicationName="shop")
    stage.pass_time(1)
    assert stage.error_code(second) == "APPLICATION_MISSING"


def test_a_revision_that_is_no_longer_registered(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    # No operation removes a revision; the error code exists all the same.
    stage.emulator.state.region("123456789012", "us-east-1").applications["shop"].revisions.clear()
    stage.pass_time(1)
    assert stage.error_code(deployment_id) == "REVISION_MISSING"


def test_a_group_deleted_on_the_way_fails_the_deployment(stage: Stage) -> None:
    stage.set_up("h1", "h2")
    deployment_id = stage.start()
    stage.hosts["h1"].run_next({})
    stage.codedeploy.delete_deployment_group(applicationName="shop", deploymentGroupName="web")
    stage.play()
    assert stage.error_code(deployment_id) == "DEPLOYMENT_GROUP_MISSING"
    assert stage.target_statuses(deployment_id) == {"h1": "Succeeded", "h2": "Skipped"}


def test_one_at_a_time(stage: Stage) -> None:
    stage.set_up("h1", "h2", "h3")
    deployment_id = stage.start()
    done = stage.play()
    assert [host for host, _event in done] == ["h1"] * 7 + ["h2"] * 7 + ["h3"] * 7
    assert stage.status(deployment_id) == "Succeeded"


def test_a_failure_before_the_last_host_fails_the_deployment(stage: Stage) -> None:
    stage.set_up("h1", "h2", "h3")
    deployment_id = stage.deploy(failures={"h2": {"Install": 5}})
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.target_statuses(deployment_id) == {"h1": "Succeeded", "h2": "Failed", "h3": "Skipped"}
    assert stage.event_statuses(deployment_id, "h3") == ["Skipped"] * 7
    overview = stage.info(deployment_id)["deploymentOverview"]
    assert (overview["Succeeded"], overview["Failed"], overview["Skipped"]) == (1, 1, 1)


def test_a_failure_of_the_last_host_does_not(stage: Stage) -> None:
    stage.set_up("h1", "h2", "h3")
    deployment_id = stage.deploy(failures={"h3": {"Install": 5}})
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.target_statuses(deployment_id)["h3"] == "Failed"


def test_no_success_at_all_fails_even_without_a_minimum(stage: Stage) -> None:
    stage.set_up("h1", "h2", deploymentConfigName=ALL_AT_ONCE)
    failing = {"ApplicationStart": 4}
    deployment_id = stage.deploy(failures={"h1": failing, "h2": failing})
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"


def test_all_at_once_runs_hosts_side_by_side(stage: Stage) -> None:
    stage.set_up("h1", "h2", deploymentConfigName=ALL_AT_ONCE)
    stage.start()
    assert stage.play() == [(host, event) for event in EVENTS for host in ("h1", "h2")]


def test_half_at_a_time(stage: Stage) -> None:
    stage.set_up("h1", "h2", "h3", "h4", deploymentConfigName="CodeDeployDefault.HalfAtATime")
    deployment_id = stage.start()
    first_round = [name for name, host in stage.hosts.items() if host.run_next({})]
    assert first_round == ["h1", "h2"]
    stage.play()
    assert stage.status(deployment_id) == "Succeeded"


def test_unhealthy_hosts_go_first_next_time_then_unknown_ones(stage: Stage) -> None:
    stage.set_up("h1", "h2", "h3")
    stage.codedeploy.remove_tags_from_on_premises_instances(instanceNames=["h2"], tags=[TAG])
    stage.deploy(failures={"h3": {"Install": 5}})
    stage.codedeploy.add_tags_to_on_premises_instances(instanceNames=["h2"], tags=[TAG])
    stage.start("two.zip")
    assert [host for host, _event in stage.play()] == ["h3"] * 7 + ["h2"] * 7 + ["h1"] * 7


def test_a_host_that_nothing_was_done_to_is_remembered_as_it_was(stage: Stage) -> None:
    stage.set_up("h1", "h2")
    stage.deploy(failures={"h2": {"Install": 5}})
    stopped = stage.start("two.zip")
    stage.codedeploy.stop_deployment(deploymentId=stopped)
    stage.pass_time(1)
    stage.start("two.zip")
    assert [host for host, _event in stage.play()][:7] == ["h2"] * 7


def test_hosts_of_an_old_revision_go_before_current_ones(stage: Stage) -> None:
    stage.set_up("h1", "h2")
    stage.deploy()
    stage.codedeploy.remove_tags_from_on_premises_instances(instanceNames=["h2"], tags=[TAG])
    stage.deploy("two.zip")
    stage.codedeploy.add_tags_to_on_premises_instances(instanceNames=["h2"], tags=[TAG])
    stage.start("two.zip")
    assert [host for host, _event in stage.play()] == ["h2"] * 7 + ["h1"] * 7


def test_outdated_instances_only(stage: Stage) -> None:
    stage.set_up("h1", "h2")
    stage.deploy(failures={"h2": {"Install": 5}})
    again = stage.deploy(updateOutdatedInstancesOnly=True)
    assert stage.codedeploy.list_deployment_targets(deploymentId=again)["targetIds"] == ["h2"]
    assert stage.info(again)["updateOutdatedInstancesOnly"] is True
    nobody = stage.start(updateOutdatedInstancesOnly=True)
    assert stage.error_code(nobody) == "NO_INSTANCES"


def test_ignored_application_stop_failures(stage: Stage) -> None:
    stage.set_up("h1")
    failures = {"h1": {"ApplicationStop": 4}}
    assert stage.status(stage.deploy(failures=failures)) == "Failed"
    ignored = stage.deploy(failures=failures, ignoreApplicationStopFailures=True)
    assert stage.status(ignored) == "Succeeded"
    assert stage.event_statuses(ignored, "h1") == ["Failed"] + ["Succeeded"] * 6


def test_a_silent_host_fails_after_five_minutes(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    stage.pass_time(299)
    assert stage.status(deployment_id) == "InProgress"
    stage.pass_time(1)
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.event_statuses(deployment_id, "h1") == ["Failed"] + ["Skipped"] * 6
    event = stage.event(deployment_id, "h1", "ApplicationStop")
    assert event["diagnostics"]["errorCode"] == "UnknownError"
    assert "startTime" not in event
    assert stage.hosts["h1"].poll() is None


def test_the_five_minutes_count_for_each_event(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    for _event in EVENTS[:-1]:
        stage.pass_time(299)
        stage.hosts["h1"].run_next({})
    stage.pass_time(301)
    assert stage.event_statuses(deployment_id, "h1") == ["Succeeded"] * 6 + ["Failed"]


def test_a_running_event_has_an_hour(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    host = stage.hosts["h1"]
    command = host.poll()
    assert command is not None
    host.acknowledge(command)
    stage.pass_time(3599)
    assert stage.status(deployment_id) == "InProgress"
    stage.pass_time(1)
    assert stage.status(deployment_id) == "Failed"
    assert stage.event(deployment_id, "h1", "ApplicationStop")["diagnostics"]["errorCode"] == "UnknownError"
    host.complete(command)
    assert stage.event(deployment_id, "h1", "ApplicationStop")["status"] == "Failed"


def test_stop_lets_what_runs_finish(stage: Stage) -> None:
    stage.set_up("h1", "h2", deploymentConfigName=ALL_AT_ONCE)
    deployment_id = stage.start()
    host = stage.hosts["h1"]
    command = host.poll()
    assert command is not None
    host.acknowledge(command)
    assert stage.codedeploy.stop_deployment(deploymentId=deployment_id)["status"] == "Pending"
    assert stage.hosts["h2"].poll() is None
    stage.pass_time(60)
    assert stage.status(deployment_id) == "InProgress"
    assert stage.codedeploy.stop_deployment(deploymentId=deployment_id)["status"] == "Pending"
    host.complete(command)
    info = stage.info(deployment_id)
    assert (info["status"], info["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
    assert host.poll() is None
    assert stage.event_statuses(deployment_id, "h1") == ["Succeeded"] + ["Skipped"] * 6
    assert stage.target_statuses(deployment_id) == {"h1": "Skipped", "h2": "Skipped"}
    assert "lastSuccessfulDeployment" not in stage.group_info()


def test_stop_withdraws_what_was_handed_out_but_not_taken_up(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    command = stage.hosts["h1"].poll()
    assert command is not None
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    assert stage.hosts["h1"].acknowledge(command) == "Failed"
    stage.pass_time(1)
    assert stage.status(deployment_id) == "Stopped"


def test_stop_before_the_start(stage: Stage, refused: Refused) -> None:
    stage.set_up("h1")
    deployment_id = stage.create_deployment()
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.pass_time(2)
    assert stage.status(deployment_id) == "Stopped"
    assert "startTime" not in stage.info(deployment_id)
    with refused("DeploymentAlreadyCompletedException"):
        stage.codedeploy.stop_deployment(deploymentId=deployment_id)


def test_a_failure_while_stopping_is_still_a_stop(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    command = stage.hosts["h1"].poll()
    assert command is not None
    stage.hosts["h1"].acknowledge(command)
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.hosts["h1"].complete(command, 4)
    assert stage.status(deployment_id) == "Stopped"
    assert stage.target_statuses(deployment_id) == {"h1": "Failed"}


def test_two_groups_on_one_host_side_by_side(stage: Stage) -> None:
    stage.set_up("h1")
    stage.create_group("other")
    first, second = stage.create_deployment(), stage.create_deployment(group="other")
    stage.pass_time(1)
    host = stage.hosts["h1"]
    commands = [host.poll(), host.poll()]
    executions = [command["DeploymentExecutionId"] for command in commands if command]
    assert [execution.rpartition("/")[2] for execution in executions] == [first, second]
    assert host.poll() is None
    for command in commands:
        assert command is not None
        host.acknowledge(command)
        host.complete(command)
    stage.play()
    assert (stage.status(first), stage.status(second)) == ("Succeeded", "Succeeded")


def test_renames_do_not_disturb(stage: Stage) -> None:
    stage.set_up("h1")
    deployment_id = stage.start()
    client = stage.codedeploy
    client.update_application(applicationName="shop", newApplicationName="store")
    client.update_deployment_group(
        applicationName="store", currentDeploymentGroupName="web", newDeploymentGroupName="www"
    )
    stage.play()
    info = stage.info(deployment_id)
    assert (info["status"], info["applicationName"], info["deploymentGroupName"]) == ("Succeeded", "store", "www")
