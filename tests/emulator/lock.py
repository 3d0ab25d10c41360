# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lock that nobody waits for in vain."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """A reentrant lock, for ``with`` blocks, that goes to the thread that has waited longest.

    Python's own goes to whoever is quickest, which is the thread that has just given it back: while the clock makes call
    after call, requests would wait for seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()  # guards every other member
        self._owner: int | None = None
        self._depth = 0
        self._waiting: deque[tuple[int, threading.Lock]] = deque()

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner in (None, me):
                self._owner = me
                self._depth += 1
                return
            my_turn = threading.Lock()
            my_turn.acquire()
            self._waiting.append((me, my_turn))
        my_turn.acquire()

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth > 0:
                return
            self._owner = None
            if self._waiting:
                self._owner, my_turn = self._waiting.popleft()
                self._depth = 1
                my_turn.release()
