# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holding the AppSpec of a bundle and the bundle's tree against each other: what the check needs of either.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import pathlib
import typing as t
from collections.abc import Collection

from ._appspec import Bundle, Platform
from ._appspec.bundle import Archive
from ._appspec.yaml_source import MAX_BYTES
from ._bundle.bundle import TreeBundle
from ._bundle.files import read_regular
from ._bundle.manifest import APPSPEC, BundleError, Entry
from ._bundle.ready import ReadyBundle
from ._bundle.selection import read_selection
from ._bundle.tree import list_entries
from ._validation import InvalidOption

# Where the AppSpec of a directory is looked for. AWS user guide, "CodeDeploy limits": its name is appspec.yaml for Lambda and ECS.
NAMES: dict[Platform, tuple[str, ...]] = {
    "server": (APPSPEC, "appspec.yaml"),
    "lambda": ("appspec.yaml", "appspec.yml", "appspec.json"),
    "ecs": ("appspec.yaml", "appspec.yml", "appspec.json"),
}


def bundle_of(entries: Collection[Entry], archive: Archive | None = None) -> Bundle:
    """ENTRIES of a tree as the check sees them; ARCHIVE is the format in which they will be shipped. Reading it raises BundleError."""
    by_path = {entry.path: entry for entry in entries}

    def read(path: str, limit: int) -> bytes:
        try:
            with by_path[path].open() as content:
                return content.read(limit)
        except OSError as error:
            raise BundleError(f"{path!r} cannot be read: {error.strerror}") from error

    return Bundle(entries, read, archive)


def shipped_bundle(bundle: TreeBundle | ReadyBundle) -> Bundle:
    """What the check sees of BUNDLE. Reading it raises BundleError."""
    archive = t.cast("Archive", bundle.bundle_type)
    if isinstance(bundle, ReadyBundle):
        return Bundle(bundle.members, bundle.read, archive)
    return bundle_of(bundle.manifest.entries, archive)


def bundle_in(directory: pathlib.Path) -> Bundle:
    """What would be bundled of DIRECTORY. Raises BundleError if some of it cannot."""
    return bundle_of(list_entries(directory, read_selection(directory)))


def appspec_file(option: str, path: pathlib.Path, platform: Platform) -> pathlib.Path:
    """The AppSpec's file: PATH, or what it holds if it is a directory. Raises InvalidOption, which names OPTION, if there is none."""
    if not path.is_dir():
        return path
    for name in NAMES[platform]:
        if (path / name).is_file():
            return path / name
    raise InvalidOption(f"{option}: {str(path)!r} has no {NAMES[platform][0]} at its top")


def read_appspec_text(option: str, file: pathlib.Path) -> str:
    """The text of FILE, as much of it as is checked; bytes that are not UTF-8 are left for the check to find. Raises InvalidOption."""
    try:
        return read_regular(file, MAX_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise InvalidOption(f"{option}: {str(file)!r} cannot be read: {error.strerror}") from error
