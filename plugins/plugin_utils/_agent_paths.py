# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which paths on a host the role `agent` may treat as the agent's own: it hands the folders to the agent's user whole, and a purge removes them. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

NAME = "codedeploy"
# Line breaks, other control characters, and characters that break the text or the order of a line (Unicode, general category Cc, Zl, Zp).
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DOTS = re.compile(r"\.\.?")
_SECRET_FOLDERS = {".ssh", ".gnupg", ".aws", ".kube"}


class System(t.NamedTuple):
    """The paths of a kind of system.

    ROOT matches the beginning of an absolute path, SEPARATOR what is between its parts, and NO_PARTS the parts that are not taken, with what is said
    of each. CLOSED are the places where nothing may be the agent's; SHARED those where only what is named after the agent may be. HOMES holds the
    homes of users, and DEPTHS says how deep a path must be that is not named after the agent, where that is not two.
    """

    root: re.Pattern[str]
    separator: re.Pattern[str]
    no_parts: dict[str, re.Pattern[str]]
    closed: tuple[str, ...]
    shared: tuple[str, ...]
    homes: str
    depths: dict[str, int]


SYSTEMS = {
    # Filesystem Hierarchy Standard 3.0. Everybody can put a folder of any name into /tmp and /var/tmp before the role does.
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
    # Win32, "Naming Files, Paths, and Namespaces": names that devices have, and characters that no name has.
    "windows": System(
        re.compile(r"[A-Za-z]:[\\/]"),
        re.compile(r"[\\/]+"),
        {
            "has a part that is . or ..": _DOTS,
            'has one of $ ` * ? [ ] { } " < > | :, or %NAME%': re.compile(r"""%.+%|.*[$`*?\[\]{}"<>|:].*"""),
            "has a part that ends in a full stop or a space": re.compile(r".*[. ]"),
            "has a short name, such as A~1": re.compile(r".*~\d.*"),
            "has the name of a device": re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE),
        },
        ("boot", "config.msi", "perflogs", "recovery", "system volume information", "temp", "windows"),
        ("inetpub", "program files", "program files (x86)", "programdata", "users"),
        "users",
        {},
    ),
}


def parts_of(path: str, system: System) -> list[str]:
    """The parts of PATH, an absolute path, below its root."""
    root = system.root.match(path)
    return [part for part in system.separator.split(path[root.end() if root else 0 :]) if part]


def path_problem(path: t.Any, system: System) -> str:
    """What is wrong with PATH as one of the agent's own; empty if nothing is."""
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
        return "is in a place of the system"
    if _SECRET_FOLDERS & set(parts):
        return "is in a folder of secrets"
    if top == system.homes and len(parts) < 3:
        return "is the home of a user"
    own = parts[2:] if top == system.homes else parts[1:] if top in system.shared else parts
    if any(NAME in part for part in own):
        return ""
    if top in system.shared:
        return f"may hold what is not the agent's, since no part of it below {top} has {NAME} in its name"
    return (
        ""
        if len(parts) >= system.depths.get(top, 2)
        else f"may hold what is not the agent's, since no part of it has {NAME} in its name"
    )


def is_within(path: str, folder: str, system: System) -> bool:
    """Whether PATH is FOLDER, or below it; on Linux too where they differ in the case of letters."""
    inner, outer = parts_of(path.lower(), system), parts_of(folder.lower(), system)
    return inner[: len(outer)] == outer
