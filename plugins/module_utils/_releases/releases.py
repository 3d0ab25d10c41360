# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release: where it is or will be, what it is made of, and how it gets into its bucket.

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
from .._aws.calls import CodeDeployError, Connect, not_checked
from .._aws.patience import upload_config
from .._bundle.bundle import Facts, TreeBundle
from .._bundle.manifest import BundleError
from .._bundle.reading import begin_reading
from .._bundle.ready import ReadyBundle, read_ready
from .._bundle.selection import read_selection
from .._revisions.api import find_revision
from .._revisions.locations import Location, content_of, identity_of, location_from_options, place_of
from .appspecs import check_bundle, check_content, shipped_bundle
from .buckets import StoredObject, find_object
from .options import source_options
from .uploads import ABSENT, UploadSettings, is_overtaken, upload_bundle, upload_settings

Resource = dict[str, t.Any]

# The bundle of a source that is being read; it is waited for.
Begun = t.Callable[[], "TreeBundle | ReadyBundle"]


@dataclass(frozen=True)
class Release:
    """What is to be deployed: where it is or will be, and its bundle, if it is made of a source.

    A bundle that is at its place already has its ETag in the location; one that is still to be uploaded has not. WARNINGS are for the
    user: what is strange about its AppSpec. UNDONE is the deployment that it undoes, where the group goes back to an earlier revision.
    KNOWN is what AWS knows of a revision that was registered before. RESTARTED is the deployment that has brought it, if it
    is but to be restarted; empty if there is none.
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
        """Whether nothing is shipped, but what the group runs is restarted."""
        return self.restarted is not None

    @property
    def identity(self) -> Location | None:
        """The location by which the release is recognised; None for a restart. A key made of the digest says all: another ETag is another
        compressor at work."""
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
        """The bundle as the module returns it; None for a release that was made elsewhere."""
        if self.bundle is None:
            return None
        return {**self.bundle.facts, "uploaded": not self.is_stored}


def begin_bundle(options: Resource) -> Begun | None:
    """Begin to read the options' source, if there is one, beside what else there is to do. Raises CodeDeployError if it is no bundle."""
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
    """The release that a module's PARAMS name, for an application of PLATFORM; its bundle, if it has a source, was BEGUN before.

    Nothing is written. Raises CodeDeployError if it cannot be made or found, or its AppSpec is refused.
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
    """The release of BUNDLE; its key in the bucket carries the digest of its content."""
    bucket, prefix = options["s3_bucket"], options["s3_prefix"].strip("/")
    key = "/".join(part for part in (prefix, application_name, f"{bundle.digest}.{bundle.bundle_type}") if part)
    stored, settings = find_object(s3, bucket, key, owner=options["expected_bucket_owner"]), upload_settings(options)
    if stored is None:
        settings = replace(settings, condition=ABSENT)
    elif stored.digest != bundle.digest:  # not of our making: it is replaced
        stored = None
    return Release(_bundle_location(bucket, key, bundle.bundle_type, stored), bundle, settings)


def _bundle_location(bucket: str, key: str, bundle_type: str, stored: StoredObject | None) -> Location:
    place = {"bucket": bucket, "key": key, "bundle_type": bundle_type}
    if stored:
        place |= {"e_tag": stored.e_tag, **({"version": stored.version} if stored.version else {})}
    return {"revision_type": "S3", "s3_location": place}


def _existing_release(connect: Connect, application_name: str, revision: Resource) -> Release:
    """The release that exists already as REVISION. Raises CodeDeployError if there is no such revision."""
    location = location_from_options(revision)
    known = find_revision(connect("codedeploy"), application_name, location)
    if known is not None:
        return Release(location, known=known)
    try:
        _require_existing(connect, application_name, location)
    except CodeDeployError as error:
        # The hosts get it from S3, not the controller, which need not be allowed to.
        return Release(location, warnings=(not_checked(error),))
    return Release(location)


def _require_existing(connect: Connect, application_name: str, location: Location) -> None:
    """A revision that is not registered must at least be there. A GitHub commit is looked up by the service, on the hosts' behalf."""
    unknown = (
        f"revision: unknown revision {place_of(location)}: it is not registered with application {application_name!r}"
    )
    if location["revision_type"] in ("AppSpecContent", "String") and identity_of(location) == location:
        raise CodeDeployError(f"{unknown}, and its content was not given")
    check_object(connect, location, unknown)


def check_object(connect: Connect, location: Location, known: str) -> None:
    """Raise CodeDeployError if LOCATION is in S3 and not there, or another bundle by now. KNOWN is what is known of it else, for the message."""
    if location["revision_type"] != "S3":
        return
    place = location["s3_location"]
    found = find_object(
        connect("s3"), place["bucket"], place["key"], place.get("version"), option="revision.s3_location"
    )
    if found is None:
        raise CodeDeployError(f"{known}, and the bucket holds no such object")
    if place.get("e_tag") not in (None, found.e_tag):
        raise CodeDeployError(
            f"revision: {place_of(location)} has the ETag {found.e_tag!r}, not {place['e_tag']!r}: it is another bundle by now"
        )


def find_registration(client: t.Any, application_name: str, release: Release) -> Resource | None:
    """What AWS knows of RELEASE as a revision of the application; None if it is not registered. What is still to be uploaded is not."""
    if release.bundle is None:
        return release.known
    return find_revision(client, application_name, release.location) if release.is_stored else None


def store_release(connect: Connect, release: Release) -> Location:
    """Put the release's bundle at its place, unless it is there, and return the location with the ETag that pins this very object."""
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
        stored = found  # another run was faster with the same
    return _bundle_location(place["bucket"], place["key"], place["bundle_type"], stored)
