# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.slipway.codedeploy.plugins.modules import github_account_token
from emulator import Emulator
from unit.scenarios import Connect, Scenario, Subject, check_permissions, check_refused, check_scenario

GONE = {"token_name": "shop", "state": "absent"}


def read(client: Any) -> Any:
    """The names of the connections."""
    return client.list_git_hub_account_token_names()["tokenNameList"]


SUBJECT = Subject(github_account_token, "github_account_token", read, set())


@pytest.fixture
def scenarios(emulator: Emulator) -> list[Scenario]:
    def connected(_client: Any) -> None:
        emulator.store_github_account_token("other")
        emulator.store_github_account_token("shop")

    return [
        Scenario("delete", connected, GONE, True, ["other"]),
        Scenario("gone already", lambda _client: None, GONE, False, []),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_scenario(number: int, scenarios: list[Scenario], connect: Connect, codedeploy: Any) -> None:
    check_scenario(SUBJECT, scenarios[number], connect, codedeploy)


def test_documented_permissions(scenarios: list[Scenario], connect: Connect, emulator: Emulator) -> None:
    check_permissions(SUBJECT, scenarios, connect, emulator)


def test_refused(connect: Connect, emulator: Emulator) -> None:
    check_refused(SUBJECT, {**GONE, "token_name": ""}, "token_name: '' has 0 characters; 1 to 256", connect, emulator)
