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
    isal_zlib = None

# The levels that ISA-L knows. It is several times faster than zlib there; above, zlib makes what was asked for smaller.
_ISAL_LEVELS = range(1, 4)

# Content of this many bytes is tried as it is; more is judged by samples of it, which cost a hundredth of an attempt.
_SAMPLE = 4096
# Less than this to be saved is not worth the hosts' time.
_WORTH = 0.97


def _compressor(level: int) -> t.Any:
    if isal_zlib is not None and level in _ISAL_LEVELS:
        return isal_zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)


def deflated(data: bytes, level: int, flush: int) -> bytes:
    """DATA as a piece of a deflate stream. FLUSH ends the stream (zlib.Z_FINISH), or the piece so that another may follow (Z_SYNC_FLUSH)."""
    compressor = _compressor(level if is_compressible(data) else 0)
    return bytes(compressor.compress(data) + compressor.flush(flush))


def is_compressible(data: bytes) -> bool:
    """Whether DATA looks as if it became smaller, by samples of its beginning, middle and end."""
    if len(data) <= 4 * _SAMPLE:
        return True
    middle = len(data) // 2
    sample = data[:_SAMPLE] + data[middle : middle + _SAMPLE] + data[-_SAMPLE:]
    return len(zlib.compress(sample, 1)) < _WORTH * len(sample)
