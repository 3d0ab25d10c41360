# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees at full size, and patterns against git's own opinion."""

from __future__ import annotations

import os
import pathlib
import random
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.patterns import Patterns, parsed
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.reading import begin_reading
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.selection import read_selection
from hostile.confinement import confined
from unit.trees import make_tree


@pytest.fixture
def source(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    yield make_tree(tmp_path / "app")
    subprocess.run(["rm", "-rf", tmp_path / "app"], check=True)  # pytest's own way gives up on what is nested too deep


def bundled(source: pathlib.Path) -> int:
    """The bytes of the zip of SOURCE."""
    begun = begin_reading(source, read_selection(source), level=1)
    bundle = TreeBundle(begun.manifest(), "zip", 1, begun.packed())
    return sum(len(chunk.data) for chunk in bundle.chunks())


def test_links_that_multiply_to_millions(source: pathlib.Path) -> None:
    for number in range(23):
        (source / f"d{number:02}").mkdir()
        for name in "ab" if number < 22 else "":
            (source / f"d{number:02}" / name).symlink_to(f"../d{number + 1:02}")
    assert "links repeat directories more than 50,000 times" in confined(lambda: bundled(source))


def test_a_sparse_file_of_64_gb(source: pathlib.Path) -> None:
    os.truncate(os.open(source / "disk.img", os.O_CREAT | os.O_WRONLY), 64 << 30)
    assert "exceed 32 GiB with 'disk.img'" in confined(lambda: bundled(source), 256)


def test_many_small_files_that_exceed_the_limit_together(source: pathlib.Path) -> None:
    for number in range(40):
        os.truncate(os.open(source / f"disk{number}", os.O_CREAT | os.O_WRONLY), 1 << 30)
    assert "exceed 32 GiB" in confined(lambda: bundled(source), 256)


@pytest.mark.parametrize("depth", [300, 1500, 6000])
def test_nested_directories(source: pathlib.Path, depth: int) -> None:
    inner = os.open(source, os.O_RDONLY)
    for _level in range(depth):
        os.mkdir("d", dir_fd=inner)
        outer, inner = inner, os.open("d", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    assert "is nested 256 levels deep" in confined(lambda: bundled(source), 256)


def test_a_wide_directory(source: pathlib.Path) -> None:
    (source / "many").mkdir()
    for number in range(100_000):
        (source / "many" / f"{number}").touch()
    assert isinstance(confined(lambda: bundled(source)), int)


def test_the_worst_ignore_file(source: pathlib.Path) -> None:
    """As many of the slowest patterns as an ignore file can hold, and a name that almost matches."""
    (source / ".codedeployignore").write_text(("*a" * 511 + "b\n") * 63)
    for number in range(500):
        (source / ("a" * 250 + f"{number:04}")).touch()
    assert isinstance(confined(lambda: bundled(source)), int)


def some_glob(rnd: random.Random) -> str:
    return "".join(
        rnd.choice(["a", "b", "*", "?", "[ab]", "[!a]", "\\a", "ab", ".", "[a-c]", "[b-a]", "[[:alpha:]]"])
        for _number in range(rnd.randint(1, 4))
    )


def some_pattern(rnd: random.Random) -> str:
    names = [rnd.choice(["**", "a", "b", "*", some_glob(rnd)]) for _number in range(rnd.randint(1, 4))]
    # Git takes what ends in /** for all in the directory, but not for the directory, which it knows nothing of; so that is tested apart.
    while names and names[-1] == "**":
        names.pop()
    names = names or ["a"]
    return rnd.choice(["", "", "", "!"]) + rnd.choice(["", "", "/"]) + "/".join(names) + rnd.choice(["", "", "/"])


def some_tree(rnd: random.Random, root: pathlib.Path) -> list[tuple[str, bool]]:
    """Make a tree in ROOT; its paths, and whether each is a directory."""
    for _number in range(150):
        names = [
            "".join(rnd.choice("abc") for _number in range(rnd.randint(1, 3))) for _number in range(rnd.randint(1, 4))
        ]
        path = root.joinpath(*names)
        if not any(parent.is_file() for parent in path.parents) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return [(str(path.relative_to(root)), path.is_dir()) for path in root.rglob("*") if ".git" not in path.parts]


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@pytest.mark.parametrize("seed", range(4))
def test_patterns_mean_what_they_mean_to_git(tmp_path: pathlib.Path, seed: int) -> None:
    rnd = random.Random(seed)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    paths = some_tree(rnd, tmp_path)
    for _number in range(100):
        lines = [some_pattern(rnd) for _number in range(rnd.randint(1, 5))]
        patterns = Patterns(parsed(lines))
        (tmp_path / ".git/info/exclude").write_text("\n".join(lines) + "\n")
        asked = subprocess.run(
            ["git", "-C", tmp_path, "check-ignore", "--no-index", "-z", "--stdin"],
            input="\0".join(path for path, _is_directory in paths),
            capture_output=True,
            text=True,
            check=False,
        )
        left_out = {path for path, is_directory in paths if is_left_out(patterns, path, is_directory)}
        assert left_out == set(filter(None, asked.stdout.split("\0"))), lines


def is_left_out(patterns: Patterns, path: str, is_directory: bool) -> bool:
    """Whether PATH or a directory above it stays out."""
    above = [str(parent) for parent in pathlib.PurePosixPath(path).parents][:-1]
    return any(patterns.verdict(parent, True) for parent in reversed(above)) or bool(
        patterns.verdict(path, is_directory)
    )
