# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The manifest of a bundle: its entries, and the digest that identifies a release.

The digest covers names, types, modes and contents, and is computed before any archive exists, so the same content is the same release on any machine, at
any time, with any compressor.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import stat
import typing as t
from dataclasses import dataclass

from .checksums import crc32
from .files import Identity, Replaced, open_same

# The only name that all steps of the host agent accept (observed with host agent 1.8.1; `appspec.yaml` fails in the hooks).
APPSPEC = "appspec.yml"

DIRECTORY_MODE = stat.S_IFDIR | 0o755
LINK_MODE = stat.S_IFLNK | 0o777

# The bytes of a file that stay in the processor's cache while both digests are computed.
_CHUNK = 1 << 18


class BundleError(ValueError):
    """A source from which no bundle can be made. The message says why; `option` is the module's option that named it."""

    def __init__(self, message: str, option: str = "source") -> None:
        super().__init__(message)
        self.option = option

    def __reduce__(self) -> tuple[type[BundleError], tuple[str, str]]:
        return BundleError, (str(self), self.option)


class Entry(t.NamedTuple):
    """One file, directory or link of a bundle.

    PATH is relative to the bundle, with `/`; MODE has the file type and permissions; SOURCE is the file with the content, or the content itself (of a
    link: its target). SIZE in bytes, SHA256 in hex and CRC32 describe the content, and are empty for a directory. IDENTITY is that of the file that was
    listed, so that no other file is read in its place.
    """

    path: str
    mode: int
    source: str | bytes = b""
    size: int = 0
    sha256: str = ""
    crc32: int = 0
    identity: Identity | None = None

    @property
    def is_directory(self) -> bool:
        return self.mode == DIRECTORY_MODE

    @property
    def is_link(self) -> bool:
        return self.mode == LINK_MODE

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    def with_digests(self, sha256: str, checksum: int) -> Entry:
        """Return the entry with the SHA256 and the CRC32 of its content."""
        return Entry(self.path, self.mode, self.source, self.size, sha256, checksum, self.identity)

    def open(self) -> io.BytesIO | io.FileIO:
        """Open the content for reading. Raise OSError, or BundleError if another file has replaced it."""
        if isinstance(self.source, bytes):
            return io.BytesIO(self.source)
        return io.FileIO(self.descriptor(self.source))

    def descriptor(self, source: str) -> int:
        """Return a descriptor of its file, SOURCE. Raise OSError, or BundleError if another file has replaced it."""
        try:
            return open_same(source, self.identity)
        except Replaced as error:
            raise BundleError(changed_message(self.path)) from error


@dataclass(frozen=True)
class Manifest:
    """The entries of a bundle, sorted by path; each directory comes before its content."""

    entries: tuple[Entry, ...]

    @functools.cached_property
    def digest(self) -> str:
        """The release's identity: sha256 in hex over the entries' paths, modes and contents."""
        identity = hashlib.sha256(b"slipway bundle manifest 1\n")
        for entry in self.entries:
            identity.update(f"{entry.mode:o} {entry.sha256 or '-'} {entry.path}\0".encode())
        return identity.hexdigest()

    @functools.cached_property
    def size(self) -> int:
        """The bytes of all contents, before compression."""
        return sum(entry.size for entry in self.entries)

    def largest(self, count: int) -> list[Entry]:
        """Return the COUNT largest files, the largest first."""
        files = (entry for entry in self.entries if entry.is_file)
        return sorted(files, key=lambda entry: (-entry.size, entry.path))[:count]


def with_content(entry: Entry) -> Entry:
    """Return ENTRY with the digests of its content, and with that content in place of its file, which is read only once. Raise BundleError."""
    if isinstance(entry.source, bytes):
        return fingerprinted(entry)
    try:
        content = _read_at_once(entry.descriptor(entry.source), entry.size + 1)
    except OSError as error:
        raise BundleError(_unreadable(entry, error)) from error
    if len(content) != entry.size:
        raise BundleError(changed_message(entry.path))
    return Entry(entry.path, entry.mode, content, entry.size, hashlib.sha256(content).hexdigest(), crc32(content))


def _read_at_once(descriptor: int, size: int) -> bytes:
    """Return the first SIZE bytes of the file of DESCRIPTOR, with the fewest system calls, and close it."""
    try:
        return os.read(descriptor, size)
    finally:
        os.close(descriptor)


def fingerprinted(entry: Entry) -> Entry:
    """Return ENTRY with the digests of its content. Raise BundleError if it cannot be read, or its size has changed."""
    if entry.is_directory:
        return entry
    sha256, checksum, size = hashlib.sha256(), 0, 0
    try:
        with entry.open() as content:
            while size <= entry.size and (
                chunk := content.read(_CHUNK)
            ):  # reading a file that grows faster than it is read would never end
                sha256.update(chunk)
                checksum = crc32(chunk, checksum)
                size += len(chunk)
    except OSError as error:
        raise BundleError(_unreadable(entry, error)) from error
    if size != entry.size:
        raise BundleError(changed_message(entry.path))
    return entry.with_digests(sha256.hexdigest(), checksum)


def changed_message(path: str) -> str:
    """Return the message for PATH, a file or directory in the source, that has changed."""
    return f"{path!r} changed while the bundle was being built: run the task again when nothing writes to it"


def _unreadable(entry: Entry, error: OSError) -> str:
    return f"{entry.path!r} cannot be read: {error.strerror}"
