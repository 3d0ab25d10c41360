# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SECURITY.md promises nothing that no test holds: each promise names tests, and these exist."""

from __future__ import annotations

import ast
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()


def promises() -> dict[str, list[str]]:
    """The promises, and what stands in code beside each."""
    section = PAGE.partition("\n## What the collection promises\n")[2].partition("\n## ")[0]
    rows = [line.removeprefix("| ").partition(" | ") for line in section.splitlines() if line.startswith("|")]
    return {
        promise: re.findall(r"`([^`]+)`", tests) for promise, _topic, tests in rows if promise not in ("promise", "---")
    }


def is_there(test: str) -> bool:
    """Whether TEST, as pytest takes it, is a function of a file."""
    file, _colons, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return name in {each.name for each in ast.parse(path.read_text()).body if isinstance(each, ast.FunctionDef)}


def test_every_promise_names_its_tests() -> None:
    assert promises()
    assert [promise for promise, tests in promises().items() if not tests] == []


def test_the_tests_exist() -> None:
    assert [test for tests in promises().values() for test in tests if not is_there(test)] == []
