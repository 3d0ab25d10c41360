# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application, a group and its hosts, ready to be deployed to, on an emulator whose time stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.credentials import Credentials

from ..emulator import Emulator
from .scripted_host import ScriptedHost
from .watched_emulator import WatchedEmulator

ROLE = "arn:aws:iam::123456789012:role/codedeploy"
TAG = {"Key": "fleet", "Value": "web"}
TAG_FILTER = {**TAG, "Type": "KEY_AND_VALUE"}


def s3_revision(key: str = "one.zip", **members: str) -> dict[str, Any]:
    location = {"bucket": "bundles", "key": key, "bundleType": "zip", **members}
    return {"revisionType": "S3", "s3Location": location}


class Stage(WatchedEmulator):
    """Application ``shop`` with the group ``web``, which selects the hosts made here."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(emulator)
        self._iam = emulator.client("iam")
        self.hosts: dict[str, ScriptedHost] = {}

    def set_up(self, *host_names: str, **settings: Any) -> None:
        """Make the application, the group with ``settings``, and the hosts."""
        self.codedeploy.create_application(applicationName="shop")
        self.create_group(**settings)
        for name in host_names:
            self.add_host(name)

    def create_group(self, name: str = "web", **settings: Any) -> None:
        members = {"onPremisesInstanceTagFilters": [TAG_FILTER], "serviceRoleArn": ROLE, **settings}
        self.codedeploy.create_deployment_group(applicationName="shop", deploymentGroupName=name, **members)

    def add_host(self, name: str) -> ScriptedHost:
        """Register an on-premises instance with an IAM user of its own."""
        arn = self.create_user(name)
        self.codedeploy.register_on_premises_instance(instanceName=name, iamUserArn=arn)
        self.codedeploy.add_tags_to_on_premises_instances(instanceNames=[name], tags=[TAG])
        self.hosts[name] = ScriptedHost(self.emulator.endpoint, arn, self.credentials(name))
        return self.hosts[name]

    def create_user(self, name: str) -> str:
        """The ARN of a new IAM user."""
        return str(self._iam.create_user(UserName=name)["User"]["Arn"])

    def credentials(self, user: str) -> Credentials:
        key = self._iam.create_access_key(UserName=user)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def create_deployment(self, key: str = "one.zip", group: str = "web", **members: Any) -> str:
        answer = self.codedeploy.create_deployment(
            applicationName="shop", deploymentGroupName=group, revision=s3_revision(key), **members
        )
        return str(answer["deploymentId"])

    def start(self, key: str = "one.zip", **members: Any) -> str:
        """Create a deployment and let the moment pass until it starts."""
        deployment_id = self.create_deployment(key, **members)
        self.pass_time(1)
        return deployment_id

    def play(self, failures: Mapping[str, Mapping[str, int]] | None = None) -> list[tuple[str, str]]:
        """Let the hosts do whatever is offered until nothing is; ``failures`` by host and event. What was done, in order."""
        done: list[tuple[str, str]] = []
        while True:
            round_done = [(name, host.run_next((failures or {}).get(name, {}))) for name, host in self.hosts.items()]
            new = [(name, event) for name, event in round_done if event is not None]
            if not new:
                return done
            done += new

    def deploy(
        self, key: str = "one.zip", failures: Mapping[str, Mapping[str, int]] | None = None, **members: Any
    ) -> str:
        """Create a deployment, start it and play it to its end."""
        deployment_id = self.start(key, **members)
        self.play(failures)
        return deployment_id

    def group_info(self) -> dict[str, Any]:
        answer = self.codedeploy.get_deployment_group(applicationName="shop", deploymentGroupName="web")
        info: dict[str, Any] = answer["deploymentGroupInfo"]
        return info

    def target(self, deployment_id: str, name: str) -> dict[str, Any]:
        answer = self.codedeploy.get_deployment_target(deploymentId=deployment_id, targetId=name)
        target: dict[str, Any] = answer["deploymentTarget"]["instanceTarget"]
        return target

    def event(self, deployment_id: str, host: str, name: str) -> dict[str, Any]:
        events = self.target(deployment_id, host)["lifecycleEvents"]
        return next(event for event in events if event["lifecycleEventName"] == name)

    def event_statuses(self, deployment_id: str, host: str) -> list[str]:
        return [event["status"] for event in self.target(deployment_id, host)["lifecycleEvents"]]

    def target_statuses(self, deployment_id: str) -> dict[str, str]:
        return {name: self.target(deployment_id, name)["status"] for name in self.hosts}
