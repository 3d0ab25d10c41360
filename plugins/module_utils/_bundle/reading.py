# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory on its way to a bundle: it is read, and packed, by processes of their own, while this one has other things to do."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t

from .manifest import APPSPEC, BundleError, Entry, Manifest, fingerprinted, held
from .parallel import processors
from .selection import Selection
from .tree import list_entries
from .workers import Worker
from .zip_archive import Packed, is_large, packed_share, zip_shares

# How many bytes of small files are held in memory. Files are not read again for the archive as long as that lasts.
_HELD = 48 << 20

# How many shares are packed before they are asked for. Each has about a mebibyte before it is compressed.
_AHEAD = 32

# From how many bytes or files on it is worth its while to start processes.
_MANY_BYTES = 8 << 20
_MANY_FILES = 1000

_Digests = dict[str, tuple[str, int]]


class Reading:
    """ENTRIES, as they are listed, being read, and then packed for a zip compressed at LEVEL (0 to 9), if it is to become one."""

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
        """The entries with the digests of their contents; to be asked for once. Raises BundleError."""
        digests: _Digests = {}
        for worker in self._workers:
            digests |= next(worker)
        return Manifest(tuple(entry.with_digests(*digests[entry.path]) for entry in self._entries))

    def packed(self) -> t.Iterator[Packed]:
        """What zip_chunks takes; to be asked for once, after the manifest. Raises BundleError."""
        small = (number for number, share in enumerate(self._shares) if not is_large(share[0]))
        return (next(self._workers[number % len(self._workers)]) for number in small)


def _read_and_pack(shares: list[list[Entry]], level: int | None, room: int) -> t.Iterator[_Digests | Packed]:
    """The digests of all entries of SHARES; then, if there is a LEVEL, each share of small ones packed. ROOM bytes are held meanwhile."""
    read = []
    for share in shares:
        room -= sum(entry.size for entry in share)
        one = held if room >= 0 and level is not None and not is_large(share[0]) else fingerprinted
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
    """Begin to read the directory FOLDER, with APPSPEC in place of its own AppSpec if given. Raises BundleError if no bundle can be made of it.

    Permissions are reduced to whether a file is executable, as version control does, so the umask of a checkout does not make another release.
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
        return f"{APPSPEC!r} is not a regular file, nor a link to one, so nothing can be deployed by it: replace it"
    if (folder / "appspec.yaml").is_file():
        return f"{str(folder)!r} holds appspec.yaml, but the host agent runs hooks only from a file named {APPSPEC}: rename it"
    return f"{str(folder)!r} has no {APPSPEC} at its top, so it is not an application that CodeDeploy can deploy"
