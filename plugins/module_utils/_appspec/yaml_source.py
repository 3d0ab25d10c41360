# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A safe loader for an AppSpec's text: every node knows its line, no tag creates an object, and the work is bounded.

The bounds keep any input below a second, even if PyYAML has no libyaml behind it: MAX_BYTES of text, MAX_NODES values (keys
count), MAX_DEPTH levels, and no aliases, so nothing can grow. An AppSpec of 2,000 file mappings stays within them.
"""

from __future__ import annotations

import re
import typing as t

from .nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, member_path, plain_scalar, text_scalar
from .problems import Findings

try:
    import yaml
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None

MAX_BYTES = 128 * 1024
MAX_NODES = 10_000

TOO_DEEP = f"the AppSpec is nested more than {MAX_DEPTH} levels deep."

# The characters that YAML 1.1 does not allow in a stream ("5.1 Character Set"), including lone surrogates, which stand for bytes that are not UTF-8.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """The text cannot be read any further; the findings hold the problem."""


def load(text: str, findings: Findings) -> Node | None:
    """Return the first document of TEXT; None if there is none, or, with a problem in FINDINGS, if it cannot be read.

    Raise ImportError if PyYAML is not installed.
    """
    if _missing:
        raise _missing
    try:
        _refuse_odd_text(text, findings)
        # All host agents read with libyaml, so it is the better judge where PyYAML has it.
        events = yaml.parse(text.encode(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return _Composer(events, findings).document()
    except Unreadable:
        return None


def _refuse_odd_text(text: str, findings: Findings) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        _refuse(findings, "too-large", None, f"the AppSpec has more than {MAX_BYTES // 1024} KiB.", "Shorten it.")
    if text.startswith("\ufeff"):
        message = "the AppSpec begins with a byte order mark, which the host agent reads as part of the first key."
        _refuse(findings, "yaml-byte-order-mark", 1, message, "Save it as UTF-8 without a byte order mark.")
    if wrong := _FORBIDDEN.search(text):
        line = text.count("\n", 0, wrong.start()) + 1
        what = "bytes that are not UTF-8" if "\ud800" <= wrong[0] <= "\udfff" else "control characters"
        _refuse(
            findings, "yaml-syntax", line, f"the AppSpec contains {what}.", "Remove them, and save it as UTF-8 text."
        )


def _refuse(findings: Findings, rule: str, line: int | None, message: str, hint: str) -> t.NoReturn:
    findings.add_at(rule, "", line, message, hint)
    raise Unreadable


class _Composer:
    """A composer of nodes from the parser's events."""

    def __init__(self, events: t.Iterator[t.Any], findings: Findings) -> None:
        self._events = events
        self._findings = findings
        self._nodes = 0

    def document(self) -> Node | None:
        """Return the first document."""
        self._next()
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            return None
        root = self._node(self._next(), "", MAX_DEPTH)
        self._next()
        self._note_what_follows()
        return root

    def _note_what_follows(self) -> None:
        """Report what follows the first document: host agents 1.x stop reading here, host agents 2.x do not."""
        try:
            follows = not isinstance(next(self._events), yaml.StreamEndEvent)
        except yaml.YAMLError:
            follows = True
        if follows:
            message = "the AppSpec has content after its first YAML document."
            self._findings.add_at("yaml-documents", "", None, message, "Keep one document, without `---` after it.")

    def _next(self) -> t.Any:
        try:
            return next(self._events)
        except yaml.MarkedYAMLError as error:
            # Only the problem and its line number: the error's own text quotes the line, which may hold a secret.
            # An unclosed value is reported at the end of the text; its beginning helps more.
            unclosed = "end of stream" in str(error.problem) and error.context_mark
            mark = error.context_mark if unclosed else error.problem_mark
            line = mark.line + 1 if mark else None
            hint = "YAML does not allow tabs there: use spaces." if "\\t" in str(error.problem) else "Fix that line."
            _refuse(self._findings, "yaml-syntax", line, f"the AppSpec is not YAML: {error.problem}.", hint)
        except yaml.YAMLError:
            _refuse(self._findings, "yaml-syntax", None, "the AppSpec is not YAML.", "Save it as UTF-8 text.")

    def _node(self, event: t.Any, path: str, levels: int) -> Node:
        line = event.start_mark.line + 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            _refuse(self._findings, "too-large", line, f"the AppSpec has more than {MAX_NODES} values.", "Shorten it.")
        if levels == 0:
            _refuse(self._findings, "too-deep", line, TOO_DEEP, "Reduce the nesting; no AppSpec needs that.")
        self._refuse_alias_and_tag(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(path, line, tuple(self._items(path, levels - 1)))
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(path, line, tuple(self._entries(path, levels - 1)))
        return self._scalar(event, path, line)

    def _refuse_alias_and_tag(self, event: t.Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            message = "the AppSpec uses an alias (*name), which host agents on Ruby 3.1 and later refuse."
            _refuse(self._findings, "yaml-alias", line, message, "Write out what it stands for.")
        if event.tag is not None:
            # Some agents read some tags, but all agents read none: the strictest reading is to allow none.
            message = "the AppSpec uses a tag (!name)."
            _refuse(
                self._findings, "yaml-tag", line, message, "Write the value without it, in quotes if it is a string."
            )

    def _items(self, path: str, levels: int) -> t.Iterator[Node]:
        position = 0
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._node(event, f"{path}[{position}]", levels)
            position += 1

    def _entries(self, path: str, levels: int) -> t.Iterator[tuple[Scalar, Node]]:
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, path, levels)
            if not isinstance(key, Scalar):
                message = f"{path or 'the AppSpec'} has a key that is not a string."
                _refuse(self._findings, "key-not-text", key.line, message, "Use single words as keys.")
            at = member_path(path, key.text)
            yield Scalar(at, key.line, key.kind, key.value, key.text), self._node(self._next(), at, levels)

    def _scalar(self, event: t.Any, path: str, line: int) -> Scalar:
        if event.style:
            return text_scalar(path, line, event.value)
        scalar = plain_scalar(path, line, event.value)
        if scalar.kind == "date":
            message = "is read as a date, which host agents on Ruby 3.1 and later refuse."
            self._findings.add("yaml-date", scalar, message, "Put it in quotes.")
        if scalar.kind == "symbol":
            message = "begins with a colon: host agents 1.x read it as a Ruby symbol, host agents 2.x as a string."
            self._findings.add("yaml-symbol", scalar, message, "Put it in quotes.")
        return scalar
