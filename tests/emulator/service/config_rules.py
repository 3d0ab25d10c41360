# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a deployment config may hold, by compute platform.

The service's texts are known for a missing minimum only; the others are ours. Where a rule is not documented it is the strictest
that the documentation allows: a member that means nothing on a platform is refused there.
"""

from __future__ import annotations

from ..errors import ServiceError
from ..state import Members

LONGEST_SHIFT = 2880
"""Minutes from the first shift of traffic to the last (AWS user guide, limits)."""
MOST_PERCENT = 99
"""Of a canary, of a linear shift, and of FLEET_PERCENT (AWS user guide, limits)."""

_MINIMUM = "InvalidMinimumHealthyHostValueException"
_ROUTING = "InvalidTrafficRoutingConfigurationException"
_ZONAL = "InvalidZonalDeploymentConfigurationException"

# The member that each type of shift has, and the names of its two members.
_SHIFTS = {
    "TimeBasedCanary": ("timeBasedCanary", "canaryPercentage", "canaryInterval"),
    "TimeBasedLinear": ("timeBasedLinear", "linearPercentage", "linearInterval"),
}


def check_content(platform: str, given: Members) -> None:
    """Raise the modeled error for what of a CreateDeploymentConfig request a config of PLATFORM cannot hold."""
    if platform == "Server":
        _refuse(given, "trafficRoutingConfig", _ROUTING, platform)
        _check_minimum(given.get("minimumHealthyHosts"))
        _check_zonal(given.get("zonalConfig") or {})
    else:
        _refuse(given, "minimumHealthyHosts", _MINIMUM, platform)
        _refuse(given, "zonalConfig", _ZONAL, platform)
        _check_routing(given.get("trafficRoutingConfig") or {})


def _refuse(given: Members, member: str, code: str, platform: str) -> None:
    if given.get(member):
        raise ServiceError(code, f"A deployment config for {platform} has no {member}.")


def _check_minimum(minimum: Members | None) -> None:
    if minimum is None:
        raise ServiceError(_MINIMUM, "minimum healthy hosts argument is missing")
    _check_hosts(minimum, "minimumHealthyHosts", _MINIMUM)


def _check_hosts(hosts: Members, member: str, code: str) -> None:
    """FLEET_PERCENT 100 is reported to fail only when a deployment runs; the documented range is what counts here."""
    if "type" not in hosts or "value" not in hosts:
        raise ServiceError(code, f"{member} needs type and value.")
    if hosts["value"] < 0 or (hosts["type"] == "FLEET_PERCENT" and hosts["value"] > MOST_PERCENT):
        raise ServiceError(code, f"{member} is {hosts}; FLEET_PERCENT takes 0 to 99, HOST_COUNT 0 or more.")


def _check_zonal(zonal: Members) -> None:
    for member in ("monitorDurationInSeconds", "firstZoneMonitorDurationInSeconds"):
        if zonal.get(member, 0) < 0:
            raise ServiceError(_ZONAL, f"{member} is {zonal[member]}; it must not be negative.")
    if "minimumHealthyHostsPerZone" in zonal:
        _check_hosts(zonal["minimumHealthyHostsPerZone"], "minimumHealthyHostsPerZone", _ZONAL)


def _check_routing(routing: Members) -> None:
    kind = routing.get("type")
    if kind is None:
        raise ServiceError(_ROUTING, "A trafficRoutingConfig with a type is needed.")
    wanted = {"type", _SHIFTS[kind][0]} if kind in _SHIFTS else {"type"}
    if set(routing) != wanted:
        raise ServiceError(_ROUTING, f"Type {kind} goes with {sorted(wanted)}, not with {sorted(routing)}.")
    if kind in _SHIFTS:
        _check_shift(kind, routing)


def _check_shift(kind: str, routing: Members) -> None:
    member, percentage, interval = _SHIFTS[kind]
    shift = routing[member]
    if set(shift) != {percentage, interval}:
        raise ServiceError(_ROUTING, f"{member} needs {percentage} and {interval}.")
    if not 1 <= shift[percentage] <= MOST_PERCENT:
        raise ServiceError(_ROUTING, f"{percentage} is {shift[percentage]}; 1 to {MOST_PERCENT} are allowed.")
    waits = 1 if kind == "TimeBasedCanary" else -(-100 // shift[percentage]) - 1
    if shift[interval] < 1 or waits * shift[interval] > LONGEST_SHIFT:
        message = f"{interval} is {shift[interval]}; it must be 1 or more, and all shifts take {LONGEST_SHIFT} minutes at most."
        raise ServiceError(_ROUTING, message)
