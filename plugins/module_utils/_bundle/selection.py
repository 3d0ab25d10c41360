# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selection of the files of a directory for its bundle, by patterns in the syntax of .gitignore."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

from .files import read_regular
from .manifest import APPSPEC, BundleError, Entry
from .patterns import Pattern, Patterns, parsed

# Excluded unless they are included explicitly: the history of the source is not part of the application.
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "CVS"})

IGNORE_FILE = ".codedeployignore"
_LARGEST_IGNORE_FILE = 1 << 16


@dataclass(frozen=True)
class Selection:
    """The patterns for excluded (IGNORED) and INCLUDED paths, parsed; None if there are none."""

    ignored: Patterns | None = None
    included: Patterns | None = None

    def leaves_out(self, path: str, is_directory: bool) -> bool:
        """Return whether PATH, relative to the directory, is excluded, together with its content if it is a directory."""
        if path == IGNORE_FILE:
            return True
        if path == APPSPEC and not is_directory:
            return False
        verdict = self.ignored.verdict(path, is_directory) if self.ignored else None
        if verdict is None:
            verdict = path.rpartition("/")[2] in VERSION_CONTROL
        return verdict or (not is_directory and self.included is not None and not self.included.verdict(path, False))

    def without_empty_leftovers(self, entries: list[Entry]) -> list[Entry]:
        """Return ENTRIES without the directories that are not included and contain nothing included."""
        included = self.included
        if included is None:
            return entries
        needed = {
            str(parent)
            for entry in entries
            if not entry.is_directory or included.verdict(entry.path, True)
            for parent in (pathlib.PurePosixPath(entry.path), *pathlib.PurePosixPath(entry.path).parents)
        }
        return [entry for entry in entries if entry.path in needed]


def read_selection(tree: pathlib.Path, exclude: Sequence[str] = (), include: Sequence[str] = ()) -> Selection:
    """Return the selection by the patterns of TREE's own IGNORE_FILE, then EXCLUDE, and by INCLUDE. Raise BundleError for an invalid pattern."""
    ignored = _parsed(_ignore_lines(tree), f"{IGNORE_FILE}: a pattern", "source")
    ignored += _parsed(exclude, "a pattern", "exclude")
    included = _parsed(include, "a pattern", "include")
    return Selection(Patterns(ignored) if ignored else None, Patterns(included) if include else None)


def _ignore_lines(tree: pathlib.Path) -> list[str]:
    try:
        content = read_regular(tree / IGNORE_FILE, _LARGEST_IGNORE_FILE + 1)
        if len(content) > _LARGEST_IGNORE_FILE:
            raise BundleError(f"{IGNORE_FILE!r} is larger than {_LARGEST_IGNORE_FILE:,} bytes: shorten it")
        return content.decode().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BundleError(f"{IGNORE_FILE!r} cannot be read: {reason}") from error


def _parsed(lines: Sequence[str], what: str, option: str) -> list[Pattern]:
    try:
        return parsed(lines)
    except ValueError as error:
        raise BundleError(f"{what}, {error}", option) from error
