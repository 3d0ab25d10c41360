# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bundle around an AppSpec, as the check sees it, and its required content: the AppSpec itself, and the scripts of the hooks."""

from __future__ import annotations

import bisect
import posixpath
import stat
import typing as t
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from .nodes import shown
from .paths import OperatingSystem, bundle_path, folded, parents
from .problems import Findings
from .server import Script, ServerSpec

Archive = t.Literal["zip", "tar", "tgz"]

# The bytes of a script that are read: enough for its first lines, where mistakes show.
HEAD = 4096

_RUNNABLE = (b"#!", b"\x7fELF")


class Entry(t.Protocol):
    """A file, link or directory of a bundle: PATH relative to its top with `/`, MODE as in os.stat, including the file type."""

    @property
    def path(self) -> str: ...

    @property
    def mode(self) -> int: ...


@dataclass(frozen=True)
class Bundle:
    """A bundle: all its ENTRIES, a function to READ the first bytes of a file (path, limit), and its ARCHIVE format, if known."""

    entries: Collection[Entry]
    read: Callable[[str, int], bytes]
    archive: Archive | None = None


class Tree:
    """The paths of a bundle, compared as a host with the operating system OS compares them."""

    def __init__(self, bundle: Bundle, os: OperatingSystem) -> None:
        self._os = os
        self._names = {folded(entry.path, os): entry.path for entry in bundle.entries}
        self._directories = {folded(entry.path, os) for entry in bundle.entries if stat.S_ISDIR(entry.mode)}
        self._links = {folded(entry.path, os) for entry in bundle.entries if stat.S_ISLNK(entry.mode)}
        for name in self._names:
            for parent in parents(name):
                if parent in self._directories:
                    break
                self._directories.add(parent)
        self._files = sorted(name for name in self._names if name not in self._directories)
        self._sorted_directories = sorted(self._directories)

    def file(self, path: str) -> str | None:
        """Return the file at PATH, as the bundle spells it; None if there is none."""
        name = folded(path, self._os)
        return None if name in self._directories else self._names.get(name)

    def is_behind_link(self, path: str) -> bool:
        """Return whether PATH is, or leads through, a link that the bundle preserves, so that only the host knows its target."""
        name = folded(path, self._os)
        return not self._links.isdisjoint([name, *parents(name)])

    def is_directory(self, path: str) -> bool:
        """Return whether PATH is a directory; `.` is the bundle's top."""
        return path == "." or folded(path, self._os) in self._directories

    def files_in(self, directory: str) -> list[str]:
        """The files and links below DIRECTORY, relative to it and folded."""
        return _below(self._files, folded(directory, self._os))

    def directories_in(self, directory: str) -> list[str]:
        """The directories below DIRECTORY, relative to it and folded."""
        return _below(self._sorted_directories, folded(directory, self._os))

    @cached_property
    def by_name(self) -> dict[str, str]:
        """One path for each file name, for suggestions."""
        return {posixpath.basename(name): self._names[name] for name in self._files}


def _below(names: list[str], directory: str) -> list[str]:
    """Return those of the sorted NAMES that are below DIRECTORY, relative to it."""
    if directory == ".":
        return names
    above = f"{directory}/"
    first, last = (bisect.bisect_left(names, limit) for limit in (above, f"{directory}{chr(ord('/') + 1)}"))
    return [name[len(above) :] for name in names[first:last]]


def check_appspec_names(tree: Tree, findings: Findings) -> None:
    """Check that the AppSpec is where every step of every agent looks for it (observed with host agent 1.8.1)."""
    if tree.file("appspec.yml"):
        if tree.file("appspec.yaml"):
            message = (
                "the bundle has both appspec.yml and appspec.yaml: Install reads one of them, the hooks the other."
            )
            findings.add_at("appspec-twice", "", None, message, "Remove appspec.yaml.")
    elif tree.file("appspec.yaml"):
        message = "the bundle has only appspec.yaml, whose hooks host agents 1.x cannot run, so the deployment fails."
        findings.add_at("appspec-yaml", "", None, message, "Rename it to appspec.yml.")
    else:
        message = "the bundle has no appspec.yml at its top level."
        findings.add_at("appspec-missing", "", None, message, "Add one.")


def check_archive(spec: ServerSpec, bundle: Bundle, findings: Findings) -> None:
    """Check that the hosts can unpack the bundle's archive format, including its links.

    Windows Server does not support tar and tgz (AWS user guide, application-revisions-push). Without unzip, host agent 1.8.1 uses rubyzip, which
    drops links.
    """
    if spec.os == "windows" and bundle.archive in ("tar", "tgz"):
        message = f"the bundle is a {bundle.archive} archive, but Windows hosts can only unpack zip."
        findings.add_at("windows-archive", "os", None, message, "Make a zip archive.")
    if spec.os == "linux" and bundle.archive == "zip":
        link = next((entry.path for entry in bundle.entries if stat.S_ISLNK(entry.mode)), None)
        if link is not None:
            message = f"{link!r} is a link in a zip, which hosts without `unzip` drop."
            findings.add_at("zip-link", "", None, message, "Make a tar or tgz archive.")


def check_scripts(spec: ServerSpec, bundle: Bundle, tree: Tree, findings: Findings) -> None:
    """Check that each script is in the bundle, in a form that its host can run."""
    for script in spec.scripts:
        named = bundle_path(script.location, spec.os)
        path = tree.file(named)
        if tree.is_behind_link(named):
            continue
        if path is None:
            _report_missing(script, tree, spec.os, findings)
        elif spec.os == "linux":
            _check_head(script, bundle.read(path, HEAD), findings)


def _report_missing(script: Script, tree: Tree, os: OperatingSystem, findings: Findings) -> None:
    path = bundle_path(script.location, os)
    if tree.is_directory(path):
        findings.add("script-missing", script.node, f"is {shown(script.node)}, a directory.", "Name a file in it.")
        return
    near = tree.by_name.get(folded(posixpath.basename(path), os))
    hint = f"Did you mean {near}?" if near else "Add it, or check that no ignore pattern excludes it."
    findings.add("script-missing", script.node, f"is {shown(script.node)}, which is not in the bundle.", hint)


def _check_head(script: Script, head: bytes, findings: Findings) -> None:
    """Check HEAD, the beginning of a script. Agents set the executable bit themselves, so it is not checked."""
    first_line = head.split(b"\n", 1)[0]
    if not head.startswith(_RUNNABLE):
        bom = head.startswith(b"\xef\xbb\xbf#!")
        message = (
            "has a byte order mark before its #!, so it is run with sh"
            if bom
            else "has no shebang line, so it is run with sh"
        )
        hint = (
            "Save it without a byte order mark."
            if bom
            else "Begin it with the path of its interpreter, such as #!/bin/sh."
        )
        findings.add("script-interpreter", script.node, f"names a script that {message}.", hint)
    if head.startswith(b"\x7fELF"):
        return
    if first_line.endswith(b"\r"):
        message = "names a script whose first line ends with CR LF, so its interpreter is not found."
        findings.add("script-line-ends", script.node, message, "Save it with LF line endings.")
    elif b"\r\n" in head:
        message = "names a script in which some lines end with CR LF."
        findings.add("script-mixed-line-ends", script.node, message, "Save it with LF line endings.")
