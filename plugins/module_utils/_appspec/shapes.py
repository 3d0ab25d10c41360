# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Readers for the mappings, lists and strings of an AppSpec, which report a problem for anything of another kind."""

from __future__ import annotations

import typing as t

from .nodes import Mapping, Node, Scalar, Sequence, kind_of, shown
from .problems import Findings, suggestion

# Linux's longest path. No name in an AppSpec can be longer, and checks of longer ones would waste time.
LONGEST_TEXT = 4096


def entries(node: Node, findings: Findings) -> list[tuple[Scalar, Node]]:
    """Return the entries of the mapping NODE; the last one of a duplicate key wins, as with host agents 1.x."""
    if not isinstance(node, Mapping):
        findings.add("mapping-expected", node, f"must be a mapping, not {kind_of(node)}.", "Use `key: value` pairs.")
        return []
    found: dict[str, tuple[Scalar, Node]] = {}
    for key, value in node.entries:
        if key.text == "<<":
            findings.add(
                "yaml-merge", key, "is a merge key, which host agents 2.x ignore.", "Write out the keys that it merges."
            )
        elif key.text in found:
            findings.add(
                "key-twice", key, f"is a duplicate key, first used on line {found[key.text][0].line}.", "Remove one."
            )
        found[key.text] = key, value
    return [entry for name, entry in found.items() if name != "<<"]


def members(
    node: Node, known: t.Sequence[str], findings: Findings, instead: t.Mapping[str, str] | None = None
) -> dict[str, Node]:
    """Return the KNOWN members of the mapping NODE by name. INSTEAD maps a frequent mistake to the right name."""
    found = {}
    for key, value in entries(node, findings):
        if key.kind == "str" and key.text in known:
            found[key.text] = value
        else:
            right = (instead or {}).get(key.text)
            hint = f"Use {right} instead." if right else suggestion(key.text, known)
            findings.add("key-unknown", key, "is an unknown key, which is ignored.", hint)
    return found


def members_in_any_case(node: Node, known: t.Sequence[str], findings: Findings) -> dict[str, Node]:
    """Do the same as `members` for Lambda and ECS, whose documentation spells keys both as `TargetVersion` and as `targetversion`."""
    names = {name.lower(): name for name in known}
    found: dict[str, Node] = {}
    for key, value in entries(node, findings):
        name = names.get(key.text.lower())
        if name is None:
            findings.add("key-unknown", key, "is an unknown key, which is ignored.", suggestion(key.text, known))
        elif name in found:
            findings.add("key-twice", key, f"duplicates another key, since both are {name}.", "Remove one.")
        elif key.text not in (name, name.lower()):
            findings.add("key-case", key, "is spelled in a case that the documentation does not use.", f"Use {name}.")
        if name is not None:
            found[name] = value
    return found


def items(node: Node | None, findings: Findings) -> tuple[Node, ...]:
    """Return the items of the list NODE; none if it is absent or empty."""
    if isinstance(node, Sequence):
        return node.items
    if node is None or is_null(node):
        return ()
    if isinstance(node, Scalar) and node.value is False:
        findings.add("list-false", node, "is false, which is not a list.", "Omit it.")
    else:
        findings.add("list-expected", node, f"must be a list, not {kind_of(node)}.", "Begin each item with `- `.")
    return ()


def is_null(node: Node) -> bool:
    """Return whether NODE is `key:` without a value, or null."""
    return isinstance(node, Scalar) and node.kind == "null"


def is_text(node: Node, text: str) -> bool:
    """Return whether NODE is exactly TEXT."""
    return isinstance(node, Scalar) and node.kind == "str" and node.text == text


def required(found: t.Mapping[str, Node], name: str, owner: Node, findings: Findings) -> Node | None:
    """Return the member NAME of OWNER; None, with a problem, if it is missing or null. An OWNER that is not a mapping has a problem already."""
    node = found.get(name)
    if not isinstance(owner, Mapping):
        return None
    if node is None or is_null(node):
        where = node or owner
        path = f"{owner.path}.{name}" if owner.path else name
        findings.add_at("member-missing", path, where.line, f"{path} is missing.", "Add it; it is required.")
        return None
    return node


def text(node: Node | None, findings: Findings) -> str | None:
    """Return NODE as a string, even if it is a number; None, with a problem, if it is a list or a mapping, or too long."""
    if node is None or is_null(node):
        return None
    if not isinstance(node, Scalar):
        findings.add("text-expected", node, f"must be a string, not {kind_of(node)}.", "Write a single value.")
        return None
    if len(node.text) > LONGEST_TEXT:
        findings.add("text-too-long", node, f"has {len(node.text)} characters.", f"The limit is {LONGEST_TEXT}.")
        return None
    return node.text[1:] if node.kind == "symbol" else node.text


def strict_text(node: Node | None, findings: Findings) -> str | None:
    """Do the same as `text` for values that Install uses, where host agents 1.x fail for anything but a string."""
    if isinstance(node, Scalar) and node.kind not in ("str", "null"):
        findings.add(
            "text-not-number", node, f"must be a string, not {kind_of(node)}: {shown(node)}.", "Put it in quotes."
        )
    return text(node, findings)


def filled_text(found: t.Mapping[str, Node], name: str, owner: Node, findings: Findings) -> str | None:
    """Return the string of the member NAME of OWNER, without surrounding blanks; None, with a problem, if it is missing or blank."""
    node = required(found, name, owner, findings)
    value = text(node, findings)
    if node and value is not None and not value.strip():
        findings.add("member-missing", node, "is blank.", "Add it; it is required.")
    return (value or "").strip() or None
