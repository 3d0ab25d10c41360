# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups of bundles in S3, with explanations of why a lookup fails.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._aws.calls import aws_call, error_code
from .._errors import CodeDeployError

# The name of the bundle's digest in an object's metadata.
DIGEST = "slipway-digest"

# S3 answers a HEAD request without a body, so its error codes are bare HTTP statuses.
NOT_FOUND = ["404", "NoSuchKey", "NotFound"]


class StoredObject(t.NamedTuple):
    """An object in S3: its ETag without quotes, its version in a versioned bucket, and the digest of the bundle that we stored."""

    e_tag: str
    version: str | None = None
    digest: str | None = None


@aws_call("find the bundle in S3")
def _head_object(s3: t.Any, **place: str) -> dict[str, t.Any] | None:
    try:
        return t.cast("dict[str, t.Any]", s3.head_object(**place))
    except is_boto3_error_code(NOT_FOUND):
        return None


@aws_call("find the bucket")
def _head_bucket(s3: t.Any, **place: str) -> None:
    s3.head_bucket(**place)


def find_object(
    s3: t.Any, bucket: str, key: str, version: str | None = None, owner: str | None = None, option: str = "s3_bucket"
) -> StoredObject | None:
    """Return the object, None if the bucket has no such object. OWNER is the account that must own the bucket.

    Raise CodeDeployError that distinguishes a missing bucket, one in another region and one that is not readable, and names the OPTION
    with the bucket.
    """
    place = {"Bucket": bucket, **({"ExpectedBucketOwner": owner} if owner else {})}
    try:
        found = _head_object(s3, **place, Key=key, **({"VersionId": version} if version else {}))
        if found is None:
            _head_bucket(s3, **place)
            return None
    except CodeDeployError as error:
        if version and error_code(error) == "400":
            refusal = f"{version!r} is not a version of {key!r} in bucket {bucket!r}"
        else:
            refusal = _refusal(error, bucket, s3.meta.region_name, owner)
        raise CodeDeployError(f"{option}: {refusal}", error.exception) from error
    return stored_object(found)


def stored_object(answer: t.Mapping[str, t.Any]) -> StoredObject:
    """Return the object of S3's ANSWER. A bucket with suspended versioning returns the version `null`, which is none."""
    version = answer.get("VersionId")
    digest = answer.get("Metadata", {}).get(DIGEST)
    return StoredObject(str(answer["ETag"]).strip('"'), None if version == "null" else version, digest)


def _refusal(error: CodeDeployError, bucket: str, region: str, owner: str | None) -> str:
    code = error_code(error)
    if code in ("404", "NoSuchBucket"):
        return f"there is no bucket {bucket!r}. Create it, or check its name"
    if code in ("403", "AccessDenied"):
        return (
            f"not allowed to use bucket {bucket!r}{f', or account {owner} does not own it' if owner else ''}. "
            "The credentials need s3:ListBucket on the bucket, and s3:GetObject and s3:PutObject on its "
            "objects. (Without s3:ListBucket, S3 also answers 403 for an object that does not exist.)"
        )
    if code in ("301", "400", "PermanentRedirect", "AuthorizationHeaderMalformed"):
        return f"bucket {bucket!r} is not in region {region}. CodeDeploy needs a bucket in the same region"
    return f"cannot use bucket {bucket!r}"
