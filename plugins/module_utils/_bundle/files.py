# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Safe opening of files and directories: never a device or pipe that blocks, never another file than was meant."""

from __future__ import annotations

import errno
import os
import pathlib
import stat
import typing as t

# The identity of a file on its system: its device and its inode number.
Identity = tuple[int, int]

# A pipe without a writer would block; a link that has replaced a listed file must not lead elsewhere.
_SAFELY = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def identity_of(status: os.stat_result) -> Identity:
    """Return the identity of the file with STATUS."""
    return status.st_dev, status.st_ino


class Replaced(Exception):
    """Another file or directory has replaced the one that was found."""


def open_same(path: str, identity: Identity | None, flags: int = 0) -> int:
    """Return a descriptor of PATH, which had IDENTITY when it was found. Raise OSError, or Replaced if another file has replaced it."""
    try:
        descriptor = os.open(path, _SAFELY | os.O_NOFOLLOW | flags)
    except OSError as error:
        # Linux's errors for a link, for a link in place of a directory, and for a socket; BSD and macOS have EMLINK for a link.
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EMLINK):
            raise Replaced from error
        raise
    if identity is not None and identity != identity_of(os.fstat(descriptor)):
        os.close(descriptor)
        raise Replaced
    return descriptor


def status_beneath(root: str, names: t.Sequence[str]) -> os.stat_result:
    """Return the status of the path of NAMES below the directory ROOT, without following links on the way. Raise OSError."""
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
    """Return the content of the regular file PATH, or its first LIMIT bytes. Raise OSError, also if it is not a regular file."""
    descriptor = os.open(path, _SAFELY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(descriptor)
