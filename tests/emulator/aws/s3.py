# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""S3, read from moto's own state: the objects that revisions are."""

from __future__ import annotations

from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from .missing import MissingError


def read_object(
    account: str, region: str, bucket: str, key: str, version: str | None = None, etag: str | None = None
) -> bytes:
    """The content of an object, of its newest version unless one is named. Raises MissingError, also for another ETag."""
    name = f"s3://{bucket}/{key}"
    try:
        found = s3_backends[account][get_partition(region)].get_object(bucket, key, version)
    except MissingBucket:
        raise MissingError(f"There is no bucket for {name}.") from None
    if found is None:
        raise MissingError(f"There is no object {name}." if version is None else f"{name} has no version {version}.")
    if etag is not None and found.etag.strip('"') != etag.strip('"'):
        raise MissingError(f"The ETag of {name} is {found.etag}, not {etag}.")
    return bytes(found.value)
