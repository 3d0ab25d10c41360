#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_info
version_added: 0.1.0
short_description: Gather information about AWS CodeDeploy deployments
description:
  - Returns one deployment, or all that match, and the lifecycle events of their targets.
  - M(slipway.codedeploy.deploy) uses this module to poll the deployment that it waits for.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The ID of the deployment to read. The task fails if it does not exist.
      - When omitted, the deployments that match all the other options are returned, the newest first.
    type: str
  application_name:
    description:
      - Only return deployments of this application. Requires O(deployment_group_name).
    type: str
    aliases: [application]
  deployment_group_name:
    description:
      - Only return deployments to this deployment group.
    type: str
    aliases: [deployment_group]
  statuses:
    description:
      - Only return deployments with one of these statuses.
    type: list
    elements: str
    choices: [Created, Queued, InProgress, Baking, Ready, Succeeded, Failed, Stopped]
  created_after:
    description:
      - Only return deployments created at or after this time, in ISO 8601. A time without a time zone is UTC.
    type: str
  created_before:
    description:
      - Only return deployments created at or before this time, in ISO 8601. A time without a time zone is UTC.
    type: str
  revision:
    description:
      - Only return deployments of this revision, a mapping in the form that M(slipway.codedeploy.deploy) takes and returns. Keys that are omitted,
        such as the version or the ETag of an object, are not compared.
    type: dict
  external_id:
    description:
      - Only return deployments to which an external system, such as CloudFormation, gave this identifier.
    type: str
  targets:
    description:
      - Which targets to read, with their lifecycle events. V(notable) reads all targets if there are at most 25, otherwise at most 25 of those that
        are in progress or have failed. V(failed) reads all that have failed.
      - When omitted, V(notable) with O(deployment_id), otherwise V(none). Every 25 targets cost one API call, and each deployment at least one.
    type: str
    choices: [none, notable, failed, all]
  target_ids:
    description:
      - Read these targets instead, whose IDs an earlier task returned. This saves the calls that list them.
      - Requires O(deployment_id).
    type: list
    elements: str
  unless_overview:
    description:
      - Do not read the targets if RV(deployment.deployment_overview) still has these counts, all or some of those that an earlier task returned.
        This saves calls while nothing changes.
      - Requires O(deployment_id).
    type: dict
  diagnose:
    description:
      - Return RV(diagnosis) if the deployment failed, was stopped, or succeeded with failed targets. At most this many failed targets are described
        in full; the others are counted by cause.
      - The targets needed for the diagnosis are read whatever the other options say; the V(notable) ones are returned.
      - Requires O(deployment_id).
    type: int
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
  - "Required IAM permissions: C(codedeploy:GetDeployment), without O(deployment_id) C(codedeploy:ListDeployments) and
    C(codedeploy:BatchGetDeployments) instead; with targets C(codedeploy:ListDeploymentTargets) and C(codedeploy:BatchGetDeploymentTargets).
    C(codedeploy:GetDeploymentGroup) and C(codedeploy:GetApplication) make the error for a missing deployment group or application precise."
seealso:
  - module: slipway.codedeploy.deploy
  - module: slipway.codedeploy.deployment
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

- name: Read the status of the deployment later
  slipway.codedeploy.deployment_info:
    deployment_id: "{{ started.deployment_id }}"
  register: seen

- name: Show the status
  ansible.builtin.debug:
    msg: "{{ seen.deployment.status }}: {{ seen.deployment.deployment_overview }}"

- name: Diagnose a failed deployment
  slipway.codedeploy.deployment_info:
    deployment_id: d-3KX1ZQ2AB
    diagnose: 5
  register: failed

- name: Find the failed deployments to production since the beginning of November, and their failed targets
  slipway.codedeploy.deployment_info:
    application_name: web-app
    deployment_group_name: production
    statuses: [Failed]
    created_after: "2026-11-01"
    targets: failed
  register: failures

- name: Show how long each lifecycle event took on each host
  ansible.builtin.debug:
    msg: "{{ seen.timeline }}"
"""

RETURN = r"""
deployment:
  description: The deployment as AWS last described it, with its keys in snake_case.
  returned: with O(deployment_id)
  type: dict
  contains:
    deployment_id:
      description: The deployment's ID.
      type: str
      sample: d-3KX1ZQ2AB
    status:
      description: The status, V(Created), V(Queued), V(InProgress), V(Baking), V(Ready), V(Succeeded), V(Failed) or V(Stopped).
      type: str
      sample: InProgress
    deployment_overview:
      description: The number of targets by status.
      type: dict
      sample: {"pending": 1, "in_progress": 1, "succeeded": 1, "failed": 0, "skipped": 0, "ready": 0}
    revision:
      description: The deployed revision.
      type: dict
      sample: {"revision_type": "S3", "s3_location": {"bucket": "my-releases", "key": "web-app/1.4.2.zip", "bundle_type": "zip"}}
    error_information:
      description: The error code and the message that say why the deployment failed or was stopped.
      returned: when it failed or was stopped
      type: dict
      sample: {"code": "MANUAL_STOP", "message": "Stopped by the user."}
    rollback_info:
      description: The deployment that rolls this one back, or the one that this one rolls back.
      returned: when there is a rollback
      type: dict
      sample: {"rollback_deployment_id": "d-9QD7PL4ZX"}
targets:
  description:
    - The targets that O(targets) selects, with their lifecycle events.
    - Empty until CodeDeploy has chosen the targets.
  returned: with O(deployment_id), unless O(targets=none) or O(unless_overview) says otherwise
  type: list
  elements: dict
  contains:
    target_id:
      description: The instance ID or on-premises instance name, the name of the Lambda function, or the ECS service as C(cluster:service).
      type: str
      sample: web-1
    target_type:
      description: The type of the target.
      type: str
      sample: InstanceTarget
    status:
      description: The status, V(Pending), V(InProgress), V(Succeeded), V(Failed), V(Skipped), V(Unknown) or V(Ready).
      type: str
      sample: InProgress
    lifecycle_events:
      description: The lifecycle events in order, with their status, times and, if they failed, diagnostics.
      type: list
      elements: dict
      sample: [{"lifecycle_event_name": "ApplicationStop", "status": "Succeeded"}]
diagnosis:
  description:
    - The reason why the deployment failed, and where.
    - In what the hosts report, colors are removed and control characters are replaced by codes such as C(\x1b). The return value C(targets) of
      M(slipway.codedeploy.deployment_info) has it unchanged.
  returned: with O(diagnose), when the deployment failed, was stopped, or succeeded with failed targets
  type: dict
  contains:
    deployment_id:
      description: The deployment's ID.
      type: str
      sample: d-3KX1ZQ2AB
    status:
      description: The status with which the deployment ended.
      type: str
      sample: Failed
    error_code:
      description: The deployment's error code.
      type: str
      sample: HEALTH_CONSTRAINTS
    message:
      description: The service's message.
      type: str
      sample: The overall deployment failed because too many individual instances failed deployment.
    cause:
      description: The usual cause of the error code.
      type: str
      sample: "too many hosts failed: continuing would leave fewer healthy hosts than the deployment config requires"
    remedy:
      description: The suggested remedy.
      type: str
      sample: fix what the failed hosts report, then deploy again
    targets:
      description: The failed targets, at most O(diagnose).
      type: list
      elements: dict
      sample:
        - target_id: web-1
          lifecycle_event: ValidateService
          script_name: scripts/validate.sh
          error_code: ScriptFailed
          message: "Script at specified location: scripts/validate.sh failed with exit code 1"
          log_tail: "[stderr] the server answers 500"
          cause: the hook script ended with an error
          remedy: read the end of its log; if that is not enough, run it by hand on the host
    more_failures:
      description: The other failed targets, counted by cause.
      type: list
      elements: dict
      sample: [{"lifecycle_event": "ValidateService", "script_name": "scripts/validate.sh", "error_code": "ScriptFailed", "count": 12}]
    unfinished:
      description:
        - The targets on which the deployment ended half-way, each with the last lifecycle event that succeeded there. Only if the deployment has at
          most 25 targets. The application may be stopped on them, or its files replaced.
      type: list
      elements: dict
      sample: [{"target_id": "web-2", "lifecycle_event": "AfterInstall"}]
    skipped:
      description: The targets that the deployment did not touch. Only if it has at most 25 targets.
      type: list
      elements: str
      sample: [web-2, web-3]
    skipped_count:
      description: The number of targets that the deployment did not touch or left unfinished.
      type: int
      sample: 2
    rollback:
      description:
        - The outcome of the rollback; V(null) if there was none.
        - Its C(diagnosis) has the form of RV(diagnosis) and explains a failed rollback; V(null) otherwise, and always in the result of
          M(slipway.codedeploy.deployment_info), which does not diagnose rollbacks.
      type: dict
      sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded", "message": "3 of 3 succeeded", "diagnosis": null}
timeline:
  description: The lifecycle events of RV(targets) that have begun, in order of their start.
  returned: with O(deployment_id), unless O(targets=none) or O(unless_overview) says otherwise
  type: list
  elements: dict
  contains:
    target_id:
      description: The target's identifier.
      type: str
      sample: web-1
    lifecycle_event:
      description: The name of the lifecycle event.
      type: str
      sample: Install
    status:
      description: The status of the lifecycle event.
      type: str
      sample: Succeeded
    start_time:
      description: The time when the event began.
      type: str
      sample: "2026-11-22T10:15:02.340000+00:00"
    end_time:
      description: The time when the event ended; V(null) if it has not.
      type: str
      sample: "2026-11-22T10:15:04.840000+00:00"
    seconds:
      description: The duration of the event in seconds; V(null) if it has not ended.
      type: float
      sample: 2.5
deployments:
  description:
    - The deployments, the newest first. Each is like RV(deployment), and has C(targets) and C(timeline) unless O(targets=none).
  returned: without O(deployment_id)
  type: list
  elements: dict
  sample: [{"deployment_id": "d-3KX1ZQ2AB", "status": "Failed", "creator": "user"}]
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._deployments.reading import read_many, read_one
from ..module_utils._deployments.windows import window_from
from ..module_utils._revisions.locations import location_from_options
from ..module_utils._revisions.options import revision_options
from ..module_utils._run import run_info
from ..module_utils._validation import check_deployment_id, check_name, check_positive

Params = dict[str, t.Any]

# The options that narrow a list, and mean nothing for a deployment that is named by its id.
NARROWING = (
    "application_name",
    "deployment_group_name",
    "statuses",
    "created_after",
    "created_before",
    "revision",
    "external_id",
)

ARGUMENTS: dict[str, t.Any] = {
    "deployment_id": {"type": "str"},
    "application_name": {"type": "str", "aliases": ["application"]},
    "deployment_group_name": {"type": "str", "aliases": ["deployment_group"]},
    "statuses": {
        "type": "list",
        "elements": "str",
        "choices": ["Created", "Queued", "InProgress", "Baking", "Ready", "Succeeded", "Failed", "Stopped"],
    },
    "created_after": {"type": "str"},
    "created_before": {"type": "str"},
    "revision": {"type": "dict"},
    "external_id": {"type": "str"},
    "targets": {"type": "str", "choices": ["none", "notable", "failed", "all"]},
    "target_ids": {"type": "list", "elements": "str"},
    "unless_overview": {"type": "dict"},
    "diagnose": {"type": "int"},
}
CONSTRAINTS: dict[str, t.Any] = {
    "required_together": [("application_name", "deployment_group_name")],
    "required_by": {option: ["deployment_id"] for option in ("target_ids", "unless_overview", "diagnose")},
    "mutually_exclusive": [("deployment_id", option) for option in NARROWING],
}


def check_options(params: Params) -> None:
    """Raise InvalidOption for what can be known to be wrong without asking AWS."""
    if params["deployment_id"] is not None:
        check_deployment_id("deployment_id", params["deployment_id"])
    if params["diagnose"] is not None:
        check_positive("diagnose", params["diagnose"])
    for option in ("application_name", "deployment_group_name"):
        if params[option] is not None:
            check_name(option, params[option])


def read(connect: Connect, params: Params) -> dict[str, t.Any]:
    """Read the deployments that the options name, and return the module's result."""
    check_options(params)
    if params["deployment_id"]:
        return {"changed": False, **read_one(connect("codedeploy"), params)}
    window = window_from(params)
    wanted = params["revision"] and location_from_options(revision_options("revision", params["revision"]))
    return {"changed": False, "deployments": read_many(connect("codedeploy"), params, window, wanted)}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
