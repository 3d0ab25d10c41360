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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from e2e.hosts import free_port

from .bases import NSPAWN, base

PATIENCE = 120.0

SSH_CONFIGURATION = """\
ListenAddress 127.0.0.1
Port {port}
PermitRootLogin prohibit-password
UseDNS no
Subsystem sftp internal-sftp
"""
# As logind does where there is one: sessions end with the host, and do not keep it from going down.
SSH_SERVICE = """\
[Service]
KillMode=mixed
"""
SSH_OPTIONS = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"


def cgroups(name: str) -> list[pathlib.Path]:
    """The cgroups NAME below this process's own, in each hierarchy that systemd may follow its services' processes in."""
    found = []
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _number, controllers, own = line.split(":", 2)
        places = {"name=systemd": ["systemd"], "": ["unified", ""]}.get(controllers, [])
        parents = [pathlib.Path("/sys/fs/cgroup") / place / own.lstrip("/") for place in places]
        found += [parent / name for parent in parents if (parent / "cgroup.procs").exists()][:1]
    return found


@dataclass
class Machine:
    """A host NAME whose `/` is ROOT, a merged overlay; its sshd listens on PORT, and KEY opens it for root."""

    name: str
    suite: str
    folder: pathlib.Path
    key: pathlib.Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> pathlib.Path:
        return self.folder / "root"

    @property
    def variables(self) -> dict[str, t.Any]:
        """What Ansible's inventory must say to reach the host."""
        return {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": f"{SSH_OPTIONS} -o ControlMaster=auto -o ControlPersist=60",
            "ansible_python_interpreter": "/usr/bin/python3",
        }

    @property
    def cgroups(self) -> list[pathlib.Path]:
        """The host's own. In the cgroups of this process, hosts would take each other's services for their own."""
        return cgroups(f"slipway-host-{self.port}")

    def lay_out(self) -> None:
        """Mount the overlay."""
        layers = self.folder / "layers"
        for path in (self.root, layers):
            path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", layers], check=True)
        for name in ("upper", "work"):
            (layers / name).mkdir()
        places = f"lowerdir={base(self.suite)},upperdir={layers}/upper,workdir={layers}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", places, self.root], check=True)

    def prepare(self, certificate: pathlib.Path) -> None:
        """Lay the host out and put in what it has before anybody manages it; it trusts the authority of CERTIFICATE."""
        self.lay_out()
        (self.root / "etc/hostname").write_text(f"{self.name}\n")
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost {self.name}\n")
        (self.root / "etc/ssh/sshd_config").write_text(SSH_CONFIGURATION.format(port=self.port))
        drop_in = self.root / "etc/systemd/system/ssh.service.d/tests.conf"
        drop_in.parent.mkdir()
        drop_in.write_text(SSH_SERVICE)
        keys = self.root / "root/.ssh/authorized_keys"
        keys.parent.mkdir(mode=0o700, exist_ok=True)
        keys.write_text(self.key.with_suffix(".pub").read_text())
        _server, marker, authority = certificate.read_text().rpartition("-----BEGIN CERTIFICATE-----")
        (self.root / "usr/local/share/ca-certificates/tests.crt").write_text(marker + authority)
        subprocess.run(["chroot", self.root, "update-ca-certificates"], check=True, capture_output=True)

    def boot(self) -> None:
        """Boot the host and wait until it lets root in."""
        for cgroup in self.cgroups:
            cgroup.mkdir(exist_ok=True)
        enter = "".join(f"echo $$ > {cgroup}/cgroup.procs; " for cgroup in self.cgroups)
        nspawn = [*NSPAWN, "--boot", "--console=passive", f"--machine={self.name}", f"--directory={self.root}"]
        self.start(["sh", "-c", f'{enter}exec "$@"', "boot", *nspawn], "systemctl is-system-running --wait || true")

    def start(self, command: list[str], sign: str) -> None:
        """Start COMMAND, the host's first process, and wait until root is let in and SIGN succeeds. Raises TimeoutError."""
        with (self.folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + PATIENCE
        while self.run(sign).returncode != 0:
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = (self.folder / "console.log").read_text(errors="replace")
                raise TimeoutError(f"{self.name} does not boot:\n{said}")
            time.sleep(0.2)

    def shut_down(self) -> None:
        """Power the host off in order, or by force if it does not obey."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            # With its first process all of the host ends, and then systemd-nspawn.
            children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
            for child in children.split():
                os.kill(int(child), signal.SIGKILL)
            self._process.wait()
        self._process = None

    def reboot(self) -> None:
        """Power the host off and boot it again with all that is on its disk."""
        self.shut_down()
        self.boot()

    def discard(self) -> None:
        """Leave nothing of the host behind."""
        self.shut_down()
        for cgroup in self.cgroups:
            for folder, _folders, _files in os.walk(cgroup, topdown=False):
                pathlib.Path(folder).rmdir()
        for place in (self.root, self.folder / "layers"):
            if place.is_mount():
                subprocess.run(["umount", "--lazy", place], check=True)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell on the host as root."""
        way = f"-q -o BatchMode=yes -o ConnectTimeout=5 {SSH_OPTIONS} -i {self.key} -p {self.port} root@127.0.0.1"
        return subprocess.run(
            ["ssh", *way.split(), command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def path(self, name: str) -> pathlib.Path:
        """The host's absolute path NAME, as this machine sees it."""
        return self.root / name.lstrip("/")


def for_each(action: t.Callable[[Machine], object], machines: list[Machine]) -> None:
    """Do ACTION to all MACHINES at once."""
    with ThreadPoolExecutor(len(machines)) as pool:
        list(pool.map(action, machines))


def world_readable_with(secret: str, machine: Machine) -> list[pathlib.Path]:
    """The files that were written on MACHINE, that hold SECRET, and that everybody may read."""
    written = (machine.folder / "layers/upper").rglob("*")
    files = (path for path in written if path.is_file() and not path.is_symlink())
    return [path for path in files if path.stat().st_mode & 0o004 and secret.encode() in path.read_bytes()]


@contextlib.contextmanager
def booted_machines(
    suites: t.Mapping[str, str], folder: pathlib.Path, certificate: pathlib.Path, kind: type[Machine] = Machine
) -> t.Iterator[list[Machine]]:
    """A host of KIND for each name in SUITES, of the base that stands beside it; all that they change is in FOLDER, and gone at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    machines = [kind(name, suite, folder / name, key) for name, suite in suites.items()]
    try:
        for_each(lambda machine: machine.prepare(certificate), machines)
        for_each(lambda machine: machine.boot(), machines)
        yield machines
    finally:
        for_each(lambda machine: machine.discard(), machines)
