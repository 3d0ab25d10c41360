# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AppSpecs for Lambda and ECS with what is wrong with them, as in appspec_tables."""

from __future__ import annotations

import copy
from typing import Any

from .appspec_tables import Case

FUNCTION = {
    "version": 0.0,
    "Resources": [
        {
            "shop": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Name": "shop", "Alias": "live", "CurrentVersion": "6", "TargetVersion": 7},
            }
        }
    ],
    "Hooks": [
        {"BeforeAllowTraffic": "check"},
        {"AfterAllowTraffic": "arn:aws:lambda:us-east-1:123456789012:function:check"},
    ],
}
TASK = {
    "version": 0.0,
    "Resources": [
        {
            "TargetService": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "TaskDefinition": "arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web:7",
                    "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80},
                    "PlatformVersion": "LATEST",
                    "NetworkConfiguration": {
                        "AwsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "ENABLED"}
                    },
                    "CapacityProviderStrategy": [{"Base": 1, "CapacityProvider": "FARGATE", "Weight": 1}],
                },
            }
        }
    ],
    "Hooks": [{"BeforeInstall": "a"}, {"AfterInstall": "b"}, {"AfterAllowTestTraffic": "c"}, {"BeforeAllowTraffic": "d"}],
}  # fmt: skip

LEFT_OUT = object()
IN_FUNCTION = "Resources[0].shop.Properties"
IN_TASK = "Resources[0].TargetService.Properties"


def changed(appspec: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of APPSPEC with VALUE at PATH, written as `Resources.0.shop`, or with nothing there."""
    whole = copy.deepcopy(appspec)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    place: Any = whole
    for step in steps:
        place = place[step]
    if value is LEFT_OUT:
        del place[last]
    else:
        place[last] = value
    return whole


def function(path: str, value: Any, *problems: str) -> Case:
    return Case(
        changed(FUNCTION, path, value), tuple(f"{problem}:None" for problem in problems), None, {"platform": "lambda"}
    )


def task(path: str, value: Any, *problems: str) -> Case:
    return Case(changed(TASK, path, value), tuple(f"{problem}:None" for problem in problems), None, {"platform": "ecs"})


def a_property(name: str, value: Any, *rules: str) -> Case:
    """FUNCTION with another value of a property, which breaks RULES."""
    return function(f"Resources.0.shop.Properties.{name}", value, *(f"{rule} {IN_FUNCTION}.{name}" for rule in rules))


def a_member(name: str, value: Any, *rules: str) -> Case:
    """TASK with another value of a member, which breaks RULES; a rule may name another place."""
    broken = (rule if " " in rule else f"{rule} {name}" for rule in rules)
    problems = (rule.replace(" ", f" {IN_TASK}.", 1) for rule in broken)
    return task(f"Resources.0.TargetService.Properties.{name}", value, *problems)


_NETWORK = "NetworkConfiguration.AwsvpcConfiguration"
SERVICES = [
    function("version", "0.0", "version version"),
    function("version", LEFT_OUT, "member-missing version"),
    function("os", "linux", "key-unknown os"),
    function("Resources", LEFT_OUT, "member-missing Resources"),
    function("Resources", {"shop": {}}, "list-expected Resources", "resource-count Resources"),
    function("Resources", FUNCTION["Resources"] * 2, "resource-count Resources"),
    function("Resources.0.more", {}, "resource-count Resources"),
    function("Resources.0.shop.Type", "AWS::ECS::Service", "resource-type Resources[0].shop.Type"),
    function("Resources.0.shop.Properties", LEFT_OUT, f"member-missing {IN_FUNCTION}"),
    function("Resources.0.shop.properties", {}, "key-twice Resources[0].shop.properties",
             *(f"member-missing Resources[0].shop.properties.{name}" for name in ("Name", "Alias", "CurrentVersion", "TargetVersion"))),
    a_property("Name", " ", "member-missing"),
    a_property("Alias", LEFT_OUT, "member-missing"),
    a_property("Alias", ["live"], "text-expected"),
    a_property("CurrentVersion", "$LATEST", "member-value"),
    a_property("CurrentVersion", 0, "member-value"),
    a_property("TargetVersion", "6", "versions-equal"),
    a_property("targetVERSION", "7", "key-twice"),
    function("hooks", [], "key-twice hooks"),
    function("Hooks.0.AfterAllowTraffic", "f", "service-hook Hooks[0]", "service-hook Hooks[1].AfterAllowTraffic"),
    function("Hooks", [{"BeforeInstall": "f"}], "service-hook Hooks[0].BeforeInstall"),
    function("Hooks", [{"BeforeAllowTraffic": ""}], "member-missing Hooks[0].BeforeAllowTraffic"),
    function("Hooks", [{"beforeallowtraffic": "f"}]),
    function("Hooks", {"BeforeAllowTraffic": "f"}, "list-expected Hooks"),
    function("Hooks", None),
    task("Resources.0", {"Web": TASK["Resources"][0]["TargetService"]}, "resource-name Resources[0].Web"),  # type: ignore[index]
    a_member("TaskDefinition", "web:7", "task-definition"),
    a_member("TaskDefinition", "<TASK_DEFINITION>", "task-definition"),
    a_member("TaskDefinition", LEFT_OUT, "member-missing"),
    a_member("LoadBalancerInfo", LEFT_OUT, "member-missing"),
    a_member("LoadBalancerInfo.ContainerName", "", "member-missing"),
    a_member("LoadBalancerInfo.ContainerPort", "80", "member-value"),
    a_member("LoadBalancerInfo.ContainerPort", 65535),
    a_member("LoadBalancerInfo.ContainerPort", 65536, "member-value"),
    a_member("LoadBalancerInfo.ContainerPort", 0, "port-zero"),
    a_member("PlatformVersion", "", "member-missing"),
    a_member("PlatformVersion", LEFT_OUT),
    a_member("NetworkConfiguration", {}, "member-missing NetworkConfiguration.AwsvpcConfiguration"),
    a_member(f"{_NETWORK}.Subnets", [], "member-missing"),
    a_member(f"{_NETWORK}.Subnets", [""], "member-value"),
    a_member(f"{_NETWORK}.SecurityGroups", LEFT_OUT, "member-missing"),
    a_member(f"{_NETWORK}.AssignPublicIp", "yes", "member-value"),
    a_member("CapacityProviderStrategy.0.CapacityProvider", LEFT_OUT, "member-missing CapacityProviderStrategy[0].CapacityProvider"),
    a_member("CapacityProviderStrategy.0.Base", 100_000),
    a_member("CapacityProviderStrategy.0.Base", 100_001, "member-value CapacityProviderStrategy[0].Base"),
    a_member("CapacityProviderStrategy.0.Weight", 1000),
    a_member("CapacityProviderStrategy.0.Weight", 1001, "member-value CapacityProviderStrategy[0].Weight"),
    a_member("CapacityProviderStrategy", LEFT_OUT),
    Case('{\n\t"version": 0.0,\n\t"Resource": []\n}', ("member-missing Resources:1", "key-unknown Resource:3"), None, {"platform": "ecs"}),
    Case("version: 0.0\nresources:\n  - f:\n      type: AWS::Lambda::Function\n      properties:\n        name: f\n        alias: a\n"
         "        currentversion: 1\n        targetversion: 2\n        aliaS: b\n",
         ("key-twice resources[0].f.properties.aliaS:10",), None, {"platform": "lambda"}),
    Case(changed(TASK, "hOOKs", []), ("key-twice hOOKs:None",), None, {"platform": "ecs"}),
    Case({"version": 0.0, "rESOURCES": FUNCTION["Resources"]}, ("key-case rESOURCES:None",), None, {"platform": "lambda"}),
]  # fmt: skip
