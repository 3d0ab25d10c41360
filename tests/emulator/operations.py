# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations of the services that answer for themselves: what each is given, and the register of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .state import Region


@dataclass(frozen=True)
class Caller:
    """Who calls, and what the signature is scoped to; ``arn`` is the user's, the session's or the account's root."""

    access_key: str
    account: str
    region_name: str
    signing_name: str
    arn: str


@dataclass(frozen=True)
class Call:
    """What an operation is given: the state of the caller's region, the caller, the validated parameters."""

    region: Region
    caller: Caller
    parameters: dict[str, Any]


Operation = Callable[[Call], "dict[str, Any] | None"]
OperationT = TypeVar("OperationT", bound=Operation)


class Operations:
    """The operations that are implemented, by their exact names; a decorator adds to them."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Operation, tuple[str, ...]]] = {}

    def __call__(self, name: str, *, required: tuple[str, ...] = ()) -> Callable[[OperationT], OperationT]:
        """Register a function as operation ``name``. ``required``: members that the service demands though its model,
        which names an error for their absence, does not mark them so."""

        def register(function: OperationT) -> OperationT:
            self._found[name] = (function, required)
            return function

        return register

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __getitem__(self, name: str) -> tuple[Operation, tuple[str, ...]]:
        return self._found[name]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._found)
