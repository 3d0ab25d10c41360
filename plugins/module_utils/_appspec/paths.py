# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths in an AppSpec: those in the bundle and those on a host, on either operating system."""

from __future__ import annotations

import posixpath
import re
import typing as t

OperatingSystem = t.Literal["linux", "windows"]
SYSTEMS: tuple[OperatingSystem, ...] = ("linux", "windows")

_DRIVE = re.compile(r"[A-Za-z]:/")


def bundle_path(text: str, os: OperatingSystem) -> str:
    """Return the path in the bundle that TEXT names, without leading slashes; `.` is the whole bundle."""
    return posixpath.normpath(_slashes(text, os).lstrip("/") or ".")


def host_path(text: str, os: OperatingSystem) -> str:
    """Return the path on the host that TEXT names, in a normalized form."""
    path = posixpath.normpath(_slashes(text, os))
    # POSIX distinguishes two leading slashes from one, Linux does not.
    return folded(f"/{path.lstrip('/')}" if path.startswith("/") else path, os)


def folded(path: str, os: OperatingSystem) -> str:
    """Return PATH as the host's file system compares names: Windows ignores case."""
    return path.casefold() if os == "windows" else path


def is_outside(text: str, os: OperatingSystem) -> bool:
    """Return whether TEXT, as a path in the bundle, leads out of it."""
    return bundle_path(text, os).split("/")[0] == ".."


def is_absolute(text: str, os: OperatingSystem) -> bool:
    """Return whether TEXT is an absolute path on the host."""
    path = _slashes(text, os)
    return path.startswith("/") or (os == "windows" and _DRIVE.match(path) is not None)


def parents(path: str) -> t.Iterator[str]:
    """Return the directories above PATH, the nearest first."""
    while "/" in path.rstrip("/"):
        path = path.rpartition("/")[0] or "/"
        yield path


def _slashes(text: str, os: OperatingSystem) -> str:
    return text.replace("\\", "/") if os == "windows" else text
