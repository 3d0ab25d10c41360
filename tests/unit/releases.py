# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places to deploy to, of each kind that CodeDeploy knows, on an emulator that plays their hosts; each with the options of a task that deploys there."""

from __future__ import annotations

import typing as t

from emulator import Emulator
from emulator.hosts.outcomes import Script
from emulator.stages.ec2 import BALANCERS, BLUE_GREEN, Ec2Stage
from emulator.stages.servers import ROLE, s3_revision
from emulator.stages.traffic import ROLLBACK, EcsStage, LambdaStage, TrafficStage

Options = dict[str, t.Any]

SHOP = {"application_name": "shop", "deployment_group_name": "web"}
GROUP = {"applicationName": "shop", "deploymentGroupName": "web"}
HOSTS = ("web-1", "web-2")
GREEN = {"Key": "fleet", "Value": "green"}
LONG = 365 * 86400.0


def s3_options(key: str) -> Options:
    return {**SHOP, "revision": {"s3_location": {"bucket": "bundles", "key": key, "bundle_type": "zip"}}}


def store_bundles(emulator: Emulator) -> None:
    """What the options of hosts name."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="bundles")
    for key in ("one.zip", "two.zip"):
        s3.put_object(Bucket="bundles", Key=key, Body=b"")


def servers(emulator: Emulator, *web_1: Script, running: bool = True, **settings: t.Any) -> Options:
    """Two hosts, one after the other in place, which are RUNNING the first revision; the scripts of the first one's next deployments."""
    store_bundles(emulator)
    emulator.simulate(HOSTS[0], *([{}] if running else []), *web_1)
    emulator.simulate(HOSTS[1])
    codedeploy = emulator.client("codedeploy")
    codedeploy.create_application(applicationName="shop")
    codedeploy.create_deployment_group(
        **GROUP,
        serviceRoleArn=ROLE,
        autoRollbackConfiguration=ROLLBACK,
        **{
            "onPremisesInstanceTagFilters": [{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}],
            **settings,
        },
    )
    if running:
        codedeploy.create_deployment(**GROUP, revision=s3_revision())
        emulator.clock.advance(600)
    return s3_options("two.zip")


def scaling_servers(emulator: Emulator) -> Ec2Stage:
    """An Auto Scaling group `servers` with one host, to which nothing has been deployed. All hosts that it launches play along."""
    store_bundles(emulator)
    stage = Ec2Stage(emulator)
    stage.create_auto_scaling_group("servers", 1)
    stage.set_up_ec2(ec2TagFilters=[], autoScalingGroups=["servers"])
    emulator.simulate("i-*")
    return stage


def fleets(emulator: Emulator, *scripts: Script, ready: int | None = None, termination: int | None = None) -> Options:
    """An instance with traffic, and another one that is to get it; with minutes of the waits for either. SCRIPTS are played by both."""
    store_bundles(emulator)
    stage = Ec2Stage(emulator)
    stage.create_balancers()
    ask: Options = {"actionOnTimeout": "CONTINUE_DEPLOYMENT"}
    if ready is not None:
        ask = {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": ready}
    blue: Options = {"action": "KEEP_ALIVE"}
    if termination is not None:
        blue = {"action": "TERMINATE", "terminationWaitTimeInMinutes": termination}
    (original,) = stage.set_up_ec2(
        1,
        deploymentStyle=BLUE_GREEN,
        loadBalancerInfo=BALANCERS,
        blueGreenDeploymentConfiguration={
            "greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"},
            "deploymentReadyOption": ask,
            "terminateBlueInstancesOnDeploymentSuccess": blue,
        },
    )
    stage.register(original)
    stage.run_instance(tag=GREEN)
    emulator.simulate("i-*", *scripts)
    return {**s3_options("one.zip"), "target_instances": {"tag_filters": [{"key": "fleet", "value": "green"}]}}


def _content(stage: TrafficStage, hooks: dict[str, str]) -> Options:
    return {**SHOP, "revision": {"app_spec_content": {"content": stage.app_spec(hooks=hooks)}}}


def function(emulator: Emulator, config: str = "LambdaAllAtOnce", **hooks: str) -> Options:
    """A Lambda function of whose next version HOOKS are given, functions by lifecycle event."""
    stage = LambdaStage(emulator)
    stage.set_up(config, autoRollbackConfiguration=ROLLBACK)
    return _content(stage, hooks)


def service(
    emulator: Emulator, config: str = "ECSAllAtOnce", ready: int | None = None, termination: int = 5, **hooks: str
) -> Options:
    """An ECS service, with minutes of the waits; HOOKS as for a function."""
    stage = EcsStage(emulator)
    stage.set_up(config, ready, termination)
    stage.codedeploy.update_deployment_group(
        applicationName="shop", currentDeploymentGroupName="web", autoRollbackConfiguration=ROLLBACK
    )
    return _content(stage, hooks)


def alarm(emulator: Emulator, state: str = "ALARM") -> None:
    """Let the alarm `errors` be in STATE."""
    watch = emulator.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors",
        MetricName="errors",
        Namespace="shop",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Sum",
    )
    watch.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="test")


def after(emulator: Emulator, seconds: float, action: t.Callable[[str], t.Any]) -> None:
    """Have ACTION done to the latest deployment when so many SECONDS have passed."""
    codedeploy = emulator.client("codedeploy")
    emulator.clock.call_later(seconds, lambda: action(codedeploy.list_deployments()["deployments"][0]))


def stop_after(emulator: Emulator, seconds: float) -> None:
    """Let somebody stop the latest deployment."""
    codedeploy = emulator.client("codedeploy")
    after(emulator, seconds, lambda deployment_id: codedeploy.stop_deployment(deploymentId=deployment_id))
