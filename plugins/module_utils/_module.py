# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this collection's modules talk to Ansible: what they say for people is printable and holds no secret of a URL.

PRIVATE to the collection: it may change at any time.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common import warnings
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ._connections import Clients
from ._printable import printable, printable_result
from ._url_secrets import without_secrets

# Options whose values may have passwords in URLs.
_WITH_URLS = ("endpoint_url", "s3_connection", "aws_config")


class CodeDeployModule(Clients, AnsibleAWSModule):
    """A module of the collection. All its ways to end lead through `exit_json` and `fail_json`."""

    def _connection_options(self) -> t.Any:
        return self.params

    def warn(self, warning: str) -> None:
        """Warn the user. Not by way of amazon.aws, which adds to the result what ansible-core adds by itself, and is told off for it."""
        warn(warning)

    def exit_json(self, **result: t.Any) -> None:
        """End the module with RESULT."""
        self._conceal()
        super().exit_json(**printable_result(result))

    def fail_json(self, *message: str, **result: t.Any) -> None:
        """End the module with RESULT, which has the reason in `msg`, unless it is the MESSAGE."""
        self._conceal()
        super().fail_json(*map(_harmless, message), **printable_result(without_secrets(result)))

    def _conceal(self) -> None:
        """Ansible shows the options with the result, if it is asked for more."""
        self.params.update({name: without_secrets(self.params[name]) for name in _WITH_URLS if self.params.get(name)})


def warn(text: str) -> None:
    """Let the module's result warn of TEXT."""
    warnings.warn(_harmless(text))


def _harmless(text: str) -> str:
    return printable(without_secrets(text))
