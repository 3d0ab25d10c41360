# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of a prebuilt archive, read as a stream that needs little memory, whatever the archive contains."""

from __future__ import annotations

import gzip
import io
import pathlib
import stat
import struct
import tarfile
import typing as t
import zipfile
import zlib
from collections.abc import Iterator

from .limits import LONGEST_PATH, MOST_PATHS
from .manifest import BundleError

_CHUNK = 1 << 20
# The libraries' exceptions for a damaged archive: RuntimeError is for a compression that zipfile does not support, or for endless headers.
UNREADABLE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip

# Every host agent can only unpack these two: rubyzip, which 1.8.1 uses without unzip, supports no others.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1

# The headers of a member, with its name and attributes, and the padding after the last one.
_LONGEST_HEADERS = 1 << 17
_LONGEST_ENDING = 16 << 20
# Only a zip's directory is read in larger pieces than this.
_LARGEST_DIRECTORY = 64 << 20
# The end of a zip, with its comment.
_LONGEST_END = 1 << 17
_SIGNATURE = b"PK\1\2"


class Member(t.NamedTuple):
    """A member of the archive: its NAME there, its PATH on a host, its MODE with file type and permissions, and the size of its content.

    TARGET is that of a symbolic link; SAME_AS is the path of the member to which a hard link refers.
    """

    name: str
    path: str
    mode: int
    size: int
    target: str | None = None
    same_as: str | None = None


def clean(name: str) -> str:
    """Return NAME as a normalized path."""
    return str(pathlib.PurePosixPath(name))


def zip_members(path: pathlib.Path) -> Iterator[Member]:
    """Return the members of the zip PATH, from its directory. Raise BundleError, or one of UNREADABLE."""
    with path.open("rb") as file, zipfile.ZipFile(_Zip(file)) as archive:
        for info in archive.infolist():
            yield _zip_member(archive, info)


def check_zip_contents(path: pathlib.Path) -> None:
    """Read the contents of the zip PATH. Raise one of UNREADABLE if a content does not match its checksum or its sizes."""
    with path.open("rb") as file, zipfile.ZipFile(_Zip(file)) as archive:
        for info in archive.infolist():
            with archive.open(info) as content:
                while content.read(_CHUNK):
                    continue


def read_zipped(path: pathlib.Path, name: str, limit: int) -> bytes:
    """Return the first LIMIT bytes of the member NAME of the zip PATH. Raise one of UNREADABLE."""
    with path.open("rb") as file, zipfile.ZipFile(_Zip(file)) as archive, archive.open(name) as content:
        return content.read(limit)


def tar_members(path: pathlib.Path, bundle_type: str) -> Iterator[Member]:
    """Return the members of the tar or tgz PATH, which is read to its end. Raise BundleError, or one of UNREADABLE."""
    with _unzipped(path, bundle_type) as stream:
        headers = _Headers(stream)
        for _archive, info in _tar_infos(headers):
            yield _tar_member(info)
        if any(headers.last):
            raise tarfile.ReadError("a header is damaged")
        length = 0
        while chunk := stream.read(
            _CHUNK
        ):  # tarfile accepts what gzip does not: a truncated file shows only at its end
            length += len(chunk)
            if length > _LONGEST_ENDING:
                raise tarfile.ReadError(f"more than {_LONGEST_ENDING:,} bytes follow its end")


def read_tarred(path: pathlib.Path, bundle_type: str, name: str, limit: int) -> bytes:
    """Return the first LIMIT bytes of the member NAME of the tar or tgz PATH. Raise one of UNREADABLE."""
    with _unzipped(path, bundle_type) as stream:
        for archive, info in _tar_infos(_Headers(stream)):
            if info.name == name:
                # The content follows, of which no more than LIMIT bytes are read.
                archive.fileobj = stream
                content = archive.extractfile(info)
                return content.read(limit) if content else b""
    return b""


class _Zip(io.RawIOBase):
    """A wrapper of FILE for zipfile that limits the size of the directory."""

    def __init__(self, file: t.IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_DIRECTORY:
            raise zipfile.BadZipFile(f"its directory is larger than {_LARGEST_DIRECTORY:,} bytes")
        data = self._file.read(size if size >= 0 else _LONGEST_END)
        if size > _CHUNK and data.count(_SIGNATURE) > MOST_PATHS:
            raise zipfile.BadZipFile(f"it has more than {MOST_PATHS:,} members")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    name = info.orig_filename
    if info.flag_bits & _ENCRYPTED:
        raise BundleError(
            f"{name!r} in the archive is encrypted, but host agents have no password: store it unencrypted"
        )
    if info.compress_type not in _METHODS:
        raise BundleError(
            f"{name!r} is compressed with a method ({info.compress_type}) that not all host agents support: use deflate"
        )
    if "\\" in name:
        raise BundleError(
            f"{name!r} has a backslash, which is not a separator in a zip, so the file would be misplaced on a host: build the archive with /"
        )
    # A member that was not made on Unix has no Unix mode.
    mode = info.external_attr >> 16 or 0o644
    kind = stat.S_IFMT(mode) or stat.S_IFREG
    if name.endswith("/") and kind == stat.S_IFREG:
        kind = stat.S_IFDIR  # unzip goes by the name
    if name.endswith("/") != (kind == stat.S_IFDIR):
        raise BundleError(
            f"{name!r} is a directory by either its name or its mode, but not by both, which unzip misplaces: rebuild the archive"
        )
    if kind not in (stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK):
        raise BundleError(f"{name!r} is a device, pipe or socket, which a bundle cannot contain: remove it")
    target = _zip_link_target(archive, info) if kind == stat.S_IFLNK else None
    return Member(name, clean(name), kind | stat.S_IMODE(mode), info.file_size, target)


def _zip_link_target(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    if info.file_size > LONGEST_PATH:
        raise BundleError(f"{info.filename!r} is a link whose target is longer than any path: remove it")
    return archive.read(info).decode("utf-8", "surrogateescape")


def _unzipped(path: pathlib.Path, bundle_type: str) -> t.IO[bytes]:
    return t.cast("t.IO[bytes]", gzip.open(path)) if bundle_type == "tgz" else path.open("rb")


class _Headers:
    """A wrapper of STREAM for tarfile, which only reads headers: it limits those of each member, and keeps the LAST one."""

    def __init__(self, stream: t.IO[bytes]) -> None:
        self._stream = stream
        self.room = 0
        self.last = b""

    def read(self, size: int) -> bytes:
        self.room -= size
        if size < 0 or self.room < 0:
            raise tarfile.ReadError(f"the headers of a member exceed {_LONGEST_HEADERS:,} bytes")
        self.last = self._stream.read(size)
        return self.last

    def seek(self, offset: int) -> int:
        return self._stream.seek(offset)

    def tell(self) -> int:
        return self._stream.tell()


def _tar_infos(headers: _Headers) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    headers.room = _LONGEST_HEADERS
    with tarfile.open(fileobj=t.cast("t.IO[bytes]", headers), mode="r:") as archive:
        while info := archive.next():
            if info.size < 0:  # for tarfile, the next member would come before this one
                raise tarfile.ReadError(f"{info.name!r} has a negative size")
            yield archive, info
            t.cast("t.Any", archive).members.clear()  # tarfile would keep them all
            headers.room = _LONGEST_HEADERS


def _tar_member(info: tarfile.TarInfo) -> Member:
    path, permissions = clean(info.name), stat.S_IMODE(info.mode)
    if info.isdir():
        return Member(info.name, path, stat.S_IFDIR | permissions, 0)
    if info.issym():
        return Member(info.name, path, stat.S_IFLNK | permissions, 0, target=info.linkname)
    if info.islnk():
        return Member(info.name, path, stat.S_IFREG | permissions, 0, same_as=clean(info.linkname))
    if info.isreg():
        return Member(info.name, path, stat.S_IFREG | permissions, info.size)
    raise BundleError(
        f"{info.name!r} is a device, a pipe or of an unknown type, which a bundle cannot contain: remove it"
    )
