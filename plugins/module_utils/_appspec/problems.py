# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Problems that a check finds: their collection, and their text for a person."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Iterable
from dataclasses import dataclass

from .nodes import Node
from .rules import RULES, Severity

# More than this would help nobody, and a hostile text could have any number.
MAX_PROBLEMS = 100
_PRINTED = 25
_LONGEST_MISSPELLING = 40


@dataclass(frozen=True)
class Problem:
    """One violation of a RULE (a key of RULES): its PATH in the AppSpec, its LINE if there is text, the problem, and the remedy."""

    severity: Severity
    rule: str
    path: str
    line: int | None
    message: str
    hint: str


class Enough(Exception):
    """MAX_PROBLEMS were found, so the check ends."""


class Findings:
    """The problems found so far."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, rule: str, node: Node, message: str, hint: str) -> None:
        """Add a violation of RULE by NODE. MESSAGE continues a sentence that begins with the node's path."""
        self.add_at(rule, node.path, node.line, f"{node.path or 'the AppSpec'} {message}", hint)

    def add_at(self, rule: str, path: str, line: int | None, message: str, hint: str) -> None:
        """Add a violation of RULE for which there is no node."""
        self._problems.append(Problem(RULES[rule].severity, rule, path, line, message, hint))
        if len(self._problems) >= MAX_PROBLEMS:
            raise Enough

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems in the order of their lines; those without a line come last."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.line is None, problem.line or 0)))


def problems_text(problems: Iterable[Problem], name: str = "appspec.yml") -> str:
    """Return PROBLEMS for a person, one a line, as `NAME:LINE: message hint [rule]`. NAME is the AppSpec's file name."""
    lines = [_line(problem, name) for problem in problems]
    more = [f"... and {len(lines) - _PRINTED} more"] if len(lines) > _PRINTED else []
    return "\n".join([*lines[:_PRINTED], *more])


def _line(problem: Problem, name: str) -> str:
    place = name if problem.line is None else f"{name}:{problem.line}"
    return f"{place}: {problem.message} {problem.hint} [{problem.rule}]"


def suggestion(name: str, allowed: t.Sequence[str]) -> str:
    """Return a hint for NAME, which is not one of ALLOWED: the one that was probably meant, or all of them."""
    if len(name) <= _LONGEST_MISSPELLING:
        folded = {choice.casefold(): choice for choice in allowed}
        if close := difflib.get_close_matches(name.casefold(), folded, 1, 0.7):
            return f"Did you mean {folded[close[0]]}?"
    return f"Valid values are {', '.join(allowed)}."
