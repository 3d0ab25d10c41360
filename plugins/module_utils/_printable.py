# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from AWS and from hosts, made safe for the terminal and the log that show it. Pure.

A script's name, a message or a log may hold escape sequences, and line breaks that would make a line look like Ansible's own. Text for people is
cleaned once, as a whole, where it leaves the collection: a module's result and warnings, an action's result and progress lines, the inventory's
errors and warnings. Data stays as it is.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

_COLOUR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]*m")
# Except for line breaks and tabs: control characters (C0, DEL, C1), line and paragraph separators, characters that reverse the order of text (Unicode annex 9,
# "Bidirectional Character Types"), invisible tags, and surrogates, which no terminal can encode.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
# A line break before a line that is not indented; Ansible's own lines never are.
_BREAK = re.compile(r"\n(?!  |\t|\n|\Z)")

# The members of a result that Ansible prints as text.
_SHOWN = ("msg", "exception", "warnings")


def escaped(text: str) -> str:
    """Return TEXT without colours, its control characters as codes, and line breaks as they are."""
    return _CONTROL.sub(_code, _COLOUR.sub("", text).replace("\r\n", "\n"))


def printable(text: str) -> str:
    """Return TEXT escaped, and every line after the first indented."""
    return _BREAK.sub("\n  ", escaped(text))


def _code(found: re.Match[str]) -> str:
    """Return the escape for a character in Python and JSON, such as `\\x1b`."""
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def printable_result(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return RESULT, of a module or a task, with its messages and its diagnosis made printable. Other data stays as it is."""
    shown = {name: _each_text(printable, result[name]) for name in _SHOWN if name in result}
    if "diagnosis" in result:
        shown["diagnosis"] = _each_text(escaped, result["diagnosis"])
    return {**result, **shown}


def _each_text(change: t.Callable[[str], str], value: t.Any) -> t.Any:
    """Return VALUE with CHANGE applied to each string in it. Anything but a string, list or mapping is an object of Ansible, made of printable text."""
    if isinstance(value, dict):
        return {key: _each_text(change, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_each_text(change, each) for each in value]
    return change(value) if isinstance(value, str) else value
