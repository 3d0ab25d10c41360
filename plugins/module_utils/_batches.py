# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Batches: lists split into the sizes that a call accepts. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import itertools
import typing as t

Item = t.TypeVar("Item")


def batches(items: t.Iterable[Item], most: int) -> t.Iterator[list[Item]]:
    """Yield ITEMS in their order, in lists of at most MOST, each as soon as it is full; no list for no items."""
    source = iter(items)
    return iter(lambda: list(itertools.islice(source, most)), [])
