# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The settings of a deployment group: which hosts it has, whom it tells, what stops a deployment, and how traffic moves."""

    DOCUMENTATION = r"""
options:
  ec2_tag_filters:
    description:
      - The deployment group contains all Amazon EC2 instances that match B(any) of these filters, at most 10.
      - Replaces the filters of the deployment group and clears O(ec2_tag_set), since a deployment group has one or the other. An empty list clears
        the filters.
    type: list
    elements: dict
    suboptions: &filter
      key:
        description: The tag's key. When omitted, a tag with any key matches if it has the value.
        type: str
      value:
        description: The tag's value. When omitted, any value of the key matches. An empty string matches only a tag with an empty value.
        type: str
      type:
        description: Whether the key, the value or both must match. Derived from what is given when omitted; it must not contradict that.
        type: str
        choices: [KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE]
  ec2_tag_set:
    description:
      - A list of lists of filters. The deployment group contains the Amazon EC2 instances that match at least one filter of B(each) list.
      - At most 3 lists, each with at most 10 filters, which have the same form as in O(ec2_tag_filters).
      - Replaces the tag set of the deployment group and clears O(ec2_tag_filters). An empty list clears the tag set.
    type: list
    elements: list
  on_premises_instance_tag_filters:
    description:
      - Like O(ec2_tag_filters), but for on-premises instances, see M(slipway.codedeploy.on_premises_instance).
      - The deployment group contains both, the Amazon EC2 instances and the on-premises instances.
    type: list
    elements: dict
    suboptions: *filter
  on_premises_tag_set:
    description:
      - Like O(ec2_tag_set), but for on-premises instances.
    type: list
    elements: list
  auto_scaling_groups:
    description:
      - The names of the Auto Scaling groups whose hosts belong to the deployment group, at most 10. They must exist.
      - AWS CodeDeploy adds a lifecycle hook to each, so that new hosts get the revision. It removes the hook when the Auto Scaling group is no
        longer listed.
      - Replaces the list of the deployment group. An empty list clears it.
      - A blue/green deployment replaces the single Auto Scaling group by a copy, called C(CodeDeploy_<group>_<deployment>). The copy is kept,
        whatever single name is given, as long as
        O(blue_green_deployment_configuration.green_fleet_provisioning_option.action=COPY_AUTO_SCALING_GROUP).
    type: list
    elements: str
  termination_hook_enabled:
    description:
      - Whether AWS CodeDeploy also adds a hook for hosts that Auto Scaling terminates, so that C(ApplicationStop) and the like run there first.
    type: bool
  ec2_deployment_options:
    description:
      - What to do with the Auto Scaling groups during an in-place deployment. An empty dictionary clears this setting.
      - Needs botocore 1.44 or newer.
    type: dict
    suboptions:
      auto_scaling_group_processes_to_suspend:
        description: The Auto Scaling processes to suspend during the deployment.
        type: list
        elements: str
        choices: [Terminate, AZRebalance, InstanceRefresh, ScheduledActions]
  outdated_instances_strategy:
    description:
      - What to do with Amazon EC2 instances that are launched during a deployment and do not get its revision. V(UPDATE) has AWS deploy to them
        afterwards, V(IGNORE) leaves them as they are.
      - AWS uses V(UPDATE) for a new deployment group. The setting can be changed, but not removed.
    type: str
    choices: [UPDATE, IGNORE]
  trigger_configurations:
    description:
      - The Amazon SNS topics to notify, and of which events; at most 10.
      - Replaces the triggers of the deployment group. An empty list clears them.
    type: list
    elements: dict
    suboptions:
      trigger_name:
        description: The trigger's name, unique in the deployment group.
        type: str
        required: true
      trigger_target_arn:
        description: The ARN of the topic, which must exist.
        type: str
        required: true
      trigger_events:
        description: The events to notify of, at least one.
        type: list
        elements: str
        required: true
        choices:
          - DeploymentStart
          - DeploymentSuccess
          - DeploymentFailure
          - DeploymentStop
          - DeploymentRollback
          - DeploymentReady
          - InstanceStart
          - InstanceSuccess
          - InstanceFailure
          - InstanceReady
  alarm_configuration:
    description:
      - The Amazon CloudWatch alarms that stop a deployment when they go off. They need not exist yet.
      - Replaces the alarms of the deployment group. An empty dictionary clears them.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether the alarms stop a deployment. Defaults to V(true) if O(alarm_configuration.alarms) is not empty.
          - V(false) keeps the alarms, but they stop nothing.
        type: bool
      ignore_poll_alarm_failure:
        description: Whether a deployment continues when AWS CodeDeploy cannot read the alarms. V(false) when omitted.
        type: bool
      alarms:
        description: The alarms. Required if O(alarm_configuration.enabled=true).
        type: list
        elements: dict
        suboptions:
          name:
            description: The alarm's name, at most 255 characters.
            type: str
            required: true
  auto_rollback_configuration:
    description:
      - When AWS rolls back a deployment automatically. An empty dictionary clears this setting.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether to roll back automatically. Defaults to V(true) if O(auto_rollback_configuration.events) is not empty.
          - V(false) keeps the events, but nothing is rolled back.
        type: bool
      events:
        description: The events that trigger a rollback. Required if O(auto_rollback_configuration.enabled=true).
        type: list
        elements: str
        choices: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST]
  deployment_style:
    description:
      - Whether to deploy in place, and whether to block traffic to a host during its deployment.
      - When omitted, a new deployment group of a V(Server) application gets V(IN_PLACE) and V(WITHOUT_TRAFFIC_CONTROL). Deployment groups of
        V(Lambda) and V(ECS) applications always have V(BLUE_GREEN) and V(WITH_TRAFFIC_CONTROL).
    type: dict
    suboptions:
      deployment_type:
        description: Whether to deploy to the existing hosts, or to others that then replace them. V(BLUE_GREEN) needs traffic control.
        type: str
        required: true
        choices: [IN_PLACE, BLUE_GREEN]
      deployment_option:
        description: Whether to control traffic. If so, a deployment group of a V(Server) application must have a load balancer.
        type: str
        required: true
        choices: [WITH_TRAFFIC_CONTROL, WITHOUT_TRAFFIC_CONTROL]
  load_balancer_info:
    description:
      - The load balancers that traffic comes from. They are not used with O(deployment_style.deployment_option=WITHOUT_TRAFFIC_CONTROL).
      - Replaces all load balancers of the deployment group. An empty dictionary clears them.
    type: dict
    suboptions:
      elb_info_list:
        description: Classic Load Balancers, at most 10. For V(Server).
        type: list
        elements: dict
        suboptions:
          name:
            description: The name of the load balancer.
            type: str
            required: true
      target_group_info_list:
        description: Target groups of Application and Network Load Balancers, with targets of type C(instance), at most 10. For V(Server).
        type: list
        elements: dict
        suboptions:
          name:
            description: The name of the target group.
            type: str
            required: true
      target_group_pair_info_list:
        description: The pair of target groups between which traffic shifts, exactly one. For V(ECS), where it is required.
        type: list
        elements: dict
        suboptions:
          target_groups:
            description: Two target groups, in any order.
            type: list
            elements: dict
            required: true
            suboptions:
              name:
                description: The name of the target group.
                type: str
                required: true
          prod_traffic_route:
            description: The listener for production traffic.
            type: dict
            suboptions:
              listener_arns:
                description: The ARN of one listener.
                type: list
                elements: str
                required: true
          test_traffic_route:
            description: The listener for test traffic, with which the replacement can be tried before it gets production traffic.
            type: dict
            suboptions:
              listener_arns:
                description: The ARN of one listener.
                type: list
                elements: str
                required: true
  blue_green_deployment_configuration:
    description:
      - How the replacement takes over in a blue/green deployment. Required for V(ECS), not used for V(Lambda).
      - Parts that are omitted are left as they are, including wait times.
      - AWS cannot remove this block from a deployment group, but ignores it with O(deployment_style.deployment_type=IN_PLACE).
    type: dict
    suboptions:
      deployment_ready_option:
        description: What to do when the replacement is ready.
        type: dict
        suboptions:
          action_on_timeout:
            description: V(CONTINUE_DEPLOYMENT) shifts traffic at once. V(STOP_DEPLOYMENT) waits for somebody to continue the deployment, and stops
              it if nobody does.
            type: str
            required: true
            choices: [CONTINUE_DEPLOYMENT, STOP_DEPLOYMENT]
          wait_time_in_minutes:
            description: How many minutes to wait with V(STOP_DEPLOYMENT), at most 2880, or 7200 for V(ECS).
            type: int
      terminate_blue_instances_on_deployment_success:
        description: What to do with the original hosts or tasks after a successful deployment.
        type: dict
        suboptions:
          action:
            description: Whether to terminate them, or to leave them running without traffic.
            type: str
            required: true
            choices: [TERMINATE, KEEP_ALIVE]
          termination_wait_time_in_minutes:
            description: How many minutes to wait with V(TERMINATE), at most 2880.
            type: int
      green_fleet_provisioning_option:
        description: Where the hosts of the replacement come from.
        type: dict
        suboptions:
          action:
            description:
              - V(DISCOVER_EXISTING) uses existing instances, which each deployment names. V(COPY_AUTO_SCALING_GROUP) copies the deployment group's
                Auto Scaling group.
              - With V(COPY_AUTO_SCALING_GROUP), the deployment group must have exactly one Auto Scaling group, and each deployment replaces it by
                its copy, see O(auto_scaling_groups).
            type: str
            required: true
            choices: [DISCOVER_EXISTING, COPY_AUTO_SCALING_GROUP]
  ecs_services:
    description:
      - The Amazon ECS service to deploy to, exactly one. It must use the deployment controller C(CODE_DEPLOY), and belong to no other deployment
        group.
      - For V(ECS), where it is required.
    type: list
    elements: dict
    suboptions:
      service_name:
        description: The name of the service.
        type: str
        required: true
      cluster_name:
        description: The name of the cluster that runs the service.
        type: str
        required: true
"""
