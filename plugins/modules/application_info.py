#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_info
version_added: 0.1.0
short_description: Gather information about AWS CodeDeploy applications
description:
  - Returns all applications of the account and region, or those that are named.
  - Each has the form that M(slipway.codedeploy.application) returns and takes.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_names:
    description:
      - The names of the applications to read. Those that do not exist are missing from RV(applications).
      - When omitted, all are read.
    type: list
    elements: str
    aliases: [names]
  compute_platform:
    description:
      - Only return applications of this compute platform.
    type: str
    choices: [Server, Lambda, ECS]
  include_tags:
    description:
      - Whether to read tags too, which costs one API call for each application.
    type: bool
    default: true
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
  - "Required IAM permissions: C(codedeploy:ListApplications), unless O(application_names) is given, C(codedeploy:BatchGetApplications), and
    C(codedeploy:GetApplication) if one of the names does not exist. With O(include_tags=true) also C(codedeploy:ListTagsForResource) and
    C(sts:GetCallerIdentity)."
  - Without tags, one API call reads up to 100 applications.
seealso:
  - module: slipway.codedeploy.application
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Read all applications
  slipway.codedeploy.application_info:
  register: all

- name: Check whether an application exists, and read its compute platform
  slipway.codedeploy.application_info:
    application_names: [web-app]
    include_tags: false
  register: found

- name: Read all Lambda applications, with their tags
  slipway.codedeploy.application_info:
    compute_platform: Lambda
"""

RETURN = r"""
applications:
  description: The applications, sorted by name.
  returned: always
  type: list
  elements: dict
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
      returned: when O(include_tags=true)
      type: dict
      sample: {"team": "shop"}
"""

import typing as t

from ..module_utils._applications import find_applications
from ..module_utils._aws.calls import Connect
from ..module_utils._aws.tags import with_tags
from ..module_utils._run import run_info
from ..module_utils._validation import check_name

ARGUMENTS: dict[str, t.Any] = {
    "application_names": {"type": "list", "elements": "str", "aliases": ["names"]},
    "compute_platform": {"type": "str", "choices": ["Server", "Lambda", "ECS"]},
    "include_tags": {"type": "bool", "default": True},
}
CONSTRAINTS: dict[str, t.Any] = {}


def read(connect: Connect, params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The applications that the options name."""
    for name in params["application_names"] or []:
        check_name("application_names", name)
    found = find_applications(connect("codedeploy"), params["application_names"])
    applications = [each for each in found if params["compute_platform"] in (None, each.get("compute_platform"))]
    if params["include_tags"]:
        applications = with_tags(connect, applications, "application:{application_name}")
    return {"changed": False, "applications": applications}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
