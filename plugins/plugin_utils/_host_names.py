# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for text from AWS that names a host of an inventory, or that connects to one. Pure.

Anyone who may tag or name an instance controls that text. As a name it would be an argument of ssh, a part of a file path (host_vars), a pattern,
on ansible-core 2.18 and older a template, and `localhost` is the controller itself.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import typing as t

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# A single argument to ssh or a shell that is not an option: names, addresses, users and paths.
_WORD = re.compile(r"[A-Za-z0-9_./:@+-]*")
# The longest name in DNS (RFC 1035, section 2.3.4), and of a file of variables.
_LONGEST = 253

# The names of the loopback addresses in systems' hosts files, alone or with a domain (RFC 6761, section 6.3).
_LOOPBACK_NAMES = {"ip6-localhost", "ip6-loopback", "localhost", "localhost4", "localhost6", "loopback"}
# Groups that every inventory has.
_BUILTIN_GROUPS = {"all", "ungrouped"}
# IPv6 addresses with an IPv4 address in their last 32 bits: compatible, mapped, translated (RFC 4291, section 2.5.5; RFC 6052, section 2.1).
_IPV4_PREFIXES = (0, 0xFFFF, 0xFFFF << 16, 0x64FF9B << 64)

# The connections to another machine. Others, such as local and chroot, stay on the controller.
_REMOTE = {"aws_ssm", "paramiko", "paramiko_ssh", "psrp", "smart", "ssh", "winrm"}


def problem_with_address(text: t.Any) -> str | None:
    """Return why TEXT cannot be the address of a host, or None."""
    if not isinstance(text, str) or len(text) > _LONGEST or not (_PLAIN.fullmatch(text) or _ipv6(text)):
        return "does not consist of letters, digits, dots, hyphens and underscores only, or begins with a dot or hyphen"
    return "is the controller itself" if is_loopback(text) else None


def problem_with_name(text: t.Any, groups: t.Container[str]) -> str | None:
    """Return why TEXT cannot be the name of a host beside GROUPS, or None."""
    if problem := problem_with_address(text):
        return problem
    return "is the name of a group" if text in groups or text.lower() in _BUILTIN_GROUPS else None


def _ipv6(text: str) -> ipaddress.IPv6Address | None:
    """Return the IPv6 address TEXT, without a zone."""
    try:
        return ipaddress.IPv6Address(text) if "%" not in text else None
    except ValueError:
        return None


def is_loopback(text: str) -> bool:
    """Return whether TEXT is a name or an address, in any spelling, by which a machine reaches itself."""
    text = text.lower().rstrip(".")
    if address := _ipv6(text):
        prefix, number = divmod(int(address), 1 << 32)
        return address == ipaddress.IPv6Address(1) or (prefix in _IPV4_PREFIXES and _is_own(number))
    if not _LOOPBACK_NAMES.isdisjoint(text.split(".")):
        return True
    try:
        # As ssh reads it: decimal, octal, hexadecimal, and with fewer than four numbers.
        return _is_own(int.from_bytes(socket.inet_aton(text), "big"))
    except OSError:
        return False


def _is_own(number: int) -> bool:
    address = ipaddress.IPv4Address(number)
    return address.is_loopback or address.is_unspecified


def problem_with_group(name: str, hosts: t.Container[str]) -> str | None:
    """Return why NAME, with text from AWS, cannot be a group beside HOSTS, or None. A play for localhost would run on such a group."""
    if name.lower() in _BUILTIN_GROUPS:
        return "is a predefined group of Ansible"
    if is_loopback(name):
        return "is the controller itself"
    return "is the name of a host" if name in hosts else None


def problem_with_variable(name: str, value: t.Any) -> str | None:
    """Return why the connection variable NAME cannot have a VALUE that depends on text from AWS, or None."""
    if name.endswith("_host"):
        return problem_with_address(value)
    if name == "ansible_connection" and str(value).rpartition(".")[2] not in _REMOTE:
        return f"is not one of {', '.join(sorted(_REMOTE))}"
    return None


def words_of(value: t.Any) -> t.Any:
    """Return VALUE with only those of its strings, at any depth, that a connection variable may contain."""
    if isinstance(value, dict):
        return {key: words_of(each) for key, each in value.items() if _is_allowed(key) and _is_allowed(each)}
    if isinstance(value, list):
        return [words_of(each) for each in value if _is_allowed(each)]
    return value


def _is_allowed(value: t.Any) -> bool:
    return not isinstance(value, str) or (bool(_WORD.fullmatch(value)) and not value.startswith("-"))
