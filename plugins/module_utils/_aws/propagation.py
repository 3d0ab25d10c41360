# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Propagation: wait until CodeDeploy knows what another AWS service has just created: a role, a user, a topic.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t
from time import sleep

from .._errors import CodeDeployError
from .calls import error_code

# How CodeDeploy refuses a role or user that IAM has not propagated to it yet.
IAM_PENDING = ("InvalidRoleException", "InvalidIamUserArnException")
# Seconds between two attempts.
PAUSE = 5
# Seconds to wait where the task has no option for it.
WAIT_TIMEOUT = 60


def is_pending(error: CodeDeployError) -> bool:
    """Whether ERROR may pass: a role that cannot be assumed, a topic that is not valid (as the service words it; hashicorp/terraform, pull request 5599)."""
    topic = error_code(error) == "InvalidTriggerConfigException" and "Topic ARN" in str(error)
    return topic or error_code(error) in IAM_PENDING


def write_patiently(write: t.Callable[[], t.Any], wait_timeout: int = WAIT_TIMEOUT) -> t.Any:
    """Return what WRITE returns, which is repeated for WAIT_TIMEOUT seconds while its error may pass."""
    for _attempt in range(wait_timeout // PAUSE):
        try:
            return write()
        except CodeDeployError as error:
            if not is_pending(error):
                raise
        sleep(PAUSE)
    return write()
