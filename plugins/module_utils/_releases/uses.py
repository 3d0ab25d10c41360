# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uses of revisions by an application's deployment groups.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._deployment_groups.api import find_deployment_groups
from .._deployments.api import LAST_ATTEMPTED, LAST_SUCCESSFUL, find_deployments, with_history
from .._errors import CodeDeployError
from .._revisions.locations import Location

Resource = dict[str, t.Any]

# The roles of a revision for a group besides its target, which new hosts get: that of its last successful deployment, to which it is
# rolled back, and that of its last deployment, which may be in progress (botocore model: DeploymentGroupInfo).
_DEPLOYMENTS = {"last_successful": LAST_SUCCESSFUL, "last_attempted": LAST_ATTEMPTED}
ROLES = ("target", *_DEPLOYMENTS)


@dataclass(frozen=True)
class Use:
    """The deployment group GROUP has the revision at LOCATION in the ROLE, one of ROLES."""

    group: str
    role: str
    location: Location


def find_uses(client: t.Any, application_name: str) -> list[Use]:
    """Return every use of a revision by a deployment group of the application, in the order of the groups' names.

    Raise CodeDeployError if a group's revision is unknown, because its deployment cannot be read.
    """
    groups = [_complete(client, group) for group in find_deployment_groups(client, application_name)]
    ids = {deployment_id for group in groups for deployment_id in _deployment_ids(group).values()}
    deployments = find_deployments(client, ids)
    if missing := sorted(ids - set(deployments)):
        raise CodeDeployError(
            f"Failed to find the revisions that application {application_name!r} uses: CodeDeploy does not return {', '.join(missing)}"
        )
    return [use for group in groups for use in _uses(group, deployments)]


def _complete(client: t.Any, group: Resource) -> Resource:
    """Return GROUP with its deployments, looked up if AWS returns only some of them. A group without any has usually had none."""
    deployed = group.get("target_revision") or group.get(LAST_SUCCESSFUL)
    return with_history(client, group) if deployed and not all(map(group.get, _DEPLOYMENTS.values())) else group


def _deployment_ids(group: Resource) -> dict[str, str]:
    """Return, by role, the deployments from which GROUP has its revisions."""
    found = {role: group.get(member) for role, member in _DEPLOYMENTS.items()}
    return {role: deployment["deployment_id"] for role, deployment in found.items() if deployment}


def _uses(group: Resource, deployments: t.Mapping[str, Resource]) -> t.Iterator[Use]:
    """Yield the uses of a group. A restart has no revision of its own."""
    brought = {
        role: deployments[deployment_id].get("revision") for role, deployment_id in _deployment_ids(group).items()
    }
    for role, location in {"target": group.get("target_revision"), **brought}.items():
        if location:
            yield Use(group["deployment_group_name"], role, location)
