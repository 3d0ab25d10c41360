# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What host agents make of an archive's members: those that they would refuse, or write elsewhere, are found beforehand. Pure.

Host agent 1.8.1 leaves it to `tar -xpsf` and `unzip -qo` on Linux, and where unzip complains, however little, to rubyzip, which follows names
and links out of its directory (lib/instance_agent/platform/linux_util.rb, command_executor.rb). Agents 2.x refuse most of it by themselves.
"""

from __future__ import annotations

import posixpath
import re
import stat

from .limits import check_path
from .manifest import BundleError
from .members import Member

_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
# Linux gives up at as many links in one path.
_MOST_LINKS = 40


def check_name(member: Member) -> None:
    """Raise BundleError for the name of a MEMBER that leads out of the archive, or does not survive the way."""
    name = member.name
    if name.startswith("/") or _DRIVE.match(name):
        raise BundleError(f"{name!r} in the archive is an absolute path, which host agents misplace: make it relative")
    if ".." in name.split("/"):
        raise BundleError(
            f"{name!r} in the archive leads out of it by `..`, which host agents misplace or refuse: remove the `..`"
        )
    names_folder = member.path == "." or name.endswith("/")
    if not name or (names_folder and (member.size or not _is_directory(member))):
        raise BundleError(f"{name!r} in the archive cannot be the name of a file or link: rename it")
    check_path(member.path)


def check_members(members: tuple[Member, ...]) -> None:
    """Raise BundleError for what an agent could not write, or would write elsewhere, of MEMBERS, whose names are good."""
    placed: dict[str, Member] = {}
    for member in members:
        earlier = placed.setdefault(member.path, member)
        if earlier is not member and not (_is_directory(earlier) and _is_directory(member)):
            raise BundleError(f"{member.path!r} is in the archive twice, so one of the two would be lost: remove one")
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
            f"{member.path!r} is a hard link to {member.same_as!r}, which is no file before it in the archive, so tar fails on a host: "
            "store the file itself"
        )


def _check_folders_above(member: Member, placed: dict[str, Member], good: set[str]) -> None:
    """Each directory above MEMBER must be one; GOOD are those of which that is known."""
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
                f"{member.path!r} lies below {folder!r}, which is a file in the archive: remove one of the two"
            )
        good.add(folder)
        folder = posixpath.dirname(folder)


def _check_link(member: Member, placed: dict[str, Member]) -> None:
    """The link MEMBER may lead nowhere, but not out of the archive."""
    if not member.target:
        raise BundleError(f"{member.path!r} is a link to nothing, which cannot be made on a host: leave it out")
    if member.target.startswith("/") or not _stays_inside(member, placed):
        raise BundleError(
            f"{member.path!r} is a link that leaves the archive (to {member.target!r}), so it would lead elsewhere on a host: "
            "store what it points to, or leave it out"
        )


def _stays_inside(member: Member, placed: dict[str, Member]) -> bool:
    """Whether the link MEMBER, and each that it passes through, stays in the archive."""
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
                return True  # it never ends, so nothing is behind it
            if passed.target.startswith("/"):
                return False
            ahead += passed.target.split("/")[::-1]
    return True
