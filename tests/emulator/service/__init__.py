# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CodeDeploy's operations, one file a resource: validation first, then state."""

from __future__ import annotations

from . import applications as applications
from . import deployment_configs as deployment_configs
from . import deployment_groups as deployment_groups
from . import deployment_targets as deployment_targets
from . import deployments as deployments
from . import on_premises_instances as on_premises_instances
from . import resource_tags as resource_tags
from . import revisions as revisions
from .registry import operation as operations

__all__ = ["operations"]
