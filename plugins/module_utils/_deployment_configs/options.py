# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument spec of `deployment_config`. What can be refused without a call is in `rules`.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

HOSTS = {
    "type": {"type": "str", "required": True, "choices": ["HOST_COUNT", "FLEET_PERCENT"]},
    "value": {"type": "int", "required": True},
}
ROUTING = {
    "type": {"type": "str", "required": True, "choices": ["AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"]},
    "time_based_canary": {
        "type": "dict",
        "options": {
            "canary_percentage": {"type": "int", "required": True},
            "canary_interval": {"type": "int", "required": True},
        },
    },
    "time_based_linear": {
        "type": "dict",
        "options": {
            "linear_percentage": {"type": "int", "required": True},
            "linear_interval": {"type": "int", "required": True},
        },
    },
}
ZONAL = {
    "monitor_duration_in_seconds": {"type": "int"},
    "first_zone_monitor_duration_in_seconds": {"type": "int"},
    "minimum_healthy_hosts_per_zone": {"type": "dict", "options": HOSTS},
}

ARGUMENTS: dict[str, t.Any] = {
    "deployment_config_name": {"type": "str", "required": True, "aliases": ["name"]},
    "compute_platform": {"type": "str", "choices": ["Server", "Lambda", "ECS"]},
    "minimum_healthy_hosts": {"type": "dict", "options": HOSTS},
    "traffic_routing_config": {"type": "dict", "options": ROUTING},
    "zonal_config": {"type": "dict", "options": ZONAL},
    "replace": {"type": "bool", "default": False},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
