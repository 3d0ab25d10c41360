# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import pathlib
import tarfile
import zipfile

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec_bundles import shipped_bundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._appspec_verdicts import check_bundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import BundleError
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.ready import read_ready
from ansible_collections.slipway.codedeploy.plugins.module_utils._errors import CodeDeployError

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
    with pytest.raises(BundleError, match=r"has no appspec\.yml at its top, nor in its only directory"):
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
        BundleError, match=r"is neither a directory nor a sound zip, tar or tgz file|has no appspec\.yml"
    ):
        read_ready(tmp_path / "bundle")


def test_another_type_than_expected_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(packed("tgz", GOOD))
    assert read_ready(tmp_path / "bundle", "tgz").bundle_type == "tgz"
    with pytest.raises(BundleError, match=r"zip was given, but .* is of type tgz"):
        read_ready(tmp_path / "bundle", "zip")


def test_a_file_that_changes_meanwhile_is_not_taken(tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle").write_bytes(packed("zip", GOOD))
    bundle = read_ready(tmp_path / "bundle")
    (tmp_path / "bundle").write_bytes(packed("zip", [*GOOD, "more"]))
    with pytest.raises(BundleError, match="changed while it was uploaded"):
        list(bundle.chunks())


@pytest.mark.parametrize("bundle_type", ["zip", "tar", "tgz"])
@pytest.mark.parametrize("top", ["", "./", "web-1.4/", "./web-1.4/"])
def test_an_archive_is_held_against_its_appspec(tmp_path: pathlib.Path, bundle_type: str, top: str) -> None:
    files = {"appspec.yml": APPSPEC, "scripts/start.sh": "#!/bin/sh\n", "scripts/stop.sh": "exit 0\n"}
    (tmp_path / "bundle").write_bytes(archived(bundle_type, {f"{top}{name}": files[name] for name in files}))
    bundle = shipped_bundle(read_ready(tmp_path / "bundle"))
    missing, interpreter = sorted(check_bundle(bundle, "never"), key=lambda problem: "#!" in problem)
    assert "scripts/gone.sh" in missing
    assert "has no #!" in interpreter
    with pytest.raises(CodeDeployError, match=r"(?s)1 error.*scripts/gone\.sh"):
        check_bundle(bundle, "error")


def test_an_archive_whose_appspec_is_encrypted_is_refused(tmp_path: pathlib.Path) -> None:
    content = bytearray(packed("zip", GOOD))
    content[6] |= (
        1  # of the first member's local record, the flag for encryption, and that of its record in the directory
    )
    content[content.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "bundle").write_bytes(content)
    with pytest.raises(BundleError, match=r"'appspec\.yml' in .* cannot be read: .*encrypted"):
        check_bundle(shipped_bundle(read_ready(tmp_path / "bundle")), "error")
