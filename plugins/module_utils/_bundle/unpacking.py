# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of an archive's members, which find those that host agents would refuse or write elsewhere. Pure.

Host agent 1.8.1 uses `tar -xpsf` and `unzip -qo` on Linux, and if unzip gives even a warning, rubyzip, which follows names
and links out of its directory (lib/instance_agent/platform/linux_util.rb, command_executor.rb). Agents 2.x refuse most of these themselves.
"""

from __future__ import annotations

import posixpath
import re
import stat

from .limits import check_path
from .manifest import BundleError
from .members import Member

_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# Linux's limit of links in one path.
_MOST_LINKS = 40


def check_name(member: Member) -> None:
    """Raise BundleError for a name that leads out of the archive, or that would not survive the way to a host."""
    name = member.name
    if name.startswith("/") or _DRIVE.match(name):
        raise BundleError(f"{name!r} in the archive is an absolute path, which host agents misplace: make it relative")
    if ".." in name.split("/"):
        raise BundleError(
            f"{name!r} in the archive leads out of it with `..`, which host agents misplace or refuse: remove the `..`"
        )
    names_folder = member.path == "." or name.endswith("/")
    if not name or (names_folder and (member.size or not _is_directory(member))):
        raise BundleError(f"{name!r} in the archive cannot be the name of a file or link: rename it")
    check_path(member.path)


def check_members(members: tuple[Member, ...]) -> None:
    """Raise BundleError for one of MEMBERS, whose names are valid, that an agent could not write, or would write elsewhere."""
    placed: dict[str, Member] = {}
    for member in members:
        earlier = placed.setdefault(member.path, member)
        if earlier is not member and not (_is_directory(earlier) and _is_directory(member)):
            raise BundleError(
                f"{member.path!r} is a duplicate in the archive, so one of the two would be lost: remove one"
            )
        _check_hard_link(member, placed)
    good: set[str] = set()
    for member in members:
        _check_folders_above(member, placed, good)
        if member.target is not None:
            _check_link(member, placed)


def _is_directory(member: Member) -> bool:
    return stat.S_ISDIR(member.mode)


def _check_hard_link(member: Member, placed: dict[str, Member]) -> None:
    if member.same_as is None:
        return
    first = placed.get(member.same_as)
    if first is None or first is member or not stat.S_ISREG(first.mode):
        raise BundleError(
            f"{member.path!r} is a hard link to {member.same_as!r}, which is not a file before it in the archive, so tar fails on a host: "
            "store the file itself"
        )


def _check_folders_above(member: Member, placed: dict[str, Member], good: set[str]) -> None:
    """Check that each path above MEMBER is a directory; GOOD are those that are known to be."""
    folder = posixpath.dirname(member.path)
    while folder and folder not in good:
        above = placed.get(folder)
        if above and above.target is not None:
            raise BundleError(
                f"{member.path!r} would be written through the link {folder!r} (to {above.target!r}), which host agents refuse or misplace: "
                "store the directory itself"
            )
        if above and not _is_directory(above):
            raise BundleError(
                f"{member.path!r} is below {folder!r}, which is a file in the archive: remove one of the two"
            )
        good.add(folder)
        folder = posixpath.dirname(folder)


def _check_link(member: Member, placed: dict[str, Member]) -> None:
    """Check that the link MEMBER does not lead out of the archive; it may be broken."""
    if not member.target:
        raise BundleError(f"{member.path!r} is a link without a target, which a host cannot create: remove it")
    if member.target.startswith("/") or not _stays_inside(member, placed):
        raise BundleError(
            f"{member.path!r} is a link that leads out of the archive (to {member.target!r}), so it would lead elsewhere on a host: "
            "store its target instead, or remove it"
        )


def _stays_inside(member: Member, placed: dict[str, Member]) -> bool:
    """Return whether the link MEMBER, and each link that it passes through, stays in the archive."""
    place = posixpath.dirname(member.path).split("/") if "/" in member.path else []
    ahead, links = (member.target or "").split("/")[::-1], 0
    while ahead:
        name = ahead.pop()
        if name == "..":
            if not place:
                return False
            place.pop()
        elif name not in ("", "."):
            passed = placed.get("/".join([*place, name]))
            if passed is None or passed.target is None:
                place.append(name)
                continue
            links += 1
            if links > _MOST_LINKS:
                return True  # a circle of links, which leads nowhere
            if passed.target.startswith("/"):
                return False
            ahead += passed.target.split("/")[::-1]
    return True
