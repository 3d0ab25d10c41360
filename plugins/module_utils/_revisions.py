# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions: the calls that find and register them, and when two locations are the same release.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ._errors import aws_call, aws_find
from ._shapes import resource_for_aws, resource_from_aws

# {"revision_type": "S3", "s3_location": {"bucket", "key", "bundle_type", "version"?, "e_tag"?}}
# or {"revision_type": "GitHub", "git_hub_location": {"repository", "commit_id"}}  (botocore model: RevisionLocation)
Location = dict[str, t.Any]

_PLACES = {"S3": "s3_location", "GitHub": "git_hub_location"}


@aws_find("look for the revision")
def _get_revision(client: t.Any, application_name: str, revision: dict[str, t.Any]) -> dict[str, t.Any] | None:
    return t.cast(
        "dict[str, t.Any]",
        client.get_application_revision(applicationName=application_name, revision=revision)["revisionInfo"],
    )


@aws_call("register the revision")
def _register_revision(client: t.Any, application_name: str, revision: dict[str, t.Any], **description: str) -> None:
    client.register_application_revision(applicationName=application_name, revision=revision, **description)


def location_from_options(revision: dict[str, t.Any]) -> Location:
    """The canonical location that the option `revision` names: members that were left out are dropped, the type is derived."""
    places = {place: revision[place] for place in _PLACES.values() if revision.get(place)}
    (place, members), *_more = places.items()
    kind = next(kind for kind, name in _PLACES.items() if name == place)
    return {"revision_type": kind, place: {name: value for name, value in members.items() if value is not None}}


def is_same_release(wanted: Location, deployed: Location | None) -> bool:
    """Whether DEPLOYED is the release that WANTED names. What WANTED leaves open (version, ETag) is not compared."""
    if not deployed or wanted["revision_type"] != deployed["revision_type"]:
        return False
    place = _PLACES[wanted["revision_type"]]
    return all(deployed[place].get(name) == value for name, value in wanted[place].items())


def place_of(location: Location | None) -> str:
    """How a person names the location: `s3://bucket/key` or `github.com/owner/repository@commit`."""
    if not location:
        return "no revision"
    if "s3_location" in location:
        return f"s3://{location['s3_location']['bucket']}/{location['s3_location']['key']}"
    if "git_hub_location" in location:
        return f"github.com/{location['git_hub_location']['repository']}@{location['git_hub_location']['commit_id']}"
    return str(location.get("revision_type", "a revision"))


def find_revision(client: t.Any, application_name: str, location: Location) -> dict[str, t.Any] | None:
    """What AWS knows of a registered revision, in snake_case; None if it is not registered."""
    found = _get_revision(client, application_name, resource_for_aws(location))
    return None if found is None else resource_from_aws(found)


def register_revision(client: t.Any, application_name: str, location: Location, description: str | None) -> None:
    """Register the revision with the application, unless it is already."""
    if find_revision(client, application_name, location) is None:
        _register_revision(
            client,
            application_name,
            resource_for_aws(location),
            **({"description": description} if description else {}),
        )
