# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only AWS's console and CloudFormation make: connections to GitHub accounts, resources with an external id."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

from emulator import Emulator
from emulator.errors import ServiceError

from .conftest import Refused


def store(emulator: Emulator, body: Any) -> tuple[int, Any]:
    url = f"{emulator.endpoint}/_emulator/github-account-tokens"
    answer = urllib3.request("POST", url, body=json.dumps(body).encode())
    return answer.status, answer.json()


def test_connections(emulator: Emulator, codedeploy: Any, refused: Refused) -> None:
    assert store(emulator, {"tokenName": "octocat"}) == (200, {})
    emulator.store_github_account_token("work")
    emulator.store_github_account_token("work")
    assert codedeploy.list_git_hub_account_token_names()["tokenNameList"] == ["octocat", "work"]
    assert codedeploy.delete_git_hub_account_token(tokenName="octocat")["tokenName"] == "octocat"
    assert codedeploy.list_git_hub_account_token_names()["tokenNameList"] == ["work"]
    with refused("GitHubAccountTokenDoesNotExistException"):
        codedeploy.delete_git_hub_account_token(tokenName="octocat")


@pytest.mark.parametrize("body", [{}, [], {"tokenName": 7}, {"tokenName": ""}, {"tokenName": "a name"}])
def test_bad_names(emulator: Emulator, body: Any) -> None:
    status, answer = store(emulator, body)
    assert (status, "error" in answer) == (400, True)


def test_too_many_connections(emulator: Emulator) -> None:
    for number in range(25):
        emulator.store_github_account_token(f"account-{number}")
    with pytest.raises(ServiceError, match="25"):
        emulator.store_github_account_token("one-more")


def test_bad_requests(codedeploy: Any, refused: Refused) -> None:
    for members, code in (
        ({}, "GitHubAccountTokenNameRequiredException"),
        ({"tokenName": "a name"}, "InvalidGitHubAccountTokenNameException"),
    ):
        with refused(code):
            codedeploy.delete_git_hub_account_token(**members)
    with refused("InvalidNextTokenException"):
        codedeploy.list_git_hub_account_token_names(nextToken="bogus")


def test_external_ids(codedeploy: Any, refused: Refused) -> None:
    codedeploy.create_application(applicationName="shop")
    codedeploy.delete_resources_by_external_id(externalId="stack")
    assert codedeploy.list_applications()["applications"] == ["shop"]
    with refused("ValidationException"):
        codedeploy.delete_resources_by_external_id()
