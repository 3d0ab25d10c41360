# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real booted hosts: each a throw-away overlay over a base system, booted with systemd-nspawn and reached over ssh on loopback."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import time
import typing as t
from dataclasses import dataclass, field

from e2e.hosts import free_port

from .bases import SUITES, base

PATIENCE = 120.0

SSH_CONFIGURATION = """\
ListenAddress 127.0.0.1
Port {port}
PermitRootLogin prohibit-password
UseDNS no
"""


@dataclass
class Machine:
    """A host NAME whose `/` is ROOT, a merged overlay; its sshd listens on PORT, and KEY opens it for root."""

    name: str
    suite: str
    folder: pathlib.Path
    key: pathlib.Path
    port: int = field(default_factory=free_port)
    _nspawn: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> pathlib.Path:
        return self.folder / "root"

    @property
    def variables(self) -> dict[str, t.Any]:
        """What Ansible's inventory must say to reach the host."""
        options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ControlMaster=auto -o ControlPersist=60"
        return {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": options,
            "ansible_python_interpreter": "/usr/bin/python3",
        }

    def prepare(self, certificate: pathlib.Path) -> None:
        """Mount the overlay and put in what a host has before anybody manages it; CERTIFICATE becomes one that it trusts."""
        layers = self.folder / "layers"
        for path in (self.root, layers):
            path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", layers], check=True)
        for name in ("upper", "work"):
            (layers / name).mkdir()
        places = f"lowerdir={base(self.suite)},upperdir={layers}/upper,workdir={layers}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", places, self.root], check=True)
        (self.root / "etc/hostname").write_text(f"{self.name}\n")
        (self.root / "etc/ssh/sshd_config").write_text(SSH_CONFIGURATION.format(port=self.port))
        keys = self.root / "root/.ssh/authorized_keys"
        keys.parent.mkdir(mode=0o700, exist_ok=True)
        keys.write_text(self.key.with_suffix(".pub").read_text())
        _key, marker, trusted = certificate.read_text().partition("-----BEGIN CERTIFICATE-----")
        (self.root / "usr/local/share/ca-certificates/tests.crt").write_text(marker + trusted)
        subprocess.run(["chroot", self.root, "update-ca-certificates"], check=True, capture_output=True)

    def boot(self) -> None:
        """Boot the host and wait until it lets root in."""
        command = [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            "--register=no",
            "--keep-unit",
            "--console=passive",
            "--resolv-conf=off",
        ]
        with (self.folder / "console.log").open("ab") as console:
            self._nspawn = subprocess.Popen(
                [*command, f"--machine={self.name}", f"--directory={self.root}"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + PATIENCE
        while self.run("systemctl is-system-running --wait || true").returncode != 0:
            if time.monotonic() > deadline or self._nspawn.poll() is not None:
                raise TimeoutError(
                    f"{self.name} does not boot:\n{(self.folder / 'console.log').read_text(errors='replace')}"
                )
            time.sleep(0.2)

    def shut_down(self) -> None:
        """Power the host off in order, or by force if it does not obey."""
        if self._nspawn is None:
            return
        self._nspawn.send_signal(signal.SIGTERM)
        try:
            self._nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()
        self._nspawn = None

    def reboot(self) -> None:
        """Power the host off and boot it again with all that is on its disk."""
        self.shut_down()
        self.boot()

    def discard(self) -> None:
        """Leave nothing of the host behind."""
        self.shut_down()
        for place in (self.root, self.folder / "layers"):
            if place.is_mount():
                subprocess.run(["umount", "--lazy", place], check=True)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell on the host as root."""
        arguments = [
            "-i",
            str(self.key),
            "-p",
            str(self.port),
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
        ]
        return subprocess.run(
            ["ssh", "-q", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", *arguments, "root@127.0.0.1", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def path(self, name: str) -> pathlib.Path:
        """The host's absolute path NAME, as this machine sees it."""
        return self.root / name.lstrip("/")


@contextlib.contextmanager
def booted_machine(name: str, suite: str, folder: pathlib.Path, certificate: pathlib.Path) -> t.Iterator[Machine]:
    """A booted host NAME of the base SUITE with all that it changes in FOLDER, gone at the end of the block."""
    folder.mkdir(parents=True)
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    machine = Machine(name, suite, folder, key)
    try:
        machine.prepare(certificate)
        machine.boot()
        yield machine
    finally:
        machine.discard()


def why_no_hosts() -> str:
    """Why this machine cannot boot hosts; empty if it can."""
    if os.geteuid() != 0:
        return "run the tests as root"
    missing = [suite for suite in SUITES if not base(suite).exists()]
    return (
        f"the base systems of {', '.join(missing)} are missing: run `make hosts`, which makes them" if missing else ""
    )
