# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a directory that go into its bundle."""

from __future__ import annotations

import os
import pathlib
import stat
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .files import Identity, Replaced, identity_of, open_same, status_beneath
from .limits import MOST_REPEATED, bounded, check_path
from .manifest import DIRECTORY_MODE, LINK_MODE, BundleError, Entry, changed_message
from .selection import Selection


@dataclass(frozen=True)
class Tree:
    """A directory to be bundled: its real path, the selection, and the policy for SYMLINKS (follow, follow_outside, preserve, error)."""

    root: str
    selection: Selection
    symlinks: str


class _Folder(t.NamedTuple):
    """A directory to be listed: its real PATH, the IDENTITY it had when it was found, its path in the bundle, and the real paths
    of the directories ABOVE it there."""

    path: str
    identity: Identity
    bundled: str
    above: tuple[str, ...]

    def below(self, name: str) -> str:
        """Return the path in the bundle of NAME in this directory."""
        return f"{self.bundled}/{name}" if self.bundled else name


class _Found(t.NamedTuple):
    """An item of a directory, with links followed: its path in the bundle, its REAL path, and its STATUS."""

    path: str
    real: str
    status: os.stat_result


def list_entries(
    folder: pathlib.Path,
    selection: Selection = Selection(),  # noqa: B008 (it cannot be changed)
    symlinks: str = "follow",
) -> list[Entry]:
    """Yield the entries of the directory FOLDER for its bundle, in no order, without reading contents. Raise BundleError if one cannot be bundled."""
    if not folder.is_dir():
        raise BundleError(f"{str(folder)!r} {'is not a directory' if folder.exists() else 'does not exist'}")
    tree = Tree(str(folder.resolve()), selection, symlinks)
    return tree.selection.without_empty_leftovers(list(bounded(_entries(tree))))


def _entries(tree: Tree) -> Iterator[Entry]:
    waiting = [_Folder(tree.root, identity_of(os.stat(tree.root)), "", ())]  # noqa: PTH116
    listed, repeated = set[Identity](), 0
    while waiting:
        folder = waiting.pop()
        repeated += folder.identity in listed
        if repeated > MOST_REPEATED:
            raise BundleError(
                f"links repeat directories more than {MOST_REPEATED:,} times, last at {folder.bundled!r}: "
                "exclude some of the links, or use symlinks: preserve"
            )
        listed.add(folder.identity)
        for entry, inner in _listed(tree, folder):
            if inner:
                waiting.append(inner)
            yield entry


def _listed(tree: Tree, folder: _Folder) -> Iterator[tuple[Entry, _Folder | None]]:
    """Yield the entries of FOLDER for the bundle, and its directories, which are still to be listed."""
    with _opened(folder) as descriptor, os.scandir(descriptor) as items:
        for item in items:
            path, is_link = folder.below(item.name), item.is_symlink()
            real = f"{folder.path}/{item.name}"
            # os.path.isdir returns False for a circle of links.
            is_directory = item.is_dir() if not is_link else tree.symlinks.startswith("follow") and os.path.isdir(real)  # noqa: PTH112
            if tree.selection.leaves_out(path, is_directory):
                continue
            check_path(path)
            if is_link:
                text = os.readlink(item.name, dir_fd=descriptor)
                target = _checked_target(tree, text, real, path)
                if tree.symlinks == "preserve":
                    yield _link(text, path), None
                    continue
                found = _Found(path, target, _status(tree, target, text, path))
            else:
                found = _Found(path, real, item.stat(follow_symlinks=False))
            if not stat.S_ISDIR(found.status.st_mode):
                yield _file(found), None
            elif found.real in (folder.path, *folder.above):
                raise BundleError(
                    f"{path!r} links to one of its own parent directories, so following it would never end: exclude it, or use symlinks: preserve"
                )
            else:
                above = (folder.path, *folder.above)
                yield (
                    Entry(path, DIRECTORY_MODE),
                    _Folder(found.real, identity_of(found.status), path, above),
                )


@contextmanager
def _opened(folder: _Folder) -> Iterator[int]:
    """Open a descriptor of FOLDER for listing. An OSError meanwhile becomes a BundleError."""
    name = folder.bundled or folder.path
    try:
        descriptor = open_same(folder.path, folder.identity, os.O_DIRECTORY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    except Replaced as error:
        raise BundleError(changed_message(name)) from error
    except OSError as error:
        raise BundleError(f"{name!r} cannot be read: {error.strerror}") from error


def _file(found: _Found) -> Entry:
    status = found.status
    if stat.S_ISLNK(status.st_mode):  # it was not a directory a moment ago
        raise BundleError(changed_message(found.path))
    if not stat.S_ISREG(status.st_mode):
        raise BundleError(
            f"{found.path!r} is neither a file nor a directory (a socket, pipe or device?): remove or exclude it"
        )
    permissions = 0o755 if status.st_mode & 0o111 else 0o644
    return Entry(found.path, stat.S_IFREG | permissions, found.real, status.st_size, identity=identity_of(status))


def _link(text: str, path: str) -> Entry:
    target = os.fsencode(text)
    return Entry(path, LINK_MODE, target, len(target))


def _checked_target(tree: Tree, text: str, link: str, path: str) -> str:
    """Return the real path of LINK, which has the target TEXT and the PATH in the bundle. Raise BundleError if the policy for links forbids it."""
    target = os.path.realpath(link)
    if tree.symlinks == "error":
        raise BundleError(
            f"{path!r} is a symbolic link (to {text!r}): replace or exclude it, or set `symlinks` to another policy"
        )
    if tree.symlinks == "preserve" and text.startswith("/"):
        raise BundleError(
            f"{path!r} is an absolute link (to {text!r}), which would lead elsewhere on a host: make it relative, or exclude it"
        )
    if not _is_inside(tree, target) and tree.symlinks != "follow_outside":
        raise BundleError(
            f"{path!r} is a link that leads out of the source (to {target!r}): copy its target, exclude it, or use symlinks: follow_outside"
        )
    return target


def _status(tree: Tree, target: str, text: str, path: str) -> os.stat_result:
    """Return the status of the real path TARGET of the link PATH with the text TEXT. If the policy requires a target in the source, start at its top, so that
    no link that has been added since leads elsewhere. Raise BundleError if there is nothing."""
    top, names = (tree.root, target.removeprefix(tree.root)) if _is_inside(tree, target) else ("/", target)
    try:
        return status_beneath(top, [name for name in names.split("/") if name])
    except OSError as error:
        raise BundleError(f"{path!r} is a broken link (to {text!r}): fix, remove or exclude it") from error


def _is_inside(tree: Tree, target: str) -> bool:
    return target == tree.root or target.startswith(f"{tree.root.rstrip('/')}/")
