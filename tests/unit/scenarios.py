# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource module promises, as one check that a table of scenarios goes through."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import yaml

from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from emulator import Emulator

FRAGMENTS = "ansible_collections.slipway.codedeploy.plugins.doc_fragments"
MODULE_ACCESS_KEY = "AKIAMODULEUNDERTEST0"
MODULE_SECRET_KEY = "module"

Connect = Callable[..., Any]
Params = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A task on an account that ARRANGE has prepared: PARAMS, whether it changes something, and what AWS has AFTER it."""

    name: str
    arrange: Callable[[Any], None]
    params: Params
    changed: bool
    after: Any

    def __str__(self) -> str:
        return self.name


def documented_options(module: ModuleType) -> dict[str, Any]:
    """The options of a module's documentation, with those of the collection's own fragments."""
    documentation = yaml.safe_load(module.DOCUMENTATION)
    fragments = [
        name.split(".")[-1] for name in documentation["extends_documentation_fragment"] if name.startswith("slipway.")
    ]
    texts = [import_module(f"{FRAGMENTS}.{name}").ModuleDocFragment.DOCUMENTATION for name in fragments]
    return {name: option for text in texts for name, option in yaml.safe_load(text)["options"].items()} | documentation[
        "options"
    ]


@dataclass(frozen=True)
class Subject:
    """A module under test: its name for its result, how to READ back with boto3 what AWS has, and what of the result only AWS knows."""

    module: ModuleType
    result: str
    read: Callable[[Any], Any]
    server_made: set[str]

    def params(self, **given: Any) -> Params:
        """The module's parameters as Ansible fills them in from its documentation."""
        options = documented_options(self.module)
        assert set(given) <= {*options, "purge_tags"}
        return {"purge_tags": True, **{name: option.get("default") for name, option in options.items()}, **given}

    def permissions(self) -> set[str]:
        """The IAM actions that the module's documentation names."""
        notes = yaml.safe_load(self.module.DOCUMENTATION)["notes"]
        (note,) = [note for note in notes if note.startswith("Required IAM permissions: ")]
        return set(re.findall(r"C\((\w+:\w+)\)", note))


def module_actions(emulator: Emulator) -> list[str]:
    """The IAM actions of all calls that the module under test has made, in order."""
    return [call.action for call in emulator.calls if call.access_key == MODULE_ACCESS_KEY]


def check_scenario(subject: Subject, scenario: Scenario, connect: Connect, codedeploy: Any) -> None:
    """Check mode predicts and writes nothing, the task does what it predicted, and a second run finds nothing to do."""
    ensure, params = subject.module.ensure, subject.params(**scenario.params)
    scenario.arrange(codedeploy)
    before = subject.read(codedeploy)

    predicted = ensure(connect, params, True)
    assert subject.read(codedeploy) == before

    done = ensure(connect, params, False)
    assert subject.read(codedeploy) == scenario.after
    assert done["changed"] is scenario.changed
    assert (predicted["changed"], predicted["diff"]) == (done["changed"], done["diff"])
    assert done["changed"] is (done["diff"]["before"] != done["diff"]["after"])
    resource, prediction = done[subject.result], predicted[subject.result]
    assert {**resource, **prediction} == resource
    assert set(resource) - set(prediction) <= subject.server_made

    again = ensure(connect, params, False)
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"] == done["diff"]["after"]
    assert again[subject.result] == resource
    assert subject.read(codedeploy) == scenario.after


def check_permissions(subject: Subject, scenarios: list[Scenario], connect: Connect, emulator: Emulator) -> None:
    """The documented IAM permissions are those that all SCENARIOS together need, no more and no less."""
    needed = set()
    for scenario in scenarios:
        emulator.reset()
        scenario.arrange(emulator.client("codedeploy"))
        subject.module.ensure(connect, subject.params(**scenario.params), False)
        needed |= set(module_actions(emulator))
    assert needed == subject.permissions()


def check_refused(subject: Subject, params: Params, message: str, connect: Connect, emulator: Emulator) -> None:
    """PARAMS are refused with a text that matches MESSAGE, in check mode too, and nothing is written."""
    for check_mode in (True, False):
        with pytest.raises((InvalidOption, CodeDeployError), match=message):
            subject.module.ensure(connect, subject.params(**params), check_mode)
    assert [action for action in module_actions(emulator) if not re.search(r":(BatchGet|Get|List)", action)] == []
