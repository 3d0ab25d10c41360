# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a deployment cannot go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..aws.missing import MissingError


class Obstacle(Exception):
    """What stands in a deployment's way; ``code`` is an errorInformation's (botocore model: ErrorCode)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def missing_means(code: str, prefix: str = "") -> Iterator[None]:
    """In this block a MissingError is the Obstacle ``code``, with its text behind ``prefix``."""
    try:
        yield
    except MissingError as missing:
        raise Obstacle(code, f"{prefix}{missing}") from None
