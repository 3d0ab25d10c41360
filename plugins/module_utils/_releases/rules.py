# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the service and the host agent for the options of a source, checked before anything is read. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

from .._validation import InvalidOption, check_positive, check_tags

Options = t.Mapping[str, t.Any]

# botocore model: RevisionLocation, S3Location. By platform, the kinds of revision, each with its bundle types.
_BUNDLE_TYPES = {"Server": ("zip", "tar", "tgz"), "Lambda": ("YAML", "JSON"), "ECS": ("YAML", "JSON")}
_PLACES = {
    "Server": ("s3_location", "git_hub_location"),
    "Lambda": ("s3_location", "app_spec_content", "string"),
    "ECS": ("s3_location", "app_spec_content"),
}

# The options of a revision for a bucket and a repository.
_NAMES = (("s3_location", "bucket"), ("git_hub_location", "repository"))
# botocore's rule: wider than the rules for new buckets, because of old ones and ARNs of access points (botocore.handlers, validate_bucket_name).
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}|arn:\S+")

# A hundred years, in seconds.
_LONGEST_AGE = 100 * 365 * 86400

# Amazon S3 user guide, "Categorizing your objects using tags" and "Creating object key names".
_MOST_TAGS = 10
_TAG = re.compile(r"[\w +\-=.:/@]*")
_LONGEST_KEY = 1024
# The application's name (100 characters at most), the digest, a type and slashes.
_LONGEST_PREFIX = _LONGEST_KEY - 100 - 64 - 6


def check_source_options(options: Options) -> None:
    """Raise InvalidOption for options that cannot work."""
    if not 0 <= options["compression"] <= 9:
        raise InvalidOption(f"compression: {options['compression']} is out of range; set 0 to 9")
    if options["symlinks"] == "preserve" and options["bundle_type"] in (None, "zip"):
        raise InvalidOption(
            "symlinks: preserve requires bundle_type tar or tgz: the host agent drops links from a zip on hosts without `unzip`"
        )
    if len(options["s3_prefix"].encode()) > _LONGEST_PREFIX:
        raise InvalidOption(
            f"s3_prefix: {len(options['s3_prefix'].encode())} bytes are too many; use at most {_LONGEST_PREFIX}"
        )
    if options["keep"] is not None:
        check_positive("keep", options["keep"])
        if not options["source"]:
            raise InvalidOption("keep: requires source, because it removes bundles beside the one of the task")
    if not 0 <= options["keep_younger_than"] <= _LONGEST_AGE:
        raise InvalidOption(
            f"keep_younger_than: {options['keep_younger_than']} is out of range; set 0 to {_LONGEST_AGE} seconds"
        )
    _check_places(options)
    _check_encryption(options)
    _check_labels(options)


def _check_places(options: Options) -> None:
    revision = options["revision"] if isinstance(options["revision"], t.Mapping) else {}
    bucket, repository = ((revision.get(place) or {}).get(name) for place, name in _NAMES)
    for option, name in (("s3_bucket", options["s3_bucket"]), ("revision.s3_location.bucket", bucket)):
        if name is not None and not _BUCKET.fullmatch(name):
            raise InvalidOption(f"{option}: {name!r} is not a bucket name; use letters, digits and . - _")
    if repository is not None and not re.fullmatch(r"[^/\s]+/[^/\s]+", repository):
        raise InvalidOption(
            f"revision.git_hub_location.repository: {repository!r} is not a repository; expected something like OWNER/NAME"
        )


def _check_encryption(options: Options) -> None:
    algorithm = options["server_side_encryption"]
    if options["kms_key_id"] and algorithm not in ("aws:kms", "aws:kms:dsse"):
        raise InvalidOption(f"kms_key_id: requires server_side_encryption aws:kms or aws:kms:dsse, not {algorithm}")
    if options["bucket_key_enabled"] is not None and algorithm != "aws:kms":
        raise InvalidOption(f"bucket_key_enabled: requires server_side_encryption aws:kms, not {algorithm}")
    owner = options["expected_bucket_owner"]
    if owner is not None and not re.fullmatch(r"\d{12}", owner):
        raise InvalidOption(f"expected_bucket_owner: {owner!r} is not an account ID; use its 12 digits")


def _check_labels(options: Options) -> None:
    tags, metadata = options["object_tags"] or {}, options["metadata"] or {}
    check_tags("object_tags", tags)
    for text in (*tags, *tags.values()):
        if not _TAG.fullmatch(str(text)):
            raise InvalidOption(
                f"object_tags: {text!r} has invalid characters; use letters, digits, spaces and + - = . _ : / @"
            )
    if len(tags) > _MOST_TAGS:
        raise InvalidOption(f"object_tags: there are {len(tags)} tags; at most {_MOST_TAGS} are allowed")
    for name, value in metadata.items():
        if str(name).lower() == "slipway-digest":
            raise InvalidOption("metadata: slipway-digest is reserved for the collection; use another name")
        if not re.fullmatch(r"[!-~]+", str(name)) or not re.fullmatch(r"[ -~]*", str(value)):
            raise InvalidOption(
                f"metadata: {name!r}: {value!r} is not plain ASCII, the only characters that S3 metadata supports"
            )


def check_platform(platform: str, options: Options) -> None:
    """Raise InvalidOption if an application of PLATFORM (Server, Lambda or ECS) cannot have such a revision."""
    if options["source"]:
        if platform != "Server":
            raise InvalidOption(
                f"source: the application is of platform {platform}, which has no bundles; use {_choices(platform)}"
            )
        return
    (place, members), *_more = (
        (name, value) for name, value in options["revision"].items() if isinstance(value, t.Mapping)
    )
    if place not in _PLACES[platform]:
        raise InvalidOption(f"revision.{place}: not supported for {platform} applications; use {_choices(platform)}")
    if place == "s3_location" and members["bundle_type"] not in _BUNDLE_TYPES[platform]:
        allowed = ", ".join(_BUNDLE_TYPES[platform])
        raise InvalidOption(
            f"revision.s3_location.bundle_type: {members['bundle_type']!r} is not supported for {platform} applications; "
            f"use {allowed}"
        )


def _choices(platform: str) -> str:
    return " or ".join(f"revision.{place}" for place in _PLACES[platform])
