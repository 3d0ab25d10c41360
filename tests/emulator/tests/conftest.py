# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the emulator's tests share: an emulator whose time only tests move, and a way to expect an error by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator, ManualClock
from emulator.stages.servers import Stage

Refused = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def lasting_emulator() -> Iterator[Emulator]:
    """One for all tests of a module, as the one before has left it."""
    with Emulator(clock=ManualClock()) as running:
        yield running


@pytest.fixture
def emulator(lasting_emulator: Emulator) -> Emulator:
    """An empty one."""
    lasting_emulator.reset()
    return lasting_emulator


@pytest.fixture
def codedeploy(emulator: Emulator) -> Any:
    return emulator.client("codedeploy")


@pytest.fixture
def stage(emulator: Emulator) -> Stage:
    return Stage(emulator)


@pytest.fixture
def refused() -> Refused:
    """``with refused("SomeException"):`` passes if the block's call is answered with that error and status 400."""

    @contextmanager
    def expect(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400), answer["Error"]

    return expect
