#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_config
version_added: 0.1.0
short_description: Manage AWS CodeDeploy deployment configs
description:
  - Creates, replaces, tags and deletes AWS CodeDeploy deployment configs.
  - A deployment config sets how many hosts must stay healthy during a deployment, or how traffic shifts to a new version.
  - AWS cannot modify a deployment config. With O(replace=true), this module replaces it, even while deployment groups use it.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_config_name:
    description:
      - The deployment config's name, unique in the account and region.
      - 1 to 100 letters, digits and C(+ = , . @ _ -). Names that begin with V(CodeDeployDefault.) are predefined by AWS; those deployment configs
        can only be tagged.
    type: str
    required: true
    aliases: [name]
  compute_platform:
    description:
      - The compute platform of the deployment config. AWS uses V(Server) when omitted.
    type: str
    choices: [Server, Lambda, ECS]
  minimum_healthy_hosts:
    description:
      - How many hosts must be healthy at any time. Required to create a deployment config for V(Server), and only valid for that.
    type: dict
    suboptions: &hosts
      type:
        description: Whether the value is a number of hosts or a percentage of all hosts.
        type: str
        required: true
        choices: [HOST_COUNT, FLEET_PERCENT]
      value:
        description: The number of hosts, 0 or more, or the percentage, 0 to 99.
        type: int
        required: true
  traffic_routing_config:
    description:
      - How traffic is shifted. Required to create a deployment config for V(Lambda) or V(ECS), and only valid for those.
    type: dict
    suboptions:
      type:
        description: Whether traffic shifts all at once, in two steps, or in equal steps.
        type: str
        required: true
        choices: [AllAtOnce, TimeBasedCanary, TimeBasedLinear]
      time_based_canary:
        description: The two steps of V(TimeBasedCanary).
        type: dict
        suboptions:
          canary_percentage:
            description: The percentage of traffic to shift in the first step, 1 to 99.
            type: int
            required: true
          canary_interval:
            description: The minutes between the two steps, 1 to 2880.
            type: int
            required: true
      time_based_linear:
        description: The steps of V(TimeBasedLinear).
        type: dict
        suboptions:
          linear_percentage:
            description: The percentage of traffic to shift in each step, 1 to 99.
            type: int
            required: true
          linear_interval:
            description: The minutes between two steps, 1 or more. The first and the last step are at most 2880 minutes apart.
            type: int
            required: true
  zonal_config:
    description:
      - Deploy to one Availability Zone after the other. Only valid for V(Server). An empty dictionary means that zones are not considered.
    type: dict
    suboptions:
      monitor_duration_in_seconds:
        description: How many seconds to wait after a zone. AWS does not wait when omitted.
        type: int
      first_zone_monitor_duration_in_seconds:
        description: How many seconds to wait after the first zone, if different from O(zonal_config.monitor_duration_in_seconds).
        type: int
      minimum_healthy_hosts_per_zone:
        description: How many hosts of a zone must be healthy. AWS uses 0 percent when omitted.
        type: dict
        suboptions: *hosts
  replace:
    description:
      - What to do if the deployment config exists and differs from the options. With V(false), the task fails and shows the difference.
      - With V(true), the deployment config is deleted and created again. In the meantime, all deployment groups that use it, of all applications,
        are switched to a copy of it with a temporary name. RV(steps) lists the steps, in check mode too.
      - If a step fails, the earlier steps are rolled back. If the run is interrupted, the next run with the same options completes the replacement.
      - A deployment that starts during the replacement uses the old deployment config or the new one.
    type: bool
    default: false
  tags:
    description:
      - The deployment config's tags. An empty dictionary removes all tags if O(purge_tags=true).
      - When omitted, tags are not changed. A replacement keeps them.
  state:
    description:
      - V(present) creates the deployment config if it is missing, and otherwise compares it with the options. Settings whose options are omitted
        are left as they are.
      - V(absent) deletes it, including what an interrupted replacement has left of it. The task fails if deployment groups use it.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    details: If deployment groups use a deployment config that is to be deleted, that is a warning in check mode instead of an error, because
      another task of the play may delete them.
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentConfig), and as needed C(codedeploy:CreateDeploymentConfig) and
    C(codedeploy:DeleteDeploymentConfig). With O(tags) or O(replace) also C(codedeploy:ListTagsForResource), C(codedeploy:TagResource),
    C(codedeploy:UntagResource) and C(sts:GetCallerIdentity). To replace or delete one also C(codedeploy:ListApplications),
    C(codedeploy:BatchGetApplications), C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups) and
    C(codedeploy:UpdateDeploymentGroup)."
  - An unchanged deployment config costs one API call, with O(tags) three, with O(replace) four, and one that is already deleted two.
  - To find the deployment groups that use a deployment config, the module reads those of all applications of its compute platform.
  - AWS may require the permission C(iam:PassRole) to switch a deployment group to another deployment config.
  - AWS strictly throttles the creation of deployment configs. The module waits and retries.
seealso:
  - module: slipway.codedeploy.deployment_config_info
  - module: slipway.codedeploy.deployment_group
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Create a deployment config that keeps three of four hosts healthy
  slipway.codedeploy.deployment_config:
    deployment_config_name: careful
    minimum_healthy_hosts:
      type: FLEET_PERCENT
      value: 75

- name: Deploy to one Availability Zone after the other, with ten minutes after the first
  slipway.codedeploy.deployment_config:
    deployment_config_name: zone-by-zone
    minimum_healthy_hosts:
      type: HOST_COUNT
      value: 1
    zonal_config:
      first_zone_monitor_duration_in_seconds: 600
      monitor_duration_in_seconds: 60
      minimum_healthy_hosts_per_zone:
        type: FLEET_PERCENT
        value: 50

- name: Shift a tenth of the traffic first, and the rest half an hour later
  slipway.codedeploy.deployment_config:
    deployment_config_name: canary
    compute_platform: Lambda
    traffic_routing_config:
      type: TimeBasedCanary
      time_based_canary:
        canary_percentage: 10
        canary_interval: 30

- name: Lower the share of healthy hosts to one half, for all deployment groups that use the deployment config
  slipway.codedeploy.deployment_config:
    deployment_config_name: careful
    minimum_healthy_hosts:
      type: FLEET_PERCENT
      value: 50
    replace: true

- name: Delete the deployment config
  slipway.codedeploy.deployment_config:
    deployment_config_name: zone-by-zone
    state: absent
"""

RETURN = r"""
deployment_config:
  description:
    - The deployment config after the task, or as it would be in check mode. Empty if it is absent.
    - Values that AWS assigns (C(deployment_config_id), C(create_time)) are missing if check mode predicts a new deployment config.
  returned: always
  type: dict
  contains: &config
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
      returned: when O(tags) is given or O(replace=true)
      type: dict
      sample: {"team": "shop"}
steps:
  description: The steps that were taken, or would be taken in check mode, in order.
  returned: always
  type: list
  elements: str
  sample:
    - create temporary-careful-44d3ee4ba3a2
    - switch web-app/production to temporary-careful-44d3ee4ba3a2
    - delete careful
    - create careful
    - switch web-app/production to careful
    - delete temporary-careful-44d3ee4ba3a2
"""

import functools
import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.converge import settled
from ..module_utils._aws.tags import arn_prefix, find_tags
from ..module_utils._deployment_configs.api import find_deployment_config, predicted_steps, steps_for, take_steps
from ..module_utils._deployment_configs.forms import MANAGED
from ..module_utils._deployment_configs.options import ARGUMENTS
from ..module_utils._deployment_configs.plans import found_after, plan_for
from ..module_utils._deployment_configs.replacement import temporary_name
from ..module_utils._deployment_configs.rules import check_options
from ..module_utils._plan import Plan, Resource, carried_out, managed_part, prerequisite
from ..module_utils._run import run

CONSTRAINTS: dict[str, t.Any] = {}


def find(client: t.Any, params: dict[str, t.Any], prefix: str) -> Resource | None:
    """The deployment config, with its tags if PREFIX says how ARNs begin; None if there is none.

    If a replacement was killed, `temporary_copy` names the copy that it has left; where nothing but that is left, it is what is found.
    """
    name, copy_name = params["deployment_config_name"], temporary_name(params["deployment_config_name"])
    found = find_deployment_config(client, name)
    deleting = params["replace"] or params["state"] == "absent"
    copy = find_deployment_config(client, copy_name) if deleting else None
    if copy:
        found = {**(found or copy), "temporary_copy": copy_name}
    if found and prefix:
        found["tags"] = find_tags(client, prefix + found["deployment_config_name"])
        if copy and not found["tags"]:
            found["tags"] = find_tags(client, prefix + copy_name)
    return found


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the deployment config to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    tagged = params["state"] == "present" and (params["tags"] is not None or params["replace"])
    prefix = f"{arn_prefix(connect)}deploymentconfig:" if tagged else ""
    find_it = functools.partial(find, client, params, prefix)
    found = find_it()
    plan = plan_for(params, found)
    steps, warnings = prerequisite(steps_for, predicted_steps, check_mode)(client, plan)

    def take_all(_predicted: Resource | None) -> Resource | None:
        take_steps(client, prefix, steps)
        return settled(find_it, lambda found: Plan(managed_part(found, MANAGED), plan.after))[1]

    if steps:
        found = carried_out(found_after(found, steps), take_all, check_mode)
    config = {**(found or {}), **plan.after} if plan.after else {}
    texts = [str(step) for step in steps]
    return {
        "changed": plan.changed,
        "diff": {**plan.diff, "prepared": "\n".join(texts)},
        "deployment_config": {name: value for name, value in config.items() if name != "temporary_copy"},
        "steps": texts,
        "warnings": warnings,
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
