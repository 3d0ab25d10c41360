# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that the emulator has seen, so that tests can count them and hold them against documented permissions."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

MOST_CALLS = 100_000
"""Older calls are forgotten; a long-running emulator must not grow without end."""

IAM_PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "codedeploy-commands": "codedeploy-commands-secure"}
"""Where a service's IAM prefix is not its signing name (AWS service authorization reference)."""


@dataclass(frozen=True)
class RecordedCall:
    """One signed request. ``parameters`` only for CodeDeploy and S3 (bucket and key), whose requests hold no secrets.

    ``error`` is the name of the error that was answered, ``""`` for none; ``status`` is 0 where the connection was reset, and
    ``error`` says which fault did it. ``caller`` is the ARN that the access key belongs to, ``""`` for a key that nobody made.
    """

    service: str
    operation: str
    action: str
    access_key: str
    parameters: dict[str, Any]
    status: int
    error: str
    caller: str
    account: str
    region: str


class Calls:
    """A list of RecordedCall that threads may share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[RecordedCall] = deque(maxlen=MOST_CALLS)

    def add(self, call: RecordedCall) -> None:
        with self._lock:
            self._calls.append(call)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def __iter__(self) -> Iterator[RecordedCall]:
        with self._lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> RecordedCall:
        with self._lock:
            return self._calls[index]

    def of(self, service: str) -> list[RecordedCall]:
        """The calls of one service, by its signing name."""
        return [call for call in self if call.service == service]

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(call) for call in self]


def iam_action(service: str, operation: str) -> str:
    """The IAM action that permits an operation of any service but S3."""
    return f"{IAM_PREFIXES.get(service, service)}:{operation}"
