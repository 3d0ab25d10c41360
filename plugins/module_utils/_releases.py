# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release on its way to a deployment group: what is wanted, what the group has, and what follows from both.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import pathlib
import typing as t
from dataclasses import dataclass

from ._applications import require_application
from ._buckets import find_object, upload_bundle
from ._bundle.manifest import Manifest, read_manifest
from ._deployment_groups import find_deployment_group
from ._errors import CodeDeployError
from ._progress import ACTIVE
from ._revisions import Location, find_revision, is_same_release, location_from_options, place_of

Resource = dict[str, t.Any]


@dataclass(frozen=True)
class Release:
    """What is to be deployed: where it is or will be, and the tree it is made of, if it comes from one.

    A bundle that is at its place already has its ETag in the location; one that is still to be uploaded has not.
    """

    location: Location
    manifest: Manifest | None = None

    @property
    def identity(self) -> Location:
        """The location by which the release is recognised. A key made of the digest says all: another ETag is another compressor at work."""
        if self.manifest is None:
            return self.location
        place = {name: value for name, value in self.location["s3_location"].items() if name != "e_tag"}
        return {**self.location, "s3_location": place}

    @property
    def is_stored(self) -> bool:
        """Whether there is nothing to upload."""
        return self.manifest is None or "e_tag" in self.location["s3_location"]

    @property
    def facts(self) -> Resource | None:
        """The bundle as the module returns it; None for a release that was made elsewhere."""
        if self.manifest is None:
            return None
        return {
            "digest": self.manifest.digest,
            "files": self.manifest.files,
            "size": self.manifest.size,
            "uploaded": not self.is_stored,
        }


def release_from_source(s3: t.Any, application_name: str, source: str, bucket: str, prefix: str) -> Release:
    """The release made of the directory SOURCE; its key in BUCKET carries the digest of its content."""
    manifest = read_manifest(pathlib.Path(source))
    key = "/".join(part for part in (prefix.strip("/"), application_name, f"{manifest.digest}.zip") if part)
    return Release(_bundle_location(bucket, key, find_object(s3, bucket, key)), manifest)


def _bundle_location(bucket: str, key: str, e_tag: str | None) -> Location:
    place = {"bucket": bucket, "key": key, "bundle_type": "zip", **({"e_tag": e_tag} if e_tag else {})}
    return {"revision_type": "S3", "s3_location": place}


def release_from_revision(connect: t.Callable[[str], t.Any], application_name: str, revision: Resource) -> Release:
    """The release that exists already as REVISION. Raises CodeDeployError if there is no such revision."""
    location = location_from_options(revision)
    if find_revision(connect("codedeploy"), application_name, location) is None:
        _require_object(connect("s3"), application_name, location)
    return Release(location)


def _require_object(s3: t.Any, application_name: str, location: Location) -> None:
    """A revision that is not registered must at least be there. A GitHub commit is looked up by the service, on the hosts' behalf."""
    if location["revision_type"] != "S3":
        return
    place = location["s3_location"]
    e_tag = find_object(s3, place["bucket"], place["key"], place.get("version"))
    if e_tag is None:
        raise CodeDeployError(
            f"revision: unknown revision {place_of(location)}: it is not registered with application {application_name!r}, "
            "and the bucket holds no such object"
        )
    if place.get("e_tag") not in (None, e_tag):
        raise CodeDeployError(
            f"revision: {place_of(location)} has the ETag {e_tag!r}, not {place['e_tag']!r}: it is another bundle by now"
        )


def store_release(s3: t.Any, release: Release) -> Location:
    """Put the release's bundle at its place, unless it is there, and return the location with the ETag that pins this very object."""
    if release.manifest is None or release.is_stored:
        return release.location
    bucket, key = release.location["s3_location"]["bucket"], release.location["s3_location"]["key"]
    upload_bundle(s3, release.manifest, bucket, key)
    return _bundle_location(bucket, key, find_object(s3, bucket, key))


@dataclass(frozen=True)
class Decision:
    """What a run does. ACTION is `none`, `attach` or `create`; REASON is for the user; DEPLOYMENT_ID the deployment it is about, if any."""

    action: str
    reason: str
    deployment_id: str | None = None


def decide(group: Resource, in_flight: Resource | None, wanted: Location, force: bool) -> Decision:
    """What to do so that GROUP runs WANTED. IN_FLIGHT is the group's active deployment. Raises CodeDeployError if that is of something else."""
    if in_flight is not None:
        return attach_to(in_flight, wanted)
    last = group.get("last_successful_deployment")
    if not last or not is_same_release(wanted, group.get("target_revision")):
        return Decision("create", f"the deployment group has {place_of(group.get('target_revision'))}")
    attempted = group.get("last_attempted_deployment") or last
    if attempted["deployment_id"] != last["deployment_id"]:
        return Decision(
            "create",
            f"{attempted['deployment_id']} was attempted since this revision was deployed, and {attempted['status'].lower()}",
        )
    if force:
        return Decision("create", f"force: the deployment group has this revision already, by {last['deployment_id']}")
    return Decision("none", f"already deployed by {last['deployment_id']} at {last['end_time']}", last["deployment_id"])


def attach_to(in_flight: Resource, wanted: Location) -> Decision:
    """Follow the active deployment IN_FLIGHT if it is of WANTED, such as the one that a run started before it was killed."""
    deployment_id = in_flight["deployment_id"]
    if not is_same_release(wanted, in_flight.get("revision")):
        raise CodeDeployError(
            f"The deployment group {in_flight['deployment_group_name']!r} has an active deployment {deployment_id} "
            f"({in_flight['status']}, by {in_flight.get('creator', 'user')}) of {place_of(in_flight.get('revision'))}, "
            f"so {place_of(wanted)} cannot be deployed now. Wait until it has ended, or stop it, and run this task again."
        )
    return Decision("attach", f"{deployment_id} of this revision is in flight already", deployment_id)


def require_deployment_group(client: t.Any, application_name: str, name: str) -> Resource:
    """The deployment group as AWS describes it, in snake_case. Raises CodeDeployError if it, or its application, does not exist."""
    group = find_deployment_group(client, application_name, name)
    if group is None:
        require_application(client, application_name)
        raise CodeDeployError(
            f"deployment_group_name: application {application_name!r} has no deployment group {name!r} in {client.meta.region_name}. "
            "Create it with slipway.codedeploy.deployment_group, or check the name, the region and the account."
        )
    return group


def active_deployment_id(group: Resource) -> str | None:
    """The id of the deployment that GROUP is busy with; None if it is idle."""
    last = group.get("last_attempted_deployment") or {}
    return last["deployment_id"] if last.get("status") in ACTIVE else None
