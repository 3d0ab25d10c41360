# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registration of many hosts at once by the role `agent`: what AWS is asked, in what order hosts may come, and who fails."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import typing as t
from collections import Counter
from dataclasses import dataclass

import pytest

from e2e.calls import actions
from e2e.playbooks import ANSIBLE_PLAYBOOK, playbook_environment, without_colours
from emulator import Emulator
from emulator.service.on_premises_instances import HELD_FOR

ACCOUNT = "arn:aws:iam::123456789012"
Hosts = dict[str, dict[str, t.Any]]


@dataclass(frozen=True)
class Run:
    """How a playbook ended: its OUTPUT, how many tasks CHANGED something, which hosts FAILED, and what AWS was asked how often."""

    output: str
    calls: dict[str, int]

    @property
    def changed(self) -> int:
        return sum(int(number) for number in re.findall(r"changed=(\d+)", self.output))

    @property
    def failed(self) -> set[str]:
        return set(re.findall(r"^(\S+) .* failed=[1-9]", self.output, re.M))


@dataclass(frozen=True)
class Fleet:
    """A controller whose hosts are registered in EMULATOR; the hosts themselves are never reached."""

    emulator: Emulator
    folder: pathlib.Path

    def run(self, hosts: Hosts, *arguments: str, state: str = "present", **play: t.Any) -> Run:
        """Bring the registration of HOSTS, given with their options, to STATE in a play with the keywords PLAY."""
        inventory, playbook = self.folder / "inventory.json", self.folder / "play.yml"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
        role = {"name": "slipway.codedeploy.agent", "tasks_from": "registration"}
        task = {
            "name": "Register",
            "ansible.builtin.include_role": role,
            "when": "agent_identity != 'ec2'",
            "vars": {"__agent_registration_state": state},
        }
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task], **play}]))
        (self.folder / "ansible.cfg").touch()
        self.emulator.calls.clear()
        ended = subprocess.run(
            [ANSIBLE_PLAYBOOK, "--inventory", inventory, playbook, *arguments],
            env={**playbook_environment(self.emulator.environment, self.folder), "ANSIBLE_PIPELINING": "True"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        calls = Counter(action.removeprefix("codedeploy:") for action in actions(self.emulator))
        return Run(without_colours(ended.stdout), dict(calls))

    def registered(self) -> dict[str, tuple[str, dict[str, str]]]:
        """The ARN and the tags of each registered instance."""
        codedeploy = self.emulator.client("codedeploy")
        names = codedeploy.list_on_premises_instances(registrationStatus="Registered")["instanceNames"]
        infos = codedeploy.batch_get_on_premises_instances(instanceNames=names)["instanceInfos"] if names else []
        return {
            info["instanceName"]: (
                info.get("iamUserArn") or info["iamSessionArn"],
                {tag["Key"]: tag["Value"] for tag in info["tags"]},
            )
            for info in infos
        }


@pytest.fixture
def fleet(emulator: Emulator, tmp_path: pathlib.Path) -> Fleet:
    return Fleet(emulator, tmp_path)


def options(name: str, **given: t.Any) -> dict[str, t.Any]:
    """The options of a host with a user of its own, GIVEN among them or in their place."""
    return {
        "agent_region": "us-east-1",
        "agent_identity": "iam_user",
        "agent_iam_user_arn": f"{ACCOUNT}:user/{name}",
        "agent_tags": {"app": "shop"},
        **given,
    }


def test_a_batch_costs_a_call_for_what_is_read_and_one_for_each_host_that_is_new(fleet: Fleet) -> None:
    names = [f"web-{number:02}" for number in range(4)]
    hosts = {"aside": {"agent_identity": "ec2"}, **{name: options(name) for name in names}}
    foretold = fleet.run(hosts, "--check")
    assert (foretold.failed, foretold.changed, fleet.registered()) == (set(), 1, {}), foretold.output
    first = fleet.run(hosts)
    assert (first.failed, first.changed) == (set(), 1), first.output
    assert first.calls["RegisterOnPremisesInstance"] == 4
    assert first.calls["AddTagsToOnPremisesInstances"] == 1
    assert fleet.registered() == {name: (f"{ACCOUNT}:user/{name}", {"app": "shop"}) for name in names}
    again = fleet.run(hosts)
    assert (again.failed, again.changed, again.calls) == (set(), 0, {"BatchGetOnPremisesInstances": 1}), again.output


def test_hosts_differ_and_come_in_batches(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    session = {"agent_identity": "iam_session", "agent_tags": {"app": "db"}}
    hosts: Hosts = {
        "web-1": options("web-1"),
        "db-1": {**options("db-1"), **session, "agent_iam_session_arn": "arn:aws:sts::123456789012:assumed-role/db/1"},
        "own-1": {
            "agent_identity": "iam_user",
            "agent_region": "us-east-1",
            "agent_iam_user": {"buckets": ["bundles"]},
            "agent_key_directory": str(tmp_path / "keys"),
        },
        "web-2": options("web-2", agent_instance_name="second"),
    }
    run = fleet.run(hosts, serial=3)
    assert (run.failed, run.changed) == (set(), 2), run.output
    assert fleet.registered() == {
        "web-1": (f"{ACCOUNT}:user/web-1", {"app": "shop"}),
        "db-1": ("arn:aws:sts::123456789012:assumed-role/db/1", {"app": "db"}),
        "own-1": (f"{ACCOUNT}:user/AWS/CodeDeploy/own-1", {}),
        "second": (f"{ACCOUNT}:user/web-2", {"app": "shop"}),
    }
    assert (tmp_path / "keys/own-1.codedeploy.onpremises.yml").stat().st_mode & 0o777 == 0o600

    gone = fleet.run(hosts, state="absent")
    assert (gone.failed, gone.changed, fleet.registered()) == (set(), 1, {}), gone.output
    assert fleet.emulator.client("iam").list_users()["Users"] == []


TAKEN = f"{ACCOUNT}:user/somebody"


def test_a_host_that_fails_fails_alone(fleet: Fleet) -> None:
    codedeploy = fleet.emulator.client("codedeploy")
    for name, arn in {"web-1": TAKEN, "elsewhere": f"{ACCOUNT}:user/web-3"}.items():
        codedeploy.register_on_premises_instance(instanceName=name, iamUserArn=arn)
    twins = {name: options(name, agent_instance_name="twin", agent_region="us-west-2") for name in ("web-5", "web-6")}
    hosts = {**{name: options(name) for name in ("web-0", "web-1", "web-2", "web-3", "web-4")}, **twins}
    broken = {"name": "Break", "ansible.builtin.fail": {}, "when": "inventory_hostname == 'web-0'"}
    run = fleet.run(hosts, "--limit", "!web-4", pre_tasks=[broken])
    assert run.failed == {"web-0", "web-1", "web-3", "web-5", "web-6"}, run.output
    said = " ".join(run.output.split())
    assert f"web-1 is registered with {TAKEN}, not with {ACCOUNT}:user/web-1" in said
    assert "web-3 was not registered: " in said
    assert "IamUserArnAlreadyRegisteredException" in said
    assert "tasks_from unregister" in said
    assert said.count("twin was not registered: instances[1].instance_name") >= 2
    assert fleet.registered() == {
        "elsewhere": (f"{ACCOUNT}:user/web-3", {}),
        "web-1": (TAKEN, {}),
        "web-2": (f"{ACCOUNT}:user/web-2", {"app": "shop"}),
    }


def test_a_host_that_was_unregistered_comes_back_a_day_later_or_under_another_name(fleet: Fleet) -> None:
    session = "arn:aws:sts::123456789012:assumed-role/hosts/web-1"
    own = options("web-1", agent_identity="iam_session", agent_iam_session_arn=session)
    codedeploy = fleet.emulator.client("codedeploy")
    codedeploy.register_on_premises_instance(instanceName="web-1", iamSessionArn=session)
    codedeploy.deregister_on_premises_instance(instanceName="web-1")
    run = fleet.run({"web-1": own, "web-2": options("web-2", agent_instance_name="web-2-again")})
    assert run.failed == {"web-1"}, run.output
    said = " ".join(run.output.split())
    assert (
        "web-1 was not registered: instance_name: AWS still holds the name web-1 and its ARN after the deregistration"
        in said
    )
    assert "register again about 24 hours later" in said
    assert list(fleet.registered()) == ["web-2-again"]

    fleet.emulator.clock.advance(HELD_FOR)
    run = fleet.run({"web-1": own})
    assert run.failed == set(), run.output
    assert fleet.registered()["web-1"] == (session, {"app": "shop"})


def test_under_the_strategy_free_each_host_speaks_for_itself(fleet: Fleet) -> None:
    names = ("web-1", "web-2", "web-3")
    fleet.emulator.client("codedeploy").register_on_premises_instance(instanceName="web-1", iamUserArn=TAKEN)
    run = fleet.run({name: options(name) for name in names}, strategy="free")
    assert (run.failed, run.changed) == ({"web-1"}, 2), run.output
    assert run.calls["RegisterOnPremisesInstance"] == 2
    assert {name: arn for name, (arn, _tags) in fleet.registered().items()} == {
        "web-1": TAKEN,
        **{name: f"{ACCOUNT}:user/{name}" for name in names[1:]},
    }
