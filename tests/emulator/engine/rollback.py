# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Automatic rollback: whether a deployment that ended badly is followed by a new one of the last good revision, and which.

AWS user guide, deployments-rollback-and-redeploy. Whether a rollback, or another deployment that no user asked for, can itself
be rolled back is unknown: here it is not.
"""

from __future__ import annotations

from ..state import Deployment

DELAY = 1.0
"""Seconds between the end of a deployment and the start of its rollback: clients must not count on finding it at once."""

NOTHING_TO_ROLL_BACK_TO = "The deployment cannot be rolled back: no earlier deployment of the group has succeeded."
GROUP_IS_BUSY = "The deployment cannot be rolled back: another deployment of the group has begun."


_EVENTS = {
    "MANUAL_STOP": "DEPLOYMENT_STOP_ON_REQUEST",
    "ALARM_ACTIVE": "DEPLOYMENT_STOP_ON_ALARM",
}
"""What a stop is by its error code. There is none for a wait that ran out."""
_OF_ITS_OWN = frozenset({"description", "targetInstances", "deploymentMode"})


def wants_rollback(deployment: Deployment) -> bool:
    """Whether the deployment, finished now, is to be rolled back. StopDeployment's own word goes before the settings."""
    if deployment.creator != "user" or deployment.error is None:
        return False
    code = deployment.error["code"]
    if code == "MANUAL_STOP" and deployment.roll_back_on_stop is not None:
        return deployment.roll_back_on_stop
    event = "DEPLOYMENT_FAILURE" if deployment.status == "Failed" else _EVENTS.get(code)
    settings = deployment.auto_rollback or {}
    return bool(settings.get("enabled")) and event in settings.get("events", [])


def rollback_of(failed: Deployment, last_good: Deployment, now: float) -> Deployment:
    """The deployment that rolls ``failed`` back: the last good revision with its content option, on the same terms."""
    options = {name: value for name, value in failed.options.items() if name not in _OF_ITS_OWN}
    if "fileExistsBehavior" in last_good.options:
        options["fileExistsBehavior"] = last_good.options["fileExistsBehavior"]
    options["updateOutdatedInstancesOnly"] = False
    return Deployment(
        group=failed.group,
        revision=last_good.revision,
        revision_key=last_good.revision_key,
        creator="codeDeployRollback",
        config=failed.config,
        settings=failed.settings,
        create_time=now,
        options=options,
        previous_revision=failed.group.target_revision,
        rollback_info={"rollbackTriggeringDeploymentId": failed.deployment_id},
    )
