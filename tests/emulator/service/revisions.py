# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revisions: a revision is its location; registering makes it known to an application."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from ..errors import ServiceError
from ..operations import Call
from ..state import Application, Members, Revision
from . import lookup
from .paging import page
from .registry import operation

LONGEST_DESCRIPTION = 256
MOST_IN_BATCH = 25

_LOCATION_MEMBER = {
    "S3": "s3Location",
    "GitHub": "gitHubLocation",
    "String": "string",
    "AppSpecContent": "appSpecContent",
}
_TYPES_BY_PLATFORM = {"Server": ("S3", "GitHub"), "Lambda": ("S3", "String", "AppSpecContent")}
_TYPES_BY_PLATFORM["ECS"] = _TYPES_BY_PLATFORM["Lambda"]
_BUNDLES_BY_PLATFORM = {"Server": ("tar", "tgz", "zip"), "Lambda": ("YAML", "JSON"), "ECS": ("YAML", "JSON")}


@operation("RegisterApplicationRevision")
def register_application_revision(call: Call) -> None:
    """Again is no error, and takes the new description. The object need not exist."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    description = call.parameters.get("description")
    check_description(description)
    check_location(application, call.parameters["revision"])
    registered = find_or_register(application, call.parameters["revision"], call.region.clock.now())
    registered.description = description


@operation("GetApplicationRevision")
def get_application_revision(call: Call) -> dict[str, Any]:
    application = lookup.application(call.region, call.parameters["applicationName"])
    check_location(application, call.parameters["revision"])
    revision = application.revisions.get(revision_key(call.parameters["revision"]))
    if revision is None:
        message = f"No revision {json.dumps(shown_location(call.parameters['revision']))} of {application.name}"
        raise ServiceError("RevisionDoesNotExistException", message)
    return {
        "applicationName": application.name,
        "revision": revision.location,
        "revisionInfo": _revision_info(application, revision),
    }


@operation("BatchGetApplicationRevisions")
def batch_get_application_revisions(call: Call) -> dict[str, Any]:
    """Missing revisions are left out and counted in errorMessage: the model declares no error for them."""
    application = lookup.application(call.region, call.parameters["applicationName"])
    locations = call.parameters["revisions"]
    lookup.check_batch(locations, MOST_IN_BATCH)
    for location in locations:
        check_location(application, location)
    found = [application.revisions.get(revision_key(location)) for location in locations]
    missing = found.count(None)
    return {
        "applicationName": application.name,
        "errorMessage": f"{missing} of the revisions are not registered with {application.name}" if missing else None,
        "revisions": [
            {"revisionLocation": revision.location, "genericRevisionInfo": _revision_info(application, revision)}
            for revision in found
            if revision is not None
        ],
    }


@operation("ListApplicationRevisions")
def list_application_revisions(call: Call) -> dict[str, Any]:
    application = lookup.application(call.region, call.parameters["applicationName"])
    if "s3KeyPrefix" in call.parameters and "s3Bucket" not in call.parameters:
        raise ServiceError("BucketNameFilterRequiredException", "s3KeyPrefix needs s3Bucket.")
    revisions = [revision for revision in application.revisions.values() if _is_wanted(application, revision, call)]
    _sort(revisions, call.parameters)
    filters = {name: value for name, value in call.parameters.items() if name != "nextToken"}
    locations = [shown_location(revision.location) for revision in revisions]
    found, token = page(locations, call.parameters.get("nextToken"), f"revisions {filters}")
    return {"revisions": found, "nextToken": token}


def _is_wanted(application: Application, revision: Revision, call: Call) -> bool:
    bucket, prefix = call.parameters.get("s3Bucket"), call.parameters.get("s3KeyPrefix", "")
    s3 = revision.location.get("s3Location", {})
    if bucket is not None and (s3.get("bucket") != bucket or not s3.get("key", "").startswith(prefix)):
        return False
    wanted: str = call.parameters.get("deployed", "ignore")
    return wanted == "ignore" or (wanted == "include") == bool(_target_groups(application, revision))


def _sort(revisions: list[Revision], parameters: Members) -> None:
    """By a time that some do not have: those come first, as if it were the earliest (order unknown)."""
    times = {"registerTime": "register_time", "firstUsedTime": "first_used_time", "lastUsedTime": "last_used_time"}
    attribute = times[parameters.get("sortBy", "registerTime")]
    descending = parameters.get("sortOrder") == "descending"
    revisions.sort(key=lambda revision: getattr(revision, attribute) or 0.0, reverse=descending)


def find_or_register(application: Application, location: Members, now: float) -> Revision:
    """The application's revision at ``location``, a valid one; a deployment registers it just as its own operation does.

    A digest alone can only name content that is known. Raises InvalidRevisionException.
    """
    key, content = revision_key(location), _content(location)
    if key not in application.revisions and content is not None and not content.get("content"):
        raise ServiceError("InvalidRevisionException", f"No content with the sha256 {content['sha256']} is registered.")
    return application.revisions.setdefault(key, Revision(location, now))


def revision_key(location: Members) -> str:
    """What makes two locations the same revision: everything in them; content goes by its digest."""
    content = _content(location)
    if content is None:
        return json.dumps(location, sort_keys=True)
    return f"{location['revisionType']} {content.get('sha256') or _digest(content)}"


def shown_location(location: Members | None) -> Members | None:
    """The location without its AppSpec content, which only GetApplicationRevision returns (botocore model: GetDeployment)."""
    if location is None or _content(location) is None:
        return location
    kind = location["revisionType"]
    return {"revisionType": kind, _LOCATION_MEMBER[kind]: {"sha256": revision_key(location).partition(" ")[2]}}


def _content(location: Members) -> Members | None:
    return location.get("string") or location.get("appSpecContent")


def _digest(content: Members) -> str:
    return hashlib.sha256(content.get("content", "").encode()).hexdigest()


def check_location(application: Application, location: Members) -> None:
    """Raise InvalidRevisionException unless ``location`` is whole and fits the application's platform."""
    kind = location.get("revisionType")
    allowed = _TYPES_BY_PLATFORM[application.compute_platform]
    if kind not in allowed:
        platform = application.compute_platform
        message = f"revisionType is {kind}; it must be {' or '.join(allowed)} for {platform}."
        raise ServiceError("InvalidRevisionException", message)
    expected = _LOCATION_MEMBER[kind]
    if location.keys() != {"revisionType", expected}:
        raise ServiceError("InvalidRevisionException", f"A revision of type {kind} has {expected} and nothing else.")
    checks = {"S3": _check_s3, "GitHub": _check_github, "String": _check_content, "AppSpecContent": _check_content}
    checks[kind](location[expected], application.compute_platform)


def _check_s3(place: Members, platform: str) -> None:
    if not place.get("bucket") or not place.get("key"):
        raise ServiceError("InvalidRevisionException", "s3Location needs bucket and key.")
    allowed = _BUNDLES_BY_PLATFORM[platform]
    if place.get("bundleType") not in allowed:
        raise ServiceError("InvalidRevisionException", f"BundleType must be either {' or '.join(allowed)}")


def _check_github(place: Members, _platform: str) -> None:
    if not re.fullmatch(r"[^/\s]+/[^/\s]+", place.get("repository", "")):
        raise ServiceError("InvalidRevisionException", "gitHubLocation needs a repository in the form account/name.")
    if not re.fullmatch(r"[0-9a-fA-F]{40}", place.get("commitId", "")):
        raise ServiceError("InvalidRevisionException", "gitHubLocation needs the SHA-1 of a commit as commitId.")


def _check_content(place: Members, _platform: str) -> None:
    if not place.get("content") and not place.get("sha256"):
        raise ServiceError("InvalidRevisionException", "The content of the AppSpec or its sha256 must be given.")
    if place.get("content") and place.get("sha256", _digest(place)) != _digest(place):
        raise ServiceError("InvalidRevisionException", "sha256 is not the digest of the content.")


def check_description(description: str | None) -> None:
    """Raise DescriptionTooLongException."""
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        message = f"The description has {len(description)} characters; at most {LONGEST_DESCRIPTION} are allowed."
        raise ServiceError("DescriptionTooLongException", message)


def _target_groups(application: Application, revision: Revision) -> list[str]:
    key = revision_key(revision.location)
    targets = [(name, group.target_revision) for name, group in application.groups.items()]
    return [name for name, target in targets if target is not None and revision_key(target) == key]


def _revision_info(application: Application, revision: Revision) -> dict[str, Any]:
    return {
        "description": revision.description,
        "deploymentGroups": _target_groups(application, revision),
        "firstUsedTime": revision.first_used_time,
        "lastUsedTime": revision.last_used_time,
        "registerTime": revision.register_time,
    }
