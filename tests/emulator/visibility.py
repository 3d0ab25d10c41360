# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delayed visibility: reads that do not see a write yet, as eventually consistent services answer now and then."""

from __future__ import annotations

import copy
import threading

from .state import Region


class DelayedVisibility:
    """Regions whose next reads are answered from a copy that was made before a write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stale: dict[tuple[str, str], tuple[Region, int]] = {}

    def hold_back(self, region: Region, reads: int) -> None:
        """Show ``region`` as it is now to its next ``reads`` reads, whatever happens to it meanwhile."""
        with region.lock:
            # These are the emulator's, not part of what a region holds.
            shared = (region.lock, region.clock, region.hook_functions)
            snapshot = copy.deepcopy(region, {id(thing): thing for thing in shared})
        with self._lock:
            self._stale[region.account, region.name] = (snapshot, reads)

    def region_to_read(self, region: Region) -> Region:
        """What a read of ``region`` sees: the copy as long as reads of it are left, then the region itself."""
        with self._lock:
            snapshot, reads = self._stale.pop((region.account, region.name), (region, 0))
            if reads == 0:
                return region
            if reads > 1:
                self._stale[region.account, region.name] = (snapshot, reads - 1)
            return snapshot

    def clear(self) -> None:
        with self._lock:
            self._stale.clear()
