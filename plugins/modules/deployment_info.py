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

import datetime
import typing as t
from dataclasses import dataclass

from ..module_utils._deployments import (
    TARGETS_A_CALL,
    Deployment,
    find_deployment,
    find_notable_targets,
    find_targets,
    find_telling_targets,
    list_deployments,
    read_targets,
)
from ..module_utils._diagnosis import diagnosis_from, went_wrong
from ..module_utils._errors import MISSING, CodeDeployError, error_code
from ..module_utils._module import CodeDeployModule
from ..module_utils._progress import timeline
from ..module_utils._revisions import is_same_release, location_from_options
from ..module_utils._sources import revision_options
from ..module_utils._validation import InvalidOption, check_deployment_id, check_name, check_positive

Params = dict[str, t.Any]

READ_TARGETS: dict[str, t.Callable[[t.Any, Deployment], list[dict[str, t.Any]]]] = {
    "notable": find_notable_targets,
    "failed": lambda client, deployment: find_targets(client, deployment["deployment_id"], ["Failed"]),
    "all": lambda client, deployment: find_targets(client, deployment["deployment_id"]),
}

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


def time_of(option: str, value: str | None) -> datetime.datetime | None:
    """The time that VALUE names; None for none. Raises InvalidOption if it names none."""
    if value is None:
        return None
    try:
        time = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise InvalidOption(
            f"{option}: {value!r} is not a time in ISO 8601, such as 2026-11-22T10:15:00+00:00"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


@dataclass(frozen=True)
class Window:
    """From when until when deployments are wanted, both included; None is no limit."""

    start: datetime.datetime | None
    end: datetime.datetime | None

    @property
    def member(self) -> dict[str, str] | None:
        """A TimeRange that holds the window, with a margin: versions of botocore round times in different ways."""
        second = datetime.timedelta(seconds=1)
        start = {"start": (self.start - second).isoformat()} if self.start else {}
        end = {"end": (self.end + second).isoformat()} if self.end else {}
        return {**start, **end} or None

    def holds(self, deployment: Deployment) -> bool:
        """Whether DEPLOYMENT was created in it."""
        if "create_time" not in deployment:
            return self.start is None and self.end is None
        created = datetime.datetime.fromisoformat(deployment["create_time"])
        return (self.start is None or self.start <= created) and (self.end is None or created <= self.end)


def window_from(params: Params) -> Window:
    """The window that the options name. Raises InvalidOption if it ends before it starts."""
    window = Window(*(time_of(option, params[option]) for option in ("created_after", "created_before")))
    if window.start and window.end and window.start > window.end:
        raise InvalidOption(
            f"created_after: {params['created_after']} is later than created_before={params['created_before']}"
        )
    return window


def with_targets(client: t.Any, deployment: Deployment, which: str) -> dict[str, t.Any]:
    """What is to be told of the targets of DEPLOYMENT; WHICH is a value of the option `targets`."""
    if which == "none":
        return {}
    targets = READ_TARGETS[which](client, deployment)
    return {"targets": targets, "timeline": timeline(targets)}


def with_diagnosis(client: t.Any, deployment: Deployment, limit: int) -> dict[str, t.Any]:
    """What is to be told of DEPLOYMENT, which went wrong. The events of a thousand targets stay here: they would be a second on their way."""
    targets = find_telling_targets(client, deployment)
    rollback_id = (deployment.get("rollback_info") or {}).get("rollback_deployment_id")
    rollback = find_deployment(client, rollback_id) if rollback_id else None
    notable = targets[:TARGETS_A_CALL]
    diagnosis = diagnosis_from(deployment, targets, rollback, limit)
    return {"diagnosis": diagnosis, "targets": notable, "timeline": timeline(notable)}


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


def is_known(deployment: Deployment, counts: dict[str, int]) -> bool:
    """Whether the overview of DEPLOYMENT has these COUNTS; never without any."""
    overview = deployment.get("deployment_overview", {})
    return bool(counts) and all(overview.get(status) == count for status, count in counts.items())


def find_listed(client: t.Any, filters: dict[str, t.Any]) -> list[Deployment]:
    """The deployments that FILTERS let through. Raises CodeDeployError, which says so, if there is no such application or deployment group."""
    try:
        return list_deployments(client, filters)
    except CodeDeployError as error:
        if error_code(error) in MISSING:
            # Imported here, since few tasks need it, and each task compiles all that it imports anew.
            from ..module_utils._deployment_groups import require_deployment_group

            require_deployment_group(client, filters["application_name"], filters["deployment_group_name"])
        raise


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


def read(client: t.Any, params: Params) -> dict[str, t.Any]:
    """The module's result."""
    return {"changed": False, **(read_one if params["deployment_id"] else read_many)(client, params)}


def main() -> None:
    """Run the module."""
    module = CodeDeployModule(
        argument_spec={
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
        },
        required_together=[("application_name", "deployment_group_name")],
        required_by={option: ["deployment_id"] for option in ("target_ids", "unless_overview", "diagnose")},
        mutually_exclusive=[("deployment_id", option) for option in NARROWING],
        supports_check_mode=True,
    )
    try:
        module.exit_json(**read(module.client("codedeploy"), module.params))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
