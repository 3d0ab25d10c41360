#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_info
version_added: 0.1.0
short_description: Read an AWS CodeDeploy deployment
description:
  - Returns one deployment and what happens, or happened, on its targets.
  - M(slipway.codedeploy.deploy) looks at the deployment that it awaits through this module.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The deployment's identifier.
    type: str
    required: true
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
  - "Required IAM permissions: C(codedeploy:GetDeployment), C(codedeploy:ListDeploymentTargets), C(codedeploy:BatchGetDeploymentTargets)."
seealso:
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Start a deployment without waiting for it
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: web-app
    s3_bucket: my-releases
    wait: false
  register: started

- name: Do something else meanwhile, then see how it is
  slipway.codedeploy.deployment_info:
    deployment_id: "{{ started.deployment_id }}"
  register: seen

- name: Tell
  ansible.builtin.debug:
    msg: "{{ seen.deployment.status }}: {{ seen.deployment.deployment_overview }}"
"""

RETURN = r"""
deployment:
  description: The deployment as AWS describes it, in snake_case.
  returned: always
  type: dict
  contains:
    deployment_id:
      description: Its identifier.
      type: str
      sample: d-3KX1ZQ2AB
    status:
      description: V(Created), V(Queued), V(InProgress), V(Baking), V(Ready), V(Succeeded), V(Failed) or V(Stopped).
      type: str
      sample: InProgress
    deployment_overview:
      description: The targets, counted by status.
      type: dict
      sample: {"pending": 1, "in_progress": 1, "succeeded": 1, "failed": 0, "skipped": 0, "ready": 0}
    revision:
      description: What is deployed.
      type: dict
      sample: {"revision_type": "S3", "s3_location": {"bucket": "my-releases", "key": "web-app/1.4.2.zip", "bundle_type": "zip"}}
    error_information:
      description: Why it failed or was stopped.
      returned: when it failed or was stopped
      type: dict
      sample: {"code": "MANUAL_STOP", "message": "Stopped by the user."}
    rollback_info:
      description: The rollback that it started, or the deployment that it rolls back.
      returned: when there is a rollback
      type: dict
      sample: {"rollback_deployment_id": "d-9QD7PL4ZX"}
targets:
  description:
    - The targets with their lifecycle events. All of them if there are at most 25, else at most 25 of those that run or have failed.
    - Empty as long as CodeDeploy has not chosen the targets.
  returned: always
  type: list
  elements: dict
  contains:
    target_id:
      description: The instance's identifier or on-premises name.
      type: str
      sample: web-1
    target_type:
      description: The kind of target.
      type: str
      sample: InstanceTarget
    status:
      description: V(Pending), V(InProgress), V(Succeeded), V(Failed), V(Skipped), V(Unknown) or V(Ready).
      type: str
      sample: InProgress
    lifecycle_events:
      description: Its lifecycle events in order, with status, times and, where they failed, diagnostics.
      type: list
      elements: dict
      sample: [{"lifecycle_event_name": "ApplicationStop", "status": "Succeeded"}]
"""

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._deployments import find_deployment, find_targets
from ..module_utils._errors import CodeDeployError
from ..module_utils._validation import InvalidOption, check_deployment_id


def read(client: t.Any, deployment_id: str) -> dict[str, t.Any]:
    """The deployment and its targets. Raises InvalidOption or CodeDeployError if there is none of that id."""
    check_deployment_id("deployment_id", deployment_id)
    deployment = find_deployment(client, deployment_id)
    if deployment is None:
        raise CodeDeployError(f"deployment_id: there is no deployment {deployment_id!r} in {client.meta.region_name}")
    return {"changed": False, "deployment": deployment, "targets": find_targets(client, deployment)}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={"deployment_id": {"type": "str", "required": True}},
        supports_check_mode=True,
    )
    try:
        module.exit_json(**read(module.client("codedeploy"), module.params["deployment_id"]))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
