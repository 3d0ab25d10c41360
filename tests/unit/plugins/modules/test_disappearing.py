# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module has made and somebody else deletes is made again."""

from __future__ import annotations

from typing import Any

import pytest

from emulator import Emulator
from emulator.service.on_premises_instances import HELD_FOR
from unit import application_scenarios, config_scenarios, instance_scenarios
from unit.scenarios import Connect, Subject

CASES: list[tuple[Subject, dict[str, Any], str, dict[str, str]]] = [
    (
        application_scenarios.SUBJECT,
        {**application_scenarios.WEB, "tags": {"team": "shop"}},
        "delete_application",
        {"applicationName": "web"},
    ),
    (
        config_scenarios.SUBJECT,
        {**config_scenarios.NEW, "tags": {"team": "shop"}},
        "delete_deployment_config",
        {"deploymentConfigName": "careful"},
    ),
    (
        instance_scenarios.SUBJECT,
        {**instance_scenarios.NEW, "tags": {"team": "shop"}},
        "deregister_on_premises_instance",
        {"instanceName": "host"},
    ),
]


@pytest.mark.parametrize(("subject", "given", "delete", "named"), CASES, ids=lambda value: getattr(value, "result", ""))
def test_disappears(
    subject: Subject,
    given: dict[str, Any],
    delete: str,
    named: dict[str, str],
    connect: Connect,
    emulator: Emulator,
    codedeploy: Any,
) -> None:
    params = subject.params(**given)
    subject.module.ensure(connect, params, False)
    made = subject.read(codedeploy)
    getattr(codedeploy, delete)(**named)
    assert subject.read(codedeploy) != made
    emulator.clock.advance(HELD_FOR)
    predicted = subject.module.ensure(connect, params, True)
    again = subject.module.ensure(connect, params, False)
    assert predicted["changed"] is again["changed"] is True
    assert predicted["diff"] == again["diff"]
    assert subject.read(codedeploy) == made
