# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a deployment config lets a fleet go through its events: as one, or zone by zone with time to watch in between."""

from __future__ import annotations

from collections.abc import Collection

from ..state import DeploymentConfig, InstanceTarget, Label, Leg, Members, Wait

_NO_MINIMUM = {"type": "FLEET_PERCENT", "value": 0}
"""What holds in a zone by default (botocore model: ZonalConfig)."""


def rolling_steps(
    config: DeploymentConfig, targets: Collection[InstanceTarget], events: tuple[str, ...], label: Label | None = None
) -> list[Leg | Wait]:
    """The legs of the targets of a label.

    Zones come by name, hosts on premises first (their order is not documented), with a wait after each but the last. That
    zones count in blue/green deployments, too, is the strictest reading.
    """
    if config.zonal is None:
        return [Leg(events, config.minimum_healthy_hosts or {}, label)]
    zones = sorted({target.zone or "" for target in targets if target.label == label})
    rule = config.zonal.get("minimumHealthyHostsPerZone", _NO_MINIMUM)
    steps: list[Leg | Wait] = []
    for number, zone in enumerate(zones):
        seconds = _wait_before(config.zonal, number)
        steps += [Wait("BAKE", seconds)] if seconds else []
        steps.append(Leg(events, rule, label, zone))
    return steps


def _wait_before(zonal: Members, number: int) -> int:
    """Seconds to watch the zone before this one."""
    monitor: int = zonal.get("monitorDurationInSeconds", 0)
    first: int = zonal.get("firstZoneMonitorDurationInSeconds", monitor)
    return (0, first)[number] if number < 2 else monitor
