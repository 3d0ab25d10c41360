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
        print(f"emulator: {error}; choose another with --port N, or --port 0 for a free one", file=sys.stderr)
        return 1
    for name, value in emulator.environment.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"# The emulator listens on {emulator.endpoint}; Ctrl-C ends it.", flush=True)
    ended.wait()
    emulator.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
