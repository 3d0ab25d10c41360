# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is recorded of calls, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator
from emulator.http.s3_actions import s3_request


@pytest.mark.parametrize(
    ("method", "path", "query", "operation", "action"),
    [
        ("GET", "/", "", "ListBuckets", "s3:ListAllMyBuckets"),
        ("PUT", "/b", "", "CreateBucket", "s3:CreateBucket"),
        ("DELETE", "/b", "", "DeleteBucket", "s3:DeleteBucket"),
        ("HEAD", "/b", "", "HeadBucket", "s3:ListBucket"),
        ("GET", "/b", "list-type=2&prefix=a%2F", "ListObjects", "s3:ListBucket"),
        ("GET", "/b", "versions", "ListObjectVersions", "s3:ListBucketVersions"),
        ("GET", "/b", "uploads", "ListMultipartUploads", "s3:ListBucketMultipartUploads"),
        ("GET", "/b", "location", "GetBucketLocation", "s3:GetBucketLocation"),
        ("PUT", "/b", "versioning", "PutBucketVersioning", "s3:PutBucketVersioning"),
        ("POST", "/b", "delete", "DeleteObjects", "s3:DeleteObject"),
        ("GET", "/b/k", "", "GetObject", "s3:GetObject"),
        ("GET", "/b/k", "versionId=7", "GetObject", "s3:GetObjectVersion"),
        ("HEAD", "/b/k", "", "HeadObject", "s3:GetObject"),
        ("PUT", "/b/k", "", "PutObject", "s3:PutObject"),
        ("DELETE", "/b/k", "", "DeleteObject", "s3:DeleteObject"),
        ("POST", "/b/k", "uploads", "CreateMultipartUpload", "s3:PutObject"),
        ("PUT", "/b/k", "partNumber=1&uploadId=u", "UploadPart", "s3:PutObject"),
        ("POST", "/b/k", "uploadId=u", "CompleteMultipartUpload", "s3:PutObject"),
        ("DELETE", "/b/k", "uploadId=u", "AbortMultipartUpload", "s3:AbortMultipartUpload"),
        ("GET", "/b/k", "uploadId=u", "ListParts", "s3:ListMultipartUploadParts"),
        ("GET", "/b/k", "tagging", "GetObjectTagging", "s3:GetObjectTagging"),
        ("PUT", "/b/k", "acl", "PutObjectAcl", "s3:PutObjectAcl"),
    ],
)
def test_s3_requests(method: str, path: str, query: str, operation: str, action: str) -> None:
    found_operation, found_action, parameters = s3_request(method, path, query)
    assert (found_operation, found_action) == (operation, action)
    assert parameters == dict(zip(("Bucket", "Key"), (part for part in path.split("/") if part), strict=False))


def test_calls_of_every_service_in_order(emulator: Emulator) -> None:
    emulator.client("codedeploy").create_application(applicationName="shop")
    emulator.client("s3").create_bucket(Bucket="bundles")
    emulator.client("s3").put_object(Bucket="bundles", Key="a/one.zip", Body=b"a secret")
    emulator.client("sts").get_caller_identity()
    emulator.client("ecs").list_clusters()
    emulator.client("cloudwatch").describe_alarms()
    assert [call.action for call in emulator.calls] == [
        "codedeploy:CreateApplication",
        "s3:CreateBucket",
        "s3:PutObject",
        "sts:GetCallerIdentity",
        "ecs:ListClusters",
        "cloudwatch:DescribeAlarms",
    ]
    assert emulator.calls[0].parameters == {"applicationName": "shop"}
    assert emulator.calls[2].parameters == {"Bucket": "bundles", "Key": "a/one.zip"}
    assert {call.access_key for call in emulator.calls} == {"AKIAEMULATOR00000000"}
    assert [call.operation for call in emulator.calls.of("s3")] == ["CreateBucket", "PutObject"]
    emulator.calls.clear()
    assert len(emulator.calls) == 0


def test_refused_calls_are_recorded_with_their_status(emulator: Emulator) -> None:
    client = emulator.client("codedeploy")
    with pytest.raises(client.exceptions.ApplicationDoesNotExistException):
        client.get_application(applicationName="shop")
    s3, iam = emulator.client("s3"), emulator.client("iam")
    s3_missing = {"Bucket": "none"}
    refused: list[tuple[Any, dict[str, Any]]] = [
        (s3.head_bucket, s3_missing),
        (s3.list_objects, s3_missing),
        (iam.get_user, {"UserName": "x"}),
        (emulator.client("ecs").describe_services, {"cluster": "none", "services": ["x"]}),
    ]
    for call, members in refused:
        with pytest.raises(ClientError):
            call(**members)
    assert [(each.operation, each.status, each.error) for each in emulator.calls] == [
        ("GetApplication", 400, "ApplicationDoesNotExistException"),
        ("HeadBucket", 404, "404"),
        ("ListObjects", 404, "NoSuchBucket"),
        ("GetUser", 404, "NoSuchEntity"),
        ("DescribeServices", 400, "ClusterNotFoundException"),
    ]


def test_who_called_from_where(emulator: Emulator) -> None:
    emulator.client("codedeploy").list_applications()
    (call,) = emulator.calls.as_json()
    assert call == {
        "service": "codedeploy",
        "operation": "ListApplications",
        "action": "codedeploy:ListApplications",
        "access_key": "AKIAEMULATOR00000000",
        "parameters": {},
        "status": 200,
        "error": "",
        "caller": "arn:aws:iam::123456789012:root",
        "account": "123456789012",
        "region": "us-east-1",
    }


def test_no_secrets(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="h1")
    iam.create_login_profile(UserName="h1", Password="hunter2-hunter2")
    emulator.client("secretsmanager").create_secret(Name="s", SecretString="hunter2-hunter2")
    emulator.client("s3").create_bucket(Bucket="bundles")
    emulator.client("s3").put_object(Bucket="bundles", Key="k", Body=b"hunter2-hunter2")
    recorded = json.dumps(emulator.calls.as_json())
    assert "CreateLoginProfile" in recorded
    assert "hunter2" not in recorded
    assert "AWS4-HMAC" not in recorded
