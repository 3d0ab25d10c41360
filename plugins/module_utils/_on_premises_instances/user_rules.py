# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the IAM users of on-premises instances, what IAM would refuse, and the policy that they get.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass

from .._validation import InvalidOption

# AWS IAM API reference, CreateUser; Amazon S3 user guide, "Bucket naming rules".
LONGEST_NAME = 64


PATH = re.compile(r"/([!-.0-~][!-~]{0,508}/)?")


BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^*?]*)?")


@dataclass(frozen=True)
class Account:
    """Where instances and their users live."""

    partition: str
    number: str
    region: str

    def user_arn(self, path: str, name: str) -> str:
        """The ARN of an IAM user of the account."""
        return f"arn:{self.partition}:iam::{self.number}:user{path}{name}"


@dataclass(frozen=True)
class UserOptions:
    """What the option `iam_user` says: the users' PATH, and the BUCKETS (with a prefix, perhaps) that hosts may read bundles from."""

    path: str
    buckets: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Credentials:
    """A user's only access key. Without a repr, so that the secret does not get into a text by accident."""

    iam_user_arn: str
    access_key_id: str
    secret_access_key: str


def check_user_options(option: str, options: UserOptions, names: t.Iterable[str]) -> None:
    """Raise InvalidOption unless users with these OPTIONS can be made for the instances NAMES."""
    if not PATH.fullmatch(options.path):
        raise InvalidOption(f"{option}.path: {options.path!r} is not a path, which begins and ends with /")
    for bucket in options.buckets:
        if not BUCKET.fullmatch(bucket):
            raise InvalidOption(
                f"{option}.buckets: {bucket!r} is not the name of a bucket, which / and a prefix may follow"
            )
    for name in names:
        if len(name) > LONGEST_NAME:
            raise InvalidOption(
                f"{option}: {name!r} has {len(name)} characters, the name of an IAM user has {LONGEST_NAME} at most"
            )


def policy_document(partition: str, buckets: t.Iterable[str]) -> str:
    """The least that a host agent needs: to read bundles from BUCKETS (AWS user guide, "Create an IAM instance profile")."""
    resources = [f"arn:{partition}:s3:::{bucket if '/' in bucket else bucket + '/'}*" for bucket in buckets]
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
