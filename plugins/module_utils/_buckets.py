# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles in S3: is it there, and put it there.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import tempfile
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from ._bundle.archive import write_zip
from ._bundle.manifest import Manifest
from ._errors import CodeDeployError, aws_call, error_code

# S3 answers a HEAD without a body, so its error codes are bare HTTP statuses.
NOT_FOUND = ["404", "NoSuchKey", "NotFound"]


@aws_call("look for the bundle in S3")
def _head_object(s3: t.Any, bucket: str, key: str, **pinned: str) -> dict[str, t.Any] | None:
    try:
        return t.cast("dict[str, t.Any]", s3.head_object(Bucket=bucket, Key=key, **pinned))
    except is_boto3_error_code(NOT_FOUND):
        return None


@aws_call("look for the bucket")
def _head_bucket(s3: t.Any, bucket: str) -> None:
    s3.head_bucket(Bucket=bucket)


@aws_call("upload the bundle")
def _upload(s3: t.Any, file: t.IO[bytes], bucket: str, key: str, digest: str) -> None:
    s3.upload_fileobj(file, bucket, key, ExtraArgs={"Metadata": {"slipway-digest": digest}})


def find_object(s3: t.Any, bucket: str, key: str, version: str | None = None) -> str | None:
    """The ETag of the object, without its quotes; None if the bucket has no such object.

    Raises CodeDeployError that tells a missing bucket, a bucket elsewhere and one that may not be read apart.
    """
    try:
        found = _head_object(s3, bucket, key, **({"VersionId": version} if version else {}))
    except CodeDeployError as error:
        raise CodeDeployError(_refusal(error, bucket, s3.meta.region_name), error.exception) from error
    if found is not None:
        return str(found["ETag"]).strip('"')
    _require_bucket(s3, bucket)
    return None


def _require_bucket(s3: t.Any, bucket: str) -> None:
    try:
        _head_bucket(s3, bucket)
    except CodeDeployError as error:
        raise CodeDeployError(_refusal(error, bucket, s3.meta.region_name), error.exception) from error


def _refusal(error: CodeDeployError, bucket: str, region: str) -> str:
    code = error_code(error)
    if code in ("404", "NoSuchBucket"):
        return f"s3_bucket: there is no bucket {bucket!r}. Create it, or check the name"
    if code in ("403", "AccessDenied"):
        return (
            f"s3_bucket: not allowed to use bucket {bucket!r}. It needs s3:ListBucket on the bucket and s3:GetObject and s3:PutObject on its "
            "objects; without s3:ListBucket, S3 says the same of an object that is not there"
        )
    if code in ("301", "400", "PermanentRedirect", "AuthorizationHeaderMalformed"):
        return f"s3_bucket: bucket {bucket!r} is not in region {region}. CodeDeploy needs a bucket in its own region"
    return f"s3_bucket: cannot use bucket {bucket!r}"


def upload_bundle(s3: t.Any, manifest: Manifest, bucket: str, key: str) -> None:
    """Archive MANIFEST's tree and put it at KEY. An upload that is cut off leaves no object behind."""
    with tempfile.TemporaryFile() as file:
        write_zip(manifest, file)
        file.seek(0)
        _upload(s3, file, bucket, key, manifest.digest)
