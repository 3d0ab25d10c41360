# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for the `permissions` of an AppSpec: objects, modes, access control lists and SELinux contexts.

Sources: host agent 1.8.1 as observed; the parser of host agent 2.x; AWS user guide, reference-appspec-file-structure-permissions.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .nodes import Mapping, Node, Scalar, Sequence, kind_of, shown
from .paths import OperatingSystem
from .problems import Findings
from .shapes import filled_text, is_null, is_text, items, members, required, strict_text, text

_MEMBERS = ("object", "pattern", "except", "owner", "group", "mode", "acls", "context", "type")
TYPES = ("file", "directory")
EVERYTHING = "**"

_ACL_TYPES = {name: long for long in ("user", "group", "mask", "other") for name in (long, long[0])}
_ACL_HINT = "Use [default:]type:name:permissions, such as user:bob:rw or default:group:staff:r-x."
_CATEGORIES = 1024
# Host agents 2.x keep a sensitivity in a byte.
_LARGEST_SENSITIVITY = 255


@dataclass(frozen=True)
class Permission:
    """An entry of `permissions`: its object, and the owner and group to set. DEFAULT_ACL is true if its acls have default entries."""

    node: Node
    object: str
    pattern: str
    excluded: tuple[str, ...]
    types: tuple[str, ...]
    default_acl: bool
    owner: Node | None
    group: Node | None


def permissions_from(node: Node | None, os: OperatingSystem, findings: Findings) -> t.Iterator[Permission]:
    """The usable entries of the list NODE."""
    entries = items(node, findings)
    if node and entries and os == "windows":
        findings.add(
            "permissions-windows", node, "are only supported on Linux.", "Remove them from this AppSpec for Windows."
        )
        return
    for entry in entries:
        permission = _permission(entry, findings)
        if permission.object:
            yield permission


def _permission(entry: Node, findings: Findings) -> Permission:
    found = members(entry, _MEMBERS, findings)
    for owner in ("owner", "group"):
        strict_text(found.get(owner), findings)
    _check_mode(found.get("mode"), findings)
    _check_context(found.get("context"), findings)
    pattern = strict_text(found.get("pattern"), findings)
    excluded = [strict_text(item, findings) or "" for item in items(found.get("except"), findings)]
    _check_patterns(found, [pattern or "", *excluded], findings)
    return Permission(
        entry,
        filled_text(found, "object", entry, findings) or "",
        EVERYTHING if pattern is None else pattern,
        tuple(excluded),
        tuple(_types(found.get("type"), findings)),
        _check_acls(found.get("acls"), findings),
        found.get("owner"),
        found.get("group"),
    )


def _check_patterns(found: t.Mapping[str, Node], patterns: list[str], findings: Findings) -> None:
    if any("*" in pattern and re.search(r"[][?{}!\\]", pattern) for pattern in patterns):
        node = found.get("pattern") or found["except"]
        message = "has characters other than * that are special to host agents 2.x only."
        findings.add("pattern-characters", node, message, "Use only *.")


def _types(node: Node | None, findings: Findings) -> t.Iterator[str]:
    if node is None or is_null(node) or (isinstance(node, Scalar) and node.value is False):
        items(node, findings)
        yield from TYPES
        return
    for item in items(node, findings):
        if any(is_text(item, name) for name in TYPES):
            yield t.cast("Scalar", item).text
        else:
            findings.add("permission-type", item, f"must be file or directory, not {shown(item)}.", "Use one of them.")


def _check_mode(node: Node | None, findings: Findings) -> None:
    if node is None or is_null(node):
        return
    older = newer = None
    if isinstance(node, Scalar):
        older, newer = _octal(str(node.value)), _octal(node.text)
    hint = 'Write it in quotes, such as mode: "0644".'
    if older is newer is None:
        findings.add("mode", node, f"must be one to four octal digits, not {shown(node)}.", hint)
    elif older is None:
        message = f"is {shown(node)} without quotes, which host agents 1.x read as a decimal number and refuse."
        findings.add("mode-leading-zero", node, message, hint)
    elif newer is None:
        message = f"is {shown(node)}, which host agents 2.x refuse: they only accept octal digits."
        findings.add("mode-spelling", node, message, hint)
    elif older != newer:
        message = (
            f"is {shown(node)} without quotes: host agents 1.x set the mode {older:04o}, host agents 2.x {newer:04o}."
        )
        findings.add("mode-read-differently", node, message, hint)


def _octal(digits: str) -> int | None:
    padded = digits.rjust(3, "0")
    return int(padded, 8) if re.fullmatch("[0-7]{3,4}", padded) else None


def _check_acls(node: Node | None, findings: Findings) -> bool:
    """Check the list NODE, and return whether it has default entries."""
    if node is None or is_null(node):
        return False
    if not isinstance(node, Sequence):
        findings.add("list-expected", node, f"must be a list, not {kind_of(node)}.", "Begin each item with `- `.")
        return False
    return True in [_check_acl(item, findings) for item in node.items]


def _check_acl(node: Node, findings: Findings) -> bool:
    """Check one entry, and return whether it is a default entry."""
    parts = node.text.split(":") if isinstance(node, Scalar) and node.kind == "str" else []
    default = len(parts) > 2 and parts[0] in ("d", "default")
    fields = parts[1:] if default else parts
    if len(fields) not in (2, 3) or not re.fullmatch("[0-7]|[rwx-]*", fields[-1]):
        findings.add("acl", node, f"is {shown(node)}, which is not a valid ACL entry.", _ACL_HINT)
    elif len(fields) == 2:
        _check_short_acl(node, fields[0], default, findings)
    else:
        _check_full_acl(node, fields[0], fields[1], default, findings)
    return default


def _check_short_acl(node: Node, name: str, default: bool, findings: Findings) -> None:
    if not default and _ACL_TYPES.get(name) != "mask" and (not name or _ACL_TYPES.get(name) == "other"):
        findings.add("acl-base", node, f"is the base entry {shown(node)}.", "Set it with `mode`.")
    else:
        findings.add("acl-short", node, f"is {shown(node)}, which host agents 2.x refuse.", _ACL_HINT)


def _check_full_acl(node: Node, kind: str, name: str, default: bool, findings: Findings) -> None:
    long = _ACL_TYPES.get(kind)
    if long is None or (long in ("mask", "other") and name):
        findings.add("acl", node, f"is {shown(node)}, which is not a valid ACL entry.", _ACL_HINT)
    elif not name and not default and long != "mask":
        findings.add("acl-base", node, f"is the base entry {shown(node)}.", "Set it with `mode`.")
    elif name in ("m", "o"):
        message = f"names {name!r}, which host agents 1.x read as {_ACL_TYPES[name]!r}."
        findings.add("acl-name", node, message, "Give the user or group another name.")


def _check_context(node: Node | None, findings: Findings) -> None:
    if node is None or is_null(node):
        return
    found = members(node, ("name", "type", "range"), findings, {"user": "name"})
    text(required(found, "type", node, findings), findings)
    text(found.get("name"), findings)
    given = found.get("range")
    if given and not is_null(given):
        _check_range(given, findings)
    elif isinstance(node, Mapping):
        message = "has no range, which makes Install fail with host agents 1.x."
        findings.add("context-range-missing", node, message, "Add `range: s0`.")


def _check_range(node: Node, findings: Findings) -> None:
    hint = "Use something like s0, s0-s3 or s0:c0.c3,c7."
    if not (isinstance(node, Scalar) and node.kind == "str" and _is_range(node.text.rstrip(","))):
        findings.add("context-range", node, f"is not a valid SELinux range: {shown(node)}.", hint)
    elif node.text.endswith(",") or _sensitivity(node.text.rstrip(",")) > _LARGEST_SENSITIVITY:
        findings.add("context-range-spelling", node, f"is {shown(node)}, which host agents 2.x refuse.", hint)


_RANGE = re.compile(r"s([0-9]{1,9})(?:-s([0-9]{1,9}))?(?::(.+))?")
_CATEGORY = re.compile(r"c([0-9]{1,9})(?:\.c([0-9]{1,9}))?")


def _sensitivity(range_text: str) -> int:
    low, high, _categories = t.cast("re.Match[str]", _RANGE.fullmatch(range_text)).groups()
    return max(int(low), int(high or 0))


def _is_range(range_text: str) -> bool:
    parts = _RANGE.fullmatch(range_text)
    if not parts or int(parts[2] or parts[1]) < int(parts[1]):
        return False
    seen: set[int] = set()
    for part in parts[3].split(",") if parts[3] else ():
        category = _CATEGORY.fullmatch(part)
        if not category:
            return False
        low, high = int(category[1]), int(category[2] or category[1])
        if not low <= high < _CATEGORIES or not seen.isdisjoint(range(low, high + 1)):
            return False
        seen.update(range(low, high + 1))
    return True
