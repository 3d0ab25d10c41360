# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a call takes at most, where there is more: a list in batches. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

Item = t.TypeVar("Item")


def batches(items: t.Sequence[Item], most: int) -> t.Iterator[list[Item]]:
    """ITEMS in their order, in lists of at most MOST; none for no items."""
    return (list(items[start : start + most]) for start in range(0, len(items), most))
