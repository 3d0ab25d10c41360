# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking: what every format keeps, and what hostile bundles cannot do."""

from __future__ import annotations

import stat
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.hosts.agent.archive import ArchiveError, unpack
from emulator.tests.agent.bundles import APPSPEC, bundle_of, script, tar_bundle, tar_link, tar_of, zip_bundle

FILES = {"appspec.yml": APPSPEC, "bin/run.sh": script("true"), "etc/app.conf": "answer=42\n"}


def unpacked(bundle: bytes, bundle_type: str, directory: Path) -> Path:
    """Unpacks into `directory`/deployment/deployment-archive, beside which stands a file that must stay as it is."""
    deployment = directory / "deployment"
    deployment.mkdir(parents=True)
    (directory / "victim").write_text("untouched", encoding="utf-8")
    (deployment / "bundle.tar").write_bytes(bundle)
    unpack(deployment / "bundle.tar", bundle_type, deployment / "deployment-archive")
    return deployment / "deployment-archive"


def tree(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text(encoding="utf-8")
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("bundle_type", ["tar", "tgz", "zip"])
def test_every_type_keeps_contents_and_modes(bundle_type: str, tmp_path: Path) -> None:
    archive = unpacked(bundle_of(bundle_type, FILES), bundle_type, tmp_path)
    assert tree(archive) == FILES
    assert stat.S_IMODE((archive / "bin/run.sh").stat().st_mode) == 0o755
    assert stat.S_IMODE((archive / "etc/app.conf").stat().st_mode) == 0o640


@pytest.mark.parametrize("bundle_type", ["tar", "tgz", "zip"])
def test_one_directory_around_everything_is_taken_away(bundle_type: str, tmp_path: Path) -> None:
    wrapped = {f"shop-1.2/{name}": content for name, content in FILES.items()}
    assert tree(unpacked(bundle_of(bundle_type, wrapped), bundle_type, tmp_path)) == FILES


def test_a_single_directory_without_an_appspec_stays(tmp_path: Path) -> None:
    assert tree(unpacked(tar_bundle({"data/x": "1"}), "tar", tmp_path)) == {"data/x": "1"}


def test_tar_keeps_links_times_and_directory_modes(tmp_path: Path) -> None:
    directory = tarfile.TarInfo("closed")
    directory.type, directory.mode = tarfile.DIRTYPE, 0o500
    inside = tarfile.TarInfo("closed/x")
    inside.mtime = 1_600_000_000
    links = [(tar_link("current", "closed/x"), b""), (tar_link("twin", "closed/x", tarfile.LNKTYPE), b"")]
    archive = unpacked(tar_of([(directory, b""), (inside, b"1"), *links]), "tar", tmp_path)
    assert stat.S_IMODE((archive / "closed").stat().st_mode) == 0o500
    assert (archive / "closed/x").stat().st_mtime == 1_600_000_000
    assert (archive / "current").readlink() == Path("closed/x")
    assert (archive / "twin").samefile(archive / "closed/x")


def test_zip_keeps_links(tmp_path: Path) -> None:
    archive = unpacked(zip_bundle({"a": "1"}, links={"link": "a"}), "zip", tmp_path)
    assert (archive / "link").readlink() == Path("a")


VICTIM = "../../victim"
HOSTILE = {
    "tar: a name that climbs out": ("tar", tar_bundle({VICTIM: "owned"})),
    "tar: a climb in the middle": ("tar", tar_bundle({"a/../../../victim": "owned"})),
    "tar: an absolute name": ("tar", tar_bundle({"/etc/owned-by-a-test": "owned"})),
    "tar: through a link to a directory": (
        "tar",
        tar_of([(tar_link("out", "../.."), b""), (tarfile.TarInfo("out/victim"), b"owned")]),
    ),
    "tar: through two links": (
        "tar",
        tar_of([(tar_link("a", ".."), b""), (tar_link("b", "a/.."), b""), (tarfile.TarInfo("b/victim"), b"owned")]),
    ),
    "tar: a hard link to something outside": ("tar", tar_of([(tar_link("twin", VICTIM, tarfile.LNKTYPE), b"")])),
    "tar: a hard link through a link": (
        "tar",
        tar_of([(tar_link("out", "../.."), b""), (tar_link("twin", "out/victim", tarfile.LNKTYPE), b"")]),
    ),
    "tar: a device": ("tar", tar_of([(tar_link("null", "", tarfile.CHRTYPE), b"")])),
    "tar: a pipe": ("tar", tar_of([(tar_link("pipe", "", tarfile.FIFOTYPE), b"")])),
    "zip: a name that climbs out": ("zip", zip_bundle({VICTIM: "owned"})),
    "zip: an absolute name": ("zip", zip_bundle({"/etc/owned-by-a-test": "owned"})),
    "zip: through a link to a directory": ("zip", zip_bundle({"out/victim": "owned"}, links={"out": "../.."})),
    "tgz that is none": ("tgz", b"this is not a gzip file"),
    "zip that is none": ("zip", b"this is not a zip file"),
    "tar cut short": ("tar", tar_bundle({"a": "x" * 4000})[:1000]),
    "tgz cut short": ("tgz", bundle_of("tgz", FILES)[:60]),
}


@pytest.mark.parametrize(("bundle_type", "bundle"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_and_damaged_bundles_are_refused_and_change_nothing(
    bundle_type: str, bundle: bytes, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError, match=bundle_type):
        unpacked(bundle, bundle_type, tmp_path)
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "untouched"
    assert not Path("/etc/owned-by-a-test").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("bundle_type", ["tar", "zip"])
def test_a_file_replaces_a_link_of_its_name_and_not_what_the_link_means(bundle_type: str, tmp_path: Path) -> None:
    bundles = {
        "tar": tar_of([(tar_link("a", VICTIM), b""), (tarfile.TarInfo("a"), b"own")]),
        "zip": zip_bundle({"a": "own"}, links={"a": VICTIM}),
    }
    archive = unpacked(bundles[bundle_type], bundle_type, tmp_path)
    assert tree(archive) == {"a": "own"}
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "untouched"


PARTS = st.sampled_from(["a", "b", "..", ".", "", "deployment-archive", "victim"])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, KINDS), max_size=6))
def test_no_tar_changes_anything_outside(entries: list[tuple[str, str, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        outer = Path(directory) / "1" / "2" / "3"
        bundle = tar_of(
            [(tar_link(name, target, kind), b"x" if kind == tarfile.REGTYPE else b"") for name, target, kind in entries]
        )
        try:
            unpacked(bundle, "tar", outer)
        except ArchiveError:
            assert entries
        names = {path.name for path in outer.rglob("*") if "deployment-archive" not in path.relative_to(outer).parts}
        assert names == {"victim", "deployment", "bundle.tar"}
        assert [path.name for path in Path(directory).iterdir()] == ["1"]
        assert (outer / "victim").read_text(encoding="utf-8") == "untouched"
        assert (outer / "victim").stat().st_nlink == 1
