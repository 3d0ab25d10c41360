# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive of a bundle: a zip that depends on nothing but the manifest and the compressor."""

from __future__ import annotations

import hashlib
import typing as t
import zipfile

from .manifest import BundleError, Entry, Manifest

# The earliest time that a zip can hold. All entries get it: the time of a checkout is no part of a release.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_CHUNK = 1 << 20


def write_zip(manifest: Manifest, output: t.IO[bytes]) -> None:
    """Write MANIFEST's tree to OUTPUT as a zip. Raises BundleError if a file is no longer what the manifest says."""
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in manifest.entries:
            info = _member(entry)
            if entry.is_directory:
                archive.writestr(info, b"")
            else:
                with archive.open(info, "w", force_zip64=entry.size >= zipfile.ZIP64_LIMIT) as member:
                    _copy(manifest, entry, member)


def _member(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.path + ("/" if entry.is_directory else ""), _EPOCH)
    info.create_system = _UNIX
    info.external_attr = entry.mode << 16
    info.compress_type = zipfile.ZIP_STORED if entry.is_directory else zipfile.ZIP_DEFLATED
    return info


def _copy(manifest: Manifest, entry: Entry, member: t.IO[bytes]) -> None:
    digest = hashlib.sha256()
    with (manifest.tree / entry.path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            member.write(chunk)
    if digest.hexdigest() != entry.sha256:
        raise BundleError(
            f"{entry.path!r} changed while the bundle was being made: run the task again when nothing writes there"
        )
