# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of the JSON protocol, signed but not sent, so that a test can spoil them."""

from __future__ import annotations

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ..emulator import ACCESS_KEY, REGION, SECRET_KEY

ROOT = Credentials(ACCESS_KEY, SECRET_KEY)


def signed_headers(
    endpoint: str,
    target: str,
    body: bytes,
    *,
    credentials: Credentials = ROOT,
    service: str = "codedeploy",
    region: str = REGION,
) -> dict[str, str]:
    """All headers of a ``POST /`` of ``body`` to the operation that ``target`` names."""
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
    request = AWSRequest("POST", f"{endpoint}/", headers, body)
    SigV4Auth(credentials, service, region).add_auth(request)
    return dict(request.headers.items())
