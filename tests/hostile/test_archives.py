# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ready-made archives: what is accepted is unpacked by the hosts' own programs as it was read; what is huge or damaged ends in a sentence."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import pathlib
import random
import stat
import struct
import subprocess
import tarfile
import typing as t
import warnings
import zipfile
import zlib

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.ready import ReadyBundle, read_ready
from emulator.hosts.agent.archive import unpack
from hostile.confinement import confined

APPSPEC = b"version: 0.0\nos: linux\n"
NAMES = [
    "a", "b", "d", "d/x", "d/y", "e/f/x", "./a", "d/", "../a", "a/..", "/a", "d/../b", "d//x", "C:/a", "C:\\a", "a\\b", "ü", "x\ny", "..", ".",
    "", "a;1", "A", "CON", "d/./x", "e", "e/f", "e/f/", "l", "l/x", "l/l",
]  # fmt: skip
TARGETS = [
    "a",
    "..",
    "../..",
    "/etc",
    "d",
    "d/..",
    "d/../..",
    "l",
    ".",
    "e/f/../../..",
    "nowhere",
    "e/f",
    "",
    "l/..",
    "./d/x",
    "/a",
]
KINDS = (
    [tarfile.REGTYPE] * 6
    + [tarfile.SYMTYPE] * 2
    + [tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)


def some_archive(rnd: random.Random, bundle_type: str) -> bytes:
    output = io.BytesIO()
    members = [(rnd.choice(NAMES), rnd.choice(TARGETS), rnd.choice(KINDS)) for _number in range(rnd.randint(1, 4))]
    if bundle_type == "zip":
        modes = {
            tarfile.SYMTYPE: 0o120777,
            tarfile.DIRTYPE: 0o040755,
            tarfile.CHRTYPE: 0o020644,
            tarfile.FIFOTYPE: 0o010644,
        }
        with zipfile.ZipFile(output, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("appspec.yml", APPSPEC)
            for name, target, kind in members:
                info = zipfile.ZipInfo(name)
                info.create_system = 3
                info.external_attr = modes.get(kind, 0o100644) << 16
                archive.writestr(info, "" if kind == tarfile.DIRTYPE else target)
        return output.getvalue()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, target, kind in [("appspec.yml", "", tarfile.REGTYPE), *members]:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = target
            elif kind == tarfile.REGTYPE:
                info.size = len(target)
            if kind == tarfile.DIRTYPE:
                info.mode = 0o755
            tar.addfile(info, io.BytesIO(target.encode()))
    return output.getvalue()


def seen(folder: pathlib.Path) -> dict[str, str]:
    """What FOLDER holds but directories, by path: a link's target, or a file's content."""
    return {
        str(path.relative_to(folder)): f"-> {os.readlink(path)}" if path.is_symlink() else path.read_text()  # noqa: PTH115 (the text counts)
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }


def expected(bundle: ReadyBundle) -> dict[str, str]:
    """The same, as it was read."""
    return {
        member.path: f"-> {member.target}" if member.target is not None else bundle.read(member.path, 1000).decode()
        for member in bundle.members
        if not stat.S_ISDIR(member.mode)
    }


UNPACKING = {
    "zip": lambda archive, target: ["unzip", "-qo", archive, "-d", target],
    "tar": lambda archive, target: ["tar", "-C", target, "-xpsf", archive],
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bundle_type", ["zip", "tar"])
def test_what_is_accepted_is_unpacked_as_it_was_read(tmp_path: pathlib.Path, bundle_type: str, seed: int) -> None:
    """By the programs that host agent 1.8.1 calls, without a complaint, and by the stand-in agent."""
    rnd, accepted = random.Random(seed), 0
    archive = tmp_path / "bundle"
    for number in range(150):
        archive.write_bytes(some_archive(rnd, bundle_type))
        try:
            bundle = read_ready(archive)
        except BundleError:
            continue
        accepted += 1
        target = tmp_path / f"{number}" / "top" / "archive"
        target.mkdir(parents=True)
        done = subprocess.run(UNPACKING[bundle_type](archive, target), capture_output=True, text=True, check=False)
        members = [(member.name, member.target, member.same_as) for member in bundle.members]
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), members
        assert seen(target) == expected(bundle), members
        unpack(archive, bundle_type, target)
        assert seen(target) == expected(bundle), members
        assert [path.name for path in target.parent.iterdir()] == ["archive"]
    assert accepted > 10


def good_archive(bundle_type: str) -> bytes:
    output = io.BytesIO()
    if bundle_type == "zip":
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("appspec.yml", "a", "d/x", "d/y"):
                archive.writestr(name, name * 50)
        return output.getvalue()
    form = tarfile.PAX_FORMAT if bundle_type == "pax" else tarfile.GNU_FORMAT
    with tarfile.open(fileobj=output, mode="w:gz" if bundle_type == "tgz" else "w", format=form) as tar:
        for name in ("appspec.yml", "a", "d/" + "x" * 150, "d/ü"):
            info = tarfile.TarInfo(name)
            info.size = 50
            tar.addfile(info, io.BytesIO(b"x" * 50))
    return output.getvalue()


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "pax", "tgz"])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_archive_is_refused_or_read_in_a_sentence(
    tmp_path: pathlib.Path, bundle_type: str, seed: int
) -> None:
    rnd, good, archive = random.Random(seed), good_archive(bundle_type), tmp_path / "bundle"
    for _number in range(250):
        content = bytearray(good)
        for _change in range(rnd.randint(1, 4)):
            content[rnd.randrange(len(content))] = rnd.choice([0, 1, 0x2F, 0x80, 0xFF, rnd.randrange(256)])
        if rnd.random() < 0.3:
            del content[rnd.randrange(len(content)) :]
        archive.write_bytes(content)
        with contextlib.suppress(BundleError):
            read_ready(archive)


def tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A header in GNU's format, whatever SIZE is."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def reading(archive: pathlib.Path) -> t.Callable[[], t.Any]:
    return lambda: len(read_ready(archive).members)


def test_a_bomb_of_4_gb_in_a_zip(tmp_path: pathlib.Path) -> None:
    archive = tmp_path / "bundle"
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    mebibyte = compressor.compress(bytes(1 << 20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("appspec.yml", APPSPEC)
        opened.writestr("zeros", mebibyte * 4096 + b"\3\0")
        info = opened.getinfo("zeros")
        info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, 4 << 30
    assert "exceed 1 GiB with 'zeros' (4,294,967,296 bytes)" in confined(reading(archive), 256)


def test_a_bomb_of_4_gb_in_a_tgz(tmp_path: pathlib.Path) -> None:
    archive = tmp_path / "bundle"
    with gzip.open(archive, "wb", 1) as file:
        file.write(tar_header("appspec.yml", 0))
        file.write(tar_header("zeros", 4 << 30))
        for _number in range(64):
            file.write(bytes(1 << 20))
    assert "exceed 1 GiB with 'zeros'" in confined(reading(archive), 256)


def test_zeros_without_end_behind_a_tgz(tmp_path: pathlib.Path) -> None:
    archive = tmp_path / "bundle"
    member = gzip.compress(bytes(256 << 20), 1)
    archive.write_bytes(gzip.compress(tar_header("appspec.yml", 0) + bytes(1024)) + member * 16)
    assert "bytes follow its end" in confined(reading(archive), 256)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_name_of_1_gb(tmp_path: pathlib.Path, kind: bytes) -> None:
    archive = tmp_path / "bundle"
    archive.write_bytes(tar_header("appspec.yml", 0) + tar_header("long", 1 << 30, kind))
    with archive.open("ab") as file:
        file.truncate((1 << 30) + 4096)
    assert "headers of a member exceed" in confined(reading(archive), 256)


def test_headers_without_end(tmp_path: pathlib.Path) -> None:
    """Each announces the name of the next."""
    archive = tmp_path / "bundle"
    name = tar_header("long", 10, tarfile.GNUTYPE_LONGNAME) + b"x" * 10 + bytes(502)
    archive.write_bytes(tar_header("appspec.yml", 0) + name * 5000)
    assert "neither a directory nor a valid" in confined(reading(archive), 256)


def test_a_sparse_map_without_end(tmp_path: pathlib.Path) -> None:
    archive = tmp_path / "bundle"
    header = bytearray(tar_header("sparse", 0, tarfile.GNUTYPE_SPARSE))
    header[482] = 1  # a block with more of the map follows
    struct.pack_into("8s", header, 148, b" " * 8)
    header[148:156] = b"%06o\0 " % sum(header)
    block = b"00000000001\0" * 42 + b"\1" + bytes(7)
    archive.write_bytes(tar_header("appspec.yml", 0) + bytes(header) + block[:512] * 20000)
    assert "headers of a member exceed" in confined(reading(archive), 256)


@pytest.mark.parametrize("size", [-512, -1, -(1 << 62)])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.GNUTYPE_LONGNAME, b"Z"])
def test_a_negative_size(tmp_path: pathlib.Path, size: int, kind: bytes) -> None:
    """The next member would stand before this one, for ever."""
    archive = tmp_path / "bundle"
    archive.write_bytes(tar_header("appspec.yml", 0) + tar_header("back", size, kind) + bytes(1024))
    assert "neither a directory nor a valid" in confined(reading(archive), 256)


def test_more_members_than_a_bundle_may_hold(tmp_path: pathlib.Path) -> None:
    """A zip of a million members, of which only its directory exists."""
    archive = tmp_path / "bundle"
    record = b"PK\1\2" + struct.pack("<4B4HL2L5H2L", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0)
    directory = b"".join(record + b"%04x" % (number & 0xFFFF) for number in range(1_000_000))
    end = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), 0)
    end += b"PK\6\7" + struct.pack("<LQL", 0, len(directory), 1)
    end += b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    archive.write_bytes(directory + end)
    assert "it has more than 500,000 members" in confined(reading(archive), 512)


def test_an_archive_of_1_gb_is_not_read_into_memory(tmp_path: pathlib.Path) -> None:
    """Stored and sparse, so that it takes no room."""
    archive, zeros = tmp_path / "bundle", bytes(1 << 20)
    checksum = 0
    for _number in range(1024):
        checksum = zlib.crc32(zeros, checksum)
    with archive.open("w+b") as file, zipfile.ZipFile(file, "w") as opened:
        opened.writestr("appspec.yml", APPSPEC)
        opened.writestr("zeros", b"")
        info = opened.getinfo("zeros")
        info.file_size = info.compress_size = 1 << 30
        info.CRC = checksum
        file.seek(info.header_offset)
        file.write(info.FileHeader())
        file.seek(1 << 30, 1)
        opened.start_dir = file.tell()
    assert confined(reading(archive), 128) == 2


def test_members_that_share_their_data(tmp_path: pathlib.Path) -> None:
    """A bomb whose members overlap: each is small, all are huge."""
    archive, content = tmp_path / "bundle", zlib.compress(bytes(16 << 20))[2:-4]
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("appspec.yml", APPSPEC)
        info = zipfile.ZipInfo("0")
        info.compress_type = zipfile.ZIP_STORED
        opened.writestr(info, content)
        for number in range(1000):
            other = zipfile.ZipInfo(f"{number}")
            other.header_offset, other.compress_type = info.header_offset, zipfile.ZIP_DEFLATED
            other.CRC, other.compress_size, other.file_size = 0, len(content), 16 << 20
            opened.filelist.append(other)
    assert "exceed 1 GiB" in confined(reading(archive), 256)
