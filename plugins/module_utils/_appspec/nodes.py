# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes of a parsed AppSpec, each with its position, and the host agent's rules for reading a plain scalar."""

from __future__ import annotations

import math
import re
import typing as t
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

Kind = t.Literal["null", "bool", "int", "float", "date", "symbol", "str"]

# No AppSpec needs more levels.
MAX_DEPTH = 32
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Node:
    """A value of the AppSpec: PATH such as `hooks.AfterInstall[0].location` ("" is the root), LINE from 1, None if it does not come from text."""

    path: str
    line: int | None


@dataclass(frozen=True)
class Scalar(Node):
    """A single value: TEXT as written, without quotes; KIND and VALUE as host agents 1.x read it (Ruby's Psych 4)."""

    kind: Kind
    value: bool | int | float | str | None
    text: str


@dataclass(frozen=True)
class Sequence(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping(Node):
    """A mapping; the path of a key is that of its value. Keys may occur twice."""

    entries: tuple[tuple[Scalar, Node], ...]


# Psych 4's rules for a scalar without quotes, in the order in which it tries them: YAML 1.1 with numbers of its own (observed with host agent 1.8.1).
_PLAIN: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("null", re.compile(r"|~|null", re.I)),
    ("bool", re.compile(r"yes|true|on|no|false|off", re.I)),
    ("date", re.compile(r"\d{4}-(1[012]|0?\d)-([12]\d|3[01]|0?\d)|-?\d{4}-\d\d?-\d\d?([Tt]|\s+)\d\d?:\d\d:\d\d.*")),
    ("float", re.compile(r"[-+]?\.inf|\.nan", re.I)),
    ("symbol", re.compile(r":.+")),
    ("int", re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9]){1,2}")),
    ("float", re.compile(r"[-+]?(?=\.?[0-9])([0-9][0-9_,]*)?\.[0-9]*([eE][-+][0-9]+)?")),
    ("int", re.compile(r"[-+]?(0[0-7_,]+|0|[1-9]([0-9]|,[0-9]|_[0-9])*|0b[01_,]+|0x[0-9a-fA-F_,]+)")),
)
# A longer run of digits is not a number that an AppSpec could mean, and is costly to parse.
_LONGEST_NUMBER = 100


def plain_scalar(path: str, line: int | None, text: str) -> Scalar:
    """Return TEXT, written without quotes, as a scalar."""
    if len(text) <= _LONGEST_NUMBER:
        for kind, pattern in _PLAIN:
            if pattern.fullmatch(text):
                return Scalar(path, line, kind, _VALUES[kind](text), text)
    return text_scalar(path, line, text)


def text_scalar(path: str, line: int | None, text: str) -> Scalar:
    """Return TEXT, written in quotes or as a block, as a scalar."""
    return Scalar(path, line, "str", text, text)


def _int_from_text(text: str) -> int:
    digits = re.sub("[,_]", "", text.lower())
    sign, digits = (-1 if digits[0] == "-" else 1), digits.lstrip("+-")
    if ":" in digits:
        return sign * sum(int(part) * int(60**power) for power, part in enumerate(reversed(digits.split(":"))))
    if digits[:2] in ("0b", "0x"):
        return sign * int(digits[2:] or "0", 2 if digits[1] == "b" else 16)
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _float_from_text(text: str) -> float:
    digits = re.sub("[,_]", "", text.lower())
    return float(digits.replace(".", "") if digits.endswith((".inf", ".nan")) else digits)


_VALUES: dict[Kind, t.Callable[[str], bool | int | float | str | None]] = {
    "null": lambda _text: None,
    "bool": lambda text: text.lower() in ("yes", "true", "on"),
    "date": str,
    "symbol": str,
    "float": _float_from_text,
    "int": _int_from_text,
}


def member_path(path: str, name: str) -> str:
    """Return the path of the member NAME of the node at PATH; a long or unprintable name is shortened."""
    shown = name if name.isprintable() else ascii(name)
    shown = shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}..."
    return f"{path}.{shown}" if path else shown


class TooDeep(Exception):
    """A value is nested more than MAX_DEPTH levels deep."""


def node_from_value(value: t.Any, path: str = "", levels: int = MAX_DEPTH) -> Node:
    """Return the node of a Python VALUE, as a playbook gives it, without lines. Raise TooDeep if it has more than LEVELS levels."""
    if levels == 0:
        raise TooDeep
    if isinstance(value, AnyMapping):
        members = [(member_path(path, str(key)), str(key), member) for key, member in value.items()]
        entries = [(text_scalar(at, None, key), node_from_value(member, at, levels - 1)) for at, key, member in members]
        return Mapping(path, None, tuple(entries))
    if isinstance(value, (list, tuple)):
        items = [node_from_value(item, f"{path}[{position}]", levels - 1) for position, item in enumerate(value)]
        return Sequence(path, None, tuple(items))
    return _scalar_from_value(value, path)


def _scalar_from_value(value: t.Any, path: str) -> Scalar:
    if value is None:
        return Scalar(path, None, "null", None, "")
    if isinstance(value, bool):
        return Scalar(path, None, "bool", value, str(value).lower())
    if isinstance(value, (int, float)):
        return Scalar(path, None, "int" if isinstance(value, int) else "float", value, str(value))
    return text_scalar(path, None, str(value))


def value_from_node(node: Node) -> t.Any:
    """Return the plain Python value of NODE, ready for JSON: keys, dates and infinities are strings, and the last of duplicate keys wins."""
    if isinstance(node, Mapping):
        return {key.text: value_from_node(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [value_from_node(item) for item in node.items]
    value = t.cast("Scalar", node).value
    return t.cast("Scalar", node).text if isinstance(value, float) and not math.isfinite(value) else value


def kind_of(node: Node) -> str:
    """Return the kind of NODE, for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return {
        "null": "nothing",
        "bool": "a boolean",
        "int": "a number",
        "float": "a number",
        "date": "a date",
        "symbol": "a Ruby symbol",
        "str": "a string",
    }[t.cast("Scalar", node).kind]


def shown(node: Node) -> str:
    """Return NODE as a message shows it: a scalar's text, shortened, in quotes if it is a string; else its kind."""
    if not isinstance(node, Scalar) or node.kind == "null":
        return kind_of(node)
    text = repr(node.text) if node.kind == "str" else node.text
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
