# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller, and an emulator whose time passes only while a task on it waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator import Emulator, ManualClock
from unit.controller import Controller


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=ManualClock()) as emulator:
        yield emulator


@pytest.fixture
def controller(emulator: Emulator) -> Controller:
    return Controller(emulator)
