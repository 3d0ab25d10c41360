#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_config_info
version_added: 0.1.0
short_description: Gather information about AWS CodeDeploy deployment configs
description:
  - Returns all deployment configs of the account and region, or those that are named.
  - Each has the form that M(slipway.codedeploy.deployment_config) returns and takes.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_config_names:
    description:
      - The names of the deployment configs to read. Those that do not exist are missing from RV(deployment_configs).
      - When omitted, all are read, including those that AWS predefines.
    type: list
    elements: str
    aliases: [names]
  compute_platform:
    description:
      - Only return deployment configs for this compute platform.
    type: str
    choices: [Server, Lambda, ECS]
  predefined:
    description:
      - V(true) returns only deployment configs that AWS predefines, V(false) only the others. Both are returned when omitted.
    type: bool
  include_tags:
    description:
      - Whether to read tags too, which costs one API call for each deployment config.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: N/A
    details: Changes nothing.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:ListDeploymentConfigs), unless O(deployment_config_names) is given, and
    C(codedeploy:GetDeploymentConfig). With O(include_tags=true) also C(codedeploy:ListTagsForResource) and C(sts:GetCallerIdentity)."
seealso:
  - module: slipway.codedeploy.deployment_config
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Read all custom deployment configs
  slipway.codedeploy.deployment_config_info:
    predefined: false
  register: own

- name: Read the deployment configs that AWS predefines for Lambda
  slipway.codedeploy.deployment_config_info:
    compute_platform: Lambda
    predefined: true
    include_tags: false

- name: Read two deployment configs by name
  slipway.codedeploy.deployment_config_info:
    deployment_config_names:
      - CodeDeployDefault.HalfAtATime
      - careful
"""

RETURN = r"""
deployment_configs:
  description: The deployment configs, sorted by name.
  returned: always
  type: list
  elements: dict
  contains:
    deployment_config_name:
      description: The name of the deployment config.
      type: str
      sample: careful
    deployment_config_id:
      description: The ID of the deployment config.
      type: str
      sample: 9f8d2c1e-6a0b-4e57-8d43-1b2c3d4e5f60
    compute_platform:
      description: The compute platform of the deployment config.
      type: str
      sample: Server
    minimum_healthy_hosts:
      description: The number or percentage of hosts that must be healthy. AWS describes its own C(CodeDeployDefault.OneAtATime) with the type
        V(MOST_CONCURRENCY).
      returned: for Server
      type: dict
      sample: {"type": "FLEET_PERCENT", "value": 75}
    zonal_config:
      description: The way Availability Zones are deployed to, with AWS's defaults filled in. Empty if zones are not considered.
      returned: for Server
      type: dict
      sample: {}
    traffic_routing_config:
      description: The way traffic is shifted.
      returned: for Lambda and ECS
      type: dict
      sample: {"type": "TimeBasedCanary", "time_based_canary": {"canary_percentage": 10, "canary_interval": 30}}
    create_time:
      description: The time when the deployment config was created.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    tags:
      description: The tags of the deployment config.
      returned: when O(include_tags=true)
      type: dict
      sample: {"team": "shop"}
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.tags import with_tags
from ..module_utils._deployment_configs.api import find_deployment_config, list_deployment_configs
from ..module_utils._deployment_configs.rules import PREDEFINED
from ..module_utils._run import run_info
from ..module_utils._validation import check_name

ARGUMENTS: dict[str, t.Any] = {
    "deployment_config_names": {"type": "list", "elements": "str", "aliases": ["names"]},
    "compute_platform": {"type": "str", "choices": ["Server", "Lambda", "ECS"]},
    "predefined": {"type": "bool"},
    "include_tags": {"type": "bool", "default": True},
}
CONSTRAINTS: dict[str, t.Any] = {}


def read(connect: Connect, params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The deployment configs that the options name."""
    for name in params["deployment_config_names"] or []:
        check_name("deployment_config_names", name)
    client = connect("codedeploy")
    names = params["deployment_config_names"]
    asked = list_deployment_configs(client) if names is None else names
    wanted = [name for name in asked if params["predefined"] in (None, name.startswith(PREDEFINED))]
    found = [find_deployment_config(client, name) for name in sorted(set(wanted))]
    configs = [
        config for config in found if config and params["compute_platform"] in (None, config["compute_platform"])
    ]
    if params["include_tags"]:
        configs = with_tags(connect, configs, "deploymentconfig:{deployment_config_name}")
    return {"changed": False, "deployment_configs": configs}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
