# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted command service and a host with an agent, for the stand-in agent's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.tests.agent.host import Host
from emulator.tests.agent.scripted_service import ScriptedService, serve


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    scripted = ScriptedService()
    server = serve(scripted)
    yield scripted
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(service: ScriptedService, tmp_path: Path) -> Host:
    return Host(service, tmp_path / "host")
