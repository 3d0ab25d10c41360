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
      - The deployment group to deploy to. It must exist, see M(slipway.codedeploy.deployment_group).
    type: str
    required: true
    aliases: [deployment_group]
  source:
    description:
      - The directory that holds the application, with C(appspec.yml) at its top, on the host that runs the task (usually the controller).
      - Everything in it is bundled, except version control folders (C(.git), C(.hg), C(.svn), C(.bzr), C(CVS)). Links to files inside the
        directory are followed; other links, and files that are neither file nor directory, are errors.
      - Exactly one of O(source) and O(revision) is needed.
    type: path
  s3_bucket:
    description:
      - The bucket for the bundle of O(source), in the region of the application.
    type: str
  s3_prefix:
    description:
      - Where in the bucket bundles are kept. The key is O(s3_prefix), the application's name and the bundle's digest.
    type: str
    default: ""
  revision:
    description:
      - A revision that exists, instead of O(source). RV(revision) of an earlier task can be given as it is.
    type: dict
    suboptions:
      revision_type:
        description:
          - The kind of revision. It follows from the location, and is accepted so that a returned revision can be given back.
        type: str
        choices: [S3, GitHub]
      s3_location:
        description:
          - A bundle in S3.
        type: dict
        suboptions:
          bucket:
            description: The bucket.
            type: str
            required: true
          key:
            description: The object's key.
            type: str
            required: true
          bundle_type:
            description: The bundle's format.
            type: str
            choices: [zip, tar, tgz]
            default: zip
          version:
            description: The object's version, in a bucket with versions. The latest when it is left out.
            type: str
          e_tag:
            description: The object's ETag. The agent refuses another object. Not checked when it is left out.
            type: str
      git_hub_location:
        description:
          - A commit on GitHub.
        type: dict
        suboptions:
          repository:
            description: Account and repository, as V(account/repository).
            type: str
            required: true
          commit_id:
            description: The commit's SHA-1.
            type: str
            required: true
  force:
    description:
      - Deploy even if the deployment group has the revision already.
    type: bool
    default: false
  description:
    description:
      - A comment on the deployment, at most 256 characters.
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
        description: Whether to roll back automatically.
        type: bool
        default: true
      events:
        description: On which events.
        type: list
        elements: str
        choices: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST]
        default: []
  wait:
    description:
      - Follow the deployment to its end. The task fails if the deployment does.
      - With V(false), the task ends when the deployment is created.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to follow the deployment, and then its rollback, if there is one.
      - When the time is up, the task fails and tells what is known. The deployment goes on; run the task again to follow it further.
    type: int
    default: 3600
  wait_delay:
    description:
      - Seconds between two looks at the deployment. A look costs one to three calls.
    type: int
    default: 10
  diagnose:
    description:
      - For how many failed targets the diagnosis tells everything. The others are counted by cause.
    type: int
    default: 5
attributes:
  check_mode:
    support: full
    details: Everything is checked, nothing is uploaded, registered or deployed, and nothing is awaited.
  diff_mode:
    support: full
    details: Shows the deployment group's revision before and after.
  idempotent:
    support: full
    details: Not with O(force=true).
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetDeploymentGroup), C(codedeploy:GetDeployment), C(codedeploy:GetApplicationRevision),
    C(codedeploy:RegisterApplicationRevision), C(codedeploy:CreateDeployment), C(codedeploy:GetDeploymentConfig),
    C(codedeploy:ListDeploymentTargets), C(codedeploy:BatchGetDeploymentTargets); with O(source) also C(s3:ListBucket) on the bucket,
    C(s3:GetObject) and C(s3:PutObject) on its objects. C(codedeploy:GetApplication) makes the error for a missing application precise."
  - Waiting is done by an action plugin on the controller, which shows a line whenever something changes. Therefore C(async) cannot be used with
    this module; use O(wait=false) and M(slipway.codedeploy.deployment_info).
  - Interrupting the task does not stop the deployment.
seealso:
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.deployment_group
  - module: slipway.codedeploy.deployment_info
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
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
deployment:
  description: The deployment as AWS describes it, when it was seen last.
  returned: when it was awaited and did not fail
  type: dict
  sample: {"deployment_id": "d-3KX1ZQ2AB", "status": "Succeeded", "deployment_overview": {"succeeded": 3, "failed": 0}}
diagnosis:
  description: Why the deployment failed.
  returned: when the deployment failed or was stopped
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
      description: The targets that the deployment did not touch.
      type: list
      elements: str
      sample: [web-2, web-3]
    rollback:
      description: What became of the rollback; V(null) if there was none.
      type: dict
      sample: {"deployment_id": "d-9QD7PL4ZX", "status": "Succeeded", "message": "3 of 3 succeeded"}
"""

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._bundle.manifest import BundleError
from ..module_utils._deployment_configs import require_deployment_config
from ..module_utils._deployments import blocking_deployment, create_deployment, find_deployment
from ..module_utils._errors import CodeDeployError, Connect
from ..module_utils._releases import (
    Release,
    active_deployment_id,
    attach_to,
    decide,
    release_from_revision,
    release_from_source,
    require_deployment_group,
    store_release,
)
from ..module_utils._revisions import Location, place_of, register_revision
from ..module_utils._validation import InvalidOption, check_length, check_name, check_positive

# Options that are members of CreateDeployment by the same name.
MEMBERS = (
    "description",
    "deployment_config_name",
    "file_exists_behavior",
    "ignore_application_stop_failures",
    "update_outdated_instances_only",
    "auto_rollback_configuration",
)

Params = dict[str, t.Any]


def check_options(params: Params) -> None:
    """Raise InvalidOption for what the service would refuse, before anything is written."""
    check_name("application_name", params["application_name"])
    check_name("deployment_group_name", params["deployment_group_name"])
    check_length("description", params["description"], 256)
    for option in ("wait_timeout", "wait_delay"):
        check_positive(option, params[option])


def wanted_release(connect: Connect, params: Params) -> Release:
    """The release that the options name. Raises CodeDeployError if it cannot be made or found."""
    if params["revision"]:
        return release_from_revision(connect, params["application_name"], params["revision"])
    try:
        return release_from_source(
            connect("s3"), params["application_name"], params["source"], params["s3_bucket"], params["s3_prefix"]
        )
    except BundleError as error:
        raise CodeDeployError(f"source: {error}") from error


def store(connect: Connect, release: Release, params: Params) -> Location:
    """Put RELEASE where the hosts find it, register it with the application, and return its location."""
    try:
        location = store_release(connect("s3"), release)
    except BundleError as error:
        raise CodeDeployError(f"source: {error}") from error
    register_revision(connect("codedeploy"), params["application_name"], location, params["description"])
    return location


def create(client: t.Any, release: Release, location: Location, params: Params) -> str:
    """Create the deployment and return its id; the id of the one in flight if another run was faster with the same release."""
    members = {name: params[name] for name in MEMBERS}
    try:
        return create_deployment(client, params["application_name"], params["deployment_group_name"], location, members)
    except CodeDeployError as error:
        blocking = blocking_deployment(error)
        in_flight = find_deployment(client, blocking) if blocking else None
        if in_flight is None:
            raise
        return str(attach_to(in_flight, release.identity).deployment_id)


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Start, unless CHECK_MODE, what brings the wanted release to the group, and return the module's result."""
    check_options(params)
    client = connect("codedeploy")
    group = require_deployment_group(client, params["application_name"], params["deployment_group_name"])
    if params["deployment_config_name"]:
        require_deployment_config(client, params["deployment_config_name"])
    release = wanted_release(connect, params)
    active = active_deployment_id(group)
    decision = decide(group, find_deployment(client, active) if active else None, release.identity, params["force"])
    location, deployment_id = release.location, decision.deployment_id
    if decision.action == "create" and not check_mode:
        location = store(connect, release, params)
        deployment_id = create(client, release, location, params)
    changed = decision.action != "none"
    return {
        "changed": changed,
        "deployment_id": deployment_id,
        "reason": decision.reason,
        "revision": location,
        "diff": {
            "before": {"revision": place_of(group.get("target_revision"))},
            "after": {"revision": place_of(location if changed else group.get("target_revision"))},
        },
        **({"bundle": release.facts} if release.facts else {}),
    }


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec={
            "application_name": {"type": "str", "required": True, "aliases": ["application"]},
            "deployment_group_name": {"type": "str", "required": True, "aliases": ["deployment_group"]},
            "source": {"type": "path"},
            "s3_bucket": {"type": "str"},
            "s3_prefix": {"type": "str", "default": ""},
            "revision": {
                "type": "dict",
                "mutually_exclusive": [["s3_location", "git_hub_location"]],
                "required_one_of": [["s3_location", "git_hub_location"]],
                "options": {
                    "revision_type": {"type": "str", "choices": ["S3", "GitHub"]},
                    "s3_location": {
                        "type": "dict",
                        "options": {
                            "bucket": {"type": "str", "required": True},
                            "key": {"type": "str", "required": True, "no_log": False},
                            "bundle_type": {"type": "str", "choices": ["zip", "tar", "tgz"], "default": "zip"},
                            "version": {"type": "str"},
                            "e_tag": {"type": "str"},
                        },
                    },
                    "git_hub_location": {
                        "type": "dict",
                        "options": {
                            "repository": {"type": "str", "required": True},
                            "commit_id": {"type": "str", "required": True},
                        },
                    },
                },
            },
            "force": {"type": "bool", "default": False},
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
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 3600},
            "wait_delay": {"type": "int", "default": 10},
            "diagnose": {"type": "int", "default": 5},
        },
        mutually_exclusive=[["source", "revision"]],
        required_one_of=[["source", "revision"]],
        required_by={"source": ["s3_bucket"]},
        supports_check_mode=True,
    )
    try:
        module.exit_json(**ensure(module.client, module.params, module.check_mode))
    except (InvalidOption, CodeDeployError) as error:
        module.fail_json_aws_error(error)


if __name__ == "__main__":
    main()
