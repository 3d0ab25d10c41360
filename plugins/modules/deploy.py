#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deploy
version_added: 0.1.0
short_description: Ship a revision with AWS CodeDeploy and await it
description:
  - Brings a revision to a deployment group. Bundles and uploads it if it comes from a directory, registers it, creates the deployment, and
    follows it to its end with live progress.
  - Does nothing when the group has the revision already. A bundle is known by the digest of its content, so the same content is neither
    uploaded nor deployed again.
  - When the deployment fails, the task fails with a diagnosis. It names the hosts, the lifecycle event, the script and its error, shows the
    end of the script's log, and tells what became of the rollback.
  - A task that was killed, or that ran into O(wait_timeout), can be run again. It attaches to the deployment that is in flight.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application to deploy. It must exist, see M(slipway.codedeploy.application).
    type: str
    required: true
    aliases: [application]
  deployment_group_name:
    description:
      - The deployment group to deploy to. It must exist, see M(slipway.codedeploy.deployment_group). Either this or O(deployment_group_names) is
        needed.
    type: str
    aliases: [deployment_group]
  deployment_group_names:
    description:
      - Several deployment groups of the application to deploy to, in this order. The release is bundled and uploaded for the first of them.
      - After a failure, those that have not begun are left alone.
    type: list
    elements: str
  groups_at_once:
    description:
      - To how many of O(deployment_group_names) to deploy side by side.
    type: int
    default: 1
  continue_after_failure:
    description:
      - Deploy to all of O(deployment_group_names), even if one of them fails. The task still fails then.
    type: bool
    default: false
  force:
    description:
      - Deploy even if the deployment group has the revision already. A deployment of the revision that is in flight is followed all the same.
    type: bool
    default: false
  if_in_progress:
    description:
      - What to do when the deployment group has an active deployment already, of which CodeDeploy allows one.
      - V(attach) follows it if it is of the same revision, such as the one of a run that was killed, or rolls such a one back. It fails
        otherwise.
      - V(wait) follows it, if it is of another revision, to its end, however that is, and deploys then.
      - V(stop) stops it, if it is of another revision, and deploys then. A rollback is not stopped but awaited.
      - V(fail) fails, whatever the revision.
    type: str
    choices: [attach, wait, stop, fail]
    default: attach
  roll_back_stopped:
    description:
      - With O(if_in_progress=stop), have CodeDeploy roll the stopped deployment back first.
    type: bool
    default: false
  wait_for:
    description:
      - How far to follow the deployment. V(ready) is when the new version of a blue/green deployment is in place and waits to be continued, for
        which there is M(slipway.codedeploy.deployment). V(traffic_shifted) is when all traffic goes to the new version, though the old one may
        still wait for its termination.
    type: str
    choices: [succeeded, ready, traffic_shifted]
    default: succeeded
  continue_when_ready:
    description:
      - Continue a blue/green deployment as soon as its new version is in place, where the deployment group lets it wait for that.
    type: bool
    default: false
  sequence:
    description:
      - A number that grows from release to release, such as that of the build. A release is refused if the deployment group's last successful
        deployment told a greater one, so that a job that was held up cannot undo what a later one has shipped.
      - It is kept at the end of the deployment's description, as C([sequence 42]).
    type: int
  description:
    description:
      - A comment on the deployment, at most 256 characters. A deployment that is in flight already keeps its own.
    type: str
  deployment_config_name:
    description:
      - The deployment config to use instead of the deployment group's.
    type: str
  file_exists_behavior:
    description:
      - What the agent does with files that are already at the place of a file to be installed and were not put there by the deployment
        group's previous deployment. AWS uses V(DISALLOW) when this is left out.
    type: str
    choices: [DISALLOW, OVERWRITE, RETAIN]
  ignore_application_stop_failures:
    description:
      - Go on when the C(ApplicationStop) hook of the previous revision fails.
    type: bool
  update_outdated_instances_only:
    description:
      - Deploy only to instances that do not run the revision.
    type: bool
  auto_rollback_configuration:
    description:
      - When to roll back, instead of what the deployment group says.
    type: dict
    suboptions:
      enabled:
        description: Whether to roll back automatically. With it, O(auto_rollback_configuration.events) must name at least one.
        type: bool
        default: true
      events:
        description: On which events.
        type: list
        elements: str
        choices: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST]
        default: []
  override_alarm_configuration:
    description:
      - The alarms that stop the deployment, instead of the deployment group's. Needs the permission C(codedeploy:UpdateDeploymentGroup).
    type: dict
    suboptions:
      enabled:
        description: Whether alarms stop the deployment. When it is not given, they do if there are O(override_alarm_configuration.alarms).
        type: bool
      ignore_poll_alarm_failure:
        description: Whether the deployment goes on when CodeDeploy cannot read the alarms. Off when it is not given.
        type: bool
      alarms:
        description: The alarms.
        type: list
        elements: dict
        suboptions:
          name:
            description: The alarm's name, of 255 characters at most.
            type: str
            required: true
  target_instances:
    description:
      - The instances that are the new fleet of a blue/green deployment, where the deployment group discovers existing ones.
    type: dict
    suboptions:
      tag_filters:
        description: Tag filters, any of which may match. Not together with O(target_instances.ec2_tag_set).
        type: list
        elements: dict
        suboptions:
          key:
            description: The tag's key.
            type: str
          value:
            description: The tag's value.
            type: str
          type:
            description: What of the two has to match. It follows from what is given.
            type: str
            choices: [KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE]
      ec2_tag_set:
        description: Lists of such filters, of each of which one has to match.
        type: list
        elements: list
      auto_scaling_groups:
        description: The names of Auto Scaling groups.
        type: list
        elements: str
  ec2_deployment_options:
    description:
      - What is done to the deployment group's Auto Scaling groups meanwhile, instead of what the deployment group says.
    type: dict
    suboptions:
      auto_scaling_group_processes_to_suspend:
        description: The scaling processes to suspend.
        type: list
        elements: str
        choices: [Terminate, AZRebalance, InstanceRefresh, ScheduledActions]
  preflight:
    description:
      - Before anything is written, look whether the deployment could only fail, because the deployment group matches no instance or one of its alarms
        is going off. What the task is not allowed to look at becomes a warning.
    type: bool
    default: true
  wait:
    description:
      - Follow the deployment to its end. The task fails if the deployment does.
      - With V(false), the task ends when the deployment is created.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to follow the deployment, and then its rollback, if there is one. As long as nothing changes, nothing is shown.
      - When the time is up, the task fails and tells what is known. The deployment goes on; run the task again to follow it further.
    type: int
    default: 3600
  wait_delay:
    description:
      - Seconds between two looks at the deployment, each of which costs one to three calls.
      - When this is left out, the looks are few while nothing can have happened, and close together when the end is near. It is estimated from
        how long the targets took so far, or else the deployment group's last deployment.
    type: int
  diagnose:
    description:
      - For how many failed targets the diagnosis tells everything. The others are counted by cause.
    type: int
    default: 5
attributes:
  check_mode:
    support: full
    details:
      - Everything is checked, nothing is uploaded, registered or deployed, and nothing is awaited.
      - A deployment group that does not exist is not an error in check mode, but a warning, because another task of the play may be meant to
        create it.
  diff_mode:
    support: full
    details: Shows the deployment group's revision before and after.
  idempotent:
    support: full
    details: Not with O(force=true). A task that attaches to a deployment in flight and awaits it reports a change, as the one that began it would.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentGroup), C(codedeploy:GetDeployment), C(codedeploy:GetApplicationRevision),
    C(codedeploy:RegisterApplicationRevision), C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:ListDeploymentTargets), C(codedeploy:BatchGetDeploymentTargets); with O(if_in_progress=stop) also C(codedeploy:StopDeployment),
    with O(override_alarm_configuration) also C(codedeploy:UpdateDeploymentGroup), with O(continue_when_ready) also
    C(codedeploy:ContinueDeployment); with O(source) also C(s3:ListBucket) on the bucket, C(s3:GetObject) and C(s3:PutObject) on its objects.
    With O(keep) also C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups), C(codedeploy:BatchGetDeployments), and
    C(s3:DeleteObject) on the bucket's objects. C(codedeploy:GetApplication) makes the error for a missing application precise."
  - "With O(preflight), as far as the deployment group has such members: C(codedeploy:ListOnPremisesInstances), C(ec2:DescribeInstances),
    C(autoscaling:DescribeAutoScalingGroups), C(cloudwatch:DescribeAlarms)."
  - Waiting is done by an action plugin on the controller, which shows a line whenever something changes, and with C(-v) also what
    becomes of each target's lifecycle events. Therefore C(async) cannot be used with
    this module; use O(wait=false) and M(slipway.codedeploy.deployment_info).
  - Interrupting the task does not stop the deployment.
seealso:
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deployment_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - slipway.codedeploy.source
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Ship what is in a directory
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: "{{ playbook_dir }}/web-app"
    s3_bucket: my-releases

- name: Ship a bundle that another job has put into S3
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision:
      s3_location:
        bucket: my-releases
        key: web-app/1.4.2.tgz
        bundle_type: tgz

- name: Ship it to staging, then the very same revision to production
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: staging
    source: web-app
    s3_bucket: my-releases
  register: staged

- name: Production gets what staging has shown to work
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ staged.revision }}"

- name: Ship it to one deployment group after the other, but stop if one is in trouble
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_names: [canary, production-a, production-b]
    source: web-app
    s3_bucket: my-releases

- name: Deploy to half of the hosts at a time, whatever the group says, and give it two hours
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: web-app
    s3_bucket: my-releases
    deployment_config_name: CodeDeployDefault.HalfAtATime
    wait_timeout: 7200
"""

RETURN = r"""
deployment_id:
  description: The deployment that brought, or brings, the revision to the group. V(null) in check mode when it is not created yet.
  returned: success, or when the deployment failed
  type: str
  sample: d-3KX1ZQ2AB
reason:
  description: Why a deployment was created, attached to, or not needed.
  returned: always
  type: str
  sample: already deployed by d-3KX1ZQ2AB at 2026-11-22T10:15:00+00:00
revision:
  description: The revision, in the form that O(revision) takes.
  returned: always
  type: dict
  sample:
    revision_type: S3
    s3_location:
      bucket: my-releases
      key: web-app/0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e.zip
      bundle_type: zip
bundle:
  description: What was bundled from O(source).
  returned: when O(source) is given
  type: dict
  contains:
    digest:
      description: The digest of names, modes and contents, by which the release is known.
      type: str
      sample: 0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e
    files:
      description: How many files it holds.
      type: int
      sample: 12
    size:
      description: Their bytes, before compression.
      type: int
      sample: 20480
    uploaded:
      description: Whether it was uploaded. V(false) when the bucket had it already.
      type: bool
      sample: true
removed_bundles:
  description: The keys of the bundles that the task has removed from O(s3_bucket), or would in check mode, the oldest first.
  returned: when O(keep) is given
  type: list
  elements: str
  sample: [web-app/5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8.zip]
deployment:
  description: The deployment as AWS describes it, when it was seen last.
  returned: when it was awaited, unless it failed
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Succeeded", "deployment_overview": {"succeeded": 3, "failed": 0}}
deployment_groups:
  description:
    - What became of each deployment group, in the order in which they were given. Each has C(deployment_group_name) and, as far as they are known,
      C(changed), C(failed), C(msg), C(deployment_id), C(reason), C(deployment) and C(diagnosis), which are not at the top of the result then.
  returned: with O(deployment_group_names)
  type: list
  elements: dict
  sample: [{"deployment_group_name": "canary", "changed": true, "deployment_id": "d-3KX1ZQ2AB"}]
not_begun:
  description: The deployment groups that were left alone after a failure.
  returned: with O(deployment_group_names)
  type: list
  elements: str
  sample: [production-b]
diagnosis:
  description: Why the deployment failed.
  returned: when the deployment failed or was stopped, or succeeded though some of its targets failed
  type: dict
  contains:
    deployment_id:
      description: The deployment.
      type: str
      sample: d-3KX1ZQ2AB
    status:
      description: How it ended.
      type: str
      sample: Failed
    error_code:
      description: The error code of the deployment.
      type: str
      sample: HEALTH_CONSTRAINTS
    message:
      description: The service's message.
      type: str
      sample: The overall deployment failed because too many individual instances failed deployment.
    cause:
      description: What usually is behind the error code.
      type: str
      sample: so many hosts failed that going on would leave fewer healthy ones than the deployment config demands
    remedy:
      description: What to do.
      type: str
      sample: mend what the failed hosts report and deploy again
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
          remedy: read the end of its log; run it by hand on the host if that does not tell
    more_failures:
      description: The other failed targets, counted by cause.
      type: list
      elements: dict
      sample: [{"lifecycle_event": "ValidateService", "script_name": "scripts/validate.sh", "error_code": "ScriptFailed", "count": 12}]
    skipped:
      description: The targets that the deployment did not touch, where it has at most 25 targets.
      type: list
      elements: str
      sample: [web-2, web-3]
    skipped_count:
      description: How many targets the deployment did not touch.
      type: int
      sample: 2
    rollback:
      description: What became of the rollback; V(null) if there was none.
      type: dict
      sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded", "message": "3 of 3 succeeded"}
"""

import typing as t
from dataclasses import replace

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._decisions import (
    Decision,
    active_deployment_id,
    check_sequence,
    decide,
    decide_beside,
    description_with,
)
from ..module_utils._deployment_configs import predicted_deployment_config, require_deployment_config
from ..module_utils._deployment_groups import predicted_deployment_group, require_deployment_group, target_instances
from ..module_utils._deployments import (
    blocking_deployment,
    create_deployment,
    find_deployment,
    find_in_flight,
    stop_deployment,
)
from ..module_utils._errors import CodeDeployError, Connect
from ..module_utils._group_forms import alarms
from ..module_utils._group_options import NOTIFICATIONS, SCALING, TARGET_INSTANCES
from ..module_utils._group_rules import check_alarms, check_rollback
from ..module_utils._group_selection_rules import check_target_instances
from ..module_utils._preflight import check_readiness
from ..module_utils._progress import seconds_between
from ..module_utils._releases import Release, shown_result, store_release, wanted_release
from ..module_utils._retention import find_expired, remove_bundles
from ..module_utils._revisions import Location, find_revision, place_of, register_revision
from ..module_utils._source_rules import check_platform, check_source_options
from ..module_utils._sources import SOURCE_ARGUMENTS, SOURCE_CONSTRAINTS, connections, source_options
from ..module_utils._validation import InvalidOption, check_length, check_name, check_positive

# Options that are members of CreateDeployment by the same name.
MEMBERS = (
    "description",
    "deployment_config_name",
    "file_exists_behavior",
    "ignore_application_stop_failures",
    "update_outdated_instances_only",
    "auto_rollback_configuration",
    "ec2_deployment_options",
)

Params = dict[str, t.Any]


def check_options(params: Params) -> None:
    """Raise InvalidOption for what the service would refuse, before anything is written."""
    if params["deployment_group_names"]:
        raise InvalidOption("deployment_group_names: the action plugin deploys to several groups, and it did not run")
    check_name("application_name", params["application_name"])
    check_name("deployment_group_name", params["deployment_group_name"])
    check_length("description", description_with(params["description"], params["sequence"]), 256)
    for option in ("wait_timeout", "wait_delay", "diagnose"):
        if params[option] is not None:
            check_positive(option, params[option])
    check_rollback(params["auto_rollback_configuration"] or {})
    check_alarms(params["override_alarm_configuration"] or {}, "override_alarm_configuration")
    check_target_instances(params["target_instances"] or {})
    check_waiting(params)
    check_source_options(source_options(params))


def check_waiting(params: Params) -> None:
    """Raise InvalidOption for options about the wait that contradict each other."""
    if params["roll_back_stopped"] and params["if_in_progress"] != "stop":
        raise InvalidOption(f"roll_back_stopped: needs if_in_progress=stop, not {params['if_in_progress']}")
    if params["continue_when_ready"] and params["wait_for"] == "ready":
        raise InvalidOption("continue_when_ready: wait_for=ready ends before the deployment is continued")
    if params["wait"]:
        return
    for option, value in (("if_in_progress", "wait"), ("if_in_progress", "stop"), ("continue_when_ready", True)):
        if params[option] == value:
            raise InvalidOption(f"{option}: {str(value).lower()} needs wait=true")


def store(connect: Connect, release: Release, params: Params) -> Location:
    """Put RELEASE where the hosts find it, register it with the application, and return its location."""
    location = store_release(connect("s3"), release)
    client, name = connect("codedeploy"), params["application_name"]
    if find_revision(client, name, location) is None:
        register_revision(client, name, location, params["description"])
    return location


def create(client: t.Any, release: Release, location: Location, params: Params, decision: Decision) -> Decision:
    """Create the deployment that DECISION asks for; decide again if another run was faster."""
    description = description_with(params["description"], params["sequence"])
    members = {
        **{name: params[name] for name in MEMBERS},
        "description": description,
        "override_alarm_configuration": params["override_alarm_configuration"]
        and alarms(params["override_alarm_configuration"]),
        "target_instances": params["target_instances"] and target_instances(params["target_instances"]),
    }
    application, group = params["application_name"], params["deployment_group_name"]
    try:
        return replace(decision, deployment_id=create_deployment(client, application, group, location, members))
    except CodeDeployError as error:
        blocking = blocking_deployment(error)
        in_flight = find_in_flight(client, blocking) if blocking else None
        if in_flight is None:
            raise
        return decide_beside(in_flight, release.identity, params["if_in_progress"])


def carry_out(connect: Connect, release: Release, decision: Decision, params: Params) -> tuple[Location, Decision]:
    """Do what DECISION says; where the revision is now, and what was decided in the end."""
    client, location = connect("codedeploy"), release.location
    if decision.action == "create":
        location = store(connect, release, params)
        decision = create(client, release, location, params, decision)
    if decision.action == "stop":
        stop_deployment(client, str(decision.deployment_id), params["roll_back_stopped"])
    return location, decision


def awaits_of(decision: Decision, group: dict[str, t.Any], params: Params) -> dict[str, t.Any] | None:
    """What the action plugin is to follow; None for nothing. How long the GROUP's last deployment took tells it when to look."""
    if decision.action == "none":
        return None
    if decision.action in ("wait", "stop"):
        roll_back = params["roll_back_stopped"] if decision.action == "stop" else None
        return {"deployment_id": decision.deployment_id, "goal": "stopped", "roll_back": roll_back, "again": True}
    last = group.get("last_successful_deployment") or {}
    previous = seconds_between(last.get("create_time"), last.get("end_time"))
    return {"deployment_id": decision.deployment_id, "goal": params["wait_for"], "previous_seconds": previous}


def readied_group(group: dict[str, t.Any], params: Params) -> dict[str, t.Any]:
    """GROUP with what the options put in the place of its settings for this deployment."""
    override = params["override_alarm_configuration"]
    return {**group, "alarm_configuration": alarms(override)} if override else group


def is_change(decision: Decision, wait: bool, check_mode: bool) -> bool:
    """Whether the run changes something by DECISION. A task that only finds its deployment in flight does not; one that follows it to its end
    does. One that awaits another deployment first will deploy afterwards, which only check mode has to tell beforehand."""
    changes = {"none": False, "create": True, "stop": True, "attach": wait, "wait": check_mode}
    return changes[decision.action]


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Start, unless CHECK_MODE, what brings the wanted release to the group, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    find_group = predicted_deployment_group if check_mode else require_deployment_group
    group = find_group(client, params["application_name"], params["deployment_group_name"])
    config_name, warnings = params["deployment_config_name"], [*group.get("warnings", [])]
    if config_name and check_mode:
        warnings += predicted_deployment_config(client, config_name, group["compute_platform"])
    elif config_name:
        require_deployment_config(client, config_name, group["compute_platform"])
    check_platform(group["compute_platform"], source_options(params))
    release = wanted_release(connect, params, group["compute_platform"])
    active = active_deployment_id(group)
    in_flight = find_in_flight(client, active) if active else None
    decision = decide(group, in_flight, release.identity, params["force"], params["if_in_progress"])
    if decision.action != "none" and params["sequence"] is not None:
        last = group.get("last_successful_deployment") or {}
        check_sequence(params["sequence"], last and find_deployment(client, last["deployment_id"]))
    location = release.location
    warnings += release.warnings
    if decision.action == "create" and params["preflight"] and "deployment_group_name" in group:
        warnings += check_readiness(connect, readied_group(group, params))
    expired = find_expired(connect, params, location)
    if not check_mode:
        location, decision = carry_out(connect, release, decision, params)
        expired = remove_bundles(connect, params, expired)
    changed = is_change(decision, params["wait"], check_mode)
    return {
        "changed": changed or bool(expired),
        "deployment_id": decision.deployment_id,
        "reason": decision.reason,
        "revision": location,
        "diff": {
            "before": {"revision": place_of(group.get("target_revision"))},
            "after": {"revision": place_of(location if changed else group.get("target_revision"))},
        },
        "awaits": awaits_of(decision, group, params),
        "warnings": warnings,
        **({"bundle": release.facts} if release.facts else {}),
        **({"removed_bundles": expired} if params["keep"] else {}),
    }


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            **SOURCE_ARGUMENTS,
            "application_name": {"type": "str", "required": True, "aliases": ["application"]},
            "deployment_group_name": {"type": "str", "aliases": ["deployment_group"]},
            "deployment_group_names": {"type": "list", "elements": "str"},
            "groups_at_once": {"type": "int", "default": 1},
            "continue_after_failure": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
            "if_in_progress": {"type": "str", "choices": ["attach", "wait", "stop", "fail"], "default": "attach"},
            "roll_back_stopped": {"type": "bool", "default": False},
            "wait_for": {"type": "str", "choices": ["succeeded", "ready", "traffic_shifted"], "default": "succeeded"},
            "continue_when_ready": {"type": "bool", "default": False},
            "sequence": {"type": "int"},
            "description": {"type": "str"},
            "deployment_config_name": {"type": "str"},
            "file_exists_behavior": {"type": "str", "choices": ["DISALLOW", "OVERWRITE", "RETAIN"]},
            "ignore_application_stop_failures": {"type": "bool"},
            "update_outdated_instances_only": {"type": "bool"},
            "auto_rollback_configuration": {
                "type": "dict",
                "options": {
                    "enabled": {"type": "bool", "default": True},
                    "events": {
                        "type": "list",
                        "elements": "str",
                        "choices": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
                        "default": [],
                    },
                },
            },
            "override_alarm_configuration": NOTIFICATIONS["alarm_configuration"],
            "target_instances": {"type": "dict", "options": TARGET_INSTANCES},
            "ec2_deployment_options": SCALING["ec2_deployment_options"],
            "preflight": {"type": "bool", "default": True},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 3600},
            "wait_delay": {"type": "int"},
            "diagnose": {"type": "int", "default": 5},
        },
        required_one_of=[*SOURCE_CONSTRAINTS["required_one_of"], ["deployment_group_name", "deployment_group_names"]],
        mutually_exclusive=SOURCE_CONSTRAINTS["mutually_exclusive"],
        required_by=SOURCE_CONSTRAINTS["required_by"],
        supports_check_mode=True,
    )
    try:
        result = ensure(connections(module), module.params, module.check_mode)
        for warning in result.pop("warnings"):
            module.warn(warning)
        module.exit_json(**shown_result(result, module._verbosity))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
