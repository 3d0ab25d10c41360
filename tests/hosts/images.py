# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images: systems that are not booted, but entered by chroot. They ask no more of the machine than root does, so they are there where no host boots."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

from .bases import base
from .machines import Machine


class Image(Machine):
    """A copy of a base system in which sshd is all that runs. Nothing is mounted."""

    def lay_out(self) -> None:
        """Copy the base."""
        self.folder.mkdir()
        subprocess.run(["cp", "--archive", base(self.suite), self.root], check=True)

    def boot(self) -> None:
        """Let root in."""
        (self.root / "run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.start(["chroot", str(self.root), "/usr/sbin/sshd", "-D", "-e"], "true")

    def processes(self) -> list[int]:
        """What runs in the image."""
        found = []
        for place in pathlib.Path("/proc").glob("[0-9]*/root"):
            with contextlib.suppress(OSError):  # it has ended
                if place.readlink() == self.root:
                    found.append(int(place.parent.name))
        return found

    def shut_down(self) -> None:
        """End all that runs in the image."""
        while running := self.processes():
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self._process:
                self._process.wait()
            time.sleep(0.01)

    def discard(self) -> None:
        """Leave nothing of the image behind."""
        self.shut_down()
        shutil.rmtree(self.root)
