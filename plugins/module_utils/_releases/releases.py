# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases: their locations, their sources, and their upload.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import contextlib
import functools
import pathlib
import typing as t
from dataclasses import dataclass, field, replace

from ansible.module_utils.basic import missing_required_lib

from .._appspec.content import bundled_appspec
from .._aws.calls import Connect, not_checked
from .._aws.time_limits import upload_config
from .._bundle.bundle import Facts, TreeBundle
from .._bundle.manifest import BundleError
from .._bundle.reading import begin_reading
from .._bundle.ready import ReadyBundle, read_ready
from .._bundle.selection import read_selection
from .._errors import CodeDeployError
from .._revisions.api import find_revision
from .._revisions.locations import Location, content_of, identity_of, location_from_options, place_of
from .appspecs import check_bundle, check_content, shipped_bundle
from .buckets import StoredObject, find_object
from .options import source_options
from .uploads import ABSENT, UploadSettings, is_overtaken, upload_bundle, upload_settings

Resource = dict[str, t.Any]

# The bundle of a source that is being read; calling this waits for it.
Begun = t.Callable[[], "TreeBundle | ReadyBundle"]


@dataclass(frozen=True)
class Release:
    """A release to deploy: its present or future location, and its bundle, if it has a source.

    A bundle that is already stored has its ETag in the location; one that is still to be uploaded does not. WARNINGS are for the
    user, about its AppSpec. UNDONE is the deployment that it undoes, if the group returns to an earlier revision.
    KNOWN is AWS's record of a registered revision. RESTARTED is the deployment of the running revision, if it
    is only restarted; empty if there is none.
    """

    location: Location
    bundle: TreeBundle | ReadyBundle | None = None
    upload: UploadSettings = field(default_factory=UploadSettings)
    warnings: tuple[str, ...] = ()
    undone: str | None = None
    known: Resource | None = None
    restarted: Resource | None = None

    @property
    def restarts(self) -> bool:
        """Whether the group only restarts what it runs."""
        return self.restarted is not None

    @property
    def identity(self) -> Location | None:
        """The location that identifies the release; None for a restart. A key with the digest is sufficient: another ETag comes from another
        compressor."""
        if self.restarts:
            return None
        if self.bundle is None:
            return identity_of(self.location)
        place = {name: self.location["s3_location"][name] for name in ("bucket", "key", "bundle_type")}
        return {**self.location, "s3_location": place}

    @property
    def is_stored(self) -> bool:
        """Whether there is nothing to upload."""
        return self.bundle is None or "e_tag" in self.location["s3_location"]

    @property
    def facts(self) -> Facts | None:
        """The facts of the bundle for the module's result; None for a prebuilt release."""
        if self.bundle is None:
            return None
        return {**self.bundle.facts, "uploaded": not self.is_stored}


def begin_bundle(options: Resource) -> Begun | None:
    """Begin to read the options' source in the background, if there is one. Raise CodeDeployError if it cannot be bundled."""
    if not options["source"]:
        return None
    source = pathlib.Path(options["source"])
    if source.is_file():
        return functools.partial(read_ready, source, options["bundle_type"])
    bundle_type, level = options["bundle_type"] or "zip", options["compression"]
    with _option_named():
        selection = read_selection(source, options["exclude"], options["include"])
        appspec = bundled_appspec(options["appspec"])
        packed_at = level if bundle_type == "zip" else None
        reading = begin_reading(source, selection, options["symlinks"], appspec, packed_at)
    return lambda: TreeBundle(reading.manifest(), bundle_type, level, reading.packed())


@contextlib.contextmanager
def _option_named() -> t.Iterator[None]:
    """Raise a BundleError as a CodeDeployError that names the option."""
    try:
        yield
    except BundleError as error:
        raise CodeDeployError(f"{error.option}: {error}") from error


def wanted_release(connect: Connect, params: Resource, platform: str, begun: Begun | None) -> Release:
    """Return the release that a module's PARAMS name, for an application of PLATFORM. BEGUN is its bundle, if it has a source.

    Nothing is written. Raise CodeDeployError if it cannot be built or found, or its AppSpec is refused.
    """
    options = source_options(params)
    if begun is None:
        release = _existing_release(connect, params["application_name"], options["revision"])
    else:
        s3 = connect("s3")
        with _option_named():
            bundle = begun()
        release = _release_of(s3, params["application_name"], bundle, options)
    return replace(release, warnings=release.warnings + _appspec_warnings(release, platform, options["fail_on"]))


def _appspec_warnings(release: Release, platform: str, fail_on: str) -> tuple[str, ...]:
    """The warnings of the check of the release's AppSpec, where it is at hand. Raises CodeDeployError if it is refused."""
    try:
        if release.bundle is not None:
            with _option_named():
                return check_bundle(shipped_bundle(release.bundle), fail_on)
        content = content_of(release.location)
        return check_content(content, platform, fail_on) if content else ()
    except ImportError as error:
        raise CodeDeployError(missing_required_lib("PyYAML", reason="to check the AppSpec")) from error


def _release_of(s3: t.Any, application_name: str, bundle: TreeBundle | ReadyBundle, options: Resource) -> Release:
    """Return the release of BUNDLE; its key in the bucket has the digest of its content."""
    bucket, prefix = options["s3_bucket"], options["s3_prefix"].strip("/")
    key = "/".join(part for part in (prefix, application_name, f"{bundle.digest}.{bundle.bundle_type}") if part)
    stored, settings = find_object(s3, bucket, key, owner=options["expected_bucket_owner"]), upload_settings(options)
    if stored is None:
        settings = replace(settings, condition=ABSENT)
    elif stored.digest != bundle.digest:  # an object that is not ours is replaced
        stored = None
    return Release(_bundle_location(bucket, key, bundle.bundle_type, stored), bundle, settings)


def _bundle_location(bucket: str, key: str, bundle_type: str, stored: StoredObject | None) -> Location:
    place = {"bucket": bucket, "key": key, "bundle_type": bundle_type}
    if stored:
        place |= {"e_tag": stored.e_tag, **({"version": stored.version} if stored.version else {})}
    return {"revision_type": "S3", "s3_location": place}


def _existing_release(connect: Connect, application_name: str, revision: Resource) -> Release:
    """Return the existing release REVISION. Raise CodeDeployError if there is no such revision."""
    location = location_from_options(revision)
    known = find_revision(connect("codedeploy"), application_name, location)
    if known is not None:
        return Release(location, known=known)
    try:
        _require_existing(connect, application_name, location)
    except CodeDeployError as error:
        # The hosts, not the controller, get it from S3, so the controller may lack the permission.
        return Release(location, warnings=(not_checked(error),))
    return Release(location)


def _require_existing(connect: Connect, application_name: str, location: Location) -> None:
    """Raise CodeDeployError for a revision that is neither registered nor stored. The service looks up a GitHub commit for the hosts."""
    unknown = f"revision: {place_of(location)} is not registered with application {application_name!r}"
    if location["revision_type"] in ("AppSpecContent", "String") and identity_of(location) == location:
        raise CodeDeployError(f"{unknown}, and its content is missing; set content or path")
    check_object(connect, location, unknown)


def check_object(connect: Connect, location: Location, known: str) -> None:
    """Raise CodeDeployError if LOCATION is in S3, but does not exist, or has been replaced. KNOWN is the beginning of the message."""
    if location["revision_type"] != "S3":
        return
    place = location["s3_location"]
    found = find_object(
        connect("s3"), place["bucket"], place["key"], place.get("version"), option="revision.s3_location"
    )
    if found is None:
        raise CodeDeployError(f"{known}, and the bucket has no such object")
    if place.get("e_tag") not in (None, found.e_tag):
        raise CodeDeployError(
            f"revision: {place_of(location)} has the ETag {found.e_tag!r}, not {place['e_tag']!r}: the object has been replaced since"
        )


def find_registration(client: t.Any, application_name: str, release: Release) -> Resource | None:
    """Return AWS's record of RELEASE as a revision of the application; None if it is not registered, as before its upload."""
    if release.bundle is None:
        return release.known
    return find_revision(client, application_name, release.location) if release.is_stored else None


def store_release(connect: Connect, release: Release) -> Location:
    """Store the release's bundle, unless it is stored already, and return the location with the ETag that pins this object."""
    if release.bundle is None or release.is_stored:
        return release.location
    place, s3 = release.location["s3_location"], connect("s3", config=upload_config())
    try:
        with _option_named():
            stored = upload_bundle(s3, release.bundle, place["bucket"], place["key"], release.upload)
    except CodeDeployError as error:
        found = is_overtaken(error) and find_object(
            s3, place["bucket"], place["key"], owner=release.upload.place.get("ExpectedBucketOwner")
        )
        if not found or found.digest != release.bundle.digest:
            raise
        stored = found  # another run has stored the same bundle first
    return _bundle_location(place["bucket"], place["key"], place["bundle_type"], stored)
