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
  - A deployment group says which hosts an application is deployed to, in what order, and what happens when a deployment fails.
  - What the module has no option for (load balancers, Auto Scaling groups, alarms, triggers and the like) is returned, but not changed.
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
  deployment_config_name:
    description:
      - How many hosts are deployed to at a time. The deployment config must exist.
      - When it is not given, AWS gives a new group of a V(Server) application V(CodeDeployDefault.OneAtATime).
    type: str
  service_role_arn:
    description:
      - The ARN of the IAM role with which AWS CodeDeploy acts on your behalf, in any partition.
      - Required to create a deployment group.
    type: str
  ec2_tag_filters:
    description:
      - The group has all Amazon EC2 instances that B(any) of these filters matches, 10 filters at most.
      - Replaces the filters that the group has, and clears O(ec2_tag_set), since a group has one or the other. An empty list clears the filters.
    type: list
    elements: dict
    suboptions: &filter
      key:
        description: The tag's key. Without it, a tag of any key matches that has the value.
        type: str
      value:
        description: The tag's value. Without it, any value of the key matches. An empty text matches only a tag with an empty value.
        type: str
      type:
        description: What is compared. When it is not given, it is derived from what else is. It must not contradict it.
        type: str
        choices: [KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE]
  ec2_tag_set:
    description:
      - A list of lists of filters. The group has the Amazon EC2 instances that B(each) of the lists matches with at least one filter.
      - 3 lists at most, of 10 filters at most. A filter is what it is in O(ec2_tag_filters).
      - Replaces the tag set that the group has, and clears O(ec2_tag_filters). An empty list clears the tag set.
    type: list
    elements: list
  on_premises_instance_tag_filters:
    description:
      - As O(ec2_tag_filters), for on-premises instances, see M(slipway.codedeploy.on_premises_instance).
      - The group has both, the Amazon EC2 instances and the on-premises instances.
    type: list
    elements: dict
    suboptions: *filter
  on_premises_tag_set:
    description:
      - As O(ec2_tag_set), for on-premises instances.
    type: list
    elements: list
  auto_rollback_configuration:
    description:
      - When AWS rolls a deployment back by itself. An empty dictionary clears it.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether it does. When it is not given, it does if there are O(auto_rollback_configuration.events).
          - With V(false), the events are kept, but nothing is rolled back.
        type: bool
      events:
        description: What makes AWS roll back. Needed if O(auto_rollback_configuration.enabled=true).
        type: list
        elements: str
        choices: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST]
  deployment_style:
    description:
      - Whether a deployment happens on the hosts in place, and whether traffic is kept from a host meanwhile.
      - When it is not given, AWS gives a new group of a V(Server) application V(IN_PLACE) and V(WITHOUT_TRAFFIC_CONTROL).
    type: dict
    suboptions:
      deployment_type:
        description: Deploy on the hosts that are there, or on others that take over. V(BLUE_GREEN) needs traffic control.
        type: str
        required: true
        choices: [IN_PLACE, BLUE_GREEN]
      deployment_option:
        description: Whether to control traffic, for which a group of a V(Server) application must have a load balancer.
        type: str
        required: true
        choices: [WITH_TRAFFIC_CONTROL, WITHOUT_TRAFFIC_CONTROL]
  tags:
    description:
      - The tags of the deployment group itself. They do not say which hosts it has.
      - An empty dictionary removes all tags if O(purge_tags=true).
      - When this option is left out, tags are neither read nor changed.
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
    With O(tags) also C(codedeploy:ListTagsForResource), C(codedeploy:TagResource) and C(codedeploy:UntagResource), C(sts:GetCallerIdentity)."
  - To give a deployment group its service role, AWS also wants the permission C(iam:PassRole) for that role.
  - An unchanged deployment group costs one call, with O(tags) three.
  - AWS may not know a service role yet that was created a moment ago. Creating and changing are tried again for up to 60 seconds,
    so a role that AWS can never use makes the task fail after that time.
  - When a group changes from filters to a tag set or back, and AWS does not take both in one call, there is a moment in which the group
    has no hosts of that kind.
  - Deployment groups of ECS applications can be changed and deleted, but not created, as they need a load balancer and an ECS service.
seealso:
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.on_premises_instance
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
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

- name: No automatic rollback any more
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: production
    auto_rollback_configuration: {}

- name: The deployment group is gone
  slipway.codedeploy.deployment_group:
    application_name: web-app
    deployment_group_name: front
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
      description: How many hosts are deployed to at a time.
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
    auto_rollback_configuration:
      description: When AWS rolls back by itself.
      type: dict
      sample: {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]}
    deployment_style:
      description: Whether hosts are deployed to in place, and whether traffic is controlled.
      type: dict
      sample: {"deployment_type": "IN_PLACE", "deployment_option": "WITHOUT_TRAFFIC_CONTROL"}
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

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._applications import find_application, require_application
from ..module_utils._deployment_configs import require_deployment_config
from ..module_utils._deployment_groups import MANAGED, apply_deployment_group, find_deployment_group
from ..module_utils._errors import CodeDeployError, Connect
from ..module_utils._group_forms import FILTER_MEMBERS, defaults, form_from_options
from ..module_utils._group_rules import check_creation, check_load_balancer, check_options
from ..module_utils._plan import Plan, Resource, managed_part, plan_absent, plan_present
from ..module_utils._tags import find_tags, tagged_arn, wanted_tags
from ..module_utils._validation import InvalidOption

# Options that are in canonical form as they are given.
PLAIN = ("application_name", "deployment_group_name", "deployment_config_name", "service_role_arn", "deployment_style")

TAG_FILTERS = {
    "type": "list",
    "elements": "dict",
    "options": {
        "key": {"type": "str", "no_log": False},
        "value": {"type": "str"},
        "type": {"type": "str", "choices": list(FILTER_MEMBERS)},
    },
}
AUTO_ROLLBACK = {
    "enabled": {"type": "bool"},
    "events": {
        "type": "list",
        "elements": "str",
        "choices": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
    },
}
STYLE = {
    "deployment_type": {"type": "str", "required": True, "choices": ["IN_PLACE", "BLUE_GREEN"]},
    "deployment_option": {
        "type": "str",
        "required": True,
        "choices": ["WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL"],
    },
}


def wanted(params: dict[str, t.Any], current_tags: dict[str, str]) -> Resource:
    """What the options ask for, in canonical form; None where an option is left out."""
    return {
        **{name: params[name] for name in PLAIN},
        **form_from_options(params),
        "tags": wanted_tags(current_tags, params["tags"], params["purge_tags"]),
    }


def plan_for(client: t.Any, params: dict[str, t.Any], found: Resource | None, platform: str) -> Plan:
    """The plan that brings the deployment group FOUND to what PARAMS say. PLATFORM is its application's."""
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    if found is None:
        check_creation(params, platform)
    plan = plan_present(current, wanted(params, (current or {}).get("tags", {})), defaults(platform))
    check_load_balancer(plan, found, platform)
    if params["deployment_config_name"] and "deployment_config_name" in plan.updates:
        require_deployment_config(client, params["deployment_config_name"], platform)
    return plan


def owner_of(client: t.Any, params: dict[str, t.Any], found: Resource | None, check_mode: bool) -> Resource:
    """What has to be known of the group's application: its compute platform, and warnings.

    In CHECK_MODE an application that does not exist is taken for one that an earlier task would have created.
    """
    if found or params["state"] == "absent":
        return {"compute_platform": (found or {}).get("compute_platform", ""), "warnings": []}
    name = params["application_name"]
    application = find_application(client, name) if check_mode else require_application(client, name)
    if application is None:
        warning = (
            f"There is no application {name!r} yet. It is taken for one of platform Server that another task creates."
        )
        return {"compute_platform": "Server", "warnings": [warning]}
    return {**application, "warnings": []}


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the deployment group to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    names = params["application_name"], params["deployment_group_name"]
    found = find_deployment_group(client, *names)
    arn = tagged_arn(connect, params, f"deploymentgroup:{'/'.join(names)}")
    if found and arn:
        found["tags"] = find_tags(client, arn)
    application = owner_of(client, params, found, check_mode)
    plan = plan_for(client, params, found, application["compute_platform"])
    if plan.changed and not check_mode:
        attached = [each["name"] for each in (found or {}).get("auto_scaling_groups", [])]
        apply_deployment_group(client, plan, arn, attached)
        found = find_deployment_group(client, *names)
    group = {**(found or {}), **plan.after} if plan.after else {}
    return {"changed": plan.changed, "diff": plan.diff, "deployment_group": group, "warnings": application["warnings"]}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "application_name": {"type": "str", "required": True, "aliases": ["application"]},
            "deployment_group_name": {"type": "str", "required": True, "aliases": ["name"]},
            "deployment_config_name": {"type": "str"},
            "service_role_arn": {"type": "str"},
            "ec2_tag_filters": TAG_FILTERS,
            "ec2_tag_set": {"type": "list", "elements": "list"},
            "on_premises_instance_tag_filters": TAG_FILTERS,
            "on_premises_tag_set": {"type": "list", "elements": "list"},
            "auto_rollback_configuration": {"type": "dict", "options": AUTO_ROLLBACK},
            "deployment_style": {"type": "dict", "options": STYLE},
            "tags": {"type": "dict", "aliases": ["resource_tags"]},
            "purge_tags": {"type": "bool", "default": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(**ensure(module.client, module.params, module.check_mode))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
