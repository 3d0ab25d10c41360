# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._bundle.patterns import Patterns, parsed


# A path that ends in a slash is a directory.
@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.log", ["a.log", "d/a.log", ".log", "x.log/", "x.log/a"], ["a.logs", "log"]),
        ("a", ["a", "a/", "d/a", "a/b", "d/a/b/c"], ["b", "ab"]),
        ("a/", ["a/", "d/a/", "a/b"], ["a", "d/a"]),
        ("/a", ["a", "a/b"], ["d/a"]),
        ("d/a", ["d/a", "d/a/b"], ["a", "e/d/a"]),
        ("d/*", ["d/a", "d/a/b"], ["d/", "e/d/a"]),
        ("d/**", ["d/", "d/a", "d/a/b"], ["d", "e/d/a"]),
        ("**/d/a", ["d/a", "e/d/a", "e/f/d/a/b"], ["d/b", "ed/a"]),
        ("d/**/a", ["d/a", "d/e/a", "d/e/f/a"], ["d/ea", "a", "e/d/a"]),
        ("d/**/**/a", ["d/a", "d/e/f/a"], ["d/ea"]),
        ("**", ["a", "d/a", "d/"], []),
        ("**/", ["d/", "d/a"], ["a"]),
        ("*", ["a", "d/", "d/a"], []),
        ("a**b", ["ab", "axxb"], ["a/b"]),
        ("a*b*c", ["abc", "axbxc", "abcbc"], ["acb", "a/b/c", "ab"]),
        ("*a*b", ["ab", "xaxb", "aab"], ["ba", "abx"]),
        ("a?c", ["abc", "a\nc"], ["ac", "a/c", "abbc"]),
        ("[ab]c", ["ac", "bc"], ["cc", "c"]),
        ("[!ab]c", ["cc", "d/cc"], ["ac", "/c"]),
        ("[^ab]c", ["cc"], ["ac"]),
        ("[a-c]x", ["ax", "cx"], ["dx", "-x"]),
        ("[c-a]x", ["cx"], ["ax", "bx", "-x"]),
        ("[]x]", ["]", "x"], ["["]),
        ("[a-]", ["a", "-"], ["b"]),
        (r"[\]a]", ["]", "a"], ["\\"]),
        ("[[:digit:]x]", ["1", "x"], ["a", ":"]),
        (r"\*", ["*"], ["a"]),
        (r"\#a", ["#a"], ["a"]),
        (r"\!a", ["!a"], ["a"]),
        (r"a\ ", ["a "], ["a"]),
        ("a  ", ["a"], ["a  "]),
        ("a.c(+)", ["a.c(+)"], ["abc(+)"]),
        ("ü*", ["ü", "üx"], ["u"]),
        ("#a", [], ["#a", "a"]),
        ("/", [], ["a", "a/"]),
        ("", [], ["a"]),
        ("a//b", [], ["a/b", "ab"]),
    ],
)  # fmt: skip
def test_what_a_pattern_matches(pattern: str, matching: list[str], others: list[str]) -> None:
    patterns = Patterns(parsed([pattern]))
    for path in (*matching, *others):
        expected = True if path in matching else None
        assert patterns.verdict(path.rstrip("/"), path.endswith("/")) is expected, path


@pytest.mark.parametrize(
    ("lines", "path", "verdict"),
    [
        (["*.log", "!keep.log"], "keep.log", False),
        (["!keep.log", "*.log"], "keep.log", True),
        (["*", "!*/", "!*.py"], "lib/", False),
        (["*", "!*/", "!*.py"], "lib/a.py", False),
        (["*", "!*/", "!*.py"], "lib/a.txt", True),
        (["/lib/", "!*.log"], "lib/a.log", False),
        (["/lib/", "!*.log"], "lib/a.py", True),
        (
            ["*.log", "!logs/"],
            "logs/a.log",
            True,
        ),  # what matches the file itself goes before what matches a directory above it
        (["tests/", "!/lib/"], "lib/tests/", True),
        (["!/lib/tests/", "/lib/"], "lib/tests/t.py", True),
    ],
)
def test_the_last_pattern_that_matches_counts(lines: list[str], path: str, verdict: bool) -> None:
    assert Patterns(parsed(lines)).verdict(path.rstrip("/"), path.endswith("/")) is verdict


@pytest.mark.parametrize("pattern", ["!", "!/", "a\\", "a[b", "[", "[!", "a[/]b", "[[:nothing:]]"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"is not valid .gitignore syntax"):
        parsed([pattern])


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a*a*a*a*a*b", "a" * 255),
        ("*a" * 400, "a" * 255),
        ("?*" * 500 + "b", "a" * 255),
        ("*[a-z]" * 150 + "!", "a" * 255),
        ("**/" * 300 + "x", "/".join("a" * 250)),
        ("**/a/" * 200 + "x", "/".join("a" * 250)),
        ("**/*a*a*b/" * 100 + "x", "/".join(["a" * 14] * 250)),
    ],
    ids=lambda text: text[:12],
)
def test_stars_are_not_tried_at_every_place(pattern: str, path: str) -> None:
    """By trying, each would take longer than the universe will last."""
    assert Patterns(parsed([pattern])).verdict(path, False) is None
