# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a bundle or an AppSpec may write: below one directory, whatever its names and links say."""

from __future__ import annotations

import os
from pathlib import Path


class OutsideError(Exception):
    """A name leads out of the directory that it must stay in."""


def located(root: Path, name: str) -> Path:
    """The absolute path `name` as it stands below `root`; `..` cannot climb out, a relative name counts from the top."""
    return root / os.path.normpath("/" + name).lstrip("/")


def joined(root: Path, name: str) -> Path:
    """`name` below `root` without its `.` and `..`, which may lead out. A leading slash means nothing, as in Ruby's File.join."""
    return Path(os.path.normpath(root / name.lstrip("/")))


def confined(root: Path, path: Path) -> Path:
    """`path`, if following every link on it ends in `root` or below; else OutsideError."""
    try:
        reached, limit = path.resolve(), root.resolve()
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError before Python 3.13
        raise OutsideError(f"{path} cannot be followed to its end: {error}") from error
    if reached != limit and limit not in reached.parents:
        raise OutsideError(f"{path} leads to {reached}, outside of {root}")
    return path


def confined_entry(root: Path, path: Path) -> Path:
    """`path`, if the directory it stands in is `root` or below; the entry itself may be a link to anywhere."""
    confined(root, path.parent)
    return path
