# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CloudWatch, read from moto's own state: the alarms that deployments watch."""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends


def alarm_states(account: str, region: str) -> dict[str, str]:
    """OK, ALARM or INSUFFICIENT_DATA by the name of each alarm."""
    backends = cloudwatch_backends[account]
    alarms = list(backends[region].alarms.values()) if region in backends else []
    return {str(alarm.name): str(alarm.state_value) for alarm in alarms}
