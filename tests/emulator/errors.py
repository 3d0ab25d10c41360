# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that a caller is to see, and how they quote the value that caused them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LONGEST_QUOTE = 300


class ServiceError(Exception):
    """An error that the caller is to see, by its exact name."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class MemberErrors:
    """The modeled errors for a request's member that is missing or invalid; the first that the operation declares counts."""

    missing: tuple[str, ...]
    invalid: tuple[str, ...]


def shortened(value: Any) -> str:
    """A value as an error quotes it."""
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."
