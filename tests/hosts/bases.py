# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base systems for real hosts, a folder each in build/hosts: made once with debootstrap, then only read.

`python -m hosts.bases` installs the tools and makes the bases that are missing; it ends with 1, and says why, where no host can be booted.
It needs nothing but Python, so that it can run before or beside `make setup`.
"""

from __future__ import annotations

import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build/hosts"
SUITES = {"bullseye": "Debian 11", "bookworm": "Debian 12", "trixie": "Debian 13"}
TOOLS = {
    "debootstrap": "debootstrap",
    "dnf": "dnf",
    "dpkg-deb": "dpkg",
    "rpmbuild": "rpm",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "zypper": "zypper",
}
WHAT_REMAINS = """\
Systems can be entered by chroot instead: there the role's installing, configuring and removing is tested (tests/hosts/test_image.py).
NOT COVERED is what needs a booted host: the service under systemd, registration, polls, deployments, reboots, the renewal of credentials."""
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--resolv-conf=off"]

# What every server has, what the agent of line 1.8 wants, and what the stand-in agent is made of. The packages of tests hold no libraries.
PACKAGES = (
    "ca-certificates,logrotate,openssh-server,procps,python3,python3-apt,ruby,sudo,systemd,systemd-sysv,"
    "python3-botocore,python3-cffi-backend,python3-cryptography,python3-yaml"
)


def base(suite: str) -> pathlib.Path:
    """Where the base system of SUITE is, once it is made."""
    return FOLDER / suite


def missing_bases() -> list[str]:
    """The suites whose base system is not there."""
    return [suite for suite in SUITES if not base(suite).exists()]


def missing_tools() -> list[str]:
    """The packages with tools that this machine lacks."""
    return [package for tool, package in TOOLS.items() if shutil.which(tool) is None]


def make_base(suite: str) -> None:
    """Make the base system of SUITE: a minute and half a gigabyte. One that was interrupted is begun again, with the packages that it had."""
    unfinished, cache, log = FOLDER / f"{suite}.part", FOLDER / "packages" / suite, FOLDER / f"{suite}.log"
    shutil.rmtree(unfinished, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    command = [
        "debootstrap",
        "--variant=minbase",
        f"--include={PACKAGES}",
        f"--cache-dir={cache}",
        suite,
        str(unfinished),
    ]
    with log.open("wb") as output:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    # A host of the tests installs only what the tests bring: without sources it asks no mirror.
    (unfinished / "etc/apt/sources.list").write_text("")
    shutil.rmtree(unfinished / "var/cache/apt", ignore_errors=True)
    unfinished.rename(base(suite))
    shutil.rmtree(cache)


def install_tools() -> None:
    """Install the tools that this machine lacks."""
    if packages := missing_tools():
        subprocess.run(["apt-get", "update", "--quiet"], check=True)
        subprocess.run(["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *packages], check=True)


def refusal() -> str:
    """What this machine's kernel says against a host: a container in an overlay. Empty if it has nothing against it."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        layers = pathlib.Path(name)
        script = (
            f"mount -t tmpfs tmpfs {layers} && mkdir {layers}/upper {layers}/work {layers}/root"
            f" && mount -t overlay overlay -o lowerdir={base('trixie')},upperdir={layers}/upper,workdir={layers}/work {layers}/root"
            f" && {' '.join(NSPAWN)} --pipe --directory={layers}/root /bin/true"
        )
        # The mounts are in a namespace of their own, and go with it.
        tried = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if tried.returncode == 0 else f"systemd-nspawn is refused: {' '.join(tried.stderr.split())}"


def why_no_images() -> str:
    """Why this machine cannot enter systems by chroot; empty if it can."""
    if os.geteuid() != 0:
        return "run the tests as root"
    if missing := missing_tools():
        return f"{', '.join(missing)} is not installed: run `make hosts`, which installs it"
    if suites := missing_bases():
        return f"the base systems of {', '.join(suites)} are missing: run `make hosts`, which makes them"
    return ""


@functools.cache
def why_no_hosts() -> str:
    """Why this machine cannot boot hosts; empty if it can."""
    return why_no_images() or refusal()


def make_all() -> None:
    """Install the tools and make the bases that are missing, side by side. Raises CalledProcessError."""
    install_tools()
    suites = missing_bases()
    if suites:
        print(f"Making {', '.join(SUITES[suite] for suite in suites)} in {FOLDER}: some minutes, once ...", flush=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(make_base, suites))


def main() -> int:
    """Make all that is missing; 1 if no host can be booted after that."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        try:
            make_all()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{error}; {FOLDER} has the logs", file=sys.stderr)
    if reason := why_no_hosts():
        print(f"No host can be booted: {reason}", file=sys.stderr)
        if not why_no_images():
            print(WHAT_REMAINS, file=sys.stderr)
    return int(bool(reason))


if __name__ == "__main__":
    sys.exit(main())
