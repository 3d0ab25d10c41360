# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for tag filters, which EC2 and on-premises selections share."""

from __future__ import annotations

from ..errors import ServiceError
from ..state import Members

MOST_FILTERS = 10
"""In one list, or in one group of a tag set (AWS user guide, limits)."""

_NEEDED = {"KEY_ONLY": ("Key",), "VALUE_ONLY": ("Value",), "KEY_AND_VALUE": ("Key", "Value")}


def check_tag_filters(filters: list[Members], code: str) -> None:
    """Raise ``code`` for a filter that lacks what its type compares.

    A filter without a type is refused: what the real service takes it for is unknown. What the type does not compare
    may be an empty string, as Terraform sends it.
    """
    if len(filters) > MOST_FILTERS:
        raise ServiceError(code, f"{len(filters)} tag filters were given; at most {MOST_FILTERS} are allowed.")
    for tag_filter in filters:
        kind = tag_filter.get("Type")
        if kind is None:
            raise ServiceError(code, f"Tag filter {tag_filter} has no Type; it must be one of {', '.join(_NEEDED)}.")
        if not all(name in tag_filter for name in _NEEDED[kind]) or not tag_filter.get(_NEEDED[kind][0]):
            raise ServiceError(code, f"Tag filter {tag_filter} needs {' and '.join(_NEEDED[kind])}.")
