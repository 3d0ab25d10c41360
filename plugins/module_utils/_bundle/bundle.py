# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles as the rest of the collection sees them: a digest, facts, and bytes. This one is built from a directory; `ready` has prebuilt ones."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from .checksums import Chunk
from .manifest import Manifest
from .tar_archive import tar_chunks, tgz_chunks
from .zip_archive import Packed, packed_shares, zip_chunks

Facts = dict[str, t.Any]

# The number of largest files that are reported.
_LARGEST = 10


class Bundle(t.Protocol):
    """A bundle that can be uploaded."""

    @property
    def bundle_type(self) -> str:
        """zip, tar or tgz."""

    @property
    def digest(self) -> str:
        """The digest that identifies it, 64 hexadecimal digits."""

    @property
    def longest(self) -> int:
        """The most bytes that the archive can have."""

    @property
    def facts(self) -> Facts:
        """Return the facts of the bundle for a module's result."""

    def chunks(self) -> t.Iterator[Chunk]:
        """Yield the archive in chunks of any size. Raise BundleError if its source has changed."""


@dataclass(frozen=True)
class TreeBundle:
    """The bundle of MANIFEST in the format BUNDLE_TYPE (zip, tar or tgz), compressed at LEVEL (0 to 9).

    PACKED are the packed shares of a zip, if packing has begun already; then the chunks can be read only once.
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
        # Each entry has a record with its name before its data and one in the directory; deflate adds 5 bytes to each 16 KiB that do not compress.
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
