# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random trees go into an archive and come out the same, and the same tree gives the same bytes wherever, whenever and in whatever order."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import tempfile
import time
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.selection import Selection
from unit.trees import APPSPEC, UNPACKERS, archive_of, check_sound, read_manifest, seen_in


class File(t.NamedTuple):
    content: bytes
    mode: int


class Link(t.NamedTuple):
    target: str


# A directory is a mapping; names are texts in any normal form, some long, some composed of what a shell would trip over.
Node = t.Union[File, Link, dict[str, t.Any]]  # noqa: UP007 (ansible-test's pylint takes no | here)
NEVER = "/\x7f" + "".join(map(chr, range(32)))
names = (
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters=NEVER), min_size=1, max_size=12),
        st.sampled_from(
            [
                "e\u0301",
                "\u00e9",
                "A\u030a",
                "\u212b",
                "ﬁ",
                "a b",
                "-rf",
                "~",
                "ß" * 100,
                "x" * 255,
                "日本" * 30,
                "\U0001f680",
            ]
        ),
    )
    .filter(
        lambda name: name not in (".", "..", "appspec.yml", ".codedeployignore", ".git", ".hg", ".svn", ".bzr", "CVS")
    )
    .filter(lambda name: len(name.encode()) <= 255 and not re.search(r";[0-9]*$", name))
)
contents = st.one_of(
    st.just(b""), st.binary(max_size=200), st.binary(min_size=1, max_size=3).map(lambda some: some * 20000)
)
files = st.builds(File, contents, st.sampled_from([0o644, 0o600, 0o755, 0o700, 0o444, 0o4755]))
links = st.builds(Link, st.sampled_from(["appspec.yml", "nowhere/yet", "x" * 200, "ü"]))


def trees(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[dict[str, Node]]:
    nested: st.SearchStrategy[t.Any] = st.recursive(
        leaves, lambda nodes: st.dictionaries(names, nodes, max_size=4), max_leaves=15
    )
    return st.dictionaries(names, nested, max_size=6)


@contextmanager
def on_disk(tree: dict[str, Node], *, backwards: bool = False) -> Iterator[pathlib.Path]:
    """A directory of TREE, its entries made in order or BACKWARDS."""
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        (folder / "app").mkdir()
        (folder / "app" / "appspec.yml").write_text(APPSPEC)
        _write(folder / "app", tree, -1 if backwards else 1)
        yield folder
    finally:
        shutil.rmtree(folder)


def _write(folder: pathlib.Path, tree: dict[str, t.Any], step: int) -> None:
    for name, node in list(tree.items())[::step]:
        path = folder / name
        if isinstance(node, File):
            path.write_bytes(node.content)
            path.chmod(node.mode)
        elif isinstance(node, Link):
            path.symlink_to(node.target)
        else:
            path.mkdir()
            _write(path, node, step)


few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@few
@given(tree=trees(files), bundle_type=st.sampled_from(["zip", "tar", "tgz"]), level=st.sampled_from([0, 1, 6]))
def test_what_goes_in_comes_out(tree: dict[str, Node], bundle_type: str, level: int) -> None:
    with on_disk(tree) as folder:
        check_round_trip(folder, bundle_type, archive_of(folder / "app", bundle_type, level))


@few
@given(tree=trees(st.one_of(files, links)), bundle_type=st.sampled_from(["tar", "tgz"]))
def test_links_that_are_preserved_come_out_as_links(tree: dict[str, Node], bundle_type: str) -> None:
    with on_disk(tree) as folder:
        check_round_trip(folder, bundle_type, archive_of(folder / "app", bundle_type, symlinks="preserve"))


def check_round_trip(folder: pathlib.Path, bundle_type: str, archive: bytes) -> None:
    """ARCHIVE, of FOLDER's tree, is sound, and everyone unpacks the tree from it."""
    (folder / f"bundle.{bundle_type}").write_bytes(archive)
    check_sound(folder / f"bundle.{bundle_type}")
    for number, unpack in enumerate(UNPACKERS[bundle_type]):
        unpack(folder / f"bundle.{bundle_type}", folder / str(number))
        assert seen_in(folder / str(number)) == seen_in(folder / "app"), unpack.__name__


@pytest.mark.usefixtures("accelerator")
@few
@given(
    tree=trees(files),
    bundle_type=st.sampled_from(["zip", "tar", "tgz"]),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "XXX+11"]),
    moment=st.integers(-(2**31), 2**33),
)
def test_order_place_time_and_time_zone_do_not_matter(
    tree: dict[str, Node], bundle_type: str, zone: str, moment: int
) -> None:
    with on_disk(tree) as here, on_disk(tree, backwards=True) as there:
        before = read_manifest(here / "app", Selection()).digest, archive_of(here / "app", bundle_type)
        for path in there.rglob("*"):
            os.utime(path, (moment, moment))
        with time_zone(zone):
            after = read_manifest(there / "app", Selection()).digest, archive_of(there / "app", bundle_type)
    assert after == before


@contextmanager
def time_zone(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
