# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options by which a module is told what a release is made of: their specification, and the connections they ask for.

They are documented in the fragment `slipway.codedeploy.source`. _source_rules.py checks them, _releases.py makes a release of them.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import functools
import gc
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._errors import Connect
from ._validation import InvalidOption

_CONTENT = {"content": {"type": "raw"}, "path": {"type": "path"}, "sha256": {"type": "str"}}
_CONTENT_RULES = {
    "type": "dict",
    "options": _CONTENT,
    "mutually_exclusive": [["content", "path"]],
    "required_one_of": [["content", "path", "sha256"]],
}
_LOCATIONS = ["s3_location", "git_hub_location", "app_spec_content", "string"]

_REVISION: dict[str, t.Any] = {
    "revision_type": {"type": "str", "choices": ["S3", "GitHub", "String", "AppSpecContent"]},
    "s3_location": {
        "type": "dict",
        "options": {
            "bucket": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
            "bundle_type": {"type": "str", "choices": ["zip", "tar", "tgz", "YAML", "JSON"], "default": "zip"},
            "version": {"type": "str"},
            "e_tag": {"type": "str"},
        },
    },
    "git_hub_location": {
        "type": "dict",
        "options": {
            "repository": {"type": "str", "required": True},
            "commit_id": {"type": "str", "required": True},
        },
    },
    "app_spec_content": _CONTENT_RULES,
    "string": _CONTENT_RULES,
}

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
# Not those from which an object must be restored before it can be read.
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
    # Those that botocore computes by itself; the others need a library more.
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

# What a module that takes a source gives to AnsibleAWSModule, beside what is its own.
SOURCE_ARGUMENTS: dict[str, t.Any] = {**_WHERE, **_BUNDLE, **_UPLOAD}
SOURCE_CONSTRAINTS: dict[str, t.Any] = {
    "mutually_exclusive": [["source", "revision"]],
    "required_one_of": [["source", "revision"]],
    "required_by": {"source": ["s3_bucket"]},
}


def revision_options(option: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """GIVEN, an element of OPTION, as Ansible would make it if it were the option `revision`. Raises InvalidOption if it could not be that."""
    checked = ArgumentSpecValidator(_REVISION, mutually_exclusive=[_LOCATIONS], required_one_of=[_LOCATIONS]).validate(
        given
    )
    if checked.error_messages:
        raise InvalidOption(f"{option}: {'; '.join(checked.error_messages)}")
    return dict(checked.validated_parameters)


def source_options(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options of this file out of a module's PARAMS, each with its default if it is not there."""
    return {name: params.get(name, rules.get("default")) for name, rules in SOURCE_ARGUMENTS.items()}


def connections(module: t.Any) -> Connect:
    """How MODULE gets its clients, one a service, with S3 reached as the option `s3_connection` says."""
    apart = client_options(module.params["s3_connection"] or {})
    # What is imported, and botocore's data after it, stays until the end: Python need not look through it for garbage again and again.
    gc.freeze()

    @functools.cache
    def connect(service: str, **settings: t.Any) -> t.Any:
        client = module.client(service, **(apart if service == "s3" else {}), **settings)
        gc.freeze()
        return client

    return connect


def client_options(connection: t.Mapping[str, str | None]) -> dict[str, str | None]:
    """The option `s3_connection` as AnsibleAWSModule.client takes it. Credentials replace those of the module as a whole."""
    places = {"region": connection.get("region"), "endpoint": connection.get("endpoint_url")}
    given = {name: value for name, value in places.items() if value}
    if connection.get("profile") or connection.get("access_key"):
        return {
            **given,
            "profile_name": connection.get("profile"),
            "aws_access_key_id": connection.get("access_key"),
            "aws_secret_access_key": connection.get("secret_key"),
            "aws_session_token": connection.get("session_token"),
        }
    return dict(given)
