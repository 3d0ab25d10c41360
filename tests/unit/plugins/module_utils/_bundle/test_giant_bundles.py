# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plain zip cannot hold: more than 65,535 members, a file and an archive of more than 4 GiB. Neither takes room on the disk here."""

from __future__ import annotations

import pathlib
import zipfile
from collections.abc import Iterator

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.checksums import Chunk
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import Entry, Manifest, fingerprinted
from unit.trees import APPSPEC, check_sound, read_manifest, run

MANY = 70_000
LARGE = (4 << 30) + 5
END = b"the end"
ZEROS = bytes(1 << 20)


@pytest.fixture(scope="module")
def many() -> Manifest:
    """A manifest of more entries than 16 bits can count, their contents in memory."""
    entries = (Entry(f"{number // 100:04}/{number:05}.txt", 0o100644, b"%05d" % number, 5) for number in range(MANY))
    return Manifest(tuple(fingerprinted(entry) for entry in entries))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The manifest of a tree with a sparse file that is longer than 32 bits can say, and one behind it."""
    tree = tmp_path_factory.mktemp("large")
    (tree / "appspec.yml").write_text(APPSPEC)
    with (tree / "data").open("wb") as file:
        file.seek(LARGE - len(END))
        file.write(END)
    (tree / "last").write_text("last")
    return read_manifest(tree)


def write_sparse(chunks: Iterator[Chunk], path: pathlib.Path) -> pathlib.Path:
    """Write CHUNKS to PATH with holes in place of zeros."""
    with path.open("wb") as file:
        for data, _checksum in chunks:
            if data == ZEROS[: len(data)]:
                file.seek(len(data), 1)
            else:
                file.write(data)
        file.truncate()
    return path


def test_a_zip_of_very_many_members(many: Manifest, tmp_path: pathlib.Path) -> None:
    archive = write_sparse(TreeBundle(many, "zip", 1).chunks(), tmp_path / "bundle.zip")
    check_sound(archive)
    with zipfile.ZipFile(archive) as opened:
        assert opened.namelist() == [entry.path for entry in many.entries]
        assert opened.read("0699/69999.txt") == b"69999"


@pytest.mark.parametrize(("level", "members"), [(0, ["last"]), (1, [])], ids=["stored", "deflated"])
def test_a_zip_of_a_very_large_file(large: Manifest, tmp_path: pathlib.Path, level: int, members: list[str]) -> None:
    """unzip goes through MEMBERS, or all; it need not read 4 GiB twice to find what stands behind them."""
    archive = write_sparse(TreeBundle(large, "zip", level).chunks(), tmp_path / "bundle.zip")
    assert "No errors detected" in run("unzip", "-t", archive, *members)
    with zipfile.ZipFile(archive) as opened:
        assert [info.file_size for info in opened.infolist()] == [len(APPSPEC), LARGE, 4]
        assert [info.CRC for info in opened.infolist()] == [entry.crc32 for entry in large.entries]
        assert opened.read("last") == b"last"


def test_a_tar_of_a_very_large_file(large: Manifest, tmp_path: pathlib.Path) -> None:
    archive = write_sparse(TreeBundle(large, "tar", 1).chunks(), tmp_path / "bundle.tar")
    sizes = [line.split()[2] for line in run("tar", "-tvf", archive).splitlines()]
    assert sizes == [str(len(APPSPEC)), str(LARGE), "4"]
