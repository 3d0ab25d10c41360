# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts for whole playbooks: folders that play a host's root, each with a stand-in host agent that polls the emulator."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import typing as t
import urllib.request
from dataclasses import dataclass

from emulator import Emulator

from .processes import end_processes_below

TESTS = pathlib.Path(__file__).resolve().parent.parent
CONFIGURATION = "etc/codedeploy-agent/conf"
AGENT_LOGS = "var/log/aws/codedeploy-agent"


@dataclass(frozen=True)
class Host:
    """An on-premises host: ROOT plays its `/`, PORT is where its web application listens."""

    name: str
    root: pathlib.Path
    port: int
    iam_user_arn: str

    def get(self, path: str) -> str:
        """What the host's web application answers to GET PATH. Raises OSError where there is no answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def health(self) -> dict[str, str] | str:
        """What `/health` says, or why it says nothing."""
        try:
            return t.cast("dict[str, str]", json.loads(self.get("/health")))
        except (OSError, ValueError) as error:
            return f"no good answer: {error}"

    def logs(self) -> dict[str, str]:
        """The logs of the agent and of the applications that hold anything, by path below the root."""
        logs = {path: path.read_text(errors="replace") for path in sorted((self.root / "var/log").rglob("*.log"))}
        return {str(path.relative_to(self.root)): text for path, text in logs.items() if text}


def free_port() -> int:
    """A free port below those that the kernel gives to outgoing connections, so that none takes it while a server is replaced."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _create_user(emulator: Emulator, name: str) -> dict[str, str]:
    """An IAM user for the host NAME, as codedeploy.onpremises.yml wants to know it."""
    iam = emulator.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "region": emulator.environment["AWS_REGION"],
        "iam_user_arn": arn,
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }


def _agent_configuration(emulator: Emulator, root: pathlib.Path) -> dict[str, str]:
    """The agent's own settings (keys from the AWS user guide, reference-agent-configuration): in a hurry, and all below ROOT."""
    return {
        ":log_dir:": f"{root}/{AGENT_LOGS}",
        ":pid_dir:": f"{root}/run",
        ":root_dir:": f"{root}/opt/codedeploy-agent/deployment-root",
        ":on_premises_config_file:": f"{root}/{CONFIGURATION}/codedeploy.onpremises.yml",
        ":deploy_control_endpoint:": emulator.endpoint,
        ":s3_endpoint_override:": emulator.endpoint,
        ":wait_between_runs:": "0.2",
        ":wait_after_error:": "0.5",
    }


def _write_private(path: pathlib.Path, lines: dict[str, str]) -> None:
    """Write `key value` LINES to PATH, for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))


def _prepare(emulator: Emulator, name: str, root: pathlib.Path) -> Host:
    """Everything that a host has before its agent starts."""
    user = _create_user(emulator, name)
    host = Host(name, root, free_port(), user["iam_user_arn"])
    configuration = root / CONFIGURATION
    _write_private(configuration / "codedeployagent.yml", _agent_configuration(emulator, root))
    _write_private(configuration / "codedeploy.onpremises.yml", {f"{key}:": value for key, value in user.items()})
    (root / "etc/web-app.env").write_text(f"PORT={host.port}\nBIND=127.0.0.1\nHOST_NAME={name}\n")
    (root / AGENT_LOGS).mkdir(parents=True)
    (root / "run").mkdir()
    return host


def _start_agent(host: Host) -> subprocess.Popen[bytes]:
    """Start the stand-in agent of HOST, in a session of its own: Ctrl-C is for the one who watches, and ends agents in order."""
    configuration = host.root / CONFIGURATION / "codedeployagent.yml"
    with (host.root / AGENT_LOGS / "output.log").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "emulator.hosts.agent", "--config_file", configuration, "--host-root", host.root],
            cwd=host.root,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(TESTS)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@contextlib.contextmanager
def running_hosts(emulator: Emulator, names: t.Sequence[str], folder: pathlib.Path) -> t.Iterator[list[Host]]:
    """Hosts called NAMES with running agents, each with its root in FOLDER; the agents and all they started end with the block.

    Each has an IAM user of its name in the emulator. They are not registered: that is what playbooks do.
    """
    agents = []
    try:
        hosts = [_prepare(emulator, name, folder / name) for name in names]
        agents = [_start_agent(host) for host in hosts]
        yield hosts
    finally:
        for agent in agents:
            agent.terminate()
        for name in names:
            end_processes_below(folder / name)
        for agent in agents:
            agent.wait()
