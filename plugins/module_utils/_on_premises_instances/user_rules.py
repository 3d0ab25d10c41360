# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for the options of IAM users of on-premises instances, and the policy of these users.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

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
    """The account of instances and their users."""

    partition: str
    number: str
    region: str

    def user_arn(self, path: str, name: str) -> str:
        """Return the ARN of an IAM user of the account."""
        return f"arn:{self.partition}:iam::{self.number}:user{path}{name}"


@dataclass(frozen=True)
class UserOptions:
    """The option `iam_user`: the users' PATH, and the BUCKETS (optionally with a prefix) from which hosts may read bundles."""

    path: str
    buckets: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Credentials:
    """A user's only access key. It has no repr, so that the secret does not get into a message by accident."""

    iam_user_arn: str
    access_key_id: str
    secret_access_key: str


def check_user_options(option: str, options: UserOptions, names: t.Iterable[str]) -> None:
    """Raise InvalidOption unless users with these OPTIONS can be created for the instances NAMES."""
    if not PATH.fullmatch(options.path):
        raise InvalidOption(f"{option}.path: {options.path!r} is not a valid path; it must begin and end with /")
    for bucket in options.buckets:
        if not BUCKET.fullmatch(bucket):
            raise InvalidOption(
                f"{option}.buckets: {bucket!r} is not a bucket name, optionally followed by / and a prefix; fix it"
            )
    for name in names:
        if len(name) > LONGEST_NAME:
            raise InvalidOption(
                f"{option}: {name!r} has {len(name)} characters, but an IAM user's name may have at most {LONGEST_NAME}; use a shorter name"
            )
