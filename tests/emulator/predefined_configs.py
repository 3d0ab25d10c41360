# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The 17 deployment configs that every account has (AWS user guide, deployment-configurations)."""

from __future__ import annotations

from typing import Any

PREFIX = "CodeDeployDefault."

DEFAULT_CONFIGS = {
    "Server": "CodeDeployDefault.OneAtATime",
    # What a Lambda or ECS group gets when it names none is not documented; these are assumed.
    "Lambda": "CodeDeployDefault.LambdaAllAtOnce",
    "ECS": "CodeDeployDefault.ECSAllAtOnce",
}


def _canary(minutes: int) -> dict[str, Any]:
    shift = {"canaryPercentage": 10, "canaryInterval": minutes}
    return {"type": "TimeBasedCanary", "timeBasedCanary": shift}


def _linear(minutes: int) -> dict[str, Any]:
    shift = {"linearPercentage": 10, "linearInterval": minutes}
    return {"type": "TimeBasedLinear", "timeBasedLinear": shift}


_ALL_AT_ONCE = {"type": "AllAtOnce"}

# MOST_CONCURRENCY is what GetDeploymentConfig returns for OneAtATime, though the model's enum does not have it (AWS API
# reference, GetDeploymentConfig, example). Whether AllAtOnce reads back as a count or as a percentage is unknown.
SERVER_CONFIGS: dict[str, dict[str, Any]] = {
    "OneAtATime": {"type": "MOST_CONCURRENCY", "value": 1},
    "HalfAtATime": {"type": "FLEET_PERCENT", "value": 50},
    "AllAtOnce": {"type": "HOST_COUNT", "value": 0},
}

LAMBDA_CONFIGS: dict[str, dict[str, Any]] = {
    "LambdaAllAtOnce": _ALL_AT_ONCE,
    **{f"LambdaCanary10Percent{minutes}Minutes": _canary(minutes) for minutes in (5, 10, 15, 30)},
    "LambdaLinear10PercentEvery1Minute": _linear(1),
    **{f"LambdaLinear10PercentEvery{minutes}Minutes": _linear(minutes) for minutes in (2, 3, 10)},
}

# Plural even for one minute, unlike Lambda's.
ECS_CONFIGS: dict[str, dict[str, Any]] = {
    "ECSAllAtOnce": _ALL_AT_ONCE,
    **{f"ECSCanary10Percent{minutes}Minutes": _canary(minutes) for minutes in (5, 15)},
    **{f"ECSLinear10PercentEvery{minutes}Minutes": _linear(minutes) for minutes in (1, 3)},
}
