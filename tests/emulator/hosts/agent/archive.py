# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking a bundle so that nothing in it can write outside of the directory it is unpacked into.

The real agent lets tar and unzip do it (observed with host agent 1.8.1). What those would strip or refuse is refused here with the entry's name:
absolute names, `..`, names that pass through a link out of the archive, devices. A link itself may point anywhere; nothing is written through it.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from .containment import OutsideError, confined_entry


class ArchiveError(Exception):
    """The bundle is damaged or hostile; the message names the entry."""


@dataclass(frozen=True)
class _Entry:
    """A file (`content`), a link (`target`), a second name of a file (`same_as`) or, with none of them, a directory."""

    name: str
    mode: int
    modified: float
    owner: tuple[int, int] | None = None
    content: IO[bytes] | None = None
    target: str | None = None
    same_as: str | None = None


def unpack(bundle: Path, bundle_type: str, destination: Path) -> None:
    """Makes `destination` anew from a tar, tgz or zip file; ArchiveError for a bundle that is damaged or hostile."""
    if destination.exists():
        shutil.rmtree(destination)
    destination.mkdir(parents=True)
    entries = _zip_entries(bundle) if bundle_type == "zip" else _tar_entries(bundle, bundle_type)
    directories: list[tuple[Path, _Entry]] = []
    try:
        with closing(entries):
            for entry in entries:
                path = _write_entry(destination, entry)
                if path.is_dir() and not path.is_symlink():
                    directories.append((path, entry))
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise ArchiveError(f"The {bundle_type} bundle cannot be unpacked: {error}") from error
    except OutsideError as error:
        raise ArchiveError(f"The {bundle_type} bundle is refused: {error}") from error
    # Last, because a directory's own mode may forbid what is still to be put into it, and putting it there changes its time.
    for path, entry in reversed(directories):
        _set_attributes(path, entry)
    _strip_single_directory(destination)


def _write_entry(root: Path, entry: _Entry) -> Path:
    path = _place(root, entry.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_directory = entry.content is None and entry.target is None and entry.same_as is None
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        path.unlink()
    if is_directory:
        path.mkdir(exist_ok=True)
    elif entry.target is not None:
        path.symlink_to(entry.target)
    elif entry.same_as is not None:
        os.link(_place(root, entry.same_as), path, follow_symlinks=False)
    elif entry.content is not None:
        with entry.content, path.open("wb") as file:
            shutil.copyfileobj(entry.content, file)
        _set_attributes(path, entry)
    return path


def _place(root: Path, name: str) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\0" in name:
        raise OutsideError(f"entry {name!r} names a place outside of the archive")
    path = root / pure
    return path if path == root else confined_entry(root, path)


def _set_attributes(path: Path, entry: _Entry) -> None:
    if entry.owner and os.geteuid() == 0:
        os.chown(path, *entry.owner)
    path.chmod(entry.mode)
    os.utime(path, (entry.modified, entry.modified))


def _tar_entries(bundle: Path, bundle_type: str) -> Generator[_Entry, None, None]:
    with tarfile.open(bundle, "r:gz" if bundle_type == "tgz" else "r:") as archive:
        for member in archive:
            attributes = (member.name, stat.S_IMODE(member.mode), member.mtime, _owner(member))
            if member.isdir():
                yield _Entry(*attributes)
            elif member.issym():
                yield _Entry(*attributes, target=member.linkname)
            elif member.islnk():
                yield _Entry(*attributes, same_as=member.linkname)
            elif member.isfile():
                yield _Entry(*attributes, content=archive.extractfile(member))
            else:
                raise OutsideError(f"entry {member.name!r} is a device or a pipe")


def _owner(member: tarfile.TarInfo) -> tuple[int, int]:
    """The owner by name, as tar does it for root, or by number where the name is unknown here."""
    try:
        uid = pwd.getpwnam(member.uname).pw_uid
    except KeyError:
        uid = member.uid
    try:
        gid = grp.getgrnam(member.gname).gr_gid
    except KeyError:
        gid = member.gid
    return uid, gid


def _zip_entries(bundle: Path) -> Generator[_Entry, None, None]:
    with zipfile.ZipFile(bundle) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16 if info.create_system == 3 else 0
            modified = time.mktime((*info.date_time, 0, 0, -1))
            # unzip leaves out set-user-id and its like.
            permissions = mode & 0o777 or (0o755 if info.is_dir() else 0o644)
            if info.is_dir():
                yield _Entry(info.filename, permissions, modified)
            elif stat.S_ISLNK(mode):
                yield _Entry(info.filename, permissions, modified, target=archive.read(info).decode())
            else:
                yield _Entry(info.filename, permissions, modified, content=archive.open(info))


def _strip_single_directory(destination: Path) -> None:
    """One directory around everything is taken away if something in it is called like an AppSpec."""
    entries = list(destination.iterdir())
    if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
        return
    if any("appspec" in entry.name.lower() for entry in entries[0].iterdir()):
        wrapping = destination.with_name("deployment-archive-temp")
        shutil.rmtree(wrapping, ignore_errors=True)
        destination.rename(wrapping)
        (wrapping / entries[0].name).rename(destination)
        wrapping.rmdir()
