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
  - A task that was killed, or that ran into O(wait_timeout), can be run again. It attaches to the deployment that is in flight. If that has
    succeeded meanwhile, though it failed on some targets, the task warns about them as the one before would have.
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
      - All are looked up before anything is written. If one does not exist, none is deployed to.
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
      - V(wait) and V(stop) need O(wait=true), since the deployment is created after another one has been followed to its end.
      - Deployments that CodeDeploy makes by itself to hosts that Auto Scaling launches are not in the way of a task that has nothing to deploy, and
        never count as releases.
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
        deployment told a greater one, so that a job that was held up cannot undo what a later one has shipped. A deployment that went back and
        tells none counts as what it undid. Nor is a deployment in flight stopped for O(if_in_progress=stop) that tells a greater one.
      - This is looked at before anything is written, again right before the deployment is created, and once more right after. If a later release
        was deployed between the last two, the deployment is stopped, CodeDeploy rolls it back to that release, and the task fails.
      - It is kept at the end of the deployment's description, as C([sequence 42]).
    type: int
  deployment_mode:
    description:
      - V(RESTART) restarts the application on the hosts, by running the hooks of the revision of the deployment group's last successful
        deployment, without downloading or installing it again. So it takes neither O(source) nor O(revision). It is for the platform Server, in
        place, and the host agents must be 2.1 or newer.
      - Each run is another restart, unless one is in flight.
      - What is left out is V(STANDARD) to AWS. V(RESTART) needs a botocore that knows it, such as 1.44.5.
    type: str
    choices: [STANDARD, RESTART]
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
      - Not passed on to the platforms Lambda and ECS, which refuse it.
    type: str
    choices: [DISALLOW, OVERWRITE, RETAIN]
  ignore_application_stop_failures:
    description:
      - Go on when the C(ApplicationStop) hook of the previous revision fails. Only passed on to the platform Server.
    type: bool
  update_outdated_instances_only:
    description:
      - Deploy only to instances that do not run the revision. Only passed on to the platform Server.
      - A deployment group that has the revision is left alone all the same. Where hosts have come that lack it, by a new tag for instance, add
        O(force=true).
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
      - The instances that are the new fleet of a blue/green deployment, where the deployment group discovers existing ones. With O(preflight), it is a
        warning if they are not given there, since the release may then go to the hosts that have the traffic.
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
        is going off, or because a registered revision is not in S3 any more. What the task is not allowed to look at becomes a warning.
      - For Lambda, if the AppSpec is given as its content, also whether the function has the alias and the new version that it names, and the alias
        points at its C(CurrentVersion). For ECS whether the deployment group's service is there.
    type: bool
    default: true
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
    details: Not with O(force=true) or O(deployment_mode=RESTART). A task that attaches to a deployment in flight and awaits it reports a change, as
      the one that began it would.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentGroup), C(codedeploy:GetDeployment), C(codedeploy:GetApplicationRevision),
    C(codedeploy:RegisterApplicationRevision), C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:ListDeploymentTargets), C(codedeploy:BatchGetDeploymentTargets); with O(if_in_progress=stop) or O(sequence) also C(codedeploy:StopDeployment),
    with O(override_alarm_configuration) also C(codedeploy:UpdateDeploymentGroup), with O(continue_when_ready) also
    C(codedeploy:ContinueDeployment); with O(source) also C(s3:ListBucket) on the bucket, C(s3:GetObject) and C(s3:PutObject) on its objects.
    With O(keep) also C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups), C(codedeploy:BatchGetDeployments), and
    C(s3:DeleteObject) on the bucket's objects. With O(deployment_group_names) also C(codedeploy:BatchGetDeploymentGroups).
    C(codedeploy:GetApplication) makes the error for a missing application precise, and tells the platform of a deployment group where AWS does
    not."
  - "With O(preflight), as far as the deployment group has such members: C(codedeploy:ListOnPremisesInstances), C(ec2:DescribeInstances),
    C(autoscaling:DescribeAutoScalingGroups), C(cloudwatch:DescribeAlarms); for Lambda C(lambda:GetAlias) and
    C(lambda:GetFunctionConfiguration), for ECS C(ecs:DescribeServices); for an O(revision) in S3 also C(s3:GetObject) and C(s3:ListBucket)."
  - "Where AWS does not tell a deployment group's last attempted and last successful deployment, such as before its first one has succeeded, or where
    Auto Scaling has launched hosts since the last release, also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments)."
  - Several tasks may ship to one deployment group at the same time. Each reads the deployment group again right before it creates its deployment,
    so what another one has shipped meanwhile is found, and the same revision is not deployed twice. If another deployment is in the way by then,
    O(if_in_progress) decides as ever. Give O(sequence) to tasks that ship different revisions, since without it the last one to come wins.
  - CodeDeploy takes no condition with a new deployment, so what happens in the very moment of its creation is found afterwards only. Without
    O(sequence), the same revision may then be deployed twice, or two revisions one after the other.
  - "With O(revision=previous) also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments), where the last release was deployed more than
    once, and for Lambda C(codedeploy:BatchGetApplicationRevisions)."
  - With O(wait=false), M(slipway.codedeploy.deployment) awaits what this task has started, and M(slipway.codedeploy.deployment_info) tells how it is.
seealso:
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deployment_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - slipway.codedeploy.source.deployed
  - slipway.codedeploy.source
  - slipway.codedeploy.waiting
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

- name: Production gets what a deployment has brought elsewhere, by its id
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ staged.deployment_id }}"

- name: Go back to what production had before its last release
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: previous

- name: Ship it to one deployment group after the other, but stop if one is in trouble
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_names: [canary, production-a, production-b]
    source: web-app
    s3_bucket: my-releases

- name: Restart what production runs
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    deployment_mode: RESTART

- name: Deploy to half of the hosts at a time, whatever the group says, and give it two hours
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: web-app
    s3_bucket: my-releases
    deployment_config_name: CodeDeployDefault.HalfAtATime
    wait_timeout: 7200

- name: Give a Lambda function's new version a tenth of the traffic for five minutes, then all
  slipway.codedeploy.deploy:
    application_name: thumbnails
    deployment_group_name: production
    deployment_config_name: CodeDeployDefault.LambdaCanary10Percent5Minutes
    revision:
      app_spec_content:
        content:
          version: 0.0
          Resources:
            - thumbnails:
                Type: AWS::Lambda::Function
                Properties:
                  Name: thumbnails
                  Alias: live
                  CurrentVersion: "1"
                  TargetVersion: "2"

- name: Start new tasks of an ECS service, and shift the traffic as soon as they stand
  slipway.codedeploy.deploy:
    application_name: api
    deployment_group_name: production
    continue_when_ready: true
    wait_for: traffic_shifted
    revision:
      app_spec_content:
        content:
          version: 0.0
          Resources:
            - TargetService:
                Type: AWS::ECS::Service
                Properties:
                  TaskDefinition: arn:aws:ecs:us-east-1:123456789012:task-definition/api:2
                  LoadBalancerInfo:
                    ContainerName: app
                    ContainerPort: 80
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
  returned: always, but with O(deployment_group_names) only if it is the same for all
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
spared_bundles:
  description: How many bundles stay that O(keep) would let go, because they are younger than O(keep_younger_than).
  returned: when O(keep) is given
  type: int
  sample: 1
deployment:
  description: The deployment as AWS describes it, when it was seen last.
  returned: when it was awaited, unless it failed
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Succeeded", "deployment_overview": {"succeeded": 3, "failed": 0}}
deployment_groups:
  description:
    - What became of each deployment group, in the order in which they were given. Each has C(deployment_group_name) and, as far as they are known,
      C(changed), C(failed), C(msg), C(deployment_id), C(reason), C(revision), C(deployment) and C(diagnosis). All but C(changed), C(failed), C(msg)
      and RV(revision) are not at the top of the result then.
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
  description:
    - Why the deployment failed.
    - Of what the hosts report, colours are left out and control characters are codes such as C(\x1b), as in C(msg) and in progress lines.
      M(slipway.codedeploy.deployment_info) returns it as it is, in C(targets).
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
      sample: too many hosts failed: continuing would leave fewer healthy hosts than the deployment config requires
    remedy:
      description: What to do.
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
        - The targets in the midst of which the deployment ended, with the last lifecycle event that has succeeded there, where it has at most 25
          targets. The application may be stopped there, or its files replaced.
      type: list
      elements: dict
      sample: [{"target_id": "web-2", "lifecycle_event": "AfterInstall"}]
    skipped:
      description: The targets that the deployment did not touch, where it has at most 25 targets.
      type: list
      elements: str
      sample: [web-2, web-3]
    skipped_count:
      description: How many targets the deployment did not touch or left unfinished.
      type: int
      sample: 2
    rollback:
      description:
        - What became of the rollback; V(null) if there was none.
        - Its C(diagnosis) tells in the form of RV(diagnosis) what went wrong with it; V(null) if nothing did.
      type: dict
      sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded", "message": "3 of 3 succeeded", "diagnosis": null}
"""

import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._deploying.options import DEPLOY_ARGUMENTS, DEPLOY_CONSTRAINTS, check_options
from ..module_utils._deploying.preflight import check_readiness
from ..module_utils._deploying.steps import (
    awaits_of,
    bundle_facts,
    carry_out,
    check_description,
    decided,
    described,
    find_place,
    find_release,
    is_change,
    readied_group,
    reason_of,
    remove_expired,
)
from ..module_utils._deployments.options import waiting_options
from ..module_utils._releases.options import source_options
from ..module_utils._releases.releases import (
    begin_bundle,
)
from ..module_utils._releases.retention import find_expired
from ..module_utils._revisions.locations import place_of
from ..module_utils._run import run

Params = dict[str, t.Any]
Group = dict[str, t.Any]

ARGUMENTS: dict[str, t.Any] = DEPLOY_ARGUMENTS
CONSTRAINTS: dict[str, t.Any] = {
    **DEPLOY_CONSTRAINTS,
}


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Start, unless CHECK_MODE, what brings the wanted release to the group, and return the module's result."""
    check_options(params)
    begun = begin_bundle(source_options(params))
    client = connect("codedeploy")
    group, warnings = find_place(client, params, check_mode)
    release = find_release(connect, params, group, begun)
    check_description(params, described(params, release))
    decision = decided(client, params, group, release)
    warnings += release.warnings
    if decision.action == "create" and params["preflight"] and "deployment_group_name" in group:
        warnings += check_readiness(connect, readied_group(group, params), release)
    location, (expired, spared) = release.location, find_expired(connect, params, release.location)
    bundle = bundle_facts(release, decision)
    if not check_mode:
        location, decision = carry_out(connect, params, group, release, decision)
        expired = remove_expired(connect, params, expired, warnings)
    changed = is_change(decision, params["wait"], check_mode)
    return {
        "changed": changed or bool(expired),
        "deployment_id": decision.deployment_id,
        "reason": reason_of(decision, release),
        "revision": location,
        "diff": {
            "before": {"revision": place_of(group.get("target_revision"))},
            "after": {"revision": place_of(location if changed else group.get("target_revision"))},
        },
        "awaits": awaits_of(decision, group, params),
        "waiting": waiting_options(params, check_mode),
        "warnings": warnings,
        **({"bundle": bundle} if bundle else {}),
        **({"removed_bundles": expired, "spared_bundles": spared} if params["keep"] else {}),
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
