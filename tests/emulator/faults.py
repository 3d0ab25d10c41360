# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: what goes wrong, for which calls and how often. Nothing does until a test, or a user, asks for it.

    emulator.faults.add(Fault("throttling", "codedeploy:CreateDeployment", count=2))
    emulator.faults.add(Fault("reset_after", "s3:PutObject", rate=0.1, seed=7))
    emulator.faults.clear()

Over HTTP, the same members in JSON: POST, GET and DELETE /_emulator/faults.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from .clock import LONGEST_WAIT, Clock
from .errors import shortened
from .visibility import DelayedVisibility

Kind = Literal[
    "throttling",
    "internal_error",
    "unavailable",
    "expired_token",
    "access_denied",
    "reset_before",
    "reset_after",
    "latency",
    "time_passes",
    "stale_reads",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
DELAYS: tuple[Kind, ...] = ("latency", "time_passes")
"""Those after which the call goes on."""


@dataclass(frozen=True)
class Fault:
    """One kind of trouble for the calls whose IAM action ``action`` matches (``*`` and ``?`` stand for letters).

    ``kind``: throttling, internal_error (500), unavailable (503), expired_token and access_denied answer with the error of
    that name, and nothing happens. reset_before and reset_after drop the connection, the second after the call took effect.
    latency lets the call wait for ``seconds`` of real time; time_passes lets so many of the emulator's pass before the call is
    answered: where time stands still otherwise, each look at a deployment finds the same on every machine. stale_reads is for
    CodeDeploy's writes: the ``reads`` next reads of that region are answered as if the write had not happened yet.

    The first ``skip`` calls that match pass, ``count`` calls at most are struck (None: no end), each with probability
    ``rate``; the same ``seed`` strikes the same calls of a sequence again. Raises ValueError and TypeError for bad members.
    """

    kind: Kind
    action: str = "codedeploy:*"
    rate: float = 1.0
    count: int | None = None
    skip: int = 0
    seed: int = 0
    seconds: float = 0.0
    reads: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {shortened(self.kind)} is not a kind of fault; use one of {', '.join(KINDS)}")
        if not isinstance(self.action, str) or ":" not in self.action:
            raise ValueError(
                f"action: {shortened(self.action)} is not an IAM action; write it like codedeploy:CreateDeployment or s3:*"
            )
        if self.kind == "stale_reads" and not self.action.startswith("codedeploy:"):
            raise ValueError(
                f"action: {shortened(self.action)} cannot be combined with stale_reads; use codedeploy:..."
            )
        _check_number("rate", self.rate, 0, 1)
        _check_number("seconds", self.seconds, 0, LONGEST_WAIT)
        for name in ("skip", "reads", "seed"):
            _check_whole(name, getattr(self, name))
        if self.count is not None:
            _check_whole("count", self.count)


def _check_number(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{name}: {shortened(value)} is not valid; use a number from {low} to {high}")


def _check_whole(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name}: {shortened(value)} is not valid; use a whole number, 0 or more")


class _ArmedFault:
    """A fault, and what it has done so far."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.struck = 0
        self.lifted = threading.Event()
        self._seen = 0
        self._random = random.Random(fault.seed)

    def strikes(self, action: str) -> bool:
        """Whether the next call of ``action`` is struck; each call of it must be asked for once, in order."""
        if not fnmatchcase(action, self.fault.action) or self.struck == self.fault.count:
            return False
        self._seen += 1
        struck = self._seen > self.fault.skip and self._random.random() < self.fault.rate
        self.struck += struck
        return struck


class Faults:
    """The faults that are switched on, for threads to share."""

    def __init__(self, clock: Clock) -> None:
        self.visibility = DelayedVisibility()
        self._clock = clock
        self._lock = threading.Lock()
        self._armed: list[_ArmedFault] = []

    def add(self, fault: Fault) -> None:
        """Switch on one more; of several that strike the same call, the one added first decides (delays add up)."""
        with self._lock:
            self._armed.append(_ArmedFault(fault))

    def clear(self) -> None:
        """Switch all off: calls that wait go on, and reads show everything again."""
        with self._lock:
            for armed in self._armed:
                armed.lifted.set()
            self._armed.clear()
        self.visibility.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """The faults, each with the number of calls that it struck."""
        with self._lock:
            return [{**asdict(armed.fault), "struck": armed.struck} for armed in self._armed]

    def meet(self, action: str) -> Fault | None:
        """Wait out the delays that strike a call, and find the first other fault that does."""
        delays, found = self._struck(action)
        for armed in delays:
            if armed.fault.kind == "latency":
                armed.lifted.wait(armed.fault.seconds)
            else:
                self._clock.advance(armed.fault.seconds)
        return found

    def _struck(self, action: str) -> tuple[list[_ArmedFault], Fault | None]:
        delays: list[_ArmedFault] = []
        with self._lock:
            for armed in self._armed:
                if not armed.strikes(action):
                    continue
                if armed.fault.kind not in DELAYS:
                    return delays, armed.fault
                delays.append(armed)
        return delays, None
