# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every operation is there, and can raise only what it declares."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import emulator.service
from emulator.http.protocol import COMMON_ERRORS
from emulator.service import operations

from .model import MODEL


def test_every_operation_is_implemented() -> None:
    assert operations.names == set(MODEL.operation_names)


def error_names(file: Path) -> set[str]:
    """All names of errors that a file has in it, wherever it raises them."""
    constants = (node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and text.endswith("Exception") and text.isidentifier()}


def test_every_error_in_the_code_is_declared_by_some_operation() -> None:
    """That the operation at hand declares it is checked whenever one is raised: see JsonService."""
    declared = {shape.name for name in MODEL.operation_names for shape in MODEL.operation_model(name).error_shapes}
    files = [file for folder in emulator.service.__path__ for file in Path(folder).rglob("*.py")]
    raised = {name for file in files for name in error_names(file)}
    assert len(raised) > 50
    # Some are put together from parts, so the end of a name will do.
    known = declared | COMMON_ERRORS
    assert {name for name in raised if not any(full.endswith(name) for full in known)} == set()


def test_every_operation_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[4] / "docs" / "emulator.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\w+) \|", text, re.MULTILINE)
    judged = {name for name, judgement in rows if judgement in ("faithful", "simplified", "assumed")}
    assert judged >= set(MODEL.operation_names)
