# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import selection
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.selection import read_selection
from unit.trees import APPSPEC, read_manifest

FILES = (
    ".env", ".git/HEAD", "appspec.yml", "build/app.log", "build/app.o", "lib/.git", "lib/a.py", "lib/keep.log", "lib/tests/t.py", "tests/t.py",
)  # fmt: skip


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "appspec.yml").write_text(APPSPEC)
    (tmp_path / "empty").mkdir()
    return tmp_path


def selected(tree: pathlib.Path, exclude: list[str], include: list[str]) -> list[str]:
    manifest = read_manifest(tree, read_selection(tree, exclude, include))
    return [entry.path + ("/" if entry.is_directory else "") for entry in manifest.entries]


EVERYTHING = [
    ".env", "appspec.yml", "build/", "build/app.log", "build/app.o", "empty/", "lib/", "lib/a.py", "lib/keep.log",
    "lib/tests/", "lib/tests/t.py", "tests/", "tests/t.py",
]  # fmt: skip


@pytest.mark.parametrize(
    ("exclude", "include", "left"),
    [
        ([], [], EVERYTHING),
        ([".*"], [], [path for path in EVERYTHING if path != ".env"]),
        (["*.log", "!keep.log"], [], [path for path in EVERYTHING if path != "build/app.log"]),
        (["/tests/"], [], [path for path in EVERYTHING if not path.startswith("tests/")]),
        (["tests/"], [], [path for path in EVERYTHING if "tests/" not in path]),
        (["**/t.py"], [], [path for path in EVERYTHING if not path.endswith("t.py")]),
        (["*"], [], ["appspec.yml"]),
        (["!/.git"], [], [*EVERYTHING[:1], ".git/", ".git/HEAD", *EVERYTHING[1:]]),
        ([], ["/lib/"], ["appspec.yml", "lib/", "lib/a.py", "lib/keep.log", "lib/tests/", "lib/tests/t.py"]),
        ([], ["*.py"], ["appspec.yml", "lib/", "lib/a.py", "lib/tests/", "lib/tests/t.py", "tests/", "tests/t.py"]),
        (["tests/"], ["*.py"], ["appspec.yml", "lib/", "lib/a.py"]),
        ([], ["empty/"], ["appspec.yml", "empty/"]),
        ([], ["nothing"], ["appspec.yml"]),
    ],
)
def test_what_goes_in(tree: pathlib.Path, exclude: list[str], include: list[str], left: list[str]) -> None:
    assert selected(tree, exclude, include) == left


def test_the_ignore_file_is_read_first_and_stays_out_itself(tree: pathlib.Path) -> None:
    (tree / ".codedeployignore").write_text("# not for hosts\n*.log\n.env\ntests/\n")
    left = ["appspec.yml", "build/", "build/app.o", "empty/", "lib/", "lib/a.py"]
    assert selected(tree, [], []) == left
    assert selected(tree, ["!.env"], []) == [".env", *left]


def test_what_is_left_out_is_not_looked_at(tree: pathlib.Path) -> None:
    (tree / "broken").symlink_to("nowhere")
    assert selected(tree, ["broken"], []) == EVERYTHING
    with pytest.raises(BundleError, match="'broken' is a broken link"):
        selected(tree, [], [])


@pytest.mark.parametrize(("option", "given"), [("exclude", (["a", "!"], [])), ("include", ([], ["!"]))])
def test_what_is_no_pattern_is_named_with_its_option(
    tree: pathlib.Path, option: str, given: tuple[list[str], list[str]]
) -> None:
    with pytest.raises(BundleError, match=r"a pattern, '!', is not in the syntax of \.gitignore") as caught:
        read_selection(tree, *given)
    assert caught.value.option == option


def test_an_ignore_file_that_is_no_text_is_named(tree: pathlib.Path) -> None:
    (tree / ".codedeployignore").write_bytes(b"\xff")
    with pytest.raises(BundleError, match=r"'\.codedeployignore' cannot be read"):
        read_selection(tree)


def test_without_the_library_only_patterns_are_refused(tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "pathspec", None)
    assert selected(tree, [], []) == EVERYTHING
    with pytest.raises(BundleError, match="needs the Python library pathspec where the task runs"):
        read_selection(tree, ["*.log"])
    (tree / ".codedeployignore").write_text("*.log\n")
    with pytest.raises(BundleError, match=r"\.codedeployignore needs the Python library pathspec"):
        read_selection(tree)
