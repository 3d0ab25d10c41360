# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

# The ways to say where a revision is, as they are given to `revision`.
_PLACES = r"""
    suboptions:
      revision_type:
        description:
          - The kind of revision. Derived from the location; accepted so that a returned revision can be passed back.
        type: str
        choices: [S3, GitHub, String, AppSpecContent]
      s3_location:
        description:
          - A bundle in S3, or an AppSpec in S3 for the compute platforms Lambda and ECS.
        type: dict
        suboptions:
          bucket:
            description: The name of the bucket.
            type: str
            required: true
          key:
            description: The key of the object.
            type: str
            required: true
          bundle_type:
            description:
              - The format of the object. V(zip), V(tar) and V(tgz) are for the compute platform Server, V(YAML) and V(JSON) for Lambda and ECS.
            type: str
            choices: [zip, tar, tgz, YAML, JSON]
            default: zip
          version:
            description: The version of the object, in a versioned bucket. The latest when omitted.
            type: str
          e_tag:
            description: The ETag of the object. The host agent refuses an object with another ETag. Not checked when omitted.
            type: str
      git_hub_location:
        description:
          - A commit on GitHub.
        type: dict
        suboptions:
          repository:
            description: The GitHub account and repository, as V(account/repository).
            type: str
            required: true
          commit_id:
            description: The SHA-1 of the commit.
            type: str
            required: true
      app_spec_content:
        description:
          - An AppSpec for the compute platforms Lambda and ECS, stored in CodeDeploy itself.
        type: dict
        suboptions: &content
          content:
            description:
              - The AppSpec, as a mapping or as a string. A mapping is converted to JSON, which CodeDeploy accepts as well as YAML.
            type: raw
          path:
            description: The file that contains the AppSpec, instead of C(content).
            type: path
          sha256:
            description: The hexadecimal SHA-256 digest of the AppSpec's text. Computed when omitted. Given alone, it identifies a registered
              revision.
            type: str
      string:
        description:
          - An AppSpec for the compute platform Lambda, in the older form. Prefer C(app_spec_content).
        type: dict
        suboptions: *content
"""


class ModuleDocFragment:
    """The options that say what a release is made of, and how its bundle gets into S3."""

    DOCUMENTATION = r"""
options:
  source:
    description:
      - What to make the bundle from, on the host that runs the task (usually the controller). Exactly one of O(source) and O(revision) is required.
      - Either a directory that contains the application, with C(appspec.yml) at its top. Everything in it is bundled, including empty directories,
        except version control directories (C(.git), C(.hg), C(.svn), C(.bzr), C(CVS)) and what O(exclude), O(include) and C(.codedeployignore)
        leave out.
      - Or a ready-made zip, tar or tgz file with C(appspec.yml) at its top, or in its only directory. It is read to its end, checked the way a host
        agent would unpack it, and uploaded as it is. Before that, whatever an agent would refuse, lose or write elsewhere is an error, such as
        absolute paths, C(..), backslashes in a zip, links that leave the archive or that another member is written through, devices, duplicate or
        encrypted members, a wrong checksum, or a compression other than deflate.
      - For Windows hosts, names that Windows refuses or does not tell apart are errors too, in a directory as well as in an archive, see
        O(fail_on).
      - A bundle has at most 500,000 files and directories and 32 GiB of content. A path has at most 3,968 bytes and 255 names of 255 bytes each. An
        archive may unpack to 1 GiB or to 100 times its own size, whichever is more; if it is larger, give its content as a directory.
      - Files must not be replaced, written or removed while the bundle is made, otherwise the task fails. Pipes, sockets and devices are errors
        unless they are excluded.
      - A bundle is identified by the digest of its content. Of a file's permissions, only whether it is executable counts; times and owners do not.
    type: path
  fail_on:
    description:
      - When to fail for problems in the AppSpec. It is checked before anything is written, as M(slipway.codedeploy.appspec_info) does, if it is in
        O(source) or given as content.
      - With V(error) the task fails for what would fail on the hosts, with V(warning) also for what is almost certainly a mistake, and with
        V(never) it does not fail. Problems that do not fail the task are shown as warnings.
    type: str
    choices: [error, warning, never]
    default: error
  s3_bucket:
    description:
      - The bucket for the bundle of O(source), in the region of the application. Required with O(source).
    type: str
  s3_prefix:
    description:
      - The prefix of the bundles' keys in the bucket. A key consists of O(s3_prefix), the application's name, and the bundle's digest with its
        type.
    type: str
    default: ""
  revision:
    description:
      - An existing revision, instead of O(source). RV(revision) of an earlier task can be passed as it is.
    type: dict
"""
    DOCUMENTATION += _PLACES
    DOCUMENTATION += r"""
  bundle_type:
    description:
      - The format of a bundle that is made from a directory. V(zip) when omitted.
      - The format of a ready-made file is detected; this option then only checks it.
    type: str
    choices: [zip, tar, tgz]
  exclude:
    description:
      - What to leave out of a directory, as patterns in the syntax of C(.gitignore), relative to O(source).
      - They are read after the patterns of a file C(.codedeployignore) at the top of O(source), and the last pattern that matches counts. So
        V(!.git) includes what is left out by default.
      - A pattern has at most 1,024 characters. C(.codedeployignore) has at most 64 KiB and 2,000 lines, and must be a regular file.
      - C(appspec.yml) is always bundled, C(.codedeployignore) never.
    type: list
    elements: str
    default: []
  include:
    description:
      - What to bundle from a directory, as patterns in the same syntax as O(exclude). Everything when omitted.
      - What O(exclude) and C(.codedeployignore) leave out is not bundled, even if it matches.
    type: list
    elements: str
    default: []
  symlinks:
    description:
      - How to treat symbolic links in a directory.
      - V(follow) bundles the file or directory that a link points to, which must be inside O(source). A directory that several links point to is
        bundled several times, but at most 50,000 directories are bundled again.
      - V(follow_outside) does the same, wherever the link points.
      - V(preserve) bundles the links themselves. They must be relative and point into O(source), and O(bundle_type) must be V(tar) or V(tgz),
        because the host agent drops links from a zip on hosts without C(unzip).
      - V(error) makes every link an error.
    type: str
    choices: [follow, follow_outside, preserve, error]
    default: follow
  appspec:
    description:
      - The AppSpec, if it is not the C(appspec.yml) at the top of the directory. It is bundled under that name.
      - Either the path of a file, or the AppSpec itself as a mapping.
    type: raw
  compression:
    description:
      - The compression level, from V(0) (none) to V(9) (best).
      - V(1) is fast. V(6) makes bundles of text a sixth smaller and takes three times as long, which pays off if the network to S3 or to many hosts
        is slow. Content that does not compress (images, archives, media) is recognized and stored uncompressed at any level.
    type: int
    default: 1
  server_side_encryption:
    description:
      - How S3 encrypts the bundle. The bucket's own setting applies when omitted.
    type: str
    choices: [AES256, "aws:kms", "aws:kms:dsse"]
  kms_key_id:
    description:
      - The KMS key (ID, ARN or alias) for O(server_side_encryption) with KMS. The hosts must be allowed to use it.
    type: str
  bucket_key_enabled:
    description:
      - Whether S3 uses a bucket key for O(server_side_encryption=aws:kms), which saves calls to KMS.
    type: bool
  acl:
    description:
      - The canned ACL of the bundle, such as V(bucket-owner-full-control) for another account's bucket.
    type: str
    choices: [private, public-read, public-read-write, authenticated-read, aws-exec-read, bucket-owner-read, bucket-owner-full-control]
  object_tags:
    description:
      - Tags for the bundle, at most 10. They are set when it is uploaded; a bundle that the bucket already has keeps its own.
    type: dict
  metadata:
    description:
      - Metadata for the bundle, in addition to C(slipway-digest), which is always set.
    type: dict
  storage_class:
    description:
      - The storage class of the bundle. Classes from which objects must be restored first are not available, since the host agent cannot use them.
    type: str
    choices: [STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR]
  checksum_algorithm:
    description:
      - The checksum with which S3 verifies the upload. V(CRC32) when omitted.
    type: str
    choices: [CRC32, SHA1, SHA256]
  expected_bucket_owner:
    description:
      - The ID of the account that must own the bucket. Nothing is read from or written to a bucket of another account.
    type: str
  abort_incomplete:
    description:
      - Whether to abort incomplete uploads of this very bundle, which interrupted runs have left in the bucket, before uploading it.
      - Do not use it if two runs may upload the same bundle at the same time, since one would abort the other's upload. A lifecycle rule of the
        bucket (C(AbortIncompleteMultipartUpload)) does the same for all bundles, after some days.
    type: bool
    default: false
  keep:
    description:
      - How many bundles of the application to keep in O(s3_bucket) under O(s3_prefix), including the one of this task. Older ones are removed. When
        omitted, nothing is removed.
      - A bundle that a deployment group of the application has as its target, last successful or last attempted revision always stays. So do
        objects that this collection did not name by the digest of their content, and objects under other prefixes.
      - Recently uploaded bundles stay too, since another run may be about to deploy them, see O(keep_younger_than).
      - Bundles that only another application uses are not protected.
      - In a versioned bucket, removed bundles stay as noncurrent versions until a lifecycle rule expires them.
      - Can only be used with O(source).
      - If S3 refuses to remove bundles, M(slipway.codedeploy.revision) fails, whereas M(slipway.codedeploy.deploy) warns, since it may have a
        deployment to follow.
    type: int
  keep_younger_than:
    description:
      - With O(keep), the age in seconds below which no bundle is removed. CodeDeploy does not know of a bundle that another run has uploaded and is
        about to deploy, so this must be longer than any run takes from its upload to its last deployment.
      - The age is counted from the upload. An older bundle that another run is about to deploy again, since its content has returned, is not
        recognized before its deployment exists. If it is removed, run that task again, which uploads it again.
      - V(0) protects no bundle by its age.
    type: int
    default: 86400
  s3_connection:
    description:
      - How to connect to S3, if that differs from how to connect to CodeDeploy. Settings that are omitted are the same as for CodeDeploy.
    type: dict
    suboptions:
      region:
        description: The region of O(s3_bucket).
        type: str
      endpoint_url:
        description: The URL of an S3 endpoint.
        type: str
      profile:
        description: A named profile for the credentials.
        type: str
      access_key:
        description: An access key ID, together with C(secret_key).
        type: str
      secret_key:
        description: The secret access key.
        type: str
      session_token:
        description: The session token of temporary credentials.
        type: str
notes:
  - "Some options need additional permissions. O(acl): C(s3:PutObjectAcl). O(object_tags): C(s3:PutObjectTagging). O(abort_incomplete):
    C(s3:ListBucketMultipartUploads) on the bucket and C(s3:AbortMultipartUpload) on its objects; the latter is also needed to clean up after a
    failed upload. O(kms_key_id): C(kms:GenerateDataKey) and C(kms:Decrypt) on the key. A version in O(revision): C(s3:GetObjectVersion)."
  - If the Python library C(isal) is installed where the task runs, bundles are compressed several times faster at levels 1 to 3.
"""

    # For a module that deploys to a group, which has a past. It goes before DOCUMENTATION, whose `revision` it replaces.
    DEPLOYED = r"""
options:
  revision:
    description:
      - An existing revision, instead of O(source). RV(revision) of an earlier task can be passed as it is.
      - Or the ID of a deployment of the application, such as V(d-3KX1ZQ2AB), to any deployment group, to use its revision.
      - Or V(previous), the revision that the deployment group had before its last release. If that release did not succeed, this is the
        last revision that did; otherwise it is the last other revision that succeeded before it.
      - A rollback does not count as a release. So V(previous) changes nothing if the deployment group has already been rolled back, by an
        earlier run of the task, by M(slipway.codedeploy.deployment) or by CodeDeploy's automatic rollback. To go further back, give the ID of
        a deployment. An earlier revision must still be in S3, see O(keep).
      - For the compute platform Lambda, an AppSpec names the version to shift from, so that of an earlier release no longer applies. There,
        V(previous) is the AppSpec of the last release, which must have succeeded, with its two versions swapped.
    type: raw
"""
    DEPLOYED += _PLACES
