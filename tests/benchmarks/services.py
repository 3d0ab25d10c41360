# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pushes talk to: the emulator for CodeDeploy and the sink for S3, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPLICATION = "benchmark"
BUCKET = "sink"

Environment = Mapping[str, str]


@dataclass
class Services:
    """The ENVIRONMENT that points every client at them and, once they have ended, the SIZES of the stored objects by path."""

    environment: Environment
    sizes: dict[str, int] = field(default_factory=dict)


@contextlib.contextmanager
def running_services(folder: pathlib.Path) -> Iterator[Services]:
    """Emulator, with an application, and sink for as long as the block runs; FOLDER takes what clients write to temporary files."""
    certificate = folder / "certificate.pem"
    own = own_environment(folder)
    with child("emulator", "--port", "0", environment=own) as emulator:
        assert emulator.stdout
        exports = exports_from_lines(iter(emulator.stdout.readline, ""))
        with child("benchmarks.sink", str(certificate), environment=own) as sink:
            assert sink.stdout
            places = {
                "AWS_ENDPOINT_URL_CODEDEPLOY": exports.pop("AWS_ENDPOINT_URL"),
                "AWS_ENDPOINT_URL_S3": f"https://127.0.0.1:{int(sink.stdout.readline())}",
                "AWS_CA_BUNDLE": str(certificate),
            }
            running = Services({**own, **exports, **places})
            _create_application(running.environment)
            yield running
            running.sizes = json.loads(sink.communicate()[0])


def own_environment(folder: pathlib.Path) -> dict[str, str]:
    """Nothing of the caller's account or settings gets in."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    return {
        **own,
        "PYTHONPATH": os.pathsep.join(str(ROOT / path) for path in ("tests", "build/collections")),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextlib.contextmanager
def child(module: str, *arguments: str, environment: Environment) -> Iterator[subprocess.Popen[str]]:
    """`python -m MODULE`, asked to end when the block does."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def exports_from_lines(lines: Iterator[str]) -> dict[str, str]:
    """The variables of the `export NAME=VALUE` lines with which the emulator begins."""
    exports = {}
    for line in lines:
        command, *assignment = shlex.split(line, comments=True) or [""]
        if command != "export":
            break
        name, _sign, value = assignment[0].partition("=")
        exports[name] = value
    return exports


def _create_application(environment: Environment) -> None:
    command = [aws_command(), "deploy", "create-application", "--application-name", APPLICATION]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def aws_command() -> str:
    """The AWS CLI of the set-up."""
    return str(pathlib.Path(sys.executable).with_name("aws"))
