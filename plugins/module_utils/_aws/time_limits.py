# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time limits: of a connection, and of all attempts of a call together.

docs/network.md explains them to users.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import math
import sys
import time
import typing as t
from dataclasses import dataclass

CONNECT_TIMEOUT = 3
"""Seconds to connect to one address of a host name. The addresses of a name are tried in turn."""
READ_TIMEOUT = 20
"""Seconds without a byte of a response."""
FIRST_CONTACT = 4
"""Seconds after which a failed attempt is not retried, while the service has never responded to this task."""
FIRST_ATTEMPTS = 3
"""The most attempts in this time."""
OUTAGE = 60
"""Seconds without a response after which a failed attempt is not retried, once the service has responded to this task."""
UPLOAD_CONNECT_TIMEOUT = 60
"""CONNECT_TIMEOUT of an upload. It also limits how long sending may stall (urllib3), as it does on a slow line."""
UPLOAD_READ_TIMEOUT = 300
"""READ_TIMEOUT of an upload. It starts when the last bytes are in the system's buffers, and a slow line needs time to drain them."""

TIMEOUTS = {"connect_timeout": CONNECT_TIMEOUT, "read_timeout": READ_TIMEOUT}
UPLOAD_TIMEOUTS = {"connect_timeout": UPLOAD_CONNECT_TIMEOUT, "read_timeout": UPLOAD_READ_TIMEOUT}


@dataclass
class Patience:
    """The limit on attempts of calls to one address.

    After each attempt, botocore's event `needs-retry` decides whether another follows. A handler that raises the attempt's exception ends them.
    """

    first_contact: float = FIRST_CONTACT
    first_attempts: float = FIRST_ATTEMPTS
    _reached: bool = False
    _silent_since: float = math.inf

    def watch(self, events: t.Any) -> None:
        """Handle every further attempt of the client whose EVENTS these are, or of all clients that the session of EVENTS will create."""
        events.register("before-call", self._begin)
        events.register("needs-retry", self._judge)

    def _begin(self, **_event: t.Any) -> None:
        self._silent_since = min(self._silent_since, time.monotonic())

    def _judge(self, response: t.Any, caught_exception: Exception | None, attempts: int, **_event: t.Any) -> None:
        if response is not None:
            self._reached, self._silent_since = True, math.inf
        elif is_silence(caught_exception):
            worthwhile = self._is_worthwhile(attempts)
            if not (worthwhile and self._reached):
                mark_final(caught_exception)  # if somebody else ends the attempts, nobody may start new ones
            if not worthwhile:
                raise t.cast("Exception", caught_exception)

    def _is_worthwhile(self, attempts: int) -> bool:
        """Return whether another attempt should follow this number of ATTEMPTS of a call. A call that took long before it failed is retried once, if the
        service has ever responded."""
        silent = time.monotonic() - self._silent_since
        if self._reached:
            return attempts == 1 or silent < OUTAGE
        return attempts < self.first_attempts and silent < self.first_contact


def patience_for(aws_config: t.Mapping[str, t.Any] | None) -> Patience:
    """Return the patience with an address. If the user's AWS_CONFIG sets the number of attempts, botocore alone counts those of a first call."""
    return Patience(math.inf, sys.maxsize) if "retries" in (aws_config or {}) else Patience()


def upload_config() -> t.Any:
    """Return the botocore Config of a client that uploads bundles."""
    from botocore.config import Config

    return Config(**UPLOAD_TIMEOUTS)


# botocore's exceptions for a missing response. An SSLError does not go away with time, but it only costs three attempts.
SILENCE = (
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "EndpointConnectionError",
    "HTTPClientError",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "SSLError",
)


def is_silence(error: BaseException | None) -> bool:
    """Return whether ERROR means that there was no response."""
    return type(error).__name__ in SILENCE


def mark_final(error: t.Any) -> None:
    """Mark ERROR as one that must not be retried."""
    error.is_final = True


def is_final(error: BaseException) -> bool:
    """Return whether ERROR must not be retried."""
    return bool(getattr(error, "is_final", False))
