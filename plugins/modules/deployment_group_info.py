#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_group_info
version_added: 0.1.0
short_description: Read AWS CodeDeploy deployment groups
description:
  - Returns the deployment groups of an application, all of them or those asked for.
  - Each is in the form that M(slipway.codedeploy.deployment_group) returns and takes.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application whose deployment groups to read. Without it, there are none.
    type: str
    required: true
    aliases: [application]
  deployment_group_names:
    description:
      - The names of those to read. Those that do not exist are missing from RV(deployment_groups).
      - When it is not given, all are read.
    type: list
    elements: str
    aliases: [names]
  include_tags:
    description:
      - Whether to read tags too, which costs one call for each deployment group.
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
  - "Required IAM permissions: C(codedeploy:ListDeploymentGroups), unless O(deployment_group_names) is given, and
    C(codedeploy:BatchGetDeploymentGroups).
    With O(include_tags=true) also C(codedeploy:ListTagsForResource) and C(sts:GetCallerIdentity)."
  - Without tags, deployment groups are read 100 with a call.
seealso:
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deployment_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: All deployment groups of an application
  slipway.codedeploy.deployment_group_info:
    application_name: web-app
  register: all

- name: Those that nothing would stop or roll back
  ansible.builtin.debug:
    msg: "{{ item.deployment_group_name }}"
  loop: "{{ all.deployment_groups }}"
  when: not (item.auto_rollback_configuration.enabled or item.alarm_configuration.enabled)

- name: Whether production is there
  slipway.codedeploy.deployment_group_info:
    application_name: web-app
    deployment_group_names: [production]
    include_tags: false
  register: found
"""

RETURN = r"""
deployment_groups:
  description: The deployment groups, sorted by name.
  returned: always
  type: list
  elements: dict
  contains:
    application_name:
      description: The application.
      type: str
      sample: web-app
    deployment_group_name:
      description: Its name.
      type: str
      sample: production
    deployment_group_id:
      description: The identifier that AWS gave it.
      type: str
      sample: 5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    compute_platform:
      description: What the application is deployed to.
      type: str
      sample: Server
    deployment_config_name:
      description: The deployment config, which sets how many hosts are deployed to at a time, or how traffic is shifted.
      type: str
      sample: CodeDeployDefault.OneAtATime
    service_role_arn:
      description: The role with which AWS CodeDeploy acts.
      type: str
      sample: arn:aws:iam::123456789012:role/codedeploy
    ec2_tag_filters:
      description: Filters for Amazon EC2 instances, any of which may match.
      type: list
      elements: dict
      sample: [{"key": "stage", "value": "production", "type": "KEY_AND_VALUE"}]
    ec2_tag_set:
      description: Lists of filters for Amazon EC2 instances, of each of which one has to match.
      type: list
      elements: list
      sample: [[{"key": "stage", "value": "production", "type": "KEY_AND_VALUE"}], [{"key": "canary", "type": "KEY_ONLY"}]]
    on_premises_instance_tag_filters:
      description: Filters for on-premises instances, any of which may match.
      type: list
      elements: dict
      sample: []
    on_premises_tag_set:
      description: Lists of filters for on-premises instances, of each of which one has to match.
      type: list
      elements: list
      sample: []
    auto_scaling_groups:
      description: The names of the Auto Scaling groups.
      type: list
      elements: str
      sample: [workers]
    auto_scaling_hooks:
      description: The Auto Scaling groups with the lifecycle hooks that AWS CodeDeploy put into each.
      type: list
      elements: dict
      sample:
        - name: workers
          hook: CodeDeploy-managed-automatic-launch-deployment-hook-production-5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    termination_hook_enabled:
      description: Whether there are hooks for hosts that Auto Scaling terminates, too.
      type: bool
      sample: false
    ec2_deployment_options:
      description: What rests in the Auto Scaling groups during a deployment.
      type: dict
      sample: {"auto_scaling_group_processes_to_suspend": []}
    outdated_instances_strategy:
      description: What happens to hosts that are launched during a deployment.
      type: str
      sample: UPDATE
    trigger_configurations:
      description: Which events are told to which topics.
      type: list
      elements: dict
      sample: [{"trigger_name": "failures", "trigger_target_arn": "arn:aws:sns:us-east-1:123456789012:deployments", "trigger_events": ["DeploymentFailure"]}]
    alarm_configuration:
      description: The alarms that stop a deployment.
      type: dict
      sample: {"enabled": true, "ignore_poll_alarm_failure": false, "alarms": [{"name": "errors"}]}
    auto_rollback_configuration:
      description: When AWS rolls back by itself.
      type: dict
      sample: {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]}
    deployment_style:
      description: Whether hosts are deployed to in place, and whether traffic is controlled.
      type: dict
      sample: {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
    load_balancer_info:
      description: The load balancers, of each kind that there are.
      type: dict
      sample: {"target_group_info_list": [{"name": "workers"}]}
    blue_green_deployment_configuration:
      description: How a replacement takes over, as far as AWS says. A wait where nothing waits is 0.
      type: dict
      sample: {"deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT", "wait_time_in_minutes": 0}}
    ecs_services:
      description: The ECS service.
      type: list
      elements: dict
      sample: []
    target_revision:
      description: The revision that the group is meant to run.
      returned: when there was a deployment
      type: dict
      sample: {"revision_type": "S3", "s3_location": {"bucket": "bundles", "key": "web-app/1.zip", "bundle_type": "zip"}}
    last_successful_deployment:
      description: The latest deployment that succeeded.
      returned: when there was one
      type: dict
      sample: {"deployment_id": "d-7XKQ2M9PB", "status": "Succeeded"}
    last_attempted_deployment:
      description: The latest deployment.
      returned: when there was one
      type: dict
      sample: {"deployment_id": "d-7XKQ2M9PB", "status": "Succeeded"}
    tags:
      description: Its tags.
      returned: when O(include_tags=true)
      type: dict
      sample: {"team": "shop"}
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.tags import with_tags
from ..module_utils._deployment_groups.api import find_deployment_groups
from ..module_utils._run import run_info
from ..module_utils._validation import check_name

ARGUMENTS: dict[str, t.Any] = {
    "application_name": {"type": "str", "required": True, "aliases": ["application"]},
    "deployment_group_names": {"type": "list", "elements": "str", "aliases": ["names"]},
    "include_tags": {"type": "bool", "default": True},
}
CONSTRAINTS: dict[str, t.Any] = {}


def read(connect: Connect, params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The deployment groups that the options name."""
    application, names = params["application_name"], params["deployment_group_names"]
    check_name("application_name", application)
    for name in names or []:
        check_name("deployment_group_names", name)
    groups = find_deployment_groups(connect("codedeploy"), application, names)
    if params["include_tags"]:
        groups = with_tags(connect, groups, "deploymentgroup:{application_name}/{deployment_group_name}")
    return {"changed": False, "deployment_groups": groups}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
