# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

# The ways to say where a revision is, as they are given to `revision`.
_PLACES = r"""
    suboptions:
      revision_type:
        description:
          - The kind of revision. It follows from the location, and is accepted so that a returned revision can be given back.
        type: str
        choices: [S3, GitHub, String, AppSpecContent]
      s3_location:
        description:
          - A bundle in S3, or an AppSpec in S3 for the platforms Lambda and ECS.
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
            description:
              - The object's format. V(zip), V(tar) and V(tgz) are for the platform Server, V(YAML) and V(JSON) for Lambda and ECS.
            type: str
            choices: [zip, tar, tgz, YAML, JSON]
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
      app_spec_content:
        description:
          - An AppSpec for the platforms Lambda and ECS, kept by CodeDeploy itself.
        type: dict
        suboptions: &content
          content:
            description:
              - The AppSpec, as a mapping or as text. A mapping is turned into JSON, which CodeDeploy takes as well as YAML.
            type: raw
          path:
            description: The file that holds it, instead of C(content).
            type: path
          sha256:
            description: The digest of the text in hexadecimal. It is computed when it is left out. Alone it names a registered revision.
            type: str
      string:
        description:
          - An AppSpec for the platform Lambda, in the older form. Prefer C(app_spec_content).
        type: dict
        suboptions: *content
"""


class ModuleDocFragment:
    """The options that say what a release is made of, and how its bundle gets into S3."""

    DOCUMENTATION = r"""
options:
  source:
    description:
      - What the bundle is made of, on the host that runs the task (usually the controller). Exactly one of O(source) and O(revision) is needed.
      - A directory that holds the application, with C(appspec.yml) at its top. Everything in it is bundled, empty directories too, except
        version control folders (C(.git), C(.hg), C(.svn), C(.bzr), C(CVS)) and what O(exclude), O(include) and C(.codedeployignore) leave out.
      - Or a ready-made zip, tar or tgz file with C(appspec.yml) at its top, or in its only directory. It is read to its end and checked as a
        host agent would unpack it, then uploaded as it is. Whatever an agent would refuse, lose or write elsewhere is an error before that,
        such as absolute paths, C(..), backslashes in a zip, links that leave the archive or that something is written through, devices,
        duplicate or encrypted members, a wrong checksum, or another compression than deflate.
      - For hosts with Windows, names that Windows refuses or does not tell apart are errors too, in a directory as in an archive, see O(fail_on).
      - A bundle has at most 500,000 files and directories and 32 GiB of content. A path has at most 3,968 bytes and 255 names of 255 bytes each.
        An archive may unpack to 1 GiB or to 100 times its own size, whichever is more; give its content as a directory if it is larger.
      - Files must not be replaced, written or removed while the bundle is made; then the task fails. Pipes, sockets and devices are errors unless
        they are left out.
      - A bundle is known by the digest of what is in it. Of permissions only whether a file is executable counts; times and owners do not.
    type: path
  fail_on:
    description:
      - The AppSpec of O(source), and one that is given as content, is checked before anything is written, as M(slipway.codedeploy.appspec_info)
        does. With V(error) the task fails for what would fail on the hosts, with V(warning) also for what is almost surely a mistake, with
        V(never) for nothing. Problems that do not fail the task are shown as warnings.
    type: str
    choices: [error, warning, never]
    default: error
  s3_bucket:
    description:
      - The bucket for the bundle of O(source), in the region of the application. Needed with O(source).
    type: str
  s3_prefix:
    description:
      - Where in the bucket bundles are kept. The key is O(s3_prefix), the application's name, and the bundle's digest with its type.
    type: str
    default: ""
  revision:
    description:
      - A revision that exists, instead of O(source). RV(revision) of an earlier task can be given as it is.
    type: dict
"""
    DOCUMENTATION += _PLACES
    DOCUMENTATION += r"""
  bundle_type:
    description:
      - The format of the bundle that is made of a directory. V(zip) when it is left out.
      - A ready-made file is what it is; this option then only checks it.
    type: str
    choices: [zip, tar, tgz]
  exclude:
    description:
      - What of a directory stays out, as patterns in the syntax of C(.gitignore), relative to O(source).
      - They are read after those of a file C(.codedeployignore) at the top of O(source), and the last pattern that matches counts. So
        V(!.git) brings in what is left out otherwise.
      - A pattern has at most 1,024 characters, C(.codedeployignore) at most 64 KiB and 2,000 lines, and it must be a regular file.
      - C(appspec.yml) is always bundled, C(.codedeployignore) never.
    type: list
    elements: str
    default: []
  include:
    description:
      - What of a directory goes in, as patterns in the same syntax. Everything, when it is left out.
      - What O(exclude) and C(.codedeployignore) leave out stays out.
    type: list
    elements: str
    default: []
  symlinks:
    description:
      - What becomes of symbolic links in a directory.
      - V(follow) bundles what they point to, a file or a directory, as long as that lies in O(source). A directory that
        several links point to is bundled several times, but no more than 50,000 are bundled again.
      - V(follow_outside) does so wherever it lies.
      - V(preserve) bundles the links themselves. They must be relative and point into O(source), and O(bundle_type) must be V(tar) or V(tgz),
        because a host agent on a host without the program C(unzip) loses the links of a zip.
      - With V(error) a link is an error.
    type: str
    choices: [follow, follow_outside, preserve, error]
    default: follow
  appspec:
    description:
      - The AppSpec, if it is not the C(appspec.yml) at the top of the directory. It is bundled as that.
      - The path of a file, or the AppSpec itself as a mapping.
    type: raw
  compression:
    description:
      - How hard to compress, from V(0) (not at all) to V(9).
      - V(1) is fast. V(6) makes bundles of text a sixth smaller and takes three times as long, which pays where the way to S3 or to many hosts is
        slow. What does not compress (images, archives, media) is recognised and left alone at any level.
    type: int
    default: 1
  server_side_encryption:
    description:
      - How S3 encrypts the bundle. The bucket's own setting counts when it is left out.
    type: str
    choices: [AES256, "aws:kms", "aws:kms:dsse"]
  kms_key_id:
    description:
      - The KMS key (id, ARN or alias) for O(server_side_encryption) by KMS. The hosts must be allowed to use it.
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
      - Tags for the bundle, at most 10. They are set when it is uploaded; a bundle that is there already keeps its own.
    type: dict
  metadata:
    description:
      - Metadata for the bundle, beside C(slipway-digest), which is always there.
    type: dict
  storage_class:
    description:
      - The storage class of the bundle. Those from which an object has to be restored first are of no use to the host agent.
    type: str
    choices: [STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR]
  checksum_algorithm:
    description:
      - The checksum by which S3 verifies what it receives. V(CRC32) when it is left out.
    type: str
    choices: [CRC32, SHA1, SHA256]
  expected_bucket_owner:
    description:
      - The id of the account that owns the bucket. Nothing is read from or written to a bucket of another.
    type: str
  abort_incomplete:
    description:
      - Whether to remove what is left in the bucket of uploads of this very bundle that were killed, before it is uploaded.
      - Do not use it where two runs may upload the same bundle at the same time, since one would end the other's upload. A lifecycle rule of
        the bucket (C(AbortIncompleteMultipartUpload)) does the same for all, after days.
    type: bool
    default: false
  keep:
    description:
      - How many bundles of the application stay in O(s3_bucket) below O(s3_prefix), that of this task among them. Older ones are removed.
      - A bundle that a deployment group of the application has as its target, last successful or last attempted revision always stays. So
        does everything that this collection has not named, by the digest of its content, and what lies in another place.
      - So do those that were uploaded a short while ago, since another run may be about to deploy them, see O(keep_younger_than).
      - Another application that deploys this one's bundles does not keep them.
      - In a bucket with versions, S3 only hides what is removed. The bucket's lifecycle rules end it.
      - Nothing is removed when this is left out. Only with O(source).
      - Where S3 refuses to remove them, M(slipway.codedeploy.revision) fails. M(slipway.codedeploy.deploy) warns, since there may be a deployment to
        follow.
    type: int
  keep_younger_than:
    description:
      - With O(keep), the age in seconds below which no bundle is removed. CodeDeploy does not know of a bundle that another run has uploaded and is
        about to deploy, so this must be longer than any run takes from its upload to its last deployment.
      - What counts is the time of the upload. An older bundle that another run is about to deploy again, since its content is back, is not
        recognized before its deployment exists. If it is removed, run that task again, which uploads it anew.
      - V(0) spares none.
    type: int
    default: 86400
  s3_connection:
    description:
      - How to reach S3, where that is not how to reach CodeDeploy. What is left out is as for CodeDeploy.
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
        description: An access key id, with C(secret_key).
        type: str
      secret_key:
        description: The secret access key.
        type: str
      session_token:
        description: The session token of temporary credentials.
        type: str
notes:
  - "Some options need permissions beside the required ones. O(acl): C(s3:PutObjectAcl). O(object_tags): C(s3:PutObjectTagging).
    O(abort_incomplete): C(s3:ListBucketMultipartUploads) on the bucket and C(s3:AbortMultipartUpload) on its objects; the latter is also
    needed to remove what an upload that fails has left. O(kms_key_id): C(kms:GenerateDataKey) and C(kms:Decrypt) on the key. A version in
    O(revision): C(s3:GetObjectVersion)."
  - If the Python library C(isal) is installed where the task runs, bundles are compressed several times faster at the levels 1 to 3.
"""

    # For a module that deploys to a group, which has a past. It goes before DOCUMENTATION, whose `revision` it replaces.
    DEPLOYED = r"""
options:
  revision:
    description:
      - A revision that exists, instead of O(source). RV(revision) of an earlier task can be given as it is.
      - The id of a deployment of the application, such as V(d-3KX1ZQ2AB), to whichever deployment group, for the revision that it was of.
      - V(previous) for the revision that the deployment group had before its last release. If that release has not succeeded, this is the
        last revision that has; otherwise the last one that has succeeded before it and is another one.
      - Going back is no release. So V(previous) changes nothing when the deployment group has gone back already, by an earlier run of the
        task, by M(slipway.codedeploy.deployment) or by CodeDeploy's own rollback. Name a deployment to go further back. An earlier revision must
        still be in S3, see O(keep).
      - On the platform Lambda an AppSpec names the version to shift from, so that an earlier one does not fit any more. There V(previous) is the
        AppSpec of the last release, which must have succeeded, with its two versions exchanged.
    type: raw
"""
    DEPLOYED += _PLACES
