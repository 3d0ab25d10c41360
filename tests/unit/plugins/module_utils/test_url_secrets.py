# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a URL may hold that nobody is to read."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.codedeploy.plugins.module_utils._url_secrets import without_secrets

SIGNED = (
    "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Security-Token=Fwo%2BX&X-Amz-Signature=ab12&x=1"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            'Could not connect to "https://me:geheim@host:4566/path"',
            'Could not connect to "https://***@host:4566/path"',
        ),
        ("http://token@host/", "http://***@host/"),
        ("http://me:a@b:c@host/", "http://***@host/"),
        ("http://me:a/b@host:80/", "http://***@host:80/"),
        # This may be a host and its port.
        ("http://me:12/b@host", "http://me:12/b@host"),
        ("https://me:p%40w@[::1]:4566/", "https://***@[::1]:4566/"),
        ("first http://a:b@c, then https://d:e@f.", "first http://***@c, then https://***@f."),
        ("https://host:4566/path/a@b", "https://host:4566/path/a@b"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        ("mail me@example.org about s3://bucket/key", "mail me@example.org about s3://bucket/key"),
        (
            f"GET {SIGNED} failed",
            "GET https://b.s3.amazonaws.com/k?X-Amz-Credential=***&X-Amz-Security-Token=***&X-Amz-Signature=***&x=1 failed",
        ),
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab12", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=***"),
        ("?AWSAccessKeyId=AKIA&Expires=1&Signature=x%3D", "?AWSAccessKeyId=***&Expires=1&Signature=***"),
        ("back=https%3A%2F%2Fb%3FX-Amz-Signature%3Dab12", "back=https%3A%2F%2Fb%3FX-Amz-Signature%3D***"),
    ],
)
def test_secrets_in_urls_are_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
    assert without_secrets({"a": [(text, 1)], "b": None}) == {"a": [[shown, 1]], "b": None}
