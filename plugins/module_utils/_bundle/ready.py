# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bundle that was made elsewhere: a zip, tar or tgz file."""

from __future__ import annotations

import gzip
import hashlib
import pathlib
import tarfile
import typing as t
import zipfile
import zlib
from dataclasses import dataclass

from .bundle import Facts
from .manifest import APPSPEC, BundleError

_CHUNK = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, OSError, NotImplementedError)


class _Member(t.NamedTuple):
    """A member of the archive: its path, the bytes of its content, and what it is."""

    path: str
    size: int
    kind: t.Literal["file", "directory", "link"]


@dataclass(frozen=True)
class ReadyBundle:
    """The archive in the file PATH, which has LONGEST bytes and is known by the digest of them."""

    path: pathlib.Path
    bundle_type: str
    digest: str
    longest: int
    members: tuple[_Member, ...]

    @property
    def facts(self) -> Facts:
        kinds = [member.kind for member in self.members]
        largest = sorted(self.members, key=lambda member: (-member.size, member.path))[:10]
        return {
            "digest": self.digest,
            "bundle_type": self.bundle_type,
            "files": kinds.count("file"),
            "directories": kinds.count("directory"),
            "links": kinds.count("link"),
            "size": sum(member.size for member in self.members),
            "largest": [{"path": member.path, "size": member.size} for member in largest if member.kind == "file"],
        }

    def chunks(self) -> t.Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in _chunks(self.path):
            digest.update(chunk)
            yield chunk
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
        members = tuple(_zip_members(path) if bundle_type == "zip" else _tar_members(path, bundle_type))
    except _UNREADABLE as error:
        raise BundleError(f"{str(path)!r} is neither a directory nor a sound zip, tar or tgz file: {error}") from error
    if not _has_appspec([member.path for member in members]):
        raise BundleError(
            f"{str(path)!r} has no {APPSPEC} at its top, nor in its only directory, so CodeDeploy cannot deploy it"
        )
    return ReadyBundle(path, bundle_type, digest.hexdigest(), size, members)


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


def _zip_members(path: pathlib.Path) -> t.Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            yield _Member(info.filename.rstrip("/"), info.file_size, "directory" if info.is_dir() else "file")


def _open(path: pathlib.Path, bundle_type: str) -> t.IO[bytes]:
    return t.cast("t.IO[bytes]", gzip.open(path)) if bundle_type == "tgz" else path.open("rb")


def _tar_members(path: pathlib.Path, bundle_type: str) -> t.Iterator[_Member]:
    with _open(path, bundle_type) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            kind: t.Literal["file", "directory", "link"] = (
                "directory" if info.isdir() else "file" if info.isreg() else "link"
            )
            yield _Member(info.name, info.size, kind)
        while stream.read(_CHUNK):  # tarfile is content where gzip is not: what is cut off shows only at the end
            continue


def _has_appspec(paths: list[str]) -> bool:
    """Whether the AppSpec is at the top, or in the only directory there, which the host agent takes away (observed with host agent 1.8.1)."""
    clean = {str(pathlib.PurePosixPath(path)) for path in paths} - {"."}
    tops = {path.partition("/")[0] for path in clean}
    return APPSPEC in clean or (len(tops) == 1 and f"{next(iter(tops))}/{APPSPEC}" in clean)
