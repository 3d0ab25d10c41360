# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is told of a deployment: the fields that host agent 1.8.1 reads.

AllPossibleLifecycleEvents is never among them: with it that agent fails in Install (observed).
"""

from __future__ import annotations

from typing import Any

from ..state import Deployment, Members


def specification_from_deployment(deployment: Deployment) -> dict[str, Any]:
    """The content of the envelope. The group's id is stable, since agents name directories by it."""
    group = deployment.group
    specification = {
        "DeploymentId": deployment.deployment_id,
        "DeploymentGroupId": group.group_id,
        "DeploymentGroupName": group.name,
        "ApplicationName": group.application.name,
        "DeploymentCreator": deployment.creator,
        "DeploymentType": deployment.style["deploymentType"],
        "AgentActionOverrides": {
            "AgentOverrides": {"FileExistsBehavior": deployment.options["fileExistsBehavior"]},
        },
        "Revision": _revision(deployment.revision),
    }
    if deployment.archive_of is not None:
        specification["ReuseArchiveFromDeploymentId"] = deployment.archive_of
    return specification


def _revision(location: Members) -> dict[str, Any]:
    if location["revisionType"] == "GitHub":
        account, _slash, repository = location["gitHubLocation"]["repository"].partition("/")
        commit = {"Account": account, "Repository": repository, "CommitId": location["gitHubLocation"]["commitId"]}
        return {"RevisionType": "GitHub", "GitHubRevision": commit}
    place = location["s3Location"]
    names = {"Bucket": "bucket", "Key": "key", "BundleType": "bundleType", "Version": "version", "ETag": "eTag"}
    s3 = {name: place[member] for name, member in names.items() if member in place}
    return {"RevisionType": "S3", "S3Revision": s3}
