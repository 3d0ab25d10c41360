# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CodeDeploy of our own, on top of moto, that really runs deployments; tests and the demo need no AWS account."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock, ManualClock
    from .emulator import Emulator
    from .faults import Fault

__all__ = ["Clock", "Emulator", "Fault", "ManualClock"]

_HOMES = {"Clock": "clock", "Emulator": "emulator", "Fault": "faults", "ManualClock": "clock"}


def __getattr__(name: str) -> Any:
    """Each is imported when it is first asked for: moto takes seconds, and the stand-in agent, a part of this package, has no need of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
