# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m hosts.standing FOLDER`: a booted host to try the role on, with an emulator and a bucket of packages, until it is told to end.

FOLDER, which must not exist, has the process's id in `pid` as long as it lasts, and gets `host.json` when all is ready: how Ansible reaches the
host, the environment that makes modules speak to the emulator, and the role's options.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import sys

from emulator import Emulator
from emulator.certificates import write_certificate

from .account import APPLICATION, Account
from .bases import why_no_hosts
from .bucket import serving_bucket
from .machines import booted_machines
from .packages import build_package

VERSIONS = ("1.8.1-45", "2.1.0-97459")


def stand(folder: pathlib.Path) -> None:
    """Keep everything up, with its files in FOLDER, until a signal comes."""
    certificate = folder / "certificate.pem"
    write_certificate(certificate)
    with (
        Emulator() as emulator,
        serving_bucket(folder / "bucket", certificate) as bucket,
        booted_machines({"host": "trixie"}, folder / "machines", certificate) as machines,
    ):
        Account(emulator).create_application()
        for version in VERSIONS:
            bucket.publish(build_package(version, folder), version)
        addresses = dict.fromkeys(("deploy_control_endpoint", "s3_endpoint_override"), emulator.endpoint)
        options = {
            "agent_region": emulator.environment["AWS_REGION"],
            "agent_bucket_url": bucket.url,
            "agent_configuration": addresses,
            "agent_tags": {"app": APPLICATION},
        }
        ready = {"host": machines[0].variables, "environment": dict(emulator.environment), "options": options}
        unfinished = folder / "host.part"
        unfinished.write_text(json.dumps(ready))
        unfinished.rename(folder / "host.json")
        signal.pause()


def main() -> int:
    """The command line: 1, with the reason, where no host can be booted."""
    if reason := why_no_hosts():
        print(f"No host can be booted: {reason}", file=sys.stderr)
        return 1
    # Whenever the signal comes, what is up is taken down.
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(0))
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir()
    pid = folder / "pid"
    pid.write_text(str(os.getpid()))
    try:
        stand(folder)
    finally:
        pid.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
