# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for an AppSpec of the Server platform, except its permissions.

Sources: host agent 1.8.1 as observed; the parser of host agent 2.x; AWS user guide, reference-appspec-file-structure-files and -hooks.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .nodes import Node, Scalar, Sequence, shown
from .paths import SYSTEMS, OperatingSystem, is_absolute, is_outside
from .permissions import Permission, permissions_from
from .problems import Findings, suggestion
from .shapes import entries, filled_text, is_null, is_text, items, members, required, strict_text, text

SECTIONS = ("version", "os", "files", "file_exists_behavior", "hooks", "permissions")
BEHAVIORS = ("DISALLOW", "OVERWRITE", "RETAIN")

# AWS user guide, reference-appspec-file-structure-hooks: the events that can run scripts, and those reserved for the agent or the service.
EVENTS = (
    "BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService",
    "BeforeAllowTraffic", "AfterAllowTraffic",
)  # fmt: skip
RESERVED_EVENTS = ("Start", "BlockTraffic", "DownloadBundle", "Install", "AllowTraffic", "End")

# AWS user guide, reference-appspec-file-structure-hooks: the limit for all scripts of one lifecycle event together, in seconds.
EVENT_LIMIT = 3600
_LARGEST_TIMEOUT = 2**32 - 1

# The forms that both lines of agents read as the number zero.
_ZERO = re.compile(r"[-+]?(0(\.0*)?|\.0+)")
# The agent puts the path of a script, unquoted, into a command (observed with host agent 1.8.1).
_SHELL_READS = re.compile(r"[^\w@%+=:,./-]")


@dataclass(frozen=True)
class FileMapping:
    """An entry of `files` with usable strings, and their nodes."""

    source: str
    destination: str
    source_node: Node
    destination_node: Node


@dataclass(frozen=True)
class Script:
    """A script of a lifecycle event: its LOCATION as given, the location's NODE, and the node of the USER to run it as."""

    node: Node
    location: str
    user: Node | None


@dataclass(frozen=True)
class ServerSpec:
    """The usable parts of an AppSpec, whatever its problems."""

    os: OperatingSystem
    files: tuple[FileMapping, ...]
    scripts: tuple[Script, ...]
    permissions: tuple[Permission, ...]


def server_spec_from(root: Node, host_os: OperatingSystem | None, findings: Findings) -> ServerSpec:
    """Return the usable parts of the AppSpec ROOT, and add its problems to FINDINGS. HOST_OS is the hosts' operating system, if known."""
    found = members(root, SECTIONS, findings)
    check_version(found, root, findings)
    os = _check_os(found, root, host_os, findings)
    _check_behavior(found.get("file_exists_behavior"), findings)
    return ServerSpec(
        os,
        tuple(_file_mappings(found.get("files"), os, findings)),
        tuple(_scripts(found.get("hooks"), os, findings)),
        tuple(permissions_from(found.get("permissions"), os, findings)),
    )


def check_version(found: t.Mapping[str, Node], root: Node, findings: Findings) -> None:
    """Check that the version is 0.0, as on every platform."""
    node = required(found, "version", root, findings)
    if node is None:
        return
    hint = "Use `version: 0.0`, without quotes."
    if not (isinstance(node, Scalar) and node.kind in ("int", "float") and node.value == 0):
        findings.add("version", node, f"must be the number 0.0, not {shown(node)}.", hint)
    elif not _ZERO.fullmatch(node.text):
        findings.add("version-spelling", node, f"is written as {shown(node)}, which not all agents read.", hint)


def _check_os(
    found: t.Mapping[str, Node], root: Node, host_os: OperatingSystem | None, findings: Findings
) -> OperatingSystem:
    allowed = (host_os,) if host_os else SYSTEMS
    node = required(found, "os", root, findings)
    for system in SYSTEMS:
        if node and is_text(node, system):
            if system not in allowed:
                findings.add(
                    "os",
                    node,
                    f"is {system}, but the hosts run {host_os}.",
                    "Deploy a bundle for their operating system.",
                )
            return system
    if node:
        findings.add("os", node, f"must be {' or '.join(allowed)}, not {shown(node)}.", "Use lower case.")
    return host_os or "linux"


def _check_behavior(node: Node | None, findings: Findings) -> None:
    if node and not is_null(node) and not any(is_text(node, behavior) for behavior in BEHAVIORS):
        hint = suggestion(node.text, BEHAVIORS) if isinstance(node, Scalar) else f"Use one of {', '.join(BEHAVIORS)}."
        findings.add("file-exists-behavior", node, f"must not be {shown(node)}.", hint)


def _file_mappings(node: Node | None, os: OperatingSystem, findings: Findings) -> t.Iterator[FileMapping]:
    for entry in items(node, findings):
        found = members(entry, ("source", "destination"), findings)
        source, destination = (_place(found, name, entry, findings) for name in ("source", "destination"))
        if source and is_outside(source, os):
            findings.add("source-outside", found["source"], "leads out of the bundle.", "Use a path inside the bundle.")
        if destination and not is_absolute(destination, os):
            hint = "Use the full path on the host; variables and ~ are not expanded."
            findings.add("destination-relative", found["destination"], f"is not an absolute path of {os}.", hint)
        if source and destination:
            yield FileMapping(source, destination, found["source"], found["destination"])


def _place(found: t.Mapping[str, Node], name: str, entry: Node, findings: Findings) -> str | None:
    node = required(found, name, entry, findings)
    place = strict_text(node, findings)
    if node and place == "":
        findings.add("member-empty", node, "is empty.", "Set the path; `/` is the whole bundle.")
    return place


def _scripts(node: Node | None, os: OperatingSystem, findings: Findings) -> t.Iterator[Script]:
    if node is None or is_null(node):
        return
    if isinstance(node, Scalar) and node.value is False:
        findings.add("list-false", node, "is false, which is not a mapping.", "Omit it.")
        return
    for event, scripts in entries(node, findings):
        runs = _check_event(event, findings)
        found = [_script(entry, os, findings) for entry in items(scripts, findings)]
        if is_null(scripts) or (isinstance(scripts, Sequence) and not scripts.items):
            findings.add("event-empty", event, "has no scripts.", "Omit it, or list its scripts.")
        _check_hour(event, [seconds for _script_found, seconds in found], findings)
        yield from (script for script, _seconds in found if script and runs)


def _check_event(event: Scalar, findings: Findings) -> bool:
    if event.kind == "str" and event.text in EVENTS:
        return True
    if event.text in RESERVED_EVENTS:
        message = "is a lifecycle event that cannot run scripts, so these never run."
        findings.add("event-reserved", event, message, f"Use one of {', '.join(EVENTS)}.")
    else:
        message = "is not a lifecycle event, so its scripts never run."
        findings.add("event-unknown", event, message, suggestion(event.text, EVENTS))
    return False


def _check_hour(event: Scalar, seconds: list[int], findings: Findings) -> None:
    if sum(seconds) > EVENT_LIMIT:
        message = f"has scripts that may take {sum(seconds)} s, but the service ends an event after {EVENT_LIMIT} s."
        findings.add("timeout-hour", event, message, "Lower the timeouts.")


def _script(entry: Node, os: OperatingSystem, findings: Findings) -> tuple[Script | None, int]:
    """Return a script and its timeout in seconds; 0 for the default."""
    found = members(entry, ("location", "timeout", "runas", "sudo"), findings)
    location = _location(found, entry, os, findings)
    user = text(found.get("runas"), findings)
    if user is not None and not user.strip():
        findings.add(
            "runas-blank", found["runas"], "is blank, which makes the command fail.", "Set a user, or omit it."
        )
    sudo = found.get("sudo")
    if sudo and not is_null(sudo) and not (isinstance(sudo, Scalar) and _is_boolean(sudo)):
        message = f"must be true or false, not {shown(sudo)}: host agents 1.x read any string as true."
        findings.add("sudo", sudo, message, "Use it without quotes.")
    script = Script(found["location"], location, found.get("runas")) if location else None
    return script, _timeout(found.get("timeout"), findings)


def _is_boolean(node: Scalar) -> bool:
    # Host agents 2.x read YAML 1.2, where yes, no, on and off are strings.
    return node.kind == "bool" and node.text.lower() in ("true", "false")


def _location(found: t.Mapping[str, Node], entry: Node, os: OperatingSystem, findings: Findings) -> str | None:
    location = filled_text(found, "location", entry, findings)
    if location and is_outside(location, os):
        findings.add("location-outside", found["location"], "leads out of the bundle.", "Use a path inside the bundle.")
    elif location and os == "linux" and _SHELL_READS.search(location):
        message = "has characters that are special to the shell, and the agent does not quote it."
        hint = "Rename the script: letters, digits and . _ - / are safe."
        findings.add("location-characters", found["location"], message, hint)
    return location


def _timeout(node: Node | None, findings: Findings) -> int:
    if node is None or is_null(node):
        return 0
    seconds = _seconds(node)
    hint = "Use a number of seconds, such as `timeout: 300`."
    if seconds is None or seconds <= 0:
        findings.add("timeout", node, f"must be a number of seconds, at least 1, not {shown(node)}.", hint)
    elif not (isinstance(node, Scalar) and node.kind == "int" and re.fullmatch("[1-9][0-9]*", node.text)):
        findings.add("timeout-spelling", node, f"must be a plain number of seconds, not {shown(node)}.", hint)
    elif seconds > _LARGEST_TIMEOUT:
        findings.add("timeout-spelling", node, f"must be at most {_LARGEST_TIMEOUT} seconds.", hint)
    return max(seconds or 0, 0)


def _seconds(node: Node) -> int | None:
    """Return seconds as Ruby's `to_i` does: a float is truncated, a string counts by its leading digits; None for a kind without `to_i`."""
    if not isinstance(node, Scalar) or node.value is True or node.kind == "symbol":
        return None
    if node.value is False:
        return EVENT_LIMIT
    if isinstance(node.value, str):
        digits = re.match(r"\s*([-+]?[0-9]{1,18})", node.value.replace("_", ""))
        return int(digits[1]) if digits else 0
    try:
        return int(node.value or 0)
    except (OverflowError, ValueError):
        return None
