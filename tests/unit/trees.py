# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Source trees for the tests, and how what was unpacked is held against them."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
import tarfile
import typing as t
import zipfile
from collections.abc import Callable

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.bundle import TreeBundle
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.manifest import Manifest
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.reading import begin_reading
from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.selection import read_selection
from emulator.hosts.agent.archive import unpack

APPSPEC = "version: 0.0\nos: linux\n"

# What stands at a path: None for a directory, a text for a link's target, otherwise whether it is executable, and the content.
Seen = dict[str, str | tuple[bool, bytes] | None]


def make_tree(root: pathlib.Path) -> pathlib.Path:
    """A small tree with what matters: an AppSpec, a script, a name beyond ASCII, an empty directory."""
    (root / "scripts").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "appspec.yml").write_text(APPSPEC)
    (root / "scripts" / "start.sh").write_text("#!/bin/sh\n")
    (root / "scripts" / "start.sh").chmod(0o755)
    (root / "größe.txt").write_text("ü")
    return root


def archive_of(
    tree: pathlib.Path,
    bundle_type: str = "zip",
    level: int = 1,
    exclude: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    symlinks: str = "follow",
) -> bytes:
    """The bundle of TREE, as it goes to S3."""
    selection = read_selection(tree, exclude, include)
    reading = begin_reading(tree, selection, symlinks, level=level if bundle_type == "zip" else None)
    bundle = TreeBundle(reading.manifest(), bundle_type, level, reading.packed())
    return b"".join(chunk.data for chunk in bundle.chunks())


def read_manifest(*source: t.Any, **options: t.Any) -> Manifest:
    """The manifest of a source, which is given as begin_reading takes it."""
    return begin_reading(*source, **options).manifest()


def seen_in(folder: pathlib.Path) -> Seen:
    """What FOLDER holds, by paths relative to it."""
    found: Seen = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            value: str | tuple[bool, bytes] | None = os.readlink(path)  # noqa: PTH115 (the text counts)
        elif stat.S_ISDIR(status.st_mode):
            value = None
        else:
            value = (bool(status.st_mode & 0o111), path.read_bytes())
        found[path.relative_to(folder).as_posix()] = value
    return found


def run(*command: str | pathlib.Path) -> str:
    """What COMMAND prints; fails with its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def unzip(archive: pathlib.Path, target: pathlib.Path) -> None:
    run("unzip", "-qo", archive, "-d", target)


def unzip_by_python(archive: pathlib.Path, target: pathlib.Path) -> None:
    """Python leaves the modes to its caller."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(target)  # noqa: S202 (the test made it)
        for info in opened.infolist():
            (target / info.filename).chmod(info.external_attr >> 16 & 0o777)


def untar(archive: pathlib.Path, target: pathlib.Path) -> None:
    target.mkdir()
    run("tar", "-xpsf", archive, "-C", target)


def untar_by_python(archive: pathlib.Path, target: pathlib.Path) -> None:
    with tarfile.open(archive) as opened:
        opened.extraction_filter = lambda member, _path: member  # all of it: since 3.14 Python would leave things out
        opened.extractall(target)  # noqa: S202 (the test made it)


def unpack_as_agent(archive: pathlib.Path, target: pathlib.Path) -> None:
    unpack(archive, archive.suffix[1:], target)


Unpacker = Callable[[pathlib.Path, pathlib.Path], None]
UNPACKERS: dict[str, list[Unpacker]] = {
    "zip": [unzip, unzip_by_python, unpack_as_agent],
    "tar": [untar, untar_by_python, unpack_as_agent],
    "tgz": [untar, untar_by_python, unpack_as_agent],
}


def check_sound(archive: pathlib.Path) -> None:
    """The programs that a host has find no fault with ARCHIVE, and say nothing."""
    if archive.suffix == ".zip":
        assert "No errors detected" in run("unzip", "-t", archive)
    else:
        run("tar", "tf", archive)
