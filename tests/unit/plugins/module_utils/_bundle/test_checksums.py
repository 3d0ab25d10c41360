# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checksums of what is put together, against zlib's of the whole."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.checksums import Chunk, joined, joined_crc32


@given(st.binary(), st.binary())
def test_two_checksums_give_that_of_both(first: bytes, second: bytes) -> None:
    assert joined_crc32(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@pytest.mark.parametrize("length", [1 << 16, 1 << 20, (1 << 20) + 1, 12_345_678])
def test_it_does_so_for_long_contents(length: int) -> None:
    assert joined_crc32(zlib.crc32(b"first"), zlib.crc32(bytes(length)), length) == zlib.crc32(b"first" + bytes(length))


def test_chunks_are_joined_with_and_without_their_checksums() -> None:
    long, short = bytes(range(256)) * 1000, b"short"
    known = [Chunk(data, zlib.crc32(data)) for data in (long, short, long)]
    unknown = [Chunk(data) for data in (short, long)]
    whole = long + short + long + short + long
    assert joined(known + unknown) == (whole, zlib.crc32(whole))
    assert joined([]) == (b"", 0)
