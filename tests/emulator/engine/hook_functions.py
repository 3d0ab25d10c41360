# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Lambda functions that an AppSpec names as hooks.

The emulator runs no code of theirs: moto could do so in Docker only. A test registers what a function answers, in
``Emulator.hook_functions`` or by the control path, or lets whatever plays the function call
PutLifecycleEventHookExecutionStatus, as the function itself would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..aws.lambda_functions import function_exists
from ..state import FINISHED, Deployment, HookEvent, Region
from ..traffic_state import TrafficTarget


def name_from_reference(reference: str) -> str:
    """The name of a function given by its name or ARN, with or without a version or alias."""
    parts = reference.split(":")
    return parts[6] if reference.startswith("arn:") and len(parts) > 6 else parts[0]


def is_callable(region: Region, reference: str) -> bool:
    """Whether there is such a function, registered here or in moto's Lambda."""
    name = name_from_reference(reference)
    return name in region.hook_functions or function_exists(region.account, region.name, name)


def waiting_calls(deployments: Iterable[Deployment]) -> list[dict[str, str | None]]:
    """What the functions whose results DEPLOYMENTS wait for were called with, and as which hook of which function."""
    return [
        {
            "Function": target.hooks[event.name],
            "LifecycleEvent": event.name,
            "DeploymentId": deployment.deployment_id,
            "LifecycleEventHookExecutionId": event.hook_execution_id,
        }
        for deployment in deployments
        for target in deployment.targets.values()
        if isinstance(target, TrafficTarget)
        for event in target.events
        if event.hook_execution_id and event.status not in FINISHED
    ]


def call_function(region: Region, reference: str, event: HookEvent, report: Callable[[str], None]) -> None:
    """Have a registered function answer in a moment, and ``report`` that with the state locked.

    While a function that is a callable runs the state is not locked, so that it may call the emulator itself. An answer that
    is none raises ValueError where the clock makes its calls.
    """
    function = region.hook_functions.get(name_from_reference(reference))
    if function is None:
        return

    def call() -> None:
        answer = function(event) if callable(function) else function
        if answer is None:
            return
        if answer not in ("Succeeded", "Failed"):
            raise ValueError(f"the hook function {reference} answered {answer!r}, not Succeeded or Failed")
        with region.lock:
            report(answer)

    region.clock.call_later(0, call)
