# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of the emulator's packages: each imports only what lies below it. Imports for type checkers alone do not count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

EMULATOR = Path(__file__).parents[1]

# From the ground up. What has no folder of its own (state, clock, errors, ...) is the ground, except what puts all parts together.
ORDER = ("ground", "aws", "engine", "service", "hosts", "http", "emulator", "stages", "tests")
WHOLE = dict.fromkeys(("", "__init__", "__main__", "emulator", "Emulator"), "emulator")


def room(module: tuple[str, ...]) -> str:
    """Where a module of the package, as its path below it, belongs."""
    name = module[0] if module else ""
    return name if name in ORDER else WHOLE.get(name, "ground")


def imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Those below ``node`` that are carried out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from imports(child)


def imported(node: ast.Import | ast.ImportFrom, package: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The modules that an import in a module of ``package`` names, with what it takes of them."""
    if isinstance(node, ast.Import):
        return [tuple(alias.name.split(".")) for alias in node.names]
    base = package[: len(package) - node.level + 1] if node.level else ()
    module = tuple(node.module.split(".")) if node.module else ()
    return [(*base, *module, alias.name) for alias in node.names]


def upward(folder: Path) -> list[str]:
    """The imports below ``folder``, a package named emulator, that go against the order."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        module = file.relative_to(folder).with_suffix("").parts
        height = ORDER.index(room(module))
        for node in imports(ast.parse(file.read_text())):
            for name in imported(node, ("emulator", *module[:-1])):
                if name[0] == "emulator" and ORDER.index(room(name[1:])) > height:
                    found.append(f"{'/'.join(module)} imports {'.'.join(name)}")
    return found


def test_no_import_goes_upward() -> None:
    assert upward(EMULATOR) == []


@pytest.mark.parametrize(
    ("module", "line", "name"),
    [
        ("engine/planted", "from ..http.protocol import Answer", "emulator.http.protocol.Answer"),
        ("engine/planted", "import emulator.service", "emulator.service"),
        ("aws/planted", "from .. import engine", "emulator.engine"),
        ("service/groups/planted", "def f():\n    from ...hosts import commands", "emulator.hosts.commands"),
        ("planted", "from .aws import s3", "emulator.aws.s3"),
        ("http/planted", "from emulator import Emulator", "emulator.Emulator"),
        ("hosts/planted", "from emulator.stages.servers import Stage", "emulator.stages.servers.Stage"),
    ],
)
def test_one_that_does_is_found(tmp_path: Path, module: str, line: str, name: str) -> None:
    file = tmp_path / f"{module}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(line)
    assert upward(tmp_path) == [f"{module} imports {name}"]
