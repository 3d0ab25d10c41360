# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role `agent`, which as part of a collection cannot have plugins of its own; each is documented in the file of its name."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ..plugin_utils._agent_options import Plan, option_problems
from ..plugin_utils._quoting import UnquotableValue, quoted


def agent_option_problems(options: dict[str, t.Any], plan: dict[str, t.Any]) -> list[str]:
    """What is wrong with OPTIONS of the role, with PLAN as the role has derived it."""
    return option_problems(options, Plan(**plan))


def agent_quoted(value: t.Any, form: str) -> str:
    """VALUE as the format FORM writes it."""
    try:
        return quoted(value, form)
    except UnquotableValue as error:
        raise AnsibleFilterError(f"agent_quoted: {error}") from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """The filters by name."""
        return {"agent_option_problems": agent_option_problems, "agent_quoted": agent_quoted}
