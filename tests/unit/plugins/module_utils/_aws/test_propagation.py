# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.codedeploy.plugins.module_utils._aws import propagation
from ansible_collections.slipway.codedeploy.plugins.module_utils._aws.propagation import write_patiently
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError

ROLE = ("InvalidRoleException", "no such role")
USER = ("InvalidIamUserArnException", "no such user")
TOPIC = ("InvalidTriggerConfigException", "Topic ARN arn:aws:sns:eu-central-1:123456789012:ops is not valid")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the code under test wanted to sleep; it does not."""
    seconds: list[float] = []
    monkeypatch.setattr(propagation, "sleep", seconds.append)
    return seconds


def failing(code: str, message: str, times: int) -> Callable[[], str]:
    """A write that fails with CODE for so many TIMES."""
    left = iter(range(times))

    def write() -> str:
        if next(left, None) is None:
            return "answer"
        error = ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
        raise CodeDeployError(f"Failed to do it: {error}", error)

    return write


@pytest.mark.parametrize(("code", "message"), [ROLE, USER, TOPIC], ids=["role", "user", "topic"])
def test_what_another_service_has_just_made_is_waited_for(code: str, message: str, slept: list[float]) -> None:
    assert write_patiently(failing(code, message, 12)) == "answer"
    assert slept == [5] * 12


@pytest.mark.parametrize(("wait_timeout", "attempts"), [(60, 13), (20, 5), (1, 1)])
def test_nothing_is_waited_for_longer_than_allowed(wait_timeout: int, attempts: int, slept: list[float]) -> None:
    write = failing(*ROLE, times=attempts)
    with pytest.raises(CodeDeployError, match="no such role"):
        write_patiently(write, wait_timeout)
    assert write() == "answer"
    assert sum(slept) == (attempts - 1) * 5


@pytest.mark.parametrize("code", ["InternalFailure", "InvalidTriggerConfigException"])
def test_another_error_is_not_waited_for(code: str, slept: list[float]) -> None:
    with pytest.raises(CodeDeployError, match="too many"):
        write_patiently(failing(code, "too many", 1))
    assert slept == []
