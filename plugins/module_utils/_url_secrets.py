# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in URLs, kept out of what people read. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

HIDDEN = "***"

# What stands before the host of a URL: up to the last @ before its path. A password that holds a slash, which should be encoded, is told from a host
# with a port by what follows the colon.
_USERINFO = re.compile(
    r"(?<=://)(?:[^\s/?#\"'<>]*|[^\s/?#\"'<>@:\[\]]*:(?!\d{1,5}(?:[/?#\s\"']|$))[^\s\"'<>@]*)@",
)
# By what a presigned URL lets its holder in (Amazon S3 user guide, "Authenticating Requests: Using Query Parameters"), and who signed it.
_SIGNATURE = re.compile(
    r"(X-Amz-(?:Signature|Security-Token|Credential)|AWSAccessKeyId|Signature)(=|%3D)[^&\s\"'<>,;)]+", re.I
)

Value = t.TypeVar("Value")


def without_secrets(value: Value) -> Value:
    """VALUE with the passwords and signatures of the URLs in its strings replaced, however deep they are."""
    if isinstance(value, str):
        return t.cast("Value", _SIGNATURE.sub(rf"\1\2{HIDDEN}", _USERINFO.sub(f"{HIDDEN}@", value)))
    if isinstance(value, dict):
        return t.cast("Value", {name: without_secrets(each) for name, each in value.items()})
    if isinstance(value, list | tuple):
        return t.cast("Value", [without_secrets(each) for each in value])
    return value
