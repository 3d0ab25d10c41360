# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files of a directory go into its bundle: patterns in the syntax of .gitignore."""

from __future__ import annotations

import pathlib
import typing as t
from dataclasses import dataclass

from .manifest import APPSPEC, BundleError, Entry

try:
    import pathspec
except ImportError:  # needed only where there are patterns
    pathspec = None  # type: ignore[assignment]

# Left out of every bundle that does not ask for them: the history of the source is no part of the application.
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "CVS"})

IGNORE_FILE = ".codedeployignore"


@dataclass(frozen=True)
class Selection:
    """What stays out (IGNORED) and what goes in (INCLUDED), as compiled patterns; None where there are no patterns."""

    ignored: t.Any = None
    included: t.Any = None

    def leaves_out(self, path: str, is_directory: bool) -> bool:
        """Whether PATH, relative to the directory, stays out, and with a directory all that is in it."""
        if path == IGNORE_FILE:
            return True
        if path == APPSPEC and not is_directory:
            return False
        verdict = _verdict(self.ignored, path, is_directory)
        if verdict is None:
            verdict = path.rpartition("/")[2] in VERSION_CONTROL
        return verdict or (not is_directory and self.included is not None and not _verdict(self.included, path, False))

    def without_empty_leftovers(self, entries: list[Entry]) -> list[Entry]:
        """ENTRIES without the directories that nobody has included and in which nothing included lies."""
        if self.included is None:
            return entries
        needed = {
            str(parent)
            for entry in entries
            if not entry.is_directory or _verdict(self.included, entry.path, True)
            for parent in (pathlib.PurePosixPath(entry.path), *pathlib.PurePosixPath(entry.path).parents)
        }
        return [entry for entry in entries if entry.path in needed]


def _verdict(patterns: t.Any, path: str, is_directory: bool) -> bool | None:
    """Whether the last of PATTERNS that matches PATH is a plain one; None if none matches."""
    if patterns is None:
        return None
    return t.cast("bool | None", patterns.check_file(f"{path}/" if is_directory else path).include)


def read_selection(tree: pathlib.Path, exclude: t.Sequence[str] = (), include: t.Sequence[str] = ()) -> Selection:
    """The selection by the patterns of TREE's own IGNORE_FILE, then EXCLUDE, and by INCLUDE. Raises BundleError for one that is no pattern."""
    try:
        text = (tree / IGNORE_FILE).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"{IGNORE_FILE!r} cannot be read: {error}") from error
    _compiled(text.splitlines(), IGNORE_FILE, "source")
    _compiled(exclude, "a pattern", "exclude")
    return Selection(
        _compiled([*text.splitlines(), *exclude], "a pattern", "exclude"), _compiled(include, "a pattern", "include")
    )


def _compiled(patterns: t.Sequence[str], what: str, option: str) -> t.Any:
    if not patterns:
        return None
    if pathspec is None:
        raise BundleError(
            f"{what} needs the Python library pathspec where the task runs: install it (pip install pathspec)", option
        )
    for pattern in patterns:
        try:
            pathspec.GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise BundleError(f"{what}, {pattern!r}, is not in the syntax of .gitignore: {error}", option) from error
    return pathspec.GitIgnoreSpec.from_lines(patterns)
