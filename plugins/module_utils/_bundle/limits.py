# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits of a bundle, and rules for names that survive the way to a host. They are the same for every format."""

from __future__ import annotations

import re
import typing as t

from .manifest import BundleError

# A tree beyond these limits is a mistake, such as links that multiply it, or an attack; hosts could not install it within an event's hour anyway.
MOST_PATHS = 500_000
MOST_BYTES = 32 << 30
# Directories that are repeated by a link; two links in each of several directories double them each time.
MOST_REPEATED = 50_000
DEEPEST = 255

# Linux accepts 4,095 bytes, of which the agent's own folders need 106 by default (host agent 1.8.1: root_dir, group, deployment, archive).
LONGEST_PATH = 3968
_LONGEST_NAME = 255

# The parts of names that unzip 6.0 drops (observed): control characters, and a version in the style of VMS.
_DROPPED = re.compile(r"[\x00-\x1f\x7f]|;\d*$", re.ASCII)


class Sized(t.Protocol):
    """An item of a bundle, with the bytes of its content."""

    @property
    def path(self) -> str: ...

    @property
    def size(self) -> int: ...


Item = t.TypeVar("Item", bound=Sized)


def bounded(items: t.Iterable[Item], most_bytes: int = MOST_BYTES, remedy: str = "exclude some") -> t.Iterator[Item]:
    """Yield ITEMS, while they are few enough and have at most MOST_BYTES in total. Raise BundleError, with the REMEDY, at the first beyond that."""
    size = 0
    for count, item in enumerate(items, 1):
        size += item.size
        if count > MOST_PATHS:
            raise BundleError(
                f"the bundle exceeds the limit of {MOST_PATHS:,} files and directories at {item.path!r}: {remedy}"
            )
        if size > most_bytes:
            raise BundleError(
                f"the bundle exceeds the limit of {most_bytes / (1 << 30):,.0f} GiB at {item.path!r} ({item.size:,} bytes): {remedy}"
            )
        yield item


def check_path(path: str) -> None:
    """Raise BundleError for a PATH that would not survive the way to a host."""
    try:
        length = len(path.encode())
    except UnicodeEncodeError:
        raise BundleError(
            f"{path!r} is not valid UTF-8, so its name would be damaged in an archive: rename it"
        ) from None
    if _DROPPED.search(path):
        raise BundleError(
            f"{path!r} has a control character in its name, or ends in a semicolon and digits, which unzip drops on a host: rename it"
        )
    if length > _LONGEST_NAME:
        _check_length(path, length)


def _check_length(path: str, length: int) -> None:
    beginning = f"{path[:60]!r}..."
    if length > LONGEST_PATH:
        raise BundleError(
            f"the path that begins with {beginning} has {length:,} bytes, but the limit on hosts is {LONGEST_PATH:,}: shorten or exclude it"
        )
    names = path.split("/")
    if len(names) > DEEPEST:
        raise BundleError(
            f"the path that begins with {beginning} is nested {len(names)} levels deep, but the limit is {DEEPEST}: flatten or exclude it"
        )
    if any(len(name.encode()) > _LONGEST_NAME for name in names):
        raise BundleError(
            f"a name in {beginning} has more than {_LONGEST_NAME} bytes, the limit of the hosts' file systems: shorten or exclude it"
        )
