# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A bundle as the rest of the collection sees it: what it is known by, what is in it, and its bytes. One made of a directory, and one ready-made."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from .checksums import Chunk
from .manifest import Manifest
from .tar_archive import tar_chunks, tgz_chunks
from .zip_archive import Packed, packed_shares, zip_chunks

Facts = dict[str, t.Any]

# How many of the largest files are told.
_LARGEST = 10


class Bundle(t.Protocol):
    """What can be uploaded."""

    @property
    def bundle_type(self) -> str:
        """zip, tar or tgz."""

    @property
    def digest(self) -> str:
        """What it is known by, 64 hexadecimal digits."""

    @property
    def longest(self) -> int:
        """Bytes that the archive cannot exceed."""

    @property
    def facts(self) -> Facts:
        """What a module returns of it."""

    def chunks(self) -> t.Iterator[Chunk]:
        """The archive, in chunks of any size. Raises BundleError if what it is made of has changed."""


@dataclass(frozen=True)
class TreeBundle:
    """The bundle of MANIFEST in the format BUNDLE_TYPE (zip, tar or tgz), compressed at LEVEL (0 to 9).

    PACKED is what goes into a zip, if that has begun elsewhere; then the chunks can be asked for only once.
    """

    manifest: Manifest
    bundle_type: str
    level: int
    packed: t.Iterator[Packed] | None = None

    @property
    def digest(self) -> str:
        return self.manifest.digest

    @property
    def longest(self) -> int:
        # A record of each entry at the beginning and the end, with its name; deflate adds 5 bytes to 16 KiB that do not compress.
        return 65536 + sum(
            1024 + 4 * len(entry.path.encode()) + entry.size + entry.size // 1024 for entry in self.manifest.entries
        )

    @functools.cached_property
    def facts(self) -> Facts:
        entries = self.manifest.entries
        return {
            "digest": self.digest,
            "bundle_type": self.bundle_type,
            "files": sum(entry.is_file for entry in entries),
            "directories": sum(entry.is_directory for entry in entries),
            "links": sum(entry.is_link for entry in entries),
            "size": self.manifest.size,
            "largest": [{"path": entry.path, "size": entry.size} for entry in self.manifest.largest(_LARGEST)],
        }

    def chunks(self) -> t.Iterator[Chunk]:
        if self.bundle_type == "zip":
            packed = self.packed or packed_shares(self.manifest.entries, self.level)
            return zip_chunks(self.manifest, self.level, packed)
        if self.bundle_type == "tgz":
            return tgz_chunks(self.manifest, self.level)
        return tar_chunks(self.manifest)
