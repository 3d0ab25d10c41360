# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a directory goes into a bundle."""

from __future__ import annotations

import os
import pathlib
import re
import stat
import typing as t
from dataclasses import dataclass

from .manifest import DIRECTORY_MODE, LINK_MODE, BundleError, Entry
from .selection import Selection

# What unzip 6.0 drops from names (observed): control characters, and a version as VMS had it. A tree is fit for every format or for none.
_DROPPED = re.compile(r"[\x00-\x1f\x7f]|;\d*$", re.ASCII)


@dataclass(frozen=True)
class Tree:
    """A directory to be bundled: its real path, what of it goes in, and the policy for SYMLINKS (follow, follow_outside, preserve, error)."""

    root: str
    selection: Selection
    symlinks: str


def list_entries(
    folder: pathlib.Path,
    selection: Selection = Selection(),  # noqa: B008 (it cannot be changed)
    symlinks: str = "follow",
) -> list[Entry]:
    """What of the directory FOLDER goes in, in no order, its contents unread. Raises BundleError if some of it cannot."""
    if not folder.is_dir():
        raise BundleError(f"{str(folder)!r} {'is not a directory' if folder.exists() else 'does not exist'}")
    tree = Tree(str(folder.resolve()), selection, symlinks)
    return tree.selection.without_empty_leftovers(list(_entries(tree, tree.root, "", ())))


def _entries(tree: Tree, folder: str, prefix: str, above: tuple[str, ...]) -> t.Iterator[Entry]:
    """What of FOLDER, a real path, goes in, its paths beginning with PREFIX. ABOVE are the folders around it, links followed."""
    for item in _listed(folder, prefix):
        path = prefix + item.name
        is_directory = _is_directory(item, tree.symlinks)
        if tree.selection.leaves_out(path, is_directory):
            continue
        _check_name(path)
        real = _checked_target(tree, item.path, path) if item.is_symlink() else item.path
        if item.is_symlink() and tree.symlinks == "preserve":
            yield _link(item, path)
        elif is_directory:
            if real in (folder, *above):
                raise BundleError(f"{path!r} is a link to a directory that holds it, so following it would never end")
            yield Entry(path, DIRECTORY_MODE)
            yield from _entries(tree, real, f"{path}/", (folder, *above))
        else:
            yield _file(item, path)


def _is_directory(item: os.DirEntry[str], symlinks: str) -> bool:
    """Whether ITEM is one, or a link to one that SYMLINKS lets become one."""
    if not item.is_symlink():
        return item.is_dir()
    return symlinks.startswith("follow") and os.path.isdir(item.path)  # noqa: PTH112 (it takes a circle of links for none)


def _listed(folder: str, prefix: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            return list(items)
    except OSError as error:
        raise BundleError(f"{prefix or folder!r} cannot be read: {error.strerror}") from error


def _check_name(path: str) -> None:
    """Raise BundleError for a name that would not survive the way to a host."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise BundleError(f"{path!r} is not UTF-8, so its name would not survive in an archive: rename it") from None
    if _DROPPED.search(path):
        raise BundleError(
            f"{path!r} has a control character in its name, or ends in a semicolon and digits, which unzip drops on a host: rename it"
        )


def _file(item: os.DirEntry[str], path: str) -> Entry:
    try:
        status = item.stat()
    except OSError as error:
        raise BundleError(f"{path!r} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise BundleError(
            f"{path!r} is neither a file nor a directory (a socket, pipe or device?): remove or exclude it"
        )
    permissions = 0o755 if status.st_mode & 0o111 else 0o644
    return Entry(path, stat.S_IFREG | permissions, item.path, status.st_size)


def _link(item: os.DirEntry[str], path: str) -> Entry:
    target = os.fsencode(os.readlink(item.path))  # noqa: PTH115 (the text counts, not the path)
    return Entry(path, LINK_MODE, target, len(target))


def _checked_target(tree: Tree, link: str, path: str) -> str:
    """The real path behind LINK, which is PATH in the bundle. Raises BundleError if the policy for links forbids it."""
    text = os.readlink(link)  # noqa: PTH115
    target = os.path.realpath(link)
    is_inside = pathlib.PurePath(target).is_relative_to(tree.root)
    if tree.symlinks == "error":
        raise BundleError(
            f"{path!r} is a symbolic link (to {text!r}): replace or exclude it, or choose what becomes of links by `symlinks`"
        )
    if tree.symlinks == "preserve" and text.startswith("/"):
        raise BundleError(
            f"{path!r} is an absolute link (to {text!r}), which would lead elsewhere on a host: make it relative, or exclude it"
        )
    if not is_inside and tree.symlinks != "follow_outside":
        raise BundleError(
            f"{path!r} is a link that leaves the source (to {target!r}): copy what it points to, exclude it, or use symlinks: follow_outside"
        )
    if tree.symlinks != "preserve" and not os.path.exists(target):  # noqa: PTH110
        raise BundleError(f"{path!r} is a broken link (to {text!r}): mend, remove or exclude it")
    return target
