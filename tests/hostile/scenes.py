# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of every module that calls AWS, of the action plugins and of the inventory, each with what has to be there before it."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t
from dataclasses import dataclass
from unittest import mock

import botocore.session
import yaml
from ansible.errors import AnsibleError

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import converge, propagation
from emulator import Emulator
from emulator.hosts.outcomes import fail
from emulator.stages.traffic import LambdaStage, content_revision
from unit import config_scenarios, group_stage, instance_scenarios
from unit.controller import Controller, Result, module_result, time_by
from unit.incidents import alarmed
from unit.inventories import NAME, read_inventory
from unit.releases import GROUP, SHOP, fleets, function, s3_options, scaling_servers, servers, service
from unit.scenarios import MODULE_ACCESS_KEY, MODULE_SECRET_KEY

Options = dict[str, t.Any]
ROLE = "arn:aws:iam::123456789012:role/codedeploy"
SICK = {"ValidateService": fail(log="[stderr] 503 from /health")}


@dataclass(frozen=True)
class Scene:
    """A task that RUNS (a module, an action plugin or the inventory) with the options that ARRANGE returns, on what that has made on an emulator.
    One that only READS finds the same every time; one that FAILS is a failure to be explained."""

    name: str
    runs: str
    arrange: t.Callable[[Emulator], Options]
    reads: bool = False
    fails: bool = False

    def __str__(self) -> str:
        return self.name


class Runner:
    """Runs scenes' tasks against EMULATOR, whose time passes while they wait. FOLDER is for files."""

    def __init__(self, emulator: Emulator, folder: pathlib.Path) -> None:
        emulator.root_keys[MODULE_ACCESS_KEY] = MODULE_SECRET_KEY
        self._emulator = emulator
        self._folder = folder
        self._client = reused_clients()
        self._connection = {
            "endpoint_url": emulator.endpoint,
            "access_key": MODULE_ACCESS_KEY,
            "secret_key": MODULE_SECRET_KEY,
            "region": "us-east-1",
        }

    def run(self, scene: Scene, options: Options) -> Result:
        """The result of the scene's task."""
        with contextlib.ExitStack() as patches:
            patches.enter_context(time_by(self._emulator.clock))
            patches.enter_context(mock.patch.object(botocore.session.Session, "create_client", self._client))
            for module in (converge, propagation):
                patches.enter_context(mock.patch.object(module, "sleep", self._emulator.clock.advance))
            if scene.runs == "inventory":
                return self._read_inventory(options)
            if scene.runs.startswith("action "):
                controller = Controller(self._emulator)
                controller._connection = self._connection
                waits = {"wait_timeout": 600, **self._filled_in(options)}
                return controller.run(scene.runs.removeprefix("action "), **waits).result
            return module_result(scene.runs, {**self._connection, **self._filled_in(options)})

    def _filled_in(self, options: Options) -> Options:
        """OPTIONS with directories where they ask for some: `source` holds an application."""
        if "source" in options:
            (self._folder / "appspec.yml").write_text("version: 0.0\nos: linux\n")
            return {**options, "source": str(self._folder)}
        if "config_directory" in options.get("iam_user", {}):
            return {**options, "iam_user": {**options["iam_user"], "config_directory": str(self._folder)}}
        return options

    def _read_inventory(self, options: Options) -> Result:
        file = self._folder / "my.codedeploy.yml"
        file.write_text(yaml.safe_dump({"plugin": NAME, **self._connection, **options}))
        try:
            return {"hosts": sorted(read_inventory(file).hosts)}
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}


def reused_clients() -> t.Callable[..., t.Any]:
    """What stands for botocore's way to make a client: the tasks' own are made once, since that takes longer than most tasks."""
    create, made = botocore.session.Session.create_client, dict[str, t.Any]()

    def create_client(session: t.Any, service: str, *args: t.Any, **members: t.Any) -> t.Any:
        given = members.get("aws_access_key_id") or getattr(session.get_credentials(), "access_key", None)
        if given != MODULE_ACCESS_KEY:
            return create(session, service, *args, **members)
        config = vars(members["config"]) if members.get("config") else {}
        key = repr((service, args, {**members, "config": sorted(config.items(), key=repr)}))
        if key not in made:
            made[key] = create(session, service, *args, **members)
        return made[key]

    return create_client


def by_client(arrange: t.Callable[[t.Any], None], **options: t.Any) -> t.Callable[[Emulator], Options]:
    """ARRANGE, which takes a client, for a task with OPTIONS."""

    def arranged(emulator: Emulator) -> Options:
        arrange(emulator.client("codedeploy"))
        return dict(options)

    return arranged


def on(arrange: t.Callable[[Emulator], t.Any], **options: t.Any) -> t.Callable[[Emulator], Options]:
    """What ARRANGE makes, for a task with OPTIONS in the place of those that it returns."""

    def arranged(emulator: Emulator) -> Options:
        arrange(emulator)
        return dict(options)

    return arranged


def latest(arrange: t.Callable[[Emulator], t.Any], **options: t.Any) -> t.Callable[[Emulator], Options]:
    """The same, and the option deployment_id names the latest deployment."""

    def arranged(emulator: Emulator) -> Options:
        arrange(emulator)
        return {"deployment_id": emulator.client("codedeploy").list_deployments()["deployments"][0], **options}

    return arranged


def failed(emulator: Emulator) -> None:
    """A deployment that failed on one of two hosts, and was rolled back."""
    servers(emulator, SICK)
    deploy(emulator, 900)


def deploy(emulator: Emulator, seconds: float) -> None:
    """The second revision, so many SECONDS ago."""
    location = {"bucket": "bundles", "key": "two.zip", "bundleType": "zip"}
    revision = {"revisionType": "S3", "s3Location": location}
    emulator.client("codedeploy").create_deployment(**GROUP, revision=revision)
    emulator.clock.advance(seconds)


def underway(emulator: Emulator) -> None:
    servers(emulator)
    deploy(emulator, 5)


def ready(emulator: Emulator) -> None:
    """A blue/green deployment that waits to be continued."""
    options = fleets(emulator, ready=60)
    location = {"bucket": "bundles", "key": "one.zip", "bundleType": "zip"}
    assert options["target_instances"]
    emulator.client("codedeploy").create_deployment(
        **GROUP,
        revision={"revisionType": "S3", "s3Location": location},
        targetInstances={"tagFilters": [{"Key": "fleet", "Value": "green", "Type": "KEY_AND_VALUE"}]},
    )
    emulator.clock.advance(600)


def hook(emulator: Emulator) -> Options:
    """A deployment to a function that waits for its hook."""
    stage, events = LambdaStage(emulator), []
    stage.set_up()
    emulator.hook_functions["gate"] = events.append
    stage.create_deployment(content_revision(stage.app_spec({"BeforeAllowTraffic": "gate"})))
    stage.pass_time(60)
    return {
        "deployment_id": events[0]["DeploymentId"],
        "lifecycle_event_hook_execution_id": events[0]["LifecycleEventHookExecutionId"],
        "status": "Succeeded",
    }


def tokens(emulator: Emulator) -> None:
    emulator.store_github_account_token("other")
    emulator.store_github_account_token("shop")


def old_bundles(emulator: Emulator) -> None:
    """Hosts that run something else than four old bundles."""
    servers(emulator)
    for number in range(1, 5):
        emulator.client("s3").put_object(Bucket="bundles", Key=f"shop/{number:064x}.zip", Body=b"")


def ec2_hosts(emulator: Emulator) -> Options:
    """Two EC2 instances with tags."""
    stage = scaling_servers(emulator)
    tag = {"Key": "fleet", "Value": "blue", "Type": "KEY_AND_VALUE"}
    stage.run_instance(tag={"Key": "fleet", "Value": "blue"})
    emulator.client("codedeploy").update_deployment_group(
        applicationName="shop", currentDeploymentGroupName="web", ec2TagFilters=[tag], autoScalingGroups=["servers"]
    )
    return s3_options("one.zip")


def two_groups(emulator: Emulator) -> Options:
    options = servers(emulator)
    emulator.client("codedeploy").create_deployment_group(
        applicationName="shop",
        deploymentGroupName="other",
        serviceRoleArn=ROLE,
        onPremisesInstanceTagFilters=[{"Key": "fleet", "Value": "simulated", "Type": "KEY_AND_VALUE"}],
    )
    del options["deployment_group_name"]
    return {**options, "deployment_group_names": ["web", "other"]}


def _application(client: t.Any) -> None:
    client.create_application(
        applicationName="web", tags=[{"Key": "team", "Value": "shop"}, {"Key": "a", "Value": "b"}]
    )


def _hooked_group(client: t.Any) -> None:
    group_stage.a_group({"team": "shop"}, group_stage.auto_scaling_groups("blue"), autoScalingGroups=["blue"])(client)


def _full_group(client: t.Any) -> None:
    """A deployment group with something in each of its members."""
    group_stage.a_group(
        {"team": "shop"},
        ec2TagFilters=[group_stage.A],
        onPremisesInstanceTagFilters=[group_stage.B],
        triggerConfigurations=[group_stage.trigger("t", "DeploymentFailure")],
        alarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]},
        autoRollbackConfiguration=group_stage.FAILURE,
        deploymentStyle=group_stage.BLUE_GREEN,
        loadBalancerInfo=group_stage.ELB,
        blueGreenDeploymentConfiguration=group_stage.switch(green=group_stage.DISCOVER),
    )(client)


def _lambda_group(client: t.Any) -> None:
    group_stage.a_group({"team": "shop"}, group_stage.a_lambda_application)(client)


WEB = {"application_name": "web"}
TEST = group_stage.TEST
PUSH = {"application_name": "shop", "source": "", "s3_bucket": "bundles"}
HOST = {"instance_name": "host"}

SCENES = [
    Scene("application: create", "application", by_client(group_stage.nothing, **WEB, tags={"team": "shop"})),
    Scene("application: tags", "application", by_client(_application, **WEB, tags={"team": "store"})),
    Scene("application: rename", "application", by_client(_application, **WEB, new_application_name="shop", tags={})),
    Scene("application: delete", "application", by_client(_application, **WEB, state="absent")),
    Scene("application_info", "application_info", by_client(_application), reads=True),
    Scene(
        "deployment_group: create",
        "deployment_group",
        by_client(group_stage.an_application, **group_stage.NEW, tags={"team": "shop"}),
    ),
    Scene(
        "deployment_group: change",
        "deployment_group",
        by_client(_full_group, **TEST, outdated_instances_strategy="IGNORE", tags={"team": "store"}),
    ),
    Scene(
        "deployment_group: hooks",
        "deployment_group",
        by_client(_hooked_group, **TEST, reinstall_missing_hooks=True, auto_scaling_groups=["blue"]),
    ),
    Scene(
        "deployment_group: config of a function",
        "deployment_group",
        by_client(_lambda_group, **TEST, deployment_config_name="CodeDeployDefault.LambdaCanary10Percent5Minutes"),
    ),
    Scene("deployment_group: delete", "deployment_group", by_client(_full_group, **TEST, state="absent")),
    Scene("deployment_group_info", "deployment_group_info", by_client(_full_group, **WEB), reads=True),
    Scene("deployment_group_info: function", "deployment_group_info", by_client(_lambda_group, **WEB), reads=True),
    Scene(
        "deployment_config: create",
        "deployment_config",
        by_client(
            group_stage.nothing,
            deployment_config_name="careful",
            minimum_healthy_hosts={"type": "HOST_COUNT", "value": 1},
            tags={"team": "shop"},
        ),
    ),
    Scene(
        "deployment_config: replace",
        "deployment_config",
        by_client(
            config_scenarios.both(config_scenarios.a_config(tags={"a": "b"}), config_scenarios.groups(one="careful")),
            deployment_config_name="careful",
            minimum_healthy_hosts={"type": "HOST_COUNT", "value": 1},
            replace=True,
        ),
    ),
    Scene(
        "deployment_config: delete",
        "deployment_config",
        by_client(config_scenarios.a_config(), deployment_config_name="careful", state="absent"),
    ),
    Scene(
        "deployment_config_info",
        "deployment_config_info",
        by_client(
            config_scenarios.a_config(), deployment_config_names=["careful", "CodeDeployDefault.LambdaAllAtOnce"]
        ),
        reads=True,
    ),
    Scene(
        "on_premises_instance: register",
        "on_premises_instance",
        by_client(group_stage.nothing, **HOST, iam_user_arn=instance_scenarios.USER, tags={"a": "1"}),
    ),
    Scene(
        "on_premises_instance: with a user",
        "on_premises_instance",
        by_client(
            instance_scenarios.our_user,
            **HOST,
            iam_user={"buckets": ["bundles"], "config_directory": ""},
            tags={"a": "1"},
        ),
    ),
    Scene(
        "on_premises_instance: tags",
        "on_premises_instance",
        by_client(instance_scenarios.an_instance(("a", "1")), **HOST, tags={"b": "1"}),
    ),
    Scene(
        "on_premises_instance: another ARN",
        "on_premises_instance",
        by_client(
            instance_scenarios.replaceable(("a", "1"), iamSessionArn=instance_scenarios.SESSION),
            **instance_scenarios.NEW,
            replace=True,
            tags={"a": "1"},
        ),
    ),
    Scene(
        "on_premises_instance: a held name",
        "on_premises_instance",
        by_client(
            instance_scenarios.an_instance(("a", "1"), iamSessionArn=instance_scenarios.SESSION),
            **instance_scenarios.NEW,
            replace=True,
            tags={"a": "1"},
        ),
        fails=True,
    ),
    Scene(
        "on_premises_instance: deregister",
        "on_premises_instance",
        by_client(instance_scenarios.our_instance, **HOST, iam_user={}, state="absent"),
    ),
    Scene(
        "on_premises_instance_info",
        "on_premises_instance_info",
        by_client(instance_scenarios.an_instance(("a", "1"))),
        reads=True,
    ),
    Scene("github_account_token", "github_account_token", on(tokens, token_name="shop", state="absent")),
    Scene("github_account_token_info", "github_account_token_info", on(tokens), reads=True),
    Scene("external_resources", "external_resources", on(servers, external_id="stack", state="absent")),
    Scene("lifecycle_hook", "lifecycle_hook", hook),
    Scene("revision: push", "revision", on(old_bundles, **PUSH, keep=2, abort_incomplete=True)),
    Scene(
        "revision: register",
        "revision",
        on(servers, application_name="shop", revision=s3_options("two.zip")["revision"], description="second"),
    ),
    Scene("revision_info", "revision_info", on(servers, application_name="shop"), reads=True),
    Scene("deployment_info: failed", "deployment_info", latest(failed, targets="all"), reads=True),
    Scene("deployment_info: many", "deployment_info", on(failed, **SHOP, targets="notable"), reads=True),
    Scene("deployment_info: under way", "deployment_info", latest(underway, targets="all"), reads=True),
    Scene("deploy: push", "action deploy", on(old_bundles, **PUSH, deployment_group_name="web", keep=2, sequence=3)),
    Scene("deploy: a failure", "action deploy", lambda emulator: servers(emulator, SICK), fails=True),
    Scene("deploy: the same", "action deploy", lambda emulator: {**servers(emulator), **s3_options("one.zip")}),
    Scene("deploy: alarms", "action deploy", lambda emulator: alarmed(emulator, 20, servers(emulator)), fails=True),
    Scene("deploy: EC2 hosts", "action deploy", ec2_hosts),
    Scene("deploy: blue/green", "action deploy", lambda emulator: fleets(emulator, ready=60) | {"wait_for": "ready"}),
    Scene("deploy: function", "action deploy", function),
    Scene("deploy: service", "action deploy", service),
    Scene("deploy: previous", "action deploy", on(failed, **SHOP, revision="previous"), fails=True),
    Scene("deploy: restart", "action deploy", on(servers, **SHOP, deployment_mode="RESTART")),
    Scene(
        "deploy: stop what is in flight", "action deploy", on(underway, **s3_options("one.zip"), if_in_progress="stop")
    ),
    Scene("deploy: two groups", "action deploy", two_groups),
    Scene("deployment: await", "action deployment", latest(underway, state="succeeded")),
    Scene("deployment: stop", "action deployment", on(underway, **SHOP, state="stopped", roll_back=True)),
    Scene("deployment: continue", "action deployment", latest(ready, state="continued")),
    Scene("deployment: roll back", "action deployment", on(failed, **SHOP, state="rolled_back"), fails=True),
    Scene("deployment: restart", "action deployment", on(servers, **SHOP, state="restarted")),
    Scene("inventory: on-premises", "inventory", on(servers, tag_filters=[{"key": "fleet"}]), reads=True),
    Scene("inventory: group", "inventory", on(ec2_hosts, **SHOP, hostnames=["tag:fleet", "instance_id"]), reads=True),
    Scene("inventory: last failed", "inventory", on(failed, **SHOP, deployment="last_failed"), reads=True),
]
