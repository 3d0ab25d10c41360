# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock excludes, can be taken again by its owner, and goes round."""

from __future__ import annotations

import threading
import time

import pytest

from emulator.lock import FairLock

DEADLINE = 60


def test_it_goes_to_another_that_waits_before_its_owner_has_it_again() -> None:
    lock, entered = FairLock(), threading.Event()

    def wait_for_it() -> None:
        with lock:
            entered.set()

    other = threading.Thread(target=wait_for_it)
    lock.__enter__()
    other.start()
    deadline = time.monotonic() + DEADLINE
    while not lock._waiting:  # no other sign tells that the thread has come so far
        assert time.monotonic() < deadline
    lock.__exit__()
    with lock:
        assert entered.is_set()
    other.join()


def test_its_owner_can_take_it_again() -> None:
    lock = FairLock()
    with lock, lock:
        pass
    assert_free(lock)


def assert_free(lock: FairLock) -> None:
    """Another thread gets it."""
    other = threading.Thread(target=lock.__enter__)
    other.start()
    other.join(DEADLINE)
    assert not other.is_alive()


def test_an_error_gives_it_back() -> None:
    lock = FairLock()
    with pytest.raises(KeyError), lock:
        raise KeyError
    assert_free(lock)


def test_one_at_a_time() -> None:
    lock, inside, most = FairLock(), 0, 0

    def count() -> None:
        nonlocal inside, most
        for _round in range(200):
            with lock, lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=count) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert (most, inside) == (1, 0)
    assert not any(thread.is_alive() for thread in threads)
