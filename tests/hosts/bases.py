# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base systems for real hosts, a folder each in build/hosts: made once with debootstrap, then only read.

`python -m hosts.bases bookworm ...` makes those that are missing, and says so if this machine cannot.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build/hosts"
SUITES = {"bullseye": "Debian 11", "bookworm": "Debian 12", "trixie": "Debian 13"}
TOOLS = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "ssh": "openssh-client"}

# What every server has, what the agent of line 1.8 wants, and what the stand-in agent is made of. The packages of tests hold no libraries.
PACKAGES = (
    "ca-certificates,logrotate,openssh-server,procps,python3,python3-apt,ruby,sudo,systemd,systemd-sysv,"
    "python3-botocore,python3-cffi-backend,python3-cryptography,python3-yaml"
)


def base(suite: str) -> pathlib.Path:
    """Where the base system of SUITE is, once it is made."""
    return FOLDER / suite


def missing_tools() -> list[str]:
    """The packages with tools that this machine lacks."""
    return [package for tool, package in TOOLS.items() if shutil.which(tool) is None]


def make_base(suite: str) -> None:
    """Make the base system of SUITE: half a minute and half a gigabyte. One that was interrupted is begun again."""
    unfinished = FOLDER / f"{suite}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{suite}.log").open("wb") as log:
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(unfinished)]
        subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
    # A host of the tests installs only what the tests bring: without sources it asks no mirror.
    (unfinished / "etc/apt/sources.list").write_text("")
    shutil.rmtree(unfinished / "var/cache/apt", ignore_errors=True)
    unfinished.rename(base(suite))


def install_tools() -> None:
    """Install the tools that this machine lacks."""
    if packages := missing_tools():
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        subprocess.run(["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages], check=True)


def main(suites: list[str]) -> int:
    """Make the bases of SUITES that are missing; 1 if this machine or its user cannot."""
    wanted = [suite for suite in suites if not base(suite).exists()]
    if wanted and os.geteuid() != 0:
        print("Hosts are made and booted by root; run `make hosts` as root.", file=sys.stderr)
        return 1
    if wanted and missing_tools() and shutil.which("apt-get") is None:
        print(f"These programs are missing: {', '.join(missing_tools())}.", file=sys.stderr)
        return 1
    if wanted:
        install_tools()
    for suite in wanted:
        print(f"Making {SUITES[suite]} in {base(suite)} ...", flush=True)
        make_base(suite)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(SUITES)))
