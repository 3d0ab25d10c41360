# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removal of secrets from URLs before people read them. Pure.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import re
import typing as t

HIDDEN = "***"

# The user information of a URL: up to the last @ before its path. A password with a slash, which should be encoded, is distinguished from a host
# with a port by the text after the colon.
_USERINFO = re.compile(
    r"(?<=://)(?:[^\s/?#\"'<>]*|[^\s/?#\"'<>@:\[\]]*:(?!\d{1,5}(?:[/?#\s\"']|$))[^\s\"'<>@]*)@",
)
# The parameters that authorize the holder of a presigned URL (Amazon S3 user guide, "Authenticating Requests: Using Query
# Parameters"), and identify its signer.
_SIGNATURE = re.compile(
    r"(X-Amz-(?:Signature|Security-Token|Credential)|AWSAccessKeyId|Signature)(=|%3D)[^&\s\"'<>,;)]+", re.I
)

Value = t.TypeVar("Value")


def without_secrets(value: Value) -> Value:
    """Return VALUE with the passwords and signatures of the URLs in its strings replaced, at any depth."""
    if isinstance(value, str):
        return t.cast("Value", _SIGNATURE.sub(rf"\1\2{HIDDEN}", _USERINFO.sub(f"{HIDDEN}@", value)))
    if isinstance(value, dict):
        return t.cast("Value", {name: without_secrets(each) for name, each in value.items()})
    if isinstance(value, list | tuple):
        return t.cast("Value", [without_secrets(each) for each in value])
    return value
