# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this collection's modules talk to Ansible: what they say for people is printable.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common import warnings
from ansible_collections.amazon.aws.plugins.module_utils import modules

from ._printable import printable, printable_result


class AnsibleAWSModule(modules.AnsibleAWSModule):
    """amazon.aws's module, whose messages and warnings cannot play with a terminal. All its ways to end lead through these two."""

    def exit_json(self, **result: t.Any) -> None:
        """End the module with RESULT."""
        super().exit_json(**printable_result(result))

    def fail_json(self, **result: t.Any) -> None:
        """End the module with RESULT, which has the reason in `msg`."""
        super().fail_json(**printable_result(result))


def warn(text: str) -> None:
    """Let the module's result warn of TEXT."""
    warnings.warn(printable(text))
