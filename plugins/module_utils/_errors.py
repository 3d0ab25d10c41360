# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error that a module fails with. Pure, so that what decides can refuse without knowing AWS; an invalid option is `_validation.InvalidOption`.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t


class CodeDeployError(Exception):
    """An error that ends a module: `message` for the user, `exception` the AWS error behind it, if any, `kwargs` more members of the result."""

    def __init__(self, message: str, exception: Exception | None = None, **kwargs: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.exception = exception
        self.kwargs = kwargs

    def __str__(self) -> str:
        return f"{self.message}: {self.exception}" if self.exception else self.message
