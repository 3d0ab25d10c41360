# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m emulator``: run in the foreground until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import gc
import shlex
import signal
import sys
from pathlib import Path

from .clock import Clock
from .emulator import Emulator
from .http.server import PortTakenError


def notes(emulator: Emulator) -> list[str]:
    """Hints for the user, a line each."""
    trust = f" --cacert {emulator.ca_file}" if emulator.ca_file else ""
    return [
        f"The emulator listens on {emulator.endpoint}. Ctrl-C stops it and discards everything in it.",
        "Run the lines above in the shell that uses it. The account is 123456789012, and it is empty:",
        "create the bucket for your bundles with `aws s3 mb s3://NAME`. Other regions work too, each with its own resources.",
        "It has no hosts. A deployment to instances without a running agent fails after five minutes, as it does on AWS.",
        "`python -m emulator.hosts.agent` is a stand-in agent; tests/e2e/hosts.py shows how to set up a host for it.",
        "Simulated hosts need no agent. Create host-1 to host-3, with the tag fleet=simulated:",
        f"curl{trust} -d '{{\"hosts\": 3}}' {emulator.endpoint}/_emulator/hosts",
    ]


def main() -> int:
    """Serve, and print the shell's exports. The exit status is 1 if the port is in use."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description="A CodeDeploy emulator on loopback.")
    parser.add_argument(
        "--port", type=int, default=4566, help="the port to listen on; 0 picks a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=1,
        help="how fast time passes: 60 makes an hour a minute, inf skips all waiting, 0 stops time (default: %(default)s)",
    )
    parser.add_argument(
        "--tls",
        type=Path,
        metavar="FOLDER",
        help="serve HTTPS; clients must trust the certificate in FOLDER/PORT/ca.pem",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer requests whose Host header is NAME, such as those through a forwarded port; can be repeated",
    )
    settings = parser.parse_args()
    if not 0 <= settings.port <= 65535:
        parser.error(f"--port: {settings.port} is not a port; use 0 to 65535")
    if not settings.speed >= 0:
        parser.error(f"--speed: {settings.speed} is not valid; use 0 or more")
    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # in every thread to come, too: only sigwait below takes them
    emulator = Emulator(settings.port, Clock(settings.speed), settings.tls, settings.allow_host)
    try:
        emulator.start()
    except PortTakenError as error:
        print(
            f"emulator: {error}; choose another with --port N (make emulator PORT=N), or 0 for a free one",
            file=sys.stderr,
        )
        return 1
    gc.freeze()  # the models of AWS's services stay to the end, and each look at them would hold everybody up
    for name, value in emulator.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    print(*(f"# {line}" for line in notes(emulator)), sep="\n", flush=True)
    signal.sigwait(ending)
    emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
