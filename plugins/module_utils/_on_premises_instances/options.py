# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument spec of `on_premises_instance`. What can be refused without a call is in `plans` and `user_rules`.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

# The options that describe an instance, of the task or as members of its option `instances`.
INSTANCE: dict[str, dict[str, t.Any]] = {
    "instance_name": {"type": "str", "aliases": ["name"]},
    "iam_user_arn": {"type": "str"},
    "iam_session_arn": {"type": "str"},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
}
IAM_USER = {
    "path": {"type": "str", "default": "/AWS/CodeDeploy/"},
    "buckets": {"type": "list", "elements": "str", "default": []},
    "config_directory": {"type": "path"},
}

_MEMBER = {**INSTANCE, "instance_name": {**INSTANCE["instance_name"], "required": True}}
_EXCLUSIVE = [["iam_user_arn", "iam_session_arn"]]

ARGUMENTS: dict[str, t.Any] = {
    **INSTANCE,
    "instances": {"type": "list", "elements": "dict", "options": _MEMBER, "mutually_exclusive": _EXCLUSIVE},
    "iam_user": {"type": "dict", "options": IAM_USER},
    "replace": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 8},
    "wait_timeout": {"type": "int", "default": 60},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [*_EXCLUSIVE, *([option, "instances"] for option in INSTANCE)],
    "required_one_of": [["instance_name", "instances"]],
}
