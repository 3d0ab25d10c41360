# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deflate (RFC 1951), piece by piece, so that threads can share the work on one file."""

from __future__ import annotations

import typing as t
import zlib

try:
    from isal import isal_zlib
except ImportError:  # an optional accelerator
    isal_zlib = None  # type: ignore[assignment]

# At these levels ISA-L is faster than zlib and compresses better; above them, zlib compresses better.
_ISAL_LEVELS = range(1, 4)
# ISA-L's own levels 1 and 2 are even faster, but their output for the same content sometimes differs between processes (observed with isal 1.9.1).
_ISAL_LEVEL = 3

# Content of this many bytes is compressed on trial as a whole; larger content is judged by samples, which cost a hundredth of a trial.
_SAMPLE = 4096
# Saving less than this is not worth the hosts' time.
_WORTH = 0.97


# The end of a stream, after its last piece.
END_OF_PIECES = b"\3\0"


def _compressor(level: int) -> tuple[t.Any, int]:
    """Return the library that compresses at LEVEL (0 to 9), and its own level for that."""
    return (isal_zlib, _ISAL_LEVEL) if isal_zlib is not None and level in _ISAL_LEVELS else (zlib, level)


def deflated(data: bytes, level: int) -> bytes:
    """Return DATA as a whole deflate stream."""
    library, level = _compressor(level)
    # zlib adds two bytes before it and four after it (RFC 1950). One call, because each call must reacquire the interpreter's lock.
    return bytes(library.compress(data, level)[2:-4])


def deflated_piece(data: bytes, level: int) -> bytes:
    """Return DATA as a piece of a deflate stream; another piece or END_OF_PIECES must follow it."""
    library, level = _compressor(level if is_compressible(data) else 0)
    compressor = library.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes(compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))


def is_compressible(data: bytes) -> bool:
    """Return whether DATA looks compressible, by samples of its beginning, middle and end."""
    if len(data) <= 4 * _SAMPLE:
        return True
    middle = len(data) // 2
    sample = data[:_SAMPLE] + data[middle : middle + _SAMPLE] + data[-_SAMPLE:]
    return len(zlib.compress(sample, 1)) < _WORTH * len(sample)
