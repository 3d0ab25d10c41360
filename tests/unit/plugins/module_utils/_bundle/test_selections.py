# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import pathlib
import socket

import pytest

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
    with pytest.raises(BundleError, match=r"a pattern, '!', is not valid \.gitignore syntax") as caught:
        read_selection(tree, *given)
    assert caught.value.option == option


def test_an_ignore_file_that_is_no_text_is_named(tree: pathlib.Path) -> None:
    (tree / ".codedeployignore").write_bytes(b"\xff")
    with pytest.raises(BundleError, match=r"'\.codedeployignore' cannot be read"):
        read_selection(tree)


def spoiled_by(kind: str, file: pathlib.Path) -> None:
    """Put what is no text of patterns at FILE."""
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "directory":
        file.mkdir()
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "link to a pipe":
        os.mkfifo(file.with_name("pipe"))
        file.symlink_to("pipe")
    elif kind == "socket":
        os.chdir(file.parent)  # a socket's path may have 108 characters only
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(file.name)
    elif kind == "huge":
        os.truncate(os.open(file, os.O_CREAT | os.O_WRONLY), 64 << 30)
    else:
        file.write_text(kind)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("pipe", "cannot be read: it is not a regular file"),
        ("directory", "cannot be read: it is not a regular file"),
        ("device", "cannot be read: it is not a regular file"),
        ("link to a pipe", "cannot be read: it is not a regular file"),
        ("socket", "cannot be read: No such device or address"),
        ("huge", "is larger than 65,536 bytes"),
        ("a\n" * 2001, "a pattern, one of 2,001, is too many: at most 2,000 are allowed"),
        ("a" * 1025, r"a pattern, 'a{40}'..., has 1,025 characters: at most 1,024 are allowed"),
    ],
)  # fmt: skip
def test_an_ignore_file_that_is_none_is_named_at_once(
    tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kind: str, message: str
) -> None:
    monkeypatch.chdir(tree)
    spoiled_by(kind, tree / ".codedeployignore")
    with pytest.raises(BundleError, match=message):
        read_selection(tree)


def test_an_ignore_file_may_be_a_link_to_a_file(tree: pathlib.Path) -> None:
    (tree / ".codedeployignore").symlink_to("lib/a.py")  # which says lib/a.py
    assert "lib/a.py" not in selected(tree, [], [])
