# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller has asked of AWS: the emulator's record without the hosts' agents."""

from __future__ import annotations

from emulator import Emulator

READS = ("Get", "BatchGet", "List", "Head")


def actions(emulator: Emulator) -> list[str]:
    """The IAM actions of the recorded calls, in order."""
    own = emulator.environment["AWS_ACCESS_KEY_ID"]
    return [call.action for call in emulator.calls if call.access_key == own]


def writes(emulator: Emulator) -> list[str]:
    """Those of the `actions` that changed something."""
    return [action for action in actions(emulator) if not action.split(":")[1].startswith(READS)]
