# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that CodeDeploy acts in for a deployment group."""

from __future__ import annotations

from ..aws.backends import list_role_arns
from ..state import Region


def can_assume(region: Region, arn: str) -> bool:
    """Whether CodeDeploy could assume a role. The real service tries to, which takes a while to fail for a new one; here a
    role must exist only if the account has any role at all, so that tests need not make one."""
    roles = list_role_arns(region.account, region.name)
    return not roles or arn in roles
