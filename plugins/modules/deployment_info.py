#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment_info
version_added: 0.1.0
short_description: Read AWS CodeDeploy deployments
description:
  - Returns one deployment, or all that match, and what happens, or happened, on their targets.
  - M(slipway.codedeploy.deploy) looks at the deployment that it awaits through this module.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The identifier of one deployment. It is an error if there is none.
      - Without it, the deployments that all the other options let through are returned, the newest first.
    type: str
  application_name:
    description:
      - Only deployments of this application, which needs O(deployment_group_name) too.
    type: str
    aliases: [application]
  deployment_group_name:
    description:
      - Only deployments to this deployment group.
    type: str
    aliases: [deployment_group]
  statuses:
    description:
      - Only deployments in one of these states.
    type: list
    elements: str
    choices: [Created, Queued, InProgress, Baking, Ready, Succeeded, Failed, Stopped]
  created_after:
    description:
      - Only deployments created at or after this time, in ISO 8601. A time without a zone is UTC.
    type: str
  created_before:
    description:
      - Only deployments created at or before this time, in ISO 8601. A time without a zone is UTC.
    type: str
  revision:
    description:
      - Only deployments of this revision, a mapping in the form that M(slipway.codedeploy.deploy) takes and returns. What it leaves open, such as
        the version or the ETag of an object, is not compared.
    type: dict
  external_id:
    description:
      - Only the deployments that an external system, such as CloudFormation, has given this identifier.
    type: str
  targets:
    description:
      - Which targets to read, with their lifecycle events. V(notable) is all of them where there are at most 25, else at most 25 of those that
        run or have failed. V(failed) is all that have failed.
      - V(notable) when this is left out with O(deployment_id), else V(none). Each 25 targets cost a call, and each deployment at least one.
    type: str
    choices: [none, notable, failed, all]
  target_ids:
    description:
      - Read these targets instead, whose identifiers an earlier look has returned. That saves the calls that list them.
      - Needs O(deployment_id).
    type: list
    elements: str
  unless_overview:
    description:
      - Leave the targets unread if RV(deployment.deployment_overview) still has these counts, all or some of those that an earlier look has
        returned. That saves calls while nothing changes.
    type: dict
  diagnose:
    description:
      - Return RV(diagnosis) if the deployment has failed, was stopped, or has succeeded with failed targets. At most this many failed targets are
        told in full, the rest is counted by cause.
      - The targets are read for that whatever the other options say; V(notable) ones are returned.
      - Needs O(deployment_id).
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

- name: Do something else meanwhile, then see how it is
  slipway.codedeploy.deployment_info:
    deployment_id: "{{ started.deployment_id }}"
  register: seen

- name: Tell
  ansible.builtin.debug:
    msg: "{{ seen.deployment.status }}: {{ seen.deployment.deployment_overview }}"

- name: Why a deployment failed
  slipway.codedeploy.deployment_info:
    deployment_id: d-3KX1ZQ2AB
    diagnose: 5
  register: failed

- name: What failed in production since the beginning of November, and where
  slipway.codedeploy.deployment_info:
    application_name: web-app
    deployment_group_name: production
    statuses: [Failed]
    created_after: "2026-11-01"
    targets: failed
  register: failures

- name: How long each lifecycle event took on each host
  ansible.builtin.debug:
    msg: "{{ seen.timeline }}"
"""

RETURN = r"""
deployment:
  description: The deployment as AWS describes it, in snake_case.
  returned: with O(deployment_id)
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
    - The targets that O(targets) asks for, with their lifecycle events.
    - Empty as long as CodeDeploy has not chosen the targets.
  returned: with O(deployment_id), unless O(targets=none) or O(unless_overview) says otherwise
  type: list
  elements: dict
  contains:
    target_id:
      description: The instance's identifier or on-premises name, the name of the Lambda function, or the ECS service as C(cluster:service).
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
diagnosis:
  description: What went wrong, where and why, as M(slipway.codedeploy.deploy) returns it.
  returned: with O(diagnose), when the deployment has failed, was stopped, or has succeeded with failed targets
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Failed", "error_code": "HEALTH_CONSTRAINTS"}
timeline:
  description: The lifecycle events of RV(targets) that have begun, in the order in which they did.
  returned: with O(deployment_id), unless O(targets=none) or O(unless_overview) says otherwise
  type: list
  elements: dict
  contains:
    target_id:
      description: Where.
      type: str
      sample: web-1
    lifecycle_event:
      description: Which.
      type: str
      sample: Install
    status:
      description: What became of it.
      type: str
      sample: Succeeded
    start_time:
      description: When it began.
      type: str
      sample: "2026-11-22T10:15:02.340000+00:00"
    end_time:
      description: When it ended; V(null) if it has not.
      type: str
      sample: "2026-11-22T10:15:04.840000+00:00"
    seconds:
      description: How long it took; V(null) if it has not ended.
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

from ..module_utils._aws.calls import CodeDeployError, Connect
from ..module_utils._deployments.api import find_deployment, read_targets
from ..module_utils._deployments.diagnosis import went_wrong
from ..module_utils._deployments.progress import timeline
from ..module_utils._deployments.reading import find_listed, is_known, with_diagnosis, with_targets
from ..module_utils._deployments.windows import window_from
from ..module_utils._revisions.locations import is_same_release, location_from_options
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


def read_one(client: t.Any, params: Params) -> dict[str, t.Any]:
    """The deployment that the options name. Raises InvalidOption or CodeDeployError if there is none of that id."""
    deployment_id = params["deployment_id"]
    check_deployment_id("deployment_id", deployment_id)
    if params["diagnose"] is not None:
        check_positive("diagnose", params["diagnose"])
    deployment = find_deployment(client, deployment_id)
    if deployment is None:
        raise CodeDeployError(f"deployment_id: there is no deployment {deployment_id!r} in {client.meta.region_name}")
    if params["diagnose"] and went_wrong(deployment):
        return {"deployment": deployment, **with_diagnosis(client, deployment, params["diagnose"])}
    if is_known(deployment, params["unless_overview"] or {}):
        return {"deployment": deployment}
    if params["target_ids"]:
        targets = read_targets(client, deployment_id, params["target_ids"])
        return {"deployment": deployment, "targets": targets, "timeline": timeline(targets)}
    return {"deployment": deployment, **with_targets(client, deployment, params["targets"] or "notable")}


def read_many(client: t.Any, params: Params) -> dict[str, t.Any]:
    """The deployments that the options let through. Raises InvalidOption if they make no sense."""
    for option in ("application_name", "deployment_group_name"):
        if params[option] is not None:
            check_name(option, params[option])
    wanted = params["revision"] and location_from_options(revision_options("revision", params["revision"]))
    window = window_from(params)
    filters = {
        **{name: params[name] for name in ("application_name", "deployment_group_name", "external_id")},
        "include_only_statuses": params["statuses"] or None,
        "create_time_range": window.member,
    }
    found = [
        deployment
        for deployment in find_listed(client, filters)
        if window.holds(deployment) and (wanted is None or is_same_release(wanted, deployment.get("revision")))
    ]
    which = params["targets"] or "none"
    return {"deployments": [{**deployment, **with_targets(client, deployment, which)} for deployment in found]}


def read(connect: Connect, params: Params) -> dict[str, t.Any]:
    """The module's result."""
    client = connect("codedeploy")
    return {"changed": False, **(read_one if params["deployment_id"] else read_many)(client, params)}


def main() -> None:
    """Run the module."""
    run_info(ARGUMENTS, CONSTRAINTS, read)


if __name__ == "__main__":
    main()
