# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the check: the severity of a violation, when it shows, and which host agents refuse it.

Anything that an agent in use refuses is an error; anything that the two lines read differently, or that is almost surely a mistake, is a warning.

Sources: host agent 1.8.1 as observed; the parser of host agent 2.x, github.com/aws/aws-codedeploy-agent, src/application_specification (read,
not run); AWS user guide, reference-appspec-file-structure; for Lambda and ECS the user guide alone, since what else the service refuses is
not documented further: there the strictest reading is taken.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Severity = t.Literal["error", "warning"]
# When a host or the service fails: when the AppSpec is read (on a host that shows in BeforeInstall), in Install, or in a hook.
Stage = t.Literal["read", "install", "hook"]
# Which host agents: 1 for those of line 1.x (in Ruby), 2 for those of line 2.x.
Lines = frozenset[int]

ALL: Lines = frozenset({1, 2})
LINE_1: Lines = frozenset({1})
LINE_2: Lines = frozenset({2})
NONE: Lines = frozenset()


@dataclass(frozen=True)
class Rule:
    """A rule: its SEVERITY, the STAGE at which a violation shows, the host agents that REFUSE it there, and what it is ABOUT."""

    severity: Severity
    stage: Stage
    refuse: Lines
    about: str


def _error(about: str, stage: Stage = "read", refuse: Lines = ALL) -> Rule:
    return Rule("error", stage, refuse, about)


def _warning(about: str, stage: Stage = "read") -> Rule:
    return Rule("warning", stage, NONE, about)


_READING = {
    "empty": _error("The AppSpec is empty."),
    "too-large": _error("The AppSpec is too large to check.", refuse=NONE),
    "too-deep": _error("The AppSpec is nested too deeply to check.", refuse=NONE),
    "yaml-syntax": _error("The text is not YAML."),
    "yaml-byte-order-mark": _error("The text begins with a byte order mark.", refuse=LINE_1),
    "yaml-alias": _error("Host agents on Ruby 3.1 and later refuse aliases.", refuse=LINE_1),
    "yaml-date": _error("Host agents on Ruby 3.1 and later refuse dates without quotes.", refuse=LINE_1),
    "yaml-tag": _error("Not all agents read tags alike.", refuse=NONE),
    "yaml-documents": _error("The AppSpec has content after its first YAML document.", refuse=LINE_2),
    "yaml-symbol": _warning("Host agents 1.x and 2.x read a value that begins with a colon differently."),
    "yaml-merge": _warning("Only host agents 1.x follow merge keys."),
    "mapping-expected": _error("Something must be a mapping."),
    "list-expected": _error("Something must be a list."),
    "list-false": _error("Only host agents 1.x accept `false` for an empty list.", refuse=LINE_2),
    "text-expected": _error("Something must be a string.", refuse=LINE_2),
    "text-too-long": _error("A string is longer than any path can be.", "install", NONE),
    "key-not-text": _error("A key is a list or a mapping."),
    "key-twice": _error("A key is a duplicate; only one of its values is used.", refuse=LINE_2),
    "key-unknown": _warning("A key is unknown, so it is ignored."),
    "member-missing": _error("Something required is missing."),
}

_SERVER = {
    "version": _error("`version` must be the number 0.0."),
    "version-spelling": _error("`version` is zero, but written in a form that not all agents read.", refuse=LINE_2),
    "os": _error("`os` must be linux or windows, and that of the hosts."),
    "file-exists-behavior": _error("`file_exists_behavior` must be DISALLOW, OVERWRITE or RETAIN."),
    "member-empty": _error("`source` and `destination` must not be empty.", refuse=LINE_2),
    "text-not-number": _error("A number where Install needs a string.", "install", LINE_1),
    "source-outside": _warning("`source` leads out of the bundle.", "install"),
    "destination-relative": _warning("`destination` is not an absolute path of the host.", "install"),
    "event-unknown": _warning("A hook that is not a lifecycle event never runs.", "hook"),
    "event-reserved": _warning("A lifecycle event for which no scripts run.", "hook"),
    "event-empty": _warning("A lifecycle event without scripts."),
    "location-outside": _error("A script outside of the bundle.", refuse=LINE_2),
    "location-characters": _error("A script's path with characters that are special to the shell.", "hook", LINE_1),
    "timeout": _error("`timeout` must be at least one second."),
    "timeout-spelling": _error("`timeout` must be a plain number of seconds.", refuse=LINE_2),
    "timeout-hour": _warning("The scripts of an event may take longer than the hour that the service allows it.", "hook"),
    "sudo": _error("`sudo` must be true or false.", refuse=LINE_2),
    "runas-blank": _error("`runas` is blank.", "hook", LINE_1),
    "runas-unknown": _error("`runas` is a user that the hosts do not have, as far as `host_users` says.", "hook"),
}  # fmt: skip

_PERMISSIONS = {
    "owner-unknown": _error("`owner` is a user that the hosts do not have, as far as `host_users` says.", "install"),
    "group-unknown": _error("`group` is a group that the hosts do not have, as far as `host_groups` says.", "install"),
    "permissions-windows": _error("Permissions are only supported on Linux."),
    "permission-type": _error("`type` is a list of file and directory."),
    "mode": _error("`mode` must be one to four octal digits."),
    "mode-leading-zero": _error("An unquoted `mode` with a leading zero becomes a decimal number.", refuse=LINE_1),
    "mode-spelling": _error("`mode` must be written in octal digits only.", refuse=LINE_2),
    "mode-read-differently": _warning("Host agents 1.x and 2.x set different modes."),
    "acl": _error("An entry of `acls` must be [default:]type:name:permissions."),
    "acl-base": _error("Base entries of `acls` must be set with `mode`.", refuse=LINE_1),
    "acl-short": _error("An entry of `acls` lacks its type or its empty name.", refuse=LINE_2),
    "acl-name": _warning("An entry of `acls` has a name that host agents 1.x read as a type."),
    "context-range": _error("`range` must be a valid SELinux range."),
    "context-range-spelling": _error("`range` is written in a form that not all agents read.", refuse=LINE_2),
    "context-range-missing": _error("A context without a range makes Install fail with host agents 1.x.", "install", LINE_1),
    "pattern-characters": _warning("To host agents 1.x, only `*` is special in patterns."),
    "permission-unused": _warning("A permission for nothing that this AppSpec installs.", "install"),
}  # fmt: skip

_BUNDLE = {
    "appspec-missing": _error("The bundle has no appspec.yml at its top level."),
    "appspec-yaml": _error("Host agents 1.x run hooks only from appspec.yml.", refuse=LINE_1),
    "appspec-twice": _warning("appspec.yaml is used by some steps, appspec.yml by others."),
    "windows-archive": _error("Windows hosts can only unpack zip."),
    "windows-name": _error("Windows refuses or changes a name in the bundle."),
    "windows-case": _error("Two names in the bundle differ only in case, so they are the same to Windows."),
    "windows-link": _error("Windows hosts do not unpack a link in the bundle as a link."),
    "windows-path-long": _warning("A path in the bundle is longer than Windows accepts by default."),
    "zip-link": _warning("Hosts without `unzip` drop links from a zip."),
    "source-missing": _error("`source` is not in the bundle.", "install"),
    "files-collide": _error("Two files, or a file and a directory, would be in the same place.", "install"),
    "destination-is-file": _warning("`destination` must be the directory, not the file.", "install"),
    "files-too-many": _warning("There are too many files and permissions to check all of them.", "install"),
    "permission-pattern": _error("`pattern` and `except` are for directories.", "install"),
    "permission-default-acl": _error("Default entries of `acls` are for directories only.", "install"),
    "permission-twice": _error("Permissions are set more than once for the same object.", "install"),
    "script-missing": _error("A script is not in the bundle.", "hook"),
    "script-line-ends": _error("A script's first line ends with CR LF, so its interpreter is not found.", "hook"),
    "script-mixed-line-ends": _warning("Some of a script's lines end with CR LF.", "hook"),
    "script-interpreter": _warning("A script has no shebang line.", "hook"),
}  # fmt: skip

# Host agents read no AppSpec of these platforms.
_SERVICES = {
    "key-case": _warning("A key is spelled neither as in the documentation nor in lower case."),
    "resource-count": _error("`Resources` must name exactly one resource.", refuse=NONE),
    "resource-name": _warning("The resource of an ECS AppSpec must be named TargetService."),
    "resource-type": _error("`Type` must be that of the platform.", refuse=NONE),
    "member-value": _error("A value that the service does not allow.", refuse=NONE),
    "versions-equal": _warning("`CurrentVersion` and `TargetVersion` are the same.", "install"),
    "task-definition": _error("`TaskDefinition` must be the ARN of a task definition.", refuse=NONE),
    "port-zero": _warning("`ContainerPort` is 0.", "install"),
    "service-hook": _error("A hook does not exist on the platform, or does not name exactly one function.", refuse=NONE),
}  # fmt: skip

RULES: dict[str, Rule] = {**_READING, **_SERVER, **_PERMISSIONS, **_BUNDLE, **_SERVICES}
