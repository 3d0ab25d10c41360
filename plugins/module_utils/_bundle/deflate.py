# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deflate (RFC 1951), piece by piece, so that threads can share the work on one file."""

from __future__ import annotations

import typing as t
import zlib

try:
    from isal import isal_zlib
except ImportError:  # an accelerator, never needed
    isal_zlib = None  # type: ignore[assignment]

# At these levels ISA-L is faster than zlib and makes what is smaller; above, zlib makes what was asked for smaller still.
_ISAL_LEVELS = range(1, 4)
# Its own levels 1 and 2 are faster yet, but what they make of the same content differs from process to process now and then (observed with isal 1.9.1).
_ISAL_LEVEL = 3

# Content of this many bytes is tried as it is; more is judged by samples of it, which cost a hundredth of an attempt.
_SAMPLE = 4096
# Less than this to be saved is not worth the hosts' time.
_WORTH = 0.97


# What follows the last piece of a stream.
END_OF_PIECES = b"\3\0"


def _compressor(level: int) -> tuple[t.Any, int]:
    """The library that compresses at LEVEL (0 to 9), and its own level for that."""
    return (isal_zlib, _ISAL_LEVEL) if isal_zlib is not None and level in _ISAL_LEVELS else (zlib, level)


def deflated(data: bytes, level: int) -> bytes:
    """DATA as a whole deflate stream."""
    library, level = _compressor(level)
    # Around it, zlib puts two bytes before and four behind (RFC 1950). One call, because each has to get the interpreter's lock back.
    return bytes(library.compress(data, level)[2:-4])


def deflated_piece(data: bytes, level: int) -> bytes:
    """DATA as a piece of a deflate stream, which another may follow, or END_OF_PIECES."""
    library, level = _compressor(level if is_compressible(data) else 0)
    compressor = library.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes(compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))


def is_compressible(data: bytes) -> bool:
    """Whether DATA looks as if it became smaller, by samples of its beginning, middle and end."""
    if len(data) <= 4 * _SAMPLE:
        return True
    middle = len(data) // 2
    sample = data[:_SAMPLE] + data[middle : middle + _SAMPLE] + data[-_SAMPLE:]
    return len(zlib.compress(sample, 1)) < _WORTH * len(sample)
