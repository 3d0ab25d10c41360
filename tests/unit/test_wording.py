# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain English: phrases that a native engineer would not write stay out of what users and contributors read.

The table has only what is never right here. What can be right in some sentence is for reviewers.
"""

from __future__ import annotations

import pathlib
import re
from typing import NamedTuple

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
READ = ("plugins", "roles", "docs", "playbooks", "examples", "README.md", "CONTRIBUTING.md", "SECURITY.md")
TEXTS = {".cfg", ".conf", ".html", ".j2", ".json", ".md", ".ps1", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml"}

# What may stand between two words: a line's end, with the next line's comment sign, or the seam of two string literals.
SPACE = r'(?:[\s#]|"\s+f?")+'


class Phrase(NamedTuple):
    """A PATTERN (a regular expression, in which ~ stands for SPACE), an example of what it finds, and how to say that instead."""

    pattern: str
    example: str
    better: str


PHRASES = (
    # Conjunctions.
    Phrase(r"(?<!, )\b[Bb]ut~for\b", "pure but for the tree", "pure except for the tree"),
    Phrase(r"\ball~the~same\b", "deploy all the same", "deploy anyway"),
    Phrase(r"\bamong~them\b", "all members, a link among them", "all members, including links"),
    Phrase(r"\b(?:do|does|cannot|can~not)~(?:not~)?go~with\b", "it does not go with state=absent", "cannot be combined with state=absent"),
    Phrase(r"\bthat~of~which\b", "the group that of which", "the group whose"),
    Phrase(r"\bbe~it~(?:new|old|a|an|the)", "installed exactly, be it newer or older", "installed exactly, even if that is a downgrade"),
    # Field words.
    Phrase(r"\bawaited\b|\b[Aa]waits?~(?:what|the|an?|its?|them)\b|\bawait~or\b", "it is awaited first", "waits for it first"),
    Phrase(r"\btruth~values?\b", "is not a truth value", "is not a boolean"),
    Phrase(r"\b(?:is|are|be)~no~(?:text|list|mapping|number|address|entry|range|ARN|URL)\b", "is no range", "is not a valid range"),
    Phrase(r"\bnot~a~text\b", "is not a text", "is not a string"),
    Phrase(r"\bstands?~twice\b", "a stands twice", "a is a duplicate key"),
    Phrase(r"\bha(?:s|d|ve)~had~(?:its|their)~time\b", "bundles that have had their time", "expired bundles"),
    Phrase(r"\bby~itself\b|\bby~themselves\b", "AWS made it by itself", "AWS created it automatically"),
    Phrase(r"\b[Mm]end(?:s|ed|ing)?\b", "mend that line", "fix that line"),
    Phrase(r"\boftener\b", "not asked oftener than needed", "not queried more often than needed"),
    Phrase(r"\blook~(?:less|more)~often\b", "look less often", "poll less often"),
    Phrase(r"\blets?~(?:it~|them~)?through\b", "what the filter lets through", "what matches the filter"),
    Phrase(r"\bheld~against\b", "accounts held against those of the hosts", "accounts compared with those of the hosts"),
    Phrase(r"\bspread(?:s|ing)?~the~word\b", "IAM has not spread the word", "IAM has not propagated the role"),
    # Verbs of telling and seeing.
    Phrase(r"\b(?:am|is|are|was|were|be|been|being)~told\b", "the host is told", "the host reads"),
    Phrase(r"\btells~everything\b", "ansible-doc tells everything", "ansible-doc shows the full documentation"),
    Phrase(r"\bfor~all~to~see\b", "printed for all to see", "printed"),
    Phrase(r"\b[Ll](?:ost|ose)~sight~of\b", "Lost sight of deployment", "Could not read deployment"),
    Phrase(r"\bbecame~of\b", "what became of it", "its status"),
    Phrase(r"\b[Ss]ee~to~(?:it|them|that|the)\b", "See to them", "Resolve them first"),
    Phrase(r"\b(?:is|are|was|be)~taken~for~(?:ones?|an~empty~one)\b", "It is taken for one for Server", "Assuming that it is for Server"),
    # Old words.
    Phrase(r"\bshall\b", "what it shall be called", "its name"),
    Phrase(r"\bin~the~midst~of\b", "in the midst of which it ended", "half-way through which it ended"),
    Phrase(r"\bthe~which\b|\bbehind~which\b", "bytes, behind which k may stand", "bytes, optionally followed by k"),
    Phrase(r"\bneeds?~no~leave\b|\bno~such~leave\b", "the host needs no leave", "the host needs no permission"),
    Phrase(r"\btake(?:s|n)?~(?:it|them|the~deployment)~up\b", "it takes the deployment up", "it resumes following the deployment"),
    # How texts begin.
    Phrase(r'"""What(?: |\'s)', '"""What a module returns."""', '"""The result of a module."""'),
    Phrase(r'"""Whether that\b', '"""Whether that is so."""', '"""Return whether it is so."""'),
    Phrase(
        r"(?m:^[ \t]*- name: [\"']?(?:The|An?|What|Whether|How|Which|Who|Is|Are|Does|Has) )",
        "- name: The application is gone",
        "- name: Delete the application",
    ),
)  # fmt: skip


def found(phrase: Phrase, text: str) -> list[int]:
    """The lines of TEXT on which PHRASE begins."""
    pattern = phrase.pattern.replace("~", SPACE)
    return [text.count("\n", 0, match.start()) + 1 for match in re.finditer(pattern, text)]


def texts() -> dict[str, str]:
    """What is read, by path."""
    files = [
        file for place in READ for file in ([ROOT / place] if (ROOT / place).is_file() else (ROOT / place).rglob("*"))
    ]
    return {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for file in sorted(files)
        if file.is_file() and file.suffix in TEXTS and "__pycache__" not in file.parts
    }


READ_TEXTS = texts()


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.example)
def test_the_phrase_is_not_used(phrase: Phrase) -> None:
    places = [f"{path}:{line}" for path, text in READ_TEXTS.items() for line in found(phrase, text)]
    assert places == [], f"instead of {phrase.example!r} write {phrase.better!r}"


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.example)
def test_the_phrase_is_found_and_its_better_is_not(phrase: Phrase) -> None:
    assert found(phrase, f"one\n{phrase.example}\n") == [2]
    assert [each.example for each in PHRASES if found(each, phrase.better)] == []


@pytest.mark.parametrize(
    "text", ["deploy all\n    # the same", 'f"deploy all "\n    f"the same"', "deploy all\n  the same"]
)
def test_a_phrase_is_found_across_lines(text: str) -> None:
    (phrase,) = (each for each in PHRASES if "all the same" in each.example)
    assert found(phrase, text) == [1]


def test_something_is_read_of_every_place() -> None:
    assert [place for place in READ if not any(path.startswith(place) for path in READ_TEXTS)] == []
