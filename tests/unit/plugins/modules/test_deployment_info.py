# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`deployment_info` on the emulator, with deployments that have happened."""

from __future__ import annotations

import datetime
import re
import typing as t

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_info
from emulator import Emulator
from emulator.stages.traffic import ROLLBACK
from unit.deployments import LiveStage
from unit.scenarios import Connect, module_actions

GROUP = {"application_name": "shop", "deployment_group_name": "web"}
FAILING = {"host": {"AfterInstall": 1}}
EVENTS = ["ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall"]

Read = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def read(connect: Connect) -> Read:
    """The module's result for the options given, the others as Ansible fills them in."""
    options = dict.fromkeys(yaml.safe_load(deployment_info.DOCUMENTATION)["options"])
    return lambda **given: deployment_info.read(connect, {**options, **given})


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    stage = LiveStage(emulator)
    stage.set_up("host")
    return stage


def ids(result: dict[str, t.Any]) -> list[str]:
    return [deployment["deployment_id"] for deployment in result["deployments"]]


def test_one_deployment_tells_its_targets_and_how_long_each_event_took(stage: LiveStage, read: Read) -> None:
    failed = stage.deploy(failures=FAILING)
    result = read(deployment_id=failed)
    assert result["changed"] is False
    assert result["deployment"]["status"] == "Failed"
    assert [target["target_id"] for target in result["targets"]] == ["host"]
    events = result["timeline"]
    assert [event["lifecycle_event"] for event in events] == EVENTS
    assert [event["status"] for event in events] == ["Succeeded"] * 4 + ["Failed"]
    for event in events:
        start, end = (datetime.datetime.fromisoformat(event[name]) for name in ("start_time", "end_time"))
        assert event["seconds"] == pytest.approx((end - start).total_seconds(), abs=0.001)


@pytest.mark.parametrize(
    ("which", "expected"), [("none", None), ("failed", ["bad"]), ("all", ["bad", "good"]), (None, ["bad", "good"])]
)
def test_the_targets_that_are_asked_for(emulator: Emulator, read: Read, which: str, expected: list[str] | None) -> None:
    stage = LiveStage(emulator)
    stage.set_up("good", "bad")
    failed = stage.deploy(failures={"bad": {"Install": 1}}, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    result = read(deployment_id=failed, targets=which)
    assert ("timeline" in result) is (expected is not None)
    targets = result.get("targets")
    assert (targets and [target["target_id"] for target in targets]) == expected


@pytest.mark.parametrize(("count", "told"), [(25, 25), (26, 1)])
def test_all_targets_are_told_up_to_as_many_as_one_call_reads(
    count: int, told: int, emulator: Emulator, read: Read
) -> None:
    stage = LiveStage(emulator)
    stage.set_up("bad", *(f"good-{number}" for number in range(1, count)))
    failed = stage.deploy(failures={"bad": {"Install": 1}}, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    emulator.calls.clear()
    for result in (read(deployment_id=failed), read(deployment_id=failed, targets="none", diagnose=5)):
        assert len(result["targets"]) == told
        assert result["targets"][0]["target_id"] == "bad"
    assert module_actions(emulator).count("codedeploy:BatchGetDeploymentTargets") == 2


def test_a_failure_is_explained_and_so_is_what_became_of_its_rollback(stage: LiveStage, read: Read) -> None:
    stage.deploy()
    failed = stage.deploy("two.zip", FAILING, autoRollbackConfiguration=ROLLBACK)
    rollback = stage.await_rollback(failed)
    stage.await_end(rollback)
    result = read(deployment_id=failed, targets="none", diagnose=5)
    (target,) = result["diagnosis"]["targets"]
    assert (target["target_id"], target["lifecycle_event"]) == ("host", "AfterInstall")
    assert [target["target_id"] for target in result["targets"]] == ["host"]
    told = result["diagnosis"]["rollback"]
    assert (told["deployment_id"], told["status"]) == (rollback, "Succeeded")
    assert "diagnosis" not in read(deployment_id=rollback, diagnose=5)


def test_known_targets_are_not_listed_and_known_counts_not_read(
    stage: LiveStage, read: Read, emulator: Emulator
) -> None:
    failed = stage.deploy(failures=FAILING)
    emulator.calls.clear()
    assert [target["status"] for target in read(deployment_id=failed, target_ids=["host"])["targets"]] == ["Failed"]
    assert module_actions(emulator) == ["codedeploy:GetDeployment", "codedeploy:BatchGetDeploymentTargets"]
    assert "targets" not in read(deployment_id=failed, unless_overview={"failed": 1})
    assert "targets" in read(deployment_id=failed, unless_overview={"failed": 0})
    assert "targets" in read(deployment_id=failed, unless_overview={})


def test_a_list_is_narrowed_by_each_option_and_the_newest_comes_first(stage: LiveStage, read: Read) -> None:
    first = stage.deploy("one.zip")
    failed = stage.deploy("two.zip", FAILING)
    created = read(deployment_id=failed)["deployment"]["create_time"]

    assert ids(read(**GROUP)) == [failed, first]
    assert ids(read()) == [failed, first]
    assert ids(read(**GROUP, statuses=["Failed"])) == [failed]
    assert ids(read(created_after=created)) == [failed]
    assert ids(read(created_after="2020-01-01", created_before="2020-01-02")) == []
    assert ids(read(external_id="somebody-else's")) == []
    revision = {"s3_location": {"bucket": "bundles", "key": "one.zip", "bundle_type": "zip"}}
    assert ids(read(revision=revision)) == [first]
    (told,) = read(statuses=["Failed"], targets="failed")["deployments"]
    assert [event["lifecycle_event"] for event in told["timeline"]] == EVENTS
    assert "targets" not in read()["deployments"][0]


def test_all_pages_are_read_in_batches(stage: LiveStage, read: Read, emulator: Emulator) -> None:
    created = []
    for _number in range(110):
        created.append(stage.create_deployment())
        stage.codedeploy.stop_deployment(deploymentId=created[-1])
        region = emulator.state.region("123456789012", "us-east-1")
        region.deployments[created[-1]].status = "Stopped"
    emulator.calls.clear()
    assert sorted(ids(read())) == sorted(created)
    actions = module_actions(emulator)
    assert actions.count("codedeploy:ListDeployments") == 2
    assert actions.count("codedeploy:BatchGetDeployments") == 5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"deployment_id": "web"}, "deployment_id: 'web' is not a deployment ID"),
        ({"deployment_id": "d-ABCDEFGHI", "diagnose": 0}, "diagnose: 0 is too small; set a number greater than 0"),
        ({"created_after": "yesterday"}, "created_after: 'yesterday' is not a time in ISO 8601"),
        (
            {"created_after": "2026-02-01", "created_before": "2026-01-01"},
            "created_after: 2026-02-01 is later than created_before=2026-01-01",
        ),
        ({"revision": {"s3_location": {"bucket": "b"}}}, "revision: missing required arguments: key"),
        ({**GROUP, "application_name": "a b"}, "application_name: 'a b' is not a valid name"),
    ],
)
def test_what_makes_no_sense_is_refused_without_asking(
    read: Read, emulator: Emulator, given: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(InvalidOption, match=re.escape(message)):
        read(**given)
    assert module_actions(emulator) == []


def test_a_deployment_that_does_not_exist_is_an_error(read: Read, emulator: Emulator) -> None:  # noqa: ARG001 - empty
    with pytest.raises(CodeDeployError, match="there is no deployment 'd-ABCDEFGHI' in us-east-1"):
        read(deployment_id="d-ABCDEFGHI")


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"application_name": "shpo"}, "application_name: there is no application 'shpo' in us-east-1. "),
        ({"deployment_group_name": "wbe"}, "application 'shop' has no deployment group 'wbe' in us-east-1. "),
    ],
)
def test_a_group_that_does_not_exist_is_an_error_that_names_it(read: Read, given: dict[str, str], message: str) -> None:
    with pytest.raises(CodeDeployError, match=message):
        read(**{**GROUP, **given})


def test_the_documented_permissions_are_those_that_are_used(stage: LiveStage, read: Read, emulator: Emulator) -> None:
    deployment_id = stage.deploy()
    emulator.calls.clear()
    read(deployment_id=deployment_id)
    read(targets="all")
    with pytest.raises(CodeDeployError):
        read(**{**GROUP, "application_name": "shpo"})
    (note,) = [
        note for note in yaml.safe_load(deployment_info.DOCUMENTATION)["notes"] if note.startswith("Required IAM")
    ]
    assert set(module_actions(emulator)) == set(re.findall(r"C\((\w+:\w+)\)", note))
