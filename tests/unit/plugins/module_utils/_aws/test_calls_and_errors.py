# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.module_utils import cloud
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
    SSLError,
)

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.calls import aws_call, aws_find, error_code
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.time_limits import mark_final
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the code under test wanted to sleep; it does not."""
    seconds: list[float] = []
    monkeypatch.setattr(cloud, "time", types.SimpleNamespace(sleep=seconds.append))
    return seconds


def failing(code: str, times: int) -> Callable[[], str]:
    """A call that fails with CODE for so many TIMES."""
    answers = iter([*[code] * times, "answer"])

    def call() -> str:
        answer = next(answers)
        if answer == code:
            raise ClientError({"Error": {"Code": code, "Message": "not now"}}, "Operation")
        return answer

    return call


@pytest.mark.parametrize("code", ["ThrottlingException", "RequestTimeout", "ServiceUnavailable", "InternalFailure"])
def test_busy_answers_are_retried(code: str, slept: list[float]) -> None:
    assert aws_call("do it")(failing(code, 3))() == "answer"
    assert len(slept) == 3


def test_errors_say_what_failed(slept: list[float]) -> None:
    with pytest.raises(CodeDeployError, match=r"Failed to do it: .*AccessDeniedException.*not now") as caught:
        aws_call("do it")(failing("AccessDeniedException", 1))()
    assert (error_code(caught.value), slept) == ("AccessDeniedException", [])


@pytest.mark.usefixtures("slept")
def test_what_to_check_is_said_where_aws_does_not() -> None:
    with pytest.raises(CodeDeployError) as caught:
        aws_call("do it")(failing("InvalidRoleException", 1))()
    assert caught.value.message == (
        "Failed to do it (check that the role exists, and that its trust policy allows sts:AssumeRole to codedeploy.amazonaws.com)"
    )
    assert error_code(caught.value) == "InvalidRoleException"


def silent() -> Any:
    """A call that nobody answers."""
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_errors_that_are_no_answer(slept: list[float]) -> None:
    with pytest.raises(CodeDeployError, match=r"Failed to do it .*: Could not connect .*127\.0\.0\.1") as caught:
        aws_call("do it")(silent)()
    assert (error_code(caught.value), len(slept)) == ("", 7)


def test_what_is_final_is_not_tried_again(slept: list[float]) -> None:
    def call() -> Any:
        try:
            silent()
        except EndpointConnectionError as error:
            mark_final(error)
            raise

    with pytest.raises(CodeDeployError, match="Could not connect"):
        aws_call("do it")(call)()
    assert slept == []


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (EndpointConnectionError(endpoint_url="https://a"), "check the region, endpoint_url, the proxy"),
        (ProxyConnectionError(proxy_url="http://p"), "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
        (SSLError(endpoint_url="https://a", error="x"), "aws_ca_bundle or AWS_CA_BUNDLE"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (ClientError({"Error": {"Code": "ExpiredTokenException"}}, "GetApplication"), "the credentials have expired"),
        (ClientError({"Error": {"Code": "UnrecognizedClientException"}}, "GetApplication"), "AWS_SESSION_TOKEN"),
        (ClientError({"Error": {"Code": "InvalidSignatureException"}}, "GetApplication"), "the clock of this host"),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.usefixtures("slept")
def test_what_to_check_is_said_of_the_way_to_aws(error: Exception, advice: str) -> None:
    def call() -> Any:
        raise error

    with pytest.raises(CodeDeployError) as caught:
        aws_call("do it")(call)()
    assert advice in caught.value.message


def test_missing_is_not_forbidden() -> None:
    assert aws_find("find it", default="nothing")(failing("ApplicationDoesNotExistException", 1))() == "nothing"
    with pytest.raises(CodeDeployError, match="Failed to find it"):
        aws_find("find it")(failing("AccessDeniedException", 1))()
