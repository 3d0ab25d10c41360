# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CRC-32, the checksum of zip, gzip and S3, and chunks whose checksums are computed once, even if they are joined later."""

from __future__ import annotations

import functools
import typing as t

try:
    from isal.isal_zlib import crc32
except ImportError:  # an optional accelerator
    from zlib import crc32

__all__ = ["Chunk", "crc32", "joined", "joined_crc32"]

# The polynomial of CRC-32 (ISO 3309), lowest power in the highest bit.
_POLYNOMIAL = 0xEDB88320

# A linear map of checksums: the image of each of the 32 bits.
_Map = tuple[int, ...]

# Below this size, computing a checksum again is faster than combining it with another.
_WORTH_JOINING = 1 << 16


class Chunk(t.NamedTuple):
    """DATA of an archive, and its CRC32 if it is known already."""

    data: bytes
    crc32: int | None = None


def joined(chunks: t.Sequence[Chunk]) -> tuple[bytes, int]:
    """Return the joined data of CHUNKS, and its CRC-32."""
    checksum = 0
    for chunk in chunks:
        if chunk.crc32 is None or len(chunk.data) < _WORTH_JOINING:
            checksum = crc32(chunk.data, checksum)
        else:
            checksum = joined_crc32(checksum, chunk.crc32, len(chunk.data))
    return b"".join(chunk.data for chunk in chunks), checksum


def joined_crc32(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two concatenated contents from their own checksums: FIRST, and SECOND of LENGTH bytes."""
    power = 0
    while length:
        if length & 1:
            first = _mapped(first, _behind_zeros(power))
        length >>= 1
        power += 1
    return first ^ second


@functools.cache
def _behind_zeros(power: int) -> _Map:
    """Return the map of a checksum to the one after 2**POWER more zero bytes."""
    if power:
        return _twice(_behind_zeros(power - 1))
    bit = (_POLYNOMIAL, *(1 << place for place in range(31)))
    return _twice(_twice(_twice(bit)))


def _twice(once: _Map) -> _Map:
    return tuple(_mapped(bit, once) for bit in once)


def _mapped(checksum: int, to: _Map) -> int:
    found = 0
    for bit in to:
        if checksum & 1:
            found ^= bit
        checksum >>= 1
    return found
