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
  auto_scaling_groups:
    description:
      - The names of the Auto Scaling groups whose hosts the group has, 10 at most. They must exist.
      - AWS CodeDeploy puts a lifecycle hook into each, so that new hosts are deployed to, and removes it when the list no longer has it.
      - Replaces the list that the group has. An empty list clears it.
      - Where a blue/green deployment has put a copy in the place of the one Auto Scaling group (called C(CodeDeploy_<group>_<deployment>)), the
        copy is kept, whatever single name is given, as long as
        O(blue_green_deployment_configuration.green_fleet_provisioning_option.action=COPY_AUTO_SCALING_GROUP).
    type: list
    elements: str
  termination_hook_enabled:
    description:
      - Whether AWS CodeDeploy also puts in a hook for hosts that Auto Scaling terminates, so that C(ApplicationStop) and the like run there first.
    type: bool
  ec2_deployment_options:
    description:
      - What to do with the Auto Scaling groups during a deployment in place. An empty dictionary clears it.
      - Needs botocore 1.44 or newer.
    type: dict
    suboptions:
      auto_scaling_group_processes_to_suspend:
        description: The processes of Auto Scaling that rest meanwhile.
        type: list
        elements: str
        choices: [Terminate, AZRebalance, InstanceRefresh, ScheduledActions]
  outdated_instances_strategy:
    description:
      - What happens to Amazon EC2 instances that are launched during a deployment and do not get its revision.
        V(UPDATE) has AWS deploy to them afterwards, V(IGNORE) leaves them.
      - AWS uses V(UPDATE) for a new group. It cannot be removed, only changed.
    type: str
    choices: [UPDATE, IGNORE]
  trigger_configurations:
    description:
      - Which events are told to which Amazon SNS topics, 10 triggers at most.
      - Replaces the triggers that the group has. An empty list clears them.
    type: list
    elements: dict
    suboptions:
      trigger_name:
        description: The trigger's name, unique in the group.
        type: str
        required: true
      trigger_target_arn:
        description: The ARN of the topic. It must exist.
        type: str
        required: true
      trigger_events:
        description: The events, at least one.
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
      - Replaces the alarms that the group has. An empty dictionary clears them.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether they do. When it is not given, they do if there are O(alarm_configuration.alarms).
          - With V(false), the alarms are kept, but nothing is stopped.
        type: bool
      ignore_poll_alarm_failure:
        description: Whether a deployment goes on when AWS CodeDeploy cannot read the alarms. Off when it is not given.
        type: bool
      alarms:
        description: The alarms. Needed if O(alarm_configuration.enabled=true).
        type: list
        elements: dict
        suboptions:
          name:
            description: The alarm's name, of 255 characters at most.
            type: str
            required: true
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
      - When it is not given, a new group of a V(Server) application gets V(IN_PLACE) and V(WITHOUT_TRAFFIC_CONTROL).
        Groups of V(Lambda) and V(ECS) applications can only have V(BLUE_GREEN) and V(WITH_TRAFFIC_CONTROL), and get that.
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
  load_balancer_info:
    description:
      - The load balancers that traffic comes from. They are not used with O(deployment_style.deployment_option=WITHOUT_TRAFFIC_CONTROL).
      - Replaces all load balancers that the group has. An empty dictionary clears them.
    type: dict
    suboptions:
      elb_info_list:
        description: Classic load balancers, 10 at most. For V(Server).
        type: list
        elements: dict
        suboptions:
          name:
            description: The name of the load balancer.
            type: str
            required: true
      target_group_info_list:
        description: Target groups of application and network load balancers, with targets of type C(instance), 10 at most. For V(Server).
        type: list
        elements: dict
        suboptions:
          name:
            description: The name of the target group.
            type: str
            required: true
      target_group_pair_info_list:
        description: The pair of target groups between which traffic moves, just one. For V(ECS), which needs it.
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
            description: The way of the users' traffic.
            type: dict
            suboptions:
              listener_arns:
                description: The ARN of one listener.
                type: list
                elements: str
                required: true
          test_traffic_route:
            description: The way of test traffic, by which the replacement can be tried before users get to it.
            type: dict
            suboptions:
              listener_arns:
                description: The ARN of one listener.
                type: list
                elements: str
                required: true
  blue_green_deployment_configuration:
    description:
      - How the replacement takes over in a blue/green deployment. Needed for V(ECS), not for V(Lambda).
      - A part that is not given is left as it is, and so is a wait.
      - AWS cannot remove it from a group, but makes no use of it with O(deployment_style.deployment_type=IN_PLACE).
    type: dict
    suboptions:
      deployment_ready_option:
        description: What happens when the replacement is ready.
        type: dict
        suboptions:
          action_on_timeout:
            description: Move traffic at once, or wait for somebody to say so and stop the deployment if nobody does.
            type: str
            required: true
            choices: [CONTINUE_DEPLOYMENT, STOP_DEPLOYMENT]
          wait_time_in_minutes:
            description: How long to wait with V(STOP_DEPLOYMENT), 2880 at most, for V(ECS) 7200.
            type: int
      terminate_blue_instances_on_deployment_success:
        description: What happens to the original hosts, or tasks, after a success.
        type: dict
        suboptions:
          action:
            description: Terminate them, or leave them running without traffic.
            type: str
            required: true
            choices: [TERMINATE, KEEP_ALIVE]
          termination_wait_time_in_minutes:
            description: How long to wait with V(TERMINATE), 2880 at most.
            type: int
      green_fleet_provisioning_option:
        description: Where the hosts of the replacement come from.
        type: dict
        suboptions:
          action:
            description:
              - Take those that are there, which every deployment names, or copy the group's Auto Scaling group.
              - With V(COPY_AUTO_SCALING_GROUP), the group must have exactly one, and every deployment puts its copy in the place of the
                original, see O(auto_scaling_groups).
            type: str
            required: true
            choices: [DISCOVER_EXISTING, COPY_AUTO_SCALING_GROUP]
  ecs_services:
    description:
      - The Amazon ECS service to deploy to, just one. It must have the deployment controller C(CODE_DEPLOY), and be in no other deployment group.
      - For V(ECS), which needs it.
    type: list
    elements: dict
    suboptions:
      service_name:
        description: The name of the service.
        type: str
        required: true
      cluster_name:
        description: The name of its cluster.
        type: str
        required: true
"""
