#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application
version_added: 0.1.0
short_description: Manage AWS CodeDeploy applications
description:
  - Creates, renames, tags and deletes AWS CodeDeploy applications.
  - An application groups deployment groups and revisions under one name. It is created for one compute platform, which cannot be changed.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application's name, unique in the account and region.
      - 1 to 100 letters, digits and C(+ = , . @ _ -).
    type: str
    required: true
    aliases: [name]
  new_application_name:
    description:
      - The application's new name. If only an application of the new name exists, it has been renamed already.
      - If both exist, the task fails. If neither exists, the application is created with the new name.
      - Deployment groups and revisions stay with the application, and its ARN changes with its name. Cannot be combined with O(state=absent).
    type: str
  compute_platform:
    description:
      - What the application is deployed to. V(Server) stands for Amazon EC2 and on-premises instances.
      - Used to create the application; AWS uses V(Server) when omitted.
      - It cannot be changed afterwards. If the application has another compute platform, the task fails.
    type: str
    choices: [Server, Lambda, ECS]
  tags:
    description:
      - The application's tags. An empty dictionary removes all tags if O(purge_tags=true).
      - When omitted, tags are neither read nor changed.
  state:
    description:
      - V(present) creates the application if it is missing, and updates its tags to O(tags).
      - V(absent) deletes the application B(with all its deployment groups and the record of its deployments). Instances, bundles in S3 and
        on-premises registrations stay.
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
  - "Required IAM permissions: C(codedeploy:GetApplication), and as needed C(codedeploy:CreateApplication), C(codedeploy:DeleteApplication),
    C(codedeploy:UpdateApplication). With O(tags) also C(codedeploy:ListTagsForResource), C(codedeploy:TagResource) and C(codedeploy:UntagResource),
    C(sts:GetCallerIdentity)."
  - An unchanged application costs one API call, with O(tags) two more, and with O(new_application_name) one more.
seealso:
  - module: slipway.codedeploy.application_info
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
- name: Create an application for EC2 and on-premises instances
  slipway.codedeploy.application:
    application_name: web-app

- name: Set the application's tags, and remove all others
  slipway.codedeploy.application:
    application_name: web-app
    compute_platform: Server
    tags:
      team: shop
      stage: production

- name: Rename the application
  slipway.codedeploy.application:
    application_name: web-app
    new_application_name: storefront

- name: Delete the application and its deployment groups
  slipway.codedeploy.application:
    application_name: storefront
    state: absent
"""

RETURN = r"""
application:
  description:
    - The application after the task, or as it would be in check mode. Empty if it is absent.
    - Values that AWS assigns (C(application_id), C(create_time)) are missing if check mode predicts a new application.
  returned: always
  type: dict
  contains:
    application_name:
      description: The name of the application.
      type: str
      sample: web-app
    application_id:
      description: The ID of the application.
      type: str
      sample: 2f1ad2c4-0e1b-4b1c-9d53-6f6d3f0a7c11
    compute_platform:
      description: The compute platform of the application.
      type: str
      sample: Server
    create_time:
      description: The time when the application was created.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    linked_to_git_hub:
      description: Whether a GitHub account is linked to the application.
      type: bool
      sample: false
    tags:
      description: The tags of the application.
      returned: when O(tags) is given
      type: dict
      sample: {"team": "shop"}
"""

import functools
import typing as t

from ..module_utils._applications import DEFAULTS, MANAGED, apply_application, find_application
from ..module_utils._aws.calls import Connect
from ..module_utils._aws.converge import converge
from ..module_utils._aws.tags import find_tags, tagged_arn
from ..module_utils._errors import CodeDeployError
from ..module_utils._plan import Plan, Resource, managed_part, plan_absent, plan_present
from ..module_utils._run import run
from ..module_utils._tag_plans import wanted_tags
from ..module_utils._validation import InvalidOption, check_name, check_tags

ARGUMENTS: dict[str, t.Any] = {
    "application_name": {"type": "str", "required": True, "aliases": ["name"]},
    "new_application_name": {"type": "str"},
    "compute_platform": {"type": "str", "choices": ["Server", "Lambda", "ECS"]},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
CONSTRAINTS: dict[str, t.Any] = {}


def check_options(params: dict[str, t.Any]) -> None:
    """Raise InvalidOption for what can be known to be wrong without asking AWS."""
    for option in ("application_name", "new_application_name"):
        if params[option] is not None:
            check_name(option, params[option])
    if params["new_application_name"] and params["state"] == "absent":
        raise InvalidOption("new_application_name: cannot be combined with state=absent")
    check_tags("tags", params["tags"] or {})


def wanted(params: dict[str, t.Any], current_tags: dict[str, str]) -> Resource:
    """The application that the options ask for, in canonical form; None where an option is left out."""
    return {
        "application_name": params["new_application_name"] or params["application_name"],
        "compute_platform": params["compute_platform"],
        "tags": wanted_tags(current_tags, params["tags"], params["purge_tags"]),
    }


def find(client: t.Any, params: dict[str, t.Any], prefix: str) -> Resource | None:
    """The application under its old or its new name, with its tags if PREFIX says how ARNs begin. Raises CodeDeployError if there are both."""
    name, new_name = params["application_name"], params["new_application_name"]
    found = find_application(client, name)
    renamed = find_application(client, new_name) if new_name not in (None, name) else None
    if found and renamed and found["application_id"] != renamed["application_id"]:
        raise CodeDeployError(
            f"new_application_name: {name!r} cannot be renamed: an application {new_name!r} already exists"
        )
    found = renamed or found  # of one that was renamed a moment ago, AWS may show the old name too
    if found and prefix:
        found["tags"] = find_tags(client, prefix + found["application_name"])
    return found


def reject_platform_change(plan: Plan) -> None:
    """Raise CodeDeployError if PLAN would change the compute platform, which no call can."""
    if plan.before and "compute_platform" in plan.updates:
        before, after = plan.before["compute_platform"], plan.updates["compute_platform"]
        raise CodeDeployError(
            f"compute_platform: the application {plan.before['application_name']!r} is for {before} and cannot be changed to {after}. "
            "Use another name, or delete it first (state=absent), which deletes its deployment groups too."
        )


def plan_for(params: dict[str, t.Any], found: Resource | None) -> Plan:
    """The plan that brings the application FOUND to what PARAMS say."""
    current = managed_part(found, MANAGED)
    if params["state"] == "absent":
        return plan_absent(current)
    plan = plan_present(current, wanted(params, (current or {}).get("tags", {})), DEFAULTS)
    reject_platform_change(plan)
    return plan


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Bring the application to what PARAMS say, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    prefix = tagged_arn(connect, params, "application:")
    plan, found = converge(
        functools.partial(find, client, params, prefix),
        functools.partial(plan_for, params),
        lambda plan: apply_application(client, plan, prefix),
        check_mode,
    )
    application = {**(found or {}), **plan.after} if plan.after else {}
    return {"changed": plan.changed, "diff": plan.diff, "application": application}


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
