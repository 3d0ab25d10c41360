# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time window whose deployments `deployment_info` lists.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import dataclass

from .._validation import InvalidOption

Deployment = dict[str, t.Any]
Params = dict[str, t.Any]


def time_of(option: str, value: str | None) -> datetime.datetime | None:
    """VALUE as a time; None for None. Raises InvalidOption if it is not a time."""
    if value is None:
        return None
    try:
        time = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise InvalidOption(
            f"{option}: {value!r} is not a time in ISO 8601, such as 2026-11-22T10:15:00+00:00"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


@dataclass(frozen=True)
class Window:
    """The period in which deployments were created, both ends included; None is no limit."""

    start: datetime.datetime | None
    end: datetime.datetime | None

    @property
    def member(self) -> dict[str, str] | None:
        """The window as a TimeRange, with a margin: versions of botocore round times in different ways."""
        second = datetime.timedelta(seconds=1)
        start = {"start": (self.start - second).isoformat()} if self.start else {}
        end = {"end": (self.end + second).isoformat()} if self.end else {}
        return {**start, **end} or None

    def holds(self, deployment: Deployment) -> bool:
        """Whether DEPLOYMENT was created in the window."""
        if "create_time" not in deployment:
            return self.start is None and self.end is None
        created = datetime.datetime.fromisoformat(deployment["create_time"])
        return (self.start is None or self.start <= created) and (self.end is None or created <= self.end)


def window_from(params: Params) -> Window:
    """The window that the options give. Raises InvalidOption if it ends before it starts."""
    window = Window(*(time_of(option, params[option]) for option in ("created_after", "created_before")))
    if window.start and window.end and window.start > window.end:
        raise InvalidOption(
            f"created_after: {params['created_after']} is later than created_before={params['created_before']}"
        )
    return window
