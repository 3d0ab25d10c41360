# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding earlier revisions: that of a deployment, and the one before the last release of a deployment group.

Going back is not a release: a group that has gone back already, automatically or on request, has what it had before. So going back twice
does not swing back.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._deployments.api import (
    Deployment,
    find_deployment,
    group_of,
    last_requested,
    list_deployments,
    require_deployment,
)
from .._errors import CodeDeployError
from .._revisions.api import read_revisions
from .._revisions.locations import Location, content_of, is_same_release, place_of
from .._revisions.options import revision_options
from .descriptions import undone_id
from .options import PREVIOUS, is_deployment_id, revision_mapping

Resource = dict[str, t.Any]


class Named(t.NamedTuple):
    """The revision that the option `revision` names, as a mapping in its form (None for none), and the deployment that it undoes, if it goes back."""

    revision: Resource | None
    undone: str | None = None


def named_revision(client: t.Any, application_name: str, group: Resource, given: t.Any) -> Named:
    """The revision that GIVEN (None, a mapping, `previous` or the id of a deployment) names for GROUP. A mapping takes no call.

    Raises InvalidOption for anything else, and CodeDeployError if there is no such revision.
    """
    if given is None:
        return Named(None)
    if given == PREVIOUS:
        location, undone = _previous(client, group)
        return Named(revision_options("revision", location), undone)
    if is_deployment_id(given):
        return Named(revision_options("revision", _deployed(client, application_name, given)))
    return Named(revision_mapping(given))


def _deployed(client: t.Any, application_name: str, deployment_id: str) -> Location:
    deployment = require_deployment(client, deployment_id, "revision")
    application, _group = group_of(deployment)
    if application != application_name:
        raise CodeDeployError(
            f"revision: {deployment_id} is a deployment of application {application!r}, not of {application_name!r}"
        )
    return _revision_of(deployment)


def _revision_of(deployment: Deployment) -> Location:
    if not deployment.get("revision"):
        raise CodeDeployError(f"revision: AWS does not say which revision {deployment['deployment_id']} is of")
    return t.cast("Location", deployment["revision"])


def _previous(client: t.Any, group: Resource) -> tuple[Location, str]:
    """The revision before the group's last release, and the deployment of that release, even if it failed."""
    last = last_requested(client, group, "last_attempted_deployment")
    if last is None:
        raise CodeDeployError("revision: the deployment group has had no deployment, so there is no previous revision")
    undone = undone_id(last)
    if undone is None:
        return revision_before(client, group, last), last["deployment_id"]
    before = find_deployment(client, undone) or {}
    release = undone_id(before)
    # The group went back, that failed, and CodeDeploy has rolled it back: it is still to go back.
    if release is not None:
        return _revision_of(before), release
    # What failed was of the revision that the group had, and so was its rollback: the group is where it was.
    if before.get("revision") and is_same_release(before["revision"], last.get("revision")):
        return revision_before(client, group, before), undone
    return _revision_of(last), undone


def revision_before(client: t.Any, group: Resource, last: Deployment) -> Location:
    """The revision that GROUP had before its deployment LAST. Raises CodeDeployError if it had none, or cannot have it again.

    Skip deployments of the same revision, including restarts; AWS names only the one before.
    """
    if last.get("compute_platform") == "Lambda":
        return _way_back(client, last)
    before = group.get("target_revision") if last["status"] != "Succeeded" else last.get("previous_revision")
    if before and is_same_release(before, last.get("revision")):
        before = _last_other(client, last)
    if not before:
        raise CodeDeployError(
            f"{group_of(last)[1]!r} has no earlier revision than that of {last['deployment_id']} to go back to"
        )
    return t.cast("Location", before)


def _way_back(client: t.Any, last: Deployment) -> Location:
    """The revision that undoes LAST, of a Lambda function: an AppSpec names the version to shift from, so an earlier one does not fit any more."""
    # Imported here, since few tasks need it, and each task compiles all that it imports anew.
    from .._appspec.substitution import AppSpecError, with_versions_exchanged

    application, _group = group_of(last)
    found = read_revisions(client, application, [_revision_of(last)]) if last["status"] == "Succeeded" else []
    content = (content_of(found[0]["revision"]) if found else None) or ""
    try:
        member = with_versions_exchanged(content)
    except AppSpecError as error:
        raise CodeDeployError(
            f"{last['deployment_id']} ({last['status']}, {place_of(last.get('revision'))}) cannot be undone automatically: check which version the "
            "alias points to, and deploy an AppSpec that shifts from it to the version you want; the filter appspec_with_versions makes one."
        ) from error
    return {"revision_type": "AppSpecContent", "app_spec_content": dict(member)}


def _last_other(client: t.Any, last: Deployment) -> Location | None:
    """The revision of the last successful deployment that was of another one than LAST."""
    names = dict(zip(("application_name", "deployment_group_name"), group_of(last), strict=True))
    found = list_deployments(client, {**names, "include_only_statuses": ["Succeeded"]})
    return next((each for each in map(_revision_of, found) if not is_same_release(each, last.get("revision"))), None)
