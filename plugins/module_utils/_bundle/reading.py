# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and packing of a directory in separate processes, while this one does other work."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t

from .._parallel import processors
from .manifest import APPSPEC, BundleError, Entry, Manifest, fingerprinted, with_content
from .selection import Selection
from .tree import list_entries
from .workers import Worker
from .zip_archive import Packed, is_large, packed_share, zip_shares

# The bytes of small files to keep in memory, so that they are not read again for the archive.
_HELD = 48 << 20

# The number of shares to pack in advance. Each has about a mebibyte before compression.
_AHEAD = 32

# The numbers of bytes and of files from which starting processes pays off.
_MANY_BYTES = 8 << 20
_MANY_FILES = 1000

_Digests = dict[str, tuple[str, int]]


class Reading:
    """ENTRIES that are read as they are listed, and then packed, if LEVEL (0 to 9) is given for a zip."""

    def __init__(self, entries: list[Entry], level: int | None) -> None:
        self._entries = sorted(entries, key=lambda entry: entry.path)
        self._shares = zip_shares(self._entries)
        count = processors()
        self._workers: list[t.Iterator[t.Any]] = [
            _read_and_pack(self._shares[first::count], level, _HELD // count) for first in range(count)
        ]
        if len(entries) > _MANY_FILES or sum(entry.size for entry in entries) > _MANY_BYTES:
            self._workers = [Worker(worker, _AHEAD // count) for worker in self._workers]

    def manifest(self) -> Manifest:
        """Return the entries with the digests of their contents; call it once. Raise BundleError."""
        digests: _Digests = {}
        for worker in self._workers:
            digests |= next(worker)
        return Manifest(tuple(entry.with_digests(*digests[entry.path]) for entry in self._entries))

    def packed(self) -> t.Iterator[Packed]:
        """Return the packed shares for zip_chunks; call it once, after `manifest`. Raise BundleError."""
        small = (number for number, share in enumerate(self._shares) if not is_large(share[0]))
        return (next(self._workers[number % len(self._workers)]) for number in small)


def _read_and_pack(shares: list[list[Entry]], level: int | None, room: int) -> t.Iterator[_Digests | Packed]:
    """Yield all entries of SHARES with their digests; then, if there is a LEVEL, each packed share of small ones. Keep at most ROOM bytes meanwhile."""
    read = []
    for share in shares:
        room -= sum(entry.size for entry in share)
        one = with_content if room >= 0 and level is not None and not is_large(share[0]) else fingerprinted
        read.append([one(entry) for entry in share])
    yield {entry.path: (entry.sha256, entry.crc32) for share in read for entry in share}
    if level is not None:
        yield from (packed_share(share, level) for share in read if not is_large(share[0]))


def begin_reading(
    folder: pathlib.Path,
    selection: Selection = Selection(),  # noqa: B008 (it cannot be changed)
    symlinks: str = "follow",
    appspec: bytes | None = None,
    level: int | None = None,
) -> Reading:
    """Begin to read the directory FOLDER, with APPSPEC in place of its own AppSpec if given. Raise BundleError if it cannot be bundled.

    Permissions are reduced to whether a file is executable, as in version control, so that the umask of a checkout does not change the release.
    """
    if folder.is_dir() and appspec is None and not (folder / APPSPEC).is_file():
        raise BundleError(_no_appspec(folder))
    entries = list_entries(folder, selection, symlinks)
    if appspec is not None:
        entries = [entry for entry in entries if entry.path != APPSPEC]
        entries.append(Entry(APPSPEC, stat.S_IFREG | 0o644, appspec, len(appspec)))
    return Reading(entries, level)


def _no_appspec(folder: pathlib.Path) -> str:
    if os.path.lexists(folder / APPSPEC):
        return f"{APPSPEC!r} is neither a regular file nor a link to one, so it cannot be an AppSpec: replace it"
    if (folder / "appspec.yaml").is_file():
        return f"{str(folder)!r} holds appspec.yaml, but the host agent runs hooks only from a file named {APPSPEC}: rename it"
    return f"{str(folder)!r} has no {APPSPEC} at its top level, so CodeDeploy cannot deploy it: add one"
