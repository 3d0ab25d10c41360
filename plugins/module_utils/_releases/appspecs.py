# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AppSpec of what is released: where it is, what the check needs of the bundle around it, and which problems make a task fail.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import collections
import pathlib
import typing as t
from collections.abc import Collection

from .._appspec.bundle import Archive, Bundle
from .._appspec.check import Platform, check_appspec
from .._appspec.problems import Problem, problems_text
from .._appspec.yaml_source import MAX_BYTES
from .._bundle.bundle import TreeBundle
from .._bundle.files import read_regular
from .._bundle.manifest import APPSPEC, BundleError, Entry
from .._bundle.ready import ReadyBundle
from .._bundle.selection import read_selection
from .._bundle.tree import list_entries
from .._errors import CodeDeployError
from .._validation import InvalidOption

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


# The severities that make a task fail, by the option `fail_on`.
FAILING: dict[str, set[str]] = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}


def is_refused(problems: t.Iterable[Problem], fail_on: str) -> bool:
    """Whether PROBLEMS make a task fail that has the option FAIL_ON."""
    return any(problem.severity in FAILING[fail_on] for problem in problems)


def failure_text(problems: t.Sequence[Problem], name: str) -> str:
    """What a task fails with: how many PROBLEMS the AppSpec called NAME has, and which."""
    counts = collections.Counter(problem.severity for problem in problems)
    numbers = [f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in sorted(counts.items())]
    return f"The AppSpec has {' and '.join(numbers)}:\n{problems_text(problems, name)}"


def check_bundle(bundle: Bundle, fail_on: str) -> tuple[str, ...]:
    """Hold the AppSpec of BUNDLE, which is for the Server platform, against it; see `_checked`. Reading it raises BundleError."""
    text = bundle.read(APPSPEC, MAX_BYTES + 1).decode("utf-8", "surrogateescape")
    return _checked(text, "server", APPSPEC, fail_on, bundle)


def check_content(content: str, platform: str, fail_on: str) -> tuple[str, ...]:
    """Check an AppSpec that is given as CONTENT, for an application of PLATFORM (as AWS names it); see `_checked`."""
    return _checked(content, t.cast("Platform", platform.lower()), "the AppSpec", fail_on, None)


def _checked(text: str, platform: Platform, name: str, fail_on: str, bundle: Bundle | None) -> tuple[str, ...]:
    """The problems that do not fail the task, as warnings, a text each. Raises CodeDeployError with all of them if one does."""
    problems = check_appspec(text, platform, bundle).problems
    if is_refused(problems, fail_on):
        raise CodeDeployError(failure_text(problems, name))
    return tuple(problems_text([problem], name) for problem in problems)
