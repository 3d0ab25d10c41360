# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A story in chapters for somebody who watches: what happens, what was expected of it, and in the end what held."""

from __future__ import annotations

import os
import sys
import textwrap
import typing as t

WIDTH = 100
STYLES = {"title": "1", "quote": "2", "ok": "32", "failed": "1;31"}


def on_terminal() -> bool:
    """Whether somebody watches who can see colours."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def styled(style: str, text: str) -> str:
    """TEXT in one of the STYLES, plain where colours cannot be seen."""
    return f"\033[{STYLES[style]}m{text}\033[0m" if on_terminal() else text


def say(text: str = "") -> None:
    """Print TEXT at once."""
    print(text, flush=True)


def tell(text: str) -> None:
    """Print TEXT as a paragraph."""
    say(textwrap.fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False))


def quote(line: str) -> None:
    """Print a LINE that another program said, marked as such."""
    say(f"{styled('quote', '  |')} {line}".rstrip())


class StepFailedError(Exception):
    """A step did not hold; the story has told what was expected and what was seen."""


class Story:
    """Keeps the steps that were shown and whether they held, chapter by chapter."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str, bool]] = []
        self._chapter = ""

    def begin(self, chapter: str, text: str) -> None:
        """Begin CHAPTER; TEXT says what is about to happen and why."""
        self._chapter = chapter
        say()
        say(styled("title", chapter))
        tell(text)
        say()

    def expect(self, step: str, expected: t.Any, seen: t.Any) -> None:
        """Tell that STEP held; raise StepFailedError if what was SEEN is not what was EXPECTED."""
        held = expected == seen
        self.steps.append((self._chapter, step, held))
        say(f"  {_mark(held)}  {step}")
        if not held:
            say(f"          expected: {expected}")
            say(f"          seen:     {seen}")
            raise StepFailedError(step)

    def summarize(self) -> None:
        """Print every step that was shown, by chapter."""
        say()
        say(styled("title", "What was shown"))
        told = ""
        for chapter, step, held in self.steps:
            if chapter != told:
                say(f"  {chapter}")
                told = chapter
            say(f"    {_mark(held)}  {step}")


def _mark(held: bool) -> str:
    return styled("ok", "ok    ") if held else styled("failed", "FAILED")
