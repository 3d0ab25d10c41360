# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lambda, read and written in moto's own state: functions, their versions and their aliases."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.models import LambdaBackend, lambda_backends

from .missing import MissingError


def _backend(account: str, region: str) -> LambdaBackend:
    return lambda_backends[account][region]


def function_exists(account: str, region: str, name: str, version: str | None = None) -> bool:
    """Whether there is a function of that name, and that version of it if one is given."""
    try:
        _backend(account, region).get_function(name, version)
    except UnknownFunctionException:
        return False
    return True


def function_arn(account: str, region: str, name: str) -> str:
    """The ARN of a function that exists, without a version."""
    return str(_backend(account, region).get_function(name).function_arn)


def alias_version(account: str, region: str, name: str, alias: str) -> str:
    """The version that an alias points at, whatever share it routes elsewhere. Raises MissingError."""
    return str(_alias(account, region, name, alias).function_version)


def route_alias(account: str, region: str, name: str, alias: str, version: str, weights: dict[str, float]) -> None:
    """Point an alias at ``version``, with the given shares (0 to 1) of other versions. Raises MissingError."""
    found = _alias(account, region, name, alias)
    for wanted in (version, *weights):
        if not function_exists(account, region, name, wanted):
            raise MissingError(f"The function {name} has no version {wanted}.")
    found.function_version = version
    found.routing_config = {"AdditionalVersionWeights": weights} if weights else None


def _alias(account: str, region: str, name: str, alias: str) -> Any:
    try:
        return _backend(account, region).get_alias(alias, name)
    except (UnknownAliasException, UnknownFunctionException):
        raise MissingError(f"The function {name} has no alias {alias}.") from None
