# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specification for the source of a release.

The options are documented in the fragment `slipway.codedeploy.source`. `rules` checks them, `releases` makes a release from them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._revisions.options import _LOCATIONS, _REVISION

_WHERE: dict[str, t.Any] = {
    "source": {"type": "path"},
    "s3_bucket": {"type": "str"},
    "s3_prefix": {"type": "str", "default": ""},
    "revision": {
        "type": "dict",
        "options": _REVISION,
        "mutually_exclusive": [_LOCATIONS],
        "required_one_of": [_LOCATIONS],
    },
}

_BUNDLE: dict[str, t.Any] = {
    "fail_on": {"type": "str", "choices": ["error", "warning", "never"], "default": "error"},
    "bundle_type": {"type": "str", "choices": ["zip", "tar", "tgz"]},
    "exclude": {"type": "list", "elements": "str", "default": []},
    "include": {"type": "list", "elements": "str", "default": []},
    "symlinks": {"type": "str", "choices": ["follow", "follow_outside", "preserve", "error"], "default": "follow"},
    "appspec": {"type": "raw"},
    "compression": {"type": "int", "default": 1},
}

_ACLS = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
)
# Without those whose objects must be restored before they can be read.
_STORAGE_CLASSES = (
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
)

_UPLOAD: dict[str, t.Any] = {
    "server_side_encryption": {"type": "str", "choices": ["AES256", "aws:kms", "aws:kms:dsse"]},
    "kms_key_id": {"type": "str", "no_log": False},
    "bucket_key_enabled": {"type": "bool"},
    "acl": {"type": "str", "choices": list(_ACLS)},
    "object_tags": {"type": "dict"},
    "metadata": {"type": "dict"},
    "storage_class": {"type": "str", "choices": list(_STORAGE_CLASSES)},
    # Those that botocore computes itself; others need another library.
    "checksum_algorithm": {"type": "str", "choices": ["CRC32", "SHA1", "SHA256"]},
    "expected_bucket_owner": {"type": "str"},
    "abort_incomplete": {"type": "bool", "default": False},
    "keep": {"type": "int"},
    "keep_younger_than": {"type": "int", "default": 86400},
    "s3_connection": {
        "type": "dict",
        "options": {
            "region": {"type": "str"},
            "endpoint_url": {"type": "str"},
            "profile": {"type": "str"},
            "access_key": {"type": "str", "no_log": False},
            "secret_key": {"type": "str", "no_log": True},
            "session_token": {"type": "str", "no_log": True},
        },
        "mutually_exclusive": [["profile", "access_key"]],
        "required_together": [["access_key", "secret_key"]],
    },
}

# The arguments to AnsibleAWSModule of a module with a source, besides its own.
SOURCE_ARGUMENTS: dict[str, t.Any] = {**_WHERE, **_BUNDLE, **_UPLOAD}
SOURCE_CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [["source", "revision"]],
    "required_one_of": [["source", "revision"]],
    "required_by": {"source": ["s3_bucket"]},
}


def source_options(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the options of this file from a module's PARAMS, with defaults for missing ones."""
    return {name: params.get(name, rules.get("default")) for name, rules in SOURCE_ARGUMENTS.items()}
