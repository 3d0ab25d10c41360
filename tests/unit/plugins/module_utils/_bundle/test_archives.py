# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives are what they should be, judged by the programs that unpack them: unzip, tar, Python and the stand-in host agent."""

from __future__ import annotations

import io
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import zipfile

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import deflate
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from unit.trees import UNPACKERS, archive_of, check_sound, make_tree, read_manifest, seen_in

MEBIBYTE = 1 << 20


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    """A tree with every way of being kept: empty, small, of several pieces, of exactly a piece, compressible or not."""
    root = make_tree(tmp_path / "app")
    noise = random.Random(814).randbytes
    (root / "nothing").touch()
    (root / "noise").write_bytes(noise(9000))
    (root / "piece").write_bytes(b"ab" * (MEBIBYTE // 2))
    (root / "pieces").write_bytes(b"text " * MEBIBYTE)
    (root / "media").write_bytes(noise(2 * MEBIBYTE + 1))
    (root / "mixed").write_bytes(b"text " * MEBIBYTE + noise(2 * MEBIBYTE) + b"text " * MEBIBYTE)
    (root / ("long " * 40) / ("deep/" * 60)).mkdir(parents=True)
    (root / ("long " * 40) / ("deep/" * 60) / "file").write_text("deep")
    (root / "ünï cödé '\"$(x)\\").write_text("strange")
    return root


@pytest.mark.usefixtures("accelerator")
@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("bundle_type", ["zip", "tgz"])
def test_what_goes_in_comes_out(tree: pathlib.Path, tmp_path: pathlib.Path, bundle_type: str, level: int) -> None:
    check_comes_out(tree, tmp_path, bundle_type, level)


def check_comes_out(tree: pathlib.Path, tmp_path: pathlib.Path, bundle_type: str, level: int) -> None:
    """Everyone unpacks from the bundle of TREE what is in it."""
    archive = tmp_path / f"bundle.{bundle_type}"
    archive.write_bytes(archive_of(tree, bundle_type, level))
    check_sound(archive)
    for number, unpack in enumerate(UNPACKERS[bundle_type]):
        unpack(archive, tmp_path / str(number))
        assert seen_in(tmp_path / str(number)) == seen_in(tree), unpack.__name__


def test_what_goes_into_a_tar_comes_out(tree: pathlib.Path, tmp_path: pathlib.Path) -> None:
    check_comes_out(tree, tmp_path, "tar", 0)


@pytest.mark.parametrize("bundle_type", ["tar", "tgz"])
def test_links_stay_links(tree: pathlib.Path, tmp_path: pathlib.Path, bundle_type: str) -> None:
    (tree / "start").symlink_to("scripts/start.sh")
    (tree / "later").symlink_to("made/by/a/hook/" + "long" * 60)
    (tree / "größe").symlink_to("größe.txt")
    archive = tmp_path / f"bundle.{bundle_type}"
    archive.write_bytes(archive_of(tree, bundle_type, symlinks="preserve"))
    check_sound(archive)
    for number, unpack in enumerate(UNPACKERS[bundle_type]):
        unpack(archive, tmp_path / str(number))
        assert seen_in(tmp_path / str(number)) == seen_in(tree), unpack.__name__


def test_owners_and_times_stay_out(tree: pathlib.Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive_of(tree, "tar"))) as archive:
        assert {(each.uid, each.gid, each.uname, each.gname, each.mtime) for each in archive} == {
            (0, 0, "", "", 315532800)
        }
    with zipfile.ZipFile(io.BytesIO(archive_of(tree, "zip"))) as packed:
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        modes = {info.filename: oct(info.external_attr >> 16) for info in packed.infolist()}
    assert modes["scripts/start.sh"] == "0o100755"
    assert modes["appspec.yml"] == "0o100644"
    assert modes["empty/"] == "0o40755"


def test_a_zip_says_before_the_data_what_can_be_known_before(tree: pathlib.Path) -> None:
    """Only what is compressed in several pieces is followed by its measures, and what does not compress is not compressed."""
    with zipfile.ZipFile(io.BytesIO(archive_of(tree, "zip"))) as archive:
        followed = {info.filename for info in archive.infolist() if info.flag_bits & 8}
        stored = {
            info.filename for info in archive.infolist() if info.compress_type == zipfile.ZIP_STORED and info.file_size
        }
    assert followed == {"pieces", "mixed"}
    assert stored >= {"noise", "media"}
    assert not stored & {"piece", "pieces", "mixed"}


@pytest.mark.usefixtures("accelerator")
def test_what_does_not_compress_takes_no_more_room(tree: pathlib.Path) -> None:
    (tree / "big").write_bytes(os.urandom(8 * MEBIBYTE))
    without = {name: len(archive_of(tree, name, exclude=("big",))) for name in ("zip", "tgz")}
    for name, before in without.items():
        assert 8 * MEBIBYTE < len(archive_of(tree, name)) - before < 8 * MEBIBYTE * 1.001


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
def test_no_archive_is_longer_than_was_said(tree: pathlib.Path, bundle_type: str) -> None:
    for level in (0, 1):
        bundle = TreeBundle(read_manifest(tree), bundle_type, level)
        assert sum(len(chunk.data) for chunk in bundle.chunks()) <= bundle.longest


@pytest.mark.parametrize("bundle_type", ["zip", "tgz"])
def test_a_higher_level_makes_text_smaller(tree: pathlib.Path, bundle_type: str) -> None:
    lines = (f"{random.Random(line).getrandbits(20)} GET /items/{line % 97} 200\n" for line in range(40000))
    (tree / "log").write_text("".join(lines))
    sizes = [len(archive_of(tree, bundle_type, level)) for level in (0, 1, 9)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_an_accelerator_is_asked_for_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Accelerator:
        @staticmethod
        def compressobj(level: int, *arguments: int) -> object:
            asked.append(level)
            return deflate.zlib.compressobj(level, *arguments)

        @staticmethod
        def compress(data: bytes, level: int) -> bytes:
            asked.append(level)
            return deflate.zlib.compress(data, level)

    monkeypatch.setattr(deflate, "isal_zlib", Accelerator)
    for level in range(10):
        in_pieces = deflate.deflated_piece(b"text " * 100, level) + deflate.END_OF_PIECES
        for packed in (deflate.deflated(b"text " * 100, level), in_pieces):
            assert deflate.zlib.decompress(packed, -15) == b"text " * 100
    assert asked == [3] * 6


MANY_CONTENTS = """
import hashlib, sys
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle import deflate
deflate.isal_zlib = deflate.isal_zlib if sys.argv[1] == "isal" else None
digest = hashlib.sha256()
for number in range(3000):
    content = b"%d" % number * 100
    digest.update(deflate.deflated(content, 1) + deflate.deflated_piece(content, 2))
print(digest.hexdigest())
"""


@pytest.mark.parametrize("compressor", ["zlib", "isal"])
def test_what_is_compressed_is_the_same_in_every_process(compressor: str) -> None:
    """An accelerator's result may depend on where the process has its memory."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", MANY_CONTENTS, compressor]
    digests = [subprocess.run(command, env=environment, check=True, capture_output=True).stdout for _time in range(4)]
    assert len(set(digests)) == 1
