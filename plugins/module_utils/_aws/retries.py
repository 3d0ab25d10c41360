# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries of a call while AWS is busy or its responses are lost.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .time_limits import SILENCE, is_final

Function = t.TypeVar("Function", bound=t.Callable[..., t.Any])

# The error codes of a service that is busy.
BUSY = ("ThrottlingException", "RequestTimeout", "RequestTimeoutException", "SlowDown")


class BusyRetry(AWSRetry):
    """A retry while AWS is busy or responses are lost, as long as the patience with the service lasts, and for no other reason."""

    base_class = Exception

    @staticmethod
    def status_code_from_exception(error: t.Any) -> str:
        if is_final(error):
            return ""
        response = getattr(error, "response", None)
        return str(response["Error"]["Code"] if response else type(error).__name__)


def retried(function: Function) -> Function:
    """Decorate a call: retry it while AWS is busy or does not respond."""
    extra = [*BUSY, *SILENCE]
    return BusyRetry.jittered_backoff(retries=8, delay=1, max_delay=20, catch_extra_error_codes=extra)(function)
