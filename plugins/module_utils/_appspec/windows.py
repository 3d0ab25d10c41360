# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and links in a bundle that Windows hosts cannot have (Microsoft, "Naming Files, Paths, and Namespaces")."""

from __future__ import annotations

import itertools
import re
import stat
from collections.abc import Collection, Iterable, Iterator

from .bundle import Entry
from .paths import parents
from .problems import Findings

# The most violations of each rule that are reported, so that they do not hide other problems.
_SHOWN = 10

_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE | re.DOTALL)
_REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f]')

# 259 characters without long paths, less those of the agent's own folders (host agent 1.8.1: 33 and group, deployment, deployment-archive).
_LONGEST_PATH = 158


def check_windows(entries: Collection[Entry], findings: Findings) -> None:
    """Report the ENTRIES that Windows would refuse, rename or write to the same file."""
    paths = dict.fromkeys(itertools.chain.from_iterable((*parents(entry.path), entry.path) for entry in entries))
    for path, problem in _first(_bad_names(paths)):
        findings.add_at("windows-name", "", None, f"{path!r} {problem}", "Rename it.")
    for path, other in _first(_same_names(paths)):
        message = f"{path!r} and {other!r} are the same name to Windows."
        findings.add_at("windows-case", "", None, message, "Rename one of them.")
    for entry in itertools.islice((entry for entry in entries if stat.S_ISLNK(entry.mode)), _SHOWN):
        message = f"{entry.path!r} is a link, which becomes a text file with the name of its target on Windows."
        findings.add_at("windows-link", "", None, message, "Replace it with a copy of its target.")
    for path in itertools.islice((path for path in paths if len(path) > _LONGEST_PATH), _SHOWN):
        message = f"{path[:60]!r}... has {len(path)} characters, but Windows only accepts {_LONGEST_PATH} unless long paths are enabled."
        findings.add_at("windows-path-long", "", None, message, "Shorten it.")


def _first(breaches: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return itertools.islice(breaches, _SHOWN)


def _bad_names(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in paths:
        name = path.rpartition("/")[2]
        if _DEVICE.fullmatch(name):
            yield path, "is a device name on Windows."
        elif found := _REFUSED.search(name):
            yield path, f"has {found[0]!r} in its name, which Windows does not allow."
        elif name.endswith((".", " ")) and name not in (".", ".."):
            yield path, "ends with a dot or a space, which Windows drops."


def _same_names(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the paths that differ only in case from an earlier one, each with that one."""
    first: dict[str, str] = {}
    for path in paths:
        other = first.setdefault(_upper(path), path)
        if other != path:
            yield path, other


def _upper(path: str) -> str:
    """Return PATH as NTFS compares it: letter by letter, so that ß is not SS."""
    upper = path.upper()
    if len(upper) == len(path):
        return upper
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in path)
