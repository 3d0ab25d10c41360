#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment
version_added: 0.1.0
short_description: Wait for, stop, continue, roll back or restart an AWS CodeDeploy deployment
description:
  - Acts on an existing deployment. Use M(slipway.codedeploy.deploy) to create one.
  - Like that module, it prints a line whenever something changes, and diagnoses a deployment that fails, including one that had already failed when
    the task began to wait for it.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The ID of the deployment. Either this, or O(application_name) and O(deployment_group_name), is required.
    type: str
  application_name:
    description:
      - The application of O(deployment_group_name). Together they select the last deployment to that deployment group, whether it has ended or not.
      - O(state=rolled_back) ignores deployments that were themselves rollbacks, so that rolling back twice does not return to the newer revision,
        and deployments that CodeDeploy creates automatically for hosts that Auto Scaling launches.
    type: str
    aliases: [application]
  deployment_group_name:
    description:
      - The deployment group whose last deployment to act on, see O(application_name).
    type: str
    aliases: [deployment_group]
  state:
    description:
      - V(succeeded) waits until the deployment has succeeded. The task fails if the deployment does.
      - V(ready) waits until the new version of a blue/green deployment is in place and waits to be continued. A deployment that is already past
        that point is fine, too.
      - V(traffic_shifted) waits until all traffic goes to the new version. The old one may still wait for its termination.
      - V(continued) ends a wait of a blue/green deployment, either the one before its traffic shifts or the one before the old version is
        terminated, see O(deployment_wait_type). If the deployment has not reached that wait yet, the task waits for it first. Afterwards it waits
        for the deployment to end.
      - V(stopped) stops the deployment unless it has ended, and waits until it has stopped.
      - V(rolled_back) returns the deployment group to the revision that it had before. A deployment in progress is stopped and rolled back by
        CodeDeploy. For one that has ended, the revision before it is deployed. If another task does the same at that moment, this task waits for
        its deployment.
      - V(restarted) restarts the application on the instances, by running the hooks of its revision, without downloading or installing that again.
        It restarts the revision of the deployment group's last successful deployment. The host agents must be 2.1 or newer. If a restart is in
        progress, the task waits for it; otherwise each run is another restart.
    type: str
    choices: [succeeded, ready, traffic_shifted, continued, stopped, rolled_back, restarted]
    default: succeeded
  roll_back:
    description:
      - With O(state=stopped), whether CodeDeploy rolls back the stopped deployment. The deployment's own settings apply when omitted.
    type: bool
  deployment_wait_type:
    description:
      - With O(state=continued), which wait to end. V(READY_WAIT) is the one before the traffic shifts, V(TERMINATION_WAIT) the one before the old
        version is terminated. If that wait has not begun, the task waits for it. If it is over, there is nothing to do.
      - When omitted, the wait that the deployment is in, or its next one.
    type: str
    choices: [READY_WAIT, TERMINATION_WAIT]
attributes:
  check_mode:
    support: full
    details: Nothing is stopped, continued or rolled back, and the task does not wait.
  diff_mode:
    support: N/A
    details: The module acts on a deployment and changes no resource.
  idempotent:
    support: full
    details: Except with O(state=restarted).
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeployment), C(codedeploy:GetDeploymentGroup), C(codedeploy:ListDeploymentTargets),
    C(codedeploy:BatchGetDeploymentTargets); C(codedeploy:StopDeployment) for V(stopped) and V(rolled_back), C(codedeploy:ContinueDeployment) for
    V(continued); for V(rolled_back) also C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig), C(codedeploy:GetApplicationRevision),
    C(codedeploy:RegisterApplicationRevision), if the revision was deployed more than once, or Auto Scaling has launched hosts since,
    C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments), and for Lambda C(codedeploy:BatchGetApplicationRevisions); for V(restarted)
    C(codedeploy:CreateDeployment)."
  - Where AWS does not report a deployment group's last deployments, C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments) are also
    needed, and where it does not report its compute platform, C(codedeploy:GetApplication).
seealso:
  - module: slipway.codedeploy.deploy
  - module: slipway.codedeploy.deployment_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - slipway.codedeploy.waiting
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Wait for a deployment that another job started
  slipway.codedeploy.deployment:
    deployment_id: d-3KX1ZQ2AB

- name: Stop any deployment in progress in production, and roll it back
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: stopped
    roll_back: true

- name: Shift the traffic as soon as the new version is ready
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: continued

- name: Terminate the old version now, instead of at the end of its wait
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: continued
    deployment_wait_type: TERMINATION_WAIT

- name: Roll back to the previous revision
  slipway.codedeploy.deployment:
    deployment_id: d-3KX1ZQ2AB
    state: rolled_back

- name: Restart the application in production
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: restarted
"""

RETURN = r"""
deployment_id:
  description: The ID of the deployment that the task acted on. With O(state=rolled_back), the deployment that restores the old revision, if known;
    with O(state=restarted), the restart.
  returned: always, unless the deployment group has had no deployment
  type: str
  sample: d-3KX1ZQ2AB
reason:
  description: The action of the task, or the reason why there was nothing to do.
  returned: always
  type: str
  sample: d-3KX1ZQ2AB has ended already (Succeeded)
deployment:
  description: The deployment as AWS last described it, with its keys in snake_case.
  returned: when there is one
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
rollback:
  description: The deployment that rolled it back, as AWS describes it.
  returned: when the task stopped the deployment and it was rolled back
  type: dict
  sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded"}
diagnosis:
  description:
    - The reason why the deployment failed, and where.
    - In what the hosts report, colors are removed and control characters are replaced by codes such as C(\x1b). The return value C(targets) of
      M(slipway.codedeploy.deployment_info) has it unchanged.
  returned: when the deployment failed, was stopped other than by the task, or succeeded though some of its targets failed
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
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._deploying.descriptions import undone_id
from ..module_utils._deploying.interventions import PLANS, Intervention, carry_out, usual_seconds
from ..module_utils._deployment_groups.api import require_deployment_group
from ..module_utils._deployments.api import LAST_ATTEMPTED, last_requested, require_deployment, with_history
from ..module_utils._deployments.options import WAITING_ARGUMENTS, check_waiting_options, waiting_options
from ..module_utils._errors import CodeDeployError
from ..module_utils._plan import carried_out
from ..module_utils._run import run
from ..module_utils._validation import InvalidOption, check_deployment_id, check_name

Params = dict[str, t.Any]

ARGUMENTS: dict[str, t.Any] = {
    "deployment_id": {"type": "str"},
    "application_name": {"type": "str", "aliases": ["application"]},
    "deployment_group_name": {"type": "str", "aliases": ["deployment_group"]},
    "state": {
        "type": "str",
        "choices": ["succeeded", "ready", "traffic_shifted", "continued", "stopped", "rolled_back", "restarted"],
        "default": "succeeded",
    },
    "roll_back": {"type": "bool"},
    "deployment_wait_type": {"type": "str", "choices": ["READY_WAIT", "TERMINATION_WAIT"]},
    **WAITING_ARGUMENTS,
}
CONSTRAINTS: dict[str, t.Any] = {
    "required_one_of": [("deployment_id", "application_name")],
    "required_together": [("application_name", "deployment_group_name")],
    "mutually_exclusive": [("deployment_id", "application_name")],
}


def check_options(params: Params) -> None:
    """Raise InvalidOption for what the service would refuse, before anything is done."""
    if params["deployment_id"] is not None:
        check_deployment_id("deployment_id", params["deployment_id"])
    for option in ("application_name", "deployment_group_name"):
        if params[option] is not None:
            check_name(option, params[option])
    check_waiting_options(params)
    for option, state in (("roll_back", "stopped"), ("deployment_wait_type", "continued")):
        if params[option] is not None and params["state"] != state:
            raise InvalidOption(f"{option}: cannot be combined with state={params['state']}; it needs state={state}")


def wanted_id(client: t.Any, params: Params) -> str | None:
    """The id of the deployment that the options name; None if their deployment group has had none. Raises CodeDeployError if there is no group."""
    if params["deployment_id"]:
        return str(params["deployment_id"])
    group = require_deployment_group(client, params["application_name"], params["deployment_group_name"])
    group = with_history(client, group, [LAST_ATTEMPTED])
    if params["state"] == "rolled_back":
        # A deployment that went back is no release: who asks again has what was wanted.
        last = last_requested(client, group, LAST_ATTEMPTED) or {}
        return undone_id(last) or last.get("deployment_id")
    return t.cast("str | None", (group[LAST_ATTEMPTED] or {}).get("deployment_id"))


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Bring the deployment into the state that the options ask for, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    deployment_id = wanted_id(client, params)
    if deployment_id is None:
        if params["state"] == "stopped":
            reason = "the deployment group has had no deployment"
            return {"changed": False, "reason": reason, "awaits": None, "waiting": None}
        raise CodeDeployError(
            f"deployment_group_name: {params['deployment_group_name']!r} has had no deployment, so there is none to act on"
        )
    deployment = require_deployment(client, deployment_id)
    planned: tuple[Intervention, t.Any] = (PLANS[params["state"]](client, deployment, params), None)
    intervention, waiting = carried_out(
        planned, lambda planned: (carry_out(client, planned[0]), waiting_options(params)), check_mode
    )
    awaits = intervention.awaits and {**intervention.awaits, "previous_seconds": usual_seconds(client, deployment)}
    return {
        "changed": intervention.changed,
        "reason": intervention.reason,
        "deployment_id": intervention.deployment_id,
        "deployment": deployment,
        "awaits": awaits,
        "waiting": waiting,
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
