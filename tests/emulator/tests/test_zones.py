# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zonal deployment configs: one availability zone after the other."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.ec2 import BALANCERS, BLUE_GREEN, Ec2Stage


@pytest.fixture
def stage(emulator: Emulator) -> Ec2Stage:
    return Ec2Stage(emulator)


def set_up(stage: Ec2Stage, zones: str, minimum: int = 0, **zonal: Any) -> list[str]:
    """One instance a letter, in the zone of that letter."""
    stage.codedeploy.create_deployment_config(
        deploymentConfigName="zonal",
        minimumHealthyHosts={"type": "HOST_COUNT", "value": minimum},
        zonalConfig=zonal or {"monitorDurationInSeconds": 0},
    )
    ids = [stage.run_instance(f"us-east-1{letter}") for letter in zones]
    stage.set_up_ec2(deploymentConfigName="zonal")
    return ids


def hosts_in_order(done: list[tuple[str, str]]) -> list[str]:
    return [host for host, event in done if event == "ApplicationStop"]


def test_a_zone_is_deployed_to_when_the_one_before_is_done(stage: Ec2Stage) -> None:
    b1, a1, b2, a2 = set_up(stage, "baba")
    deployment_id = stage.start()
    done = stage.run()
    assert hosts_in_order(done) == [a1, a2, b1, b2]
    assert {host for host, _event in done[:14]} == {a1, a2}
    assert stage.status(deployment_id) == "Succeeded"


def test_the_deployment_bakes_between_zones(stage: Ec2Stage) -> None:
    set_up(stage, "abc", firstZoneMonitorDurationInSeconds=600, monitorDurationInSeconds=60)
    deployment_id = stage.start()
    for seconds in (600, 60):
        assert len(stage.play()) == 7
        assert stage.status(deployment_id) == "Baking"
        stage.pass_time(seconds - 1)
        assert stage.status(deployment_id) == "Baking"
        stage.pass_time(1)
        assert stage.status(deployment_id) == "InProgress"
    assert len(stage.play()) == 7
    assert stage.status(deployment_id) == "Succeeded"


def test_the_first_zone_is_watched_like_the_others_by_default(stage: Ec2Stage) -> None:
    set_up(stage, "ab", monitorDurationInSeconds=60)
    deployment_id = stage.start()
    stage.play()
    stage.pass_time(59)
    assert stage.status(deployment_id) == "Baking"
    stage.pass_time(1)
    stage.play()
    assert stage.status(deployment_id) == "Succeeded"


def test_a_baking_deployment_can_be_stopped(stage: Ec2Stage) -> None:
    _a, b = set_up(stage, "ab", monitorDurationInSeconds=60)
    deployment_id = stage.start()
    stage.play()
    stage.codedeploy.stop_deployment(deploymentId=deployment_id)
    stage.pass_time(60)
    assert stage.status(deployment_id) == "Stopped"
    assert stage.target(deployment_id, b)["status"] == "Skipped"


def test_a_minimum_in_each_zone(stage: Ec2Stage) -> None:
    a1, a2, b1, b2 = set_up(stage, "aabb", minimumHealthyHostsPerZone={"type": "FLEET_PERCENT", "value": 50})
    stage.start()
    assert [host for host, _event in stage.play()] == [a1] * 7 + [a2] * 7 + [b1] * 7 + [b2] * 7


def test_the_minimum_of_the_fleet_holds_in_each_zone(stage: Ec2Stage) -> None:
    a1, a2, b1 = set_up(stage, "aab", minimum=2)
    deployment_id = stage.start()
    assert [host for host, _event in stage.play()] == [a1] * 7 + [a2] * 7 + [b1] * 7
    assert stage.status(deployment_id) == "Succeeded"


def test_a_zone_that_fails_is_the_last(stage: Ec2Stage) -> None:
    a, b = set_up(stage, "ab")
    deployment_id = stage.start()
    stage.run({a: {"Install": 5}})
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.target(deployment_id, b)["status"] == "Skipped"


def test_blue_green_by_zones(stage: Ec2Stage) -> None:
    stage.create_balancers()
    option = {"greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"}}
    a, b = set_up(stage, "ab")
    members = {"deploymentStyle": BLUE_GREEN, "loadBalancerInfo": BALANCERS}
    stage.codedeploy.update_deployment_group(
        applicationName="shop",
        currentDeploymentGroupName="web",
        blueGreenDeploymentConfiguration=option,
        **members,
    )
    deployment_id = stage.start()
    done = stage.run()
    assert [host for host, _event in done] == [a] * 7 + [b] * 7 + [a] * 2 + [b] * 2
    assert stage.status(deployment_id) == "Succeeded"
