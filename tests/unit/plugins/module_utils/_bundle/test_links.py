# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from unit.trees import make_tree, read_manifest

Tree = pathlib.Path


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s")
    return make_tree(tmp_path / "app")


def bundled(tree: Tree, symlinks: str) -> dict[str, str]:
    """By the paths that a link adds, what is bundled there."""
    entries = read_manifest(tree, symlinks=symlinks).entries
    plain = {"appspec.yml", "empty", "größe.txt", "scripts", "scripts/start.sh"}
    kinds = {True: "directory", False: "file"}
    return {
        entry.path: f"link to {entry.source!r}" if entry.is_link else kinds[entry.is_directory]
        for entry in entries
        if entry.path not in plain
    }


def to_file(tree: Tree) -> None:
    (tree / "new").symlink_to("scripts/start.sh")


def to_directory(tree: Tree) -> None:
    (tree / "new").symlink_to("scripts")


def through_another(tree: Tree) -> None:
    (tree / "new").symlink_to("other/start.sh")
    (tree / "other").symlink_to("scripts")


def absolute(tree: Tree) -> None:
    (tree / "new").symlink_to(tree / "scripts")


def broken(tree: Tree) -> None:
    (tree / "new").symlink_to("nowhere")


def circle(tree: Tree) -> None:
    (tree / "new").symlink_to("new")


def outside(tree: Tree) -> None:
    (tree / "new").symlink_to("../outside")


def upwards(tree: Tree) -> None:
    (tree / "scripts" / "new").symlink_to("..")


def there_and_back(tree: Tree) -> None:
    (tree / "empty" / "new").symlink_to("../scripts")
    (tree / "scripts" / "back").symlink_to("../empty")


@pytest.mark.parametrize(
    ("make", "symlinks", "result"),
    [
        (to_file, "follow", {"new": "file"}),
        (to_directory, "follow", {"new": "directory", "new/start.sh": "file"}),
        (through_another, "follow", {"new": "file", "other": "directory", "other/start.sh": "file"}),
        (absolute, "follow", {"new": "directory", "new/start.sh": "file"}),
        (outside, "follow_outside", {"new": "directory", "new/secret": "file"}),
        (to_file, "preserve", {"new": "link to b'scripts/start.sh'"}),
        (to_directory, "preserve", {"new": "link to b'scripts'"}),
        (through_another, "preserve", {"new": "link to b'other/start.sh'", "other": "link to b'scripts'"}),
        (broken, "preserve", {"new": "link to b'nowhere'"}),
        (circle, "preserve", {"new": "link to b'new'"}),
        (upwards, "preserve", {"scripts/new": "link to b'..'"}),
    ],
)
def test_what_becomes_of_links(
    tree: Tree, make: t.Callable[[Tree], None], symlinks: str, result: dict[str, str]
) -> None:
    make(tree)
    assert bundled(tree, symlinks) == result


@pytest.mark.parametrize(
    ("make", "symlinks", "message"),
    [
        (broken, "follow", "'new' is a broken link (to 'nowhere')"),
        (circle, "follow", "'new' is a broken link (to 'new')"),
        (outside, "follow", "'new' is a link that leads out of the source"),
        (outside, "preserve", "'new' is a link that leads out of the source"),
        (absolute, "preserve", "'new' is an absolute link"),
        (upwards, "follow", "'scripts/new' links to one of its own parent directories"),
        (upwards, "follow_outside", "'scripts/new' links to one of its own parent directories"),
        (there_and_back, "follow", "links to one of its own parent directories"),
        (to_file, "error", "'new' is a symbolic link (to 'scripts/start.sh')"),
    ],
)
def test_links_that_the_policy_forbids_are_named(
    tree: Tree, make: t.Callable[[Tree], None], symlinks: str, message: str
) -> None:
    make(tree)
    with pytest.raises(BundleError) as caught:
        read_manifest(tree, symlinks=symlinks)
    assert message in str(caught.value)


def test_a_followed_link_is_known_by_what_it_points_to(tree: Tree) -> None:
    to_file(tree)
    followed = read_manifest(tree).digest
    (tree / "new").unlink()
    (tree / "new").write_bytes((tree / "scripts/start.sh").read_bytes())
    (tree / "new").chmod(0o755)
    assert read_manifest(tree).digest == followed


def test_a_preserved_link_is_known_by_its_target(tree: Tree) -> None:
    to_file(tree)
    before = read_manifest(tree, symlinks="preserve").digest
    (tree / "new").unlink()
    (tree / "new").symlink_to("./scripts/start.sh")
    assert read_manifest(tree, symlinks="preserve").digest not in (before, read_manifest(tree).digest)


def test_the_source_itself_may_be_a_link(tree: Tree, tmp_path: pathlib.Path) -> None:
    (tmp_path / "current").symlink_to("app")
    assert read_manifest(tmp_path / "current").digest == read_manifest(tree).digest
