# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bundle that was made elsewhere: a zip, tar or tgz file."""

from __future__ import annotations

import gzip
import hashlib
import pathlib
import stat
import tarfile
import typing as t
import zipfile
import zlib
from dataclasses import dataclass

from .bundle import Facts
from .checksums import Chunk
from .manifest import APPSPEC, BundleError

_CHUNK = 1 << 20
# RuntimeError is what zipfile says of a member that is encrypted or compressed in a way it does not know.
_UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, OSError, RuntimeError)


class Member(t.NamedTuple):
    """A member of the archive: its NAME there, its PATH on a host, its MODE with kind and permissions, and the bytes of its content."""

    name: str
    path: str
    mode: int
    size: int


@dataclass(frozen=True)
class ReadyBundle:
    """The archive of MEMBERS in the file PATH, which has LONGEST bytes and is known by the digest of them."""

    path: pathlib.Path
    bundle_type: str
    digest: str
    longest: int
    members: tuple[Member, ...]

    @property
    def facts(self) -> Facts:
        files = [member for member in self.members if stat.S_ISREG(member.mode)]
        directories = sum(stat.S_ISDIR(member.mode) for member in self.members)
        largest = sorted(files, key=lambda member: (-member.size, member.name))[:10]
        return {
            "digest": self.digest,
            "bundle_type": self.bundle_type,
            "files": len(files),
            "directories": directories,
            "links": len(self.members) - len(files) - directories,
            "size": sum(member.size for member in self.members),
            "largest": [{"path": member.name, "size": member.size} for member in largest],
        }

    def read(self, path: str, limit: int) -> bytes:
        """The first LIMIT bytes of the file that is PATH on a host. Raises BundleError."""
        name = {member.path: member.name for member in self.members}[path]
        read = _read_zipped if self.bundle_type == "zip" else _read_tarred
        try:
            return read(self.path, name, limit)
        except _UNREADABLE as error:
            raise BundleError(f"{name!r} in {str(self.path)!r} cannot be read: {error}") from error

    def chunks(self) -> t.Iterator[Chunk]:
        digest = hashlib.sha256()
        for chunk in _chunks(self.path):
            digest.update(chunk)
            yield Chunk(chunk)
        if digest.hexdigest() != self.digest:
            raise BundleError(
                f"{str(self.path)!r} changed while it was uploaded: run the task again when nothing writes there"
            )


def read_ready(path: pathlib.Path, expected_type: str | None = None) -> ReadyBundle:
    """The bundle in the file PATH. Raises BundleError unless it is an archive, of the EXPECTED_TYPE, with an AppSpec where the host agent looks."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(path):
        digest.update(chunk)
        size += len(chunk)
    bundle_type = _bundle_type(path)
    if expected_type not in (None, bundle_type):
        raise BundleError(f"{expected_type} was given, but {str(path)!r} is of type {bundle_type}", "bundle_type")
    try:
        listed = tuple(_zip_members(path) if bundle_type == "zip" else _tar_members(path, bundle_type))
    except _UNREADABLE as error:
        raise BundleError(f"{str(path)!r} is neither a directory nor a sound zip, tar or tgz file: {error}") from error
    top = _top([member.path for member in listed])
    if top is None:
        raise BundleError(
            f"{str(path)!r} has no {APPSPEC} at its top, nor in its only directory, so CodeDeploy cannot deploy it"
        )
    members = (member._replace(path=member.path.removeprefix(top)) for member in listed)
    below = tuple(member for member in members if member.path not in (".", top.rstrip("/")))
    return ReadyBundle(path, bundle_type, digest.hexdigest(), size, below)


def _chunks(path: pathlib.Path) -> t.Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise BundleError(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _bundle_type(path: pathlib.Path) -> str:
    if zipfile.is_zipfile(path):
        return "zip"
    with path.open("rb") as file:
        return "tgz" if file.read(2) == b"\x1f\x8b" else "tar"


def _zip_members(path: pathlib.Path) -> t.Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            # What was not made on Unix has no mode of Unix.
            mode = info.external_attr >> 16 or 0o644
            kind = stat.S_IFDIR if info.is_dir() else stat.S_IFMT(mode) or stat.S_IFREG
            yield Member(info.filename, _clean(info.filename), kind | stat.S_IMODE(mode), info.file_size)


def _read_zipped(path: pathlib.Path, name: str, limit: int) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(name) as content:
        return content.read(limit)


def _open(path: pathlib.Path, bundle_type: str) -> t.IO[bytes]:
    return t.cast("t.IO[bytes]", gzip.open(path)) if bundle_type == "tgz" else path.open("rb")


def _tar_members(path: pathlib.Path, bundle_type: str) -> t.Iterator[Member]:
    with _open(path, bundle_type) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            kind = stat.S_IFDIR if info.isdir() else stat.S_IFREG if info.isreg() else stat.S_IFLNK
            yield Member(info.name, _clean(info.name), kind | stat.S_IMODE(info.mode), info.size)
        while stream.read(_CHUNK):  # tarfile is content where gzip is not: what is cut off shows only at the end
            continue


def _read_tarred(path: pathlib.Path, name: str, limit: int) -> bytes:
    with tarfile.open(path) as archive:
        content = archive.extractfile(name)
        return content.read(limit) if content else b""


def _clean(name: str) -> str:
    return str(pathlib.PurePosixPath(name))


def _top(paths: list[str]) -> str | None:
    """What PATHS begin with above the AppSpec: nothing, or the only directory, which the host agent takes away (observed with host agent 1.8.1).

    None if the AppSpec is at neither place.
    """
    tops = {path.partition("/")[0] for path in paths} - {"."}
    if APPSPEC in paths:
        return ""
    only = f"{tops.pop()}/" if len(tops) == 1 else ""
    return only if f"{only}{APPSPEC}" in paths else None
