# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an Install has to do, found by looking at the unpacked revision and at the host without changing either.

Rules and order as observed with host agent 1.8.1 (AWS user guide, reference-appspec-file-structure-files and -permissions).
"""

from __future__ import annotations

import re
from pathlib import Path

from .appspec import FILE_EXISTS_BEHAVIORS, AppSpec, FileMapping, Permission
from .containment import confined_entry, joined, located
from .instructions import ChangeMode, ChangeOwner, Copy, InstallError, Instruction, MakeDirectory, SetAcl, SetContext


def plan_installation(appspec: AppSpec, archive: Path, host_root: Path, file_exists_behavior: str) -> list[Instruction]:
    """The steps in their order. The AppSpec's own behaviour for files that exist wins over the deployment's."""
    plan = _Plan(host_root, appspec.file_exists_behavior or file_exists_behavior)
    for mapping in appspec.files:
        plan.add_mapping(mapping, archive)
    for permission in appspec.permissions:
        plan.add_permission(permission)
    return plan.instructions


class _Plan:
    def __init__(self, host_root: Path, file_exists_behavior: str) -> None:
        self.instructions: list[Instruction] = []
        self._host_root = host_root
        self._file_exists_behavior = file_exists_behavior
        self._copies: dict[Path, Path] = {}
        self._directories: dict[Path, None] = {}
        self._permitted: set[Path] = set()

    def add_mapping(self, mapping: FileMapping, archive: Path) -> None:
        if not isinstance(mapping.source, str) or not isinstance(mapping.destination, str):
            raise InstallError(
                f"files: source {mapping.source!r} and destination {mapping.destination!r} must be texts"
            )
        source = joined(archive, mapping.source)
        if source != archive:
            confined_entry(archive, source)
        destination = located(self._host_root, mapping.destination)
        if _is_directory(source):
            self._add_missing_parents(destination)
            self._add_tree(source, destination)
        else:
            self._add_missing_parents(destination / source.name)
            self._add_file(source, destination / source.name)

    def _add_missing_parents(self, path: Path) -> None:
        missing = [parent for parent in path.parents if not parent.exists()]
        for parent in reversed(missing):
            self._add_directory(parent)

    def _add_tree(self, source: Path, destination: Path) -> None:
        if not destination.is_dir():
            self._add_directory(destination)
        for entry in sorted(source.iterdir(), key=lambda entry: (_is_directory(entry), entry.name)):
            if _is_directory(entry):
                self._add_tree(entry, destination / entry.name)
            else:
                self._add_file(entry, destination / entry.name)

    def _add_directory(self, directory: Path) -> None:
        if directory in self._copies:
            raise InstallError(f"files: {directory} would be a directory and a copy of {self._copies[directory]}")
        if directory not in self._directories:
            self.instructions.append(MakeDirectory(_one_line(directory)))
        self._directories[directory] = None

    def _add_file(self, source: Path, destination: Path) -> None:
        if destination.exists():
            if self._file_exists_behavior not in FILE_EXISTS_BEHAVIORS:
                raise InstallError(
                    "The deployment failed because an invalid option was specified for fileExistsBehavior: "
                    f"{self._file_exists_behavior}. Valid options include {', '.join(FILE_EXISTS_BEHAVIORS)}."
                )
            if self._file_exists_behavior == "DISALLOW":
                raise InstallError(
                    f"The deployment failed because a specified file already exists at this location: {destination}"
                )
            if self._file_exists_behavior == "RETAIN":
                return
        if destination in self._copies or destination in self._directories:
            other = self._copies.get(destination, "a directory")
            raise InstallError(f"files: both {source} and {other} would become {destination}")
        self.instructions.append(Copy(source, _one_line(destination)))
        self._copies[destination] = source

    def add_permission(self, permission: Permission) -> None:
        target = located(self._host_root, permission.object)
        if target in self._copies:
            if "file" in permission.types:
                _refuse_file_pattern(permission)
                self._refuse_default_acl(permission)
                self._permit(target, permission)
        elif target in self._directories or target.is_dir():
            for match in self._matches(target, permission):
                self._permit(match, permission)

    def _matches(self, target: Path, permission: Permission) -> list[Path]:
        """What this Install makes below `target` and the permission means; never `target` itself."""
        files = [path for path in self._copies if "file" in permission.types and _is_meant(path, target, permission)]
        if files:
            self._refuse_default_acl(permission)
        wanted = "directory" in permission.types
        return files + [path for path in self._directories if wanted and _is_meant(path, target, permission)]

    def _refuse_default_acl(self, permission: Permission) -> None:
        if any(entry.default for entry in permission.acls or ()):
            raise InstallError(
                f"permissions, {permission.object}: default acls are for directories only, not for files"
            )

    def _permit(self, path: Path, permission: Permission) -> None:
        if path in self._permitted:
            raise InstallError(f"permissions: {path} is given permissions more than once")
        self._permitted.add(path)
        if permission.mode is not None:
            self.instructions.append(ChangeMode(path, permission.mode))
        if permission.acls is not None:
            self.instructions.append(SetAcl(path, permission.acls))
        if permission.context is not None:
            if permission.context.range is None:
                # Agents of line 1.8 crash on this; those of line 2 take it. The strict reading is the older one's.
                raise InstallError(
                    f"permissions, {permission.object}: a context without a range cannot be written down"
                )
            self.instructions.append(SetContext(path, permission.context))
        if permission.owner is not None or permission.group is not None:
            self.instructions.append(ChangeOwner(path, permission.owner, permission.group))


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _one_line(path: Path) -> Path:
    # The cleanup file holds a path a line; a name of two lines could make the next Install remove something else.
    if "\n" in str(path):
        raise InstallError(f"files: the name {str(path)!r} contains a line break")
    return path


def _refuse_file_pattern(permission: Permission) -> None:
    if permission.pattern != "**" or permission.excluded:
        raise InstallError(
            f"permissions, {permission.object}: pattern and except are for directories, but this is a file"
        )


def _is_meant(path: Path, target: Path, permission: Permission) -> bool:
    if target not in path.parents:
        return False
    name = str(path.relative_to(target))
    meant = permission.pattern == "**" or _matches_glob(name, permission.pattern, permission)
    return meant and not any(_matches_glob(name, pattern, permission) for pattern in permission.excluded)


def _matches_glob(name: str, pattern: object, permission: Permission) -> bool:
    """`*` stands for any characters but a slash; nothing else is special."""
    if not isinstance(pattern, str):
        raise InstallError(f"permissions, {permission.object}: {pattern!r} is no pattern; patterns are texts")
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return "/" not in name and re.fullmatch(expression, name, re.DOTALL) is not None
