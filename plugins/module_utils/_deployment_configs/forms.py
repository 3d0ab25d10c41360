# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The canonical form of a deployment config: one form for what a user asks for and what AWS answers, so that `==` compares them. Pure.

In it, a config has the members of its compute platform and no others, and the defaults of zones are filled in.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._plan import Resource

# What a config of each compute platform says (botocore model: DeploymentConfigInfo; observed by Terraform's tests).
CONTENT = {
    "Server": ("minimum_healthy_hosts", "zonal_config"),
    "Lambda": ("traffic_routing_config",),
    "ECS": ("traffic_routing_config",),
}
# What a plan compares, and what of that no call can change.
IMMUTABLE = ("compute_platform", "minimum_healthy_hosts", "traffic_routing_config", "zonal_config")
MANAGED = ("deployment_config_name", *IMMUTABLE, "tags", "temporary_copy")

# What CreateDeploymentConfig fills in (botocore model: CreateDeploymentConfigInput).
DEFAULTS: Resource = {"compute_platform": "Server"}


def given_members(value: t.Any) -> t.Any:
    """VALUE without the members that are None, at any depth."""
    if not isinstance(value, dict):
        return value
    members = {name: given_members(member) for name, member in value.items() if member is not None}
    return {name: member for name, member in members.items() if member != {}}


def zones(given: Resource) -> Resource:
    """A zonal config with its defaults (botocore model: ZonalConfig); empty if nothing of it is given."""
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


def fitting(config: Resource) -> Resource:
    """CONFIG with all members of its compute platform that can be left out, and none of another."""
    others = [name for names in CONTENT.values() for name in names if name not in CONTENT[config["compute_platform"]]]
    return {name: value for name, value in {"zonal_config": {}, **config}.items() if name not in others}


def form_from_service(config: Resource) -> Resource:
    """A deployment config as AWS answers it, in snake_case, with its content in canonical form."""
    return fitting({**DEFAULTS, **config, "zonal_config": zones(config.get("zonal_config") or {})})


def differences(before: Resource, after: Resource) -> list[str]:
    """What no call can change and differs, as texts."""
    return [
        f"{name} is {before.get(name, 'not there')} and would be {after.get(name, 'not there')}"
        for name in IMMUTABLE
        if before.get(name) != after.get(name)
    ]


def form_from_options(params: dict[str, t.Any]) -> Resource:
    """What the options PARAMS say of a config's content, in canonical form; None where an option is left out."""
    zonal = params["zonal_config"]
    return {
        "deployment_config_name": params["deployment_config_name"],
        "compute_platform": params["compute_platform"],
        "minimum_healthy_hosts": params["minimum_healthy_hosts"],
        "traffic_routing_config": given_members(params["traffic_routing_config"]),
        "zonal_config": None if zonal is None else zones(zonal),
    }
