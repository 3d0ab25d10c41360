# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be wrong with an answer: members that are missing or of another kind, and answers that are none."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import typing as t
import xml.etree.ElementTree as ET

from hostile.wire import Answer, Replace

Path = tuple[t.Any, ...]
DROP, TWICE = object(), object()

# What stands in the place of a JSON value, by name. A kind is not replaced by itself, but numbers and strings by strange ones.
VALUES: dict[str, t.Any] = {
    "dropped": DROP,
    "null": None,
    "a string": "strange",
    "a number": 7,
    "negative": -1,
    "huge": 10**40,
    "a list": ["strange"],
    "a list of null": [None],
    "a mapping": {"strange": "strange"},
}
BY_KIND: dict[type, tuple[str, ...]] = {
    str: ("dropped", "a number", "a list", "a string"),
    int: ("dropped", "a string", "negative", "huge"),
    float: ("dropped", "a string", "negative", "huge"),
    bool: ("dropped", "a string"),
    list: ("dropped", "a string", "a mapping", "a list of null"),
    dict: ("dropped", "null", "a string", "a list"),
}
# What the model allows: each reader has to cope with it, while one place finds all that is of another kind.
LEGAL = ("dropped", "null", "negative", "huge")
XML_VALUES: dict[str, t.Any] = {"dropped": DROP, "empty": "", "a string": "strange", "twice": TWICE}

TOKENS = ("endless-a", "endless-b")
PAGE = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><p>Please log in<br></p></body></html>"
CLEAN_PAGE = b"<html><head><title>Log in</title></head><body>Please log in</body></html>"
HTML = {"content-type": "text/html; charset=utf-8"}
ELSEWHERE = {"location": "http://127.0.0.1:9/login"}


def is_json(answer: Answer) -> bool:
    """Whether the body of ANSWER is JSON."""
    return answer.body.lstrip().startswith(b"{")


def variants_of(answer: Answer) -> dict[str, Replace]:
    """All that may be wrong with ANSWER and those to the same operation after it, by name."""
    found: dict[str, Replace] = dict(_whole(answer))
    if is_json(answer):
        value = json.loads(answer.body)
        for path, kind in _paths(value):
            for name in BY_KIND[kind]:
                found[f"{_text(path)} {name}"] = functools.partial(_with_json, path, VALUES[name])
    elif answer.body.lstrip().startswith(b"<"):
        for xml_path, label in _elements(ET.fromstring(answer.body)):
            for name, change in XML_VALUES.items():
                found[f"{label} {name}"] = functools.partial(_with_xml, xml_path, change)
    if answer.operation.service_model.service_name == "s3":
        for header in sorted(set(answer.headers) - {"server", "date", "connection"}):
            found[f"{header}: dropped"] = functools.partial(_with_header, header, None)
            found[f"{header}: strange"] = functools.partial(_with_header, header, "strange")
    return found


def _whole(answer: Answer) -> t.Iterator[tuple[str, Replace]]:
    def always(**members: t.Any) -> Replace:
        return lambda found: dataclasses.replace(found, **members)

    yield "web page", always(status=200, headers=HTML, body=PAGE)
    yield "clean web page", always(status=200, headers=HTML, body=CLEAN_PAGE)
    yield "empty body", always(body=b"")
    if answer.method != "HEAD":
        yield "cut off", lambda found: dataclasses.replace(found, body=found.body[: len(found.body) // 2] or b"{")
    for status in (301, 302, 307):
        yield f"redirect {status}", always(status=status, headers={**answer.headers, **ELSEWHERE}, body=b"")
    if is_json(answer):
        for body in (b"null", b"[]", b'"text"', b"7", b"[" * 100_000, b"\xff\xfe{}"):
            yield f"body {body[:4]!r}", always(body=body)
        for error in (b"[]", b"null", b'{"__type": 7, "message": ["x"]}', b'{"__type": null}', PAGE):
            yield f"error {error[:11]!r}", always(status=400, body=error)
    yield "error without a body", always(status=403, headers={}, body=b"")
    yield from _endless(answer)


def _endless(answer: Answer) -> t.Iterator[tuple[str, Replace]]:
    """Lists that go on and on: with the same token, and with two in turn."""
    shape = answer.operation.output_shape
    for name in ("nextToken", "NextToken", "NextContinuationToken", "NextKeyMarker", "Marker"):
        if shape is None or name not in shape.members or "location" in shape.members[name].serialization:
            continue
        member = shape.members[name].serialization.get("name", name)
        for label, tokens in (("the same token", TOKENS[:1]), ("two tokens in turn", TOKENS)):
            yield label, Endless(member, tokens)


class Endless:
    """Puts the TOKENS in turn into the answers, as their MEMBER. Who asks with one of them gets the last answer again, with the next token: the emulator
    does not know them."""

    def __init__(self, member: str, tokens: t.Sequence[str]) -> None:
        self._member, self._tokens, self._count = member, tokens, 0

    def __call__(self, answer: Answer) -> Answer:
        token = self._tokens[self._count % len(self._tokens)]
        self._count += 1
        if is_json(answer):
            body = json.dumps({**json.loads(answer.body), self._member: token}).encode()
            return dataclasses.replace(answer, body=body)
        if not answer.body.lstrip().startswith(b"<"):
            return answer
        root = ET.fromstring(answer.body)
        place = next((child for child in root if child.tag.endswith("Result")), root)
        for name, text in (("IsTruncated", "true"), (self._member, token)):
            for old in [child for child in place if child.tag.rpartition("}")[2] == name]:
                place.remove(old)
            ET.SubElement(place, name).text = text
        return dataclasses.replace(answer, body=ET.tostring(root))


def _paths(value: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, type]]:
    """The members of VALUE at any depth, of lists the first, with the kind of each."""
    members = (
        value.items() if isinstance(value, dict) else list(enumerate(value))[:1] if isinstance(value, list) else ()
    )
    for name, member in members:
        if member is not None:
            yield (*path, name), type(member)
            yield from _paths(member, (*path, name))


def _text(path: Path) -> str:
    return ".".join(map(str, path))


def _with_json(path: Path, value: t.Any, answer: Answer) -> Answer:
    """ANSWER with VALUE at PATH, if it has something there."""
    try:
        changed = json.loads(answer.body)
        place = functools.reduce(lambda found, name: found[name], path[:-1], changed)
        place[path[-1]]  # it has to be there
        if value is DROP:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    except (LookupError, TypeError, ValueError):
        return answer
    return dataclasses.replace(answer, body=json.dumps(changed).encode())


def _elements(root: t.Any, path: Path = (), label: str = "") -> t.Iterator[tuple[Path, str]]:
    """The elements below ROOT as numbers of children, of those with the same name the first, each with what it is called."""
    seen: set[str] = set()
    for number, child in enumerate(root):
        name = child.tag.rpartition("}")[2]
        if name in seen or name == "ResponseMetadata":
            continue
        seen.add(name)
        called = f"{label}.{name}".lstrip(".")
        yield (*path, number), called
        yield from _elements(child, (*path, number), called)


def _with_xml(path: Path, value: t.Any, answer: Answer) -> Answer:
    try:
        root = ET.fromstring(answer.body)
        place = functools.reduce(lambda found, number: found[number], path[:-1], root)
        element = place[path[-1]]
    except (ET.ParseError, IndexError):
        return answer
    if value is DROP:
        place.remove(element)
    elif value is TWICE:
        place.append(copy.deepcopy(element))
    else:
        for child in list(element):
            element.remove(child)
        element.text = value
    return dataclasses.replace(answer, body=ET.tostring(root))


def _with_header(name: str, value: str | None, answer: Answer) -> Answer:
    others = {header: text for header, text in answer.headers.items() if header != name}
    return dataclasses.replace(answer, headers=others if value is None else {**others, name: value})
