# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulation of Install with a bundle, which reports what would fail.

The rules are those of the host agent (observed with 1.8.1), except for what only the host knows: which files, users and groups already exist.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator

from .bundle import Tree
from .nodes import Node, shown
from .paths import OperatingSystem, bundle_path, folded, host_path, is_outside, parents
from .permissions import EVERYTHING, Permission
from .problems import Findings
from .server import FileMapping, ServerSpec

# The most files and comparisons of one check; an AppSpec that maps a large tree many times could require any number.
MAX_STEPS = 500_000


def check_installation(spec: ServerSpec, tree: Tree, findings: Findings) -> None:
    """Check `files` and `permissions` of SPEC against what TREE holds."""
    plan = _Plan(spec.os, tree, findings)
    try:
        for mapping in spec.files:
            plan.add_mapping(mapping)
        plan.check_directories()
        for permission in spec.permissions:
            plan.add_permission(permission)
    except _TooMany:
        message = "files and permissions: there are too many entries to check all of them."
        findings.add_at("files-too-many", "files", None, message, "Map whole directories, each of them once.")


def check_reach(spec: ServerSpec, findings: Findings) -> None:
    """Check, without a bundle, that each permission is for something at, above or below a destination."""
    places = {host_path(mapping.destination, spec.os) for mapping in spec.files}
    above = {parent for place in places for parent in parents(place)}
    for permission in spec.permissions:
        name = host_path(permission.object, spec.os)
        if name not in above and places.isdisjoint([name, *parents(name)]):
            _report_unused(permission, "is for something that no entry of `files` installs", findings)


def _report_unused(permission: Permission, why: str, findings: Findings) -> None:
    hint = "Permissions apply to what this AppSpec installs inside a directory, not to the directory itself."
    findings.add("permission-unused", permission.node, f"{why}, so it has no effect.", hint)


class _TooMany(Exception):
    """MAX_STEPS were exceeded."""


class _Plan:
    def __init__(self, os: OperatingSystem, tree: Tree, findings: Findings) -> None:
        self._os = os
        self._tree = tree
        self._findings = findings
        self._copies: dict[str, tuple[str, Node]] = {}
        self._directories: set[str] = set()
        self._made: set[str] = set()
        self._permitted: set[str] = set()
        self._steps = 0

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise _TooMany

    def add_mapping(self, mapping: FileMapping) -> None:
        """Record what MAPPING copies, and report what is missing or would collide."""
        source = bundle_path(mapping.source, self._os)
        destination = host_path(mapping.destination, self._os)
        if is_outside(mapping.source, self._os):
            return
        if self._tree.is_directory(source):
            above, below = "" if source == "." else f"{source}/", destination.rstrip("/") + "/"
            self._add_directories(destination, [below + name for name in self._tree.directories_in(source)])
            for name in self._tree.files_in(source):
                self._add_file(above + name, below + name, mapping)
        elif self._tree.file(source):
            name = folded(posixpath.basename(source), self._os)
            self._check_last_name(mapping, name, destination)
            self._made.add(destination)
            self._add_file(source, posixpath.join(destination, name), mapping)
        elif not self._tree.is_behind_link(source):
            message = f"is {shown(mapping.source_node)}, which is not in the bundle."
            hint = "Add it, or check that no ignore pattern excludes it."
            self._findings.add("source-missing", mapping.source_node, message, hint)

    def _check_last_name(self, mapping: FileMapping, name: str, destination: str) -> None:
        if posixpath.basename(destination) == name:
            message = f"installs the file as {posixpath.join(destination, name)}, because a destination is always a directory."
            self._findings.add("destination-is-file", mapping.destination_node, message, "Set it to the directory.")

    def _add_file(self, source: str, destination: str, mapping: FileMapping) -> None:
        self._count(1)
        node = mapping.destination_node
        if destination in self._copies:
            message = (
                f"would install {source} as {destination}, where {self._copies[destination][0]} is installed already."
            )
            self._findings.add("files-collide", node, message, "Remove one of the two.")
        self._copies[destination] = source, node
        self._directories.update(self._new_parents(destination))

    def _add_directories(self, destination: str, below: list[str]) -> None:
        self._count(len(below) + 1)
        self._made.update([destination, *below])
        self._directories.update([destination, *below], self._new_parents(destination))

    def _new_parents(self, path: str) -> Iterator[str]:
        return itertools.takewhile(lambda parent: parent not in self._directories, parents(path))

    def check_directories(self) -> None:
        """Report files that would be installed where a directory is needed."""
        for destination in sorted(self._directories.intersection(self._copies)):
            source, node = self._copies[destination]
            message = f"would install the file {source} as {destination}, where a directory is needed."
            self._findings.add("files-collide", node, message, "Give one of the two another destination.")

    def add_permission(self, permission: Permission) -> None:
        """Record what PERMISSION applies to, and report why it cannot be set."""
        name = host_path(permission.object, self._os)
        if name in self._copies:
            self._add_file_permission(permission, name)
            return
        matches = [path for path in self._installed(permission) if _is_meant(path, name, permission)]
        if not matches:
            _report_unused(permission, "matches nothing that this AppSpec installs", self._findings)
        if permission.default_acl and any(path in self._copies for path in matches):
            self._refuse_default_acl(permission)
        self._permit(matches, permission)

    def _add_file_permission(self, permission: Permission, name: str) -> None:
        if "file" not in permission.types:
            _report_unused(
                permission, f"is of type {', '.join(permission.types) or 'nothing'} for a file", self._findings
            )
            return
        if permission.pattern != EVERYTHING or permission.excluded:
            message = f"has pattern or except, although {permission.object} is a file."
            self._findings.add(
                "permission-pattern", permission.node, message, "Remove them, or set object to its directory."
            )
        if permission.default_acl:
            self._refuse_default_acl(permission)
        self._permit([name], permission)

    def _refuse_default_acl(self, permission: Permission) -> None:
        message = "has default acls, but also applies to files."
        self._findings.add("permission-default-acl", permission.node, message, "Add `type: [directory]`.")

    def _permit(self, matches: list[str], permission: Permission) -> None:
        # Install creates a directory above a destination only if the host lacks it, which cannot be known here.
        sure = [path for path in matches if path in self._copies or path in self._made]
        if twice := self._permitted.intersection(sure):
            message = f"sets permissions for {min(twice)} a second time, which Install refuses."
            self._findings.add(
                "permission-twice", permission.node, message, "Narrow one of the two with except or type."
            )
        self._permitted.update(sure)

    def _installed(self, permission: Permission) -> Iterator[str]:
        self._count((len(self._copies) + len(self._directories)) * (1 + len(permission.excluded)))
        if "file" in permission.types:
            yield from self._copies
        if "directory" in permission.types:
            yield from self._directories


def _is_meant(path: str, target: str, permission: Permission) -> bool:
    above = target if target.endswith("/") else f"{target}/"
    if not path.startswith(above):
        return False
    name = path[len(above) :]
    meant = permission.pattern == EVERYTHING or _matches(name, permission.pattern)
    return bool(name) and meant and not any(_matches(name, pattern) for pattern in permission.excluded)


def _matches(name: str, pattern: str) -> bool:
    """Return whether PATTERN, in which only `*` is special, matches NAME. It never matches below the first level."""
    first, *middle = pattern.split("*")
    if "/" in name or not name.startswith(first):
        return False
    if not middle:
        return name == first
    last = middle.pop()
    position = len(first)
    for part in middle:
        position = name.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return name.endswith(last) and len(name) - len(last) >= position
