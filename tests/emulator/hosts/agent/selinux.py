# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SELinux range of an AppSpec's `context`: s#[-s#][:c#[.c#](,c#[.c#])*] (observed with host agent 1.8.1)."""

from __future__ import annotations

import re

_LAST_CATEGORY = 1023


class InvalidRange(Exception):
    """A range that the host agent refuses."""


def range_from_text(text: str) -> str:
    """The range in the form the host agent gives to semanage: runs of categories folded, `s0:c0,c1,c2` to `s0:c0.c2`."""
    sensitivity, colon, categories = text.partition(":")
    levels = [_number(level, "s") for level in sensitivity.split("-", 1)]
    if levels != sorted(levels):
        raise InvalidRange(f"range {text!r}: the second level is below the first")
    written = "-".join(f"s{level}" for level in dict.fromkeys(levels))
    if not colon:
        return written
    if not categories:
        raise InvalidRange(f"range {text!r}: there is nothing behind the colon")
    return f"{written}:{_folded(_categories(text, categories))}"


def _number(text: str, letter: str) -> int:
    if not re.fullmatch(f"{letter}[0-9]+", text):
        raise InvalidRange(f"range part {text!r}: expected {letter} and a number")
    return int(text[1:])


def _categories(whole: str, text: str) -> list[int]:
    numbers: list[int] = []
    for part in text.rstrip(",").split(","):
        ends = [_number(end, "c") for end in part.split(".", 1)]
        if ends != sorted(ends) or ends[-1] > _LAST_CATEGORY:
            raise InvalidRange(f"range {whole!r}: {part!r} goes down or beyond c{_LAST_CATEGORY}")
        numbers.extend(range(ends[0], ends[-1] + 1))
    if len(numbers) != len(set(numbers)):
        raise InvalidRange(f"range {whole!r}: a category is named twice")
    return sorted(numbers)


def _folded(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"c{low}" if low == high else f"c{low}.c{high}" for low, high in runs)
