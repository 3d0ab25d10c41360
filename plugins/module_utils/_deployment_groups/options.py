# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specification of a deployment group. `rules` and its neighbours check the options, `forms` converts them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .forms import FILTER_MEMBERS

Spec = dict[str, t.Any]

NAME: Spec = {"type": "str", "required": True}
NAMED: Spec = {"type": "list", "elements": "dict", "options": {"name": NAME}}
ROUTE: Spec = {"type": "dict", "options": {"listener_arns": {"type": "list", "elements": "str", "required": True}}}

TAG_FILTERS: Spec = {
    "type": "list",
    "elements": "dict",
    "options": {
        "key": {"type": "str", "no_log": False},
        "value": {"type": "str"},
        "type": {"type": "str", "choices": list(FILTER_MEMBERS)},
    },
}
TARGETING: Spec = {
    "ec2_tag_filters": TAG_FILTERS,
    "ec2_tag_set": {"type": "list", "elements": "list"},
    "on_premises_instance_tag_filters": TAG_FILTERS,
    "on_premises_tag_set": {"type": "list", "elements": "list"},
    "auto_scaling_groups": {"type": "list", "elements": "str"},
}

TARGET_INSTANCES: Spec = {
    "tag_filters": TAG_FILTERS,
    "ec2_tag_set": {"type": "list", "elements": "list"},
    "auto_scaling_groups": {"type": "list", "elements": "str"},
}

# The valid processes and events (botocore model: AutoScalingGroupProcess, TriggerEventType, AutoRollbackEvent).
PROCESSES = ["Terminate", "AZRebalance", "InstanceRefresh", "ScheduledActions"]
TRIGGER_EVENTS = [
    *(f"Deployment{what}" for what in ("Start", "Success", "Failure", "Stop", "Rollback", "Ready")),
    *(f"Instance{what}" for what in ("Start", "Success", "Failure", "Ready")),
]
ROLLBACK_EVENTS = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]

SCALING: Spec = {
    "termination_hook_enabled": {"type": "bool"},
    "ec2_deployment_options": {
        "type": "dict",
        "options": {
            "auto_scaling_group_processes_to_suspend": {"type": "list", "elements": "str", "choices": PROCESSES}
        },
    },
    "outdated_instances_strategy": {"type": "str", "choices": ["UPDATE", "IGNORE"]},
}
NOTIFICATIONS: Spec = {
    "trigger_configurations": {
        "type": "list",
        "elements": "dict",
        "options": {
            "trigger_name": NAME,
            "trigger_target_arn": NAME,
            "trigger_events": {"type": "list", "elements": "str", "required": True, "choices": TRIGGER_EVENTS},
        },
    },
    "alarm_configuration": {
        "type": "dict",
        "options": {"enabled": {"type": "bool"}, "ignore_poll_alarm_failure": {"type": "bool"}, "alarms": NAMED},
    },
    "auto_rollback_configuration": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool"},
            "events": {"type": "list", "elements": "str", "choices": ROLLBACK_EVENTS},
        },
    },
}


def action(*choices: str) -> Spec:
    """Return the specification of a member that selects one of CHOICES."""
    return {"type": "str", "required": True, "choices": list(choices)}


PAIR: Spec = {
    "target_groups": {**NAMED, "required": True},
    "prod_traffic_route": ROUTE,
    "test_traffic_route": ROUTE,
}
TRAFFIC: Spec = {
    "deployment_style": {
        "type": "dict",
        "options": {
            "deployment_type": action("IN_PLACE", "BLUE_GREEN"),
            "deployment_option": action("WITH_TRAFFIC_CONTROL", "WITHOUT_TRAFFIC_CONTROL"),
        },
    },
    "load_balancer_info": {
        "type": "dict",
        "options": {
            "elb_info_list": NAMED,
            "target_group_info_list": NAMED,
            "target_group_pair_info_list": {"type": "list", "elements": "dict", "options": PAIR},
        },
    },
    "blue_green_deployment_configuration": {
        "type": "dict",
        "options": {
            "deployment_ready_option": {
                "type": "dict",
                "options": {
                    "action_on_timeout": action("CONTINUE_DEPLOYMENT", "STOP_DEPLOYMENT"),
                    "wait_time_in_minutes": {"type": "int"},
                },
            },
            "terminate_blue_instances_on_deployment_success": {
                "type": "dict",
                "options": {
                    "action": action("TERMINATE", "KEEP_ALIVE"),
                    "termination_wait_time_in_minutes": {"type": "int"},
                },
            },
            "green_fleet_provisioning_option": {
                "type": "dict",
                "options": {"action": action("DISCOVER_EXISTING", "COPY_AUTO_SCALING_GROUP")},
            },
        },
    },
    "ecs_services": {
        "type": "list",
        "elements": "dict",
        "options": {"service_name": NAME, "cluster_name": NAME},
    },
}

ARGUMENTS: Spec = {
    "application_name": {"type": "str", "required": True, "aliases": ["application"]},
    "deployment_group_name": {"type": "str", "required": True, "aliases": ["name"]},
    "new_deployment_group_name": {"type": "str", "aliases": ["new_name"]},
    "deployment_config_name": {"type": "str"},
    "service_role_arn": {"type": "str"},
    **TARGETING,
    "reinstall_missing_hooks": {"type": "bool", "default": False},
    **SCALING,
    **NOTIFICATIONS,
    **TRAFFIC,
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 60},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
