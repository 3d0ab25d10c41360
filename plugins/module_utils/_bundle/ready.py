# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prebuilt bundles: zip, tar or tgz files."""

from __future__ import annotations

import hashlib
import pathlib
import stat
import typing as t
import zipfile
from dataclasses import dataclass

from .bundle import Facts
from .checksums import Chunk
from .limits import MOST_BYTES, bounded
from .manifest import APPSPEC, BundleError
from .members import UNREADABLE, Member, check_zip_contents, read_tarred, read_zipped, tar_members, zip_members
from .unpacking import check_members, check_name

_CHUNK = 1 << 20

# An archive that unpacks to more than both limits is treated as a bomb: deflate can reach a factor of a thousand, but not with what people deploy.
_HARMLESS = 1 << 30
_EXPANSION = 100

# The magic number in the first header of a tar, and its end.
_MAGIC = b"ustar"
_MAGIC_END = 257 + len(_MAGIC)


@dataclass(frozen=True)
class ReadyBundle:
    """The archive of MEMBERS in the file PATH, which has LONGEST bytes, and the digest of that file."""

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
        """Return the first LIMIT bytes of the file that is PATH on a host. Raise BundleError."""
        members = {member.path: member for member in self.members}
        member = members[path]
        while member.same_as is not None:
            member = members[member.same_as]
        try:
            if self.bundle_type == "zip":
                return read_zipped(self.path, member.name, limit)
            return read_tarred(self.path, self.bundle_type, member.name, limit)
        except UNREADABLE as error:
            raise BundleError(f"{member.name!r} in {str(self.path)!r} cannot be read: {error}") from error

    def chunks(self) -> t.Iterator[Chunk]:
        digest = hashlib.sha256()
        for chunk in _chunks(self.path):
            digest.update(chunk)
            yield Chunk(chunk)
        if digest.hexdigest() != self.digest:
            raise BundleError(
                f"{str(self.path)!r} changed while it was being uploaded: run the task again when nothing writes to it"
            )


def read_ready(path: pathlib.Path, expected_type: str | None = None) -> ReadyBundle:
    """Return the bundle in the file PATH. Raise BundleError unless it is an archive of the EXPECTED_TYPE, has an AppSpec where the host agent looks for it,
    and unpacks correctly on a host."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(path):
        digest.update(chunk)
        size += len(chunk)
    bundle_type = _bundle_type(path)
    if expected_type not in (None, bundle_type):
        raise BundleError(
            f"{expected_type} does not match {str(path)!r}, which is of type {bundle_type}: set that type, or omit it",
            "bundle_type",
        )
    members = _placed(path, _sound_members(path, bundle_type, size))
    check_members(members)
    return ReadyBundle(path, bundle_type, digest.hexdigest(), size, members)


def _sound_members(path: pathlib.Path, bundle_type: str, size: int) -> list[Member]:
    """Return the members of the archive PATH, which has SIZE bytes. Raise BundleError for a name that leads out of it, or a wrong checksum."""
    most = min(MOST_BYTES, max(_HARMLESS, _EXPANSION * size))
    remedy = f"an archive may unpack to at most 1 GiB or {_EXPANSION} times its own size; set source to a directory with its content"
    members = []
    try:
        listed = zip_members(path) if bundle_type == "zip" else tar_members(path, bundle_type)
        for member in bounded(listed, most, remedy):
            check_name(member)
            if member.path != ".":
                members.append(member)
        if bundle_type == "zip":
            check_zip_contents(path)
    except BundleError:  # a ValueError too, with its own message
        raise
    except UNREADABLE as error:
        raise BundleError(f"{str(path)!r} is neither a directory nor a valid zip, tar or tgz file: {error}") from error
    return members


def _placed(path: pathlib.Path, members: list[Member]) -> tuple[Member, ...]:
    """Return MEMBERS of the archive PATH at their places on a host: without a single top directory. Raise BundleError if there is no AppSpec."""
    top = _top([member.path for member in members])
    if top is None:
        raise BundleError(
            f"{str(path)!r} has no {APPSPEC} at its top level or in its only directory, so CodeDeploy cannot deploy it: add one"
        )
    return tuple(
        member._replace(
            path=member.path.removeprefix(top),
            same_as=None if member.same_as is None else member.same_as.removeprefix(top),
        )
        for member in members
        if member.path != top.rstrip("/")
    )


def _chunks(path: pathlib.Path) -> t.Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise BundleError(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _bundle_type(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(_MAGIC_END)
    if beginning.startswith(b"\x1f\x8b"):
        return "tgz"
    # A tar may end with a zip, so that zipfile accepts the whole file.
    return "zip" if not beginning.endswith(_MAGIC) and zipfile.is_zipfile(path) else "tar"


def _top(paths: list[str]) -> str | None:
    """Return the prefix of PATHS above the AppSpec: nothing, or the only directory, which the host agent strips (observed with host agent 1.8.1).

    Return None if the AppSpec is in neither place.
    """
    tops = {path.partition("/")[0] for path in paths}
    if APPSPEC in paths:
        return ""
    only = f"{tops.pop()}/" if len(tops) == 1 else ""
    return only if f"{only}{APPSPEC}" in paths else None
