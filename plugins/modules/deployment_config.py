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
  - A deployment config says how many hosts stay healthy while a deployment runs, or how traffic is shifted to a new version.
  - AWS has no call that changes one. This module replaces it if O(replace=true), also while deployment groups use it.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_config_name:
    description:
      - The deployment config's name, unique in the account and region.
      - 1 to 100 letters, digits and C(+ = , . @ _ -). Names that begin with V(CodeDeployDefault.) are AWS's own, which can be tagged only.
    type: str
    required: true
    aliases: [name]
  compute_platform:
    description:
      - What the deployment config is for. AWS uses V(Server) when it is not given.
    type: str
    choices: [Server, Lambda, ECS]
  minimum_healthy_hosts:
    description:
      - How many hosts must be healthy at any time. Needed to create a deployment config for V(Server), and only for that.
    type: dict
    suboptions: &hosts
      type:
        description: Whether the value is a number of hosts or a percentage of all.
        type: str
        required: true
        choices: [HOST_COUNT, FLEET_PERCENT]
      value:
        description: 0 or more hosts, or 0 to 99 percent.
        type: int
        required: true
  traffic_routing_config:
    description:
      - How traffic is shifted. Needed to create a deployment config for V(Lambda) or V(ECS), and only for those.
    type: dict
    suboptions:
      type:
        description: All at once, in two shifts, or in equal shifts.
        type: str
        required: true
        choices: [AllAtOnce, TimeBasedCanary, TimeBasedLinear]
      time_based_canary:
        description: The two shifts of V(TimeBasedCanary).
        type: dict
        suboptions:
          canary_percentage:
            description: How much of the traffic the first shift moves, 1 to 99 percent.
            type: int
            required: true
          canary_interval:
            description: Minutes between the two shifts, 1 to 2880.
            type: int
            required: true
      time_based_linear:
        description: The shifts of V(TimeBasedLinear).
        type: dict
        suboptions:
          linear_percentage:
            description: How much of the traffic each shift moves, 1 to 99 percent.
            type: int
            required: true
          linear_interval:
            description: Minutes between two shifts, 1 or more. From the first to the last there are 2880 at most.
            type: int
            required: true
  zonal_config:
    description:
      - Deploy to one Availability Zone after the other. For V(Server) only. An empty dictionary is for none.
    type: dict
    suboptions:
      monitor_duration_in_seconds:
        description: How long to wait after a zone. AWS does not wait when it is not given.
        type: int
      first_zone_monitor_duration_in_seconds:
        description: How long to wait after the first zone, if that is not O(zonal_config.monitor_duration_in_seconds).
        type: int
      minimum_healthy_hosts_per_zone:
        description: How many hosts of a zone must be healthy. AWS uses 0 percent when it is not given.
        type: dict
        suboptions: *hosts
  replace:
    description:
      - What happens if the deployment config is there and differs from the options. With V(false) that is an error that shows the difference.
      - With V(true) it is deleted and created anew under its name. Meanwhile a copy of it under a temporary name takes its place in all deployment
        groups that use it, of all applications. RV(steps) tells what is done, in check mode too.
      - If a step fails, those before it are taken back. If the run is killed, the next one with the same options finishes what is left.
      - A deployment that starts meanwhile uses the old deployment config or the new one.
    type: bool
    default: false
  tags:
    description:
      - The deployment config's tags. An empty dictionary removes all tags if O(purge_tags=true).
      - When this option is left out, tags are not changed. A replacement keeps them.
  state:
    description:
      - V(present) creates the deployment config if it is missing, and otherwise compares it with what the options say. What is not given is
        left as it is.
      - V(absent) deletes it, and what a replacement that was killed has left of it. It is an error if deployment groups use it.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    details: A deployment config that is to be deleted while deployment groups use it is not an error in check mode, but a warning, because
      another task of the play may be meant to delete them.
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentConfig), and as needed C(codedeploy:CreateDeploymentConfig) and
    C(codedeploy:DeleteDeploymentConfig).
    With O(tags) or O(replace) also C(codedeploy:ListTagsForResource), C(codedeploy:TagResource), C(codedeploy:UntagResource) and
    C(sts:GetCallerIdentity).
    To replace or delete one also C(codedeploy:ListApplications), C(codedeploy:BatchGetApplications), C(codedeploy:ListDeploymentGroups),
    C(codedeploy:BatchGetDeploymentGroups) and C(codedeploy:UpdateDeploymentGroup)."
  - An unchanged deployment config costs one call, with O(tags) three, with O(replace) four, and one that is gone already two.
  - To find out which deployment groups use a deployment config, those of all applications of its compute platform are read.
  - AWS may demand the permission C(iam:PassRole) to switch a deployment group to another deployment config.
  - AWS throttles the creation of deployment configs hard. The module waits and tries again.
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
- name: Three of four hosts stay healthy
  slipway.codedeploy.deployment_config:
    deployment_config_name: careful
    minimum_healthy_hosts:
      type: FLEET_PERCENT
      value: 75

- name: One Availability Zone after the other, ten minutes after the first
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

- name: A tenth of the traffic first, the rest half an hour later
  slipway.codedeploy.deployment_config:
    deployment_config_name: canary
    compute_platform: Lambda
    traffic_routing_config:
      type: TimeBasedCanary
      time_based_canary:
        canary_percentage: 10
        canary_interval: 30

- name: Half of the hosts will do, for all deployment groups that use it
  slipway.codedeploy.deployment_config:
    deployment_config_name: careful
    minimum_healthy_hosts:
      type: FLEET_PERCENT
      value: 50
    replace: true

- name: The deployment config is gone
  slipway.codedeploy.deployment_config:
    deployment_config_name: zone-by-zone
    state: absent
"""

RETURN = r"""
deployment_config:
  description:
    - The deployment config after the task, or as it would be in check mode. Empty when it is absent.
    - What only AWS knows (C(deployment_config_id), C(create_time)) is missing where check mode predicts a new deployment config.
  returned: always
  type: dict
  contains: &config
    deployment_config_name:
      description: Its name.
      type: str
      sample: careful
    deployment_config_id:
      description: The identifier that AWS gave it.
      type: str
      sample: 9f8d2c1e-6a0b-4e57-8d43-1b2c3d4e5f60
    compute_platform:
      description: What it is for.
      type: str
      sample: Server
    minimum_healthy_hosts:
      description: How many hosts must be healthy. AWS describes its own C(CodeDeployDefault.OneAtATime) with the type V(MOST_CONCURRENCY).
      returned: for Server
      type: dict
      sample: {"type": "FLEET_PERCENT", "value": 75}
    zonal_config:
      description: How zones are deployed to, with AWS's defaults filled in. Empty if zones do not count.
      returned: for Server
      type: dict
      sample: {}
    traffic_routing_config:
      description: How traffic is shifted.
      returned: for Lambda and ECS
      type: dict
      sample: {"type": "TimeBasedCanary", "time_based_canary": {"canary_percentage": 10, "canary_interval": 30}}
    create_time:
      description: When it was created.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    tags:
      description: Its tags.
      returned: when O(tags) is given or O(replace=true)
      type: dict
      sample: {"team": "shop"}
steps:
  description: What was done, or would be done in check mode, in order.
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
