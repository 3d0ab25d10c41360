#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: on_premises_instance
version_added: 0.1.0
short_description: Register, tag and deregister on-premises instances with AWS CodeDeploy
description:
  - Registers a host outside Amazon EC2 with AWS CodeDeploy, sets its tags, and deregisters it.
  - A deployment group finds on-premises instances by their tags.
  - The host agent on the host identifies itself by the IAM user or the IAM session that the registration names.
    This module does not create either, and it does not touch the host.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  instance_name:
    description:
      - The name to register the host under, unique in the account and region.
      - 1 to 100 letters, digits and C(+ = , . @ _ -). It must not begin with V(i-), like the ids of EC2 instances.
    type: str
    required: true
    aliases: [name]
  iam_user_arn:
    description:
      - The ARN of the IAM user that the host agent uses, in any partition. A user can be registered for one instance only.
      - To register an instance, this or O(iam_session_arn) is needed. For an instance that is registered both can be left out.
      - It cannot be changed. An ARN other than the one that the instance is registered with is an error.
    type: str
  iam_session_arn:
    description:
      - The ARN of the session of an assumed role that the host agent uses, such as V(arn:aws:sts::123456789012:assumed-role/hosts/web-1).
      - See O(iam_user_arn).
    type: str
  tags:
    description:
      - The instance's tags, 10 at most. Values must not be empty.
      - An empty dictionary removes all tags if O(purge_tags=true).
      - When this option is left out, the tags of a registered instance are not changed, and a new registration has none,
        even if an earlier one of the same name had some.
  state:
    description:
      - V(present) registers the instance if it is not registered, and brings its tags to O(tags).
      - V(absent) removes the tags and deregisters the instance. The IAM user or role and the host stay as they are.
        Afterwards the name can be registered again.
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
  - "Required IAM permissions: C(codedeploy:GetOnPremisesInstance), and as needed C(codedeploy:RegisterOnPremisesInstance),
    C(codedeploy:DeregisterOnPremisesInstance), C(codedeploy:AddTagsToOnPremisesInstances) and C(codedeploy:RemoveTagsFromOnPremisesInstances)."
  - An unchanged instance costs one call.
  - AWS may not know an IAM user yet that was created a moment ago. Registration is tried again for up to 60 seconds.
seealso:
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: A host with an IAM user of its own
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    iam_user_arn: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    tags:
      application: web-app
      stage: production

- name: A host that assumes a role
  slipway.codedeploy.on_premises_instance:
    instance_name: web-2
    iam_session_arn: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2

- name: One more tag on an instance that is registered
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    tags:
      canary: "yes"
    purge_tags: false

- name: The host gets no more deployments
  slipway.codedeploy.on_premises_instance:
    instance_name: web-1
    state: absent
"""

RETURN = r"""
on_premises_instance:
  description:
    - The instance after the task, or as it would be in check mode. Empty when it is not registered.
    - What only AWS knows (RV(on_premises_instance.instance_arn), RV(on_premises_instance.register_time)) is missing where check mode
      predicts a new registration.
  returned: always
  type: dict
  contains:
    instance_name:
      description: The name that the host is registered under.
      type: str
      sample: web-1
    instance_arn:
      description: The ARN that AWS gave the registration.
      type: str
      sample: arn:aws:codedeploy:us-east-1:123456789012:instance/web-1_Xq3vR8kL2p
    iam_user_arn:
      description: The IAM user of the host agent.
      returned: when registered with an IAM user
      type: str
      sample: arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-1
    iam_session_arn:
      description: The IAM session of the host agent.
      returned: when registered with an IAM session
      type: str
      sample: arn:aws:sts::123456789012:assumed-role/codedeploy-hosts/web-2
    register_time:
      description: When it was registered.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    tags:
      description: Its tags. A key that somebody gave several values has them as a list.
      type: dict
      sample: {"application": "web-app", "stage": "production"}
"""

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import CodeDeployError, Connect
from ..module_utils._on_premises_instances import (
    ARNS,
    DEFAULTS,
    MANAGED,
    apply_on_premises_instance,
    find_on_premises_instance,
    pairs_from_tags,
)
from ..module_utils._plan import Plan, Resource, managed_part, plan_absent, plan_present
from ..module_utils._tags import wanted_tags
from ..module_utils._validation import InvalidOption, check_arn, check_instance_name, check_instance_tags, check_tags


def check_options(params: dict[str, t.Any]) -> None:
    """Raise InvalidOption for what can be known to be wrong without asking AWS."""
    check_instance_name("instance_name", params["instance_name"])
    if params["iam_user_arn"] is not None:
        check_arn("iam_user_arn", params["iam_user_arn"], "user")
    if params["iam_session_arn"] is not None:
        check_arn("iam_session_arn", params["iam_session_arn"], "session")
    check_tags("tags", params["tags"] or {}, shortest_value=1)


def wanted(params: dict[str, t.Any], current_tags: dict[str, t.Any]) -> Resource:
    """What the options ask for, in canonical form; None where an option is left out."""
    return {
        **{name: params[name] for name in ("instance_name", *ARNS)},
        "tags": wanted_tags(current_tags, params["tags"], params["purge_tags"]),
    }


def check_registration(plan: Plan) -> None:
    """Raise unless the plan's registration is possible: a new one needs an ARN, and that of an old one stays."""
    after = plan.after or {}
    name, given = after["instance_name"], [arn for arn in ARNS if arn in plan.updates]
    if plan.before is None and not given:
        raise InvalidOption(
            f"iam_user_arn, iam_session_arn: the instance {name!r} is not registered, and one of them is needed to register it"
        )
    if plan.before is not None and given:
        registered = " and ".join(plan.before[arn] for arn in ARNS if arn in plan.before)
        raise CodeDeployError(
            f"{given[0]}: the instance {name!r} is registered with {registered}, and cannot be changed to {after[given[0]]}. "
            "Deregister it first (state: absent), then register it again."
        )


def plan_for(params: dict[str, t.Any], found: Resource | None) -> Plan:
    """The plan that brings the instance FOUND to what PARAMS say."""
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    plan = plan_present(current, wanted(params, (current or DEFAULTS)["tags"]), DEFAULTS)
    check_registration(plan)
    check_instance_tags("tags", pairs_from_tags(plan.updates.get("tags", {})))
    return plan


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the instance to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    found = find_on_premises_instance(client, params["instance_name"])
    plan = plan_for(params, found)
    if plan.changed and not check_mode:
        apply_on_premises_instance(client, plan)
        found = find_on_premises_instance(client, params["instance_name"])
    instance = {**(found or {}), **plan.after} if plan.after else {}
    return {"changed": plan.changed, "diff": plan.diff, "on_premises_instance": instance}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "instance_name": {"type": "str", "required": True, "aliases": ["name"]},
            "iam_user_arn": {"type": "str"},
            "iam_session_arn": {"type": "str"},
            "tags": {"type": "dict", "aliases": ["resource_tags"]},
            "purge_tags": {"type": "bool", "default": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        mutually_exclusive=[["iam_user_arn", "iam_session_arn"]],
        supports_check_mode=True,
    )
    try:
        module.exit_json(**ensure(module.client, module.params, module.check_mode))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
