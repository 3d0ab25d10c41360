# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inline policy of the IAM users of on-premises instances: the least privileges of a host agent.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import json
import typing as t


def policy_document(partition: str, buckets: t.Iterable[str]) -> str:
    """Return the least privileges of a host agent: to read bundles from BUCKETS (AWS user guide, "Create an IAM instance profile")."""
    resources = [f"arn:{partition}:s3:::{bucket if '/' in bucket else bucket + '/'}*" for bucket in buckets]
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, sort_keys=True)
