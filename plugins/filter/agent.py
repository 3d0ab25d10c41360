# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role `agent`, which cannot have its own plugins in a collection; each is documented in the file with its name."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ..plugin_utils._agent_options import Plan, option_problems
from ..plugin_utils._quoting import UnquotableValue, quoted


def agent_option_problems(options: dict[str, t.Any], plan: dict[str, t.Any]) -> list[str]:
    """Return the problems with OPTIONS of the role, given the PLAN that the role has derived."""
    return option_problems(options, Plan(**plan))


def agent_quoted(value: t.Any, form: str) -> str:
    """Return VALUE as the format FORM writes it."""
    try:
        return quoted(value, form)
    except UnquotableValue as error:
        raise AnsibleFilterError(f"agent_quoted: {error}") from error


class FilterModule:
    """The filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Return the filters by name."""
        return {"agent_option_problems": agent_option_problems, "agent_quoted": agent_quoted}
