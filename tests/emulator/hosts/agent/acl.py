# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entries of an AppSpec's `acls` list and the full list that setfacl is given (observed with host agent 1.8.1)."""

from __future__ import annotations

from dataclasses import dataclass

_DEFAULT = ("d", "default")
_TYPES = {"u": "user", "g": "group", "m": "mask", "o": "other"}


class InvalidEntry(Exception):
    """An entry that the host agent refuses."""


@dataclass(frozen=True)
class AclEntry:
    """One entry; `permissions` in the long form, `r-x`."""

    default: bool
    type: str
    name: str
    permissions: str

    def __str__(self) -> str:
        return f"{'default:' if self.default else ''}{self.type}:{self.name}:{self.permissions}"


def entry_from_text(text: str) -> AclEntry:
    """The entry that `[default:][type:][name]:permissions` means; InvalidEntry for what the host agent refuses."""
    fields = text.split(":")
    if not 2 <= len(fields) <= 4:
        raise InvalidEntry(f"acls entry {text!r}: expected [default:][user|group|mask|other:][name]:permissions")
    *parts, name, permissions = fields
    defaults = [part for part in parts if part in _DEFAULT]
    types = [_long_type(part) for part in parts if part not in _DEFAULT]
    if len(defaults) > 1 or len(types) > 1 or (len(parts) == 2 and parts[0] not in _DEFAULT):
        raise InvalidEntry(f"acls entry {text!r}: expected at most one 'default' and one type, in this order")
    # Without a type the name may say it, and with one the name's short form is spelled out: `u:m:rw` is for a user called mask.
    spelled = _long_type(name) if name in ("m", "mask", "o", "other") else name
    if not types and spelled in ("mask", "other"):
        types, spelled = [spelled], ""
    entry = AclEntry(bool(defaults), types[0] if types else "user", spelled, _long_permissions(text, permissions))
    _refuse_wrong_name(text, entry)
    return entry


def _long_type(text: str) -> str:
    if text not in _TYPES and text not in _TYPES.values():
        raise InvalidEntry(f"acls entry: {text!r} is no type; use one of {', '.join(_TYPES.values())}")
    return _TYPES.get(text, text)


def _refuse_wrong_name(text: str, entry: AclEntry) -> None:
    if entry.type in ("mask", "other") and entry.name:
        raise InvalidEntry(f"acls entry {text!r}: an entry of type {entry.type} has no name")
    if not entry.default and entry.type != "mask" and not entry.name:
        raise InvalidEntry(f"acls entry {text!r}: base entries are set by 'mode', not by 'acls'")


def _long_permissions(text: str, permissions: str) -> str:
    if len(permissions) == 1 and permissions in "01234567":
        return _permissions_from_digit(int(permissions))
    if set(permissions) - set("rwx-"):
        raise InvalidEntry(f"acls entry {text!r}: permissions are one digit up to 7, or letters of r, w, x and -")
    return "".join(letter if letter in permissions else "-" for letter in "rwx")


def _permissions_from_digit(digit: int) -> str:
    return "".join(letter if digit & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))


def full_acl(entries: tuple[AclEntry, ...], mode: int) -> list[AclEntry]:
    """`entries` with the base and default entries that setfacl --set demands beside them, taken from the file's `mode`."""
    user, group, other = (_permissions_from_digit((mode >> shift) & 7) for shift in (6, 3, 0))
    base = [entry for entry in entries if not entry.default]
    full = [
        *entries,
        AclEntry(False, "user", "", user),
        AclEntry(False, "group", "", group),
        AclEntry(False, "other", "", other),
    ]
    if any(entry.name for entry in base) and not any(entry.type == "mask" for entry in base):
        full.append(AclEntry(False, "mask", "", group))
    defaults = [entry for entry in entries if entry.default]
    if not defaults:
        return full
    for kind, permissions in (("user", user), ("group", group), ("other", other)):
        if not any(entry.type == kind and not entry.name for entry in defaults):
            full.append(AclEntry(True, kind, "", permissions))
    if any(entry.name for entry in defaults) and not any(entry.type == "mask" for entry in defaults):
        group_entry = next(entry for entry in full if entry.default and entry.type == "group" and not entry.name)
        full.append(AclEntry(True, "mask", "", group_entry.permissions))
    return full
