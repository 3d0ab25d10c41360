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
  - A deployment group says which hosts an application is deployed to, in what order, how traffic is kept from them meanwhile, and what
    happens when a deployment fails. For V(Lambda) and V(ECS) applications it says how traffic moves to a new version.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application that the deployment group belongs to. It must exist, see M(slipway.codedeploy.application).
      - If the application is gone, so is the deployment group, which is what O(state=absent) asks for.
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
      - The name that the deployment group shall have. One that O(deployment_group_name) names is renamed, with its deployments and its ID.
      - If only a group of the new name exists, it has been renamed before; if there is none of either, it is created with the new name.
        The task fails if there are both.
    type: str
    aliases: [new_name]
  deployment_config_name:
    description:
      - How many hosts are deployed to at a time, or how traffic is shifted. The deployment config must exist.
      - When it is not given, a new group of a V(Server) application gets V(CodeDeployDefault.OneAtATime), of a V(Lambda) application
        V(CodeDeployDefault.LambdaAllAtOnce), of an V(ECS) application V(CodeDeployDefault.ECSAllAtOnce).
    type: str
  service_role_arn:
    description:
      - The ARN of the IAM role with which AWS CodeDeploy acts on your behalf, in any partition.
      - Required to create a deployment group.
    type: str
  reinstall_missing_hooks:
    description:
      - Whether to look into the Auto Scaling groups for the lifecycle hooks of AWS CodeDeploy, and to detach and attach the groups if one
        is missing, perhaps because somebody removed it. New hosts then get no deployment, and AWS shows nothing of it.
      - Needs O(auto_scaling_groups), so that a task that was killed in between can be run again.
    type: bool
    default: false
  tags:
    description:
      - The tags of the deployment group itself. They do not say which hosts it has.
      - An empty dictionary removes all tags if O(purge_tags=true).
      - When this option is left out, tags are neither read nor changed.
  wait_timeout:
    description:
      - For how many seconds to try again while AWS CodeDeploy cannot use the service role, or the topic of a trigger. It does not know one that was
        made a moment ago.
    type: int
    default: 60
  state:
    description:
      - V(present) creates the deployment group if it is missing and brings it to what the options say. What is not given is left as it is.
      - V(absent) deletes it B(with the record of its deployments). The hosts stay as they are.
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
    C(codedeploy:CreateDeploymentGroup), C(codedeploy:UpdateDeploymentGroup), C(codedeploy:DeleteDeploymentGroup).
    With O(tags) also C(codedeploy:ListTagsForResource), C(codedeploy:TagResource) and C(codedeploy:UntagResource), C(sts:GetCallerIdentity).
    With O(new_deployment_group_name) also C(codedeploy:BatchGetDeploymentGroups),
    with O(reinstall_missing_hooks=true) also C(autoscaling:DescribeLifecycleHooks)."
  - To give a deployment group its service role, AWS also wants the permission C(iam:PassRole) for that role.
  - An unchanged deployment group costs one call, with O(tags) three, and with O(reinstall_missing_hooks=true) one for each Auto Scaling group.
  - A role that AWS can never use makes the task fail only after O(wait_timeout).
  - When a group changes from filters to a tag set or back, and AWS does not take both in one call, there is a moment in which the group
    has no hosts of that kind.
  - An update names all that says which hosts the group has, even if only some of it changes. AWS is reported to clear what it leaves out.
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
- name: All hosts with the tag stage=production, half of them at a time
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

- name: Hosts in production that are web servers or proxies
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

- name: The hosts of an Auto Scaling group, behind a load balancer, stopped by an alarm
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

- name: Blue/green, on a copy of the Auto Scaling group, whose original stays for two hours
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

- name: An ECS service, with a tenth of the traffic first
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

- name: Lambda functions, with a tenth of the traffic more each minute
  slipway.codedeploy.deployment_group:
    application_name: thumbnails
    deployment_group_name: production
    service_role_arn: arn:aws:iam::123456789012:role/codedeploy
    deployment_config_name: CodeDeployDefault.LambdaLinear10PercentEvery1Minute
    auto_rollback_configuration:
      events: [DEPLOYMENT_FAILURE]

- name: Another name
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: front
    new_deployment_group_name: web

- name: No automatic rollback any more
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: production
    auto_rollback_configuration: {}

- name: The deployment group is gone
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: web
    state: absent
"""

RETURN = r"""
deployment_group:
  description:
    - The deployment group after the task, or as it would be in check mode. Empty when it is absent.
    - What the module has an option for is in the form in which it can be given back to the module. Lists without an order are sorted.
    - The rest is as AWS has it, with names in snake_case, and is missing where check mode predicts a new deployment group.
  returned: always
  type: dict
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
      returned: when the group exists, and check mode predicts no change of them
      type: list
      elements: dict
      sample:
        - name: workers
          hook: CodeDeploy-managed-automatic-launch-deployment-hook-production-5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    auto_scaling_groups_without_hooks:
      description: The Auto Scaling groups that lack one.
      returned: when O(reinstall_missing_hooks=true)
      type: list
      elements: str
      sample: []
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
      returned: when O(tags) is given
      type: dict
      sample: {"team": "shop"}
"""

import functools
import typing as t

from ..module_utils._applications import find_application, require_application
from ..module_utils._aws.calls import CodeDeployError, Connect
from ..module_utils._aws.converge import converge
from ..module_utils._aws.propagation import write_patiently
from ..module_utils._aws.tags import find_tags, tagged_arn
from ..module_utils._deployment_configs.api import (
    find_deployment_config,
    predicted_deployment_config,
    require_deployment_config,
)
from ..module_utils._deployment_groups.api import (
    HOOKLESS,
    MANAGED,
    apply_deployment_group,
    find_deployment_group,
    find_deployment_groups,
)
from ..module_utils._deployment_groups.forms import defaults, form_from_options
from ..module_utils._deployment_groups.options import ARGUMENTS
from ..module_utils._deployment_groups.rules import check_options, check_plan
from ..module_utils._deployment_groups.scaling_hooks import groups_without_hooks
from ..module_utils._plan import Plan, Resource, managed_part, plan_absent, plan_present
from ..module_utils._run import run
from ..module_utils._tag_plans import wanted_tags

Params = dict[str, t.Any]
Owner = t.Callable[[], Resource]
CheckConfig = t.Callable[[str, str], None]

# What lifecycle hooks depend on, whose names only AWS makes.
HOOKED = {"auto_scaling_groups", "termination_hook_enabled", HOOKLESS}
# Options that are in canonical form as they are given.
PLAIN = ("application_name", "deployment_config_name", "service_role_arn", "deployment_style")

CONSTRAINTS: dict[str, t.Any] = {}


def wanted(params: Params, current: Resource) -> Resource:
    """What the options ask for, in canonical form, where CURRENT is; None where an option is left out."""
    return {
        **{name: params[name] for name in PLAIN},
        "deployment_group_name": params["new_deployment_group_name"] or params["deployment_group_name"],
        **form_from_options(params, current),
        HOOKLESS: [] if params["reinstall_missing_hooks"] else None,
        "tags": wanted_tags(current.get("tags", {}), params["tags"], params["purge_tags"]),
    }


def plan_for(params: Params, owner: Owner, check_config: CheckConfig, found: Resource | None) -> Plan:
    """The plan that brings the deployment group FOUND to what PARAMS say.

    OWNER tells of its application where no group does; CHECK_CONFIG is given the name and the platform of a deployment config that it is to get.
    """
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    platform = (found or owner())["compute_platform"]
    plan = plan_present(current, wanted(params, current or {}), defaults(platform))
    check_plan(params, plan, platform)
    if params["deployment_config_name"] and "deployment_config_name" in plan.updates:
        check_config(params["deployment_config_name"], platform)
    return plan


def find_owner(client: t.Any, params: Params, check_mode: bool) -> Resource:
    """The application of a group that is to be created, with its `warnings`.

    In CHECK_MODE an application that does not exist is taken for one that an earlier task would have created, for what the group's options are for.
    """
    name = params["application_name"]
    application = find_application(client, name) if check_mode else require_application(client, name)
    if application:
        return {**application, "warnings": []}
    config_name = params["deployment_config_name"]
    config = find_deployment_config(client, config_name) if config_name else None
    platform = config["compute_platform"] if config else "ECS" if params["ecs_services"] else "Server"
    warning = (
        f"There is no application {name!r} yet. It is taken for one of platform {platform} that another task creates."
    )
    return {"compute_platform": platform, "warnings": [warning]}


def find_by_names(client: t.Any, params: Params) -> Resource | None:
    """The deployment group by its name, or by its new name if it has that already. Raises CodeDeployError if there are two."""
    application, name, new_name = (
        params[option] for option in ("application_name", "deployment_group_name", "new_deployment_group_name")
    )
    if new_name is None:
        return find_deployment_group(client, application, name)
    found = find_deployment_groups(client, application, [name, new_name])
    if len(found) > 1:
        raise CodeDeployError(
            f"new_deployment_group_name: {name!r} cannot become {new_name!r}, because the application {application!r} has a deployment group of "
            "that name too. Use another name, or delete one of them first."
        )
    return found[0] if found else None


def find(connect: Connect, params: Params, arn_prefix: str) -> Resource | None:
    """The deployment group with all that PARAMS make worth knowing: its tags, if there is an ARN_PREFIX, and which lifecycle hooks are missing."""
    client = connect("codedeploy")
    found = find_by_names(client, params)
    if found and arn_prefix:
        found["tags"] = find_tags(client, f"{arn_prefix}{found['application_name']}/{found['deployment_group_name']}")
    if found and params["reinstall_missing_hooks"]:
        found[HOOKLESS] = groups_without_hooks(connect("autoscaling"), found["auto_scaling_hooks"])
    return found


def hook_warnings(groups: list[Resource]) -> list[str]:
    """What to tell of the Auto Scaling GROUPS that lifecycle hooks could not be removed from, as AWS answers them."""
    return [
        f"AWS could not remove the lifecycle hook {hook!r} from the Auto Scaling group {group.get('name')!r}. "
        "Launches there wait for it until it is removed."
        for group in groups
        for hook in (group.get("hook"), group.get("terminationHook"))
        if hook
    ]


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Bring the deployment group to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    arn_prefix = tagged_arn(connect, params, "deploymentgroup:")
    owner = functools.cache(functools.partial(find_owner, client, params, check_mode))
    left: list[Resource] = []
    config_warnings: list[str] = []

    def check_config(name: str, platform: str) -> None:
        if check_mode:
            config_warnings[:] = predicted_deployment_config(client, name, platform)
        else:
            require_deployment_config(client, name, platform)

    def write(plan: Plan) -> None:
        apply = functools.partial(apply_deployment_group, client, plan, arn_prefix)
        left.extend(write_patiently(apply, params["wait_timeout"]))

    find_it = functools.partial(find, connect, params, arn_prefix)
    plan, found = converge(find_it, functools.partial(plan_for, params, owner, check_config), write, check_mode)
    if check_mode and found and HOOKED & set(plan.updates):
        del found["auto_scaling_hooks"]
    new = plan.before is None and plan.after is not None
    if new and check_mode:
        found = {"compute_platform": owner()["compute_platform"]}
    return {
        "changed": plan.changed,
        "diff": plan.diff,
        "deployment_group": {**(found or {}), **plan.after} if plan.after else {},
        "warnings": hook_warnings(left) + config_warnings + (owner()["warnings"] if new else []),
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
