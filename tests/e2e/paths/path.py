# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways that a deployment can go, by the statuses it has (botocore model: DeploymentStatus) and the reasons it ends for (ErrorCode)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from emulator import Emulator
from unit.releases import Options

STATUS_PATHS = {
    "success": "Created, InProgress, Succeeded",
    "success in parts": "Created, InProgress, Baking, Succeeded: pauses between zones, or shifts of traffic",
    "ready and continued": "Created, InProgress, Ready, InProgress, Succeeded",
    "ready for ever": "Created, InProgress, Ready, Stopped: nobody continues it in time",
    "terminating": "Created, InProgress after the traffic is shifted, Succeeded: the old version is kept for a while",
    "success in spite of a failure": "Created, InProgress, Succeeded, though a target has failed",
    "failure": "Created, InProgress, Failed",
    "failure, rolled back": "the same, and the rollback: Created, InProgress, Succeeded",
    "failure, and the rollback fails": "the same, and the rollback: Created, InProgress, Failed",
    "failure, nothing to go back to": "the same, without a rollback though one is wanted",
    "stopped by somebody": "Created, InProgress, Stopped",
    "stopped by an alarm": "Created, InProgress, Stopped",
    "no agent": "Created, InProgress, Failed: a lifecycle event is not begun in five minutes",
    "no end": "Created, InProgress, Failed: a lifecycle event, or a hook, does not end in an hour",
    "too long": "Created, InProgress, Failed: the whole takes longer than a deployment may",
    "bad AppSpec": "Created, Failed: the revision does not say what to deploy, or not so that it could be",
    "bad surroundings": "Created, Failed: what the group names is not there, or not as a deployment needs it",
    "no hosts": "Created, Failed",
    "too many hosts": "Created, Failed",
    "too few healthy hosts": "Created, Failed: the config leaves no host to be deployed to",
    "no role": "Created, Failed",
    "no application": "Created, Failed: it is deleted meanwhile",
    "no group": "Created, Failed: it is deleted meanwhile",
    "no revision": "Created, Failed: it is gone meanwhile",
}


@dataclass(frozen=True)
class Path:
    """A task with the options that PREPARE returns prints LINES in this order, among others, with the ids of the deployment and its rollback
    in place of {id} and {rollback}; MESSAGE is what it fails with, "" if it succeeds. SECONDS pass before each look at a deployment."""

    prepare: t.Callable[[Emulator], Options]
    lines: list[str]
    message: str = ""
    seconds: float = 600


Platform = dict[str, Path | str]
"""By their names, the status paths that a deployment on the platform can take; or why it can not."""

# Where a rollback is wanted, and CodeDeploy never announces one, a task waits for that in vain for half a minute.
NO_ROLLBACK = {"auto_rollback_configuration": {"enabled": False}}
NO_HOST = "only hosts have agents, and only they are counted"
NO_SUCCESS = "  Not rolled back: The deployment cannot be rolled back: no earlier deployment of the group has succeeded"
