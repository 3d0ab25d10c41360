# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alarms: what stops a deployment while it runs (AWS user guide, monitoring-create-alarms)."""

from __future__ import annotations

from ..aws.cloudwatch import alarm_states
from ..state import Deployment, Members, Region

POLL_EVERY = 10.0
"""Seconds between two looks at the alarms; the real interval is not documented."""


def is_watched(deployment: Deployment) -> bool:
    """A rollback is not: what made it necessary may well still be on."""
    return bool(deployment.alarms.get("enabled")) and deployment.creator != "codeDeployRollback"


def alarm_error(region: Region, deployment: Deployment) -> Members | None:
    """The ErrorInformation of a deployment that its alarms stop now.

    An alarm that does not exist tells nothing of its state: without ignorePollAlarmFailure that stops, too (the strictest
    reading).
    """
    if not is_watched(deployment):
        return None
    states = alarm_states(region.account, region.name)
    names = [alarm["name"] for alarm in deployment.alarms["alarms"]]
    active = [name for name in names if states.get(name) == "ALARM"]
    unknown = [name for name in names if name not in states]
    if active:
        return _alarm_active(f"The deployment was stopped because of the active alarms {', '.join(active)}.")
    if unknown and not deployment.alarms.get("ignorePollAlarmFailure"):
        return _alarm_active(f"The deployment was stopped because the alarms {', '.join(unknown)} could not be polled.")
    return None


def _alarm_active(message: str) -> Members:
    return {"code": "ALARM_ACTIVE", "message": message}
