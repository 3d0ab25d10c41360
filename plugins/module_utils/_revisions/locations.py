# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locations of revisions: their forms, and when two of them are the same release.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import typing as t

from .._appspec.content import content_member
from .._validation import InvalidOption

# {"revision_type": "S3", "s3_location": {"bucket", "key", "bundle_type", "version"?, "e_tag"?}}
# or {"revision_type": "GitHub", "git_hub_location": {"repository", "commit_id"}}
# or {"revision_type": "AppSpecContent", "app_spec_content": {"content"?, "sha256"}}, and "String", "string" alike  (botocore model: RevisionLocation)
Location = dict[str, t.Any]


PLACES = {
    "S3": "s3_location",
    "GitHub": "git_hub_location",
    "AppSpecContent": "app_spec_content",
    "String": "string",
}


_CONTENTS = ("AppSpecContent", "String")


def location_from_options(revision: dict[str, t.Any]) -> Location:
    """Return the canonical location of the option `revision`, without omitted members, and with its type.

    Raise InvalidOption if the type contradicts the location, or if a content cannot be read or does not match its digest.
    """
    kind, place = next((kind, place) for kind, place in PLACES.items() if revision.get(place))
    if revision.get("revision_type") not in (None, kind):
        raise InvalidOption(
            f"revision.revision_type: {revision['revision_type']!r} contradicts {place}, which requires {kind}; omit it"
        )
    if kind in _CONTENTS:
        return {"revision_type": kind, place: content_member(f"revision.{place}", revision[place])}
    members = {name: value for name, value in revision[place].items() if value is not None}
    if "e_tag" in members:
        members["e_tag"] = members["e_tag"].strip('"')  # S3 itself gives ETags in quotes
    return {"revision_type": kind, place: members}


def identity_of(location: Location) -> Location:
    """Return LOCATION with the digest in place of a content, as it is looked up and as deployments show it (botocore model: GetDeployment)."""
    kind = location["revision_type"]
    if kind not in _CONTENTS:
        return location
    return {"revision_type": kind, PLACES[kind]: {"sha256": location.get(PLACES[kind], {}).get("sha256")}}


def is_same_release(wanted: Location | None, deployed: Location | None) -> bool:
    """Return whether DEPLOYED is the release that WANTED names. Members that WANTED omits (version, ETag) are not compared."""
    if not wanted or not deployed or wanted["revision_type"] != deployed["revision_type"]:
        return False
    place = PLACES[wanted["revision_type"]]
    given, found = wanted.get(place) or {}, deployed.get(place) or {}
    return bool(given) and all(found.get(name) == value for name, value in given.items())


def place_of(location: Location | None) -> str:
    """Return the location for a person: `s3://bucket/key` or `github.com/owner/repository@commit`."""
    if not location:
        return "no revision"
    if "s3_location" in location:
        return f"s3://{location['s3_location']['bucket']}/{location['s3_location']['key']}"
    if "git_hub_location" in location:
        return f"github.com/{location['git_hub_location']['repository']}@{location['git_hub_location']['commit_id']}"
    kind = location.get("revision_type", "a revision")
    sha256 = location.get(PLACES.get(kind, ""), {}).get("sha256")
    return f"{kind} {sha256}" if sha256 else str(kind)


def content_of(location: Location) -> str | None:
    """Return the AppSpec in LOCATION itself; None if it is elsewhere, or only its digest is given."""
    given = location.get("app_spec_content") or location.get("string") or {}
    return t.cast("str | None", given.get("content"))


def name_of(location: Location) -> str:
    """The same text for the same revision."""
    return json.dumps(identity_of(location), sort_keys=True)
