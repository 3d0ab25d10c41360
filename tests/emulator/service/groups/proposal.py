# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request would make of a deployment group, as all the rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import ServiceError
from ...state import Application, DeploymentGroup, Members, Region


@dataclass(frozen=True)
class Proposal:
    """``given`` are the settings of this request, ``settings`` all that the group would then have; ``group`` is None for a
    new one."""

    region: Region
    application: Application
    given: Members
    settings: Members
    group: DeploymentGroup | None

    @property
    def platform(self) -> str:
        return self.application.compute_platform

    def refuse_members(self, codes: dict[str, str]) -> None:
        """Raise the code of the first of these members that the group would have: its platform knows none of them."""
        for name, code in codes.items():
            if not is_empty(self.settings.get(name)):
                message = f"For {self.platform} deployment group, {name} can not be specified"
                raise ServiceError(code, message)


def is_empty(value: Any) -> bool:
    """Whether a member says nothing: a disabled block without content counts as an absent one."""
    if isinstance(value, dict):
        return all(is_empty(item) for item in value.values())
    return not value
