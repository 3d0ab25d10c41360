# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of an Install: each knows its form in the instruction file and how to do itself (observed with host agent 1.8.1).

`record` takes the line for the cleanup file. No step writes outside of `host_root`, whatever links stand in the way.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .acl import AclEntry, full_acl
from .appspec import Context
from .containment import confined, confined_entry

Record = Callable[[str], None]
CONTEXT_MARK = "semanage\0"


class InstallError(Exception):
    """The revision cannot be installed; the message names the file and what stands against it."""


class Instruction(Protocol):
    """One step."""

    def as_dict(self) -> dict[str, Any]:
        """The step as it stands in the instruction file."""

    def carry_out(self, host_root: Path, record: Record, /) -> None:
        """Does the step; raises InstallError, OutsideError or OSError."""


@dataclass(frozen=True)
class MakeDirectory:
    """Makes one directory, whose parent exists."""

    directory: Path

    def as_dict(self) -> dict[str, Any]:
        return {"type": "mkdir", "directory": str(self.directory)}

    def carry_out(self, host_root: Path, record: Record) -> None:
        confined_entry(host_root, self.directory).mkdir()
        record(str(self.directory))


@dataclass(frozen=True)
class Copy:
    """Copies a file with its mode, times and owner; a link is copied as a link."""

    source: Path
    destination: Path

    def as_dict(self) -> dict[str, Any]:
        return {"type": "copy", "source": str(self.source), "destination": str(self.destination)}

    def carry_out(self, host_root: Path, record: Record) -> None:
        if self.source.is_symlink():
            confined_entry(host_root, self.destination)
            record(str(self.destination))
            self.destination.symlink_to(self.source.readlink())
            return
        confined(host_root, self.destination)
        record(str(self.destination))
        shutil.copyfile(self.source, self.destination)
        if os.geteuid() == 0:
            status = self.source.stat()
            os.chown(self.destination, status.st_uid, status.st_gid)
        shutil.copystat(self.source, self.destination)


@dataclass(frozen=True)
class ChangeMode:
    """Sets a mode, given as octal digits."""

    file: Path
    mode: str

    def as_dict(self) -> dict[str, Any]:
        return {"type": "chmod", "mode": self.mode, "file": str(self.file)}

    def carry_out(self, host_root: Path, _record: Record) -> None:
        confined(host_root, self.file).chmod(int(self.mode, 8))


@dataclass(frozen=True)
class ChangeOwner:
    """Sets owner and group by name; None leaves one as it is."""

    file: Path
    owner: Any
    group: Any

    def as_dict(self) -> dict[str, Any]:
        return {"type": "chown", "owner": self.owner, "group": self.group, "file": str(self.file)}

    def carry_out(self, host_root: Path, _record: Record) -> None:
        try:
            uid = -1 if self.owner is None else pwd.getpwnam(self.owner).pw_uid
            gid = -1 if self.group is None else grp.getgrnam(self.group).gr_gid
        except (KeyError, TypeError) as error:
            raise InstallError(
                f"The deployment failed because the owner {self.owner!r} or the group {self.group!r} of {self.file} "
                "does not exist on this host; both are names, not numbers."
            ) from error
        os.chown(confined(host_root, self.file), uid, gid)


@dataclass(frozen=True)
class SetAcl:
    """Sets an access control list with setfacl."""

    file: Path
    entries: tuple[AclEntry, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"type": "setfacl", "acl": [str(entry) for entry in self.entries], "file": str(self.file)}

    def carry_out(self, host_root: Path, _record: Record) -> None:
        entries = full_acl(self.entries, confined(host_root, self.file).stat().st_mode)
        run_tool("acls", ["setfacl", "--set", ",".join(str(entry) for entry in entries), str(self.file)])


@dataclass(frozen=True)
class SetContext:
    """Sets an SELinux context with semanage and restorecon."""

    file: Path
    context: Context

    def as_dict(self) -> dict[str, Any]:
        context = {
            "user": self.context.user,
            "role": None,
            "type": self.context.type,
            "range": self.context.range,
        }
        return {"type": "semanage", "context": context, "file": str(self.file)}

    def carry_out(self, host_root: Path, record: Record) -> None:
        file = str(confined(host_root, self.file).resolve())
        user = [] if self.context.user is None else ["-s", str(self.context.user)]
        options = [*user, "-t", str(self.context.type), "-r", str(self.context.range)]
        run_tool("context", ["semanage", "fcontext", "-a", *options, file])
        run_tool("context", ["restorecon", "-v", file])
        record(f"{CONTEXT_MARK}{file}")


def run_tool(setting: str, command: Sequence[str]) -> None:
    """Runs a tool of the host; InstallError names the AppSpec's `setting` that wanted it."""
    try:
        status = str(subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode)
    except FileNotFoundError:
        status = "the command is not installed"
    if status != "0":
        raise InstallError(
            f"The deployment failed because of a problem with the {setting} setting in the application specification "
            f"file. Failed command: {' '.join(command)}. Exit code: {status}"
        )
