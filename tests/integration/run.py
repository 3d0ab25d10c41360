# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m integration.run [TARGET...]`: ansible-test's integration targets, all or those named, on an emulator of their own.

Works on the copy of the collection that `make copy` leaves in build/. The exit status is that of ansible-test.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import yaml

from emulator import Emulator

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "copy" / "ansible_collections" / "slipway" / "codedeploy"
INTEGRATION = COPY / "tests" / "integration"


@contextlib.contextmanager
def integration_config(emulator: Emulator) -> Iterator[None]:
    """The file by which ansible-test, which strips the environment, lets a target know where the emulator is."""
    environment = emulator.environment
    variables = {
        "emulator_endpoint": emulator.endpoint,
        "region": environment["AWS_REGION"],
        "access_key": environment["AWS_ACCESS_KEY_ID"],
        "secret_key": environment["AWS_SECRET_ACCESS_KEY"],
    }
    file = INTEGRATION / "integration_config.yml"
    file.write_text(yaml.safe_dump(variables))
    try:
        yield
    finally:
        file.unlink()


def run_targets(targets: list[str]) -> int:
    """Run TARGETS, or all if none is named, and return the exit status."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = ["ansible-test", "integration", "--local", "--python", python, *targets, "--color", "no"]
    environment = {**os.environ, "HOME": str(ROOT / "build" / "home")}
    with Emulator() as emulator, integration_config(emulator):
        return subprocess.run(command, cwd=COPY, env=environment, check=False).returncode


def main(targets: list[str]) -> int:
    """Run TARGETS unless one of them does not exist."""
    known = sorted(path.name for path in (INTEGRATION / "targets").iterdir() if (path / "tasks" / "main.yml").is_file())
    if unknown := [target for target in targets if target not in known]:
        print(f"unknown target: {', '.join(unknown)}; the targets are {', '.join(known)}", file=sys.stderr)
        return 2
    return run_targets(targets)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
