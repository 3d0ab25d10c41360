# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CodeDeploy's operations, one file a resource: validation first, then state."""

from __future__ import annotations

from . import (
    applications,
    deployment_configs,
    deployment_groups,
    deployment_targets,
    deployments,
    external_resources,
    github_account_tokens,
    lifecycle_hooks,
    on_premises_instances,
    resource_tags,
    revisions,
)
from .registry import operation as operations

__all__ = [
    "applications",
    "deployment_configs",
    "deployment_groups",
    "deployment_targets",
    "deployments",
    "external_resources",
    "github_account_tokens",
    "lifecycle_hooks",
    "on_premises_instances",
    "operations",
    "resource_tags",
    "revisions",
]
