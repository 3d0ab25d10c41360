# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import os
import pathlib
import socket
import zipfile

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.archive import write_zip
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError, read_manifest

APPSPEC = "version: 0.0\nos: linux\n"


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    return make_tree(tmp_path / "app")


def make_tree(root: pathlib.Path) -> pathlib.Path:
    (root / "scripts").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "appspec.yml").write_text(APPSPEC)
    (root / "scripts" / "start.sh").write_text("#!/bin/sh\n")
    (root / "scripts" / "start.sh").chmod(0o755)
    (root / "größe.txt").write_text("ü")
    return root


def zipped(tree: pathlib.Path) -> bytes:
    output = io.BytesIO()
    write_zip(read_manifest(tree), output)
    return output.getvalue()


def test_a_manifest_lists_files_and_empty_directories_in_order(tree: pathlib.Path) -> None:
    manifest = read_manifest(tree)
    assert [entry.path for entry in manifest.entries] == [
        "appspec.yml",
        "empty",
        "größe.txt",
        "scripts",
        "scripts/start.sh",
    ]
    assert (manifest.files, manifest.size) == (3, len(APPSPEC) + len("#!/bin/sh\n") + 2)


def test_the_same_content_is_the_same_release_at_another_place_and_time(
    tree: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    other = make_tree(tmp_path / "elsewhere")
    os.utime(other / "appspec.yml", (0, 0))
    (other / "größe.txt").chmod(0o600)
    assert read_manifest(other).digest == read_manifest(tree).digest
    assert zipped(other) == zipped(tree)


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
def test_another_content_is_another_release(tree: pathlib.Path, change: object) -> None:
    before = read_manifest(tree).digest
    change(tree)  # type: ignore[operator]
    assert read_manifest(tree).digest != before


def test_the_archive_holds_the_tree_with_its_executable_bits(tree: pathlib.Path) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(tree))) as archive:
        assert archive.testzip() is None
        modes = {info.filename: oct(info.external_attr >> 16) for info in archive.infolist()}
        assert archive.read("größe.txt") == "ü".encode()
    assert modes == {
        "appspec.yml": "0o100644",
        "empty/": "0o40755",
        "größe.txt": "0o100644",
        "scripts/": "0o40755",
        "scripts/start.sh": "0o100755",
    }


def test_files_older_than_a_zip_can_say_are_no_obstacle(tree: pathlib.Path) -> None:
    os.utime(tree / "appspec.yml", (0, 0))
    assert zipfile.ZipFile(io.BytesIO(zipped(tree))).testzip() is None


def test_version_control_stays_out(tree: pathlib.Path) -> None:
    before = read_manifest(tree).digest
    (tree / ".git").mkdir()
    (tree / ".git" / "HEAD").touch()
    (tree / "scripts" / ".git").write_text("gitdir: elsewhere")
    assert read_manifest(tree).digest == before


def test_a_link_to_a_file_within_is_that_file(tree: pathlib.Path) -> None:
    (tree / "current").symlink_to("scripts/start.sh")
    entries = {entry.path: entry for entry in read_manifest(tree).entries}
    assert entries["current"].sha256 == entries["scripts/start.sh"].sha256
    assert entries["current"].mode == entries["scripts/start.sh"].mode


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
        (lambda tree: (tree / "lost").symlink_to("nowhere"), "'lost' is a broken link (to 'nowhere')"),
        (lambda tree: (tree / "out").symlink_to("/etc/hostname"), "'out' is a link that leaves the source"),
        (lambda tree: (tree / "dir").symlink_to("scripts"), "'dir' is a link to a directory"),
        (lambda tree: os.mkfifo(tree / "pipe"), "'pipe' is neither a file nor a directory"),
        (lambda tree: make_socket(tree / "sock"), "'sock' is neither a file nor a directory"),
        (lambda tree: (tree / os.fsdecode(b"caf\xe9")).touch(), "is not UTF-8"),
    ],
)
def test_what_cannot_be_bundled_is_named(
    tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch, spoil: object, message: str
) -> None:
    monkeypatch.chdir(tree)
    spoil(tree)  # type: ignore[operator]
    with pytest.raises(BundleError) as caught:
        read_manifest(tree)
    assert message in str(caught.value)


def test_a_source_that_is_not_a_directory_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BundleError, match="nowhere' is not a directory"):
        read_manifest(tmp_path / "nowhere")


def test_a_file_that_changes_meanwhile_makes_no_bundle(tree: pathlib.Path) -> None:
    manifest = read_manifest(tree)
    (tree / "größe.txt").write_text("o")
    with pytest.raises(BundleError, match=r"größe\.txt' changed while the bundle was being made"):
        write_zip(manifest, io.BytesIO())
