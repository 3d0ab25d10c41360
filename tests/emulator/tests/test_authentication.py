# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signatures: who is let in, and what everybody else is told."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import urllib3
from botocore.credentials import Credentials
from moto.sts.models import sts_backends

from emulator import Emulator
from emulator.aws.backends import Principal
from emulator.emulator import ACCESS_KEY, SECRET_KEY
from emulator.errors import ServiceError
from emulator.http.authentication import authenticate
from emulator.stages.signed_requests import signed_headers

TARGET = "CodeDeploy_20141006.ListApplications"
BODY = b"{}"


def post(emulator: Emulator, headers: dict[str, str], body: bytes = BODY) -> tuple[int, dict[str, Any]]:
    answer = urllib3.request("POST", emulator.endpoint, body=body, headers=headers)
    return answer.status, answer.json()


def refusal(emulator: Emulator, headers: dict[str, str], body: bytes = BODY) -> tuple[int, str, str]:
    status, answer = post(emulator, headers, body)
    return status, answer["__type"], answer["message"]


@pytest.fixture
def signed(emulator: Emulator) -> dict[str, str]:
    """The headers of a good request."""
    return signed_headers(emulator.endpoint, TARGET, BODY)


def test_a_good_signature(emulator: Emulator, signed: dict[str, str]) -> None:
    assert post(emulator, signed) == (200, {"applications": []})
    assert post(emulator, {**signed, "X-Not-Signed": "whatever"})[0] == 200


def test_another_name_of_loopback_changes_nothing(emulator: Emulator) -> None:
    for host in ("localhost", "127.0.0.1:1", "codedeploy.localhost:8080"):
        headers = {**signed_headers(f"http://{host}", TARGET, BODY), "Host": host}
        assert post(emulator, headers) == (200, {"applications": []})


def test_a_user_made_in_iam(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=ann)
    assert post(emulator, headers)[0] == 200
    assert (emulator.calls[-1].caller, emulator.calls[-1].account) == (
        "arn:aws:iam::123456789012:user/ann",
        "123456789012",
    )
    iam.update_access_key(UserName="ann", AccessKeyId=ann.access_key, Status="Inactive")
    assert refusal(emulator, headers)[1] == "UnrecognizedClientException"
    iam.update_access_key(UserName="ann", AccessKeyId=ann.access_key, Status="Active")
    iam.delete_access_key(UserName="ann", AccessKeyId=ann.access_key)
    assert refusal(emulator, headers)[1] == "UnrecognizedClientException"


def test_a_session(emulator: Emulator) -> None:
    role = "arn:aws:iam::123456789012:role/deployer"
    given = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="run")["Credentials"]
    key = (given["AccessKeyId"], given["SecretAccessKey"])
    session = Credentials(*key, given["SessionToken"])
    headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=session)
    assert post(emulator, headers)[0] == 200
    assert emulator.calls[-1].caller == "arn:aws:sts::123456789012:assumed-role/deployer/run"
    for token in (None, "another"):
        headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=Credentials(*key, token))
        assert refusal(emulator, headers)[1] == "UnrecognizedClientException"


def test_a_session_that_is_over(emulator: Emulator) -> None:
    role = "arn:aws:iam::123456789012:role/deployer"
    given = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="run")["Credentials"]
    (made,) = sts_backends["123456789012"]["aws"].assumed_roles
    made.expiration = datetime.datetime(2026, 1, 1)
    session = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=session)
    assert refusal(emulator, headers)[:2] == (403, "ExpiredTokenException")


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials("AKIANOBODY", SECRET_KEY), "UnrecognizedClientException"),
        (Credentials(ACCESS_KEY, "wrong"), "InvalidSignatureException"),
        (Credentials(ACCESS_KEY, SECRET_KEY, "left over"), "UnrecognizedClientException"),
    ],
)
def test_bad_keys(emulator: Emulator, credentials: Credentials, code: str) -> None:
    headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=credentials)
    assert refusal(emulator, headers)[:2] == (403, code)
    assert (emulator.calls[-1].status, emulator.calls[-1].error) == (403, code)


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        ({"Authorization": ""}, "MissingAuthenticationTokenException", "Missing"),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, "IncompleteSignatureException", "'Signature'"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/codedeploy/aws4_request"}, "IncompleteSignatureException", "'Signature'"),
        ({"X-Amz-Date": "yesterday"}, "IncompleteSignatureException", "yesterday"),
        ({"X-Amz-Date": "20200101T000000Z"}, "InvalidSignatureException", "Date in Credential scope"),
        ({"X-Amz-Target": "CodeDeploy_20141006.ListDeployments"}, "InvalidSignatureException", "does not match"),
        ({"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}, "InvalidSignatureException", "does not match"),
        ({"Host": "elsewhere.localhost"}, "InvalidSignatureException", "does not match"),
    ],
)  # fmt: skip
def test_spoilt_requests(
    emulator: Emulator, signed: dict[str, str], change: dict[str, str], code: str, text: str
) -> None:
    status, found, message = refusal(emulator, {**signed, **change})
    assert (status, found) == (403, code)
    assert text in message


@pytest.mark.parametrize("name", ["host", "x-amz-date", "x-amz-target"])
def test_what_must_be_signed(emulator: Emulator, signed: dict[str, str], name: str) -> None:
    start, rest = signed["Authorization"].split("SignedHeaders=")
    names, end = rest.split(",", 1)
    fewer = ";".join(each for each in names.split(";") if each != name)
    answer = refusal(emulator, {**signed, "Authorization": f"{start}SignedHeaders={fewer},{end}"})
    assert answer[1] == "InvalidSignatureException"
    assert f"'{name}' must be" in answer[2]


def test_another_body(emulator: Emulator, signed: dict[str, str]) -> None:
    assert refusal(emulator, signed, b'{"nextToken": "x"}')[1] == "InvalidSignatureException"


def test_a_key_for_another_service(emulator: Emulator) -> None:
    headers = signed_headers(emulator.endpoint, TARGET, BODY, service="s3")
    answer = refusal(emulator, headers)
    assert answer[1] == "InvalidSignatureException"
    assert "correct service: 'codedeploy', not 's3'" in answer[2]


@pytest.mark.parametrize(
    ("minutes", "text"), [(-15.5, "Signature not yet current"), (-14, ""), (14, ""), (15.5, "Signature expired")]
)
def test_time(minutes: float, text: str) -> None:
    signed = {name.lower(): value for name, value in signed_headers("http://127.0.0.1", TARGET, BODY).items()}
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    principal = Principal("arn", "123456789012", SECRET_KEY)

    def verdict() -> str:
        try:
            authenticate({**signed, "host": "127.0.0.1"}, BODY, frozenset({"codedeploy"}), lambda *_key: principal, now)
        except ServiceError as error:
            return error.message
        return ""

    assert verdict().startswith(text)
    assert bool(verdict()) == bool(text)


def test_own_keys_of_the_root_user(emulator: Emulator) -> None:
    emulator.root_keys["AKIAANOTHER"] = "secret"
    headers = signed_headers(emulator.endpoint, TARGET, BODY, credentials=Credentials("AKIAANOTHER", "secret"))
    assert post(emulator, headers)[0] == 200
    assert emulator.calls[-1].caller == "arn:aws:iam::123456789012:root"
