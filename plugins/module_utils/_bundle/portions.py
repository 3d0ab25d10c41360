# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Portions of work that are large enough for a thread."""

from __future__ import annotations

import typing as t

from .checksums import Chunk

Item = t.TypeVar("Item")

# Handing a small item to a thread costs more than its work, so small items are grouped.
_BATCH_BYTES = 1 << 20
_BATCH_ITEMS = 256


def workloads(items: t.Iterable[Item], weight: t.Callable[[Item], int]) -> t.Iterator[list[Item]]:
    """Yield ITEMS in lists that are large enough for a thread; WEIGHT returns the bytes of one."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += weight(item)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_ITEMS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def blocks(chunks: t.Iterable[Chunk], size: int) -> t.Iterator[list[Chunk]]:
    """Yield CHUNKS in lists of at least SIZE bytes, except for the last one."""
    held: list[Chunk] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += len(chunk.data)
        if length >= size:
            yield held
            held, length = [], 0
    if held:
        yield held
