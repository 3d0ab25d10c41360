# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import pathlib
import socket
import typing as t

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import reading
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import (
    BundleError,
    Entry,
    fingerprinted,
    with_content,
)
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.reading import begin_reading
from unit.trees import APPSPEC, archive_of, make_tree, read_manifest


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    return make_tree(tmp_path / "app")


def test_a_manifest_lists_files_and_empty_directories_in_order(tree: pathlib.Path) -> None:
    manifest = read_manifest(tree)
    assert [entry.path for entry in manifest.entries] == [
        "appspec.yml",
        "empty",
        "größe.txt",
        "scripts",
        "scripts/start.sh",
    ]
    facts = TreeBundle(manifest, "zip", 1).facts
    assert (facts["files"], facts["directories"], facts["links"]) == (3, 2, 0)
    assert facts["size"] == len(APPSPEC) + len("#!/bin/sh\n") + 2
    assert [each["path"] for each in facts["largest"]] == ["appspec.yml", "scripts/start.sh", "größe.txt"]


def test_the_digest_of_a_tree_stays_the_same_from_release_to_release(tree: pathlib.Path) -> None:
    assert read_manifest(tree).digest == "c6449b87a52abb67a0935a2a830f727a72790e8645c1cda1f24012d77f5e1218"


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_the_same_content_is_the_same_release_at_another_place_and_time(
    tree: pathlib.Path, tmp_path: pathlib.Path, bundle_type: str
) -> None:
    other = make_tree(tmp_path / "elsewhere")
    os.utime(other / "appspec.yml", (0, 0))  # older than a zip can say
    (other / "größe.txt").chmod(0o600)
    assert read_manifest(other).digest == read_manifest(tree).digest
    assert archive_of(other, bundle_type) == archive_of(tree, bundle_type)


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "größe.txt").write_text("u"),
        lambda tree: (tree / "größe.txt").rename(tree / "size.txt"),
        lambda tree: (tree / "größe.txt").chmod(0o755),
        lambda tree: (tree / "empty").rmdir(),
        lambda tree: (tree / "new").touch(),
    ],
    ids=["content", "name", "executable", "a directory less", "an empty file more"],
)
def test_another_content_is_another_release(tree: pathlib.Path, change: t.Callable[[pathlib.Path], object]) -> None:
    before = read_manifest(tree).digest
    change(tree)
    assert read_manifest(tree).digest != before


def make_socket(path: pathlib.Path) -> None:
    os.chdir(path.parent)  # a socket's path may have 108 characters only
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda tree: (tree / "appspec.yml").unlink(), "has no appspec.yml at its top"),
        (
            lambda tree: (tree / "appspec.yml").rename(tree / "appspec.yaml"),
            "only from a file named appspec.yml: rename it",
        ),
        (lambda tree: os.mkfifo(tree / "pipe"), "'pipe' is neither a file nor a directory"),
        (lambda tree: make_socket(tree / "sock"), "'sock' is neither a file nor a directory"),
        (lambda tree: (tree / "null").symlink_to("/dev/null"), "'null' is a link that leads out of the source"),
        (lambda tree: (tree / os.fsdecode(b"caf\xe9")).touch(), "is not valid UTF-8"),
        (lambda tree: (tree / "two\nlines").touch(), r"'two\nlines' has a control character in its name"),
        (
            lambda tree: (tree / "file;1").touch(),
            "'file;1' has a control character in its name, or ends in a semicolon",
        ),
    ],
)
def test_what_cannot_be_bundled_is_named(
    tree: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: t.Callable[[pathlib.Path], object],
    message: str,
) -> None:
    monkeypatch.chdir(tree)
    spoil(tree)
    with pytest.raises(BundleError) as caught:
        read_manifest(tree)
    assert message in str(caught.value)


@pytest.mark.parametrize("level", [1, None], ids=["held", "not held"])
def test_a_file_that_cannot_be_read_is_named(
    tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch, level: int | None
) -> None:
    """Root may read everything, so the refusal is made where the file is opened."""

    def refusing(opener: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def opened(path: str, *rest: t.Any) -> t.Any:
            if path.endswith("start.sh"):
                raise PermissionError(13, "Permission denied", path)
            return opener(path, *rest)

        return opened

    monkeypatch.setattr(os, "open", refusing(os.open))
    with pytest.raises(BundleError, match=r"'scripts/start\.sh' cannot be read: Permission denied"):
        read_manifest(tree, level=level)


def test_a_source_that_is_not_a_directory_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    for name, problem in (("file", "is not a directory"), ("nowhere", "does not exist")):
        with pytest.raises(BundleError, match=f"{name}' {problem}"):
            read_manifest(tmp_path / name)


def test_an_appspec_given_beside_the_tree_takes_the_place_of_its_own(tree: pathlib.Path) -> None:
    with_it = read_manifest(tree, appspec=b"version: 0.0\nos: linux\nfiles: []\n")
    assert [entry.path for entry in with_it.entries] == [entry.path for entry in read_manifest(tree).entries]
    (tree / "appspec.yml").write_text("version: 0.0\nos: linux\nfiles: []\n")
    assert with_it.digest == read_manifest(tree).digest
    (tree / "appspec.yml").unlink()
    assert with_it.digest == read_manifest(tree, appspec=b"version: 0.0\nos: linux\nfiles: []\n").digest


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize("size", [5, 3 << 20], ids=["small", "large"])
@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_bytes(b"A" * file.stat().st_size),
        lambda file: file.open("ab").write(b"more"),
        lambda file: os.truncate(file, file.stat().st_size - 1),
        lambda file: os.truncate(file, 0),
    ],
    ids=["other bytes", "longer", "shorter", "empty"],
)
def test_a_file_that_changes_meanwhile_makes_no_bundle(
    tree: pathlib.Path,
    bundle_type: str,
    size: int,
    change: t.Callable[[pathlib.Path], object],
) -> None:
    (tree / "data").write_bytes(b"a" * size)
    bundle = TreeBundle(read_manifest(tree), bundle_type, 1)
    change(tree / "data")
    with pytest.raises(BundleError, match="'data' changed while the bundle was being built"):
        list(bundle.chunks())


def test_a_file_that_disappears_meanwhile_makes_no_bundle(tree: pathlib.Path) -> None:
    bundle = TreeBundle(read_manifest(tree), "zip", 1)
    (tree / "größe.txt").unlink()
    with pytest.raises(BundleError, match=r"'größe\.txt' cannot be read: No such file"):
        list(bundle.chunks())


def test_a_small_file_that_changes_once_it_was_read_is_bundled_as_it_was(tree: pathlib.Path) -> None:
    before = archive_of(tree)
    begun = begin_reading(tree, level=1)
    manifest = begun.manifest()
    (tree / "scripts" / "start.sh").write_text("other")
    (tree / "größe.txt").unlink()
    assert b"".join(chunk.data for chunk in TreeBundle(manifest, "zip", 1, begun.packed()).chunks()) == before


def test_what_there_is_no_memory_for_is_read_again(tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = archive_of(tree)
    monkeypatch.setattr(reading, "_HELD", 0)
    assert archive_of(tree) == before
    begun = begin_reading(tree, level=1)
    begun.manifest()
    (tree / "größe.txt").write_text("o")
    with pytest.raises(BundleError, match=r"'größe\.txt' changed while the bundle was being built"):
        list(begun.packed())


@pytest.mark.parametrize("read", [with_content, fingerprinted])
@pytest.mark.parametrize("size", [0, 4, 15])
def test_a_file_that_changed_since_it_was_listed_makes_no_bundle(
    tree: pathlib.Path, read: t.Callable[[Entry], Entry], size: int
) -> None:
    file = tree / "log"
    file.write_bytes(b"line\n")
    listed = Entry("log", 0o100644, str(file), file.stat().st_size)
    file.write_bytes(b"x" * size)
    with pytest.raises(BundleError, match="'log' changed while the bundle was being built"):
        read(listed)
