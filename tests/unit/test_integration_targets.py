# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each module has an integration target, by whose name or aliases ansible-test knows which modules it is about."""

from __future__ import annotations

import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
TARGETS = {
    name: aliases.parent
    for aliases in (ROOT / "tests" / "integration" / "targets").glob("*/aliases")
    for name in [aliases.parent.name, *aliases.read_text().split()]
}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_called_by_its_target(module: str) -> None:
    tasks = "".join(path.read_text() for path in (TARGETS[module] / "tasks").glob("*.yml"))
    assert f"  slipway.codedeploy.{module}:" in tasks
