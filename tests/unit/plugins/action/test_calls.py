# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a task makes: an account has few of them, which all that it runs share."""

from __future__ import annotations

import pathlib
from collections import Counter

import pytest

from emulator import Emulator
from emulator.hosts.outcomes import fail
from emulator.stages.servers import ROLE
from unit.controller import Controller
from unit.releases import GROUP, HOSTS, LONG, SHOP, Options, s3_options, servers

Calls = dict[str, int]

MOST = {"codedeploy": 4, "s3": 1}
"""What a `deploy` may cost that finds its revision deployed already."""
GROUP_ONLY = {"codedeploy:GetDeploymentGroup": 1, "codedeploy:GetDeployment": 1}
"""What the group has, and whether that came to all of its targets."""
FLEET = [{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}]


def calls(emulator: Emulator) -> Calls:
    """How often each operation was called since the record was emptied."""
    return dict(Counter(f"{call.service}:{call.operation}" for call in emulator.calls))


def number(made: Calls, service: str) -> int:
    return sum(count for name, count in made.items() if name.startswith(f"{service}:"))


def calls_of_a_second_run(emulator: Emulator, controller: Controller, options: Options) -> Calls:
    """What the task makes once more, which finds nothing to do."""
    assert controller.run("deploy", **options).result["changed"] is True
    emulator.calls.clear()
    assert controller.run("deploy", **options).result["changed"] is False
    return calls(emulator)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {}),
        ({"sequence": 7}, {}),
        ({"preflight": True}, {}),
        ({"deployment_config_name": "CodeDeployDefault.OneAtATime"}, {"codedeploy:GetDeploymentConfig": 1}),
        ({"keep": 1}, {"s3:ListObjects": 1}),
    ],
    ids=["plain", "sequence", "preflight", "config", "keep"],
)
def test_a_source_that_is_deployed_already_costs_few_calls(
    more: Options, expected: Calls, emulator: Emulator, controller: Controller, tmp_path: pathlib.Path
) -> None:
    """To remove old bundles, `keep` has to list them: that is one call to S3 more. Who uses them matters only where there are too many."""
    servers(emulator)
    (tmp_path / "appspec.yml").write_text("version: 0.0\nos: linux\n")
    made = calls_of_a_second_run(
        emulator, controller, {**SHOP, "source": str(tmp_path), "s3_bucket": "bundles", **more}
    )
    assert made == {**GROUP_ONLY, "s3:HeadObject": 1, **expected}
    assert number(made, "codedeploy") <= MOST["codedeploy"]
    assert number(made, "s3") <= MOST["s3"] + ("keep" in more)


def test_an_object_that_is_deployed_already_costs_few_calls(emulator: Emulator, controller: Controller) -> None:
    servers(emulator)
    made = calls_of_a_second_run(emulator, controller, s3_options("two.zip"))
    assert made == {**GROUP_ONLY, "codedeploy:GetApplicationRevision": 1}


def test_each_of_several_groups_costs_as_much_as_one_after_a_look_at_all(
    emulator: Emulator, controller: Controller
) -> None:
    servers(emulator)
    emulator.client("codedeploy").create_deployment_group(
        **{**GROUP, "deploymentGroupName": "more"}, serviceRoleArn=ROLE, onPremisesInstanceTagFilters=FLEET
    )
    both = {"deployment_group_name": None, "deployment_group_names": ["web", "more"]}
    made = calls_of_a_second_run(emulator, controller, {**s3_options("two.zip"), **both})
    assert made == {
        "codedeploy:BatchGetDeploymentGroups": 1,
        "codedeploy:GetDeploymentGroup": 2,
        "codedeploy:GetDeployment": 2,
        "codedeploy:GetApplicationRevision": 2,
    }


def test_the_targets_of_a_deployment_in_place_are_listed_once(emulator: Emulator, controller: Controller) -> None:
    options = servers(emulator)
    emulator.calls.clear()
    run = controller.run("deploy", **options)
    assert any("web-2 " in line for line in run.lines), run.output
    assert calls(emulator)["codedeploy:ListDeploymentTargets"] <= 2  # once more while they are not chosen yet


def test_many_failures_are_counted_where_they_are_read(emulator: Emulator, controller: Controller) -> None:
    """Page by page and 25 at a time, and once."""
    servers(emulator, running=False, deploymentConfigName="CodeDeployDefault.AllAtOnce")
    emulator.simulate(98, {"ValidateService": fail()})
    emulator.simulate(HOSTS, {"Install": fail(script="")})
    controller.run("deploy", **s3_options("one.zip"), wait=False)
    emulator.clock.advance(LONG)
    emulator.calls.clear()
    run = controller.run("deployment", **SHOP, diagnose=3)
    assert calls(emulator) == {
        "codedeploy:GetDeploymentGroup": 2,
        "codedeploy:GetDeployment": 2,
        "codedeploy:ListDeploymentTargets": 1,
        "codedeploy:BatchGetDeploymentTargets": 4,
    }
    diagnosis = run.result["diagnosis"]
    assert len(diagnosis["targets"]) == 3
    assert {cause["lifecycle_event"]: cause["count"] for cause in diagnosis["more_failures"]} == {
        "ValidateService": 96,
        "Install": 1,
    }
