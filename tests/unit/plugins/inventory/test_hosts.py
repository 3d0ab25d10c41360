# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory `hosts` on the emulator: which hosts it has, what it tells of them, and what it refuses."""

from __future__ import annotations

import pathlib
import re
import types
import typing as t

import botocore.endpoint
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.slipway.codedeploy.plugins.inventory import hosts
from ansible_collections.slipway.codedeploy.plugins.plugin_utils._host_records import LAST
from emulator import Emulator, Fault
from emulator.stages.ec2 import Ec2Stage
from emulator.stages.servers import TAG_FILTER
from emulator.stages.traffic import ROLLBACK, LambdaStage
from unit.deployments import LiveStage
from unit.inventories import NAME, as_template, read_inventory
from unit.scenarios import MODULE_ACCESS_KEY, MODULE_SECRET_KEY, module_actions

Inventory = t.Callable[..., InventoryData]

GROUP = {"application_name": "shop", "deployment_group_name": "web"}
STAGES = {"a": ("web", "test"), "b": ("web", "production"), "c": ("db", "production")}


@pytest.fixture
def inventory(emulator: Emulator, tmp_path: pathlib.Path) -> Inventory:
    """What Ansible makes of a file with the options given, beside those that name the account."""
    file = tmp_path / "my.codedeploy.yml"
    connection = {
        "endpoint_url": emulator.endpoint,
        "access_key": MODULE_ACCESS_KEY,
        "secret_key": MODULE_SECRET_KEY,
        "region": "us-east-1",
    }

    def read(use_cache: bool = True, **options: t.Any) -> InventoryData:
        file.write_text(yaml.safe_dump({"plugin": NAME, **connection, **options}))
        return read_inventory(file, use_cache)

    return read


@pytest.fixture
def on_premises(emulator: Emulator) -> None:
    """The hosts of STAGES, with their tags, and `gone`, which was registered once."""
    codedeploy = emulator.client("codedeploy")
    for name, (role, stage) in {**STAGES, "gone": ("web", "test")}.items():
        codedeploy.register_on_premises_instance(instanceName=name, iamUserArn=f"arn:aws:iam::123456789012:user/{name}")
        tags = [{"Key": "role", "Value": role}, {"Key": "stage", "Value": stage}]
        codedeploy.add_tags_to_on_premises_instances(instanceNames=[name], tags=tags)
    codedeploy.deregister_on_premises_instance(instanceName="gone")


@pytest.fixture
def stage(emulator: Emulator) -> LiveStage:
    stage = LiveStage(emulator)
    stage.set_up("bad", "good")
    return stage


def fail(stage: LiveStage) -> tuple[str, str]:
    """The ids of a deployment that fails on the host `bad`, and of its rollback."""
    stage.deploy()
    failed = stage.deploy("two.zip", {"bad": {"AfterInstall": 1}}, autoRollbackConfiguration=ROLLBACK)
    rollback = stage.await_rollback(failed)
    stage.await_end(rollback)
    return failed, rollback


def names(found: InventoryData) -> list[str]:
    return sorted(found.hosts)


@pytest.mark.usefixtures("on_premises")
def test_the_registered_instances_and_what_is_told_of_them(inventory: Inventory) -> None:
    tags, dbs = {"key": "codedeploy_tags", "prefix": "tag"}, {"dbs": "codedeploy_tags.role == 'db'"}
    found = inventory(keyed_groups=[tags], groups=dbs, compose={"ansible_user": "codedeploy_tags.stage"})
    assert names(found) == ["a", "b", "c"]
    told = found.hosts["a"].vars
    assert told["codedeploy_tags"] == {"role": "web", "stage": "test"}
    assert told["codedeploy_iam_user_arn"] == "arn:aws:iam::123456789012:user/a"
    assert told["codedeploy_registration_status"] == "Registered"
    assert told["codedeploy_region"] == "us-east-1"
    assert told["ansible_user"] == "test"
    groups = found.get_groups_dict()
    assert (groups["tag_stage_production"], groups["dbs"]) == (["b", "c"], ["c"])


@pytest.mark.usefixtures("on_premises")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"tag_filters": [{"key": "role", "value": "web"}]}, ["a", "b"]),
        ({"tag_filters": [{"key": "role", "value": "db"}, {"value": "test"}]}, ["a", "c"]),
        ({"tag_set": [[{"key": "role", "value": "web"}], [{"key": "stage", "value": "production"}]]}, ["b"]),
        ({"tag_filters": [{"key": "owner"}]}, []),
        ({"registration_status": "Deregistered"}, ["gone"]),
        ({"registration_status": "Deregistered", "tag_filters": [{"key": "role", "value": "db"}]}, []),
    ],
)
def test_some_of_the_on_premises_instances(
    inventory: Inventory, options: dict[str, t.Any], expected: list[str]
) -> None:
    assert names(inventory(**options)) == expected


def test_thousands_take_a_call_for_each_25(inventory: Inventory, emulator: Emulator) -> None:
    emulator.simulate(60)
    assert len(inventory().hosts) == 60
    calls = module_actions(emulator)
    assert calls.count("codedeploy:BatchGetOnPremisesInstances") == 3
    assert set(calls) == {"codedeploy:ListOnPremisesInstances", "codedeploy:BatchGetOnPremisesInstances"}


def test_the_hosts_of_a_deployment_group_of_all_kinds(inventory: Inventory, emulator: Emulator) -> None:
    stage = Ec2Stage(emulator)
    (scaled,) = stage.create_auto_scaling_group("fleet", 1)
    settings = {"onPremisesInstanceTagFilters": [TAG_FILTER], "autoScalingGroups": ["fleet"]}
    tagged, stopped, terminated = stage.set_up_ec2(3, **settings)
    stage.run_instance(tag={"Key": "fleet", "Value": "another"})
    stage.add_host("here")
    stage.ec2.stop_instances(InstanceIds=[stopped])
    stage.ec2.terminate_instances(InstanceIds=[terminated])
    address = "codedeploy_private_ip_address | default(codedeploy_instance_name)"
    found = inventory(**GROUP, compose={"ansible_host": address})
    assert names(found) == sorted([scaled, tagged, stopped, "here"])
    (reservation,) = stage.ec2.describe_instances(InstanceIds=[tagged])["Reservations"]
    (instance,) = reservation["Instances"]
    told = found.hosts[tagged].vars
    assert told["ansible_host"] == told["codedeploy_private_ip_address"] == instance["PrivateIpAddress"]
    assert told["codedeploy_private_dns_name"] == instance["PrivateDnsName"]
    assert (told["codedeploy_instance_id"], told["codedeploy_instance_state"]) == (tagged, "running")
    assert (told["codedeploy_availability_zone"], told["codedeploy_tags"]) == ("us-east-1a", {"fleet": "web"})
    assert found.hosts[stopped].vars["codedeploy_instance_state"] == "stopped"
    assert found.hosts["here"].vars["ansible_host"] == "here"


def test_hosts_are_called_as_asked(inventory: Inventory, emulator: Emulator) -> None:
    stage = Ec2Stage(emulator)
    (instance,) = stage.set_up_ec2(1, onPremisesInstanceTagFilters=[TAG_FILTER])
    stage.add_host("here")
    address = inventory(**GROUP).hosts[instance].vars["codedeploy_private_ip_address"]
    assert names(inventory(application="shop", deployment_group="web", hostnames=["private_ip_address"])) == sorted(
        [address, "here"]
    )
    stage.ec2.create_tags(Resources=[instance], Tags=[{"Key": "Name", "Value": "web-1"}])
    assert names(inventory(**GROUP, hostnames=["tag:Name", "private_ip_address"])) == ["here", "web-1"]
    message = re.escape(f"hostnames: 'here' in us-east-1 and '{instance}' in us-east-1 would both be named 'web';")
    with pytest.raises(AnsibleError, match=message):
        inventory(**GROUP, hostnames=["tag:fleet"])


def test_the_targets_of_deployments_by_name_and_by_id(inventory: Inventory, stage: LiveStage) -> None:
    failed, rollback = fail(stage)
    found = inventory(**GROUP, deployment="last_failed", target_statuses=["Failed"])
    (host,) = found.hosts.values()
    assert (host.name, host.vars["codedeploy_deployment_id"]) == ("bad", failed)
    assert host.vars["codedeploy_failed_lifecycle_event"] == "AfterInstall"
    assert host.vars["codedeploy_diagnostics"]["message"] == "AfterInstall ran"
    assert host.vars["codedeploy_tags"] == {"fleet": "web"}
    assert names(inventory(deployment=failed)) == ["bad", "good"]
    for which in ("last", "last_successful"):
        found = inventory(**GROUP, deployment=which)
        assert {host.vars["codedeploy_deployment_id"] for host in found.hosts.values()} == {rollback}
        assert {host.vars["codedeploy_target_status"] for host in found.hosts.values()} == {"Succeeded"}
    stage.codedeploy.deregister_on_premises_instance(instanceName="bad")
    assert names(inventory(deployment=failed)) == ["good"]


def test_targets_on_ec2(inventory: Inventory, emulator: Emulator) -> None:
    stage = Ec2Stage(emulator)
    (instance,) = stage.set_up_ec2(1)
    stage.deploy()
    told = inventory(**GROUP, deployment="last").hosts[instance].vars
    assert told["codedeploy_target_status"] == "Succeeded"
    assert told["codedeploy_private_ip_address"]


def test_there_are_no_hosts_before_a_deployment_has_its_targets(inventory: Inventory, stage: LiveStage) -> None:
    for which in LAST:
        assert names(inventory(**GROUP, deployment=which)) == []
    assert names(inventory(deployment=stage.create_deployment())) == []


def test_what_comes_from_aws_is_no_template(inventory: Inventory, emulator: Emulator) -> None:
    emulator.simulate("host", tags={"name": "{{ 6 * 7 }}"})
    found = inventory(compose={"copied": "codedeploy_tags.name"})
    assert found.hosts["host"].vars["copied"] == "{{ 6 * 7 }}"
    rendered = Templar(DataLoader(), variables=found.hosts["host"].vars).template(as_template("{{ codedeploy_tags }}"))
    assert rendered == {"name": "{{ 6 * 7 }}"}


def test_several_regions(inventory: Inventory, emulator: Emulator) -> None:
    emulator.simulate("near")
    emulator.simulate("far", region="eu-west-1")
    assert names(inventory()) == ["near"]
    found = inventory(regions=["us-east-1", "eu-west-1"])
    assert {host.name: host.vars["codedeploy_region"] for host in found.hosts.values()} == {
        "near": "us-east-1",
        "far": "eu-west-1",
    }


def test_the_cache_saves_the_calls_until_it_is_refused_or_others_are_asked_for(
    inventory: Inventory, emulator: Emulator, tmp_path: pathlib.Path
) -> None:
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    emulator.simulate("first")
    told = inventory(**cache).hosts["first"].vars
    emulator.simulate("second")
    emulator.calls.clear()
    found = inventory(**cache, groups={"everything": "true"})
    assert {name: host.vars for name, host in found.hosts.items()} == {"first": told}
    assert found.get_groups_dict()["everything"] == ["first"]
    assert module_actions(emulator) == []
    assert names(inventory(use_cache=False, **cache)) == ["first", "second"]
    emulator.calls.clear()
    assert names(inventory(**cache)) == ["first", "second"]
    assert module_actions(emulator) == []
    assert names(inventory(**cache, tag_filters=[{"key": "missing"}])) == []


REFUSED: list[tuple[dict[str, t.Any], str]] = [
    (
        {"aplication_name": "shop", **GROUP},
        "aplication_name: unknown; see `ansible-doc -t inventory slipway.codedeploy",
    ),
    ({"application_name": "shop"}, "application_name and deployment_group_name: only one is set; set both"),
    ({**GROUP, "application_name": "a b"}, "application_name: 'a b' is not a valid name"),
    ({"deployment": "last"}, "deployment: 'last' requires application_name and deployment_group_name; set them"),
    (
        {**GROUP, "deployment": "first"},
        "deployment: 'first' cannot be combined with application_name and deployment_group_name; use one of last, last_failed, last_successful",
    ),
    ({"deployment": "first"}, "deployment: 'first' is not a deployment ID"),
    ({"deployment": "{{ '' }}"}, "deployment: must not be empty; set a value, or remove the option"),
    ({"deployment": None}, "deployment: must not be empty; set a value, or remove the option"),
    ({"application": None}, "application_name: must not be empty; set a value, or remove the option"),
    (
        {"target_statuses": ["Failed"]},
        "target_statuses: requires deployment, which is not set; set it, or remove target_statuses",
    ),
    (
        {**GROUP, "tag_filters": [{"key": "role"}]},
        "tag_filters: cannot be combined with application_name, deployment_group_name",
    ),
    (
        {"deployment": "d-ABCDEFGHI", "registration_status": "Registered"},
        "registration_status: cannot be combined with deployment",
    ),
    ({"tag_filters": []}, "tag_filters: must not be empty; set a value, or remove the option"),
    ({"tag_set": []}, "tag_set: must not be empty; set a value, or remove the option"),
    (
        {"deployment": "d-ABCDEFGHI", "target_statuses": []},
        "target_statuses: must not be empty; set a value, or remove the option",
    ),
    ({"tag_filters": [{"key": "a", "value": "{{ x }}"}]}, "tag_filters: cannot contain templates; use plain values"),
    ({"tag_set": [[{"key": "{{ x }}"}]]}, "tag_set: cannot contain templates; use plain values"),
    ({"tag_filters": [{"key": "a"}], "tag_set": [[{"key": "a"}]]}, "tag_filters: cannot be combined with tag_set"),
    ({"tag_filters": [{"name": "a"}]}, "tag_filters[0]: {'name': 'a'} is not a tag filter"),
    ({"tag_set": [[]]}, "tag_set[0]: [] is not a list with at least one tag filter"),
    (
        {"hostnames": ["Name"]},
        "hostnames: 'Name' is not valid; use tag:KEY or one of instance_name, instance_id, private_ip",
    ),
    ({"hostnames": ["tag:"]}, "hostnames: 'tag:' is not valid; use tag:KEY or one of"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_makes_no_sense_is_refused_without_asking(
    inventory: Inventory, emulator: Emulator, options: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(AnsibleError, match=re.escape(message)):
        inventory(**options)
    assert module_actions(emulator) == []


@pytest.mark.usefixtures("stage")
def test_what_is_not_there_or_not_allowed_is_named(inventory: Inventory, emulator: Emulator) -> None:
    for options, message in (
        ({**GROUP, "application_name": "shpo"}, "there is no application 'shpo' in us-east-1"),
        ({**GROUP, "deployment_group_name": "wbe"}, "application 'shop' has no deployment group 'wbe' in us-east-1"),
        (
            {"deployment": "d-ABCDEFGHI"},
            "deployment: there is no deployment 'd-ABCDEFGHI' in us-east-1; check the ID, the region and the account",
        ),
    ):
        with pytest.raises(AnsibleError, match=message):
            inventory(**options)
    emulator.faults.add(Fault("access_denied", action="codedeploy:ListOnPremisesInstances"))
    with pytest.raises(AnsibleError, match=r"Failed to list the on-premises instances: .*AccessDenied"):
        inventory()


def test_what_has_no_hosts_is_refused(inventory: Inventory, emulator: Emulator) -> None:
    stage = LambdaStage(emulator)
    stage.set_up()
    deployment_id = stage.create_deployment()
    with pytest.raises(AnsibleError, match="deployment_group_name: 'web' is for the platform Lambda, which has no ho"):
        inventory(**GROUP)
    with pytest.raises(
        AnsibleError, match=f"deployment: '{deployment_id}' is for the platform Lambda, which has no ho"
    ):
        inventory(deployment=deployment_id)


def test_the_documented_permissions_are_those_that_are_used(inventory: Inventory, emulator: Emulator) -> None:
    stage = Ec2Stage(emulator)
    stage.create_auto_scaling_group("fleet", 1)
    stage.set_up_ec2(1, onPremisesInstanceTagFilters=[TAG_FILTER], autoScalingGroups=["fleet"])
    stage.add_host("here")
    stage.deploy(failures={host: {"Install": 1} for host in stage.hosts})
    emulator.calls.clear()
    inventory(**GROUP)
    inventory(**GROUP, deployment="last_failed")
    with pytest.raises(AnsibleError):
        inventory(**{**GROUP, "application_name": "shpo"})
    documented = yaml.safe_load(hosts.DOCUMENTATION)["notes"]
    (note,) = [note for note in documented if note.startswith("Required IAM permissions: ")]
    assert set(module_actions(emulator)) == set(re.findall(r"C\((\w+:\w+)\)", note))


# Where Python has found collections before Ansible did, as here, Ansible finds its own plugins by their short names only.
DOCUMENTED = yaml.safe_load_all(hosts.EXAMPLES.replace("ansible.builtin.", ""))
# Which groups each has at least on the stage, where the deployment group `web` has the hosts `bad` and `good`.
GROUPS: list[dict[str, list[str]]] = [
    {"tag_fleet_web": ["bad", "good"], "tag_stage_production": ["shop-1"]},
    {"ungrouped": ["shop-1"]},
    {"ungrouped": ["bad", "good"]},
    {"at_AfterInstall": ["bad"]},
    {"done": ["bad", "good"]},
]


def test_the_examples_work(
    inventory: Inventory, stage: LiveStage, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.emulator.simulate("shop-1", tags={"application": "web-app", "stage": "production"})
    _failed, rollback = fail(stage)
    monkeypatch.setenv("DEPLOYMENT_ID", rollback)
    place = {"region": "us-east-1", "regions": ["us-east-1"], "cache_connection": str(tmp_path), **GROUP}
    for example, groups in zip(DOCUMENTED, GROUPS, strict=True):
        found = inventory(**{**example, **{name: value for name, value in place.items() if name in example}})
        found.reconcile_inventory()
        told = found.get_groups_dict()
        assert {name: told.get(name) for name in groups} == groups, example


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"endpoint_url": "http://me:geheim@127.0.0.1:1"},
            r'check the region, .*endpoint URL: "http://\*\*\*@127\.0\.0\.1:1/"',
        ),
        (
            {"endpoint_url": "http://me:geheim@127.0.0.1:1", "assume_role_arn": "arn:aws:iam::111122223333:role/x"},
            r'(Failed to assume the role \(no response|Unable to assume role).*"http://\*\*\*@127\.0\.0\.1:1/"',
        ),
        (
            {"endpoint_url": "http://me:geheim@host:port"},
            r"endpoint_url: 'http://\*\*\*@host:port' is not a valid endpoint URL",
        ),
        ({"regions": ["eu central"]}, "regions: 'eu central' is not a valid region"),
        ({"access_key": "", "secret_key": "", "profile": "nobody"}, "profile: there is no profile 'nobody'"),
        ({"profile": "nobody"}, "profile: cannot be combined with access_key, secret_key"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_mistakes_on_the_way_to_aws_are_named(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, options: dict[str, t.Any], message: str
) -> None:
    monkeypatch.setattr(botocore.endpoint, "time", types.SimpleNamespace(sleep=lambda _seconds: None))
    with pytest.raises(AnsibleError, match=message) as caught:
        inventory(**options)
    assert "geheim" not in str(caught.value)


def test_a_file_of_authorities_that_is_not_there_is_named(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/none/ca.pem")
    with pytest.raises(AnsibleError, match=r"AWS_CA_BUNDLE: the file '/none/ca\.pem' does not exist"):
        inventory()
