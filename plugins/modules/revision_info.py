#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: revision_info
version_added: 0.1.0
short_description: Read the revisions of an AWS CodeDeploy application
description:
  - Returns the revisions that are registered with an application, all of them or those asked for, and which deployment groups have them.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application whose revisions to read. It must exist.
    type: str
    required: true
    aliases: [application]
  revisions:
    description:
      - The revisions to read, instead of all. Each is in the form that the option O(slipway.codedeploy.revision#module:revision) takes and the modules
        of this collection return.
      - A revision is what all of its location says. The same bundle registered with another ETag is another revision.
      - Those that are not registered with the application are missing from RV(revisions).
    type: list
    elements: dict
  s3_bucket:
    description:
      - Only revisions in this bucket.
    type: str
  s3_key_prefix:
    description:
      - Only revisions whose key in O(s3_bucket) begins like this.
    type: str
  deployed:
    description:
      - V(include) reads only revisions that are a deployment group's target, V(exclude) only the others, V(ignore) both.
        AWS uses V(ignore) when this is left out.
    type: str
    choices: [include, exclude, ignore]
  sort_by:
    description:
      - The time to sort by. The order is not defined when this is left out.
    type: str
    choices: [registerTime, firstUsedTime, lastUsedTime]
  sort_order:
    description:
      - Whether the earliest (V(ascending)) or the latest comes first. AWS uses V(ascending) when this is left out.
    type: str
    choices: [ascending, descending]
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetApplication), C(codedeploy:ListApplicationRevisions), C(codedeploy:BatchGetApplicationRevisions),
    C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups), C(codedeploy:BatchGetDeployments)."
  - Costs a call for the application, one for each page of revisions and of deployment groups, and one for each 25 revisions, 100 deployment
    groups and 25 deployments that these groups had last.
seealso:
  - module: slipway.codedeploy.revision
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Read all revisions, the newest first
  slipway.codedeploy.revision_info:
    application_name: web-app
    sort_by: registerTime
    sort_order: descending
  register: web_app

- name: Tell what production runs
  ansible.builtin.debug:
    msg: "{{ item.revision.s3_location.key }}, registered {{ item.register_time }}"
  loop: "{{ web_app.revisions }}"
  when: "'production' in item.deployment_groups.target"

- name: Read the bundles in one place that no deployment group has as its target
  slipway.codedeploy.revision_info:
    application_name: web-app
    s3_bucket: my-releases
    s3_key_prefix: web-app/
    deployed: exclude

- name: See whether a certain revision is registered
  slipway.codedeploy.revision_info:
    application_name: web-app
    revisions:
      - s3_location:
          bucket: my-releases
          key: web-app/1.4.2.tgz
          bundle_type: tgz
  register: release

- name: Ship it to production if staging runs it
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ item.revision }}"
  loop: "{{ release.revisions }}"
  when: "'staging' in item.deployment_groups.last_successful"
"""

RETURN = r"""
revisions:
  description: The revisions, in the order of O(sort_by) or O(revisions).
  returned: always
  type: list
  elements: dict
  contains:
    revision:
      description:
        - Where it is, in the form that the options C(revision) of M(slipway.codedeploy.revision) and M(slipway.codedeploy.deploy) take.
      type: dict
      sample:
        revision_type: S3
        s3_location:
          bucket: my-releases
          key: web-app/0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e.zip
          bundle_type: zip
          e_tag: 6805f2cfc46c0f04559748bb039d69ae
    description:
      description: The comment that it was registered with.
      returned: when it has one
      type: str
      sample: Release 1.4.2
    register_time:
      description: When it was registered.
      type: str
      sample: "2026-11-22T10:15:00.120000+00:00"
    first_used_time:
      description: When it was deployed first.
      returned: when it was deployed
      type: str
      sample: "2026-11-22T10:15:02.340000+00:00"
    last_used_time:
      description: When it was deployed last.
      returned: when it was deployed
      type: str
      sample: "2026-11-22T10:15:02.340000+00:00"
    deployment_groups:
      description: The names of the application's deployment groups that have it.
      type: dict
      contains:
        target:
          description: Those whose target it is, so that new hosts get it.
          type: list
          elements: str
          sample: [production, staging]
        last_successful:
          description: Those whose last successful deployment brought it. It is what they are rolled back to.
          type: list
          elements: str
          sample: [production, staging]
        last_attempted:
          description: Those whose last deployment was of it, however it ended, or is under way.
          type: list
          elements: str
          sample: [production]
"""

import typing as t

from ..module_utils._applications import require_application
from ..module_utils._aws.calls import Connect
from ..module_utils._releases.uses import ROLES, Use, find_uses
from ..module_utils._revisions.api import list_revisions, read_revisions
from ..module_utils._revisions.locations import Location, identity_of, location_from_options
from ..module_utils._revisions.options import revision_options
from ..module_utils._run import run_info
from ..module_utils._validation import check_name

# Options that are members of ListApplicationRevisions by the same name.
FILTERS = ("s3_bucket", "s3_key_prefix", "deployed", "sort_by", "sort_order")

Params = dict[str, t.Any]

ARGUMENTS: dict[str, t.Any] = {
    "application_name": {"type": "str", "required": True, "aliases": ["application"]},
    "revisions": {"type": "list", "elements": "dict"},
    "s3_bucket": {"type": "str"},
    "s3_key_prefix": {"type": "str", "no_log": False},
    "deployed": {"type": "str", "choices": ["include", "exclude", "ignore"]},
    "sort_by": {"type": "str", "choices": ["registerTime", "firstUsedTime", "lastUsedTime"]},
    "sort_order": {"type": "str", "choices": ["ascending", "descending"]},
}
CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [["revisions", option] for option in FILTERS],
    "required_by": {"s3_key_prefix": ["s3_bucket"]},
}


def wanted_locations(params: Params) -> list[Location] | None:
    """The locations that the option `revisions` names; None if all are asked for. Raises InvalidOption if one is none."""
    if params["revisions"] is None:
        return None
    options = [revision_options(f"revisions[{number}]", each) for number, each in enumerate(params["revisions"])]
    return [location_from_options(each) for each in options]


def groups_by_role(location: Location, uses: list[Use]) -> dict[str, list[str]]:
    """The names of the groups that have the revision at LOCATION, by role."""
    identity = identity_of(location)
    return {
        role: [use.group for use in uses if use.role == role and identity_of(use.location) == identity]
        for role in ROLES
    }


def read(connect: Connect, params: Params) -> dict[str, t.Any]:
    """The revisions that the options name. Raises CodeDeployError if there is no such application."""
    client = connect("codedeploy")
    name = params["application_name"]
    check_name("application_name", name)
    locations = wanted_locations(params)
    require_application(client, name)
    if locations is None:
        locations = list_revisions(client, name, {option: params[option] for option in FILTERS})
    revisions, uses = read_revisions(client, name, locations), find_uses(client, name)
    return {
        "changed": False,
        "revisions": [
            {**revision, "deployment_groups": groups_by_role(revision["revision"], uses)} for revision in revisions
        ],
    }


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
