# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes into a bundle, and the digest by which a release is known.

The digest is of names, kinds, modes and contents, taken before any archive exists, so the same content is the same release on any machine, at
any time, with any compressor.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import stat
import typing as t
from dataclasses import dataclass

# Left out of every bundle: the history of the source is no part of the application.
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "CVS"})

# The only name that the host agent finds in all its steps (observed with host agent 1.8.1; `appspec.yaml` fails in the hooks).
APPSPEC = "appspec.yml"

_CHUNK = 1 << 20


class BundleError(ValueError):
    """A tree of which no bundle can be made; the text names the path and says why."""


@dataclass(frozen=True)
class Entry:
    """One file or directory: PATH relative to the tree with `/`, permission bits, size in bytes, sha256 of the content in hex."""

    path: str
    mode: int
    size: int = 0
    sha256: str = ""

    @property
    def is_directory(self) -> bool:
        return self.mode == DIRECTORY_MODE


DIRECTORY_MODE = stat.S_IFDIR | 0o755


@dataclass(frozen=True)
class Manifest:
    """The entries of a tree, sorted by path; each directory stands before what it holds."""

    tree: pathlib.Path
    entries: tuple[Entry, ...]

    @property
    def digest(self) -> str:
        """The release's identity: sha256 in hex over the entries' paths, modes and contents."""
        identity = hashlib.sha256(b"slipway bundle manifest 1\n")
        for entry in self.entries:
            identity.update(f"{entry.mode:o} {entry.sha256 or '-'} {entry.path}\0".encode())
        return identity.hexdigest()

    @property
    def files(self) -> int:
        return sum(not entry.is_directory for entry in self.entries)

    @property
    def size(self) -> int:
        """The bytes of all files, before compression."""
        return sum(entry.size for entry in self.entries)


def read_manifest(tree: pathlib.Path) -> Manifest:
    """The manifest of the directory TREE. Raises BundleError if no bundle can be made of it.

    Links are followed to files within the tree. Permissions are reduced to whether a file is executable, as version control does, so the
    umask of a checkout does not make another release.
    """
    if not tree.is_dir():
        raise BundleError(f"{str(tree)!r} is not a directory")
    if not (tree / APPSPEC).is_file():
        raise BundleError(_no_appspec(tree))
    return Manifest(tree, tuple(sorted(_entries(tree), key=lambda entry: entry.path)))


def _no_appspec(tree: pathlib.Path) -> str:
    if (tree / "appspec.yaml").is_file():
        return f"{str(tree)!r} holds appspec.yaml, but the host agent runs hooks only from a file named {APPSPEC}: rename it"
    return f"{str(tree)!r} has no {APPSPEC} at its top, so it is not an application that CodeDeploy can deploy"


def _entries(tree: pathlib.Path) -> t.Iterator[Entry]:
    root = tree.resolve()

    def refuse(error: OSError) -> t.NoReturn:
        raise BundleError(f"{error.filename!r} cannot be read: {error.strerror}")

    for folder, folders, files in os.walk(tree, onerror=refuse):
        folders[:] = [name for name in folders if name not in VERSION_CONTROL]
        here = pathlib.Path(folder)
        for name in [*folders, *(file for file in files if file not in VERSION_CONTROL)]:
            yield _entry(here / name, _bundle_path(here / name, tree), root)


def _bundle_path(path: pathlib.Path, tree: pathlib.Path) -> str:
    name = path.relative_to(tree).as_posix()
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BundleError(f"{name!r} is not UTF-8, so its name would not survive in an archive: rename it") from None
    return name


def _entry(path: pathlib.Path, name: str, root: pathlib.Path) -> Entry:
    if path.is_symlink():
        _check_link(path, name, root)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            return Entry(name, DIRECTORY_MODE)
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(
                f"{name!r} is neither a file nor a directory (a socket, pipe or device?): remove it from the source"
            )
        executable = status.st_mode & 0o111
        return Entry(name, stat.S_IFREG | (0o755 if executable else 0o644), status.st_size, file_digest(path))
    except OSError as error:
        raise BundleError(f"{name!r} cannot be read: {error.strerror}") from error


def _check_link(path: pathlib.Path, name: str, root: pathlib.Path) -> None:
    target = path.resolve()
    if not target.exists():
        raise BundleError(f"{name!r} is a broken link (to {os.readlink(path)!r}): remove or mend it")  # noqa: PTH115 - the text, not a path
    if not target.is_relative_to(root):
        raise BundleError(f"{name!r} is a link that leaves the source (to {str(target)!r}): copy what it points to")
    if target.is_dir():
        raise BundleError(
            f"{name!r} is a link to a directory: only links to files are supported, replace it by the directory"
        )


def file_digest(path: pathlib.Path) -> str:
    """The sha256 of the file PATH in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
