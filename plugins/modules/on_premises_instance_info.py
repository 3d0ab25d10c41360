#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: on_premises_instance_info
version_added: 0.1.0
short_description: Gather information about AWS CodeDeploy on-premises instances
description:
  - Returns all on-premises instances of the account and region, or those that match. One API call reads up to 25.
  - Each has the form that M(slipway.codedeploy.on_premises_instance) returns and takes.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  instance_names:
    description:
      - The names of the instances to read. Those that were never registered are missing from RV(on_premises_instances).
    type: list
    elements: str
    aliases: [names]
  registration_status:
    description:
      - Only return instances that are registered, or only those that were deregistered, whose names AWS keeps for some time. Both when omitted.
    type: str
    choices: [Registered, Deregistered]
  tag_filters:
    description:
      - Only return instances that match these filters. AWS does not document whether one or all of several filters must match.
    type: list
    elements: dict
    suboptions:
      key:
        description: The tag's key. When omitted, a tag with any key matches if it has the value.
        type: str
      value:
        description: The tag's value. When omitted, any value of the key matches.
        type: str
      type:
        description: Whether the key, the value or both must match. Derived from what is given when omitted.
        type: str
        choices: [KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE]
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
  - "Required IAM permissions: C(codedeploy:BatchGetOnPremisesInstances), and C(codedeploy:ListOnPremisesInstances), unless only
    O(instance_names) is given."
seealso:
  - module: slipway.codedeploy.on_premises_instance
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Read all hosts that get deployments of web-app
  slipway.codedeploy.on_premises_instance_info:
    registration_status: Registered
    tag_filters:
      - key: application
        value: web-app
  register: hosts

- name: Read two instances by name
  slipway.codedeploy.on_premises_instance_info:
    instance_names: [web-1, web-2]
"""

RETURN = r"""
on_premises_instances:
  description: The instances, sorted by name.
  returned: always
  type: list
  elements: dict
  contains:
    instance_name:
      description: The name under which the host is registered.
      type: str
      sample: web-1
    instance_arn:
      description: The ARN of the registration.
      type: str
      sample: arn:aws:codedeploy:us-east-1:123456789012:instance/web-1_Xq3vR8kL2p
    iam_user_arn:
      description: The ARN of the host agent's IAM user.
      returned: when registered with an IAM user
      type: str
      sample: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    iam_session_arn:
      description: The ARN of the host agent's IAM session.
      returned: when registered with an IAM session
      type: str
      sample: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2
    register_time:
      description: The time when the instance was registered.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    deregister_time:
      description: The time when the instance was deregistered.
      returned: when the instance is no longer registered
      type: str
      sample: "2026-11-23T10:15:00.120000+00:00"
    tags:
      description: The tags of the instance. A key with several values has them as a list.
      type: dict
      sample: {"application": "web-app", "stage": "production"}
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._deployment_groups.api import request_filters
from ..module_utils._deployment_groups.forms import FILTER_MEMBERS, tag_filters
from ..module_utils._deployment_groups.selection_rules import check_filters
from ..module_utils._on_premises_instances.api import find_on_premises_instances, list_on_premises_instances
from ..module_utils._run import run_info
from ..module_utils._validation import check_instance_name

_FILTER = {
    "key": {"type": "str", "no_log": False},
    "value": {"type": "str"},
    "type": {"type": "str", "choices": list(FILTER_MEMBERS)},
}

ARGUMENTS: dict[str, t.Any] = {
    "instance_names": {"type": "list", "elements": "str", "aliases": ["names"]},
    "registration_status": {"type": "str", "choices": ["Registered", "Deregistered"]},
    "tag_filters": {"type": "list", "elements": "dict", "options": _FILTER},
}
CONSTRAINTS: dict[str, t.Any] = {}


def wanted_names(client: t.Any, params: dict[str, t.Any]) -> list[str]:
    """Return the names of the instances that match the options."""
    filters: dict[str, t.Any] = {}
    if params["registration_status"]:
        filters["registrationStatus"] = params["registration_status"]
    if params["tag_filters"]:
        filters["tagFilters"] = request_filters(tag_filters(params["tag_filters"]))
    names = params["instance_names"]
    if names is not None and not filters:
        return list(names)
    listed = list_on_premises_instances(client, **filters)
    return [name for name in listed if names is None or name in names]


def read(connect: Connect, params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The on-premises instances that the options name."""
    for name in params["instance_names"] or []:
        check_instance_name("instance_names", name)
    check_filters("tag_filters", params["tag_filters"] or [])
    client = connect("codedeploy")
    instances = find_on_premises_instances(client, sorted(wanted_names(client, params)))
    return {"changed": False, "on_premises_instances": instances}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
