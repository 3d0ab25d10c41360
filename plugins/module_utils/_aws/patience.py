# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long AWS may keep a task waiting: the time limits of a connection, and of all attempts of a call together.

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
"""Seconds to connect to one address of a name. The addresses of a name are tried one after the other."""
READ_TIMEOUT = 20
"""Seconds without a byte of an answer."""
FIRST_CONTACT = 4
"""Seconds after which no attempt follows a failed one, as long as the service has never answered this task."""
FIRST_ATTEMPTS = 3
"""How many attempts there are in this time at most."""
OUTAGE = 60
"""Seconds of silence after which no attempt follows a failed one, once the service has answered this task."""
UPLOAD_CONNECT_TIMEOUT = 60
"""CONNECT_TIMEOUT of an upload. It is also how long sending may stall (urllib3), and a slow line makes it stall."""
UPLOAD_READ_TIMEOUT = 300
"""READ_TIMEOUT of an upload. It starts when the last bytes are in the system's buffers, and a slow line takes its time to drain them."""

TIMEOUTS = {"connect_timeout": CONNECT_TIMEOUT, "read_timeout": READ_TIMEOUT}
UPLOAD_TIMEOUTS = {"connect_timeout": UPLOAD_CONNECT_TIMEOUT, "read_timeout": UPLOAD_READ_TIMEOUT}


@dataclass
class Patience:
    """Ends the attempts of calls to one address in time.

    botocore decides after each attempt, by the event `needs-retry`, whether another follows. Who raises the attempt's exception there ends them.
    """

    first_contact: float = FIRST_CONTACT
    first_attempts: float = FIRST_ATTEMPTS
    _reached: bool = False
    _silent_since: float = math.inf

    def watch(self, events: t.Any) -> None:
        """Judge every attempt from now on, of the client whose EVENTS these are, or of all clients that the session EVENTS will make."""
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
                mark_final(caught_exception)  # whoever ends the attempts, nobody is to begin new ones
            if not worthwhile:
                raise t.cast("Exception", caught_exception)

    def _is_worthwhile(self, attempts: int) -> bool:
        """Whether another attempt should follow so many ATTEMPTS of a call. A call that took long before it failed is tried again once, if it
        ever was possible."""
        silent = time.monotonic() - self._silent_since
        if self._reached:
            return attempts == 1 or silent < OUTAGE
        return attempts < self.first_attempts and silent < self.first_contact


def patience_for(aws_config: t.Mapping[str, t.Any] | None) -> Patience:
    """The patience with an address. If AWS_CONFIG, the user's, says how many attempts there are, botocore alone counts those of a first call."""
    return Patience(math.inf, sys.maxsize) if "retries" in (aws_config or {}) else Patience()


def upload_config() -> t.Any:
    """The botocore Config of a client that sends bundles."""
    from botocore.config import Config

    return Config(**UPLOAD_TIMEOUTS)


# botocore's exceptions for an answer that did not come. SSLError is none of them that time heals, but that costs three attempts at most.
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
    """Whether ERROR says that no answer came."""
    return type(error).__name__ in SILENCE


def mark_final(error: t.Any) -> None:
    """Let ERROR say that no other attempt is to follow."""
    error.is_final = True


def is_final(error: BaseException) -> bool:
    """Whether no other attempt is to follow ERROR."""
    return bool(getattr(error, "is_final", False))
