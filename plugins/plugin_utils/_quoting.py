# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoting of values in the files of other programs, so that they read the same value. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# The characters that end a line or a string for some program; no value in these formats can contain them.
LINE_END = re.compile("[\x00\n\r\x0b\x0c\x85\u2028\u2029]")


class UnquotableValue(ValueError):
    """A value that a format cannot hold."""


def systemd_word(value: str) -> str:
    """Return VALUE as one argument of a command in a unit (systemd.service, "Command lines"; systemd.unit, "Specifiers")."""
    return '"' + _escaped(r'["\\]', value).replace("%", "%%").replace("$", "$$") + '"'


def systemd_value(value: str) -> str:
    """Return VALUE as the whole value of a setting that is not split into words, such as User= (systemd.unit, "Specifiers")."""
    return value.replace("%", "%%")


def systemd_environment(value: str) -> str:
    """Return VALUE as the value of a variable in an EnvironmentFile= (systemd.exec)."""
    return '"' + _escaped(r'["\\$`]', value) + '"'


def logrotate_pattern(value: str) -> str:
    """Return VALUE as the pattern for the files of a section (logrotate, "Configuration file"). Braces end it even between quotation marks."""
    if re.search(r'["\\{}]', value):
        raise UnquotableValue("logrotate cannot read a path with a quotation mark, a backslash or a brace")
    return f'"{value}"'


def powershell_string(value: str) -> str:
    """Return VALUE as a string in which nothing is expanded (about_Quoting_Rules). PowerShell treats typographic quotation marks like plain ones."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", value) + "'"


def _escaped(special: str, value: str) -> str:
    return re.sub(f"({special})", r"\\\1", value)


FORMATS: dict[str, Callable[[str], str]] = {
    "logrotate_pattern": logrotate_pattern,
    "powershell_string": powershell_string,
    "systemd_environment": systemd_environment,
    "systemd_value": systemd_value,
    "systemd_word": systemd_word,
}


def quoted(value: object, form: str) -> str:
    """Return VALUE as the format FORM (one of FORMATS) writes it. Raise UnquotableValue."""
    if form not in FORMATS:
        raise UnquotableValue(f"there is no format {form!r}; use one of {', '.join(FORMATS)}")
    text = str(value)
    if LINE_END.search(text):
        raise UnquotableValue("the value has a line break")
    return FORMATS[form](text)
