# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options by which a revision is named.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

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
