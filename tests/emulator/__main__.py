# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m emulator``: run in the foreground until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading

from .emulator import Emulator
from .server import PortTakenError


def notes(emulator: Emulator) -> list[str]:
    """What its user has to know, a line each."""
    return [
        f"The emulator listens on {emulator.endpoint}; Ctrl-C ends it, and with it everything in it.",
        "Run the lines above in the shell that is to use it. The account is 123456789012, and empty:",
        "make the bucket for your bundles with `aws s3 mb s3://NAME`. Other regions work, each with resources of its own.",
        "It has no hosts. A deployment to instances on which no agent polls it fails after five minutes, as it does on AWS;",
        "`python -m emulator.hosts.agent` is a stand-in agent, and tests/e2e/hosts.py shows how to give one a host.",
    ]


def main() -> int:
    """Serve and print what a shell must export; the exit status is 1 if the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description="A CodeDeploy emulator on loopback.")
    parser.add_argument("--port", type=int, default=4566, help="0 takes a free one (default: %(default)s)")
    port = parser.parse_args().port
    if not 0 <= port <= 65535:
        parser.error(f"--port is {port}; it must be 0 to 65535")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    emulator = Emulator(port)
    try:
        emulator.start()
    except PortTakenError as error:
        print(
            f"emulator: {error}; choose another with --port N (make emulator PORT=N), 0 for a free one", file=sys.stderr
        )
        return 1
    for name, value in emulator.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    print(*(f"# {line}" for line in notes(emulator)), sep="\n", flush=True)
    ended.wait()
    emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
