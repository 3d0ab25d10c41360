# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes from AWS and from hosts cannot play with the terminal that it is shown on, nor pass for Ansible's own lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.codedeploy.plugins.module_utils._printable import printable, printable_result


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1 failed\n\t| Größe: 3 €", "web-1 failed\n\t| Größe: 3 €"),
        ("\x1b[1;31mred\x1b[0m \x9b38:2mtoo\x9bm", "red too"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x1b[2J\rgone\x9b1A\x7f", "\\x1b[2J\\x0dgone\\x9b1A\\x7f"),
        ("\x1bP+q\x1b\\ \x1bc \x90 \x9d \x85 \x0b\x0c\x00", "\\x1bP+q\\x1b\\ \\x1bc \\x90 \\x9d \\x85 \\x0b\\x0c\\x00"),
        ("a\u202egnp.exe\u202c \u2066b\u2069", "a\\u202egnp.exe\\u202c \\u2066b\\u2069"),
        ("one\r\n  two\rthree", "one\n  two\\x0dthree"),
        ("\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\U000e0041\ud800", "\\U000e0041\\ud800"),
        ("one\nok: [web-1]\n[WARNING]: x", "one\n  ok: [web-1]\n  [WARNING]: x"),
        ("one\n two\n\u200bthree", "one\n   two\n  \u200bthree"),
        ("\nok: [web-1]\n\n  x\n", "\n  ok: [web-1]\n\n  x\n"),
        ("שלום 👩\u200d💻 日本", "שלום 👩\u200d💻 日本"),
    ],
    ids=ascii,
)
def test_control_characters_are_shown_as_codes_and_lines_are_indented(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(alphabet=st.one_of(st.sampled_from("\n\t\r \x1b\x9b[]0;m"), st.characters())))
def test_what_is_printable_stays_so(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert all(line.startswith(("  ", "\t")) or not line for line in shown.split("\n")[1:])


def test_data_of_a_result_stays_as_it_is_but_for_the_diagnosis() -> None:
    result = {"msg": "\x1bc", "exception": "a\nb", "warnings": ["\x9b1A", 1], "script": "\x1bc", "failed": True}
    shown = {"msg": "\\x1bc", "exception": "a\n  b", "warnings": ["\\x9b1A", 1], "script": "\x1bc", "failed": True}
    assert printable_result(result) == shown
    assert printable_result({"exception": None, "changed": True}) == {"exception": None, "changed": True}
    diagnosis = {"targets": [{"script_name": "\x1bc", "log_tail": "a\nb"}], "rollback": None, "skipped_count": 1}
    shown = {"targets": [{"script_name": "\\x1bc", "log_tail": "a\nb"}], "rollback": None, "skipped_count": 1}
    assert printable_result({"diagnosis": diagnosis}) == {"diagnosis": shown}
