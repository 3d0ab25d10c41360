# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files and directories opened without a surprise: never a device or pipe that blocks, never another than was meant."""

from __future__ import annotations

import errno
import os
import pathlib
import stat
import typing as t

# By which the system tells files apart: its device and its number there.
Identity = tuple[int, int]

# A pipe without a writer would block; a link in the place of what was listed must not lead elsewhere.
_SAFELY = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def identity_of(status: os.stat_result) -> Identity:
    """The identity of what has STATUS."""
    return status.st_dev, status.st_ino


class Replaced(Exception):
    """Another file or directory stands where one was found."""


def open_same(path: str, identity: Identity | None, flags: int = 0) -> int:
    """A descriptor of PATH, where that is what had IDENTITY when it was found. Raises OSError, and Replaced if it is another by now."""
    try:
        descriptor = os.open(path, _SAFELY | os.O_NOFOLLOW | flags)
    except OSError as error:
        # What Linux says of a link, of a link where a directory was, and of a socket; BSD and macOS say EMLINK of a link.
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EMLINK):
            raise Replaced from error
        raise
    if identity is not None and identity != identity_of(os.fstat(descriptor)):
        os.close(descriptor)
        raise Replaced
    return descriptor


def status_beneath(root: str, names: t.Sequence[str]) -> os.stat_result:
    """What is at NAMES, one below the other, in the directory ROOT, no link being followed on the way. Raises OSError."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        status = os.stat(names[-1] if names else ".", dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return status
    finally:
        os.close(folder)


def read_regular(path: str | pathlib.Path, limit: int) -> bytes:
    """The content of the regular file PATH, or its first LIMIT bytes. Raises OSError, also for whatever is no regular file."""
    descriptor = os.open(path, _SAFELY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)
