# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A place to deploy to: the emulator, two hosts with agents, and an application whose deployments the tests steer."""

from __future__ import annotations

import pathlib
import subprocess
import time
import typing as t
from dataclasses import dataclass, field

import pytest
import yaml

from emulator import Clock, Emulator, Fault, ManualClock

from .calls import actions, writes
from .hosts import Host, running_hosts
from .playbooks import PINNED, Installation, PlaybookRun, playbook_environment, run_playbook

BUCKET = "releases"
APPLICATION = "shop"
GROUP = {"applicationName": APPLICATION, "deploymentGroupName": "production"}
HOSTS = ("web-1", "web-2")
LIMIT = 300.0

APPSPEC = """\
version: 0.0
os: linux
files:
  - source: version
    destination: /opt/shop
hooks:
  ValidateService:
    - location: validate.sh
      timeout: 600
"""

# The hook waits for leave to end where the host holds a file `hold`, so that a test can look in while a deployment is under way.
VALIDATE = """\
#!/bin/sh
while [ -e "$HOST_ROOT/hold" ]; do sleep 0.1; done
echo "validating version $(cat "$HOST_ROOT/opt/shop/version")"
grep -q good "$HOST_ROOT/opt/shop/version" || { echo "this version is rotten" >&2; exit 3; }
cat "$HOST_ROOT/opt/shop/version" >> "$HOST_ROOT/shipped"
"""


@dataclass
class Site:
    """What the tests deploy to, and how they look at it from outside."""

    emulator: Emulator
    hosts: list[Host]
    folder: pathlib.Path
    deploy: dict[str, t.Any] = field(default_factory=dict)
    installation: Installation = PINNED

    def write_release(self, version: str) -> None:
        """Write a source tree of VERSION; the hook refuses one whose name does not hold `good`."""
        source = pathlib.Path(self.deploy["source"])
        source.mkdir(exist_ok=True)
        (source / "appspec.yml").write_text(APPSPEC)
        (source / "version").write_text(f"{version}\n")
        (source / "validate.sh").write_text(VALIDATE)
        (source / "validate.sh").chmod(0o755)

    def write_playbook(self, *tasks: dict[str, t.Any]) -> pathlib.Path:
        """A playbook of TASKS on the controller."""
        playbook = self.folder / "playbook.yml"
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": list(tasks)}
        playbook.write_text(yaml.safe_dump([play], sort_keys=False))
        return playbook

    def deploy_task(self, name: str = "Deploy", **options: t.Any) -> dict[str, t.Any]:
        """A task that deploys the source tree, with OPTIONS beside or instead of the usual ones; None leaves one out."""
        arguments = {option: value for option, value in {**self.deploy, **options}.items() if value is not None}
        return {"name": name, "slipway.codedeploy.deploy": arguments}

    def run(self, *tasks: dict[str, t.Any]) -> PlaybookRun:
        """Run TASKS to their end; the emulator's record then holds the calls of this run."""
        self.emulator.calls.clear()
        return self.run_file(self.write_playbook(*tasks))

    def run_file(self, playbook: pathlib.Path) -> PlaybookRun:
        """Run PLAYBOOK to its end."""
        return run_playbook(
            playbook, {}, self.emulator.environment, self.folder, lambda _line: None, installation=self.installation
        )

    def environment(self) -> dict[str, str]:
        """The environment of the installation's other commands."""
        return playbook_environment(self.emulator.environment, self.folder, installation=self.installation)

    def start(self, *tasks: dict[str, t.Any]) -> subprocess.Popen[str]:
        """Start TASKS in a process group of their own."""
        return subprocess.Popen(
            [self.installation.tools / "ansible-playbook", self.write_playbook(*tasks)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def deployments(self) -> list[dict[str, t.Any]]:
        """The deployments of the group, the oldest first."""
        codedeploy = self.emulator.client("codedeploy")
        ids = codedeploy.list_deployments(**GROUP)["deployments"]
        found = [codedeploy.get_deployment(deploymentId=each)["deploymentInfo"] for each in ids]
        return sorted(found, key=lambda info: info["createTime"])

    def is_under_way(self, deployment_id: str) -> bool:
        """Whether the deployment has begun on a host and not ended there."""
        overview = self.emulator.client("codedeploy").get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return overview.get("deploymentOverview", {}).get("InProgress", 0) > 0

    def versions(self) -> set[str]:
        """The versions that are installed on the hosts."""
        return {(host.root / "opt/shop/version").read_text().strip() for host in self.hosts}

    def shipped(self) -> list[list[str]]:
        """The versions that each host has found good, one after the other."""
        return [(host.root / "shipped").read_text().splitlines() for host in self.hosts]

    def written(self) -> list[str]:
        """The IAM actions of the last run's calls that changed something."""
        return writes(self.emulator)

    def calls(self, service: str) -> list[str]:
        """The IAM actions of the last run's calls to SERVICE."""
        return [action for action in actions(self.emulator) if action.startswith(f"{service}:")]

    def let_time_pass(self, seconds: float) -> None:
        """So many seconds pass before each look at a deployment."""
        self.emulator.faults.clear()
        self.emulator.faults.add(Fault("time_passes", "codedeploy:GetDeployment", seconds=seconds))

    def hold(self) -> None:
        """Let the next deployment wait in its hook."""
        for host in self.hosts:
            (host.root / "hold").touch()

    def release_hold(self) -> None:
        """Let a deployment that waits in its hook go on."""
        for host in self.hosts:
            (host.root / "hold").unlink(missing_ok=True)


def eventually(what: str, condition: t.Callable[[], t.Any]) -> t.Any:
    """The first true answer of CONDITION; fails, saying WHAT was awaited, when a generous limit is over."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(0.1)
    pytest.fail(f"not within {LIMIT:.0f} s: {what}")


def _create_application(emulator: Emulator) -> None:
    """The application, its group, which selects hosts with the tag of its name, and the bucket."""
    codedeploy = emulator.client("codedeploy")
    codedeploy.create_application(applicationName=APPLICATION)
    codedeploy.create_deployment_group(
        **GROUP,
        serviceRoleArn="arn:aws:iam::123456789012:role/CodeDeployServiceRole",
        deploymentConfigName="CodeDeployDefault.OneAtATime",
        onPremisesInstanceTagFilters=[{"Key": "app", "Value": APPLICATION, "Type": "KEY_AND_VALUE"}],
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    emulator.client("s3").create_bucket(Bucket=BUCKET)


def _register(emulator: Emulator, hosts: list[Host]) -> None:
    codedeploy = emulator.client("codedeploy")
    for host in hosts:
        codedeploy.register_on_premises_instance(instanceName=host.name, iamUserArn=host.iam_user_arn)
        codedeploy.add_tags_to_on_premises_instances(
            instanceNames=[host.name], tags=[{"Key": "app", "Value": APPLICATION}]
        )


def new_site(emulator: Emulator, hosts: list[Host], folder: pathlib.Path) -> Site:
    """A site with a release to ship."""
    _create_application(emulator)
    options = {
        "application_name": APPLICATION,
        "deployment_group_name": GROUP["deploymentGroupName"],
        "source": str(folder / "source"),
        "s3_bucket": BUCKET,
        "wait_delay": 2,
        "wait_timeout": 900,
    }
    place = Site(emulator, hosts, folder, options)
    place.write_release("good 1")
    return place


@pytest.fixture
def site(tmp_path: pathlib.Path) -> t.Iterator[Site]:
    with Emulator() as emulator, running_hosts(emulator, list(HOSTS), tmp_path) as hosts:
        place = new_site(emulator, hosts, tmp_path)
        _register(emulator, hosts)
        yield place
        place.release_hold()


@pytest.fixture
def simulated_site(tmp_path: pathlib.Path) -> t.Iterator[Site]:
    """A site for what is not about hosts: these are simulated, and time jumps over all waiting."""
    with Emulator(clock=Clock(float("inf"))) as emulator:
        emulator.simulate(HOSTS, tags={"app": APPLICATION})
        yield new_site(emulator, [], tmp_path)


@pytest.fixture
def still_site(tmp_path: pathlib.Path) -> t.Iterator[Site]:
    """The same, but time stands still until a test lets it pass."""
    with Emulator(clock=ManualClock()) as emulator:
        emulator.simulate(HOSTS, tags={"app": APPLICATION})
        yield new_site(emulator, [], tmp_path)
