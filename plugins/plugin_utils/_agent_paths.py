# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for paths that the role `agent` may treat as the agent's own: the agent's user becomes the owner of folders, and a purge removes them. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

NAME = "codedeploy"
# Line breaks, other control characters, and characters that end or reorder a line (Unicode, general category Cc, Zl, Zp).
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DOTS = re.compile(r"\.\.?")
_SECRET_FOLDERS = {".ssh", ".gnupg", ".aws", ".kube"}


class System(t.NamedTuple):
    """The path rules of an operating system.

    ROOT matches the beginning of an absolute path, SEPARATOR separates its parts, and NO_PARTS match the parts that are refused, with the problem
    of each. CLOSED are places where nothing may be the agent's; SHARED those where only paths named after the agent may be. HOMES contains the
    homes of users, and DEPTHS has the least depth of a path that is not named after the agent, if it is not two.
    """

    root: re.Pattern[str]
    separator: re.Pattern[str]
    no_parts: dict[str, re.Pattern[str]]
    closed: tuple[str, ...]
    shared: tuple[str, ...]
    homes: str
    depths: dict[str, int]


SYSTEMS = {
    # Filesystem Hierarchy Standard 3.0. Everybody can create a folder of any name in /tmp and /var/tmp before the role does.
    "linux": System(
        re.compile("/"),
        re.compile("/+"),
        {
            "has a part that is . or ..": _DOTS,
            "has one of $ ` * ? [ ] { } \" ' \\, or a part that begins with ~": re.compile(
                r"""~.*|.*[$`*?\[\]{}"'\\].*"""
            ),
        },
        (
            *("bin", "boot", "dev", "lib", "lib32", "lib64", "libx32", "lost+found", "proc", "root", "sbin", "sys"),
            *("tmp", "run/user", "var/tmp"),
        ),
        ("etc", "home", "opt", "run", "usr", "var"),
        "home",
        {"media": 3, "mnt": 3},
    ),
    # Win32, "Naming Files, Paths, and Namespaces": device names, and characters that no name may have.
    "windows": System(
        re.compile(r"[A-Za-z]:[\\/]"),
        re.compile(r"[\\/]+"),
        {
            "has a part that is . or ..": _DOTS,
            'has one of $ ` * ? [ ] { } " < > | :, or %NAME%': re.compile(r"""%.+%|.*[$`*?\[\]{}"<>|:].*"""),
            "has a part that ends with a full stop or a space": re.compile(r".*[. ]"),
            "has a short name, such as A~1": re.compile(r".*~\d.*"),
            "has a device name": re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE),
        },
        ("boot", "config.msi", "perflogs", "recovery", "system volume information", "temp", "windows"),
        ("inetpub", "program files", "program files (x86)", "programdata", "users"),
        "users",
        {},
    ),
}


def parts_of(path: str, system: System) -> list[str]:
    """Return the parts of PATH, an absolute path, below its root."""
    root = system.root.match(path)
    return [part for part in system.separator.split(path[root.end() if root else 0 :]) if part]


def path_problem(path: t.Any, system: System) -> str:
    """Return the problem with PATH as one of the agent's own; empty if there is none."""
    if not isinstance(path, str) or not system.root.match(path):
        return "is not an absolute path"
    if CONTROL.search(path):
        return "has a line break or another control character"
    parts = parts_of(path, system)
    for problem, no_part in system.no_parts.items():
        if any(no_part.fullmatch(part) for part in parts):
            return problem
    return _place_problem([part.lower() for part in parts], system)


def _place_problem(parts: list[str], system: System) -> str:
    above = {"/".join(parts[:depth]) for depth in (1, 2)}
    top = parts[0] if parts else ""
    if not parts or above & set(system.closed):
        return "is in a system folder"
    if _SECRET_FOLDERS & set(parts):
        return "is in a folder with secrets"
    if top == system.homes and len(parts) < 3:
        return "is the home folder of a user"
    own = parts[2:] if top == system.homes else parts[1:] if top in system.shared else parts
    if any(NAME in part for part in own):
        return ""
    if top in system.shared:
        return f"may contain files of others, since no part of it below {top} has {NAME} in its name"
    return (
        ""
        if len(parts) >= system.depths.get(top, 2)
        else f"may contain files of others, since no part of it has {NAME} in its name"
    )


def is_within(path: str, folder: str, system: System) -> bool:
    """Return whether PATH is FOLDER, or below it, ignoring case even on Linux."""
    inner, outer = parts_of(path.lower(), system), parts_of(folder.lower(), system)
    return inner[: len(outer)] == outer
