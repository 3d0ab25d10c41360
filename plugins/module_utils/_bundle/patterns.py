# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns in the syntax of .gitignore, matched in time proportional to the path and the pattern, without backtracking over stars."""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass

# Nobody writes longer patterns, and each one is matched against each path.
LONGEST_PATTERN = 1024
MOST_PATTERNS = 2000

_ANY_FOLDERS = "**"
_POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z",
    "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\s", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


# The regular expression for one name of a path; None for any number of names, including none.
Step: t.TypeAlias = "t.Callable[[str], object] | None"


class Pattern(t.NamedTuple):
    """A pattern: whether it IS_PLAIN (or begins with `!`), and the STEPS that the names of a path must match.

    ONLY_FOLDERS is true if it ends with `/`. One that ends with `/**` matches everything INSIDE, and therefore the directory too.
    """

    is_plain: bool
    steps: tuple[Step, ...]
    only_folders: bool
    inside: bool

    def begun(self) -> frozenset[int]:
        """Return the states before the first name of a path: the numbers of steps that may be done."""
        return self._skipping({0})

    def moved(self, states: frozenset[int], name: str) -> frozenset[int]:
        """Return the states after NAME."""
        reached = set()
        for state in states:
            if state < len(self.steps):
                step = self.steps[state]
                if step is None:
                    reached.add(state)
                elif step(name):
                    reached.add(state + 1)
        return self._skipping(reached) if reached else _NOWHERE

    def ends(self, states: frozenset[int], is_directory: bool) -> bool:
        """Return whether a path that led to STATES matches."""
        if self.only_folders and not is_directory:
            return False
        return len(self.steps) in states or (self.inside and is_directory and len(self.steps) - 1 in states)

    def _skipping(self, states: set[int]) -> frozenset[int]:
        """Return STATES, and those after any number of folders, including none."""
        for state in tuple(states):
            while state < len(self.steps) and self.steps[state] is None:
                state += 1
                states.add(state)
        return frozenset(states)


_NOWHERE = frozenset[int]()


@dataclass(frozen=True)
class _Folder:
    """A directory: the STATES of each pattern after its path, and the LAST pattern that matches it or a directory above; -1 for none."""

    states: tuple[frozenset[int], ...]
    last: int


class Patterns:
    """PATTERNS in order; the last that matches a path wins, or else the last that matches a directory above it."""

    def __init__(self, patterns: t.Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._folder = functools.lru_cache(maxsize=1024)(self._looked_at)

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """Return whether the pattern that wins for PATH is a plain one; None if none matches."""
        above, _slash, name = path.rpartition("/")
        folder = self._folder(above)
        for number in range(len(self._patterns) - 1, -1, -1):
            pattern = self._patterns[number]
            states = folder.states[number]
            if states and pattern.ends(pattern.moved(states, name), is_directory):
                return pattern.is_plain
        return self._patterns[folder.last].is_plain if folder.last >= 0 else None

    def _looked_at(self, folder: str) -> _Folder:
        if not folder:
            return _Folder(tuple(pattern.begun() for pattern in self._patterns), -1)
        outer, _slash, name = folder.rpartition("/")
        above = self._folder(outer)
        states = tuple(
            pattern.moved(before, name) for pattern, before in zip(self._patterns, above.states, strict=True)
        )
        ended = (
            number for number in range(len(states) - 1, -1, -1) if self._patterns[number].ends(states[number], True)
        )
        return _Folder(states, max(next(ended, -1), above.last))


def parsed(lines: t.Sequence[str]) -> list[Pattern]:
    """Return the patterns in LINES, without blank lines and comments. Raise ValueError with the pattern and the problem."""
    if len(lines) > MOST_PATTERNS:
        raise ValueError(f"one of {len(lines):,}, is too many: at most {MOST_PATTERNS:,} are allowed")
    found = []
    for line in lines:
        if len(line) > LONGEST_PATTERN:
            raise ValueError(f"{line[:40]!r}..., has {len(line):,} characters: at most {LONGEST_PATTERN:,} are allowed")
        try:
            pattern = _pattern(line)
        except ValueError as error:
            raise ValueError(f"{line!r}, is not valid .gitignore syntax: {error}") from error
        if pattern is not None:
            found.append(pattern)
    return found


def _pattern(line: str) -> Pattern | None:
    """Return the pattern in LINE; None if there is none. Raise ValueError."""
    text = line if line.endswith("\\ ") else line.rstrip()
    if not text or text.startswith("#") or text == "/":
        return None
    is_plain = not text.startswith("!")
    whole = text if is_plain else text[1:]
    names = whole.removesuffix("/")
    if not names:
        raise ValueError("it is empty")
    is_anchored = "/" in names
    steps = [_step(name) for name in names.removeprefix("/").split("/")]
    if not is_anchored:
        steps.insert(0, None)
    only_folders, ends_inside = whole.endswith("/"), steps[-1] is None
    if ends_inside:
        steps.append(_is_any)
    kept = (step for at, step in enumerate(steps) if step is not None or at == 0 or steps[at - 1] is not None)
    return Pattern(is_plain, tuple(kept), only_folders, ends_inside and not only_folders)


def _is_any(_name: str) -> bool:
    return True


@functools.lru_cache(maxsize=MOST_PATTERNS)
def _step(text: str) -> Step:
    """Return the step for TEXT, the part between two slashes. Raise ValueError."""
    if text == "**":
        return None
    pieces, is_literal = [""], True
    place = 0
    while place < len(text):
        letter = text[place]
        place += 1
        if letter == "\\":
            if place == len(text):
                raise ValueError("it ends with a backslash")
            pieces[-1] += re.escape(text[place])
            place += 1
        elif letter == "*":
            pieces.append("")
        elif letter == "?":
            pieces[-1] += "."
            is_literal = False
        elif letter == "[":
            characters, place = _characters(text, place)
            pieces[-1] += characters
            is_literal = False
        else:
            pieces[-1] += re.escape(letter)
    return _matcher(pieces, is_literal)


def _matcher(pieces: list[str], is_literal: bool) -> Step:
    """Return the regular expression for PIECES, regular expressions without repetition, with anything between each two."""
    if is_literal and len(pieces) == 1:
        return re.sub(r"\\(.)", r"\1", pieces[0], flags=re.DOTALL).__eq__
    if not any(pieces):
        return _is_any
    first, *middle, last = pieces if len(pieces) > 1 else [pieces[0], None]
    # Each piece matches at its first occurrence, and that is final: a lookahead is not retried, so no position is tried twice.
    found = "".join(
        f"(?=(?P<at{number}>.*?{piece}))(?P=at{number})" for number, piece in enumerate(filter(None, middle))
    )
    ending = "" if last is None else f".*{last}" if last else ".*"
    return re.compile(rf"(?s:{first}{found}{ending})\Z").match


def _characters(text: str, place: int) -> tuple[str, int]:
    """Return the set of characters whose bracket is before PLACE, as a regular expression, and the place after it. Raise ValueError."""
    is_negated = text[place : place + 1] in ("!", "^")
    place += is_negated
    inside, begun = "", place
    while place < len(text) and (text[place] != "]" or place == begun):
        if text.startswith("[:", place) and ":]" in text[place + 2 :]:
            name, _colon, _rest = text[place + 2 :].partition(":]")
            if name not in _POSIX_CLASSES:
                raise ValueError(f"[:{name}:] is not a character class")
            inside += _POSIX_CLASSES[name]
            place += len(name) + 4
            continue
        first, place = _character(text, place)
        last = first
        if text[place : place + 1] == "-" and text[place + 1 : place + 2] not in ("", "]"):
            last, place = _character(text, place + 1)
        inside += f"{re.escape(first)}-{re.escape(max(first, last))}"  # git reads a backward range as its first character alone
    if place >= len(text):
        raise ValueError("its [ is not closed by ]")
    return f"[{'^' if is_negated else ''}{inside}]", place + 1


def _character(text: str, place: int) -> tuple[str, int]:
    """Return the character at PLACE, which may be escaped by a backslash, and the place after it."""
    if text[place] == "\\" and place + 1 < len(text):
        place += 1
    return text[place], place + 1
