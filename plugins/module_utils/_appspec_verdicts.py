# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of an AppSpec as modules use it: which problems make a task fail, and what it says then.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import collections
import typing as t

from ansible.module_utils.basic import missing_required_lib

from ._appspec import Bundle, Platform, Problem, check_appspec, problems_text
from ._appspec.yaml_source import MAX_BYTES
from ._bundle.manifest import APPSPEC
from ._errors import CodeDeployError

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
    try:
        problems = check_appspec(text, platform, bundle).problems
    except ImportError as error:
        raise CodeDeployError(missing_required_lib("PyYAML", reason="to check the AppSpec")) from error
    if is_refused(problems, fail_on):
        raise CodeDeployError(failure_text(problems, name))
    return tuple(problems_text([problem], name) for problem in problems)
