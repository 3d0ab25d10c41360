# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployment configs, and what becomes of them: the table that goes through what every resource module promises."""

from __future__ import annotations

from typing import Any

from ansible_collections.slipway.codedeploy.plugins.module_utils._deployment_configs.replacement import temporary_name
from ansible_collections.slipway.codedeploy.plugins.modules import deployment_config
from unit.scenarios import (
    Scenario,
    Subject,
)

PREFIX = "arn:aws:codedeploy:us-east-1:123456789012:deploymentconfig:"
ROLE = "arn:aws:iam::123456789012:role/codedeploy"
COPY = temporary_name("careful")
CONTENT = ("minimumHealthyHosts", "trafficRoutingConfig", "zonalConfig")


def tags_of(client: Any, name: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceArn=PREFIX + name)["Tags"]}


def custom_configs(client: Any) -> list[str]:
    names = client.list_deployment_configs()["deploymentConfigsList"]
    return [name for name in names if not name.startswith("CodeDeployDefault.")]


def group_configs(client: Any) -> dict[str, str]:
    """The config of each deployment group."""
    return {
        group["deploymentGroupName"]: group["deploymentConfigName"]
        for application in client.list_applications()["applications"]
        for name in client.list_deployment_groups(applicationName=application)["deploymentGroups"]
        for group in [
            client.get_deployment_group(applicationName=application, deploymentGroupName=name)["deploymentGroupInfo"]
        ]
    }


def read(client: Any) -> Any:
    """By config its platform, content and tags, and the config of each group."""
    found = {}
    for name in custom_configs(client):
        info = client.get_deployment_config(deploymentConfigName=name)["deploymentConfigInfo"]
        content = {member: info[member] for member in CONTENT if member in info}
        found[name] = info["computePlatform"], content, tags_of(client, name)
    return found, group_configs(client)


SUBJECT = Subject(deployment_config, "deployment_config", read, {"deployment_config_id", "create_time"})


def fleet(percent: int) -> dict[str, Any]:
    return {"type": "FLEET_PERCENT", "value": percent}


def hosts(count: int) -> dict[str, Any]:
    return {"type": "HOST_COUNT", "value": count}


def canary(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"canary_percentage": percentage, "canary_interval": interval}
    return {"type": "TimeBasedCanary", "time_based_canary": shift, "time_based_linear": None}


def linear(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"linear_percentage": percentage, "linear_interval": interval}
    return {"type": "TimeBasedLinear", "time_based_canary": None, "time_based_linear": shift}


def zonal(monitor: int | None, first: int | None = None, per_zone: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "monitor_duration_in_seconds": monitor,
        "first_zone_monitor_duration_in_seconds": first,
        "minimum_healthy_hosts_per_zone": per_zone,
    }


def api_canary(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"canaryPercentage": percentage, "canaryInterval": interval}
    return {"trafficRoutingConfig": {"type": "TimeBasedCanary", "timeBasedCanary": shift}}


def api_linear(percentage: int, interval: int) -> dict[str, Any]:
    shift = {"linearPercentage": percentage, "linearInterval": interval}
    return {"trafficRoutingConfig": {"type": "TimeBasedLinear", "timeBasedLinear": shift}}


def nothing(client: Any) -> None:
    pass


def a_config(name: str = "careful", tags: dict[str, str] | None = None, **members: Any) -> Any:
    def arrange(client: Any) -> None:
        content = members or {"minimumHealthyHosts": fleet(75)}
        client.create_deployment_config(deploymentConfigName=name, **content)
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            client.tag_resource(ResourceArn=PREFIX + name, Tags=pairs)

    return arrange


def groups(**configs: str) -> Any:
    """Groups with the given configs, each in an application of its own."""

    def arrange(client: Any) -> None:
        for name, config in configs.items():
            client.create_application(applicationName=f"app-{name}")
            client.create_deployment_group(
                applicationName=f"app-{name}",
                deploymentGroupName=name,
                deploymentConfigName=config,
                serviceRoleArn=ROLE,
            )

    return arrange


def both(*arrangements: Any) -> Any:
    def arrange(client: Any) -> None:
        for each in arrangements:
            each(client)

    return arrange


NAME = {"deployment_config_name": "careful"}
NEW = {**NAME, "minimum_healthy_hosts": fleet(50), "replace": True}
CONTENT_75 = {"minimumHealthyHosts": fleet(75)}
CONTENT_50 = {"minimumHealthyHosts": fleet(50)}
ZONES = {
    "monitorDurationInSeconds": 60,
    "firstZoneMonitorDurationInSeconds": 60,
    "minimumHealthyHostsPerZone": fleet(0),
}
IN_USE = both(
    a_config(tags={"team": "shop"}), groups(one="careful", two="careful", other="CodeDeployDefault.AllAtOnce")
)
GROUPS = {"one": "careful", "two": "careful", "other": "CodeDeployDefault.AllAtOnce"}
REPLACED = ({"careful": ("Server", CONTENT_50, {"team": "shop"})}, GROUPS)


def only(platform: str, content: dict[str, Any], **tags: str) -> Any:
    return {"careful": (platform, content, tags)}, {}


def lambda_config(**content: Any) -> dict[str, Any]:
    return {**NAME, "compute_platform": "Lambda", **content}


SCENARIOS = [
    Scenario(
        "basic: a percentage of the fleet",
        nothing,
        {**NAME, "minimum_healthy_hosts": fleet(75)},
        True,
        only("Server", CONTENT_75),
    ),
    Scenario(
        "fleetPercent: another percentage of the fleet replaces it",
        a_config(),
        {**NAME, "minimum_healthy_hosts": fleet(50), "replace": True},
        True,
        only("Server", CONTENT_50),
    ),
    Scenario(
        "hostCount: another number of hosts replaces it",
        a_config(minimumHealthyHosts=hosts(1)),
        {**NAME, "minimum_healthy_hosts": hosts(2), "replace": True},
        True,
        only("Server", {"minimumHealthyHosts": hosts(2)}),
    ),
    Scenario(
        "a canary",
        nothing,
        lambda_config(traffic_routing_config=canary(50, 10)),
        True,
        only("Lambda", api_canary(50, 10)),
    ),
    Scenario(
        "trafficCanary: another canary replaces it",
        a_config(computePlatform="Lambda", **api_canary(50, 10)),
        lambda_config(traffic_routing_config=canary(10, 3), replace=True),
        True,
        only("Lambda", api_canary(10, 3)),
    ),
    Scenario(
        "linear shifts",
        nothing,
        {**NAME, "compute_platform": "ECS", "traffic_routing_config": linear(10, 3)},
        True,
        only("ECS", api_linear(10, 3)),
    ),
    Scenario(
        "trafficLinear: other linear shifts replace them",
        a_config(computePlatform="Lambda", **api_linear(50, 10)),
        lambda_config(traffic_routing_config=linear(10, 3), replace=True),
        True,
        only("Lambda", api_linear(10, 3)),
    ),
    Scenario(
        "all at once",
        nothing,
        lambda_config(
            traffic_routing_config={"type": "AllAtOnce", "time_based_canary": None, "time_based_linear": None}
        ),
        True,
        only("Lambda", {"trafficRoutingConfig": {"type": "AllAtOnce"}}),
    ),
    Scenario(
        "zones, with defaults",
        nothing,
        {**NAME, "minimum_healthy_hosts": fleet(75), "zonal_config": zonal(60)},
        True,
        only("Server", {**CONTENT_75, "zonalConfig": ZONES}),
    ),
    Scenario(
        "zones that are there already, as somebody else wrote them",
        a_config(**CONTENT_75, zonalConfig={"monitorDurationInSeconds": 60}),
        {**NAME, "zonal_config": zonal(60, 60, fleet(0))},
        False,
        only("Server", {**CONTENT_75, "zonalConfig": {"monitorDurationInSeconds": 60}}),
    ),
    Scenario(
        "zones go",
        a_config(**CONTENT_75, zonalConfig=ZONES),
        {**NAME, "zonal_config": zonal(None), "replace": True},
        True,
        only("Server", CONTENT_75),
    ),
    Scenario(
        "with tags",
        nothing,
        {**NAME, "minimum_healthy_hosts": fleet(75), "tags": {"team": "shop", "rack": 7}},
        True,
        only("Server", CONTENT_75, team="shop", rack="7"),
    ),
    Scenario(
        "there already", a_config(), {**NAME, "minimum_healthy_hosts": fleet(75)}, False, only("Server", CONTENT_75)
    ),
    Scenario("there already, by name", a_config(), NAME, False, only("Server", CONTENT_75)),
    Scenario("there already, to be replaced", a_config(), {**NAME, "replace": True}, False, only("Server", CONTENT_75)),
    Scenario(
        "a tag changes, one comes, one goes",
        a_config(tags={"team": "shop", "old": "1"}),
        {**NAME, "tags": {"team": "store", "new": "2"}},
        True,
        only("Server", CONTENT_75, team="store", new="2"),
    ),
    Scenario(
        "tags are added",
        a_config(tags={"team": "shop"}),
        {**NAME, "tags": {"new": "2"}, "purge_tags": False},
        True,
        only("Server", CONTENT_75, team="shop", new="2"),
    ),
    Scenario(
        "one of AWS's own is there",
        nothing,
        {"deployment_config_name": "CodeDeployDefault.HalfAtATime", "minimum_healthy_hosts": fleet(50)},
        False,
        ({}, {}),
    ),
    Scenario("replaced while groups use it", IN_USE, NEW, True, REPLACED),
    Scenario(
        "replaced with other tags",
        IN_USE,
        {**NEW, "tags": {"team": "store"}},
        True,
        ({"careful": ("Server", CONTENT_50, {"team": "store"})}, GROUPS),
    ),
    Scenario(
        "another platform, while no group uses it",
        a_config(),
        lambda_config(traffic_routing_config=canary(10, 3), replace=True),
        True,
        only("Lambda", api_canary(10, 3)),
    ),
    Scenario(
        "killed after a group was switched",
        both(IN_USE, a_config(COPY, {"team": "shop"}), groups(three=COPY)),
        NEW,
        True,
        (REPLACED[0], {**GROUPS, "three": "careful"}),
    ),
    Scenario(
        "killed after the old one was deleted",
        both(a_config(COPY, {"team": "shop"}), groups(one=COPY, two=COPY, other="CodeDeployDefault.AllAtOnce")),
        NEW,
        True,
        REPLACED,
    ),
    Scenario(
        "killed while groups were switched back",
        both(
            a_config(COPY),
            a_config(tags={"team": "shop"}, **CONTENT_50),
            groups(one="careful", two=COPY, other="CodeDeployDefault.AllAtOnce"),
        ),
        NEW,
        True,
        REPLACED,
    ),
    Scenario("delete", a_config(tags={"team": "shop"}), {**NAME, "state": "absent"}, True, ({}, {})),
    Scenario(
        "delete it and the copy that a killed run left",
        both(a_config(), a_config(COPY)),
        {**NAME, "state": "absent"},
        True,
        ({}, {}),
    ),
    Scenario("delete all that a killed run left", a_config(COPY), {**NAME, "state": "absent"}, True, ({}, {})),
    Scenario("gone already", nothing, {**NAME, "state": "absent"}, False, ({}, {})),
]
