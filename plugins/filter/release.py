# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of the role `release`, which as part of a collection cannot have plugins of its own; it is documented in the file of its name."""

from __future__ import annotations

import importlib
import typing as t
from collections.abc import Callable

from ..plugin_utils._release_options import PASSED, option_problems


def release_option_problems(variables: dict[str, t.Any]) -> list[str]:
    """The problems with VARIABLES of the role."""
    # Importing a module takes a moment, so only those that have something to say are imported.
    modules = [passed.module for variable, passed in PASSED.items() if variables.get(variable)]
    return option_problems(variables, {name: _argument_spec(name) for name in modules})


def _argument_spec(module: str) -> dict[str, t.Any]:
    """The options that MODULE of this collection declares."""
    found: dict[str, t.Any] = importlib.import_module(f"..modules.{module}", __package__).ARGUMENTS
    return found


class FilterModule:
    """The filters of this file, for Ansible."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """The filters by name."""
        return {"release_option_problems": release_option_problems}
