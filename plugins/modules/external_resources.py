#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: external_resources
version_added: 0.1.0
short_description: Delete AWS CodeDeploy resources linked to an external ID
description:
  - Deletes the AWS CodeDeploy resources that are linked to an external ID, such as those of an AWS CloudFormation stack that performs its own
    blue/green deployments.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  external_id:
    description:
      - The unique ID that the resources are linked to.
    type: str
    required: true
  state:
    description:
      - V(absent) deletes the resources. It is the only supported state.
    type: str
    required: true
    choices: [absent]
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: AWS has no call to list the resources.
  idempotent:
    support: none
    details: AWS has no call to list the resources, so the task always deletes and always reports a change. Deleting them again is not an error.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:DeleteResourcesByExternalId)."
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Delete what CodeDeploy keeps for the stack
  slipway.codedeploy.external_resources:
    external_id: arn:aws:cloudformation:us-east-1:123456789012:stack/shop/5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
    state: absent
"""

RETURN = r"""
external_id:
  description: The external ID whose resources were deleted.
  returned: always
  type: str
  sample: arn:aws:cloudformation:us-east-1:123456789012:stack/shop/5b8e7a3c-2b1f-4e0d-9a75-0c1d6f7b9e21
"""

import typing as t

from ..module_utils._aws.calls import Connect, aws_call
from ..module_utils._plan import Plan, carried_out
from ..module_utils._run import run
from ..module_utils._validation import check_text

ARGUMENTS: dict[str, t.Any] = {
    "external_id": {"type": "str", "required": True},
    "state": {"type": "str", "required": True, "choices": ["absent"]},
}
CONSTRAINTS: dict[str, t.Any] = {}


@aws_call("delete the resources of the external id")
def delete_resources(client: t.Any, external_id: str) -> None:
    """Delete what is linked to the id, if anything is."""
    client.delete_resources_by_external_id(externalId=external_id)


def ensure(connect: Connect, params: dict[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Delete the resources, unless CHECK_MODE, and return the module's result."""
    external_id = params["external_id"]
    check_text("external_id", external_id, 1, 1024)

    def delete(plan: Plan) -> Plan:
        delete_resources(connect("codedeploy"), external_id)
        return plan

    # AWS does not tell whether there is anything.
    plan = carried_out(Plan({"external_id": external_id}, None), delete, check_mode)
    return {"changed": plan.changed, "external_id": external_id}


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
