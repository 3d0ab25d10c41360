# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AppSpec of a release: where it is, the bundle around it for the check, and the problems that make a task fail.

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

# The names of the AppSpec in a directory. AWS user guide, "CodeDeploy limits": it is appspec.yaml for Lambda and ECS.
NAMES: dict[Platform, tuple[str, ...]] = {
    "server": (APPSPEC, "appspec.yaml"),
    "lambda": ("appspec.yaml", "appspec.yml", "appspec.json"),
    "ecs": ("appspec.yaml", "appspec.yml", "appspec.json"),
}


def bundle_of(entries: Collection[Entry], archive: Archive | None = None) -> Bundle:
    """Return ENTRIES of a tree as a bundle for the check; ARCHIVE is its future format. Reading it raises BundleError."""
    by_path = {entry.path: entry for entry in entries}

    def read(path: str, limit: int) -> bytes:
        try:
            with by_path[path].open() as content:
                return content.read(limit)
        except OSError as error:
            raise BundleError(f"{path!r} cannot be read: {error.strerror}") from error

    return Bundle(entries, read, archive)


def shipped_bundle(bundle: TreeBundle | ReadyBundle) -> Bundle:
    """Return BUNDLE in the form for the check. Reading it raises BundleError."""
    archive = t.cast("Archive", bundle.bundle_type)
    if isinstance(bundle, ReadyBundle):
        return Bundle(bundle.members, bundle.read, archive)
    return bundle_of(bundle.manifest.entries, archive)


def bundle_in(directory: pathlib.Path) -> Bundle:
    """Return the bundle of DIRECTORY for the check. Raise BundleError if something in it cannot be bundled."""
    return bundle_of(list_entries(directory, read_selection(directory)))


def appspec_file(option: str, path: pathlib.Path, platform: Platform) -> pathlib.Path:
    """Return the AppSpec's file: PATH, or the one in it if it is a directory. Raise InvalidOption, which names OPTION, if there is none."""
    if not path.is_dir():
        return path
    for name in NAMES[platform]:
        if (path / name).is_file():
            return path / name
    raise InvalidOption(f"{option}: {str(path)!r} has no {NAMES[platform][0]} at its top level")


def read_appspec_text(option: str, file: pathlib.Path) -> str:
    """Return the text of FILE, up to the limit of the check, which also reports bytes that are not UTF-8. Raise InvalidOption."""
    try:
        return read_regular(file, MAX_BYTES + 1).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise InvalidOption(f"{option}: {str(file)!r} cannot be read: {error.strerror}") from error


# The severities that make a task fail, by the option `fail_on`.
FAILING: dict[str, set[str]] = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}


def is_refused(problems: t.Iterable[Problem], fail_on: str) -> bool:
    """Return whether PROBLEMS make a task with the option FAIL_ON fail."""
    return any(problem.severity in FAILING[fail_on] for problem in problems)


def failure_text(problems: t.Sequence[Problem], name: str) -> str:
    """Return the message of a failed task, with the number and the list of PROBLEMS in the AppSpec NAME."""
    counts = collections.Counter(problem.severity for problem in problems)
    numbers = [f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in sorted(counts.items())]
    return f"The AppSpec has {' and '.join(numbers)}:\n{problems_text(problems, name)}"


def check_bundle(bundle: Bundle, fail_on: str) -> tuple[str, ...]:
    """Check the AppSpec of BUNDLE, for the Server platform, against its content; see `_checked`. Reading it raises BundleError."""
    text = bundle.read(APPSPEC, MAX_BYTES + 1).decode("utf-8", "surrogateescape")
    return _checked(text, "server", APPSPEC, fail_on, bundle)


def check_content(content: str, platform: str, fail_on: str) -> tuple[str, ...]:
    """Check the AppSpec CONTENT for an application of PLATFORM (as AWS names it); see `_checked`."""
    return _checked(content, t.cast("Platform", platform.lower()), "the AppSpec", fail_on, None)


def _checked(text: str, platform: Platform, name: str, fail_on: str, bundle: Bundle | None) -> tuple[str, ...]:
    """The problems that do not fail the task, as warnings, a text each. Raises CodeDeployError with all of them if one does."""
    problems = check_appspec(text, platform, bundle).problems
    if is_refused(problems, fail_on):
        raise CodeDeployError(failure_text(problems, name))
    return tuple(problems_text([problem], name) for problem in problems)
