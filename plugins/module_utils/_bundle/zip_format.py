# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of a zip archive around its members' data (PKWARE APPNOTE.TXT 6.3.10), including zip64."""

from __future__ import annotations

import struct
import typing as t

from .manifest import Entry

STORED = 0
DEFLATED = 8

_UNIX = 3
_PLAIN, _ZIP64 = 20, 45  # the versions of the format that a reader must support
_DATA_FOLLOWS_UNMEASURED, _UTF8 = 0x0008, 0x0800
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
# The earliest time that a zip can hold, 1980-01-01. All members get it: the time of a checkout is not part of a release.
_TIME, _DATE = 0, (1 << 5) | 1
# Deflate can make incompressible data slightly larger.
_MAY_NEED_ZIP64 = 0xF0000000


class Member(t.NamedTuple):
    """A member of the archive: its entry and name there, METHOD, PACKED size, and whether it was MEASURED in advance."""

    entry: Entry
    name: bytes
    method: int
    packed: int
    measured: bool

    @property
    def flags(self) -> int:
        return (0 if self.name.isascii() else _UTF8) | (0 if self.measured else _DATA_FOLLOWS_UNMEASURED)

    @property
    def is_large(self) -> bool:
        return self.entry.size >= _MAY_NEED_ZIP64


def _described(member: Member, version: int, crc32: int, packed: int, size: int, extra: bytes) -> bytes:
    """Return the common part of the local and the central record of a member."""
    return struct.pack(
        "<5H3L2H",
        version, member.flags, member.method, _TIME, _DATE, crc32, packed, size, len(member.name), len(extra),
    )  # fmt: skip


def local_record(member: Member) -> bytes:
    """Return the record before the data of MEMBER."""
    packed, size = (member.packed, member.entry.size) if member.measured else (0, 0)
    crc32 = member.entry.crc32 if member.measured else 0
    if not member.is_large:
        return b"PK\3\4" + _described(member, _PLAIN, crc32, packed, size, b"") + member.name
    extra = struct.pack("<2H2Q", 1, 16, size, packed)
    return b"PK\3\4" + _described(member, _ZIP64, crc32, _FULL_32, _FULL_32, extra) + member.name + extra


def data_descriptor(member: Member) -> bytes:
    """Return the record after the data of a MEMBER that was not measured in advance: its checksum and its sizes."""
    sizes = "2Q" if member.is_large else "2L"
    return b"PK\7\10" + struct.pack(f"<L{sizes}", member.entry.crc32, member.packed, member.entry.size)


def central_record(member: Member, offset: int) -> bytes:
    """Return the record of MEMBER in the directory at the end; its local record is at OFFSET."""
    packed, size, wide = member.packed, member.entry.size, list[int]()
    if member.is_large:
        wide += [size, packed]
        packed = size = _FULL_32
    if offset >= _FULL_32:
        wide.append(offset)
        offset = _FULL_32
    extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    version = _ZIP64 if wide else _PLAIN
    attributes = member.entry.mode << 16 | (0x10 if member.entry.is_directory else 0)
    return (
        b"PK\1\2"
        + struct.pack("<2B", version, _UNIX)
        + _described(member, version, member.entry.crc32, packed, size, extra)
        + struct.pack("<3H2L", 0, 0, 0, attributes, offset)
        + member.name
        + extra
    )


def end_records(count: int, size: int, offset: int) -> bytes:
    """Return the end of an archive whose directory has COUNT records of SIZE bytes in total and begins at OFFSET."""
    ending = b"PK\5\6" + struct.pack(
        "<4H2LH", 0, 0, min(count, _FULL_16), min(count, _FULL_16), min(size, _FULL_32), min(offset, _FULL_32), 0
    )
    if count < _FULL_16 and size < _FULL_32 and offset < _FULL_32:
        return ending
    wide = b"PK\6\6" + struct.pack("<Q2H2L4Q", 44, _UNIX << 8 | _ZIP64, _ZIP64, 0, 0, count, count, size, offset)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, offset + size, 1)
    return wide + locator + ending
