# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator for the modules' tests, whose time only tests move: one server a module, emptied before each test."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from emulator import Emulator, ManualClock

pytest.register_assert_rewrite("unit.scenarios")

from unit.scenarios import MODULE_ACCESS_KEY, MODULE_SECRET_KEY, Connect


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(clock=ManualClock()) as emulator:
        emulator.root_keys[MODULE_ACCESS_KEY] = MODULE_SECRET_KEY
        yield emulator


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """An empty emulator."""
    server.reset()
    return server


@pytest.fixture(scope="module")
def connect(server: Emulator) -> Connect:
    """What a module is given to make clients, with an access key of its own, by which its calls are told from a test's."""

    @functools.cache
    def made(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=server.endpoint,
            region_name="us-east-1",
            aws_access_key_id=MODULE_ACCESS_KEY,
            aws_secret_access_key=MODULE_SECRET_KEY,
        )

    def client(service: str, **_time_limits: Any) -> Any:
        return made(service)

    return client


@pytest.fixture
def codedeploy(emulator: Emulator) -> Any:
    """A test's own client."""
    return emulator.client("codedeploy")
