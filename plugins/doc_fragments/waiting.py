# Copyright: (c) 2026, the slipway.codedeploy contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that say how a deployment is followed."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to follow the deployment. If so, the task fails if the deployment does.
      - With V(false), the task ends as soon as it has done its own work. If it only had to wait for a deployment, and that has already failed, the
        task still fails.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to follow the deployment, and then its rollback, if there is one. Nothing is printed while nothing changes.
      - After that time, the task fails and reports what is known. The deployment continues; run the task again to resume following it.
      - Polling that fails is retried for up to two minutes, within this time, so that the task survives a short network outage.
    type: int
    default: 3600
  wait_delay:
    description:
      - The seconds between two polls of the deployment. Each poll costs one to three API calls.
      - When omitted, polls are rare while nothing can have happened, and frequent when the end is near. That is estimated from how long the targets
        have taken so far, or from the deployment group's last deployment.
    type: int
  diagnose:
    description:
      - How many failed targets to describe in full, starting with one for each cause. The others are counted by cause.
    type: int
    default: 5
notes:
  - An action plugin on the controller waits for the deployment. It prints a line whenever something changes, and with C(-v) also the progress of
    each target's lifecycle events. Therefore C(async) cannot be used with this module.
  - In what the hosts report, these lines and C(msg) contain no colors, and codes such as C(\x1b) instead of control characters.
  - Interrupting the task does not stop the deployment.
"""
