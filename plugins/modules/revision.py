#!/usr/bin/python
# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: revision
version_added: 0.1.0
short_description: Bundle, upload and register revisions of AWS CodeDeploy applications
description:
  - Makes a bundle from a directory, or takes a ready-made one, uploads it to S3 and registers it with the application. Or registers an existing
    revision in S3, on GitHub, or given as the content of an AppSpec.
  - A bundle is identified by the digest of its content. If the bucket already has it, nothing is archived or uploaded, and if it is already
    registered, nothing changes.
  - The archive is made while it is uploaded, without a temporary file, and is the same for the same content. An upload that fails or is interrupted
    removes what it has uploaded.
  - M(slipway.codedeploy.deploy) includes all of this. Use this module to register a revision in one place and deploy it from others.
author:
  - The slipway.codedeploy contributors (@slipway-collections)
options:
  application_name:
    description:
      - The application that the revision belongs to. It must exist, see M(slipway.codedeploy.application).
    type: str
    required: true
    aliases: [application]
  description:
    description:
      - A comment on the revision, at most 256 characters. It replaces the comment of a registered revision.
    type: str
  state:
    description:
      - A revision can only be registered. AWS has no call to deregister one.
    type: str
    choices: [present]
    default: present
attributes:
  check_mode:
    support: full
    details: The bundle's content is read and looked up. Nothing is archived, uploaded or registered. A bundle that would be uploaded has no ETag
      yet.
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
notes:
  - "Required IAM permissions: C(codedeploy:GetApplication), C(codedeploy:GetApplicationRevision), C(codedeploy:RegisterApplicationRevision); with
    O(source) also C(s3:ListBucket) on the bucket, C(s3:GetObject) and C(s3:PutObject) on its objects; with O(keep) also
    C(codedeploy:ListDeploymentGroups), C(codedeploy:BatchGetDeploymentGroups), C(codedeploy:BatchGetDeployments), and C(s3:DeleteObject) on the
    bucket's objects."
seealso:
  - module: slipway.codedeploy.application
  - module: slipway.codedeploy.deploy
extends_documentation_fragment:
  - slipway.codedeploy.attributes
  - slipway.codedeploy.source
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - slipway.codedeploy.requirements
"""

EXAMPLES = r"""
- name: Bundle a directory, without logs and tests
  slipway.codedeploy.revision:
    application_name: web-app
    source: "{{ playbook_dir }}/web-app"
    s3_bucket: my-releases
    exclude:
      - "*.log"
      - /tests/

- name: Bundle it as a small tgz that preserves links, encrypted with a custom key
  slipway.codedeploy.revision:
    application_name: web-app
    source: web-app
    s3_bucket: my-releases
    s3_prefix: bundles
    bundle_type: tgz
    symlinks: preserve
    compression: 9
    server_side_encryption: aws:kms
    kms_key_id: alias/releases
    bucket_key_enabled: true
    object_tags:
      team: shop
  register: built

- name: Deploy that bundle, later or elsewhere
  slipway.codedeploy.deploy:
    application_name: web-app
    deployment_group_name: production
    revision: "{{ built.revision }}"

- name: Bundle a directory without an AppSpec of its own
  slipway.codedeploy.revision:
    application_name: web-app
    source: web-app/scripts
    s3_bucket: my-releases
    appspec:
      version: 0.0
      os: linux
      files:
        - source: /
          destination: /opt/web-app/scripts

- name: Upload and register a ready-made bundle
  slipway.codedeploy.revision:
    application_name: web-app
    source: bundle.tgz
    s3_bucket: my-releases
    description: Build 814

- name: Keep the last five bundles, and those that deployment groups need
  slipway.codedeploy.revision:
    application_name: web-app
    source: web-app
    s3_bucket: my-releases
    keep: 5

- name: Register a bundle that is already in S3
  slipway.codedeploy.revision:
    application_name: web-app
    revision:
      s3_location:
        bucket: my-releases
        key: web-app/1.4.2.tgz
        bundle_type: tgz

- name: Register an AppSpec for a Lambda application
  slipway.codedeploy.revision:
    application_name: thumbnails
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
                  CurrentVersion: "3"
                  TargetVersion: "4"

- name: Register an AppSpec for an ECS application
  slipway.codedeploy.revision:
    application_name: api
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
revision:
  description: The revision, in the form that the options C(revision) of M(slipway.codedeploy.revision) and M(slipway.codedeploy.deploy) take.
  returned: always
  type: dict
  sample:
    revision_type: S3
    s3_location:
      bucket: my-releases
      key: web-app/0f343b0931126a20f133d67c2b018a3b4b7b8d5a8f3f4d4f7f1d7a0f5b6c7d8e.zip
      bundle_type: zip
      e_tag: 6805f2cfc46c0f04559748bb039d69ae
registered:
  description: Whether the task registered the revision, or would in check mode. V(false) if it was already registered.
  returned: always
  type: bool
  sample: true
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
"""

import functools
import typing as t

from ..module_utils._applications import require_application
from ..module_utils._aws.calls import Connect
from ..module_utils._plan import carried_out
from ..module_utils._releases.options import SOURCE_ARGUMENTS, SOURCE_CONSTRAINTS, source_options
from ..module_utils._releases.registration import Registration, carry_out
from ..module_utils._releases.releases import begin_bundle, find_registration, wanted_release
from ..module_utils._releases.retention import find_expired
from ..module_utils._releases.rules import check_platform, check_source_options
from ..module_utils._run import keeping, run
from ..module_utils._validation import check_length, check_name

Params = dict[str, t.Any]

ARGUMENTS: dict[str, t.Any] = {
    **SOURCE_ARGUMENTS,
    "application_name": {"type": "str", "required": True, "aliases": ["application"]},
    "description": {"type": "str"},
    "state": {"type": "str", "choices": ["present"], "default": "present"},
}
CONSTRAINTS: dict[str, t.Any] = SOURCE_CONSTRAINTS


def check_options(params: Params) -> None:
    """Raise InvalidOption for what the service would refuse, before anything is read."""
    check_name("application_name", params["application_name"])
    check_length("description", params["description"], 256)
    check_source_options(source_options(params))


def ensure(connect: Connect, params: Params, check_mode: bool) -> dict[str, t.Any]:
    """Bring the revision into S3 and to the application, unless CHECK_MODE, and return the module's result."""
    check_options(params)
    begun = begin_bundle(source_options(params))
    client, name = connect("codedeploy"), params["application_name"]
    platform = require_application(client, name)["compute_platform"]
    check_platform(platform, source_options(params))
    release = wanted_release(connect, params, platform, begun)
    with keeping(list(release.warnings)):
        known = find_registration(client, name, release)
        expired, spared = find_expired(connect, params, release.location)
        planned = Registration(release.location, known, params["description"], expired)
        done = carried_out(planned, functools.partial(carry_out, connect, params, release), check_mode)
    return {
        "changed": done.registers or bool(done.expired),
        "revision": done.location,
        "registered": done.registers,
        "warnings": list(release.warnings),
        "diff": done.diff,
        **({"bundle": release.facts} if release.facts else {}),
        **({"removed_bundles": done.expired, "spared_bundles": spared} if params["keep"] else {}),
    }


def main() -> None:
    """Run the module."""
    run(ARGUMENTS, CONSTRAINTS, ensure)


if __name__ == "__main__":
    main()
