# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that name a revision.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._validation import InvalidOption

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


def revision_options(option: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return GIVEN, an element of OPTION, as Ansible would convert the option `revision`. Raise InvalidOption if it is invalid."""
    checked = ArgumentSpecValidator(_REVISION, mutually_exclusive=[_LOCATIONS], required_one_of=[_LOCATIONS]).validate(
        given
    )
    if checked.error_messages:
        raise InvalidOption(f"{option}: {'; '.join(checked.error_messages)}")
    return dict(checked.validated_parameters)
