# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip
import io
import pathlib
import re
import stat
import struct
import tarfile
import typing as t
import warnings
import zipfile

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.ready import read_ready
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError
from ansible_collections.slipway.codedeploy.plugins.module_utils._releases.appspecs import check_bundle, shipped_bundle

GOOD = ["appspec.yml", "scripts/start.sh"]


APPSPEC = """version: 0.0
os: linux
hooks:
  ApplicationStart:
    - location: scripts/start.sh
    - location: scripts/stop.sh
    - location: scripts/gone.sh
"""


def packed(bundle_type: str, names: list[str]) -> bytes:
    """An archive of files whose content is their name."""
    return archived(bundle_type, {name: name for name in names})


def archived(bundle_type: str, files: dict[str, str]) -> bytes:
    output = io.BytesIO()
    if bundle_type == "zip":
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=output, mode="w:gz" if bundle_type == "tgz" else "w") as tar:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
    return output.getvalue()


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize("names", [GOOD, [f"./{name}" for name in GOOD], [f"web-1.4/{name}" for name in GOOD]])
def test_an_archive_is_known_by_its_bytes_and_taken_as_it_is(
    tmp_path: pathlib.Path, bundle_type: str, names: list[str]
) -> None:
    path = tmp_path / "any-name"
    path.write_bytes(packed(bundle_type, names))
    bundle = read_ready(path)
    assert (bundle.bundle_type, bundle.longest) == (bundle_type, path.stat().st_size)
    assert (bundle.facts["files"], bundle.facts["size"]) == (2, sum(map(len, names)))
    assert b"".join(chunk.data for chunk in bundle.chunks()) == path.read_bytes()
    path.write_bytes(packed(bundle_type, [*names, f"{names[0]}.more"]))
    assert read_ready(path).digest != bundle.digest


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize(
    "names",
    [["index.html"], ["conf/appspec.yml", "index.html"], ["a/b/appspec.yml"], ["appspec.yaml"], ["appspec.yml.orig"]],
)
def test_an_archive_without_an_appspec_where_the_agent_looks_is_refused(
    tmp_path: pathlib.Path, bundle_type: str, names: list[str]
) -> None:
    (tmp_path / "bundle").write_bytes(packed(bundle_type, names))
    with pytest.raises(BundleError, match=r"has no appspec\.yml at its top level or in its only directory"):
        read_ready(tmp_path / "bundle")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        packed("tgz", GOOD)[:-20],
        packed("zip", GOOD)[:60],
        b"\x1f\x8b" + b"x" * 100,
        packed("tar", GOOD)[:700],
    ],
    ids=["empty", "text", "cut tgz", "cut zip", "no gzip", "cut tar"],
)
def test_what_is_no_sound_archive_is_refused(tmp_path: pathlib.Path, content: bytes) -> None:
    (tmp_path / "bundle").write_bytes(content)
    with pytest.raises(
        BundleError, match=r"is neither a directory nor a valid zip, tar or tgz file|has no appspec\.yml"
    ):
        read_ready(tmp_path / "bundle")


def test_another_type_than_expected_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(packed("tgz", GOOD))
    assert read_ready(tmp_path / "bundle", "tgz").bundle_type == "tgz"
    with pytest.raises(BundleError, match=r"zip does not match .*, which is of type tgz: set that type, or omit it"):
        read_ready(tmp_path / "bundle", "zip")


def test_a_file_that_changes_meanwhile_is_not_taken(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(packed("zip", GOOD))
    bundle = read_ready(tmp_path / "bundle")
    (tmp_path / "bundle").write_bytes(packed("zip", [*GOOD, "more"]))
    with pytest.raises(BundleError, match="changed while it was being uploaded"):
        list(bundle.chunks())


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize("top", ["", "./", "web-1.4/", "./web-1.4/"])
def test_an_archive_is_held_against_its_appspec(tmp_path: pathlib.Path, bundle_type: str, top: str) -> None:
    files = {"appspec.yml": APPSPEC, "scripts/start.sh": "#!/bin/sh\n", "scripts/stop.sh": "exit 0\n"}
    (tmp_path / "bundle").write_bytes(archived(bundle_type, {f"{top}{name}": files[name] for name in files}))
    bundle = shipped_bundle(read_ready(tmp_path / "bundle"))
    missing, interpreter = sorted(check_bundle(bundle, "never"), key=lambda problem: "#!" in problem)
    assert "scripts/gone.sh" in missing
    assert "has no shebang line" in interpreter
    with pytest.raises(CodeDeployError, match=r"(?s)1 error.*scripts/gone\.sh"):
        check_bundle(bundle, "error")


def test_an_archive_whose_appspec_is_encrypted_is_refused(tmp_path: pathlib.Path) -> None:
    content = bytearray(packed("zip", GOOD))
    content[6] |= (
        1  # of the first member's local record, the flag for encryption, and that of its record in the directory
    )
    content[content.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "bundle").write_bytes(content)
    with pytest.raises(BundleError, match=r"'appspec\.yml' in the archive is encrypted"):
        check_bundle(shipped_bundle(read_ready(tmp_path / "bundle")), "error")


class Put(t.NamedTuple):
    """A member of an archive: KIND as tarfile has it (a letter of b"0125" and so on), and CONTENT, which is a link's target."""

    name: str
    content: str = ""
    kind: bytes = tarfile.REGTYPE


def put_in(bundle_type: str, members: t.Iterable[Put], top: str = "") -> bytes:
    """An archive with an AppSpec at TOP and MEMBERS, as they are given."""
    output, members = io.BytesIO(), [Put(f"{top}appspec.yml", "version: 0.0\nos: linux\n"), *members]
    if bundle_type == "zip":
        modes = {
            tarfile.SYMTYPE: 0o120777,
            tarfile.DIRTYPE: 0o040755,
            tarfile.CHRTYPE: 0o020644,
            tarfile.FIFOTYPE: 0o010644,
        }
        with zipfile.ZipFile(output, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of duplicates
            for name, content, kind in members:
                info = zipfile.ZipInfo(name)
                info.external_attr = modes.get(kind, 0o100644) << 16
                archive.writestr(info, content)
        return output.getvalue()
    with tarfile.open(fileobj=output, mode="w:gz" if bundle_type == "tgz" else "w", format=tarfile.GNU_FORMAT) as tar:
        for name, content, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
    return output.getvalue()


def link(name: str, target: str) -> Put:
    return Put(name, target, tarfile.SYMTYPE)


def hard(name: str, target: str) -> Put:
    return Put(name, target, tarfile.LNKTYPE)


def folder(name: str) -> Put:
    return Put(f"{name}/", "", tarfile.DIRTYPE)


KINDS = {tarfile.REGTYPE: stat.S_IFREG, tarfile.DIRTYPE: stat.S_IFDIR, tarfile.SYMTYPE: stat.S_IFLNK}

_LEADS_OUT = "leads out of it with `..`"
_ABSOLUTE = "is an absolute path"
_LEAVES = "is a link that leads out of the archive"
_THROUGH = "would be written through the link"
_DEVICE = "is a device, "


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([Put("../x")], _LEADS_OUT),
        ([Put("a/../../x")], _LEADS_OUT),
        ([Put("a/..")], _LEADS_OUT),
        ([folder("..")], _LEADS_OUT),
        ([Put("/etc/cron.d/x")], _ABSOLUTE),
        ([Put("//x")], _ABSOLUTE),
        ([Put("C:/x")], _ABSOLUTE),
        ([link("l", "/etc/passwd")], _LEAVES),
        ([link("l", "..")], _LEAVES),
        ([link("a/l", "../../x")], _LEAVES),
        ([folder("a"), link("a/up", ".."), link("l", "a/up/../x")], _LEAVES),
        ([link("m", "l/../x"), link("l", ".")], _LEAVES),
        ([link("d", "e"), folder("e"), Put("d/x")], _THROUGH),
        ([Put("d/x"), link("d", "e"), folder("e")], _THROUGH),
        ([link("d", "e"), Put("d/e/f/x")], _THROUGH),
        ([Put("a"), Put("a/b")], "which is a file in the archive"),
        ([Put("a/b/c"), Put("a")], "which is a file in the archive"),
        ([Put("a"), Put("a")], "is a duplicate in the archive"),
        ([Put("a"), Put("./a")], "is a duplicate in the archive"),
        ([Put("a"), link("a", "appspec.yml")], "is a duplicate in the archive"),
        ([folder("a"), Put("a")], "is a duplicate in the archive"),
        ([Put("tty", "", tarfile.CHRTYPE)], _DEVICE),
        ([Put("pipe", "", tarfile.FIFOTYPE)], _DEVICE),
        ([Put("x" * 256)], "has more than 255 bytes"),
        ([Put("d/" * 255 + "x")], "is nested 256 levels deep"),
        ([Put(("d" * 200 + "/") * 20 + "x")], "has 4,021 bytes, but the limit on hosts is 3,968"),
        ([Put("two\nlines")], "has a control character in its name"),
        ([Put(".")], "cannot be the name of a file or link"),
        ([link("./.", "a")], "cannot be the name of a file or link"),
        ([Put("")], "cannot be the name of a file or link"),
    ],
)  # fmt: skip
def test_what_an_agent_would_misplace_or_refuse_is_named(
    tmp_path: pathlib.Path, bundle_type: str, members: list[Put], message: str
) -> None:
    (tmp_path / "bundle").write_bytes(put_in(bundle_type, members))
    with pytest.raises(BundleError, match=re.escape(message)):
        read_ready(tmp_path / "bundle")


@pytest.mark.parametrize(
    ("bundle_type", "members", "message"),
    [
        ("tar", [hard("h", "gone")], "is a hard link to 'gone', which is not a file before it"),
        ("tar", [hard("h", "later"), Put("later")], "which is not a file before it"),
        ("tar", [hard("h", "/etc/passwd")], "which is not a file before it"),
        ("tar", [hard("h", "../x")], "which is not a file before it"),
        ("tar", [hard("h", "h")], "which is not a file before it"),
        ("tar", [link("l", "appspec.yml"), hard("h", "l")], "which is not a file before it"),
        ("tar", [folder("d"), hard("h", "d")], "which is not a file before it"),
        ("tar", [Put("sda", "", tarfile.BLKTYPE)], _DEVICE),
        ("tar", [Put("unknown", "", b"Z")], _DEVICE),
        ("zip", [Put("scripts\\start.ps1")], "has a backslash"),
        ("zip", [Put("..\\x")], "has a backslash"),
        ("zip", [Put("d", "", tarfile.DIRTYPE)], "is a directory by either its name or its mode, but not by both"),
        ("zip", [link("d/", "a")], "is a directory by either its name or its mode, but not by both"),
        ("zip", [Put("d/", "content", tarfile.DIRTYPE)], "cannot be the name of a file or link"),
        ("zip", [link("l", "")], "is a link without a target"),
        ("tar", [link("l", "")], "is a link without a target"),
        ("tar", [Put("", "", tarfile.DIRTYPE)], "cannot be the name of a file or link"),
        ("tar", [Put("d/")], "cannot be the name of a file or link"),
        ("zip", [Put("C:\\x")], "has a backslash"),
        ("zip", [link("l", "x" * 5000)], "whose target is longer than any path"),
    ],
)
def test_what_only_one_format_can_hold_is_named(
    tmp_path: pathlib.Path, bundle_type: str, members: list[Put], message: str
) -> None:
    (tmp_path / "bundle").write_bytes(put_in(bundle_type, members))
    with pytest.raises(BundleError, match=re.escape(message)):
        read_ready(tmp_path / "bundle")


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize(
    "members",
    [
        [folder("."), folder("a"), folder("a"), Put("a/b")],
        [Put("A"), Put("a"), Put("CON"), Put("a:b")],
        [Put("a..b/..c"), Put("...")],
        [folder("a"), link("a/l", "../appspec.yml"), link("b", "a/l"), link("c", "nowhere/yet")],
        [folder("a/b"), link("d", "a/b"), link("l", "d/../x")],
        [link("circle", "circle"), link("x", "circle/../y")],
        [Put("x" * 255), Put("d/" * 254 + "x")],
    ],
)
def test_what_agents_unpack_as_it_is_passes(tmp_path: pathlib.Path, bundle_type: str, members: list[Put]) -> None:
    (tmp_path / "bundle").write_bytes(put_in(bundle_type, members))
    found = {(member.path, stat.S_IFMT(member.mode)) for member in read_ready(tmp_path / "bundle").members}
    put = {(str(pathlib.PurePosixPath(member.name)), KINDS[member.kind]) for member in members}
    assert found == {("appspec.yml", stat.S_IFREG), *put} - {(".", stat.S_IFDIR)}


def test_what_a_zip_from_elsewhere_does_not_say_of_modes_is_taken_for_plain_files(tmp_path: pathlib.Path) -> None:
    with zipfile.ZipFile(tmp_path / "bundle", "w") as archive:
        for name in ("appspec.yml", "lib/"):
            archive.writestr(name, "" if name.endswith("/") else "version: 0.0\nos: linux\n")
            archive.getinfo(name).external_attr = 0
    members = {member.path: member.mode for member in read_ready(tmp_path / "bundle").members}
    assert members == {"appspec.yml": 0o100644, "lib": 0o040644}


@pytest.mark.parametrize("top", ["", "web/"])
def test_a_hard_link_is_the_file_that_it_names(tmp_path: pathlib.Path, top: str) -> None:
    members = [Put(f"{top}a", "#!/bin/sh"), hard(f"{top}b", f"{top}a"), hard(f"{top}c", f"{top}b")]
    (tmp_path / "bundle").write_bytes(put_in("tar", members, top))
    bundle = read_ready(tmp_path / "bundle")
    assert (bundle.facts["files"], bundle.facts["links"]) == (4, 0)
    assert bundle.read("c", 100) == b"#!/bin/sh"


def damaged(content: bytes, at: int, by: int = 1) -> bytes:
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :]


_TAR = put_in("tar", [Put("a", "a" * 1000), Put("b", "b" * 1000)])
_ZIP = put_in("zip", [Put("a", "a" * 1000), Put("b", "b" * 1000)])
_BOMB = gzip.compress(_TAR, mtime=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (damaged(_ZIP, _ZIP.index(b"aaaa") + 10), "Bad CRC-32"),
        (_ZIP[:-300], "neither a directory nor a valid zip"),
        (damaged(_ZIP, _ZIP.rindex(b"PK\1\2") + 46), "differ"),
        (damaged(_ZIP, _ZIP.rindex(b"PK\1\2") + 10, 12), r"with a method \(12\)"),
        (damaged(_TAR, _TAR.index(b"bbbb") - 512), "a header is damaged"),
        (_TAR[: _TAR.index(b"bbbb") + 10], "unexpected end of data"),
        (_BOMB[:-12], "neither a directory nor a valid"),
        (damaged(_BOMB, len(_BOMB) - 6), "CRC check failed"),
        (_BOMB + b"garbage", "Not a gzipped file"),
        (_BOMB + gzip.compress(bytes(17 << 20)), "more than 16,777,216 bytes follow its end"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path: pathlib.Path, content: bytes, message: str) -> None:
    (tmp_path / "bundle").write_bytes(content)
    with pytest.raises(BundleError, match=message):
        read_ready(tmp_path / "bundle")


def test_a_tar_that_ends_in_a_zip_is_a_tar(tmp_path: pathlib.Path) -> None:
    jar = put_in("zip", [])
    tar = put_in("tar", [Put("a.jar", jar.decode("latin1"))])
    (tmp_path / "bundle").write_bytes(tar[: tar.rindex(b"PK\5\6") + 22])
    with pytest.raises(BundleError, match="is of type tar"):
        read_ready(tmp_path / "bundle", "zip")


def large_zip(size: int) -> bytes:
    """A zip whose directory says that a member has SIZE bytes."""
    content = bytearray(put_in("zip", [Put("a", "a" * 1000)]))
    struct.pack_into("<L", content, content.rindex(b"PK\1\2") + 24, size)
    return bytes(content)


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(large_zip((1 << 30) + 1))
    with pytest.raises(BundleError, match=r"exceeds the limit of 1 GiB at 'a'.*100 times its own size"):
        read_ready(tmp_path / "bundle")


def test_a_zip_that_says_less_than_it_holds_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(large_zip(10))
    with pytest.raises(BundleError, match="Bad CRC-32"):
        read_ready(tmp_path / "bundle")


def test_a_zip_with_links_is_for_hosts_with_unzip(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(put_in("zip", [link("now", "appspec.yml")]))
    (problem,) = check_bundle(shipped_bundle(read_ready(tmp_path / "bundle")), "error")
    assert "'now' is a link in a zip, which hosts without `unzip` drop" in problem
