# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operation an S3 request is, and which IAM action permits it (AWS service authorization reference, Amazon S3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

# By method and the name in the query that decides, "" where none does: the operation and the action.
Requests = dict[tuple[str, str], tuple[str, str]]


def _settings(nouns: dict[str, str]) -> Requests:
    """Sub-resources that are read, written and removed as such, the operation and the action having one name."""
    verbs = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
    return {
        (method, name): (verb + noun, verb + noun) for name, noun in nouns.items() for method, verb in verbs.items()
    }


_BUCKET_REQUESTS: Requests = {
    **_settings(
        {
            "acl": "BucketAcl",
            "encryption": "EncryptionConfiguration",
            "lifecycle": "LifecycleConfiguration",
            "location": "BucketLocation",
            "policy": "BucketPolicy",
            "publicAccessBlock": "BucketPublicAccessBlock",
            "tagging": "BucketTagging",
            "versioning": "BucketVersioning",
        }
    ),
    ("GET", "uploads"): ("ListMultipartUploads", "ListBucketMultipartUploads"),
    ("GET", "versions"): ("ListObjectVersions", "ListBucketVersions"),
    ("POST", "delete"): ("DeleteObjects", "DeleteObject"),
    ("DELETE", ""): ("DeleteBucket", "DeleteBucket"),
    ("GET", ""): ("ListObjects", "ListBucket"),
    ("HEAD", ""): ("HeadBucket", "ListBucket"),
    ("PUT", ""): ("CreateBucket", "CreateBucket"),
}

_OBJECT_REQUESTS: Requests = {
    **_settings({"acl": "ObjectAcl", "attributes": "ObjectAttributes", "tagging": "ObjectTagging"}),
    ("DELETE", "uploadId"): ("AbortMultipartUpload", "AbortMultipartUpload"),
    ("GET", "uploadId"): ("ListParts", "ListMultipartUploadParts"),
    ("POST", "uploadId"): ("CompleteMultipartUpload", "PutObject"),
    ("POST", "uploads"): ("CreateMultipartUpload", "PutObject"),
    ("PUT", "uploadId"): ("UploadPart", "PutObject"),
    ("DELETE", "versionId"): ("DeleteObject", "DeleteObjectVersion"),
    ("GET", "versionId"): ("GetObject", "GetObjectVersion"),
    ("HEAD", "versionId"): ("HeadObject", "GetObjectVersion"),
    ("DELETE", ""): ("DeleteObject", "DeleteObject"),
    ("GET", ""): ("GetObject", "GetObject"),
    ("HEAD", ""): ("HeadObject", "GetObject"),
    ("PUT", ""): ("PutObject", "PutObject"),
}


def s3_request(method: str, path: str, query: str) -> tuple[str, str, dict[str, Any]]:
    """The operation, the IAM action and the parameters (bucket, key) of a request with the bucket in its path.

    What is not in the tables goes by its method, so that it shows in a record without passing for something else.
    """
    bucket, _slash, key = path.lstrip("/").partition("/")
    if not bucket:
        return "ListBuckets", "s3:ListAllMyBuckets", {}
    requests = _OBJECT_REQUESTS if key else _BUCKET_REQUESTS
    names = parse_qs(query, keep_blank_values=True)
    found = next((known for known in requests if known[0] == method and (not known[1] or known[1] in names)), None)
    operation, action = requests[found] if found else (method, method)
    return operation, f"s3:{action}", {"Bucket": bucket, "Key": key} if key else {"Bucket": bucket}
