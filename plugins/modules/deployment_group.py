#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_group
version_added: 0.1.0
short_description: Manage AWS CodeDeploy deployment groups
description:
  - Creates, changes and deletes the deployment groups of an AWS CodeDeploy application.
  - A deployment group defines which hosts an application is deployed to, in what order, how traffic to them is blocked during a deployment, and
    what happens when a deployment fails. For V(Lambda) and V(ECS) applications it defines how traffic shifts to a new version.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application that the deployment group belongs to. It must exist, see M(slipway.codedeploy.application).
      - With O(state=absent), a missing application is not an error.
    type: str
    required: true
    aliases: [application]
  deployment_group_name:
    description:
      - The deployment group's name, unique in the application.
      - 1 to 100 letters, digits and C(+ = , . @ _ -).
    type: str
    required: true
    aliases: [name]
  new_deployment_group_name:
    description:
      - The deployment group's new name. It is renamed together with its deployments, and keeps its ID.
      - If only a deployment group of the new name exists, it has been renamed already. If neither exists, it is created with the new name. If both
        exist, the task fails.
    type: str
    aliases: [new_name]
  deployment_config_name:
    description:
      - The deployment config, which sets how many hosts are deployed to at a time, or how traffic is shifted. It must exist.
      - When omitted, a new deployment group of a V(Server) application gets V(CodeDeployDefault.OneAtATime), of a V(Lambda) application
        V(CodeDeployDefault.LambdaAllAtOnce), of an V(ECS) application V(CodeDeployDefault.ECSAllAtOnce).
    type: str
  service_role_arn:
    description:
      - The ARN of the IAM role that AWS CodeDeploy assumes to act on your behalf, in any partition.
      - Required to create a deployment group.
    type: str
  reinstall_missing_hooks:
    description:
      - Whether to check that the Auto Scaling groups have the lifecycle hooks of AWS CodeDeploy. If one is missing, for example because somebody
        removed it, the Auto Scaling groups are detached and attached again. Without its hook, new hosts get no deployment, and AWS does not show
        that.
      - Needs O(auto_scaling_groups), so that a task that was interrupted in between can be run again.
    type: bool
    default: false
  tags:
    description:
      - The tags of the deployment group itself, not those that select its hosts.
      - An empty dictionary removes all tags if O(purge_tags=true).
      - When omitted, tags are neither read nor changed.
  wait_timeout:
    description:
      - How many seconds to retry while AWS CodeDeploy cannot use the service role, or the topic of a trigger. AWS CodeDeploy needs some seconds to
        learn of a new role or topic.
    type: int
    default: 60
  state:
    description:
      - V(present) creates the deployment group if it is missing, and otherwise changes it to match the options. Settings whose options are omitted
        are left as they are.
      - V(absent) deletes the deployment group B(and the record of its deployments). The hosts stay as they are.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentGroup), and as needed C(codedeploy:GetApplication), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:CreateDeploymentGroup), C(codedeploy:UpdateDeploymentGroup), C(codedeploy:DeleteDeploymentGroup). With O(tags) also
    C(codedeploy:ListTagsForResource), C(codedeploy:TagResource) and C(codedeploy:UntagResource), C(sts:GetCallerIdentity). With
    O(new_deployment_group_name) also C(codedeploy:BatchGetDeploymentGroups), with O(reinstall_missing_hooks=true) also
    C(autoscaling:DescribeLifecycleHooks)."
  - To assign a service role to a deployment group, AWS also requires the permission C(iam:PassRole) for that role.
  - An unchanged deployment group costs one API call, with O(tags) three, and with O(reinstall_missing_hooks=true) one more for each Auto Scaling
    group.
  - If AWS can never use the service role, the task fails only after O(wait_timeout).
  - When a deployment group changes from filters to a tag set or back, and AWS does not accept both in one call, the group has no hosts of that kind
    for a moment.
  - An update sends all settings that select hosts, even if only some of them change. AWS is reported to clear those that are omitted.
seealso:
  - module: slipway.codedeploy.deployment_group_info
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.deployment_config
  - module: slipway.codedeploy.on_premises_instance
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - slipway.codedeploy.deployment_group
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Create a deployment group of all hosts tagged stage=production, half of them at a time
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: production
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    deployment_config_name: CodeDeployDefault.HalfAtATime
    ec2_tag_filters:
      - key: stage
        value: production
    on_premises_instance_tag_filters:
      - key: stage
        value: production
    auto_rollback_configuration:
      events: [DEPLOYMENT_FAILURE]

- name: Create a deployment group of the web servers and proxies in production
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: front
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    ec2_tag_set:
      - - key: stage
          value: production
      - - key: role
          value: web
        - key: role
          value: proxy

- name: Deploy to an Auto Scaling group behind a load balancer, and let an alarm stop deployments
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: workers
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    auto_scaling_groups: [workers]
    reinstall_missing_hooks: true
    deployment_style:
      deployment_type: IN_PLACE
      deployment_option: WITH_TRAFFIC_CONTROL
    load_balancer_info:
      target_group_info_list:
        - name: workers
    alarm_configuration:
      alarms:
        - name: workers-errors
    auto_rollback_configuration:
      events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]
    trigger_configurations:
      - trigger_name: failures
        trigger_target_arn: arn:aws:sns:us-east-1:123456789012:deployments
        trigger_events: [DeploymentFailure, DeploymentRollback]

- name: Switch to blue/green deployments on a copy of the Auto Scaling group, and keep the original for two hours
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: workers
    auto_scaling_groups: [workers]
    deployment_style:
      deployment_type: BLUE_GREEN
      deployment_option: WITH_TRAFFIC_CONTROL
    blue_green_deployment_configuration:
      deployment_ready_option:
        action_on_timeout: CONTINUE_DEPLOYMENT
      terminate_blue_instances_on_deployment_success:
        action: TERMINATE
        termination_wait_time_in_minutes: 120
      green_fleet_provisioning_option:
        action: COPY_AUTO_SCALING_GROUP

- name: Create a deployment group for an ECS service, with a tenth of the traffic first
  slipway.codedeploy.deployment_group:
    application_name: api
    deployment_group_name: production
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    deployment_config_name: CodeDeployDefault.ECSCanary10Percent5Minutes
    ecs_services:
      - cluster_name: main
        service_name: api
    load_balancer_info:
      target_group_pair_info_list:
        - target_groups:
            - name: api-blue
            - name: api-green
          prod_traffic_route:
            listener_arns:
              - arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/api/50dc6c495c0c9188/f2f7dc8efc522ab2
    blue_green_deployment_configuration:
      deployment_ready_option:
        action_on_timeout: CONTINUE_DEPLOYMENT
      terminate_blue_instances_on_deployment_success:
        action: TERMINATE
        termination_wait_time_in_minutes: 5

- name: Create a deployment group for Lambda functions, with another tenth of the traffic each minute
  slipway.codedeploy.deployment_group:
    application_name: thumbnails
    deployment_group_name: production
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    deployment_config_name: CodeDeployDefault.LambdaLinear10PercentEvery1Minute
    auto_rollback_configuration:
      events: [DEPLOYMENT_FAILURE]

- name: Rename the deployment group
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: front
    new_deployment_group_name: web

- name: Turn off automatic rollbacks
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: production
    auto_rollback_configuration: {}

- name: Delete the deployment group
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: web
    state: absent
"""

RETURN = r"""
deployment_group:
  description:
    - The deployment group after the task, or as it would be in check mode. Empty if it is absent.
    - Settings that are options of the module have the form that the module takes. Lists without an order are sorted.
    - The rest is as AWS returns it, with keys in snake_case, and is missing if check mode predicts a new deployment group.
  returned: always
  type: dict
  contains:
    application_name:
      description: The name of the application.
      type: str
      sample: web-app
    deployment_group_name:
      description: The name of the deployment group.
      type: str
      sample: production
    deployment_group_id:
      description: The ID of the deployment group.
      type: str
      sample: 5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    compute_platform:
      description: The compute platform of the application.
      type: str
      sample: Server
    deployment_config_name:
      description: The deployment config, which sets how many hosts are deployed to at a time, or how traffic is shifted.
      type: str
      sample: CodeDeployDefault.OneAtATime
    service_role_arn:
      description: The ARN of the IAM role that AWS CodeDeploy assumes.
      type: str
      sample: arn:aws:iam::123456789012:role/codedeploy
    ec2_tag_filters:
      description: The filters for Amazon EC2 instances, any of which may match.
      type: list
      elements: dict
      sample: [{"key": "stage", "value": "production", "type": "KEY_AND_VALUE"}]
    ec2_tag_set:
      description: The lists of filters for Amazon EC2 instances. At least one filter of each list must match.
      type: list
      elements: list
      sample: [[{"key": "stage", "value": "production", "type": "KEY_AND_VALUE"}], [{"key": "canary", "type": "KEY_ONLY"}]]
    on_premises_instance_tag_filters:
      description: The filters for on-premises instances, any of which may match.
      type: list
      elements: dict
      sample: []
    on_premises_tag_set:
      description: The lists of filters for on-premises instances. At least one filter of each list must match.
      type: list
      elements: list
      sample: []
    auto_scaling_groups:
      description: The names of the Auto Scaling groups.
      type: list
      elements: str
      sample: [workers]
    auto_scaling_hooks:
      description: The Auto Scaling groups with the lifecycle hooks that AWS CodeDeploy added to them.
      returned: when the deployment group exists, unless check mode predicts a change of its hooks
      type: list
      elements: dict
      sample:
        - name: workers
          hook: CodeDeploy-managed-automatic-launch-deployment-hook-production-5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    auto_scaling_groups_without_hooks:
      description: The Auto Scaling groups that lack a lifecycle hook of AWS CodeDeploy.
      returned: when O(reinstall_missing_hooks=true)
      type: list
      elements: str
      sample: []
    termination_hook_enabled:
      description: Whether there are also hooks for hosts that Auto Scaling terminates.
      type: bool
      sample: false
    ec2_deployment_options:
      description: The Auto Scaling processes that are suspended during a deployment.
      type: dict
      sample: {"auto_scaling_group_processes_to_suspend": []}
    outdated_instances_strategy:
      description: The way to treat hosts that are launched during a deployment.
      type: str
      sample: UPDATE
    trigger_configurations:
      description: The topics to notify, and of which events.
      type: list
      elements: dict
      sample: [{"trigger_name": "failures", "trigger_target_arn": "arn:aws:sns:us-east-1:123456789012:deployments", "trigger_events": ["DeploymentFailure"]}]
    alarm_configuration:
      description: The alarms that stop a deployment.
      type: dict
      sample: {"enabled": true, "ignore_poll_alarm_failure": false, "alarms": [{"name": "errors"}]}
    auto_rollback_configuration:
      description: The events that trigger an automatic rollback.
      type: dict
      sample: {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]}
    deployment_style:
      description: The type of deployment, and whether traffic is controlled.
      type: dict
      sample: {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
    load_balancer_info:
      description: The load balancers, by kind.
      type: dict
      sample: {"target_group_info_list": [{"name": "workers"}]}
    blue_green_deployment_configuration:
      description: The way a replacement takes over, as far as AWS reports it. Wait times that do not apply are 0.
      type: dict
      sample: {"deployment_ready_option": {"action_on_timeout": "CONTINUE_DEPLOYMENT", "wait_time_in_minutes": 0}}
    ecs_services:
      description: The ECS service.
      type: list
      elements: dict
      sample: []
    target_revision:
      description: The revision that the deployment group is meant to run.
      returned: when there was a deployment
      type: dict
      sample: {"revision_type": "S3", "s3_location": {"bucket": "bundles", "key": "web-app/1.zip", "bundle_type": "zip"}}
    last_successful_deployment:
      description: The last deployment that succeeded.
      returned: when there was one
      type: dict
      sample: {"deployment_id": "d-7XKQ2M9PB", "status": "Succeeded"}
    last_attempted_deployment:
      description: The last deployment.
      returned: when there was one
      type: dict
      sample: {"deployment_id": "d-7XKQ2M9PB", "status": "Succeeded"}
    tags:
      description: The tags of the deployment group.
      returned: when O(tags) is given
      type: dict
      sample: {"team": "shop"}
"""

import functools
import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._aws.converge import converge
from ..module_utils._aws.propagation import write_patiently
from ..module_utils._aws.tags import tagged_arn
from ..module_utils._deployment_groups.api import apply_deployment_group
from ..module_utils._deployment_groups.options import ARGUMENTS
from ..module_utils._deployment_groups.plans import found_after, hook_warnings, plan_for
from ..module_utils._deployment_groups.reading import assume_config, assume_owner, find, require_config, require_owner
from ..module_utils._deployment_groups.rules import check_options
from ..module_utils._plan import Plan, prerequisite
from ..module_utils._run import keeping, run

CONSTRAINTS: dict[str, t.Any] = {}


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the deployment group to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client, warnings = connect("codedeploy"), list[str]()
    arn_prefix = tagged_arn(connect, params, "deploymentgroup:")
    find_owner = prerequisite(require_owner, assume_owner, check_mode)
    check_config = prerequisite(require_config, assume_config, check_mode)
    owner = functools.cache(lambda: find_owner(client, params, warnings))

    def plan(found: dict[str, t.Any] | None) -> Plan:
        return plan_for(params, owner, lambda name, platform: check_config(client, name, platform, warnings), found)

    def write(plan: Plan) -> None:
        apply = functools.partial(apply_deployment_group, client, plan, arn_prefix)
        warnings.extend(hook_warnings(write_patiently(apply, params["wait_timeout"])))

    with keeping(warnings):
        done, found = converge(
            functools.partial(find, connect, params, arn_prefix),
            plan,
            write,
            check_mode,
            lambda found, plan: found_after(found, plan, lambda: owner()["compute_platform"]),
        )
    return {
        "changed": done.changed,
        "diff": done.diff,
        "deployment_group": {**(found or {}), **done.after} if done.after else {},
        "warnings": warnings,
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
