#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lifecycle_hook
version_added: 0.1.0
short_description: Report the result of a lifecycle hook to AWS CodeDeploy
description:
  - On the compute platforms Lambda and ECS, the hook of a lifecycle event is a Lambda function. CodeDeploy invokes it with the IDs of the
    deployment and of the hook's execution, and waits up to an hour for the result of the hook to be reported.
  - This module reports the result. So a function that only forwards the IDs makes a playbook the gate of a deployment.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The ID of the deployment, which the function received as C(DeploymentId).
    type: str
    required: true
  lifecycle_event_hook_execution_id:
    description:
      - The ID of the hook's execution, which the function received as C(LifecycleEventHookExecutionId).
    type: str
    required: true
  status:
    description:
      - The result of the hook. V(Succeeded) lets the deployment continue, V(Failed) makes it fail.
    type: str
    choices: [Succeeded, Failed]
    default: Succeeded
attributes:
  check_mode:
    support: full
    details: The deployment is read, and nothing is reported. Check mode cannot tell whether a result has already been reported.
  diff_mode:
    support: N/A
    details: The module acts on a deployment and changes no resource.
  idempotent:
    support: full
    details: A result is reported once. Reporting it again, or for a deployment that has ended, changes nothing.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeployment), C(codedeploy:PutLifecycleEventHookExecutionStatus)."
seealso:
  - module: slipway.codedeploy.deployment
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Test the new version through the test listener
  ansible.builtin.uri:
    url: http://staging.example.com:8080/health
  register: tried
  ignore_errors: true

- name: Report the result to CodeDeploy
  slipway.codedeploy.lifecycle_hook:
    deployment_id: "{{ hook.DeploymentId }}"
    lifecycle_event_hook_execution_id: "{{ hook.LifecycleEventHookExecutionId }}"
    status: "{{ 'Failed' if tried is failed else 'Succeeded' }}"
"""

RETURN = r"""
reason:
  description: The result that was reported, or the reason why there was nothing to report.
  returned: always
  type: str
  sample: the hook was reported as Succeeded
"""

import typing as t
from dataclasses import asdict, dataclass

from ..module_utils._aws.calls import Connect
from ..module_utils._deployments.api import report_hook, require_deployment
from ..module_utils._deployments.progress import has_ended
from ..module_utils._plan import carried_out
from ..module_utils._run import run
from ..module_utils._validation import InvalidOption, check_deployment_id

Params = dict[str, t.Any]

ARGUMENTS: dict[str, t.Any] = {
    "deployment_id": {"type": "str", "required": True},
    "lifecycle_event_hook_execution_id": {"type": "str", "required": True},
    "status": {"type": "str", "choices": ["Succeeded", "Failed"], "default": "Succeeded"},
}
CONSTRAINTS: dict[str, t.Any] = {}


@dataclass(frozen=True)
class Report:
    """The report of a hook: whether it changes anything, and why."""

    changed: bool
    reason: str


def check_options(params: Params) -> None:
    """Raise InvalidOption for what can be known to be wrong without asking AWS."""
    check_deployment_id("deployment_id", params["deployment_id"])
    if not params["lifecycle_event_hook_execution_id"].strip():
        raise InvalidOption(
            "lifecycle_event_hook_execution_id: is empty; pass the ID that CodeDeploy gave to the function"
        )


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Report the result of the hook, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    deployment_id, status = params["deployment_id"], params["status"]
    deployment = require_deployment(client, deployment_id)
    if has_ended(deployment):
        return asdict(Report(False, f"{deployment_id} has ended already ({deployment['status']})"))

    def send(report: Report) -> Report:
        in_time = report_hook(client, deployment_id, params["lifecycle_event_hook_execution_id"], status)
        return report if in_time else Report(False, "the hook's event is over already")

    return asdict(carried_out(Report(True, f"the hook was reported as {status}"), send, check_mode))


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
