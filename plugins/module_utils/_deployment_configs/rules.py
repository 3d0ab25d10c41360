# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for deployment configs, checked before anything is written. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Resource
from .._validation import InvalidOption, check_name, check_tags
from .forms import CONTENT

# AWS user guide, "Create a deployment configuration": the prefix of names that is reserved for AWS.
PREDEFINED = "CodeDeployDefault."
# AWS user guide, "CodeDeploy limits": minutes between the first and the last shift of traffic, and the percentage of a shift or of a fleet.
LONGEST_SHIFT = 2880
MOST_PERCENT = 99

# The member for each type of traffic shift, and its two members (botocore model: TrafficRoutingConfig).
SHIFTS = {
    "TimeBasedCanary": ("time_based_canary", "canary_percentage", "canary_interval"),
    "TimeBasedLinear": ("time_based_linear", "linear_percentage", "linear_interval"),
}


def check_range(option: str, value: int, least: int, most: int | None = None) -> None:
    """Raise InvalidOption unless VALUE is from LEAST to MOST."""
    if value < least or (most is not None and value > most):
        allowed = f"{least} or more" if most is None else f"{least} to {most}"
        raise InvalidOption(f"{option}: {value} is out of range; set {allowed}")


def check_hosts(option: str, hosts: Resource) -> None:
    """Raise InvalidOption unless HOSTS is a valid minimum of healthy hosts, which is never the whole fleet."""
    check_range(f"{option}.value", hosts["value"], 0, MOST_PERCENT if hosts["type"] == "FLEET_PERCENT" else None)


def check_routing(option: str, routing: Resource) -> None:
    """Raise InvalidOption unless ROUTING has exactly the members of its type, within the limits."""
    needed = SHIFTS.get(routing["type"], ("",))[0]
    for member, *_members in SHIFTS.values():
        given = routing.get(member) is not None
        if given != (member == needed):
            verb = "cannot be combined with" if given else "is required with"
            raise InvalidOption(f"{option}.{member}: {verb} type {routing['type']}")
    if needed:
        check_shift(f"{option}.{needed}", routing)


def check_shift(option: str, routing: Resource) -> None:
    """Raise InvalidOption unless the shift's percentage is allowed and the whole shift is short enough."""
    member, percentage, interval = SHIFTS[routing["type"]]
    shift = routing[member]
    check_range(f"{option}.{percentage}", shift[percentage], 1, MOST_PERCENT)
    waits = 1 if member == "time_based_canary" else -(-100 // shift[percentage]) - 1
    check_range(f"{option}.{interval}", shift[interval], 1, LONGEST_SHIFT // waits)


def check_zones(option: str, zonal: Resource) -> None:
    """Raise InvalidOption unless the durations of ZONAL and its number of healthy hosts are allowed."""
    for member in ("monitor_duration_in_seconds", "first_zone_monitor_duration_in_seconds"):
        check_range(f"{option}.{member}", zonal.get(member) or 0, 0)
    if zonal.get("minimum_healthy_hosts_per_zone"):
        check_hosts(f"{option}.minimum_healthy_hosts_per_zone", zonal["minimum_healthy_hosts_per_zone"])


CHECKS: dict[str, t.Callable[[str, Resource], None]] = {
    "minimum_healthy_hosts": check_hosts,
    "traffic_routing_config": check_routing,
    "zonal_config": check_zones,
}


def check_options(params: dict[str, t.Any]) -> None:
    """Raise InvalidOption for errors that can be found without calling AWS."""
    name = params["deployment_config_name"]
    check_name("deployment_config_name", name)
    if params["state"] == "absent" and name.startswith(PREDEFINED):
        raise InvalidOption(
            f"deployment_config_name: {name!r} is a predefined config, which cannot be deleted; use the name of one of your own"
        )
    check_tags("tags", params["tags"] or {})
    for option, check in CHECKS.items():
        if params[option] is not None:
            check(option, params[option])


def check_content(params: dict[str, t.Any], config: Resource) -> None:
    """Raise InvalidOption unless CONFIG, the result of the options PARAMS, has exactly the content of its compute platform."""
    platform = config["compute_platform"]
    for option in CHECKS:
        if params[option] and option not in CONTENT[platform]:
            raise InvalidOption(
                f"{option}: not supported for {platform} deployment configs; use {', '.join(CONTENT[platform])}"
            )
    if not config.get(CONTENT[platform][0]):
        name = config["deployment_config_name"]
        raise InvalidOption(f"{CONTENT[platform][0]}: required to create the {platform} deployment config {name!r}")


def check_creation(name: str) -> None:
    """Raise InvalidOption if a new deployment config cannot be named NAME."""
    if name.startswith(PREDEFINED):
        raise InvalidOption(
            f"deployment_config_name: there is no {name!r}; the prefix {PREDEFINED} is reserved for AWS"
        )
