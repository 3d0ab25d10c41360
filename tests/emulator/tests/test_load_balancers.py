# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In place with load balancers: events, and who gets traffic when, read back from moto's ELB and ELBv2."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.stages.ec2 import ALL_AT_ONCE, BALANCERS, TRAFFIC_CONTROL, Ec2Stage

EVENTS = [
    "BeforeBlockTraffic",
    "BlockTraffic",
    "AfterBlockTraffic",
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
    "BeforeAllowTraffic",
    "AllowTraffic",
    "AfterAllowTraffic",
]


@pytest.fixture
def stage(emulator: Emulator) -> Ec2Stage:
    return Ec2Stage(emulator)


def set_up(stage: Ec2Stage, instances: int = 1, **settings: Any) -> list[str]:
    """Instances behind three load balancers."""
    stage.create_balancers()
    ids = stage.set_up_ec2(instances, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCERS, **settings)
    stage.register(*ids)
    return ids


def test_an_instance_has_no_traffic_while_it_is_deployed_to(stage: Ec2Stage) -> None:
    (host,) = set_up(stage)
    deployment_id = stage.start()
    assert stage.event_names(deployment_id, host) == EVENTS
    assert stage.play() == [(host, "BeforeBlockTraffic")]
    assert stage.registered() == [{host}] * 3
    assert stage.event(deployment_id, host, "BlockTraffic")["status"] == "InProgress"
    stage.pass_time(1)
    assert stage.registered() == [set()] * 3
    assert stage.play() == [(host, name) for name in EVENTS[2:11]]
    assert stage.registered() == [set()] * 3
    assert stage.run() == [(host, "AfterAllowTraffic")]
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.registered() == [{host}] * 3
    assert stage.event_statuses(deployment_id, host) == ["Succeeded"] * 13
    assert stage.info(deployment_id)["loadBalancerInfo"] == BALANCERS


def test_one_instance_after_the_other_loses_its_traffic(stage: Ec2Stage) -> None:
    hosts = set_up(stage, 2)
    stage.start()
    stage.play()
    stage.pass_time(1)
    assert stage.registered() == [{hosts[1]}] * 3
    stage.run()
    assert stage.registered() == [set(hosts)] * 3


def test_load_balancers_without_traffic_control_are_not_used(stage: Ec2Stage) -> None:
    stage.create_balancers()
    (host,) = stage.set_up_ec2(1, loadBalancerInfo=BALANCERS)
    deployment_id = stage.deploy()
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.event_names(deployment_id, host) == EVENTS[3:10]
    assert stage.registered() == [set()] * 3


def test_hosts_on_premises_have_no_load_balancer(stage: Ec2Stage) -> None:
    stage.create_balancers()
    stage.set_up("h1", deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo=BALANCERS)
    deployment_id = stage.deploy()
    assert stage.status(deployment_id) == "Succeeded"
    assert stage.event_names(deployment_id, "h1") == EVENTS[3:10]


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("event", ["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"])
def test_failures_of_what_the_last_revision_brought_can_be_ignored(stage: Ec2Stage, event: str, ignored: bool) -> None:
    (host,) = set_up(stage)
    deployment_id = stage.start(ignoreApplicationStopFailures=ignored)
    stage.run({host: {event: 4}})
    assert stage.status(deployment_id) == ("Succeeded" if ignored else "Failed")
    assert stage.event(deployment_id, host, event)["status"] == "Failed"


def test_other_failures_cannot_be_ignored(stage: Ec2Stage) -> None:
    (host,) = set_up(stage)
    deployment_id = stage.start(ignoreApplicationStopFailures=True)
    stage.run({host: {"BeforeAllowTraffic": 4}})
    assert stage.error_code(deployment_id) == "HEALTH_CONSTRAINTS"
    assert stage.registered() == [set()] * 3


def test_a_load_balancer_that_was_never_there(stage: Ec2Stage) -> None:
    stage.set_up_ec2(1, deploymentStyle=TRAFFIC_CONTROL, loadBalancerInfo={"elbInfoList": [{"name": "none"}]})
    assert stage.error_code(stage.start()) == "ELASTIC_LOAD_BALANCING_INVALID"


def test_a_load_balancer_that_goes_away_meanwhile(stage: Ec2Stage) -> None:
    (host,) = set_up(stage)
    deployment_id = stage.start()
    stage.elb.delete_load_balancer(LoadBalancerName="classic")
    stage.run()
    assert stage.error_code(deployment_id) == "ELASTIC_LOAD_BALANCING_INVALID"
    assert stage.event(deployment_id, host, "BlockTraffic")["status"] == "Failed"


def test_an_instance_that_is_stopped_meanwhile_cannot_be_registered(stage: Ec2Stage) -> None:
    hosts = set_up(stage, 2, deploymentConfigName=ALL_AT_ONCE)
    deployment_id = stage.start()
    stage.play()
    stage.pass_time(1)
    stage.play()
    stage.ec2.stop_instances(InstanceIds=hosts[:1])
    stage.run()
    assert stage.error_code(deployment_id) == "ELB_INVALID_INSTANCE"
    assert stage.event(deployment_id, hosts[0], "AllowTraffic")["status"] == "Failed"
