# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML as the Ruby host agent reads it: Psych 4, which is YAML 1.1 with its own idea of numbers, symbols and what is safe.

The differences from PyYAML that matter (observed with host agent 1.8.1 on Ruby 3.1): `0.0e0` is text, `0644` is the number 420, `0o755` is text,
`1,000` is a number, `:word` is a symbol and equal to no text, aliases and dates are refused, a byte order mark becomes part of the first key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

_TEXT = "tag:yaml.org,2002:str"


class UnreadableYaml(Exception):
    """The text is not YAML that the host agent would load; the message says why, for a person."""


@dataclass(frozen=True)
class Symbol:
    """A Ruby symbol: a plain scalar that starts with a colon."""

    name: str


def load(text: str) -> Any:
    """The first document of `text` as dict, list, str, int, float, bool, None and Symbol; UnreadableYaml for what Psych refuses."""
    if text.startswith("\ufeff"):
        raise UnreadableYaml("it starts with a byte order mark, which the host agent takes for a part of the first key")
    try:
        return next(yaml.load_all(text, Loader=_Loader), None)
    except RecursionError as error:
        raise UnreadableYaml("it is nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        # Only the problem and its line: the error's own text quotes the line, which may hold a secret.
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableYaml(f"line {line}: {error.problem}") from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise UnreadableYaml("a character or a tagged value in it is not allowed") from None


def text_from(value: object) -> str:
    """A scalar as Ruby's `to_s` writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.name if isinstance(value, Symbol) else str(value)


def is_given(value: object) -> bool:
    """Ruby's truth: everything but nil and false."""
    return value is not None and value is not False


def root_node(text: str) -> yaml.Node | None:
    """The first document of a `text` that `load` takes, as it is written."""
    return next(yaml.compose_all(text, Loader=_Loader), None)


def is_merge_key(node: yaml.Node) -> bool:
    """`<<`, in quotes or not, but not where it is tagged as text."""
    if not isinstance(node, yaml.ScalarNode) or node.value != "<<":
        return False
    return node.style is not None or node.tag != _TEXT


def is_written_null(node: yaml.Node) -> bool:
    """Null that is spelled out, where there might be nothing."""
    plain = isinstance(node, yaml.ScalarNode) and node.style is None and node.tag != _TEXT
    return plain and node.value.lower() in ("~", "null")


class _Loader(yaml.SafeLoader):
    def flatten_mapping(self, _node: yaml.MappingNode) -> None:
        """Leave merge keys to `construct_mapping`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The pairs in their order: what a merge key brings goes over what stands before it, which PyYAML has otherwise."""
        mapping: dict[Any, Any] = {}
        for key, value in node.value:
            brought = self._brought_mappings(value) if is_merge_key(key) else None
            if brought is None:
                pair = yaml.MappingNode(node.tag, [(key, value)], node.start_mark, node.end_mark)
                mapping.update(super().construct_mapping(pair, deep))
            for other in brought or ():
                mapping.update(self.construct_mapping(other, deep=True))
        return mapping

    @staticmethod
    def _brought_mappings(value: yaml.Node) -> list[yaml.MappingNode] | None:
        """Those that the value of a merge key consists of, the one that counts most at the end; None if it is something else."""
        items = list(reversed(value.value)) if isinstance(value, yaml.SequenceNode) else [value]
        mappings = [item for item in items if isinstance(item, yaml.MappingNode)]
        return mappings if mappings == items else None

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise UnreadableYaml("it uses an alias (*name), which the host agent refuses on Ruby 3.1 and later")
        return super().compose_node(parent, index)


def _construct_tagged(loader: Any, node: Any) -> Any:
    """What stands behind a tag of somebody's own, as if it were not there; classes of Ruby are refused."""
    if "ruby" in node.tag:
        raise UnreadableYaml("it has a tag for an object of Ruby, which the host agent does not load")
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, node.style is not None))
    return loader.construct_object(yaml.ScalarNode(tag, node.value, node.start_mark, node.end_mark, node.style))


def _construct_text(_loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


def _construct_bool(_loader: _Loader, node: yaml.ScalarNode) -> bool:
    return node.value.lower() in ("yes", "true", "on")


def _construct_int(_loader: _Loader, node: yaml.ScalarNode) -> int:
    digits = re.sub("[,_]", "", node.value)
    sign, digits = (-1 if digits.startswith("-") else 1), digits.lstrip("+-")
    if ":" in digits:
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    if digits.startswith("0") and digits.isdigit():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _construct_float(_loader: _Loader, node: yaml.ScalarNode) -> float | str:
    digits = re.sub("[,_]", "", node.value).lower()
    if digits.lstrip("+-") == ".":
        return str(node.value)
    if digits.lstrip("+-") in (".inf", ".nan"):
        return float(digits.replace(".", ""))
    return float(digits)


def _construct_symbol(_loader: _Loader, node: yaml.ScalarNode) -> Symbol:
    return Symbol(node.value[1:].strip("\"'"))


def _refuse_date(_loader: _Loader, node: yaml.ScalarNode) -> None:
    raise UnreadableYaml(f"{node.value} is a date, which the host agent refuses; put it in quotes")


_TIME = r"-?\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?(?:\s*(?:Z|[-+]\d{1,2}:?(?:\d\d)?))?"
_DATE = r"\d{4}-(?:1[012]|0?\d)-(?:[12]\d|3[01]|0?\d)"
_SIXTY = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}"
_FLOAT = r"[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?|[-+]?\.(?i:inf)|\.(?i:nan)"
_INTEGER = r"[-+]?(?:0[0-7_,]+|0|[1-9](?:[0-9]|,[0-9]|_[0-9])*|0b[01_,]+|0x[0-9a-fA-F_,]+)|" + _SIXTY

_Loader.yaml_implicit_resolvers = {}
# In the order in which Psych tries them; a scalar that none of them matches is text.
for _tag, _pattern, _construct in (
    ("null", r"~|(?i:null)|", yaml.SafeLoader.construct_yaml_null),
    ("bool", r"(?i:yes|true|on|no|false|off)", _construct_bool),
    ("timestamp", f"{_TIME}|{_DATE}", _refuse_date),
    ("symbol", r":.+", _construct_symbol),
    ("float", _FLOAT, _construct_float),
    ("int", _INTEGER, _construct_int),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), None)
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _construct)
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"<<\Z"), ["<"])
_Loader.add_constructor("tag:yaml.org,2002:merge", _construct_text)
_Loader.add_constructor(None, _construct_tagged)
