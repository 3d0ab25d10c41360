# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tar written as a stream, plain or with gzip, in GNU's format, which keeps names as bytes that no host's locale can damage."""

from __future__ import annotations

import struct
import tarfile
import typing as t
from contextlib import closing

from .._parallel import ordered_map, processors
from .checksums import Chunk, joined, joined_crc32
from .contents import PIECE, read_pieces
from .deflate import END_OF_PIECES, deflated_piece
from .manifest import Entry, Manifest
from .portions import blocks

# 1980-01-01, as in a zip: the time of a checkout is not part of a release. tar warns about 1970.
_TIME = 315532800
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def tar_chunks(manifest: Manifest) -> t.Iterator[Chunk]:
    """Yield the tar of MANIFEST, in chunks. It depends only on the manifest. Raise BundleError."""
    length = 0
    for entry in manifest.entries:
        header = _member(entry).tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
        yield Chunk(header)
        length += len(header)
        if entry.is_file:
            yield from read_pieces(entry)
            padding = -entry.size % tarfile.BLOCKSIZE
            yield Chunk(bytes(padding))
            length += entry.size + padding
    ending = 2 * tarfile.BLOCKSIZE
    yield Chunk(bytes(ending + -(length + ending) % tarfile.RECORDSIZE))


def _member(entry: Entry) -> tarfile.TarInfo:
    info = tarfile.TarInfo(entry.path)
    info.mode = entry.mode & 0o777
    info.mtime = _TIME
    if entry.is_directory:
        info.type = tarfile.DIRTYPE
    elif entry.is_link:
        info.type = tarfile.SYMTYPE
        info.linkname = t.cast("bytes", entry.source).decode("utf-8", "surrogateescape")
    else:
        info.size = entry.size
    return info


def tgz_chunks(manifest: Manifest, level: int) -> t.Iterator[Chunk]:
    """Yield the tar of MANIFEST in a single gzip member (RFC 1952), compressed block by block in threads. Raise BundleError."""
    checksum = length = 0

    def measured() -> t.Iterator[bytes]:
        nonlocal checksum, length
        for block in blocks(tar_chunks(manifest), PIECE):
            data, summed = joined(block)
            checksum, length = joined_crc32(checksum, summed, len(data)), length + len(data)
            yield data

    def packed(block: bytes) -> Chunk:
        return Chunk(deflated_piece(block, level))

    yield Chunk(_GZIP_HEADER)
    with closing(ordered_map(packed, measured(), processors(), 2 * processors())) as done:
        yield from done
    yield Chunk(END_OF_PIECES + struct.pack("<2L", checksum, length & 0xFFFFFFFF))
