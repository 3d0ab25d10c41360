# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.modules import external_resources
from emulator import Emulator
from unit.scenarios import Connect, Subject, check_refused, module_actions

SUBJECT = Subject(external_resources, "external_id", print, set())


@pytest.mark.parametrize(("check_mode", "calls"), [(True, []), (False, ["codedeploy:DeleteResourcesByExternalId"])])
def test_resources_are_deleted(check_mode: bool, calls: list[str], connect: Connect, emulator: Emulator) -> None:
    params = SUBJECT.params(external_id="stack-1", state="absent")
    expected = {"changed": True, "external_id": "stack-1"}
    assert external_resources.ensure(connect, params, check_mode) == expected
    assert module_actions(emulator) == calls
    assert SUBJECT.permissions() == {"codedeploy:DeleteResourcesByExternalId"}


def test_refused(connect: Connect, emulator: Emulator) -> None:
    params = {"external_id": "", "state": "absent"}
    check_refused(SUBJECT, params, "external_id: '' has 0 characters; 1 to 1024", connect, emulator)
