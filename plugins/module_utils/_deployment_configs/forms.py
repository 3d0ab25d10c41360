# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of a deployment config: one form for options and for AWS's responses, so that `==` compares them. Pure.

In it, a config has the members of its compute platform and no others, and the defaults of zones are filled in.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Resource

# The content of a config of each compute platform (botocore model: DeploymentConfigInfo; observed by Terraform's tests).
CONTENT = {
    "Server": ("minimum_healthy_hosts", "zonal_config"),
    "Lambda": ("traffic_routing_config",),
    "ECS": ("traffic_routing_config",),
}
# The members that a plan compares, and those of them that no call can change.
IMMUTABLE = ("compute_platform", "minimum_healthy_hosts", "traffic_routing_config", "zonal_config")
MANAGED = ("deployment_config_name", *IMMUTABLE, "tags", "temporary_copy")

# The defaults of CreateDeploymentConfig (botocore model: CreateDeploymentConfigInput).
DEFAULTS: Resource = {"compute_platform": "Server"}


def given_members(value: t.Any) -> t.Any:
    """Return VALUE without the members that are None, at any depth."""
    if not isinstance(value, dict):
        return value
    members = {name: given_members(member) for name, member in value.items() if member is not None}
    return {name: member for name, member in members.items() if member != {}}


def zones(given: Resource) -> Resource:
    """Return a zonal config with its defaults (botocore model: ZonalConfig); empty if none of its members is given."""
    given = given_members(given)
    if not given:
        return {}
    monitor = given.get("monitor_duration_in_seconds", 0)
    return {
        "monitor_duration_in_seconds": monitor,
        "first_zone_monitor_duration_in_seconds": given.get("first_zone_monitor_duration_in_seconds", monitor),
        "minimum_healthy_hosts_per_zone": given.get(
            "minimum_healthy_hosts_per_zone", {"type": "FLEET_PERCENT", "value": 0}
        ),
    }


def for_platform(config: Resource) -> Resource:
    """Return CONFIG with all optional members of its compute platform, and without those of other platforms."""
    others = [name for names in CONTENT.values() for name in names if name not in CONTENT[config["compute_platform"]]]
    return {name: value for name, value in {"zonal_config": {}, **config}.items() if name not in others}


def form_from_service(config: Resource) -> Resource:
    """Return a deployment config from an AWS response, in snake_case, with its content in canonical form."""
    return for_platform({**DEFAULTS, **config, "zonal_config": zones(config.get("zonal_config") or {})})


def differences(before: Resource, after: Resource) -> list[str]:
    """Return the differences that no call can change, as strings."""
    return [
        f"{name} is {before.get(name, 'missing')} and would be {after.get(name, 'missing')}"
        for name in IMMUTABLE
        if before.get(name) != after.get(name)
    ]


def form_from_options(params: dict[str, t.Any]) -> Resource:
    """Return a config's content from the options PARAMS, in canonical form; None for an omitted option."""
    zonal = params["zonal_config"]
    return {
        "deployment_config_name": params["deployment_config_name"],
        "compute_platform": params["compute_platform"],
        "minimum_healthy_hosts": params["minimum_healthy_hosts"],
        "traffic_routing_config": given_members(params["traffic_routing_config"]),
        "zonal_config": None if zonal is None else zones(zonal),
    }
