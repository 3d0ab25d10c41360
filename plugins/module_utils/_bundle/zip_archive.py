# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A zip written as a stream: sizes and checksums precede data that is small or does not compress, and follow the rest.

Readers that use the members' own records, instead of the directory at the end, cannot find the end of stored data without its size before it.
"""

from __future__ import annotations

import itertools
import typing as t
from contextlib import closing

from .._parallel import ordered_map, processors
from .checksums import Chunk
from .contents import PIECE, read_pieces, sample
from .deflate import END_OF_PIECES, deflated, deflated_piece, is_compressible
from .manifest import BundleError, Entry, Manifest
from .portions import workloads
from .zip_format import DEFLATED, STORED, Member, central_record, data_descriptor, end_records, local_record


class Packed(t.NamedTuple):
    """DATA of the archive with whole members, and the MEASURES of each: its method, its packed size, and its offset in DATA."""

    data: bytes
    measures: list[tuple[int, int, int]]


def zip_shares(entries: t.Iterable[Entry]) -> list[list[Entry]]:
    """Return ENTRIES in the lists in which they are packed: small ones together, large ones alone."""
    groups = (group for _large, group in itertools.groupby(entries, is_large))
    return [share for group in groups for share in workloads(group, lambda entry: entry.size)]


def is_large(entry: Entry) -> bool:
    """Return whether ENTRY is packed in pieces."""
    return entry.size > PIECE


def packed_shares(entries: t.Iterable[Entry], level: int) -> t.Iterator[Packed]:
    """Yield the packed shares of small ENTRIES, in order. Raise BundleError."""
    return (packed_share(share, level) for share in zip_shares(entries) if not is_large(share[0]))


def packed_share(entries: list[Entry], level: int) -> Packed:
    """Return small ENTRIES as they are in the archive. Raise BundleError."""
    chunks, measures, length = list[bytes](), list[tuple[int, int, int]](), 0
    for entry in entries:
        method, data = _packed_content(entry, level)
        record = local_record(Member(entry, _name(entry), method, len(data), True))
        chunks += (record, data)
        measures.append((method, len(data), length))
        length += len(record) + len(data)
    return Packed(b"".join(chunks), measures)


def zip_chunks(manifest: Manifest, level: int, packed: t.Iterator[Packed]) -> t.Iterator[Chunk]:
    """Yield the zip of MANIFEST, in chunks. PACKED are the shares of small entries, in order. Raise BundleError.

    The zip depends only on the manifest, LEVEL and the compressor.
    """
    archive = _Archive()

    def finished(part: _Stretch | _Piece) -> _Stretch | _Piece:
        return part if isinstance(part, _Stretch) else part.packed(level)

    def stretch(share: list[Entry]) -> _Stretch:
        return _Stretch(share, next(packed))

    def parts() -> t.Iterator[_Stretch | _Piece]:
        for share in zip_shares(manifest.entries):
            if is_large(share[0]):
                yield from _pieces(share[0], level)
            else:
                yield stretch(share)

    with closing(ordered_map(finished, parts(), processors(), 2 * processors())) as done:
        for part in done:
            yield from part.written(archive)
    yield Chunk(archive.ending())


class _Archive:
    """The archive written so far: its LENGTH, the offset at which the last large member BEGAN, and the records of its DIRECTORY."""

    def __init__(self) -> None:
        self.length = 0
        self.begun = 0
        self.directory: list[bytes] = []

    def ending(self) -> bytes:
        """Return the directory of all members, and the end records."""
        directory = b"".join(self.directory)
        return directory + end_records(len(self.directory), len(directory), self.length)


class _Stretch(t.NamedTuple):
    """Small ENTRIES, and their PACKED form."""

    entries: list[Entry]
    packed: Packed

    def written(self, archive: _Archive) -> t.Iterator[Chunk]:
        """Add this to ARCHIVE, and yield its chunks."""
        for entry, (method, size, offset) in zip(self.entries, self.packed.measures, strict=True):
            member = Member(entry, _name(entry), method, size, True)
            archive.directory.append(central_record(member, archive.length + offset))
        archive.length += len(self.packed.data)
        yield Chunk(self.packed.data)


def _packed_content(entry: Entry, level: int) -> tuple[int, bytes]:
    """Return the method and the packed content of a small ENTRY."""
    ((data, _checksum),) = read_pieces(entry)
    if level and entry.is_file and is_compressible(data):
        smaller = deflated(data, level)
        if len(smaller) < len(data):
            return DEFLATED, smaller
    return STORED, data


def _name(entry: Entry) -> bytes:
    return (f"{entry.path}/" if entry.is_directory else entry.path).encode()


class _Piece(t.NamedTuple):
    """A part of a large ENTRY's content, which becomes CHUNK of the archive by METHOD."""

    entry: Entry
    chunk: Chunk
    method: int
    is_first: bool
    is_last: bool

    def packed(self, level: int) -> _Piece:
        """Return the piece as it is in the archive."""
        if self.method == STORED:
            return self
        ending = END_OF_PIECES if self.is_last else b""
        return self._replace(chunk=Chunk(deflated_piece(self.chunk.data, level) + ending))

    def written(self, archive: _Archive) -> t.Iterator[Chunk]:
        """Add this to ARCHIVE, and yield its chunks."""
        member = Member(self.entry, _name(self.entry), self.method, self.entry.size, self.method == STORED)
        record = local_record(member)
        if self.is_first:
            archive.begun = archive.length
            archive.length += len(record)
            yield Chunk(record)
        archive.length += len(self.chunk.data)
        yield self.chunk
        if self.is_last:
            member = member._replace(packed=archive.length - archive.begun - len(record))
            archive.directory.append(central_record(member, archive.begun))
            if not member.measured:
                descriptor = data_descriptor(member)
                archive.length += len(descriptor)
                yield Chunk(descriptor)


def _pieces(entry: Entry, level: int) -> t.Iterator[_Piece]:
    """Yield the pieces of a large ENTRY, to be packed. Raise BundleError."""
    method, begun = _method(entry, level), 0
    for chunk in read_pieces(entry):
        length = len(chunk.data)
        yield _Piece(entry, chunk, method, begun == 0, begun + length == entry.size)
        begun += length


def _method(entry: Entry, level: int) -> int:
    """Return the method for a large ENTRY, chosen by samples of it."""
    try:
        return DEFLATED if level and is_compressible(sample(entry)) else STORED
    except OSError as error:
        raise BundleError(f"{entry.path!r} cannot be read: {error.strerror}") from error
