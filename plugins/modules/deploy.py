#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deploy
version_added: 0.1.0
short_description: Deploy a revision with AWS CodeDeploy
description:
  - Brings a revision to a deployment group. Bundles and uploads it if it comes from a directory, registers it, creates the deployment, and follows
    it to its end with live progress.
  - Does nothing if the deployment group already has the revision. A bundle is identified by the digest of its content, so the same content is
    neither uploaded nor deployed again.
  - If the deployment fails, the task fails with a diagnosis. It names the hosts, the lifecycle event, the script and its error, and shows the end
    of the script's log and the outcome of the rollback.
  - A task that was interrupted, or that reached O(wait_timeout), can be run again. It attaches to the deployment in progress. If that has succeeded
    in the meantime, but failed on some targets, the task warns about them like the first one would have.
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
      - The deployment group to deploy to. It must exist, see M(slipway.codedeploy.deployment_group).
      - Either this or O(deployment_group_names) is required.
    type: str
    aliases: [deployment_group]
  deployment_group_names:
    description:
      - Several deployment groups of the application to deploy to, in this order. The release is bundled and uploaded for the first one.
      - After a failure, the deployment groups that have not been started are left alone.
      - All of them are looked up before anything is written. If one does not exist, nothing is deployed.
    type: list
    elements: str
  groups_at_once:
    description:
      - The number of O(deployment_group_names) to deploy to in parallel.
    type: int
    default: 1
  continue_after_failure:
    description:
      - Deploy to all of O(deployment_group_names), even if one of them fails. The task still fails in the end.
    type: bool
    default: false
  force:
    description:
      - Deploy even if the deployment group already has the revision. If a deployment of the revision is in progress, the task follows it instead of
        creating another.
    type: bool
    default: false
  if_in_progress:
    description:
      - What to do when the deployment group already has an active deployment; CodeDeploy allows only one.
      - V(attach) follows the deployment if it is of the same revision, such as that of an interrupted run, or if it rolls back such a deployment.
        Otherwise the task fails.
      - V(wait) waits for a deployment of another revision to finish, whatever its outcome, and then deploys.
      - V(stop) stops a deployment of another revision, and then deploys. A rollback is not stopped; the task waits for it.
      - V(fail) fails, whatever the revision.
      - V(wait) and V(stop) need O(wait=true), since the new deployment is created after the other one has been followed to its end.
      - Deployments that CodeDeploy creates automatically for hosts that Auto Scaling launches do not block a task that has nothing to deploy, and
        never count as releases.
    type: str
    choices: [attach, wait, stop, fail]
    default: attach
  roll_back_stopped:
    description:
      - With O(if_in_progress=stop), have CodeDeploy roll back the stopped deployment first.
    type: bool
    default: false
  wait_for:
    description:
      - How far to follow the deployment.
      - V(succeeded) waits until the deployment has succeeded.
      - V(ready) waits until the new version of a blue/green deployment is in place and waits to be continued, see M(slipway.codedeploy.deployment).
      - V(traffic_shifted) waits until all traffic goes to the new version. The old one may still wait for its termination.
    type: str
    choices: [succeeded, ready, traffic_shifted]
    default: succeeded
  continue_when_ready:
    description:
      - Continue a blue/green deployment as soon as its new version is in place, if the deployment group makes it wait for that.
    type: bool
    default: false
  sequence:
    description:
      - A number that grows from release to release, such as a build number. A release is refused if the deployment group's last successful
        deployment had a higher number, so that a delayed job cannot undo a later release. A rollback without a number counts as the deployment that
        it undid.
      - With O(if_in_progress=stop), a deployment in progress that has a higher number is not stopped.
      - The number is compared before anything is written, again right before the deployment is created, and once more right after that. If a later
        release was deployed between the last two, the deployment is stopped, CodeDeploy rolls it back to that release, and the task fails.
      - The number is stored at the end of the deployment's description, as C([sequence 42]).
    type: int
  deployment_mode:
    description:
      - V(RESTART) restarts the application on the hosts. It runs the hooks of the revision of the deployment group's last successful deployment,
        without downloading or installing that again, and so takes neither O(source) nor O(revision). It needs the compute platform Server, in-place
        deployments, and host agents 2.1 or newer.
      - Each run is another restart, unless one is in progress.
      - AWS uses V(STANDARD) when this is omitted. V(RESTART) needs a botocore that supports it, such as 1.44.5.
    type: str
    choices: [STANDARD, RESTART]
  description:
    description:
      - A comment on the deployment, at most 256 characters. A deployment that is already in progress keeps its own.
    type: str
  deployment_config_name:
    description:
      - The deployment config to use instead of the deployment group's.
    type: str
  file_exists_behavior:
    description:
      - What the host agent does with a file that already exists where it is to install one, unless the deployment group's previous deployment
        installed that file. AWS uses V(DISALLOW) when this is omitted.
      - Ignored for the compute platforms Lambda and ECS, which do not support it.
    type: str
    choices: [DISALLOW, OVERWRITE, RETAIN]
  ignore_application_stop_failures:
    description:
      - Continue when the C(ApplicationStop) hook of the previous revision fails. Only used for the compute platform Server.
    type: bool
  update_outdated_instances_only:
    description:
      - Deploy only to instances that do not run the revision. Only used for the compute platform Server.
      - A deployment group that already has the revision is left alone anyway. If hosts without the revision have joined it, for example by a new
        tag, add O(force=true).
    type: bool
  auto_rollback_configuration:
    description:
      - When to roll back automatically, instead of the deployment group's setting.
    type: dict
    suboptions:
      enabled:
        description: Whether to roll back automatically. If so, O(auto_rollback_configuration.events) must list at least one event.
        type: bool
        default: true
      events:
        description: The events that trigger a rollback.
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
        description: Whether the alarms stop the deployment. Defaults to V(true) if O(override_alarm_configuration.alarms) is not empty.
        type: bool
      ignore_poll_alarm_failure:
        description: Whether the deployment continues when CodeDeploy cannot read the alarms. V(false) when omitted.
        type: bool
      alarms:
        description: The alarms.
        type: list
        elements: dict
        suboptions:
          name:
            description: The alarm's name, at most 255 characters.
            type: str
            required: true
  target_instances:
    description:
      - The instances of the replacement fleet of a blue/green deployment, for a deployment group that discovers existing instances. If the
        deployment group expects them and they are missing, O(preflight) warns, since the release may then go to the hosts that serve traffic now.
    type: dict
    suboptions:
      tag_filters:
        description: Tag filters. An instance is selected if any of them matches. Mutually exclusive with O(target_instances.ec2_tag_set).
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
            description: Whether the key, the value or both must match. Derived from what is given when omitted.
            type: str
            choices: [KEY_ONLY, VALUE_ONLY, KEY_AND_VALUE]
      ec2_tag_set:
        description: Lists of tag filters. An instance is selected if at least one filter of each list matches.
        type: list
        elements: list
      auto_scaling_groups:
        description: Names of Auto Scaling groups.
        type: list
        elements: str
  ec2_deployment_options:
    description:
      - What to do with the deployment group's Auto Scaling groups during the deployment, instead of the deployment group's setting.
    type: dict
    suboptions:
      auto_scaling_group_processes_to_suspend:
        description: The Auto Scaling processes to suspend.
        type: list
        elements: str
        choices: [Terminate, AZRebalance, InstanceRefresh, ScheduledActions]
  preflight:
    description:
      - Check, before anything is written, whether the deployment would be bound to fail, because the deployment group matches no instance, one of
        its alarms is in ALARM state, or a registered revision is no longer in S3. A check that the credentials do not allow becomes a warning.
      - For Lambda, if the AppSpec is given as its content, also check that the function has the alias and the new version that it names, and that
        the alias points to its C(CurrentVersion). For ECS, also check that the deployment group's service exists.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    details:
      - Everything is checked. Nothing is uploaded, registered or deployed, and the task does not wait.
      - A missing deployment group is a warning in check mode instead of an error, because another task of the play may create it.
  diff_mode:
    support: full
    details: Shows the deployment group's revision before and after.
  idempotent:
    support: full
    details: Except with O(force=true) or O(deployment_mode=RESTART). A task that attaches to a deployment in progress and waits for it reports a
      change, like the task that started it.
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentGroup), C(codedeploy:GetDeployment), C(codedeploy:GetApplicationRevision),
    C(codedeploy:RegisterApplicationRevision), C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:ListDeploymentTargets), C(codedeploy:BatchGetDeploymentTargets); with O(if_in_progress=stop) or O(sequence) also
    C(codedeploy:StopDeployment), with O(override_alarm_configuration) also C(codedeploy:UpdateDeploymentGroup), with O(continue_when_ready) also
    C(codedeploy:ContinueDeployment); with O(source) also C(s3:ListBucket) on the bucket, C(s3:GetObject) and C(s3:PutObject) on its objects. With
    O(keep) also C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups), C(codedeploy:BatchGetDeployments), and
    C(s3:DeleteObject) on the bucket's objects. With O(deployment_group_names) also C(codedeploy:BatchGetDeploymentGroups).
    C(codedeploy:GetApplication) makes the error for a missing application precise, and provides the compute platform of a deployment group where
    AWS does not report it."
  - "With O(preflight), depending on what the deployment group contains: C(codedeploy:ListOnPremisesInstances), C(ec2:DescribeInstances),
    C(autoscaling:DescribeAutoScalingGroups), C(cloudwatch:DescribeAlarms); for Lambda C(lambda:GetAlias) and C(lambda:GetFunctionConfiguration),
    for ECS C(ecs:DescribeServices); for an O(revision) in S3 also C(s3:GetObject) and C(s3:ListBucket)."
  - Where AWS does not report a deployment group's last attempted and last successful deployment, such as before its first success, or after Auto
    Scaling has launched hosts since the last release, also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments).
  - Several tasks may deploy to one deployment group at the same time. Each reads the deployment group again right before it creates its deployment,
    so it notices what another task has deployed in the meantime, and the same revision is not deployed twice. If another deployment is active by
    then, O(if_in_progress) applies as usual. Set O(sequence) on tasks that deploy different revisions; without it the last one wins.
  - CodeDeploy cannot create a deployment conditionally, so a conflict in the very moment of its creation is only noticed afterwards. Without
    O(sequence), the same revision may then be deployed twice, or two revisions one after the other.
  - With O(revision=previous) also C(codedeploy:ListDeployments) and C(codedeploy:BatchGetDeployments), if the last release was deployed more than
    once, and for Lambda C(codedeploy:BatchGetApplicationRevisions).
  - With O(wait=false), use M(slipway.codedeploy.deployment) to wait for the deployment that this task starts, and
    M(slipway.codedeploy.deployment_info) to read its status.
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
- name: Deploy the content of a directory
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: "{{ playbook_dir }}/web-app"
    s3_bucket: my-releases

- name: Deploy a bundle that another job uploaded to S3
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision:
      s3_location:
        bucket: my-releases
        key: web-app/1.4.2.tgz
        bundle_type: tgz

- name: Deploy a directory to staging
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: staging
    source: web-app
    s3_bucket: my-releases
  register: staged

- name: Deploy the very same revision to production
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ staged.revision }}"

- name: Deploy the revision of another deployment, by its ID
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ staged.deployment_id }}"

- name: Return production to the revision before its last release
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: previous

- name: Deploy to one deployment group after the other, and stop at the first failure
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_names: [canary, production-a, production-b]
    source: web-app
    s3_bucket: my-releases

- name: Restart the application in production
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    deployment_mode: RESTART

- name: Deploy to half of the hosts at a time, and wait for up to two hours
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    source: web-app
    s3_bucket: my-releases
    deployment_config_name: CodeDeployDefault.HalfAtATime
    wait_timeout: 7200

- name: Shift a tenth of a Lambda function's traffic to its new version, and the rest five minutes later
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

- name: Deploy a new task definition to an ECS service, and shift the traffic as soon as its tasks are ready
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
  description: The ID of the deployment that brought, or brings, the revision to the deployment group. V(null) in check mode if it would be created.
  returned: success, or when the deployment failed
  type: str
  sample: d-3KX1ZQ2AB
reason:
  description: The reason why a deployment was created, attached to, or not needed.
  returned: always
  type: str
  sample: already deployed by d-3KX1ZQ2AB at 2026-11-22T10:15:00+00:00
revision:
  description: The revision, in the form that the options C(revision) of M(slipway.codedeploy.revision) and M(slipway.codedeploy.deploy) take.
  returned: always, except with O(deployment_group_names) if it is not the same for all
  type: dict
  sample:
    revision_type: S3
    s3_location:
      bucket: my-releases
      key: web-app/0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e.zip
      bundle_type: zip
      e_tag: 6805f2cfc46c0f04559748bb039d69ae
bundle:
  description: The bundle made from O(source).
  returned: when O(source) is given
  type: dict
  contains:
    digest:
      description: The digest that identifies the bundle, of names, modes and contents, or of the bytes of a ready-made file.
      type: str
      sample: 0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e
    bundle_type:
      description: The format of the bundle.
      type: str
      sample: zip
    files:
      description: The number of files in the bundle.
      type: int
      sample: 12
    directories:
      description: The number of directories in the bundle.
      type: int
      sample: 3
    links:
      description: The number of symbolic links in the bundle.
      type: int
      sample: 0
    size:
      description: The size of all files in bytes, before compression.
      type: int
      sample: 20480
    largest:
      description: The ten largest files, the largest first.
      returned: with C(-v) or more
      type: list
      elements: dict
      sample: [{"path": "lib/app.jar", "size": 18211}, {"path": "appspec.yml", "size": 310}]
    uploaded:
      description: Whether the task uploaded the bundle, or would in check mode. V(false) if the bucket already had it.
      type: bool
      sample: true
removed_bundles:
  description: The keys of the bundles that the task removed from O(s3_bucket), or would remove in check mode, the oldest first.
  returned: when O(keep) is given
  type: list
  elements: str
  sample: [web-app/5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8.zip]
spared_bundles:
  description: The number of bundles that exceed O(keep) but stay, because they are younger than O(keep_younger_than).
  returned: when O(keep) is given
  type: int
  sample: 1
deployment:
  description: The deployment as AWS last described it, with its keys in snake_case.
  returned: when the task waited for it, unless it failed
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
deployment_groups:
  description:
    - The results by deployment group, in the given order. Each has C(deployment_group_name) and, as far as they are known, C(changed), C(failed),
      C(msg), C(deployment_id), C(reason), C(revision), C(deployment) and C(diagnosis). The top level of the result then has only C(changed),
      C(failed), C(msg) and RV(revision).
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
    - The reason why the deployment failed, and where.
    - In what the hosts report, colors are removed and control characters are replaced by codes such as C(\x1b). The return value C(targets) of
      M(slipway.codedeploy.deployment_info) has it unchanged.
  returned: when the deployment failed or was stopped, or succeeded though some of its targets failed
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

import functools
import typing as t

from ..module_utils._aws.calls import Connect
from ..module_utils._deploying.descriptions import check_description
from ..module_utils._deploying.options import ARGUMENTS, CONSTRAINTS, check_options
from ..module_utils._deploying.preflight import check_readiness
from ..module_utils._deploying.steps import (
    assume_place,
    awaits_of,
    bundle_facts,
    carry_out,
    decided,
    described,
    find_release,
    plan_rollout,
    readied_group,
    reason_of,
    require_place,
)
from ..module_utils._plan import carried_out, prerequisite
from ..module_utils._releases.options import source_options
from ..module_utils._releases.releases import begin_bundle
from ..module_utils._releases.retention import find_expired
from ..module_utils._revisions.locations import place_of
from ..module_utils._run import keeping, run

Params = dict[str, t.Any]


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Start the deployment of the wanted release to the group, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    begun = begin_bundle(source_options(params))
    client = connect("codedeploy")
    group, warnings = prerequisite(require_place, assume_place, check_mode)(client, params)
    with keeping(warnings):
        release = find_release(connect, params, group, begun)
        check_description(params, described(params, release))
        decision = decided(client, params, group, release)
        warnings += release.warnings
        if decision.action == "create" and params["preflight"] and "deployment_group_name" in group:
            warnings += check_readiness(connect, readied_group(group, params), release)
        expired, spared = find_expired(connect, params, release.location)
        bundle = bundle_facts(release, decision)
        planned = plan_rollout(decision, release.location, params, expired)
        do = functools.partial(carry_out, connect, params, group, release, warnings)
        rollout = carried_out(planned, do, check_mode)
    return {
        "changed": rollout.changed,
        "deployment_id": rollout.decision.deployment_id,
        "reason": reason_of(rollout.decision, release),
        "revision": rollout.location,
        "diff": {
            "before": {"revision": place_of(group.get("target_revision"))},
            "after": {"revision": place_of(rollout.location if rollout.starts else group.get("target_revision"))},
        },
        "awaits": awaits_of(rollout.decision, group, params),
        "waiting": rollout.waiting,
        "warnings": warnings,
        **({"bundle": bundle} if bundle else {}),
        **({"removed_bundles": rollout.expired, "spared_bundles": spared} if params["keep"] else {}),
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
