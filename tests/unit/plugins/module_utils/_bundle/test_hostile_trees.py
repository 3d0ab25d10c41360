# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trees that nobody means well with: each makes an error at once, or a bundle of what was in the tree, whatever happens meanwhile."""

from __future__ import annotations

import os
import pathlib
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec.content import bundled_appspec
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import limits, tree
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.reading import begin_reading
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.selection import Selection
from ansible_collections.slipway.codedeploy.plugins.module_utils._validation import InvalidOption
from unit.trees import make_tree, read_manifest, run

Tree = pathlib.Path


@pytest.fixture
def source(tmp_path: Tree) -> Iterator[Tree]:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "start.sh").write_text("#!/bin/sh\n")  # of the same size as the one inside
    yield make_tree(tmp_path / "app")
    run("rm", "-rf", tmp_path / "app")  # pytest's own way gives up on what is nested too deep, in a later run


def two_links_each(source: Tree, folders: int) -> None:
    """Directories in a row, each with two links to the next one, so that 2**FOLDERS paths lead to the last."""
    for number in range(folders):
        folder = source / f"d{number:02}"
        folder.mkdir()
        for name in "ab":
            (folder / name).symlink_to(f"../d{number + 1:02}")
    (source / f"d{folders:02}").mkdir()


def nested(source: Tree, depth: int) -> None:
    """DEPTH directories, one in the other, deeper than any path that can be named."""
    inner = os.open(source, os.O_RDONLY)
    for _level in range(depth):
        os.mkdir("deep", dir_fd=inner)
        outer, inner = inner, os.open("deep", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)


def test_links_that_multiply_paths_end_at_the_limit(source: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    two_links_each(source, 22)
    monkeypatch.setattr(tree, "MOST_REPEATED", 1000)
    with pytest.raises(BundleError, match=r"links repeat directories more than 1,000 times, last at 'd"):
        read_manifest(source)


def test_more_files_than_a_bundle_may_hold_are_refused(source: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PATHS", 5)
    assert len(read_manifest(source).entries) == 5
    (source / "new").touch()
    with pytest.raises(
        BundleError, match=r"the bundle exceeds the limit of 5 files and directories at .*: exclude some"
    ):
        read_manifest(source)


def test_links_that_meet_again_are_bundled_each(source: Tree) -> None:
    two_links_each(source, 3)
    paths = {entry.path for entry in read_manifest(source).entries}
    assert {"d00/a/a/a", "d00/a/b/a", "d00/b/b/b", "d02/b", "d03"} <= paths


def test_a_sparse_file_is_refused_by_its_size(source: Tree) -> None:
    os.truncate(os.open(source / "disk.img", os.O_CREAT | os.O_WRONLY), 64 << 30)
    with pytest.raises(
        BundleError, match=r"exceeds the limit of 32 GiB at 'disk\.img' \(68,719,476,736 bytes\).*: exclude some"
    ):
        begin_reading(source)


def test_directories_nested_too_deep_are_refused(source: Tree) -> None:
    nested(source, 1500)
    with pytest.raises(BundleError, match=r"begins with 'deep/deep.*is nested 256 levels deep, but the limit is 255"):
        read_manifest(source)


def test_what_is_nested_less_deep_is_bundled(source: Tree) -> None:
    nested(source, 254)
    assert max(entry.path.count("/") for entry in read_manifest(source).entries) == 253


def test_a_path_that_a_host_cannot_take_is_refused(source: Tree) -> None:
    inner = os.open(source, os.O_RDONLY)
    for _level in range(20):
        os.mkdir("d" * 250, dir_fd=inner)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=inner)
    with pytest.raises(BundleError, match=r"has 4,015 bytes, but the limit on hosts is 3,968: shorten or exclude it"):
        read_manifest(source)


@dataclass(frozen=True)
class Swapping(Selection):
    """A selection that leaves nothing out, and does SWAP when it is asked for PATH: that is when somebody else changes the tree."""

    path: str = ""
    swap: t.Callable[[], object] = field(default=lambda: None)

    def leaves_out(self, path: str, is_directory: bool) -> bool:
        if path == self.path:
            self.swap()
        return super().leaves_out(path, is_directory)


def replaced_by_link(path: Tree, target: Tree) -> None:
    path.rename(path.with_name("gone"))
    path.symlink_to(target)


def replaced_by_pipe(path: Tree) -> None:
    path.unlink()
    os.mkfifo(path)


def replaced_by_another(path: Tree) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.rename(path)


CHANGED = "changed while the bundle was being built: run the task again"


def test_a_directory_swapped_for_a_link_while_it_is_listed_lets_nothing_in(source: Tree) -> None:
    swap = Swapping(path="scripts", swap=lambda: replaced_by_link(source / "scripts", source.parent / "outside"))
    with pytest.raises(BundleError, match=f"'scripts' {CHANGED}"):
        read_manifest(source, swap)


def test_a_directory_swapped_for_a_link_before_it_is_listed_lets_nothing_in(
    source: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tree.open_same

    def late(path: str, *rest: t.Any) -> int:
        if path.endswith("/scripts"):
            replaced_by_link(source / "scripts", source.parent / "outside")
        return opened(path, *rest)

    monkeypatch.setattr(tree, "open_same", late)
    with pytest.raises(BundleError, match=f"'scripts' {CHANGED}"):
        read_manifest(source)


def test_a_file_swapped_for_a_link_while_it_is_listed_lets_nothing_in(source: Tree) -> None:
    (source / "file").write_text("x")
    swap = Swapping(path="file", swap=lambda: replaced_by_link(source / "file", source.parent / "outside" / "start.sh"))
    with pytest.raises(BundleError, match="'file' "):
        read_manifest(source, swap)


def test_a_link_whose_way_is_swapped_lets_nothing_in(source: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    (source / "new").symlink_to("scripts/start.sh")
    looked_up = tree.status_beneath

    def late(*place: t.Any) -> os.stat_result:
        if not (source / "scripts").is_symlink():
            replaced_by_link(source / "scripts", source.parent / "outside")
        return looked_up(*place)

    monkeypatch.setattr(tree, "status_beneath", late)
    with pytest.raises(BundleError, match=r"'new' is a broken link|'scripts' changed"):
        read_manifest(source)


@pytest.mark.parametrize("level", [1, None], ids=["held", "not held"])
@pytest.mark.parametrize(
    "swap",
    [
        lambda source: replaced_by_link(source / "scripts/start.sh", source.parent / "outside/start.sh"),
        lambda source: replaced_by_link(source / "scripts", source.parent / "outside"),
        lambda source: replaced_by_pipe(source / "scripts/start.sh"),
        lambda source: replaced_by_another(source / "scripts/start.sh"),
    ],
    ids=["by a link", "its directory by a link", "by a pipe", "by another"],
)
def test_a_file_swapped_before_it_is_read_lets_nothing_in(
    source: Tree, level: int | None, swap: t.Callable[[Tree], None]
) -> None:
    begun = begin_reading(source, level=level)
    swap(source)
    with pytest.raises(BundleError, match=rf"'scripts/start\.sh' {CHANGED}"):
        begun.manifest()


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_a_file_swapped_before_it_is_packed_lets_nothing_in(source: Tree, bundle_type: str) -> None:
    (source / "large").write_bytes(bytes(2 << 20))
    (source.parent / "other").write_bytes(bytes(2 << 20))
    bundle = TreeBundle(read_manifest(source), bundle_type, 1)
    replaced_by_link(source / "large", source.parent / "other")
    with pytest.raises(BundleError, match=f"'large' {CHANGED}"):
        list(bundle.chunks())


def test_a_file_that_grows_without_end_is_not_followed(source: Tree) -> None:
    """/proc knows files of no size that have content: as endless as any."""
    with pytest.raises(BundleError, match="'new' changed while"):
        (source / "new").symlink_to("/proc/self/maps")
        read_manifest(source, symlinks="follow_outside")


@pytest.mark.parametrize("kind", ["pipe", "device", "directory", "broken link"])
def test_an_appspec_that_is_no_file_is_named(source: Tree, kind: str) -> None:
    appspec = source / "appspec.yml"
    appspec.unlink()
    if kind == "pipe":
        os.mkfifo(appspec)
    elif kind == "directory":
        appspec.mkdir()
    else:
        appspec.symlink_to("/dev/zero" if kind == "device" else "nowhere")
    with pytest.raises(BundleError, match=r"'appspec\.yml' is neither a regular file nor a link to one"):
        read_manifest(source)
    if kind != "broken link":
        with pytest.raises(InvalidOption, match=r"appspec: .* cannot be read: it is not a regular file"):
            bundled_appspec(str(appspec))


def test_an_appspec_without_end_is_named(source: Tree) -> None:
    os.truncate(source / "appspec.yml", 64 << 30)
    with pytest.raises(InvalidOption, match=r"appspec: .* has more than 128 KiB"):
        bundled_appspec(str(source / "appspec.yml"))
