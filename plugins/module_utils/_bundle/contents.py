# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contents of a manifest's entries, read again for the archive and compared with the manifest."""

from __future__ import annotations

import typing as t

from .checksums import Chunk, crc32, joined_crc32
from .manifest import BundleError, Entry, changed_message

# The bytes of a file that are held, compressed and sent at a time.
PIECE = 1 << 20
_SAMPLE = 16384


def read_pieces(entry: Entry) -> t.Iterator[Chunk]:
    """Yield the content of ENTRY, PIECE bytes at a time, at least one piece. Raise BundleError before the last if it differs from the manifest."""
    if isinstance(entry.source, bytes):
        yield Chunk(entry.source)
        return
    rest, checksum = entry.size, 0
    try:
        with entry.open() as content:
            while True:
                data = content.read(min(rest, PIECE))
                summed = crc32(data)
                checksum = joined_crc32(checksum, summed, len(data))
                rest -= len(data)
                is_short = rest and not data
                is_other = not rest and (checksum != entry.crc32 or content.read(1))
                if is_short or is_other:
                    raise BundleError(changed_message(entry.path))
                yield Chunk(data, summed)
                if not rest:
                    return
    except OSError as error:
        raise BundleError(f"{entry.path!r} cannot be read: {error.strerror}") from error


def sample(entry: Entry) -> bytes:
    """Return a sample of the beginning, the middle and the end of a large ENTRY. Raise OSError."""
    with entry.open() as content:
        texts = []
        for place in (0, entry.size // 2, max(0, entry.size - _SAMPLE)):
            content.seek(place)
            texts.append(content.read(_SAMPLE))
    return b"".join(texts)
