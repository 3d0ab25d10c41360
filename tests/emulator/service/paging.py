# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nextToken: CodeDeploy's List operations have no page size of the caller's choice (botocore model: paginators)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from ..errors import ServiceError

PAGE_SIZE = 100
"""The real page sizes are not documented; the order of lists is not either, ours is that of creation."""

T = TypeVar("T")


def page(items: Sequence[T], token: str | None, listing: str) -> tuple[list[T], str | None]:
    """The items that ``token`` leads to, and the next token or None.

    ``listing`` says what is listed, with its filters: a token of another list is an InvalidNextTokenException.
    """
    start = 0 if token is None else _start_from_token(token, listing)
    end = start + PAGE_SIZE
    return list(items[start:end]), _token(listing, end) if end < len(items) else None


def _token(listing: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{start} {listing}".encode()).decode()


def _start_from_token(token: str, listing: str) -> int:
    try:
        start, _space, token_listing = base64.b64decode(token, altchars=b"-_", validate=True).decode().partition(" ")
        if token_listing == listing and start.isdecimal():
            return int(start)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise ServiceError("InvalidNextTokenException", "The next token was specified in an invalid format.")
