# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values against botocore shapes: what a request may hold, and what an answer must look like."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape


class RequestShapeError(Exception):
    """The request has a member that its shape does not know, or a value of another type."""


class AnswerShapeError(Exception):
    """An answer of ours does not fit the operation's output shape: an error in the emulator."""


@dataclass(frozen=True)
class Violation:
    """A value of the right type that breaks a rule of its shape. ``member`` is the request's own member that holds it."""

    member: str
    message: str
    missing: bool = False


def request_from_json(shape: Shape | None, value: Any) -> dict[str, Any]:
    """The request without its null members (a null member counts as absent).

    Raises RequestShapeError. Unlike the real service, which passes over unknown members, this refuses them, so that a misspelt
    member is found at once.
    """
    if not isinstance(value, dict):
        raise RequestShapeError(f"The request must be a JSON object, not {_json_type(value)}.")
    if shape is None:
        shape = StructureShape("Empty", {"type": "structure", "members": {}})
    parsed: dict[str, Any] = _parsed(shape, value, "")
    return parsed


def _parsed(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _parsed_structure(shape, _expect(value, dict, path), path)
    if isinstance(shape, ListShape):
        return [_parsed(shape.member, item, f"{path}[{i}]") for i, item in enumerate(_expect(value, list, path))]
    if isinstance(shape, MapShape):
        items = _expect(value, dict, path).items()
        return {_parsed(shape.key, key, path): _parsed(shape.value, item, f"{path}.{key}") for key, item in items}
    return _parsed_scalar(shape.type_name, value, path)


def _parsed_structure(shape: StructureShape, value: dict[str, Any], path: str) -> dict[str, Any]:
    unknown = sorted(value.keys() - shape.members.keys())
    if unknown:
        raise RequestShapeError(f"Unknown member {unknown[0]!r} in {path or 'the request'}.")
    return {
        name: _parsed(shape.members[name], item, f"{path}.{name}" if path else name)
        for name, item in value.items()
        if item is not None
    }


def _parsed_scalar(type_name: str, value: Any, path: str) -> Any:
    if type_name == "string":
        return _encodable(_expect(value, str, path), path)
    if type_name == "boolean":
        return _expect(value, bool, path)
    if isinstance(value, bool):
        raise RequestShapeError(f"{path} must be {type_name}, not a boolean.")
    if type_name in _BITS:
        return _expect_whole(value, _BITS[type_name], path)
    number = _expect(value, (int, float), path)
    if not abs(number) <= sys.float_info.max:
        raise RequestShapeError(f"{path} must be a finite number.")
    return number


_BITS = {"integer": 32, "long": 64}


def _expect_whole(value: Any, bits: int, path: str) -> int:
    number: int = _expect(value, int, path)
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise RequestShapeError(f"{path} must be a whole number of {bits} bits.")
    return number


def _expect(value: Any, wanted: type | tuple[type, ...], path: str) -> Any:
    if isinstance(value, wanted):
        return value
    names = " or ".join(kind.__name__ for kind in (wanted if isinstance(wanted, tuple) else (wanted,)))
    raise RequestShapeError(f"{path} must be {names}, not {_json_type(value)}.")


def _encodable(text: str, path: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RequestShapeError(f"{path} is not valid Unicode text.") from None
    return text


def _json_type(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def violations(
    shape: Shape | None, request: dict[str, Any], also_required: tuple[str, ...] = ()
) -> Iterator[Violation]:
    """What is wrong with a parsed request, missing members first; an empty list counts as a missing one."""
    if not isinstance(shape, StructureShape):
        return
    for name in (*shape.required_members, *also_required):
        if request.get(name, []) == []:
            yield Violation(name, f"{name} must be specified.", missing=True)
    for name, value in request.items():
        for message in _broken_rules(shape.members[name], value, name):
            yield Violation(name, message)


def _broken_rules(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield f"{path}.{name} must be specified."
        for name, item in value.items():
            yield from _broken_rules(shape.members[name], item, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        yield from _broken_length(shape, value, path)
        for i, item in enumerate(value):
            yield from _broken_rules(shape.member, item, f"{path}[{i}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _broken_rules(shape.key, key, f"{path} key")
            yield from _broken_rules(shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from _broken_string_rules(shape, value, path)


def _broken_string_rules(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _broken_length(shape, value, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"{path} is {value!r}; it must match {pattern}."
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{path} is {value!r}; it must be one of {', '.join(allowed)}."


def _broken_length(shape: Shape, value: str | list[Any], path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", math.inf)
    if not low <= len(value) <= high:
        yield f"{path} has length {len(value)}; it must be {low} to {high}."


def answer_for_json(shape: Shape | None, value: dict[str, Any] | None) -> dict[str, Any]:
    """The answer as it travels: members that are None left out, times with milliseconds. Raises AnswerShapeError."""
    if shape is None:
        if value:
            raise AnswerShapeError(f"the operation has no output, but got {sorted(value)}")
        return {}
    encoded: dict[str, Any] = _encoded(shape, value or {}, "answer")
    return encoded


_ANSWER_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
}


def _encoded(shape: Shape, value: Any, path: str) -> Any:
    wanted: Any = _ANSWER_TYPES[shape.type_name]
    if not isinstance(value, wanted):
        raise AnswerShapeError(f"{path} must be {shape.type_name}, not {_json_type(value)}")
    if isinstance(shape, StructureShape):
        return _encoded_structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [_encoded(shape.member, item, f"{path}[{i}]") for i, item in enumerate(value)]
    if isinstance(shape, MapShape):
        return {key: _encoded(shape.value, item, f"{path}.{key}") for key, item in value.items()}
    return round(value, 3) if shape.type_name == "timestamp" else value


def _encoded_structure(shape: StructureShape, value: dict[str, Any], path: str) -> dict[str, Any]:
    present = {name: item for name, item in value.items() if item is not None}
    unknown = present.keys() - shape.members.keys()
    missing = set(shape.required_members) - present.keys()
    if unknown or missing:
        raise AnswerShapeError(f"{path}: unknown members {sorted(unknown)}, missing members {sorted(missing)}")
    return {name: _encoded(shape.members[name], item, f"{path}.{name}") for name, item in present.items()}
