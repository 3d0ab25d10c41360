#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployment
version_added: 0.1.0
short_description: Await, stop, continue, roll back or restart an AWS CodeDeploy deployment
description:
  - Acts on a deployment that exists. M(slipway.codedeploy.deploy) creates them.
  - Like that module, it shows a line whenever something changes, and a deployment that fails is explained. So is one that has ended before, if it is
    awaited.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  deployment_id:
    description:
      - The deployment's identifier. Either this or O(application_name) and O(deployment_group_name) are needed.
    type: str
  application_name:
    description:
      - With O(deployment_group_name), the last deployment to that deployment group is meant, whether it has ended or not. With
        O(state=rolled_back) that is the last one that did not itself go back, so rolling back twice does not swing back, and none of those that
        CodeDeploy makes by itself to hosts that Auto Scaling launches.
    type: str
    aliases: [application]
  deployment_group_name:
    description:
      - See O(application_name).
    type: str
    aliases: [deployment_group]
  state:
    description:
      - V(succeeded) awaits the end, and fails if the deployment does.
      - V(ready) awaits the moment when the new version of a blue/green deployment is in place and waits to be continued. A deployment that is past
        that is fine, too.
      - V(traffic_shifted) awaits the moment when all traffic goes to the new version, though the old one may still wait for its termination.
      - V(continued) ends a wait of a blue/green deployment, either the one for its traffic to be shifted or the one for the old version to be
        terminated, see O(deployment_wait_type). It awaits that wait if the deployment is not that far, and afterwards the deployment's end.
      - V(stopped) stops the deployment unless it has ended, and awaits that.
      - V(rolled_back) brings the deployment group back to the revision that it had before. A deployment that runs is stopped and rolled back by
        CodeDeploy; one that has ended is followed by a deployment of the revision before it. If another task does the same at that moment, its
        deployment is awaited.
      - V(restarted) restarts the application on the instances without downloading or installing its revision again, by running its hooks. What runs
        is the revision of the deployment group's last successful deployment. The host agents must be 2.1 or newer. A restart that is in flight is
        awaited, otherwise each run is another restart.
    type: str
    choices: [succeeded, ready, traffic_shifted, continued, stopped, rolled_back, restarted]
    default: succeeded
  roll_back:
    description:
      - With O(state=stopped), whether CodeDeploy is to roll the deployment back. As its settings say when this is left out.
    type: bool
  deployment_wait_type:
    description:
      - With O(state=continued), which wait to end. V(READY_WAIT) is the one for the traffic to be shifted, V(TERMINATION_WAIT) the one for the old
        version to be terminated. A wait that has not begun is awaited, and one that is over is none to end.
      - When this is left out, the wait that the deployment is in, or its next one.
    type: str
    choices: [READY_WAIT, TERMINATION_WAIT]
attributes:
  check_mode:
    support: full
    details: Nothing is stopped, continued, rolled back or awaited.
  diff_mode:
    support: N/A
    details: What changes is not a resource but what happens to it.
  idempotent:
    support: full
    details: Not with O(state=restarted).
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeployment), C(codedeploy:GetDeploymentGroup), C(codedeploy:ListDeploymentTargets),
    C(codedeploy:BatchGetDeploymentTargets); C(codedeploy:StopDeployment) for V(stopped) and V(rolled_back), C(codedeploy:ContinueDeployment) for
    V(continued); for V(rolled_back) also C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:GetApplicationRevision), C(codedeploy:RegisterApplicationRevision), where the revision was deployed more than once,
    or Auto Scaling has launched hosts since, C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments), and for Lambda
    C(codedeploy:BatchGetApplicationRevisions);
    for V(restarted) C(codedeploy:CreateDeployment)."
  - "Where AWS does not tell a deployment group's last deployments, C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments) are needed, too,
    and where it does not tell its platform, C(codedeploy:GetApplication)."
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
- name: Await what another job has started
  slipway.codedeploy.deployment:
    deployment_id: d-3KX1ZQ2AB

- name: Make sure that nothing is under way in production, and have it rolled back
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: stopped
    roll_back: true

- name: Shift the traffic as soon as the new version stands
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: continued

- name: Terminate the old version now, rather than at the end of its wait
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: continued
    deployment_wait_type: TERMINATION_WAIT

- name: Go back to the revision before
  slipway.codedeploy.deployment:
    deployment_id: d-3KX1ZQ2AB
    state: rolled_back

- name: Restart what runs in production
  slipway.codedeploy.deployment:
    application_name: web-app
    deployment_group_name: production
    state: restarted
"""

RETURN = r"""
deployment_id:
  description: The deployment that the task was about. With O(state=rolled_back), the one that brings the old revision
    back, if it is known; with O(state=restarted), the restart.
  returned: always, unless the deployment group has had no deployment
  type: str
  sample: d-3KX1ZQ2AB
reason:
  description: What was done, or why nothing was to be done.
  returned: always
  type: str
  sample: d-3KX1ZQ2AB has ended already (Succeeded)
deployment:
  description: The deployment as AWS describes it, when it was seen last.
  returned: when there is one
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Stopped", "deployment_overview": {"succeeded": 1, "skipped": 2}}
rollback:
  description: The deployment that has rolled it back, as AWS describes it.
  returned: when the task has stopped the deployment and it was rolled back
  type: dict
  sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded"}
diagnosis:
  description: Why the deployment failed, as M(slipway.codedeploy.deploy) returns it.
  returned: when the deployment failed or was stopped, and that is not what the task is for
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Failed", "error_code": "HEALTH_CONSTRAINTS"}
"""

import typing as t

from ..module_utils._aws.calls import CodeDeployError, Connect
from ..module_utils._deploying.decisions import undone_id
from ..module_utils._deploying.interventions import PLANS, Intervention, carry_out, usual_seconds
from ..module_utils._deployment_groups.api import require_deployment_group
from ..module_utils._deployments.api import LAST_ATTEMPTED, last_asked, require_deployment, with_history
from ..module_utils._deployments.options import WAITING_ARGUMENTS, check_waiting_options, waiting_options
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
        last = last_asked(client, group, LAST_ATTEMPTED) or {}
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
