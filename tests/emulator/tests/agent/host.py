# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the stand-in agent's tests: its directories, its configuration file and its agent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emulator.hosts.agent import Agent, load_config
from emulator.tests.agent.bundles import bundle_of
from emulator.tests.agent.scripted_service import ScriptedService

INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-0abc1234"
GROUP = "0f1e2d3c-0000-4000-8000-000000000001"
EVENTS = (
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
)
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "AWS_HOST_IDENTIFIER": INSTANCE,
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY": "AKIDEXAMPLE",
    "AWS_SECRET_KEY": "an example of a secret",
}


class Host:
    """A host below `directory`: `root` stands for its `/`, `agent_root` is the agent's root_dir."""

    def __init__(self, service: ScriptedService, directory: Path, **settings: str) -> None:
        self.service = service
        self.root, self.agent_root = directory / "root", directory / "agent" / "deployment-root"
        self.root.mkdir(parents=True)
        self.config_file = directory / "codedeployagent.yml"
        self.config_file.write_text(self._config_text(directory, settings), encoding="utf-8")
        self.restart()

    def restart(self) -> None:
        """A new agent on what the old one left behind."""
        self.agent = Agent(load_config(self.config_file, self.root), ENVIRONMENT)

    def _config_text(self, directory: Path, settings: Mapping[str, str]) -> str:
        lines = {
            "root_dir": str(self.agent_root),
            "log_dir": str(directory / "log"),
            "pid_dir": str(directory / "pid"),
            "deploy_control_endpoint": self.service.endpoint,
            "s3_endpoint_override": self.service.endpoint,
            "on_premises_config_file": str(directory / "codedeploy.onpremises.yml"),
            "wait_between_runs": "0.05",
            "wait_after_error": "0.05",
            **settings,
        }
        return "---\n" + "".join(f":{key}: {value}\n" for key, value in lines.items())

    def upload(self, files: Mapping[str, str], bundle_type: str = "zip") -> dict[str, Any]:
        """Puts a bundle into S3; returns the Revision member that names it."""
        return self.upload_bytes(bundle_of(bundle_type, files), bundle_type)

    def upload_bytes(self, bundle: bytes, bundle_type: str) -> dict[str, Any]:
        etag = self.service.put_object("releases", f"my app.{bundle_type}", bundle)
        revision = {"Bucket": "releases", "Key": f"my app.{bundle_type}", "BundleType": bundle_type, "ETag": etag}
        return {"RevisionType": "S3", "S3Revision": revision}

    def command(
        self, name: str, deployment: str, revision: Mapping[str, Any], **members: Any
    ) -> tuple[str, dict[str, Any]]:
        """Has the agent carry one command out; returns the status and the payload that it reported."""
        identifier = self.service.offer(INSTANCE, name, specification(deployment, revision, **members))
        self.agent.run_once()
        return self.service.completion(identifier, timeout=0)

    def deploy(self, deployment: str, revision: Mapping[str, Any], **members: Any) -> tuple[str, str, dict[str, Any]]:
        """Has the agent run the events of a deployment in place until one fails; returns the last one, its status and its payload."""
        for event in EVENTS:
            status, payload = self.command(event, deployment, revision, **members)
            if status != "Succeeded":
                break
        return event, status, payload

    def archive(self, deployment: str) -> Path:
        return self.agent_root / GROUP / deployment / "deployment-archive"


def specification(deployment: str, revision: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A deployment specification as the service signs it."""
    return {
        "DeploymentId": deployment,
        "DeploymentGroupId": GROUP,
        "DeploymentGroupName": "production",
        "ApplicationName": "shop",
        "DeploymentCreator": "user",
        "DeploymentType": "IN_PLACE",
        "Revision": revision,
        **members,
    }
