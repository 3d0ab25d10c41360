# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that control how the action plugin follows a deployment. Documented in the fragment `slipway.codedeploy.waiting`.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from .._validation import check_positive

# The arguments to AnsibleAWSModule of a module whose action plugin follows a deployment, besides its own.
WAITING_ARGUMENTS: dict[str, t.Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 3600},
    "wait_delay": {"type": "int"},
    "diagnose": {"type": "int", "default": 5},
}


# The options for following a deployment; `continue_when_ready` is an option of `deploy` alone.
_FOLLOWING = ("wait_timeout", "wait_delay", "diagnose", "continue_when_ready")


def waiting_options(params: t.Mapping[str, t.Any]) -> dict[str, t.Any] | None:
    """The options by which the action plugin follows a deployment; None if the task does not wait.

    A module returns them with its result, since its action plugin has no other source of their defaults: ansible-core 2.21 and newer return no
    `invocation` (ansible PR 86771).
    """
    if not params["wait"]:
        return None
    return {name: params.get(name) for name in _FOLLOWING}


def check_waiting_options(params: t.Mapping[str, t.Any]) -> None:
    """Raise InvalidOption for invalid numbers."""
    for option in ("wait_timeout", "wait_delay", "diagnose"):
        if params[option] is not None:
            check_positive(option, params[option])
