# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CodeDeploy of our own, on top of moto, that really runs deployments; tests and the demo need no AWS account."""

from __future__ import annotations

from .clock import Clock, ManualClock
from .emulator import Emulator
from .faults import Fault

__all__ = ["Clock", "Emulator", "Fault", "ManualClock"]
