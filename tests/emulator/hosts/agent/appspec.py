# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AppSpec file with the verdicts of the real host agent: what it refuses is refused here, what it reads oddly is read so.

Observed with host agent 1.8.1; the cases are in appspec-cases.json. Of what 1.8.1 takes, nulls and merge keys
that 2.x refuses (its parser was built from its source and run) are refused too: a host may have either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from . import psych
from .acl import AclEntry, InvalidEntry, entry_from_text
from .selinux import InvalidRange, range_from_text

FILE_EXISTS_BEHAVIORS = ("DISALLOW", "OVERWRITE", "RETAIN")
_DEFAULT_TIMEOUT = 3600
_TYPES = ("file", "directory")
_SECTIONS = ("files", "hooks", "permissions")


class AppSpecError(Exception):
    """The AppSpec cannot be used; the message names the section and what is allowed there."""


@dataclass(frozen=True)
class FileMapping:
    """An entry of `files`; both values are kept as YAML gave them, their types matter only at Install."""

    source: Any
    destination: Any


@dataclass(frozen=True)
class Script:
    """A script of a hook; `timeout` in seconds, `sudo` by Ruby's truth, so that the text 'false' means yes."""

    location: str
    runas: str | None
    sudo: Any
    timeout: int


@dataclass(frozen=True)
class Context:
    """The SELinux context of a permission; `user` is what the AppSpec calls `name`."""

    user: Any
    type: Any
    range: str | None


@dataclass(frozen=True)
class Permission:
    """An entry of `permissions`; `mode` as three or four octal digits."""

    object: str
    pattern: Any
    excluded: tuple[Any, ...]
    types: tuple[str, ...]
    owner: Any
    group: Any
    mode: str | None
    acls: tuple[AclEntry, ...] | None
    context: Context | None


@dataclass(frozen=True)
class AppSpec:
    """A whole AppSpec; `hooks` also holds events that no service ever sends."""

    version: float
    os: str
    file_exists_behavior: str | None
    files: tuple[FileMapping, ...]
    hooks: dict[Any, tuple[Script, ...]]
    permissions: tuple[Permission, ...]


def appspec_from_text(text: str, host_os: str = "linux") -> AppSpec:
    """The AppSpec in `text` as an agent on `host_os` (linux or windows) reads it; AppSpecError for what that agent refuses."""
    try:
        document = psych.load(text)
    except psych.UnreadableYaml as error:
        raise AppSpecError(f"The AppSpec file is not YAML that the host agent reads: {error}.") from error
    if not isinstance(document, dict):
        raise AppSpecError(f"The AppSpec file must be a mapping, not {_kind(document)}.")
    _refuse_what_2x_refuses(psych.root_node(text))
    version, named_os = document.get("version"), document.get("os")
    if isinstance(version, bool) or not isinstance(version, (int, float)) or version != 0:
        raise AppSpecError(f"The AppSpec file's version is {version!r}; the number 0.0 is the only one there is.")
    if named_os != host_os:
        raise AppSpecError(f"The AppSpec file's os is {named_os!r}; this host agent accepts {host_os!r} only.")
    permissions = _list(document.get("permissions"), "permissions")
    if permissions and host_os != "linux":
        raise AppSpecError("permissions: they can be set on Linux hosts only.")
    return AppSpec(
        version=version,
        os=named_os,
        file_exists_behavior=_file_exists_behavior(document.get("file_exists_behavior")),
        hooks=_hooks(document.get("hooks")),
        files=tuple(_file_mapping(entry) for entry in _list(document.get("files"), "files")),
        permissions=tuple(_permission(entry) for entry in permissions),
    )


def _refuse_what_2x_refuses(root: yaml.Node | None) -> None:
    sections = root.value if isinstance(root, yaml.MappingNode) else []
    for key, value in sections:
        if key.value not in _SECTIONS:
            continue
        if psych.is_written_null(value):
            raise AppSpecError(f"{key.value}: {value.value} is not a value that host agent 2.x takes; leave it out.")
        if key.value == "hooks" and isinstance(value, yaml.MappingNode):
            for event, _scripts in value.value:
                if psych.is_merge_key(event):
                    raise AppSpecError("hooks: host agent 2.x takes the merge key << for an event.")


def _kind(value: object) -> str:
    return {dict: "a mapping", list: "a list", str: "text", type(None): "empty"}.get(type(value), repr(value))


def _list(value: object, where: str) -> list[Any]:
    if not psych.is_given(value):
        return []
    if not isinstance(value, list):
        raise AppSpecError(f"{where}: expected a list, not {_kind(value)}.")
    return value


def _mapping(value: object, where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise AppSpecError(f"{where}: expected a mapping, not {_kind(value)}.")
    return value


def _file_exists_behavior(value: object) -> str | None:
    if value is not None and value not in FILE_EXISTS_BEHAVIORS:
        raise AppSpecError(f"file_exists_behavior: {value!r} is not one of {', '.join(FILE_EXISTS_BEHAVIORS)}.")
    return value if isinstance(value, str) else None


def _file_mapping(entry: object) -> FileMapping:
    mapping = _mapping(entry, "files")
    for key in ("source", "destination"):
        if mapping.get(key) is None:
            raise AppSpecError(f"files: an entry has no {key}.")
    return FileMapping(mapping["source"], mapping["destination"])


def _hooks(value: object) -> dict[Any, tuple[Script, ...]]:
    if not psych.is_given(value):
        return {}
    return {
        event: tuple(_script(entry, f"hooks, {event}") for entry in _list(scripts, f"hooks, {event}"))
        for event, scripts in _mapping(value, "hooks").items()
        if scripts is not None
    }


def _script(entry: object, where: str) -> Script:
    script = _mapping(entry, where)
    location = psych.text_from(script.get("location")).strip()
    if not location:
        raise AppSpecError(f"{where}: a script has no location.")
    runas = script.get("runas")
    return Script(
        location=location,
        runas=None if runas is None else psych.text_from(runas).strip(),
        sudo=script.get("sudo"),
        timeout=_timeout(script.get("timeout"), where),
    )


def _timeout(value: object, where: str) -> int:
    """Seconds as Ruby's `to_i` finds them: a float is cut, of a text the leading digits count."""
    if not psych.is_given(value):
        return _DEFAULT_TIMEOUT
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise AppSpecError(f"{where}: timeout is {value!r}; a number of seconds is expected.")
    if isinstance(value, str):
        digits = re.match(r"\s*([-+]?[0-9]+(?:_[0-9]+)*)", value)
        value = int(digits[1]) if digits else 0
    try:
        seconds = int(value)
    except (OverflowError, ValueError) as error:
        raise AppSpecError(f"{where}: timeout is {value!r}; a number of seconds is expected.") from error
    if seconds <= 0:
        raise AppSpecError(f"{where}: the timeout must be at least one second.")
    return seconds


def _permission(entry: object) -> Permission:
    permission = _mapping(entry, "permissions")
    name = psych.text_from(permission.get("object")).strip()
    if not name:
        raise AppSpecError("permissions: an entry has no object.")
    where = f"permissions, {name}"
    pattern, types = permission.get("pattern"), permission.get("type")
    return Permission(
        object=name,
        pattern=pattern if psych.is_given(pattern) else "**",
        excluded=tuple(_list(permission.get("except"), f"{where}, except")),
        types=_types(types, where) if psych.is_given(types) else _TYPES,
        owner=permission.get("owner"),
        group=permission.get("group"),
        mode=_mode(permission.get("mode"), where),
        acls=_acls(permission.get("acls"), where),
        context=_context(permission.get("context"), where),
    )


def _types(value: object, where: str) -> tuple[str, ...]:
    types = tuple(_list(value, f"{where}, type"))
    for name in types:
        if name not in _TYPES:
            raise AppSpecError(f"{where}: type {name!r} is not one of {', '.join(_TYPES)}.")
    return types


def _mode(value: object, where: str) -> str | None:
    if value is None:
        return None
    mode = psych.text_from(value).rjust(3, "0")
    if not re.fullmatch("[0-7]{3,4}", mode):
        raise AppSpecError(f"{where}: mode {value!r} is not one to four octal digits.")
    return mode


def _acls(value: object, where: str) -> tuple[AclEntry, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise AppSpecError(f"{where}: acls must be a list of texts, not {_kind(value)}.")
    try:
        return tuple(entry_from_text(entry) for entry in value)
    except InvalidEntry as error:
        raise AppSpecError(f"{where}: {error}.") from error


def _context(value: object, where: str) -> Context | None:
    if value is None:
        return None
    context = _mapping(value, f"{where}, context")
    given = context.get("range")
    if context.get("type") is None or not (given is None or isinstance(given, str)):
        raise AppSpecError(f"{where}: context needs a type, and its range, if any, must be text.")
    try:
        return Context(context.get("name"), context["type"], None if given is None else range_from_text(given))
    except InvalidRange as error:
        raise AppSpecError(f"{where}: {error}.") from error
