# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what another AWS service has made and CodeDeploy does not know yet: a role, a topic.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from time import sleep

from .calls import IAM_PENDING, CodeDeployError, error_code

# Seconds between two attempts.
PAUSE = 5


def is_pending(error: CodeDeployError) -> bool:
    """Whether ERROR may pass: a role that cannot be assumed, a topic that is not valid (as the service words it; hashicorp/terraform, pull request 5599)."""
    topic = error_code(error) == "InvalidTriggerConfigException" and "Topic ARN" in str(error)
    return topic or error_code(error) in IAM_PENDING


def write_patiently(write: t.Callable[[], t.Any], wait_timeout: int) -> t.Any:
    """What WRITE returns, which is tried again for WAIT_TIMEOUT seconds while its error may pass."""
    for _attempt in range(wait_timeout // PAUSE):
        try:
            return write()
        except CodeDeployError as error:
            if not is_pending(error):
                raise
        sleep(PAUSE)
    return write()
