# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A zip made as a stream: what is small or does not compress is measured before it is written, the rest is followed by its measures.

Readers that go by the members' own records, instead of the directory at the end, cannot find the end of stored data that was not measured.
"""

from __future__ import annotations

import typing as t
import zlib
from contextlib import closing

from .contents import PIECE, read_pieces, sample
from .deflate import deflated, is_compressible
from .manifest import BundleError, Entry, Manifest
from .parallel import ordered_map, processors, workloads
from .zip_format import DEFLATED, STORED, Member, central_record, data_descriptor, end_records, local_record

_END_OF_DEFLATE = b"\3\0"


class _Piece(t.NamedTuple):
    """A part of an entry's content that becomes DATA of the archive by METHOD."""

    entry: Entry
    data: bytes
    method: int
    is_first: bool
    is_last: bool


def zip_chunks(manifest: Manifest, level: int) -> t.Iterator[bytes]:
    """The zip of MANIFEST, in chunks. It depends on nothing but the manifest, LEVEL and the compressor. Raises BundleError."""

    def packed(batch: list[_Piece]) -> list[_Piece]:
        return [_packed(piece, level) for piece in batch]

    archive = _Archive()
    cut = workloads(_pieces(manifest, level), lambda piece: len(piece.data))
    with closing(ordered_map(packed, cut, processors(), 2 * processors())) as done:
        for batch in done:
            for piece in batch:
                yield from archive.chunks(piece)
    yield archive.ending()


def _pieces(manifest: Manifest, level: int) -> t.Iterator[_Piece]:
    for entry in manifest.entries:
        method = _method(entry, level)
        if entry.is_directory:
            yield _Piece(entry, b"", method, True, True)
            continue
        begun = 0
        for data in read_pieces(entry):
            yield _Piece(entry, data, method, begun == 0, begun + len(data) == entry.size)
            begun += len(data)


def _method(entry: Entry, level: int) -> int:
    """How ENTRY is kept, as far as that can be told before it is tried."""
    if not level or not entry.is_file or not entry.size:
        return STORED
    try:
        return DEFLATED if entry.size <= PIECE or is_compressible(sample(entry)) else STORED
    except OSError as error:
        raise BundleError(f"{entry.path!r} cannot be read: {error.strerror}") from error


def _packed(piece: _Piece, level: int) -> _Piece:
    """PIECE as it stands in the archive."""
    if piece.method == STORED:
        return piece
    if not (piece.is_first and piece.is_last):
        ending = _END_OF_DEFLATE if piece.is_last else b""
        return piece._replace(data=deflated(piece.data, level, zlib.Z_SYNC_FLUSH) + ending)
    data = deflated(piece.data, level, zlib.Z_FINISH)
    if len(data) >= len(piece.data):
        return piece._replace(method=STORED)
    return piece._replace(data=data)


class _Archive:
    """The archive as far as it is written: how long it is, and what its directory has to say."""

    def __init__(self) -> None:
        self._length = 0
        self._directory: list[bytes] = []
        self._member: Member
        self._packed = 0

    def chunks(self, piece: _Piece) -> t.Iterator[bytes]:
        """What PIECE adds to the archive."""
        if piece.is_first:
            self._member, self._packed = self._begun(piece), 0
            yield self._counted(local_record(self._member))
        self._packed += len(piece.data)
        yield self._counted(piece.data)
        if piece.is_last:
            member = self._member._replace(packed=self._packed)
            if not member.measured:
                yield self._counted(data_descriptor(member))
            self._directory.append(central_record(member))

    def _begun(self, piece: _Piece) -> Member:
        entry, is_stored = piece.entry, piece.method == STORED
        name = f"{entry.path}/" if entry.is_directory else entry.path
        packed = entry.size if is_stored else len(piece.data)
        return Member(entry, name.encode(), piece.method, packed, is_stored or piece.is_last, self._length)

    def _counted(self, chunk: bytes) -> bytes:
        self._length += len(chunk)
        return chunk

    def ending(self) -> bytes:
        """The directory of all that was written, and the end."""
        directory = b"".join(self._directory)
        return directory + end_records(len(self._directory), len(directory), self._length)
