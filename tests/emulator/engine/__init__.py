# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens after CreateDeployment."""

from __future__ import annotations

from ..state import Deployment, Region
from .execution import Execution
from .in_place import InPlace

__all__ = ["execution_of"]


def execution_of(region: Region, deployment: Deployment) -> Execution:
    """What runs ``deployment``, by its platform and type."""
    return InPlace(region, deployment)
