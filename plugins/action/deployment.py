# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller side of the module `deployment`: it follows the deployment that the module acted on, and explains a failure."""

from __future__ import annotations

from ..plugin_utils._following_action import FollowingAction


class ActionModule(FollowingAction):
    """Run the module, then follow the deployment."""
