# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller: while a task on it waits, the emulator's time passes."""

from __future__ import annotations

import pytest

from emulator import Emulator
from unit.controller import Controller


@pytest.fixture
def controller(emulator: Emulator) -> Controller:
    return Controller(emulator)
