# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments as `deployment_info` returns them: with their targets, or with a diagnosis.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._aws.calls import MISSING, error_code
from .._errors import CodeDeployError
from .._revisions.locations import Location, is_same_release
from .api import (
    TARGETS_A_CALL,
    Deployment,
    find_deployment,
    find_explaining_targets,
    find_notable_targets,
    find_targets,
    list_deployments,
    read_targets,
    require_deployment,
)
from .diagnosis import diagnosis_from, went_wrong
from .progress import timeline
from .windows import Window

Params = dict[str, t.Any]

READ_TARGETS: dict[str, t.Callable[[t.Any, Deployment], list[dict[str, t.Any]]]] = {
    "notable": find_notable_targets,
    "failed": lambda client, deployment: find_targets(client, deployment["deployment_id"], ["Failed"]),
    "all": lambda client, deployment: find_targets(client, deployment["deployment_id"]),
}


def with_targets(client: t.Any, deployment: Deployment, which: str) -> dict[str, t.Any]:
    """The targets of DEPLOYMENT and their timeline; WHICH is a value of the option `targets`."""
    if which == "none":
        return {}
    targets = READ_TARGETS[which](client, deployment)
    return {"targets": targets, "timeline": timeline(targets)}


def with_diagnosis(client: t.Any, deployment: Deployment, limit: int) -> dict[str, t.Any]:
    """The diagnosis of DEPLOYMENT, which went wrong. The events of a thousand targets stay here: sending them would take a second."""
    targets = find_explaining_targets(client, deployment)
    rollback_id = (deployment.get("rollback_info") or {}).get("rollback_deployment_id")
    rollback = find_deployment(client, rollback_id) if rollback_id else None
    notable = targets[:TARGETS_A_CALL]
    diagnosis = diagnosis_from(deployment, targets, rollback, limit)
    return {"diagnosis": diagnosis, "targets": notable, "timeline": timeline(notable)}


def is_known(deployment: Deployment, counts: dict[str, int]) -> bool:
    """Whether the overview of DEPLOYMENT has these COUNTS; never without any."""
    overview = deployment.get("deployment_overview", {})
    return bool(counts) and all(overview.get(status) == count for status, count in counts.items())


def find_listed(client: t.Any, filters: dict[str, t.Any]) -> list[Deployment]:
    """The deployments that match FILTERS. Raises CodeDeployError if the application or the deployment group does not exist."""
    try:
        return list_deployments(client, filters)
    except CodeDeployError as error:
        if error_code(error) in MISSING:
            # Imported here, since few tasks need it, and each task compiles all that it imports anew.
            from .._deployment_groups.api import require_deployment_group

            require_deployment_group(client, filters["application_name"], filters["deployment_group_name"])
        raise


def read_one(client: t.Any, params: Params) -> dict[str, t.Any]:
    """The deployment that the options name, with its targets or a diagnosis. Raises CodeDeployError if it does not exist."""
    deployment = require_deployment(client, params["deployment_id"])
    if params["diagnose"] and went_wrong(deployment):
        return {"deployment": deployment, **with_diagnosis(client, deployment, params["diagnose"])}
    if is_known(deployment, params["unless_overview"] or {}):
        return {"deployment": deployment}
    if params["target_ids"]:
        targets = read_targets(client, params["deployment_id"], params["target_ids"])
        return {"deployment": deployment, "targets": targets, "timeline": timeline(targets)}
    return {"deployment": deployment, **with_targets(client, deployment, params["targets"] or "notable")}


def read_many(client: t.Any, params: Params, window: Window, wanted: Location | None) -> list[dict[str, t.Any]]:
    """The deployments that the options select, created in WINDOW, of the revision WANTED unless that is None."""
    filters = {
        **{name: params[name] for name in ("application_name", "deployment_group_name", "external_id")},
        "include_only_statuses": params["statuses"] or None,
        "create_time_range": window.member,
    }
    found = [
        deployment
        for deployment in find_listed(client, filters)
        if window.holds(deployment) and (wanted is None or is_same_release(wanted, deployment.get("revision")))
    ]
    which = params["targets"] or "none"
    return [{**deployment, **with_targets(client, deployment, which)} for deployment in found]
