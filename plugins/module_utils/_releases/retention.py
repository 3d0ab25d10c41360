# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retention: which of an application's bundles in S3 have expired, and the calls that find and remove them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from .._aws.answers import pages
from .._aws.calls import Connect, aws_call
from .._batches import batches
from .._errors import CodeDeployError
from .._revisions.locations import Location

# The name of a bundle stored by this collection: the digest of its content, and its type.
_BUNDLE = re.compile(r"[0-9a-f]{64}\.(zip|tar|tgz)")

# DeleteObjects takes 1,000 keys (botocore model: DeleteObjectsRequest).
KEYS_A_CALL = 1000

# A module's options: application_name, s3_bucket, expected_bucket_owner, keep, keep_younger_than.
Params = t.Mapping[str, t.Any]


class StoredBundle(t.NamedTuple):
    """A bundle in S3: its key, and when it was stored."""

    key: str
    time: datetime.datetime


class Expired(t.NamedTuple):
    """The KEYS of the expired bundles, the oldest first, and the number that were SPARED because they are young."""

    keys: list[str]
    spared: int


@aws_call("list the bundles in S3")
def _list_objects(s3: t.Any, **request: t.Any) -> list[dict[str, t.Any]]:
    return [found for page in pages(s3, "list_objects_v2", **request) for found in page.get("Contents", [])]


@aws_call("remove expired bundles from S3")
def _delete_objects(s3: t.Any, keys: list[str], **place: t.Any) -> list[dict[str, str]]:
    answer = s3.delete_objects(**place, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
    return list(answer.get("Errors", []))


def surplus_bundles(stored: t.Iterable[StoredBundle], current: str, keep: int) -> list[StoredBundle]:
    """Return those STORED bundles that are surplus if the newest KEEP stay, the oldest first.

    CURRENT is the key of the task's bundle, which counts as the newest. Only bundles in the same folder with such names are surplus.
    """
    folder = current.rpartition("/")[0]
    others = [
        bundle
        for bundle in stored
        if bundle.key != current
        and bundle.key.rpartition("/")[0] == folder
        and _BUNDLE.fullmatch(bundle.key.rpartition("/")[2])
    ]
    others.sort(key=lambda bundle: (bundle.time, bundle.key))
    return others[: max(0, len(others) - (keep - 1))]


def expired_bundles(surplus: t.Iterable[StoredBundle], used: t.Container[str], young: datetime.datetime) -> Expired:
    """Return the expired bundles of the SURPLUS: all except those that are USED, or were stored since the time YOUNG.

    A run that has stored a bundle may be about to deploy it, which AWS does not know yet.
    """
    unused = [bundle for bundle in surplus if bundle.key not in used]
    keys = [bundle.key for bundle in unused if bundle.time < young]
    return Expired(keys, len(unused) - len(keys))


def find_expired(connect: Connect, params: Params, location: Location) -> Expired:
    """Return the bundles beside LOCATION that expire by the option `keep` of a module's PARAMS; none without the option."""
    if params["keep"] is None:
        return Expired([], 0)
    place = location["s3_location"]
    folder = place["key"].rpartition("/")[0]
    found = _list_objects(connect("s3"), Prefix=f"{folder}/", Delimiter="/", **_bucket(params))
    stored = [StoredBundle(each["Key"], each["LastModified"]) for each in found]
    surplus = surplus_bundles(stored, place["key"], params["keep"])
    young = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=params["keep_younger_than"])
    return expired_bundles(surplus, used_keys(connect, params) if surplus else (), young)


def used_keys(connect: Connect, params: Params) -> set[str]:
    """Return the keys in the bucket that a deployment group of the application has as target, last successful or last attempted revision."""
    # Imported here, because most tasks keep everything, and each task compiles its imports anew.
    from .uses import find_uses

    uses = find_uses(connect("codedeploy"), params["application_name"])
    places = [use.location.get("s3_location", {}) for use in uses]
    return {place["key"] for place in places if place.get("bucket") == params["s3_bucket"]}


def remove_bundles(connect: Connect, params: Params, keys: list[str]) -> list[str]:
    """Remove the bundles KEYS, except for those that a group has started to use meanwhile; return the keys of the removed ones.

    Raise CodeDeployError if S3 does not remove all of them.
    """
    if not keys:
        return []
    used = used_keys(connect, params)
    unused = [key for key in keys if key not in used]
    for batch in batches(unused, KEYS_A_CALL):
        _require_removed(params["s3_bucket"], _delete_objects(connect("s3"), batch, **_bucket(params)))
    return unused


def _bucket(params: Params) -> dict[str, str]:
    owner = params["expected_bucket_owner"]
    return {"Bucket": params["s3_bucket"], **({"ExpectedBucketOwner": owner} if owner else {})}


def _require_removed(bucket: str, errors: list[dict[str, str]]) -> None:
    if errors:
        first = errors[0]
        raise CodeDeployError(
            f"keep: {len(errors)} expired bundles in s3://{bucket} could not be removed, the first of them {first.get('Key')}: "
            f"{first.get('Code')}: {first.get('Message')}. The credentials need s3:DeleteObject on the bundles"
        )
