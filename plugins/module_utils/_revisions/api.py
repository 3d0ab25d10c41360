# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions: the calls that find and register them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import hashlib
import typing as t

from .._aws.answers import pages
from .._aws.calls import aws_call, aws_find
from .._aws.shapes import Resource, resource_for_aws, resource_from_aws
from .._batches import batches
from .locations import PLACES, Location, identity_of, name_of

# BatchGetApplicationRevisions takes 25 locations (botocore model).
REVISIONS_A_CALL = 25


@aws_find("find the revision")
def _get_revision(client: t.Any, application_name: str, revision: dict[str, t.Any]) -> dict[str, t.Any] | None:
    return t.cast(
        "dict[str, t.Any]",
        client.get_application_revision(applicationName=application_name, revision=revision)["revisionInfo"],
    )


@aws_call("list the revisions")
def _list_revisions(client: t.Any, application_name: str, **filters: str) -> list[dict[str, t.Any]]:
    found = pages(client, "list_application_revisions", applicationName=application_name, **filters)
    return [revision for page in found for revision in page.get("revisions", [])]


@aws_call("read the revisions")
def _batch_get_revisions(
    client: t.Any, application_name: str, revisions: list[dict[str, t.Any]]
) -> list[dict[str, t.Any]]:
    answer = client.batch_get_application_revisions(applicationName=application_name, revisions=revisions)
    return list(answer.get("revisions", []))


@aws_call("register the revision")
def _register_revision(client: t.Any, application_name: str, revision: dict[str, t.Any], **description: str) -> None:
    client.register_application_revision(applicationName=application_name, revision=revision, **description)


def location_from_aws(answer: dict[str, t.Any]) -> Location:
    """A RevisionLocation in snake_case; a content has its digest, also where it was registered without."""
    location = resource_from_aws(answer)
    place = location.get(PLACES[location["revision_type"]], {})
    if "content" in place:
        place.setdefault("sha256", hashlib.sha256(place["content"].encode()).hexdigest())
    return location


def find_revision(client: t.Any, application_name: str, location: Location) -> dict[str, t.Any] | None:
    """Return AWS's record of a registered revision, in snake_case; None if it is not registered."""
    found = _get_revision(client, application_name, resource_for_aws(identity_of(location)))
    return None if found is None else resource_from_aws(found)


def list_revisions(client: t.Any, application_name: str, filters: Resource) -> list[Location]:
    """Return the locations of the application's registered revisions. FILTERS are members of ListApplicationRevisions in snake_case; None is no filter."""
    return [
        location_from_aws(found) for found in _list_revisions(client, application_name, **resource_for_aws(filters))
    ]


def read_revisions(client: t.Any, application_name: str, locations: t.Iterable[Location]) -> list[Resource]:
    """Those of LOCATIONS that are registered, in their order: the `revision` and what AWS knows of it (botocore model: GenericRevisionInfo)."""
    wanted = {name_of(location): resource_for_aws(identity_of(location)) for location in locations}
    answers = [
        answer
        for batch in batches(list(wanted.values()), REVISIONS_A_CALL)
        for answer in _batch_get_revisions(client, application_name, batch)
    ]
    order = {name: number for number, name in enumerate(wanted)}
    found = (
        {
            "revision": location_from_aws(answer["revisionLocation"]),
            **resource_from_aws(answer.get("genericRevisionInfo", {})),
        }
        for answer in answers
    )
    return sorted(found, key=lambda revision: order.get(name_of(revision["revision"]), len(order)))


def register_revision(client: t.Any, application_name: str, location: Location, description: str | None) -> None:
    """Register the revision with the application; one that is registered already gets the DESCRIPTION."""
    members = {"description": description} if description is not None else {}
    _register_revision(client, application_name, resource_for_aws(location), **members)
