# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes that all modules of the collection document."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return a changed status prediction without modifying anything.
  diff_mode:
    description: Returns what has changed, or what would change in C(check_mode), when in diff mode.
  idempotent:
    description: When run again with the same options, changes nothing and reports RV(ignore:changed=false).
  action_group:
    description: Use C(group/slipway.codedeploy.aws) in C(module_defaults) to set connection options for this module.
    membership:
      - slipway.codedeploy.aws
"""
